"""Figures as people read them. Every filter takes None and gives a dash; nothing here makes markup."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

MINIMUM = 10
"""Fewest sessions or calls for which a rate is shown."""
NONE = "–"
_SHOWN = 1000
"""Characters of a text that stands in a page; whole ones have their own place."""


def count(value: float | None) -> str:
    """1,234"""
    return NONE if value is None else f"{value:,.0f}"


def several(number: int, name: str) -> str:
    """1 run, 2 runs"""
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def share(value: float | None) -> str:
    """93.4 %; whole where it is exact"""
    if value is None:
        return NONE
    return f"{100 * value:.1f} %" if value not in (0, 1) else f"{100 * value:.0f} %"


def number(value: float | None) -> str:
    """3.14"""
    return NONE if value is None else f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"


def probability(value: float | None) -> str:
    """0.034, < 0.001"""
    if value is None:
        return NONE
    return f"{value:.3f}" if value >= 0.001 else "< 0.001"


def milliseconds(value: float | None) -> str:
    """820 ms, 1.2 s, 3 min 20 s"""
    if value is None:
        return NONE
    return f"{value:,.0f} ms" if value < 1000 else seconds(value / 1000)


def seconds(value: float | None) -> str:
    """4.2 s, 3 min 20 s, 2 h 5 min, 1 d 3 h"""
    if value is None:
        return NONE
    if value < 0:
        return "-" + seconds(-value)
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
    sign, size = "-" if value < 0 else "", abs(value)
    return f"{sign}${size:,.2f}" if size >= 1 or size == 0 else f"{sign}${size:.4f}"


def moment(value: str | None) -> str:
    """2026-11-03 10:00, UTC"""
    if not value:
        return NONE
    return datetime.fromisoformat(value).strftime("%Y-%m-%d %H:%M")


def clock(value: str | None) -> str:
    """10:00:04, UTC"""
    return datetime.fromisoformat(value).strftime("%H:%M:%S") if value else NONE


def plain(value: Any) -> str:
    """As it is; of very long texts the beginning, and how much is left out."""
    if value is None or value == "":
        return NONE
    text = str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(text) - _SHOWN:,} more characters)"


def week_name(monday: str) -> str:
    """2026-W45, of a Monday"""
    year, week, _ = datetime.fromisoformat(monday).isocalendar()
    return f"{year}-W{week:02d}"


FORMATS: dict[str, Callable[[Any], str]] = {
    "text": plain, "said": plain, "count": count, "share": share, "number": number, "ms": milliseconds,
    "seconds": seconds, "usd": usd, "moment": moment, "clock": clock, "p": probability,
}  # fmt: skip


def as_kind(value: Any, kind: str) -> str:
    """As a column of this kind writes it."""
    return FORMATS[kind](value)


FILTERS = {**FORMATS, "plain": plain, "several": several, "week": week_name, "as_kind": as_kind}
