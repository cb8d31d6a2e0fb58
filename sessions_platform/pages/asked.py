"""What a request asks for: its parameters, read and checked. An unusable one is a BadRequest that names it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from starlette.datastructures import QueryParams

from sessions_platform.errors import PlatformError

DAYS = 28
"""Days that a page looks back unless told."""
_LONGEST = 2000


class BadRequest(PlatformError):
    """A parameter that cannot be used."""


@dataclass(frozen=True, slots=True)
class Period:
    """Dates, both included; None for open."""

    since: str | None
    until: str | None

    @property
    def bounds(self) -> dict[str, str | None]:
        """As parameters of a query, and of an address."""
        return {"since": self.since, "until": self.until}

    @property
    def words(self) -> str:
        """Such as `2026-11-01 to 2026-11-28`."""
        if self.since is None and self.until is None:
            return "all dates"
        return f"{self.since or 'the first date'} to {self.until or 'now'}"


class Asked:
    """Parameters of one request."""

    def __init__(self, parameters: QueryParams) -> None:
        self._given = parameters

    def text(self, name: str) -> str | None:
        """A parameter, None if empty or absent."""
        return (self.exact(name) or "").strip() or None

    def exact(self, name: str) -> str | None:
        """A parameter that names something: spaces around it are part of the name. None if empty or absent."""
        value = self._given.get(name) or ""
        if len(value) > _LONGEST:
            raise BadRequest(f"{name}: at most {_LONGEST} characters")
        return value or None

    def texts(self, name: str) -> list[str]:
        """A parameter that may be given several times, each as it is."""
        return [value for value in self._given.getlist(name) if value.strip()][:50]

    def flag(self, name: str) -> bool:
        """Whether it is switched on."""
        return self.text(name) in {"1", "on", "true", "yes"}

    def day(self, name: str) -> str | None:
        """A date."""
        value = self.text(name)
        try:
            return date.fromisoformat(value).isoformat() if value else None
        except ValueError:
            raise BadRequest(f"{name}: {value!r} is not a date like 2026-11-03") from None

    def whole(self, name: str, default: int = 0) -> int:
        """A whole number from 0."""
        value = self.text(name)
        if value is None:
            return default
        if not value.isascii() or not value.isdigit() or len(value) > 9:
            raise BadRequest(f"{name}: {value!r} is not a whole number")
        return int(value)

    def period(self, newest: str | None) -> Period:
        """The dates asked for: `since` and `until`, else `days` back from the newest date; days=all for all."""
        since, until = self.day("since"), self.day("until")
        if since and until and since > until:
            raise BadRequest(f"since {since} is after until {until}: swap them")
        if since or until:
            return Period(since, until)
        if self.text("days") == "all" or newest is None:
            return Period(None, None)
        back = max(1, self.whole("days", DAYS))
        first = date.fromisoformat(newest).toordinal() - back + 1
        return Period(date.fromordinal(max(1, first)).isoformat(), newest)

    def days(self) -> str:
        """What the field `days` of a form shows."""
        if self.text("since") or self.text("until"):
            return ""
        return self.text("days") or str(DAYS)


def sunday(monday: str) -> str:
    """The last day of a week."""
    return (date.fromisoformat(monday) + timedelta(days=6)).isoformat()


def pairs(texts: list[str]) -> dict[str, str]:
    """Segments `key:value`."""
    found = {}
    for text in texts:
        key, colon, value = text.partition(":")
        if not colon or not key or not value:
            raise BadRequest(f"{text!r}: write key:value, such as version:2.1")
        found[key] = value
    return found


def without_empty(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters that have a value."""
    return {name: value for name, value in parameters.items() if value not in (None, "", [], False)}
