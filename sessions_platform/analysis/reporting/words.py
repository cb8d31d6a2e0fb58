"""Figures as a report writes them: shares, amounts, intervals, and what is not known."""

import re
from collections.abc import Iterator
from typing import Any

UNKNOWN = "no data"
_WORST = 1e-4
_NAME = re.compile(r"`([^`\n]+)`")
_MAST = {
    "FC1.1": "not what the task asked for",
    "FC1.2": "outside of its role or tools",
    "FC1.3": "steps repeated",
    "FC1.4": "context lost",
    "FC1.5": "does not know when it is done",
    "FC2.1": "conversation reset",
    "FC2.2": "does not ask back",
    "FC2.3": "off the task",
    "FC2.4": "information withheld between agents",
    "FC2.5": "input ignored",
    "FC2.6": "says one thing, does another",
    "FC3.1": "ended too early",
    "FC3.2": "result not checked",
    "FC3.3": "result checked wrongly",
}
_OURS = {"T": "tool", "C": "cost", "S": "safety", "R": "difference between segments", "P": "difference of platforms"}


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


def points(value: float | None) -> str:
    """A difference of shares: `+7.7 points`. Percent would be taken for a share of the share."""
    return UNKNOWN if value is None else f"{100 * value:+.1f} points"


def of_all(part: int, whole: int) -> str:
    """`58 of 83 (70 %)`."""
    return f"{part:,} of {whole:,} ({share(part / whole)})" if whole else "none"


def usd(value: float | None) -> str:
    """`$12.40`, `$0.031`."""
    if value is None:
        return UNKNOWN
    if abs(value) >= 0.1 or value == 0:
        return f"${value:,.2f}"
    return f"${value:.2g}" if abs(value) >= _WORST else f"${value:.1e}"


def number(value: float | None, digits: int = 1) -> str:
    """`1,204` or `3.2`."""
    if value is None:
        return UNKNOWN
    return f"{value:,}" if isinstance(value, int) else f"{value:,.{digits}f}"


def amount(value: float | None, unit: str) -> str:
    """A finding's value in its unit."""
    if unit == "difference":
        return points(value)
    if unit == "share":
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


def kind_of_failure(code: str) -> str:
    """A code in words, the code behind it: `steps repeated (MAST FC1.3)`."""
    if code in _MAST:
        return f"{_MAST[code]} (MAST {code})"
    family, _, rest = code.partition(".")
    return f"{_OURS[family]}: {rest}" if family in _OURS and rest else code or "not classified"


def spoken(text: str) -> Iterator[tuple[bool, str]]:
    """Pieces of a text, and whether each is a name: what stands between backticks, which names never hold."""
    place = 0
    for found in _NAME.finditer(text):
        if found.start() > place:
            yield False, text[place : found.start()]
        yield True, found[1]
        place = found.end()
    if place < len(text):
        yield False, text[place:]
