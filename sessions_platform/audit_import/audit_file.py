"""A classic audit database, read-only: what it holds is checked once, then its sessions come one at a time.

The order of sessions is made here from row numbers (a few bytes a row), because SQLite would sort the texts in files of
its own, unredacted. What the rows mean is `gather`'s part.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from sessions_platform.errors import PlatformError

TABLES = {
    "sessions": ("session_id", "start_time", "end_time", "total_turns", "status"),
    "messages": ("session_id", "turn_id", "agent_name", "message", "timestamp"),
    "tool_usage": ("session_id", "agent_name", "tool_name", "operation", "success", "timestamp"),
}
_HEADER = b"SQLite format 3\x00"
_ROWS_AT_ONCE = 500
_Numbers = np.ndarray[Any, np.dtype[np.int64]]


class UnreadableFile(PlatformError):
    """The given file is no audit database, or is damaged: the message names file and reason."""


@dataclass(slots=True)
class FoundSession:
    """A session's rows, each as (row number, columns of TABLES without session_id). `row`: its row in `sessions`."""

    session_id: str
    renamed: bool
    """Its id held personal data, and is a token now."""
    row: tuple[Any, ...] | None
    messages: list[tuple[Any, ...]] = field(default_factory=list)
    tool_usage: list[tuple[Any, ...]] = field(default_factory=list)


@dataclass(slots=True)
class Found:
    """What the first reading found beside the sessions: rows without a session id, ids that `sessions` has twice."""

    sessions: int = 0
    rows: int = 0
    without_id: list[tuple[str, int]] = field(default_factory=list)
    without_id_count: int = 0
    doubled: int = 0


class AuditFile:
    """An open database. Every failure of SQLite is an UnreadableFile in one line."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.found = Found()
        self._connection = connection
        self._stamp = _stamp(path)

    def sessions(self, final_id: Callable[[str], str], examples: int = 5) -> Iterator[FoundSession]:
        """The sessions in the order of their final (redacted) ids. `found` is filled before the first one comes."""
        with _explained(self.path):
            index = _Index(self._connection, self.found, examples)
            self.found.sessions, self.found.rows = len(index.names), sum(map(len, index.rows.values()))
            finals = [final_id(name) for name in index.names]
            order = sorted(range(len(finals)), key=finals.__getitem__)
            pieces = {table: index.in_order(table, order) for table in ("messages", "tool_usage")}
            for place, number in enumerate(order):
                row = index.session_rows.get(number)
                columns = None if row is None else next(self._read("sessions", [row]))
                found = FoundSession(finals[number], finals[number] != index.names[number], columns)
                found.messages = list(self._read("messages", pieces["messages"](place)))
                found.tool_usage = list(self._read("tool_usage", pieces["tool_usage"](place)))
                yield found

    def check_unchanged(self) -> None:
        """UnreadableFile where somebody wrote to the file meanwhile."""
        if _stamp(self.path) != self._stamp:
            raise UnreadableFile(f"{self.path}: was changed while it was read; nothing was imported, run it again")

    def _read(self, table: str, rows: "list[int] | _Numbers") -> Iterator[tuple[Any, ...]]:
        columns = ", ".join(TABLES[table][1:])
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            numbers = [int(row) for row in rows[start : start + _ROWS_AT_ONCE]]
            marks = ", ".join("?" * len(numbers))
            sql = f"SELECT rowid, {columns} FROM {table} WHERE rowid IN ({marks}) ORDER BY rowid"  # noqa: S608 - our names
            yield from self._connection.execute(sql, numbers)


class _Index:
    """Row numbers of every session: 12 bytes a row, and each session's id once."""

    def __init__(self, connection: sqlite3.Connection, found: Found, examples: int) -> None:
        self._found, self._examples = found, examples
        self._numbers: dict[str, int] = {}
        self.names: list[str] = []
        self.rows: dict[str, _Numbers] = {}
        self._session_of: dict[str, np.ndarray[Any, np.dtype[np.int32]]] = {}
        self.session_rows: dict[int, int] = {}
        self._take_sessions(connection)
        for table in ("messages", "tool_usage"):
            self._take(connection, table)

    def _take_sessions(self, connection: sqlite3.Connection) -> None:
        for row, name in connection.execute("SELECT rowid, session_id FROM sessions ORDER BY rowid"):
            number = self._number("sessions", row, name)
            if number is not None:
                self._found.doubled += number in self.session_rows
                self.session_rows[number] = row

    def _take(self, connection: sqlite3.Connection, table: str) -> None:
        cursor = connection.execute(f"SELECT rowid, session_id FROM {table} ORDER BY rowid")  # noqa: S608 - our names
        rows, numbers = [], []
        while some := cursor.fetchmany(50_000):
            named = [(row, self._number(table, row, name)) for row, name in some]
            rows.append(np.array([row for row, number in named if number is not None], dtype=np.int64))
            numbers.append(np.array([number for _, number in named if number is not None], dtype=np.int32))
        self.rows[table] = np.concatenate(rows) if rows else np.empty(0, dtype=np.int64)
        self._session_of[table] = np.concatenate(numbers) if numbers else np.empty(0, dtype=np.int32)

    def _number(self, table: str, row: int, name: Any) -> int | None:
        if name is None or name == "" or isinstance(name, bytes):
            self._found.without_id_count += 1
            if len(self._found.without_id) < self._examples:
                self._found.without_id.append((table, row))
            return None
        text = str(name)
        number = self._numbers.get(text)
        if number is None:
            number = self._numbers[text] = len(self.names)
            self.names.append(text)
        return number

    def in_order(self, table: str, order: list[int]) -> Callable[[int], _Numbers]:
        """The row numbers of the session at a place of the order."""
        place_of = np.empty(len(order), dtype=np.int32)
        place_of[np.array(order, dtype=np.int64)] = np.arange(len(order), dtype=np.int32)
        places = place_of[self._session_of.pop(table)]
        by_place = np.argsort(places, kind="stable")
        ends = np.searchsorted(places[by_place], np.arange(len(order) + 1))
        rows = self.rows.pop(table)[by_place]
        return lambda place: rows[ends[place] : ends[place + 1]]


