"""Shapes of what a search answers and of what bounds it; how answers are found is in the modules beside it.

Everything is plain values: `dataclasses.asdict` gives what JSON can carry. Texts are as the sessions have them, control
characters included: who shows them on a terminal cleans them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from sessions_platform.errors import PlatformError

Record = dict[str, Any]
MOST_RESULTS = 100


class BadSearch(PlatformError):
    """What was asked for cannot be searched for; the message says what would be."""


class UnknownSession(PlatformError):
    """There is no session of this id; the message names near ones."""


@dataclass(frozen=True, slots=True)
class Found:
    """One found session. What was found lies on `date`; the columns from `status` on are those of the whole session.

    By meaning: `score` (higher is nearer), `level` (0 abstract, 1 overview, 2 digest), and `snippet`, the text that was
    hit. By exact string: `found_in` (`text`, `arguments`, `output`, `error`, `reasoning`, `title`), its place in the
    session's messages, and about 80 characters on both sides.
    """

    session_id: str
    date: str
    uri: str | None
    l0: str
    snippet: str
    other_dates: list[str] = field(default_factory=list)
    """Further dates of this session among the hits, best first."""
    published: bool = False
    """Whether the tables know it; its columns are None otherwise."""
    score: float | None = None
    level: int | None = None
    found_in: str | None = None
    message_index: int | None = None
    agent_name: str | None = None
    status: str | None = None
    outcome: str | None = None
    outcome_basis: str | None = None
    start_time: str | None = None
    duration_seconds: float | None = None
    total_turns: int | None = None
    message_count: int | None = None
    tool_call_count: int | None = None
    tool_error_count: int | None = None
    total_cost_usd: float | None = None
    cost_complete: bool | None = None
    user_id: str | None = None
    environment: str | None = None
    release: str | None = None
    version: str | None = None
    title: str | None = None


_NAMES = [one.name for one in fields(Found)]
_COLUMNS = _NAMES[_NAMES.index("status") :]


def columns_of(row: Mapping[str, Any] | None) -> Record:
    """The columns of `Found` from a row of table `sessions`."""
    return {"published": True, **{name: row[name] for name in _COLUMNS}} if row is not None else {}


@dataclass(frozen=True, slots=True)
class Answer:
    """Sessions found by meaning, best first, each once."""

    words: str
    results: list[Found]
    hits: int
    """Index hits looked at; several belong to one session."""
    data_version: str | None
    """Version of the tables that the columns are of; None where nothing is published."""


@dataclass(frozen=True, slots=True)
class ExactAnswer:
    """Sessions that hold a string, newest date first, each once."""

    text: str
    results: list[Found]
    sessions_read: int
    """Staged sessions whose whole text was looked through; those found in the tables need none."""
    complete: bool
    """False where the search ended at the limit before all dates were looked through."""
    unreadable: list[str]
    """Staged objects that are missing or damaged: they may hold it, too."""
    data_version: str | None


@dataclass(frozen=True, slots=True)
class SliceView:
    """A session on one date: its L0, its L1 and where both come from, and what else there is to open."""

    date: str
    l0: str
    overview: str
    overview_from: str
    """`index`; `digest`, made from the staged session; or '' where there is neither."""
    uri: str | None
    index_status: str | None
    digest_uri: str | None
    transcript_uris: list[str]
    note: str = ""
    """Why it does not come from the index, if it does not."""


@dataclass(frozen=True, slots=True)
class SessionView:
    """One session: row of table `sessions`, its slices by date, and its timeline (as `get_timeline`)."""

    session_id: str
    session: Record
    slices: list[SliceView]
    timeline: list[Record]
    data_version: str


@dataclass(frozen=True, slots=True)
class Document:
    """The digest or transcript of a session on one date, and the URIs or the staged object it comes from."""

    date: str
    source: list[str]
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """Dates from `first` to `last`, both included; None is open."""

    first: str | None
    last: str | None

    @classmethod
    def of(cls, since: date | str | None, until: date | str | None) -> "Span":
        """Checked. Raises BadSearch."""
        first, last = _date(since, "since"), _date(until, "until")
        if first and last and first > last:
            raise BadSearch(f"since {first} is after until {last}: swap them")
        return cls(first, last)

    def __contains__(self, day: str) -> bool:
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)

    @property
    def open(self) -> bool:
        """Whether it leaves nothing out."""
        return self.first is None and self.last is None


def checked_limit(limit: int) -> int:
    """Raises BadSearch."""
    if not 1 <= limit <= MOST_RESULTS:
        raise BadSearch(f"limit {limit}: give 1 to {MOST_RESULTS}")
    return limit


def _date(given: date | str | None, name: str) -> str | None:
    if given is None:
        return None
    if isinstance(given, date):
        return given.isoformat()[:10]
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError:
        raise BadSearch(f"{name} {given!r} is not a date like 2026-11-03") from None
