"""Timestamps of audit databases: ISO text with or without a zone, or epoch numbers, as UTC ISO text."""

import re
from datetime import UTC, datetime
from typing import Any

EARLIEST = "2000-01-01"
"""What lies before is damage: an epoch of 0, or seconds read as milliseconds."""
_NUMBER = re.compile(r"[+-]?\d{1,20}(?:\.\d+)?")
_SPACE_BEFORE_ZONE = re.compile(r"\s+(?=[+-]\d\d:?\d\d$)")


def utc_time(value: Any) -> str | None:
    """`2026-11-03T10:00:00.000Z`, or None for what is no time, or none since EARLIEST."""
    try:
        moment = _moment(value)
        if moment is None:
            return None
        # Without a zone it is UTC already.
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    text = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return text if text >= EARLIEST else None


def _moment(value: Any) -> datetime | None:
    if isinstance(value, int | float):
        return _epoch(float(value))
    if not isinstance(value, str) or len(value) > 64:
        return None
    text = value.strip()
    if _NUMBER.fullmatch(text) and len(text) not in (8, 14):
        return _epoch(float(text))
    if len(text) == 14 and text.isdecimal():
        text = f"{text[:8]}T{text[8:]}"
    if text.upper().endswith((" UTC", " GMT")):
        text = text[:-4] + "Z"
    return datetime.fromisoformat(_SPACE_BEFORE_ZONE.sub("", text))


def _epoch(number: float) -> datetime:
    """Seconds, milliseconds, microseconds or nanoseconds: of these only one gives a year of our time."""
    for unit, most in ((1, 1e11), (1e3, 1e14), (1e6, 1e17)):
        if abs(number) < most:
            return datetime.fromtimestamp(number / unit, UTC)
    return datetime.fromtimestamp(number / 1e9, UTC)
