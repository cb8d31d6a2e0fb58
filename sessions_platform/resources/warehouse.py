"""The analytics file: how `analytics.duckdb` is made from the daily Parquet tables, and the day marts from one date's.

`Publisher` is the only writer of the file, and replaces it whole. What stands in the tables is said by the files in
`sql/`; the steps are in `_publish_plan` (what changed), `_publish_apply` (table work), `_publish_parts` (tables in
parts) and `_publish_file` (lock, copy, swap). Reading the published file is `analytics`' part. Source: CONTRACT
section 5.
"""

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from sessions_platform.errors import StoreError
from sessions_platform.resources._publish_apply import SCHEMA_VERSION, Change, Rules, Work, apply, create_tables
from sessions_platform.resources._publish_file import PublishedFile
from sessions_platform.resources._publish_parts import PartsPlan, apply_parts, insert_rows, note_parts, plan_parts
from sessions_platform.resources._publish_plan import COMMITS_TABLE, MEMORIES_TABLE, Plan, Stamp, Stamps, merged, plan
from sessions_platform.resources._publish_source import ParquetSource
from sessions_platform.resources.leftovers import own_folder
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.sessions import layout
from sessions_platform.sessions.table_schemas import DAY_MARTS, FACT_TABLES, HEALTH_SCHEMA
from sessions_platform.sql import quoted, statement

STORAGE_VERSION = "v1.2.0"
"""The oldest file format that DuckDB 2.0 writes with all we use: clients from 1.2 on open it."""
CHUNK_DATES, CHUNK_BYTES = 7, 48_000_000
"""What is taken at once: so many dates, or so many bytes of messages. Memory and scratch space stay within it."""

Progress = Callable[[str, int, int], None]
"""Called with what is being done, and how many dates of how many are done."""


@dataclass(slots=True)
class PublishReport:
    """What a publication did. `seconds` is by phase; `rows` counts rows written, by table."""

    wrote: bool
    data_version: str
    published: list[str] = field(default_factory=list)
    """Dates whose rows were swapped."""
    refreshed: list[str] = field(default_factory=list)
    """Further dates on which sessions of the published ones have slices."""
    withdrawn: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    """Asked dates that were not taken, with the reason."""
    parts: list[str] = field(default_factory=list)
    """Objects of tables in parts, and decisions, that were swapped or went."""
    rebuilt: str | None = None
    """Why the file was built anew, or None."""
    sessions: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    bytes: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class _State:
    """What the file says of itself."""

    stamps: Stamps = field(default_factory=dict)
    parts: dict[str, Stamp] = field(default_factory=dict)
    health: dict[str, bool] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)


