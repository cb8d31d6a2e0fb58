"""Figures as people read them. Every filter takes None and gives a dash; nothing here makes markup."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

MINIMUM = 10
"""Fewest sessions or calls for which a rate is shown."""
NONE = "–"


def count(value: float | None) -> str:
    """1,234"""
    return NONE if value is None else f"{value:,.0f}"


def share(value: float | None) -> str:
    """93.4 %; whole where it is exact"""
    if value is None:
        return NONE
    return f"{100 * value:.1f} %" if value not in (0, 1) else f"{100 * value:.0f} %"


def number(value: float | None) -> str:
    """3.14"""
    return NONE if value is None else f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"


def milliseconds(value: float | None) -> str:
    """820 ms, 1.2 s, 3 min 20 s"""
    if value is None:
        return NONE
    return f"{value:,.0f} ms" if value < 1000 else seconds(value / 1000)


def seconds(value: float | None) -> str:
    """4.2 s, 3 min 20 s, 2 h 5 min, 1 d 3 h"""
    if value is None:
        return NONE
    if value < 60:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours < 48 else f"{hours // 24} d {hours % 24} h"


def usd(value: float | None) -> str:
    """$0.0042, $1.20"""
    if value is None:
        return NONE
    return f"${value:,.2f}" if value >= 1 or value == 0 else f"${value:.4f}"


def moment(value: str | None) -> str:
    """2026-11-03 10:00, UTC"""
    if not value:
        return NONE
    return datetime.fromisoformat(value).strftime("%Y-%m-%d %H:%M")


def clock(value: str | None) -> str:
    """10:00:04, UTC"""
    return datetime.fromisoformat(value).strftime("%H:%M:%S") if value else NONE


def plain(value: Any) -> str:
    """As it is."""
    return NONE if value is None or value == "" else str(value)


def week_name(monday: str) -> str:
    """2026-W45, of a Monday"""
    year, week, _ = datetime.fromisoformat(monday).isocalendar()
    return f"{year}-W{week:02d}"


FORMATS: dict[str, Callable[[Any], str]] = {
    "text": plain, "said": plain, "count": count, "share": share, "number": number, "ms": milliseconds,
    "seconds": seconds, "usd": usd, "moment": moment, "clock": clock,
}  # fmt: skip
FILTERS = {**FORMATS, "week": week_name}
