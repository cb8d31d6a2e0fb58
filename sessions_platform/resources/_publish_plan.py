"""What a publication has to do: which of the asked dates differ from what the file holds. Reads, never writes.

A date's objects are compared by size and time first, by content where those differ, so that a day that was built again
with the same result costs nothing. Source: CONTRACT section 5 (the publisher takes only complete dates).
"""

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pyarrow.parquet as pq

from sessions_platform.resources.object_store import ObjectInfo, ObjectStore
from sessions_platform.sessions import layout
from sessions_platform.sessions.table_schemas import FACT_TABLES, HEALTH_TABLE

_OBJECTS = (*FACT_TABLES, HEALTH_TABLE)
COMMITS_TABLE = "openviking_commits"
MEMORIES_TABLE = "memories"
_COMMIT_COLUMNS = ("uri", "l0", "status", "reason", "index_tokens", "transcript_parts")
_MEMORY_COLUMNS = ("kind", "type", "name", "summary", "uri")
_LIST_FROM = 20
"""From so many dates on, listing whole tables costs less than asking object by object."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A table object as it was published."""

    bytes: int
    changed_at: float
    sha256: str


Stamps = dict[str, dict[str, Stamp]]
"""By date and table."""


@dataclass(slots=True)
class Plan:
    """Dates by what is to be done with them; `stamps` are those of `facts` and `health`, as the file will hold them."""

    facts: list[str] = field(default_factory=list)
    """Complete dates whose rows differ from the published ones."""
    withdrawn: list[str] = field(default_factory=list)
    """Published dates that are no longer complete."""
    health: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Rows of data_health to put in place of the dates' old ones."""
    commits: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Rows of openviking_commits to put in place of the dates' old ones."""
    memories: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Rows of memories, of the same dates."""
    skipped: dict[str, str] = field(default_factory=dict)
    stamps: Stamps = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether the file already holds all that was asked for."""
        return not (self.facts or self.withdrawn or self.health or self.commits)


def plan(store: ObjectStore, dates: Sequence[str] | None, published: Stamps, known_health: Iterable[str]) -> Plan:
    """Compare the asked dates (None: all of the store) with what is published."""
    raw = set(store.dates("raw"))
    asked = sorted(
        {_checked(day) for day in dates} if dates is not None else raw | set(store.dates(f"tables/{HEALTH_TABLE}"))
    )
    objects = _objects(store, asked)
    known = set(known_health)
    made = Plan()
    for day in asked:
        found = objects.get(day, {})
        _compare_commits(made, store, day, published.get(day, {}))
        if HEALTH_TABLE in found:
            old = {table: stamp for table, stamp in published.get(day, {}).items() if table != COMMITS_TABLE}
            _compare(made, store, day, found, old)
        elif day in raw and store.head(layout.raw_manifest_key(day)) is not None:
            made.skipped[day] = "not yet complete (no data_health)"
            if day not in known:
                made.health[day] = {"date": date.fromisoformat(day), "complete": False}
        else:
            made.skipped[day] = "nothing is stored for it"
    return made


def merged(old: dict[str, Stamp], new: dict[str, Stamp]) -> dict[str, Stamp]:
    """The stamps of a date after a publication. Its tables and its ledger change apart."""
    if HEALTH_TABLE not in new:
        return {**old, **new}
    return {**{name: stamp for name, stamp in old.items() if name == COMMITS_TABLE}, **new}


def _compare(made: Plan, store: ObjectStore, day: str, found: dict[str, ObjectInfo], old: dict[str, Stamp]) -> None:
    if {table: (info.size, info.changed) for table, info in found.items()} == {
        table: (stamp.bytes, stamp.changed_at) for table, stamp in old.items()
    }:
        return
    (row,) = pq.ParquetFile(io.BytesIO(store.get(layout.table_key(HEALTH_TABLE, day)))).read().to_pylist()
    missing = [table for table in FACT_TABLES if table not in found]
    takes = bool(row["complete"]) and not missing
    if missing and row["complete"]:
        made.skipped[day] = f"said to be complete, but {', '.join(missing)} is not stored"
        row["complete"] = False
    elif not takes:
        made.skipped[day] = "not complete"
    used = {table: info for table, info in found.items() if takes or table == HEALTH_TABLE}
    new = {table: stamp_of(store, info, old.get(table)) for table, info in used.items()}
    changed = {table for table in _OBJECTS if _hash(new.get(table)) != _hash(old.get(table))}
    if not changed:
        return
    made.stamps[day] = {**made.stamps.get(day, {}), **new}
    made.health[day] = row
    if changed - {HEALTH_TABLE}:
        (made.facts if takes else made.withdrawn).append(day)


def _compare_commits(made: Plan, store: ObjectStore, day: str, old: dict[str, Stamp]) -> None:
    """Take a date's ledger as it stands: it depends on none of the tables, and they not on it."""
    info = store.head(layout.ledger_key(day))
    if info is None:
        return
    stamp = stamp_of(store, info, old.get(COMMITS_TABLE))
    if stamp == old.get(COMMITS_TABLE):
        return
    made.stamps[day] = {COMMITS_TABLE: stamp}
    ledger = msgspec.json.decode(store.get(info.key), type=dict[str, Any])
    made.commits[day] = [
        {
            "session_id": session_id,
            "date": date.fromisoformat(day),
            "committed_at": _moment(entry.get("committed_at")),
            **{column: entry.get(column) for column in _COMMIT_COLUMNS},
        }
        for session_id, entry in sorted(ledger["sessions"].items())
    ]
    made.memories[day] = [
        {
            "session_id": session_id,
            "date": date.fromisoformat(day),
            **{column: line.get(column) for column in _MEMORY_COLUMNS},
        }
        for session_id, entry in sorted(ledger["sessions"].items())
        for line in (entry.get("memories") or [] if entry.get("status") == "verified" else [])
    ]


def _moment(text: str | None) -> datetime | None:
    """A UTC time without zone, as the tables hold it."""
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None) if text else None


def _hash(stamp: Stamp | None) -> str | None:
    return stamp.sha256 if stamp else None


def stamp_of(store: ObjectStore, info: ObjectInfo, old: Stamp | None) -> Stamp:
    """The stamp of a stored object: the old one where size and time are its, else with the hash of its content."""
    if old is not None and (old.bytes, old.changed_at) == (info.size, info.changed):
        return old
    digest = hashlib.sha256()
    with store.reader(info.key) as stream:
        while piece := bytes(stream.read(4 << 20)):
            digest.update(piece)
    return Stamp(info.size, info.changed, digest.hexdigest())


def _objects(store: ObjectStore, dates: list[str]) -> dict[str, dict[str, ObjectInfo]]:
    """The stored table objects of the dates, by date and table."""
    found: dict[str, dict[str, ObjectInfo]] = {}
    for table in _OBJECTS:
        keys = {layout.table_key(table, day): day for day in dates}
        if len(dates) < _LIST_FROM:
            infos: Iterable[ObjectInfo] = [info for key in keys if (info := store.head(key)) is not None]
        else:
            infos = [info for info in store.objects(f"tables/{table}/") if info.key in keys]
        for info in infos:
            found.setdefault(keys[info.key], {})[table] = info
    return found


def _checked(day: str) -> str:
    return date.fromisoformat(day).isoformat()
