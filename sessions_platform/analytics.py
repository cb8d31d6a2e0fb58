"""SessionAnalytics: the only reader of the published file, for Python, the API, the pages and the weekly facts.

Questions about sessions belong here, their SQL in `sql/queries/`; nothing here writes. Answers are plain dicts and
lists that JSON can carry: times are UTC ISO text ending in `Z`, dates ISO text. Source: CONTRACT sections 6 and 7.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from sessions_platform.errors import PlatformError
from sessions_platform.settings import load_settings
from sessions_platform.sql import quoted, statement

if TYPE_CHECKING:
    import pandas as pd

Record = dict[str, Any]


class NotPublished(PlatformError):
    """There is no analytics file yet."""


class SessionAnalytics:
    """Answers from the published file at `path` (default `analytics.duckdb` in SESSIONS_HOME).

    The file is opened read-only, with no way out to other files, and again when it was replaced; questions under way
    finish on the file they began with. Safe to use from several threads. NotPublished if there is no file.
    """

    def __init__(self, path: Path | str | None = None, *, memory_limit: str = "1GB", threads: int = 2) -> None:
        self.path = Path(path) if path is not None else load_settings().database
        self._limits = {"memory_limit": memory_limit, "threads": str(threads)}
        self._guard = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._database: duckdb.DuckDBPyConnection | None = None
        self._kept: dict[tuple[tuple[int, int, int] | None, str], list[Record]] = {}

    def list_sessions(
        self,
        *,
        status: str | None = None,
        outcome: str | None = None,
        user_id: str | None = None,
        since: str | None = None,
        until: str | None = None,
        segments: Mapping[str, str] | None = None,
        after: tuple[str, str] | None = None,
        limit: int | None = None,
    ) -> list[Record]:
        """Sessions, newest start first, each with the columns of table `sessions`.

        `since` and `until` bound first_date (both included); `after` is (start_time, session_id) of the last session of
        the page before.
        """
        given = _filters(status, outcome, user_id, since, until, segments)
        start, last = after if after is not None else (None, None)
        return self._ask("list_sessions", **given, after_start=_moment(start), after_id=last, limit=limit or 2**62)

    def count_sessions(
        self,
        *,
        status: str | None = None,
        outcome: str | None = None,
        user_id: str | None = None,
        since: str | None = None,
        until: str | None = None,
        segments: Mapping[str, str] | None = None,
    ) -> int:
        """How many sessions `list_sessions` would give without `after` and `limit`."""
        (row,) = self._ask("count_sessions", **_filters(status, outcome, user_id, since, until, segments))
        return int(row["total"])

    def get_session_details(self, session_id: str) -> Record | None:
        """The session's columns with `messages`, `tool_usage`, `scores` and `metadata`; None if unknown."""
        found = self._ask("session", session_id=session_id)
        if not found:
            return None
        metadata: dict[str, Any] = {}
        for segment in self._ask("segments", session_id=session_id):
            metadata.setdefault(segment["key"], []).append(segment["value"])
        return {
            **found[0],
            "messages": self._ask("session_messages", session_id=session_id),
            "tool_usage": self.get_tool_statistics(session_id),
            "scores": self._ask("session_scores", session_id=session_id),
            "metadata": {key: values[0] if len(values) == 1 else values for key, values in metadata.items()},
        }

    def get_tool_statistics(self, session_id: str | None = None) -> list[Record]:
        """Calls, success rate with its 95 % interval and durations by tool and operation, most calls first."""
        return self._summed("tool_statistics", session_id)

    def get_agent_activity(self, session_id: str | None = None) -> dict[str, list[Record]]:
        """`agent_activity` (most utterances first) and `interaction_matrix` (most interactions first)."""
        return {
            "agent_activity": self._summed("agent_activity", session_id),
            "interaction_matrix": self._summed("interaction_matrix", session_id),
        }

    def compare_sessions(self, session_ids: Iterable[str]) -> Record:
        """`sessions` in the order asked, `tool_comparison` and `agent_comparison` by id. KeyError names unknown ids."""
        asked = list(dict.fromkeys(session_ids))
        found = {name: rows[0] for name in asked if (rows := self._ask("session", session_id=name))}
        unknown = [name for name in asked if name not in found]
        if unknown:
            raise KeyError(f"unknown session: {', '.join(unknown)}")
        return {
            "sessions": [found[name] for name in asked],
            "tool_comparison": {name: self.get_tool_statistics(name) for name in asked},
            "agent_comparison": {name: self._ask("agent_activity", session_id=name) for name in asked},
        }

    def get_success_metrics(self) -> Record:
        """Totals over all sessions, their rates, and `tool_success_rates`, one entry a tool with its `total_uses`."""
        (totals,) = self._ask("success_metrics")
        return {**totals, "tool_success_rates": self._ask("tool_totals"), "data_version": self.data_version()}

    def get_timeline(self, session_id: str) -> list[Record] | None:
        """What happened, in order: messages, tool calls and model calls, by `kind`; None if the session is unknown."""
        if not self._ask("session", session_id=session_id):
            return None
        return self._ask("timeline", session_id=session_id)

    def get_daily_metrics(self, since: str | None = None, until: str | None = None) -> list[Record]:
        """Rows of daily_metrics between two dates, both included."""
        return self._ask("daily_metrics", since=since, until=until)

    def data_version(self) -> str:
        """Version of the published data: equal content has equal versions."""
        return str(self.records("SELECT value FROM publication_settings WHERE name = 'data_version'")[0]["value"])

    def records(self, sql: str, parameters: Mapping[str, Any] | Sequence[Any] | None = None) -> list[Record]:
        """Rows of one statement as dicts. duckdb.Error if it is not valid."""
        with self._cursor() as cursor:
            cursor.execute(sql, parameters or None)
            names = [column[0] for column in cursor.description or ()]
            return [{name: _plain(value) for name, value in zip(names, row, strict=True)} for row in cursor.fetchall()]

    def frame(self, sql: str) -> "pd.DataFrame":
        """Rows of one statement as a pandas frame. duckdb.Error if it is not valid."""
        with self._cursor() as cursor:
            found: pd.DataFrame = cursor.sql(sql).to_arrow_table().to_pandas()
            return found

    def close(self) -> None:
        """Let go of the file; the next question opens it again."""
        with self._guard:
            self._database, self._seen = None, None

    def _ask(self, query: str, **parameters: Any) -> list[Record]:
        return self.records(statement(f"queries/{query}"), parameters)

    def _summed(self, query: str, session_id: str | None) -> list[Record]:
        """Sums over one session, or over all: these take seconds in a large file and are kept while it stands."""
        if session_id is not None:
            return self._ask(query, session_id=session_id)
        self._cursor().close()
        key = (self._seen, query)
        found = self._kept.get(key)
        if found is None:
            found = self._ask(query, session_id=None)
            if self._seen == key[0]:  # else it was replaced meanwhile, and nobody can say which file the answer is of
                self._kept[key] = found
        return [dict(row) for row in found]

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        with self._guard:
            try:
                about = self.path.stat()
            except FileNotFoundError:
                raise NotPublished(f"{self.path}: nothing is published yet; run `sessions-platform run`") from None
            now = (about.st_dev, about.st_ino, about.st_mtime_ns)
            if self._database is None or now != self._seen:
                # The old one closes itself when the last cursor on it is done.
                self._database, self._seen, self._kept = self._open(), now, {}
            cursor = self._database.cursor()
        cursor.execute("USE published")
        return cursor

    def _open(self) -> duckdb.DuckDBPyConnection:
        """The file attached to a database in memory: a `connect` to a path that was replaced gives the old content."""
        database = duckdb.connect(":memory:", config={**self._limits, "autoinstall_known_extensions": "false"})
        database.execute(f"ATTACH {quoted(str(self.path))} AS published (READ_ONLY)")
        database.execute("SET enable_external_access = false")
        database.execute("USE published")
        for macro in statement("wilson").split(";\n"):
            database.execute(macro.replace("TEMP MACRO ", "MACRO memory.main."))
        database.execute("SET lock_configuration = true")
        return database


def _filters(
    status: str | None,
    outcome: str | None,
    user_id: str | None,
    since: str | None,
    until: str | None,
    segments: Mapping[str, str] | None,
) -> dict[str, Any]:
    pairs = [f"{key}\x1f{value}" for key, value in (segments or {}).items()]
    return {"status": status, "outcome": outcome, "user_id": user_id, "since": since, "until": until, "segments": pairs}


def _moment(text: str | None) -> str | None:
    return text.removesuffix("Z") if text is not None else None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds") + "Z"
    return value.isoformat() if isinstance(value, date) else value
