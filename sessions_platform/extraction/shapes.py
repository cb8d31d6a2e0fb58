"""What goes into an extraction and comes out of it: options, progress, report, notes; and the redactor's protocol."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

import msgspec

from sessions_platform.sessions.redact import known_values, user_ids

Row = dict[str, Any]
ValuesOf = Callable[[Row], set[str]]
MANIFEST_SCHEMA = 1
LOOK_BACK = timedelta(days=7)
"""How far before and after its date a trace is completed."""


class RedactingTrace(Protocol):
    """Redaction within one trace, whose known names it replaces everywhere."""

    counts: Counter[str]

    def observation(self, row: Row) -> Row:
        """The row with every string redacted."""

    def score(self, row: Row) -> Row:
        """The score with every string redacted."""


class Redacting(Protocol):
    """A source of redactors; `fingerprint` tells which key its pseudonyms are made with."""

    @property
    def fingerprint(self) -> str:
        """Public mark of the key."""

    def trace(self, known: Iterable[str] = (), users: Iterable[str] = ()) -> RedactingTrace:
        """The redactor of a trace with these known names and user ids."""


@dataclass(frozen=True, slots=True)
class ExtractOptions:
    """How to extract.

    `known_rows`: distinct rows that the date had at an earlier time, where no manifest says so. `known_values` and
    `user_ids`: names and user ids that a row gives away.
    """

    allow_shrink: bool = False
    force: bool = False
    """Fetch what is stored and unchanged, too."""
    hours_in_flight: int = 4
    known_rows: int | None = None
    known_values: ValuesOf = known_values
    user_ids: ValuesOf = user_ids


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a date is: `done` of `total` hours (or requests of a pass), and rows read in this step so far."""

    date: str
    step: str
    done: int
    total: int
    rows: int


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a trace is known to be about: names to be found in its texts, and ids of its user."""

    names: frozenset[str] = frozenset()
    users: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.names or self.users)

    def __or__(self, other: "Identity") -> "Identity":
        return Identity(self.names | other.names, self.users | other.users)

    def covers(self, other: "Identity") -> bool:
        """Whether the other tells nothing new."""
        return other.names <= self.names and other.users <= self.users


NOBODY = Identity()


class SliceNote(msgspec.Struct, kw_only=True):
    """What was fetched into a slice. Equal notes mean equal objects.

    `fetched` counts rows as they came, `distinct` (traceId, id). `source` marks the rows' ids and versions, `names` the
    known names they were redacted with; `metrics` is the hour in the fingerprint, or null.
    """

    fetched: int
    distinct: int
    bytes_raw: int
    bytes_stored: int
    sha256: str
    source: str
    names: str
    metrics: tuple[int, int, float] | None
    redactions: dict[str, int]
    key_fingerprint: str


class Manifest(msgspec.Struct, kw_only=True):
    """`raw/date=D/manifest.json`. Holds no time of its making: the same rows give the same bytes."""

    schema: int = MANIFEST_SCHEMA
    date: str
    project_id: str
    key_fingerprint: str
    complete: bool
    fetched_rows: int = 0
    distinct_rows: int = 0
    context_rows: int = 0
    scores: int = 0
    hours: dict[str, SliceNote] = msgspec.field(default_factory=dict)
    context: SliceNote | None = None
    scores_sha256: str = ""
    fingerprint: dict[str, Any] | None = None
    redactions: dict[str, int] = msgspec.field(default_factory=dict)
    traces: int = 0
    sessions_without_id: int = 0


@dataclass(slots=True)
class ExtractReport:
    """What an extraction did. `changed` is False when the source and the store agreed and nothing was written."""

    date: str
    changed: bool
    manifest: Manifest
    hours_fetched: list[str] = field(default_factory=list)
    requests: int = 0
    warnings: list[str] = field(default_factory=list)


def day_start(day: str) -> datetime:
    """The first moment of a date, UTC."""
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)


def hour_window(day: str, hour: str) -> tuple[datetime, datetime]:
    """The half-open window of an hour of a date."""
    start = day_start(day) + timedelta(hours=int(hour))
    return start, start + timedelta(hours=1)
