"""What a publication takes beside complete dates: parts of the tables in parts, and the decisions on findings.

Every publication compares all of their objects with what the file holds, by size and time first, by content where
those differ: one listing a table. Those that changed are swapped, those that went are removed. Decisions are JSON
objects `decisions/<finding_id>.json`, each with `finding_id`, `decided_at` (ISO, UTC), `verdict` and `note`, and under
`history` the decisions before it in the same form; every decision is a row. Source: CONTRACT sections 4 and 5.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import duckdb
import msgspec

from sessions_platform.errors import StoreError
from sessions_platform.resources._publish_apply import Work
from sessions_platform.resources._publish_plan import Stamp, stamp_of
from sessions_platform.resources._publish_source import ParquetSource
from sessions_platform.resources.object_store import ObjectInfo, ObjectStore
from sessions_platform.resources.part_tables import PartTable, part_tables
from sessions_platform.sql import catalog, quoted

DECISIONS_TABLE = "decisions"
_DECISIONS = "decisions/"


@dataclass(slots=True)
class PartsPlan:
    """Part objects by key: `stamps` of all that the store has, and `changed`, those to swap or remove."""

    stamps: dict[str, Stamp] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)


class _Decided(msgspec.Struct, frozen=True, eq=True):
    verdict: str
    decided_at: str
    finding_id: str = ""
    note: str | None = None


class _DecisionObject(msgspec.Struct):
    finding_id: str
    verdict: str | None = None
    decided_at: str | None = None
    note: str | None = None
    history: list[_Decided] = []


def plan_parts(store: ObjectStore, published: dict[str, Stamp]) -> PartsPlan:
    """Compare all part objects of the store with the published ones."""
    made = PartsPlan()
    for info in _part_objects(store):
        old = published.get(info.key)
        stamp = made.stamps[info.key] = stamp_of(store, info, old)
        if old is None or stamp.sha256 != old.sha256:
            made.changed.append(info.key)
    made.changed = sorted({*made.changed, *(published.keys() - made.stamps.keys())})
    return made


def apply_parts(
    con: duckdb.DuckDBPyConnection, todo: PartsPlan, store: ObjectStore, source: ParquetSource, work: Work
) -> None:
    """Swap the parts that changed. The caller owns the transaction."""
    for key in todo.changed:
        for home in part_tables().values():
            if home.holds(key):
                with _explained(key, home.name):
                    _swap(con, home, key, source.path_of_key(key) if key in todo.stamps else None, work)
    if any(key.startswith(_DECISIONS) for key in todo.changed):
        keys = sorted(key for key in todo.stamps if key.startswith(_DECISIONS))
        rows = [row for key in keys for row in _decided(store, key)]
        con.execute(f"DELETE FROM {DECISIONS_TABLE}")  # noqa: S608 - our own name
        insert_rows(con, DECISIONS_TABLE, rows)
        work.rows[DECISIONS_TABLE] = len(rows)


def note_parts(con: duckdb.DuckDBPyConnection, todo: PartsPlan) -> list[list[str]]:
    """Write the books of all part objects; their keys and hashes, in order."""
    con.execute("DELETE FROM part_publication")
    stamps = sorted(todo.stamps.items())
    insert_rows(con, "part_publication", [{"object_key": key, **asdict(stamp)} for key, stamp in stamps])
    return [[key, stamp.sha256] for key, stamp in stamps]


def insert_rows(con: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    """Put rows into a table. As plain values: an Arrow table would import pandas, for seconds."""
    if rows:
        con.execute(f"INSERT INTO {table} BY NAME SELECT r.* FROM (SELECT unnest(?) AS r)", [rows])  # noqa: S608


def _part_objects(store: ObjectStore) -> Iterator[ObjectInfo]:
    for home in part_tables().values():
        yield from (info for info in store.objects(home.prefix) if home.holds(info.key))
    yield from (info for info in store.objects(_DECISIONS) if info.key.endswith(".json"))


def _swap(con: duckdb.DuckDBPyConnection, home: PartTable, key: str, path: str | None, work: Work) -> None:
    """Put an object's rows in place of its part's old ones; none where it is gone."""
    where = "" if home.column is None else f" WHERE {home.column}::VARCHAR = {quoted(home.value_of(key) or '')}"
    con.execute(f"DELETE FROM {home.name}{where}")  # noqa: S608 - the catalog's own names
    if path is None:
        return
    stored = {name for (name,) in con.execute("SELECT name FROM parquet_schema(?)", [path]).fetchall()}
    if home.column is not None and home.column not in stored:
        raise StoreError(f"{key}: damaged (it has no column {home.column})")
    # By name, as far as the table has the columns: a part stands as the version that wrote it left it.
    names = ", ".join(f'"{column.name}"' for column in catalog()[home.name].columns if column.name in stored)
    found = con.execute(
        f"INSERT INTO {home.name} BY NAME SELECT {names} "  # noqa: S608
        f"FROM read_parquet({quoted(path)}, hive_partitioning = false){where}"
    ).fetchone()
    work.rows[home.name] = work.rows.get(home.name, 0) + (int(found[0]) if found else 0)


def _decided(store: ObjectStore, key: str) -> list[dict[str, Any]]:
    """The decisions of one object, each once."""
    try:
        read = msgspec.json.decode(store.get(key), type=_DecisionObject)
        made = list(read.history)
        if read.verdict is not None:
            made.append(_Decided(read.verdict, read.decided_at or "", read.finding_id, read.note))
        rows = {
            (one.finding_id or read.finding_id, _moment(one.decided_at), one.verdict, one.note): None for one in made
        }
    except (msgspec.DecodeError, ValueError):
        # What is wrong in it may be quoted by the error, and is somebody's text.
        raise StoreError(
            f"{key}: not a decision: finding_id, decided_at (such as 2026-11-09T10:00:00Z), verdict and note"
        ) from None
    names = ("finding_id", "decided_at", "verdict", "note")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _moment(text: str) -> datetime:
    """A UTC time without zone, as the tables hold it; one without a zone is UTC."""
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found


@contextlib.contextmanager
def _explained(key: str, table: str) -> Iterator[None]:
    """Say which object could not be taken. What DuckDB says of it may quote its content."""
    try:
        yield
    except duckdb.Error as error:
        if "No space left" in str(error):
            raise
        raise StoreError(f"{key}: could not be read as a part of table {table} ({type(error).__name__})") from None