class Publisher:
    """Publishes dates of a store into a database file. See `publish`."""

    def __init__(
        self,
        store: ObjectStore,
        database: Path,
        *,
        idle_hours: float = 1,
        outcome_scores: Sequence[str] = ("success", "resolved", "task_success"),
        memory_limit: str = "400MB",
        threads: int = 2,
        chunk_dates: int = CHUNK_DATES,
    ) -> None:
        self._store = store
        self._file = PublishedFile(database)
        self._rules = Rules(idle_hours, tuple(outcome_scores))
        self._limits = {"memory_limit": memory_limit, "threads": str(threads)}
        self._chunk_dates = chunk_dates

    def publish(
        self, dates: Sequence[str] | None, *, rebuild: bool = False, progress: Progress | None = None
    ) -> PublishReport:
        """Take the asked dates (None: all that the store has) into the file, and replace it if anything changed.

        Tables in parts and decisions are taken as they stand, whatever dates are asked for, and none as well.
        Dates that are not complete are not taken, and leave the file if they were in it. The file is built anew, from
        every complete date of the store, if it is missing or unreadable, was made by another schema version or other
        rules, or on `rebuild`. Waits for a publication that is under way. StoreError if the store can't be read.
        """
        tell = progress or (lambda what, done, of: None)
        with _written(self._file.path), self._file.locked():
            work = Work()
            with work.phase("plan"):
                state, reason = self._state()
                reason = "asked for" if rebuild else reason
                if reason is not None:
                    state, dates = _State(), None
                todo = plan(self._store, dates, state.stamps, state.health)
                parts = plan_parts(self._store, state.parts)
            if reason is None and todo.empty and not parts.changed:
                return self._unchanged(todo, state, work)
            with work.phase("copy"):
                if reason is None and not self._file.next.exists():
                    self._file.copy()
            version = self._write(todo, parts, state, reason, work, tell)
            with work.phase("replace"):
                self._file.replace()
            report = self._report(todo, version, reason, work)
            report.parts = parts.changed
            return report

    def _state(self) -> tuple[_State, str | None]:
        """What the file holds, and why it must be built anew, if it must."""
        path = self._file.path
        if not path.exists():
            return _State(), "there is no file yet"
        try:
            state = self._read(path)
        except duckdb.IOException:
            # A shell that opened it for writing locks it, without need: what it locks can still be copied.
            self._file.copy()
            try:
                state = self._read(self._file.next)
            except duckdb.Error:
                state = _State()
        except duckdb.Error:
            state = _State()
        reason = self._outdated(state.settings)
        if reason is not None:
            self._file.next.unlink(missing_ok=True)
        return state, reason

    def _outdated(self, settings: dict[str, str]) -> str | None:
        if not settings:
            return "the file could not be read"
        changed = [name for name, value in self._settings().items() if settings.get(name) != value]
        return f"{', '.join(changed)} changed" if changed else None

    def _settings(self) -> dict[str, str]:
        return {
            "schema_version": str(SCHEMA_VERSION),
            "idle_hours": f"{self._rules.idle_hours:g}",
            "outcome_scores": json.dumps(self._rules.outcome_scores),
        }

    def _read(self, path: Path) -> _State:
        with self._opened(path, read_only=True) as con:
            state = _State()
            state.settings = dict(con.execute("SELECT name, value FROM publication_settings").fetchall())
            if state.settings.get("schema_version") != str(SCHEMA_VERSION):
                return state  # what else it has is in another shape
            for day, table, *stamp in con.execute(
                "SELECT date::VARCHAR, table_name, bytes, changed_at, sha256 FROM publication"
            ).fetchall():
                state.stamps.setdefault(day, {})[table] = Stamp(*stamp)
            state.health = dict(con.execute("SELECT date::VARCHAR, complete FROM data_health").fetchall())
            for key, *stamp in con.execute(
                "SELECT object_key, bytes, changed_at, sha256 FROM part_publication"
            ).fetchall():
                state.parts[key] = Stamp(*stamp)
            return state

    @contextlib.contextmanager
    def _opened(self, path: Path, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """The file, attached to a database in memory: a second `connect` to one path would give the first's content."""
        con = duckdb.connect(":memory:", config={**self._limits, "temp_directory": str(self._file.scratch / "spill")})
        try:
            options = "READ_ONLY" if read_only else f"STORAGE_VERSION {quoted(STORAGE_VERSION)}"
            con.execute(f"ATTACH {quoted(str(path))} AS published ({options})")
            con.execute("USE published")
            yield con
        finally:
            con.close()

    def _write(
        self, todo: Plan, parts: PartsPlan, state: _State, reason: str | None, work: Work, tell: Progress
    ) -> str:
        """Bring the next file up to date and close it; its data version."""
        source = ParquetSource(self._store, self._file.scratch / "parquet")
        chunks = _chunks(todo, self._chunk_dates)
        complete = {day for day, tables in state.stamps.items() if not tables.keys().isdisjoint(FACT_TABLES)}
        done = 0
        with self._opened(self._file.next) as con:
            # Nothing reads the next file before it is whole, so its log need not be folded in before the end.
            con.execute("SET checkpoint_threshold = '1TB'")
            if reason is not None:
                create_tables(con)
            for number, chunk in enumerate(chunks):
                tell("publishing", done, len(todo.facts))
                withdrawn = todo.withdrawn if number == 0 else []
                later = (complete | set(chunk)) - set(withdrawn)
                change = Change(chunk, withdrawn, max(complete, default=None), max(later, default=None))
                con.begin()
                with _explained(self._store):
                    apply(con, change, source.path_of, self._rules, work)
                if number == len(chunks) - 1:
                    version = self._finish(con, todo, parts, state, source, work)
                con.commit()
                with work.phase("checkpoint"):
                    con.execute("CHECKPOINT published")
                source.clear()
                complete, done = later, done + len(chunk)
            con.execute("USE memory")
            con.execute("DETACH published")
        tell("publishing", done, len(todo.facts))
        return version

    def _finish(
        self,
        con: duckdb.DuckDBPyConnection,
        todo: Plan,
        parts: PartsPlan,
        state: _State,
        source: ParquetSource,
        work: Work,
    ) -> str:
        """What follows the last dates: the tables in parts, data_health and the books; the data version."""
        with work.phase("parts"), _explained(self._store):
            apply_parts(con, parts, self._store, source, work)
        with work.phase("books"):
            return self._note(con, todo, parts, state)

    def _note(self, con: duckdb.DuckDBPyConnection, todo: Plan, parts: PartsPlan, state: _State) -> str:
        """Write data_health and the publisher's books; the data version, which follows from content alone."""
        stamps = dict(state.stamps)
        for day, new in todo.stamps.items():
            stamps[day] = merged(stamps.get(day, {}), new)
        _replace_rows(
            con,
            "data_health",
            [{name: row.get(name) for name in HEALTH_SCHEMA.names} for _, row in sorted(todo.health.items())],
        )
        _replace_commits(con, todo)
        rows = [
            {"date": date.fromisoformat(day), "table_name": table, **asdict(stamp)}
            for day, tables in sorted(stamps.items())
            for table, stamp in sorted(tables.items())
        ]
        con.execute("DELETE FROM publication")
        _replace_rows(con, "publication", rows)
        health = con.execute("SELECT date::VARCHAR, complete FROM data_health ORDER BY date").fetchall()
        settings = self._settings()
        objects = [[str(row["date"]), row["table_name"], row["sha256"]] for row in rows]
        facts = [one for one in objects if one[1] != COMMITS_TABLE]
        versions = {
            "data_version": _digest([settings, objects, health, note_parts(con, parts)]),
            "facts_version": _digest([settings, facts, health]),
        }
        settings |= versions
        settings["newest_date"] = max((day for day, complete in health if complete), default="")
        con.execute("DELETE FROM publication_settings")
        for name, value in sorted(settings.items()):
            con.execute("INSERT INTO publication_settings VALUES (?, ?)", [name, value])
        return settings["data_version"]

    def _unchanged(self, todo: Plan, state: _State, work: Work) -> PublishReport:
        size = self._file.path.stat().st_size
        return PublishReport(
            False, state.settings["data_version"], skipped=todo.skipped, bytes=size, seconds=work.seconds
        )

    def _report(self, todo: Plan, version: str, reason: str | None, work: Work) -> PublishReport:
        return PublishReport(
            wrote=True,
            data_version=version,
            published=todo.facts,
            refreshed=[] if reason is not None else work.refreshed,
            withdrawn=todo.withdrawn,
            skipped=todo.skipped,
            rebuilt=reason,
            sessions=work.sessions,
            rows=work.rows,
            bytes=self._file.path.stat().st_size,
            seconds=work.seconds,
        )


def build_day_marts(
    store: ObjectStore,
    day: str,
    *,
    idle_hours: float = 1,
    outcome_scores: Sequence[str] = ("success", "resolved", "task_success"),
    memory_limit: str = "256MB",
    scratch: Path,
) -> dict[str, int]:
    """Write the day marts of one date as Parquet, from that date's fact tables alone; rows of each mart.

    `scratch` is a folder for passing files.

    The same SQL as at publication, over one date: a session here is its slice, and history counts nowhere.
    FileNotFoundError if a fact table is not stored.
    """
    for table in FACT_TABLES:
        if store.head(layout.table_key(table, day)) is None:
            raise FileNotFoundError(layout.table_key(table, day))
    rules = Rules(idle_hours, tuple(outcome_scores), with_history=False)
    with _written(scratch), own_folder(scratch, f"marts-{day}-") as folder:
        source = ParquetSource(store, folder / "parquet")
        limits: Any = {"memory_limit": memory_limit, "threads": "2", "temp_directory": str(folder)}
        con = duckdb.connect(":memory:", config=limits)
        try:
            create_tables(con)
            work = Work()
            with _explained(store):
                apply(con, Change([day], [], None, day), source.path_of, rules, work)
            for mart in DAY_MARTS:
                path = folder / f"{mart}.parquet"
                con.execute(
                    f"COPY (FROM {mart} ORDER BY ALL) TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd)"
                )
                store.put_if_changed(layout.table_key(mart, day), path.read_bytes())
            return {mart: work.rows[mart] for mart in DAY_MARTS}
        finally:
            con.close()


@contextlib.contextmanager
def _written(path: Path) -> Iterator[None]:
    """Say which file could not be written, and why, where a disk is full or does not let us."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"SESSIONS_HOME: {path}: could not be written ({error.strerror or error})") from error
    except duckdb.IOException as error:
        full = "No space left" in str(error)
        reason = "the disk is full" if full else str(error).splitlines()[0]
        raise StoreError(f"SESSIONS_HOME: {path}: could not be written ({reason})") from error


def _replace_commits(con: duckdb.DuckDBPyConnection, todo: Plan) -> None:
    """Put the dates' ledgers in place, and what data_health says of them."""
    touched = sorted({date.fromisoformat(day) for day in (*todo.commits, *todo.health)})
    if todo.commits:
        days = [date.fromisoformat(day) for day in todo.commits]
        for table in (COMMITS_TABLE, MEMORIES_TABLE):
            con.execute(f"DELETE FROM {table} WHERE list_contains(?, date)", [days])  # noqa: S608
    _replace_rows(con, COMMITS_TABLE, [row for day in sorted(todo.commits) for row in todo.commits[day]])
    _replace_rows(con, MEMORIES_TABLE, [row for day in sorted(todo.memories) for row in todo.memories[day]])
    if touched:
        con.execute(statement("committed_sessions"), [touched])


def _replace_rows(con: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    """Put rows in place of those of their dates."""
    if rows:
        con.execute(f"DELETE FROM {table} WHERE list_contains(?, date)", [sorted({row["date"] for row in rows})])  # noqa: S608
        insert_rows(con, table, rows)


def _digest(content: list[Any]) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


def _chunks(todo: Plan, dates: int) -> list[list[str]]:
    """The dates to take, oldest first, in groups that fit in memory; one empty group if there are none."""
    chunks: list[list[str]] = [[]]
    size = 0
    for day in todo.facts:
        bytes_ = todo.stamps[day]["messages"].bytes
        if chunks[-1] and (len(chunks[-1]) == dates or size + bytes_ > CHUNK_BYTES):
            chunks.append([])
            size = 0
        chunks[-1].append(day)
        size += bytes_
    return chunks


@contextlib.contextmanager
def _explained(store: ObjectStore) -> Iterator[None]:
    """Say which object could not be read, instead of what DuckDB thinks of its bytes."""
    try:
        yield
    except FileNotFoundError as error:
        raise StoreError(f"{error}: a published date's table is no longer stored; load that date again") from error
    except duckdb.Error as error:
        if "parquet" in str(error).lower() and isinstance(error, duckdb.IOException | duckdb.InvalidInputException):
            raise StoreError(f"{store.url}: a Parquet table could not be read: {str(error).splitlines()[0]}") from error
        raise
