"""The published tables of a synthetic week, in memory: what the SQL of findings is run on."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import duckdb

from sessions_platform.analysis.model import Label, SessionLog
from sessions_platform.analysis.population import Use

MONDAY = date(2026, 11, 2)
_TABLES = """
CREATE TABLE sessions (session_id VARCHAR, first_date DATE, outcome VARCHAR, status VARCHAR, user_id VARCHAR);
CREATE TABLE session_segments (session_id VARCHAR, key VARCHAR, value VARCHAR);
CREATE TABLE tool_calls (session_id VARCHAR, tool_name VARCHAR, operation VARCHAR, success BOOLEAN);
CREATE TABLE messages (session_id VARCHAR, role VARCHAR, agent_name VARCHAR);
CREATE TABLE model_calls (session_id VARCHAR, agent_name VARCHAR, model VARCHAR, cost_usd DOUBLE, level VARCHAR);
CREATE TABLE session_labels (week VARCHAR, session_id VARCHAR, label VARCHAR, tool_name VARCHAR, operation VARCHAR,
    agent_name VARCHAR);
"""


class PublishedWeek:
    """A reader of these tables."""

    def __init__(self, logs: Iterable[SessionLog], uses: Iterable[Use], labels: Iterable[Label]) -> None:
        self.database = duckdb.connect(":memory:")
        self.database.execute(_TABLES)
        logs, uses = list(logs), list(uses)
        self._fill("sessions", [(x.session_id, MONDAY, x.outcome, x.status, x.user) for x in logs])
        rows = [(x.session_id, key, value) for x in logs for key, values in x.segments.items() for value in values]
        self._fill("session_segments", rows)
        tools = {use.value.split()[0] for use in uses if use.key == "operation"}
        calls = [(x.session_id, x.value.split()[0], x.value, True) for x in uses if x.key == "operation"]
        calls += [(x.session_id, x.value, "", True) for x in uses if x.key == "tool" and x.value not in tools]
        self._fill("tool_calls", calls)
        self._fill("messages", [(x.session_id, "assistant", x.value) for x in uses if x.key == "agent"])
        named = [("2026-W45", x.session_id, x.label, x.tool_name, x.operation, x.agent_name) for x in labels]
        self._fill("session_labels", named)

    def _fill(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        """Columns as lists in one statement: row by row takes minutes."""
        if rows:
            columns = ", ".join(f"unnest($c{number})" for number in range(len(rows[0])))
            given = {f"c{number}": list(column) for number, column in enumerate(zip(*rows, strict=True))}
            self.database.execute(f"INSERT INTO {table} SELECT {columns}", given)  # noqa: S608

    def records(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Rows of one statement as dicts."""
        cursor = self.database.execute(sql, parameters or None)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
