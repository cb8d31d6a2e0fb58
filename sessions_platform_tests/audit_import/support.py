"""Classic audit databases for tests, imports of them, and questions to what was published."""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sessions_platform.analytics import SessionAnalytics
from sessions_platform.audit_import.importing import ImportReport, import_audit_file
from sessions_platform.resources.object_store import ObjectStore, open_store
from sessions_platform.settings import Settings, load_settings

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
D1, D2, D3 = "2026-11-02", "2026-11-03", "2026-11-04"
SCHEMA = """
CREATE TABLE IF NOT EXISTS sessions (session_id TEXT, start_time TEXT, end_time TEXT, total_turns INTEGER, status TEXT);
CREATE TABLE IF NOT EXISTS messages (session_id TEXT, turn_id INTEGER, agent_name TEXT, message TEXT, timestamp);
CREATE TABLE IF NOT EXISTS tool_usage (session_id TEXT, agent_name TEXT, tool_name TEXT, operation TEXT, success,
    timestamp);
"""
SELF_JOIN = (
    "SELECT m1.agent_name, m2.agent_name, count(*) FROM messages AS m1 JOIN messages AS m2 "
    "ON m1.session_id = m2.session_id AND m1.turn_id = m2.turn_id - 1 GROUP BY 1, 2"
)
Said = tuple[str, str]


def at(second: int, day: str = D1, hour: int = 10) -> str:
    """A time without zone."""
    return f"{day}T{hour:02d}:{second // 60:02d}:{second % 60:02d}"


def talk(session: str, said: Sequence[Said], day: str = D1) -> list[tuple[Any, ...]]:
    """Rows of `messages`: turns from 1 without gaps, a second apart."""
    return [(session, n + 1, agent, text, at(n, day)) for n, (agent, text) in enumerate(said)]


def database(
    path: Path,
    messages: Iterable[Sequence[Any]] = (),
    tools: Iterable[Sequence[Any]] = (),
    sessions: Iterable[Sequence[Any]] = (),
) -> Path:
    """A database at a path, with more rows if it is there."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SCHEMA)
        connection.executemany("INSERT INTO sessions VALUES (?, ?, ?, ?, ?)", sessions)
        connection.executemany("INSERT INTO messages VALUES (?, ?, ?, ?, ?)", messages)
        connection.executemany("INSERT INTO tool_usage VALUES (?, ?, ?, ?, ?, ?)", tools)
        connection.commit()
    return path


def change(path: Path, sql: str) -> None:
    """Change a database."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(sql)
        connection.commit()


class Home:
    """An installation of its own."""

    def __init__(self, folder: Path, **variables: Any) -> None:
        self.folder = folder
        self.settings: Settings = load_settings(
            sessions_home=folder / "home", sessions_redaction_key="a key for tests alone", **variables
        )

    @property
    def store(self) -> ObjectStore:
        return open_store(self.settings.store_url)

    def take(self, path: Path) -> ImportReport:
        return import_audit_file(path, self.settings, now=NOW)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the published file; dates as text."""
        analytics = SessionAnalytics(self.settings.database)
        try:
            frame = analytics.frame(sql)
            return [tuple(row) for row in frame.itertuples(index=False)]
        finally:
            analytics.close()

    def files(self) -> dict[str, tuple[bytes, int]]:
        """Content and time of every file of the store, and of the published one."""
        root = self.settings.home
        kept = [path for path in root.rglob("*") if path.is_file() and not path.name.endswith(".lock")]
        return {str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mtime_ns) for path in kept}

    def contents(self, below: str = "store/") -> dict[str, bytes]:
        """Content of every file below a folder."""
        return {name: data for name, (data, _) in self.files().items() if name.startswith(below)}

    def matrix(self) -> dict[tuple[str, str], int]:
        rows = self.ask("SELECT from_agent, to_agent, sum(interaction_count) FROM interaction_matrix GROUP BY ALL")
        return {(a, b): int(count) for a, b, count in rows}


def self_join(path: Path) -> dict[tuple[str, str], int]:
    """The classic matrix."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE INDEX IF NOT EXISTS by_turn ON messages (session_id, turn_id)")
        return {(a, b): count for a, b, count in connection.execute(SELF_JOIN)}
