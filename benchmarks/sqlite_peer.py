"""Who follows whom: the classic self-join on SQLite beside our matrix, over the same messages, in one run.

    python -m benchmarks --sqlite

The classic database has an index on (session_id, turn_id), statistics (ANALYZE) and, for a second figure, an index that
covers the whole join. Ours are several figures, because more or less of the answer can stand there already:

- the published marts: counts by date and pair, which only have to be added (all of it is precomputed). As the API asks
  them, the sessions of each pair are counted, too: of those with several days at query time;
- the published table `messages` and the fact Parquet from which day marts are built: each row names the speaker before
  it (the join is precomputed, the counting isn't). Once with the self-join's columns, once as the day marts ask it,
  which count the sessions of each pair, too;
- the published table with the neighbour computed at query time (nothing is precomputed: the engine's share).

Turns have no gaps here, so all must count the same, and the benchmark fails where they don't. Everything is read warm:
SQLite's file and ours are both in the page cache. SQLite uses one thread, DuckDB as many as the platform gives it.
"""

import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sessions_platform.resources.object_store import ObjectStore, open_store
from sessions_platform.resources.warehouse import Publisher, build_day_marts
from sessions_platform.sessions import layout
from sessions_platform.sessions.table_schemas import FACT_SCHEMAS
from sessions_platform.sessions.tables import health_row
from sessions_platform.sql import statement

SIZES = (1_000_000, 10_000_000)
A_DAY, A_SESSION = 100_000, 50
AGENTS = np.array(["user", "planner", "coder", "reviewer", "operator", "researcher"], dtype=object)
FIRST = date(2026, 1, 1)
TIMEOUT = 600
"""Seconds after which SQLite's query is stopped and said to take longer."""
TARGET = 50
_THREADS = 2

SELF_JOIN = """
SELECT m1.agent_name, m2.agent_name, count(*)
FROM messages AS m1 JOIN messages AS m2 ON m1.session_id = m2.session_id AND m1.turn_id = m2.turn_id - 1
GROUP BY m1.agent_name, m2.agent_name
"""
_SCHEMA = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
CREATE TABLE messages (id INTEGER PRIMARY KEY, session_id TEXT, turn_id INTEGER, agent_name TEXT, message TEXT,
    timestamp TEXT);
"""
# The same, computed where the neighbour is not stored.
_WINDOW = """
SELECT from_agent, agent_name, count(*)
FROM (SELECT agent_name, lag(agent_name) OVER (PARTITION BY session_id ORDER BY message_index) AS from_agent
      FROM messages WHERE is_utterance)
WHERE from_agent IS NOT NULL GROUP BY ALL
"""
_COUNTS = """
SELECT prev_agent, agent_name, count(*) FROM {} WHERE is_utterance AND prev_agent IS NOT NULL
GROUP BY prev_agent, agent_name
"""
_COUNTS_OF_SESSIONS = """
SELECT prev_agent, agent_name, count(*), count(DISTINCT session_id) FROM messages
WHERE is_utterance AND prev_agent IS NOT NULL GROUP BY prev_agent, agent_name
"""
_MART = "SELECT from_agent, to_agent, sum(interaction_count) FROM interaction_matrix GROUP BY ALL"

Matrix = dict[tuple[str, str], int]


class Beside(msgspec.Struct):
    """Seconds for so many messages, medians of `runs`; None where the timeout struck."""

    messages: int
    sqlite: float | None
    sqlite_covering: float | None
    marts: float
    marts_with_sessions: float
    published: float
    parquet: float
    published_with_sessions: float
    parquet_with_sessions: float
    window: float
    day_marts: float
    """All four day marts of one date (100,000 messages) from its Parquet, written."""
    sqlite_made: float
    published_made: float
    interactions: int
    runs: int


def measure(folder: Path, sizes: tuple[int, ...] = SIZES) -> list[Beside]:
    """Make each size, ask both, compare, and remove everything again."""
    found = []
    for size in sizes:
        with tempfile.TemporaryDirectory(dir=folder, prefix=f"sqlite-{size}-") as home:
            found.append(_beside(Path(home), size))
    return found


def table(found: list[Beside]) -> str:
    """What was measured, and the ratios against the target."""
    lines = []
    for one in found:
        runs = f"median of {one.runs}"
        lines.append(f"{one.messages:,} messages, {one.interactions:,} interactions, equal counts everywhere ({runs})")
        rows = (
            ("SQLite, self-join, index (session_id, turn_id)", one.sqlite),
            ("SQLite, the same with a covering index", one.sqlite_covering),
            ("ours, published marts (counts stored)", one.marts),
            ("ours, as /api/agent-activity asks, sessions counted, too", one.marts_with_sessions),
            ("ours, published messages (neighbour stored)", one.published),
            ("ours, fact Parquet (neighbour stored)", one.parquet),
            ("ours, published messages, sessions counted, too", one.published_with_sessions),
            ("ours, fact Parquet, sessions counted, too", one.parquet_with_sessions),
            ("ours, published messages, neighbour computed", one.window),
        )
        for name, seconds in rows:
            lines.append(f"  {name:<58}{_seconds(seconds):>12}{_ratio(one, seconds):>12}")
        lines.append(f"  all day marts of one date ({A_DAY:,} messages), written {one.day_marts:.2f} s")
        lines.append(
            f"  made beforehand: SQLite's index and statistics {one.sqlite_made:.1f} s,"
            f" our file {one.published_made:.1f} s"
        )
        for name, seconds in (("marts", one.marts), ("published messages", one.published), ("Parquet", one.parquet)):
            ratio = (one.sqlite or TIMEOUT) / seconds
            verdict = "ok" if ratio >= TARGET else "MISSED"
            lines.append(
                f"  {name}: {'at least ' if one.sqlite is None else ''}{ratio:.0f}x, target {TARGET}x: {verdict}"
            )
    return "\n".join(lines)


def _seconds(seconds: float | None) -> str:
    return f"> {TIMEOUT} s" if seconds is None else f"{seconds * 1000:,.1f} ms"


def _ratio(one: Beside, seconds: float | None) -> str:
    return "" if seconds is None or one.sqlite is None else f"{one.sqlite / seconds:,.1f}x"


def _beside(home: Path, size: int) -> Beside:
    # The long query is asked once, as often the others as gives a median.
    slow, quick = (3, 7) if size <= 1_000_000 else (1, 7)
    _say(f"{size:,} messages: SQLite")
    classic = home / "audit.db"
    _make_classic(classic, size)
    with closing(sqlite3.connect(classic)) as connection:
        made = _once(
            lambda: connection.executescript("CREATE INDEX by_turn ON messages (session_id, turn_id); ANALYZE;")
        )
        sqlite_seconds, expected = _ask_sqlite(connection, slow)
        connection.executescript("CREATE INDEX covering ON messages (session_id, turn_id, agent_name); ANALYZE;")
        covering_seconds, covered = _ask_sqlite(connection, slow)
    classic.unlink()
    _say(f"{size:,} messages: publish")
    store = open_store(str(home / "store"))
    days = [_write_day(store, number, min(A_DAY, size - number * A_DAY)) for number in range(-(-size // A_DAY))]
    day_marts = _once(lambda: build_day_marts(store, days[0], scratch=home / "tmp"))
    database = home / "analytics.duckdb"
    published = _once(lambda: Publisher(store, database).publish(None))
    _say(f"{size:,} messages: DuckDB")
    answers = _ask_ours(store, database, days, quick)
    wanted = expected or covered or answers["window"][1]
    for name, (_, counts) in answers.items():
        assert counts == wanted, f"{name} counts otherwise than the self-join"
    assert covered is None or covered == wanted
    return Beside(
        messages=size,
        sqlite=sqlite_seconds,
        sqlite_covering=covering_seconds,
        **{name: seconds for name, (seconds, _) in answers.items()},
        day_marts=day_marts,
        sqlite_made=made,
        published_made=published,
        interactions=sum(wanted.values()),
        runs=quick if slow == quick else slow,
    )


def _ask_sqlite(connection: sqlite3.Connection, times: int) -> tuple[float | None, Matrix | None]:
    """Median seconds of the self-join and what it counts; (None, None) where it was stopped."""
    seconds = []
    for _ in range(times):
        stop = threading.Timer(TIMEOUT, connection.interrupt)
        stop.start()
        try:
            begun = time.perf_counter()
            rows = connection.execute(SELF_JOIN).fetchall()
            seconds.append(time.perf_counter() - begun)
        except sqlite3.OperationalError:
            return None, None
        finally:
            stop.cancel()
    return statistics.median(seconds), {(a, b): count for a, b, count in rows}


def _ask_ours(store: ObjectStore, database: Path, days: list[str], times: int) -> dict[str, tuple[float, Matrix]]:
    paths = [str(store.local_path(layout.table_key("messages", day))) for day in days]
    with duckdb.connect(":memory:", config={"threads": str(_THREADS)}) as con:
        con.execute(f"ATTACH '{database}' AS published (READ_ONLY)")  # noqa: S608 - our own path
        con.execute("USE published")
        listed = ", ".join(f"'{path}'" for path in paths)
        con.execute(f"CREATE TEMP VIEW scope_messages AS SELECT * FROM read_parquet([{listed}])")  # noqa: S608
        mart = (
            f"SELECT from_agent, to_agent, sum(interaction_count) FROM ({statement('interaction_matrix')}) GROUP BY ALL"  # noqa: S608
        )
        api = statement("queries/interaction_matrix")
        questions: dict[str, Callable[[], Any]] = {
            "marts": lambda: con.execute(_MART).fetchall(),
            "published": lambda: con.execute(_COUNTS.format("messages")).fetchall(),
            "parquet": lambda: con.execute(_COUNTS.format("scope_messages")).fetchall(),
            "marts_with_sessions": lambda: con.execute(api).fetchall(),
            "published_with_sessions": lambda: con.execute(_COUNTS_OF_SESSIONS).fetchall(),
            "parquet_with_sessions": lambda: con.execute(mart).fetchall(),
            "window": lambda: con.execute(_WINDOW).fetchall(),
        }
        return {name: _median(ask, times) for name, ask in questions.items()}


def _median(ask: Callable[[], Any], times: int) -> tuple[float, Matrix]:
    seconds, rows = [], []
    for _ in range(times):
        begun = time.perf_counter()
        rows = ask()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds), {(row[0], row[1]): int(row[2]) for row in rows}


def _once(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _day_columns(number: int, messages: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """(session of each message, its place in the session, its agent) of a day: the same for both."""
    draw = np.random.default_rng(number)
    sessions = np.arange(messages) // A_SESSION
    return sessions, np.arange(messages) % A_SESSION, draw.integers(0, len(AGENTS), messages)


def _make_classic(path: Path, size: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(_SCHEMA)
        sql = "INSERT INTO messages (session_id, turn_id, agent_name, message, timestamp) VALUES (?, ?, ?, ?, ?)"
        connection.executemany(sql, _classic_rows(size))
        connection.commit()


def _classic_rows(size: int) -> Iterator[tuple[str, int, str, str, str]]:
    for number in range(-(-size // A_DAY)):
        day = FIRST + timedelta(days=number)
        columns = _day_columns(number, min(A_DAY, size - number * A_DAY))
        stamp = f"{day}T10:00:"
        for session, place, agent in zip(*(column.tolist() for column in columns), strict=True):
            yield _name(number, session), place + 1, AGENTS[agent], "looking into it", f"{stamp}{place:02d}"


def _name(day: int, session: int) -> str:
    return f"sess-{day:04d}-{session:06d}"


def _write_day(store: ObjectStore, number: int, messages: int) -> str:
    """The same messages as fact Parquet of a date; the date."""
    day = FIRST + timedelta(days=number)
    sessions, places, drawn = _day_columns(number, messages)
    agents = AGENTS[drawn]
    first, last = places == 0, np.append(places[1:] == 0, True)
    names = np.array([_name(number, one) for one in range(int(sessions[-1]) + 1)], dtype=object)
    at = datetime(day.year, day.month, day.day, 10, tzinfo=UTC).replace(tzinfo=None)
    columns: dict[str, Any] = {
        "session_id": names[sessions], "date": [day] * messages, "origin": ["row"] * messages,
        "message_index": places, "turn_index": [1] * messages,
        "role": np.where(drawn == 0, "user", "assistant"), "agent_name": agents,
        "next_agent": np.where(last, None, np.roll(agents, -1)),
        "prev_agent": np.where(first, None, np.roll(agents, 1)),
        "is_utterance": [True] * messages, "timestamp": np.datetime64(at, "us") + places.astype("timedelta64[s]"),
        "trace_id": names[sessions], "observation_id": [str(place) for place in places.tolist()],
        "char_count": [15] * messages, "preview": ["looking into it"] * messages, "text_hash": [None] * messages,
    }  # fmt: skip
    _put(store, "messages", str(day), columns)
    _put(store, "session_slices", str(day), _slices(day, at, names, agents, places))
    for name in FACT_SCHEMAS.keys() - {"messages", "session_slices"}:
        _put(store, name, str(day), {field: [] for field in FACT_SCHEMAS[name].names})
    store.put(layout.table_key("data_health", str(day)), health_row(str(day), complete=True))
    return str(day)


def _slices(
    day: date, at: datetime, names: np.ndarray[Any, Any], agents: np.ndarray[Any, Any], places: np.ndarray[Any, Any]
) -> dict[str, Any]:
    many = len(names)
    sizes = np.diff(np.append(np.flatnonzero(places == 0), len(places)))
    ends = np.cumsum(sizes) - 1
    given = {
        "session_id": names, "date": [day] * many, "start_time": [at] * many, "end_time": [at] * many,
        "last_row_time": [at] * many, "row_count": sizes, "end_state": ["completed"] * many,
        "message_count": sizes, "utterance_count": sizes, "first_agent": agents[ends - sizes + 1],
        "last_agent": agents[ends], "last_utterance_index": sizes - 1,
    }  # fmt: skip
    made: dict[str, Any] = {}
    for field in FACT_SCHEMAS["session_slices"]:
        empty = [] if pa.types.is_list(field.type) else 0 if pa.types.is_integer(field.type) else None
        made[field.name] = given.get(field.name, [empty] * many)
    return made


def _put(store: ObjectStore, name: str, day: str, columns: dict[str, Any]) -> None:
    schema = FACT_SCHEMAS[name]
    arrays = [pa.array(list(columns[field.name]), field.type) for field in schema]
    with store.writer(layout.table_key(name, day)) as stream:
        pq.write_table(pa.Table.from_arrays(arrays, schema=schema), stream, compression="zstd", row_group_size=16_384)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    print(table(measure(Path(tempfile.gettempdir()), tuple(map(int, sys.argv[1:])) or SIZES)))