@contextmanager
def open_audit_file(path: Path) -> Iterator[AuditFile]:
    """The database at a path, checked: SQLite, the three tables, their columns. UnreadableFile says what is missing."""
    _check_file(path)
    uri = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
    with _explained(path), closing(sqlite3.connect(uri, uri=True)) as connection:
        # Old databases hold text in whatever encoding their writer had.
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA trusted_schema = OFF")
        _check_tables(path, connection)
        yield AuditFile(path, connection)


def _check_file(path: Path) -> None:
    try:
        with path.open("rb") as stream:
            header = stream.read(len(_HEADER))
    except OSError as error:
        raise UnreadableFile(f"{path}: cannot be read ({error.strerror})") from None
    if header != _HEADER:
        what = "the file is empty" if not header else "not an SQLite database, or an encrypted one"
        raise UnreadableFile(f"{path}: {what}")
    for suffix in ("-wal", "-journal"):
        beside = path.with_name(path.name + suffix)
        if beside.exists() and beside.stat().st_size:
            raise UnreadableFile(
                f"{path}: {beside.name} still holds changes: end the program that writes to it, or import a copy made"
                ' with `sqlite3 FILE ".backup COPY"`'
            )


def _check_tables(path: Path, connection: sqlite3.Connection) -> None:
    for table, wanted in TABLES.items():
        there = {row[1].lower() for row in connection.execute(f"PRAGMA table_info({table})")}
        if not there:
            raise UnreadableFile(f"{path}: has no table {table}; an audit database has {', '.join(TABLES)}")
        missing = [column for column in wanted if column not in there]
        if missing:
            raise UnreadableFile(f"{path}: table {table} has no column {', '.join(missing)}")
        if not _is_plain(connection, table):
            raise UnreadableFile(f"{path}: {table} is a view or has no row numbers; import a plain table")


def _is_plain(connection: sqlite3.Connection, table: str) -> bool:
    """Whether rows can be fetched by their numbers: not of a view, nor of a table WITHOUT ROWID."""
    named = "SELECT type FROM sqlite_schema WHERE lower(name) = ?"
    try:
        connection.execute(f"SELECT rowid FROM {table} LIMIT 1").fetchone()  # noqa: S608 - our names
    except sqlite3.OperationalError:
        return False
    return bool(connection.execute(named, [table]).fetchone() == ("table",))


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise UnreadableFile(f"{path}: damaged or not readable by SQLite ({error}); nothing was imported") from None


def _stamp(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns
