"""SessionAnalytics: the only reader of the published file, for Python, the API, the pages and the weekly facts.

Questions about sessions belong here, their SQL in `sql/queries/`; nothing here writes. Answers are plain dicts and
lists that JSON can carry: times are UTC ISO text ending in `Z`, dates ISO text. Source: CONTRACT sections 6 and 7.
"""

import threading
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from sessions_platform.errors import PlatformError
from sessions_platform.session_figures import agents_of, interactions_of, timeline_of, tools_of
from sessions_platform.settings import load_settings
from sessions_platform.sql import quoted, statement

if TYPE_CHECKING:
    import pandas as pd

Record = dict[str, Any]
_ACTS = ("session_utterances", "session_calls", "session_generations")


class NotPublished(PlatformError):
    """There is no analytics file yet."""


class TooLong(PlatformError):
    """A question was stopped, because it took longer than it may."""


@dataclass(slots=True)
class _Opened:
    """One version of the file, opened, the sums that were asked of it, and cursors that nobody uses now."""

    about: tuple[int, int, int]
    database: duckdb.DuckDBPyConnection
    kept: dict[str, list[Record]] = field(default_factory=dict)
    idle: list[duckdb.DuckDBPyConnection] = field(default_factory=list)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor for one thread. Give it back by `idle.append` if it ended well."""
        try:
            return self.idle.pop()
        except IndexError:
            made = self.database.cursor()
            made.execute("USE published")
            return made


class SessionAnalytics:
    """Answers from the published file at `path` (default `analytics.duckdb` in SESSIONS_HOME).

    The file is opened read-only, with no way out to other files, and again when it was replaced; questions under way
    finish on the file they began with. Safe to use from several threads. NotPublished if there is no file.
    """

    def __init__(self, path: Path | str | None = None, *, memory_limit: str = "1GB", threads: int = 2) -> None:
        self.path = Path(path) if path is not None else load_settings().database
        self._limits = {"memory_limit": memory_limit, "threads": str(threads)}
        self._guard = threading.Lock()
        self._opened: _Opened | None = None

    def pinned(self) -> "PinnedAnalytics":
        """The same questions, all of the file as it is now: an answer of several figures that belong together."""
        return PinnedAnalytics(self.path, self._now())

    def pinned_if_open(self) -> "PinnedAnalytics | None":
        """As `pinned`, at once; None where it takes the opening of a file, or there is none."""
        opened = self._opened
        try:
            if opened is None or "data_version" not in opened.kept or opened.about != _identity(self.path):
                return None
        except FileNotFoundError:
            return None
        return PinnedAnalytics(self.path, opened)

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

    def session_page(
        self, filters: Mapping[str, Any], *, after: tuple[int, str] | None = None, limit: int = 50
    ) -> tuple[int, list[Record], tuple[int, str] | None]:
        """How many sessions fit, one page of them (newest start first), and where the next begins, if there is one.

        `filters`: since, until (first_date, both included), status, outcome, user_id, segments (pairs), tool (or
        its operation), agent, text (in ids, titles and previews).
        """
        given = {name: value for name, value in filters.items() if value}
        if "segments" in given:
            given["segments"] = [f"{key}\x1f{value}" for key, value in dict.fromkeys(given["segments"])]
        if after is not None:
            given["after_us"], given["after_id"] = after
        found = self.records(_chosen("session_page", given), {**given, "limit": limit + 1})
        total, ends = int(found[0]["total"]), [(row.pop("at_us"), row["session_id"]) for row in found]
        page = [row for row in found if row.pop("total") is not None and row["session_id"] is not None]
        return total, page[:limit], ends[limit - 1] if len(page) > limit else None

    def has_session(self, session_id: str) -> bool:
        """Whether there is a session of this id."""
        return self._session(session_id) is not None

    def session_statuses(self) -> list[str]:
        """Statuses that sessions have."""
        return [row["status"] for row in self._keeping("session_statuses")]

    def get_session_details(self, session_id: str) -> Record | None:
        """The session's columns with `messages`, `tool_usage`, `scores` and `metadata`; None if unknown."""
        session = self._session(session_id)
        if session is None:
            return None
        metadata: dict[str, Any] = {}
        for segment in self._ask("segments", session_id=session_id):
            metadata.setdefault(segment["key"], []).append(segment["value"])
        return {
            **session,
            "messages": self._of_session("session_messages", session),
            "tool_usage": tools_of(self._of_session("session_calls", session)),
            "scores": self._ask("session_scores", session_id=session_id),
            "metadata": {key: values[0] if len(values) == 1 else values for key, values in metadata.items()},
        }

    def get_tool_statistics(self, session_id: str | None = None) -> list[Record]:
        """Calls, success rate with its 95 % interval and durations by tool and operation, most calls first."""
        if session_id is None:
            return self._keeping("tool_statistics")
        session = self._session(session_id)
        return tools_of(self._of_session("session_calls", session)) if session else []

    def get_agent_activity(self, session_id: str | None = None) -> dict[str, list[Record]]:
        """`agent_activity` (most utterances first) and `interaction_matrix` (most interactions first)."""
        if session_id is None:
            return {name: self._keeping(name) for name in ("agent_activity", "interaction_matrix")}
        session = self._session(session_id)
        if session is None:
            return {"agent_activity": [], "interaction_matrix": []}
        said, calls, generations = (self._of_session(query, session) for query in _ACTS)
        return {"agent_activity": agents_of(said, calls, generations), "interaction_matrix": interactions_of(said)}

    def compare_sessions(self, session_ids: Iterable[str]) -> Record:
        """`sessions` in the order asked, `tool_comparison` and `agent_comparison` by id. KeyError names unknown ids."""
        found = {name: self._session(name) for name in dict.fromkeys(session_ids)}
        unknown = [name for name, session in found.items() if session is None]
        if unknown:
            raise KeyError(f"unknown session: {', '.join(unknown)}")
        sessions = [session for session in found.values() if session is not None]
        acts = {one["session_id"]: [self._of_session(query, one) for query in _ACTS] for one in sessions}
        return {
            "sessions": sessions,
            "tool_comparison": {name: tools_of(calls) for name, (_, calls, _) in acts.items()},
            "agent_comparison": {name: agents_of(*rows) for name, rows in acts.items()},
        }

    def get_success_metrics(self) -> Record:
        """Totals over all sessions, their rates, and `tool_success_rates`, one entry a tool with its `total_uses`."""
        (totals,) = self._keeping("success_metrics")
        return {**totals, "tool_success_rates": self._keeping("tool_totals"), "data_version": self.data_version()}

    def get_timeline(self, session_id: str) -> list[Record] | None:
        """What happened, in order: messages, tool calls and model calls, by `kind`; None if the session is unknown."""
        session = self._session(session_id)
        if session is None:
            return None
        kinds = ("timeline_messages", "timeline_calls", "timeline_generations")
        return timeline_of(*(self._of_session(query, session) for query in kinds))

    def get_daily_metrics(self, since: str | None = None, until: str | None = None) -> list[Record]:
        """Rows of daily_metrics between two dates, both included."""
        return self._ask("daily_metrics", since=since, until=until)

    def get_interaction_matrix(self, since: str | None = None, until: str | None = None) -> list[Record]:
        """Interactions of every pair of agents between two dates, both included, most first."""
        return self._ask("interactions_between", since=since, until=until)

    def get_findings(self, week: str | None = None) -> list[Record]:
        """Findings of a week (`2026-W45`) or of all, newest week first; none where no week was analysed yet."""
        present = {row["table_name"] for row in self._keeping("tables_present")}
        if not {"findings", "finding_weeks", "decisions"} <= present:
            return []
        given = {"week": week} if week else {}
        return self.records(_chosen("findings", given), given)

    def get_data_health(self) -> list[Record]:
        """Rows of data_health, oldest date first."""
        return self._keeping("data_health")

    def data_version(self) -> str:
        """Version of the published data: equal content has equal versions."""
        return str(self._keeping("data_version")[0]["value"])

    def records(self, sql: str, parameters: Mapping[str, Any] | Sequence[Any] | None = None) -> list[Record]:
        """Rows of one statement as dicts. duckdb.Error if it is not valid."""
        return self._asked_of(self._now(), sql, parameters)

    def frame(self, sql: str) -> "pd.DataFrame":
        """Rows of one statement as a pandas frame. duckdb.Error if it is not valid."""
        with self._cursor(self._now()) as cursor:
            found: pd.DataFrame = cursor.sql(sql).to_arrow_table().to_pandas()
            return found

    def close(self) -> None:
        """Let go of the file; the next question opens it again."""
        with self._guard:
            self._opened = None

    def _ask(self, query: str, **parameters: Any) -> list[Record]:
        return self.records(statement(f"queries/{query}"), parameters)

    def _session(self, session_id: str) -> Record | None:
        return next(iter(self._ask("session", session_id=session_id)), None)

    def _of_session(self, query: str, session: Record) -> list[Record]:
        """Rows about a session, whose dates tell DuckDB where to look."""
        bounds = {"low": session["first_date"], "high": session["last_date"]}
        return self._ask(query, session_id=session["session_id"], **bounds)

    def _keeping(self, query: str) -> list[Record]:
        """The answer to a question without parameters, kept while the file stands."""
        opened = self._now()
        found = opened.kept.get(query)
        if found is None:
            found = opened.kept[query] = self._asked_of(opened, statement(f"queries/{query}"), None)
        return [dict(row) for row in found]

    def _asked_of(
        self, opened: _Opened, sql: str, parameters: Mapping[str, Any] | Sequence[Any] | None
    ) -> list[Record]:
        with self._cursor(opened) as cursor:
            cursor.execute(sql, parameters or None)
            columns = cursor.description or ()
            names = [column[0] for column in columns]
            found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        # Only columns of times and dates are gone through: a timeline has fifteen others.
        for name in (column[0] for column in columns if str(column[1]).startswith(("TIMESTAMP", "DATE"))):
            for row in found:
                row[name] = _plain(row[name])
        return found

    @contextmanager
    def _cursor(self, opened: _Opened) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor = opened.cursor()
        try:
            yield cursor
        except BaseException:
            cursor.close()
            raise
        opened.idle.append(cursor)

    def _now(self) -> _Opened:
        """The file as it is now, opened again if it was replaced."""
        with self._guard:
            try:
                now = _identity(self.path)
            except FileNotFoundError:
                raise NotPublished(f"{self.path}: nothing is published yet; run `sessions-platform run`") from None
            if self._opened is None or now != self._opened.about:
                # The old one closes itself when the last cursor on it is done.
                self._opened = _Opened(now, self._open())
            return self._opened

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


