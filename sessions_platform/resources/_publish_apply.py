"""The table work of a publication: swap the changed dates, refresh the sessions they touch, make the marts concerned.

Runs on an open connection whose current database holds the tables; files, locks and plans are elsewhere.

What is read follows what changed: a session's earlier slices are known by their sums (`session_slices`), so only its
slices from the first changed date on are read again from Parquet.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import duckdb

from sessions_platform.sessions.table_schemas import DAY_MARTS, FACT_SCHEMAS
from sessions_platform.sql import definitions, quoted, statement

SCHEMA_VERSION = 5
"""Raised with every change of columns or of what they mean: the next publication then builds the file anew."""

PathOf = Callable[[str, str], str]
"""Local path of a table's Parquet on a date."""

_BOOKS = {"session_slices": "session_slices", "slice_segments": "session_segments", "score_versions": "scores"}
_INDEXED = ("messages", "tool_calls")
_BY_SESSION = ("session_segments", "scores", "sessions")
_EPOCH_END = datetime(9999, 1, 1)  # noqa: DTZ001 - the tables' times are UTC without zone


@dataclass(frozen=True, slots=True)
class Change:
    """Dates whose rows come from Parquet (`add`), dates whose rows go (`drop`), and the newest complete date's move."""

    add: Sequence[str]
    drop: Sequence[str]
    newest_before: str | None
    newest_after: str | None


@dataclass(frozen=True, slots=True)
class Rules:
    """What the figures depend on beside the rows."""

    idle_hours: float = 1
    outcome_scores: tuple[str, ...] = ()
    with_history: bool = True


@dataclass(slots=True)
class Work:
    """What was done: rows written by table, dates whose sessions were refreshed, and seconds by phase."""

    rows: dict[str, int] = field(default_factory=dict)
    sessions: int = 0
    refreshed: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Count the block's seconds under a name."""
        begun = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun


def create_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Every table of the catalog, with its comments, in an empty database."""
    con.begin()
    for text in definitions():
        con.execute(text)
    con.commit()


def apply(con: duckdb.DuckDBPyConnection, change: Change, path_of: PathOf, rules: Rules, work: Work) -> None:
    """Bring the tables from the state before `change` to the state after it. The caller owns the transaction."""
    changed = sorted({*change.add, *change.drop})
    if not changed and change.newest_before == change.newest_after:
        return
    with work.phase("slices"):
        _views(con, "changed", FACT_SCHEMAS, change.add, path_of)
        _find_touched(con, changed, change, rules)
        first_dates = _dates(con, "SELECT DISTINCT first_date FROM sessions SEMI JOIN touched USING (session_id)")
        _swap_books(con, changed)
        _find_pieces(con, rules)
    others = [day for day in _dates(con, "SELECT DISTINCT date FROM affected_pieces") if day not in set(changed)]
    work.refreshed = sorted({*work.refreshed, *others})
    with work.phase("delete"):
        _delete_facts(con, changed, others)
    with work.phase("insert"):
        _insert_facts(con, [*change.add, *others], path_of, work)
    with work.phase("sessions"):
        _refresh_sessions(con, change, rules, work)
    first_dates |= _dates(con, "SELECT DISTINCT first_date FROM sessions SEMI JOIN touched USING (session_id)")
    with work.phase("marts"):
        _make_marts(con, {*changed, *others}, first_dates, change.drop, work)


def _views(
    con: duckdb.DuckDBPyConnection, prefix: str, tables: Iterable[str], days: Sequence[str], path_of: PathOf
) -> None:
    """Views `<prefix>_<table>` over the Parquet of some dates."""
    for table in tables:
        name = f"{prefix}_{table}"
        if days:
            paths = ", ".join(quoted(path_of(table, day)) for day in sorted(days))
            # By name: a date whose staged files have expired keeps the columns it was written with.
            source = f"read_parquet([{paths}], hive_partitioning = false, union_by_name = true)"
        else:
            con.register(f"no_{table}", FACT_SCHEMAS[table].empty_table())
            source = f"no_{table}"
        con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM {source}")  # noqa: S608 - our own names


def _find_touched(con: duckdb.DuckDBPyConnection, changed: Sequence[str], change: Change, rules: Rules) -> None:
    """Sessions to refresh: with slices or scores on the changed dates, or whose status the clock can change."""
    con.execute(
        statement("touched").replace("$dates", _listed(changed)),
        {"quiet_since": _clock(change, rules), "never": change.newest_before == change.newest_after},
    )


def _clock(change: Change, rules: Rules) -> datetime:
    """Sessions with rows since then can turn from or to `active` as the newest complete date moves."""
    ends = [_end_of(day) for day in (change.newest_before, change.newest_after) if day is not None]
    return min(ends, default=_EPOCH_END) - timedelta(hours=rules.idle_hours)


def _end_of(day: str) -> datetime:
    return datetime.fromisoformat(day) + timedelta(days=1)


def _swap_books(con: duckdb.DuckDBPyConnection, changed: Sequence[str]) -> None:
    for table, source in _BOOKS.items():
        con.execute(f"DELETE FROM {table} WHERE date IN ({_listed(changed)})")  # noqa: S608
        con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM changed_{source} ORDER BY date, session_id")  # noqa: S608


def _find_pieces(con: duckdb.DuckDBPyConnection, rules: Rules) -> None:
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE session_pieces AS {statement('session_pieces')}",
        {"with_history": rules.with_history},
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE affected_pieces AS SELECT p.* FROM session_pieces AS p "
        "JOIN touched AS t USING (session_id) WHERE p.date >= t.changed_from"
    )


def _delete_facts(con: duckdb.DuckDBPyConnection, changed: Sequence[str], others: Sequence[str]) -> None:
    for table in (*_INDEXED, "model_calls"):
        con.execute(f"DELETE FROM {table} WHERE date IN ({_listed(changed)})")  # noqa: S608
    for table in _INDEXED if others else ():
        con.execute(
            f"DELETE FROM {table} USING (SELECT DISTINCT session_id, date FROM affected_pieces) AS a "  # noqa: S608
            f"WHERE {table}.date IN ({_listed(others)}) AND {table}.session_id = a.session_id AND {table}.date = a.date"
        )


def _insert_facts(con: duckdb.DuckDBPyConnection, days: Sequence[str], path_of: PathOf, work: Work) -> None:
    _views(con, "day", _INDEXED, days, path_of)
    for table in (*_INDEXED, "model_calls"):
        _insert(con, table, work)
    # DuckDB rewrites a column's whole segment for an update, so it touches as few rows as there are.
    con.execute(f"CREATE OR REPLACE TEMP TABLE message_tails AS {statement('message_tails')}")
    tails = _dates(con, "SELECT DISTINCT date FROM message_tails")
    if tails:
        con.execute(
            "UPDATE messages SET next_agent = t.next_agent FROM message_tails AS t "  # noqa: S608
            f"WHERE messages.date IN ({_listed(sorted(tails))}) AND messages.date = t.date "
            "AND messages.session_id = t.session_id AND messages.message_index = t.message_index "
            "AND messages.next_agent IS DISTINCT FROM t.next_agent"
        )


def _refresh_sessions(con: duckdb.DuckDBPyConnection, change: Change, rules: Rules, work: Work) -> None:
    for table in _BY_SESSION:
        con.execute(f"DELETE FROM {table} WHERE session_id IN (SELECT session_id FROM touched)")  # noqa: S608
    for table in ("session_segments", "scores"):
        _insert(con, table, work)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE session_outcomes AS {statement('session_outcomes')}",
        {"outcome_scores": list(rules.outcome_scores)},
    )
    newest = _EPOCH_END if change.newest_after is None else _end_of(change.newest_after)
    _insert(con, "sessions", work, newest_end=newest, idle=timedelta(hours=rules.idle_hours))
    work.sessions += _count(con, "SELECT count(*) FROM touched")


def _make_marts(
    con: duckdb.DuckDBPyConnection, days: set[str], first_dates: set[str], dropped: Sequence[str], work: Work
) -> None:
    """Marts of the dates whose rows changed; daily_metrics also of the first dates of the sessions that changed."""
    con.execute(statement("wilson"))
    for marts, scope in ((DAY_MARTS[:-1], days), (DAY_MARTS[-1:], days | first_dates)):
        listed = _listed(sorted(scope))
        for table in (*_INDEXED, "model_calls"):
            con.execute(f"CREATE OR REPLACE TEMP VIEW scope_{table} AS SELECT * FROM {table} WHERE date IN ({listed})")  # noqa: S608
        con.execute(
            "CREATE OR REPLACE TEMP TABLE scope_dates AS "  # noqa: S608
            f"SELECT unnest([{listed}]::DATE[]) AS date EXCEPT SELECT unnest([{_listed(dropped)}]::DATE[])"
        )
        for table in marts:
            con.execute(f"DELETE FROM {table} WHERE date IN ({listed})")  # noqa: S608
            _insert(con, table, work)


def _insert(con: duckdb.DuckDBPyConnection, table: str, work: Work, **parameters: object) -> None:
    written = _count(con, f"INSERT INTO {table} BY NAME {statement(table)}", parameters)
    work.rows[table] = work.rows.get(table, 0) + written


def _count(con: duckdb.DuckDBPyConnection, sql: str, parameters: object = None) -> int:
    row = con.execute(sql, parameters or None).fetchone()
    return int(row[0]) if row else 0


def _dates(con: duckdb.DuckDBPyConnection, sql: str) -> set[str]:
    return {day.isoformat() for (day,) in con.execute(sql).fetchall()}


def _listed(days: Iterable[str]) -> str:
    """Dates as SQL literals: DuckDB skips by them the row groups of other dates, as it can't by a parameter."""
    literals = [f"DATE '{date.fromisoformat(day).isoformat()}'" for day in days]
    return ", ".join(literals) if literals else "NULL"
