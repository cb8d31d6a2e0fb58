"""Figures as a report writes them: shares, amounts, intervals, and what is not known."""

from typing import Any

UNKNOWN = "no data"
_WORST = 1e-4


def share(value: float | None, digits: int | None = None) -> str:
    """`3.1 %`; one digit below ten percent, two below one."""
    if value is None:
        return UNKNOWN
    percent = 100 * value
    small = 0 if abs(percent) >= 10 or percent == 0 else 1 if abs(percent) >= 1 else 2
    return f"{percent:.{small if digits is None else digits}f} %"


def interval(low: float | None, high: float | None) -> str:
    """`2.7 % to 3.6 %`."""
    return UNKNOWN if low is None or high is None else f"{share(low)} to {share(high)}"


def usd(value: float | None) -> str:
    """`$12.40`, `$0.0031`."""
    if value is None:
        return UNKNOWN
    return (
        f"${value:,.2f}"
        if abs(value) >= 0.1 or value == 0
        else f"${value:.4f}"
        if abs(value) >= _WORST
        else f"${value:.1e}"
    )


def number(value: float | None, digits: int = 1) -> str:
    """`1,204` or `3.2`."""
    if value is None:
        return UNKNOWN
    return f"{value:,}" if isinstance(value, int) else f"{value:,.{digits}f}"


def amount(value: float | None, unit: str) -> str:
    """A finding's value in its unit."""
    if unit in ("share", "difference"):
        return share(value)
    return usd(value) if unit == "usd" else f"{number(value)} {unit}"


def spread(low: float | None, high: float | None, unit: str) -> str:
    """The ends of an interval in a unit."""
    if low is None or high is None:
        return UNKNOWN
    return f"{amount(low, unit)} to {amount(high, unit)}"


def figure(value: Any) -> str:
    """A cell of a table."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number(value, 2) if isinstance(value, int | float) else str(value)


def counted(count: int, one: str, many: str = "") -> str:
    """`1 session`, `2 sessions`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