class PinnedAnalytics(SessionAnalytics):
    """SessionAnalytics of one version of the file, which may be stopped from another thread. Made by `pinned`."""

    def __init__(self, path: Path, opened: _Opened) -> None:
        super().__init__(path)
        self._opened = opened
        self._pin = opened
        self._running: set[duckdb.DuckDBPyConnection] = set()
        self._stopped = False

    @property
    def identity(self) -> tuple[int, int, int]:
        """Device, inode and time of the file's last change: what tells one publication from the next."""
        return self._pin.about

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stopped

    def stop(self) -> None:
        """End the question under way, and refuse further ones, with TooLong."""
        with self._guard:
            self._stopped = True
            for cursor in self._running:
                cursor.interrupt()

    def _now(self) -> _Opened:
        return self._pin

    @contextmanager
    def _cursor(self, opened: _Opened) -> Iterator[duckdb.DuckDBPyConnection]:
        with super()._cursor(opened) as cursor:
            with self._guard:
                if self._stopped:
                    raise TooLong("this question took too long and was stopped")
                self._running.add(cursor)
            try:
                yield cursor
            except duckdb.InterruptException:
                raise TooLong("this question took too long and was stopped") from None
            finally:
                with self._guard:
                    self._running.discard(cursor)


def _identity(path: Path) -> tuple[int, int, int]:
    about = path.stat()
    return about.st_dev, about.st_ino, about.st_mtime_ns


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


def _chosen(query: str, given: Container[str]) -> str:
    """The statement without the lines for parameters that are not given."""
    lines = [line.partition(" -- if ") for line in statement(f"queries/{query}").splitlines()]
    return "\n".join(text for text, _, name in lines if not name or name in given)


def _moment(text: str | None) -> str | None:
    return text.removesuffix("Z") if text is not None else None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds") + "Z"
    return value.isoformat() if isinstance(value, date) else value
