"""A session of three days whose every generation carries the whole history: slices are built in any order.

Rows are written here, by hand, and not by the generator: the definition under test is the contract's (over midnight).
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sessions_platform.demo.server import Dataset, LangfuseServer
from sessions_platform_tests.end_to_end.support import (
    build,
    counts,
    differing,
    installation,
    one,
    staged,
    tables,
    text_of,
)

DAYS = ("2026-10-20", "2026-10-21", "2026-10-22")
SESSION = "three-days"
ORDERS = ((0, 1, 2), (2, 1, 0), (1, 2, 0))
SHAPES = ("a trace a day", "one trace")


class Tracer:
    """Writes a conversation as rows; each generation is given everything said so far."""

    def __init__(self, shape: str) -> None:
        self.shape = shape
        self.rows: list[dict[str, Any]] = []
        self.said: list[dict[str, Any]] = [{"role": "system", "content": "You keep the cluster well."}]

    def row(self, kind: str, at: datetime, trace: str, parent: str | None, **more: Any) -> str:
        row_id = f"row-{len(self.rows):02d}"
        end = at + timedelta(seconds=5)
        self.rows.append(
            {
                **{"id": row_id, "traceId": trace, "parentObservationId": parent, "type": kind, "name": kind.lower()},
                **{"projectId": "proj-days", "startTime": _iso(at), "endTime": _iso(end), "latency": 5.0},
                **{"level": "DEFAULT", "environment": "default", "metadata": {}, "tags": [], "traceName": "ops"},
                **{"updatedAt": _iso(end), "createdAt": _iso(end), "isRootObservation": parent is None},
                **{"sessionId": SESSION if parent is None else "", "userId": ""},
                **more,
            }
        )
        return row_id

    def generation(self, at: datetime, trace: str, parent: str, message: dict[str, Any]) -> None:
        self.row(
            "GENERATION",
            at,
            trace,
            parent,
            **{"input": json.dumps(self.said), "output": json.dumps(message), "model": "gpt-4.1"},
            **{"metadata": {"attributes.gen_ai.agent.name": "ops_agent"}, "inputUsage": 100, "outputUsage": 10},
            **{"usageDetails": {"input": 100, "output": 10}, "costDetails": {"total": 0.25}, "totalCost": 0.25},
        )
        self.said.append(message)

    def exchange(self, number: int, at: datetime, trace: str, root: str) -> None:
        """The user asks, the agent calls a tool, reads its result and answers: four messages."""
        self.said.append({"role": "user", "content": "yes" if number % 2 else f"Look at node {number}"})
        asked = {"id": f"call-{number}", "type": "function", "function": {"name": "kubectl", "arguments": "{}"}}
        self.generation(at, trace, root, {"role": "assistant", "content": None, "tool_calls": [asked]})
        result = f"node {number} is ready"
        self.row(
            "TOOL",
            at + timedelta(seconds=10),
            trace,
            root,
            **{"name": "kubectl", "input": '{"command": "kubectl get nodes"}', "output": result},
            **{"metadata": {"attributes.gen_ai.tool.name": "kubectl", "attributes.gen_ai.tool.call.id": asked["id"]}},
        )
        self.rows[-1]["metadata"]["attributes.gen_ai.agent.name"] = "ops_agent"
        self.said.append({"role": "tool", "tool_call_id": asked["id"], "content": result})
        self.generation(at + timedelta(seconds=20), trace, root, {"role": "assistant", "content": f"Done {number}."})


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _rows(shape: str) -> list[dict[str, Any]]:
    """Six exchanges, two a day. In `one trace` a single root runs from the first evening to the third day."""
    tracer = Tracer(shape)
    trace, root = "", ""
    for day_number, day in enumerate(DAYS):
        begin = datetime.fromisoformat(f"{day}T00:00:00+00:00").astimezone(UTC)
        if shape == "a trace a day" or not root:
            trace = f"trace-{day_number}"
            root = tracer.row("SPAN", begin + timedelta(hours=9), trace, None, name="ops")
        for nth, hour in enumerate((10, 15)):
            tracer.exchange(2 * day_number + nth, begin + timedelta(hours=hour), trace, root)
    if shape == "one trace":
        tracer.rows[0]["endTime"] = f"{DAYS[-1]}T16:00:00.000Z"
    return tracer.rows


def _built(shape: str, order: tuple[int, ...], home: Path) -> Path:
    with LangfuseServer(Dataset(_rows(shape), [])) as server:
        for index in order:
            build(installation(server, home), DAYS[index])
    return home


def _messages(home: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home / "analytics.duckdb"), read_only=True) as con:
        return con.execute(
            "SELECT date::VARCHAR, origin, message_index, turn_index, role, agent_name, next_agent, preview "
            "FROM messages ORDER BY message_index"
        ).fetchall()


@pytest.mark.parametrize("shape", SHAPES)
def test_the_order_in_which_days_are_built_changes_nothing(shape: str, tmp_path: Path) -> None:
    homes = [_built(shape, order, tmp_path / "".join(map(str, order))) for order in ORDERS]
    first, *others = (tables(home / "analytics.duckdb") for home in homes)
    assert len(first["messages"]) == 1 + 6 * 4
    for other in others:
        assert differing(first, other) == {}
    first_staged, *other_staged = (staged(home / "store") for home in homes)
    assert all(found == first_staged for found in other_staged)
    # Every message once, on the day of its row; the two "yes" of a user are two messages.
    found = _messages(homes[0])
    assert [message[2] for message in found] == list(range(25))
    assert [sum(message[0] == day for message in found) for day in DAYS] == [9, 8, 8]
    assert {message[1] for message in found} == {"row"}
    assert [message[3] for message in found if message[4] == "user"] == [1, 2, 3, 4, 5, 6]
    assert sum(message[-1] == "yes" for message in found) == 3
    _assert_day_figures(homes[0])


def _assert_day_figures(home: Path) -> None:
    with duckdb.connect(str(home / "analytics.duckdb"), read_only=True) as con:
        session = con.execute(
            "SELECT first_date::VARCHAR, last_date::VARCHAR, total_turns, message_count, tool_call_count, "
            "round(total_cost_usd, 6), slice_count FROM sessions"
        ).fetchall()
        assert session == [(DAYS[0], DAYS[2], 6, 25, 6, 3.0, 3)]
        sql = "SELECT date::VARCHAR, sum(interaction_count)::INT FROM interaction_matrix GROUP BY 1"
        # 18 utterances: the first of days two and three each follow one of the day before.
        assert counts(con, sql) == {DAYS[0]: 5, DAYS[1]: 6, DAYS[2]: 6}
        assert counts(con, "SELECT date::VARCHAR, total_sessions FROM daily_metrics") == {
            DAYS[0]: 1,
            DAYS[1]: 0,
            DAYS[2]: 0,
        }
        assert one(con, "SELECT count(*) FROM messages WHERE is_utterance AND next_agent IS NULL") == 1


@pytest.mark.parametrize("order", [(1, 2), (2, 1)], ids=str)
def test_messages_of_a_day_that_was_never_built_stand_once_as_history(order: tuple[int, int], tmp_path: Path) -> None:
    home = _built("a trace a day", order, tmp_path / "home")
    found = _messages(home)
    assert [(message[0], message[1]) for message in found] == (
        [(DAYS[1], "history")] * 9 + [(DAYS[1], "row")] * 8 + [(DAYS[2], "row")] * 8
    )
    whole = _messages(_built("a trace a day", (0, 1, 2), tmp_path / "whole"))
    # The same words, turns and speakers as where day one was built: only the day and the origin tell.
    assert [message[2:] for message in found] == [message[2:] for message in whole]
    assert [m["role"] for m in staged(home / "store")[SESSION, DAYS[1]]["history"]] == [m[4] for m in whole[:9]]


def test_history_gives_way_when_its_day_is_built_after_all(tmp_path: Path) -> None:
    late = _built("a trace a day", (1, 2, 0), tmp_path / "late")
    assert {message[1] for message in _messages(late)} == {"row"}
    slices = staged(late / "store")
    # Each slice still holds the history of its own context: the publisher, not the slice, decides what counts.
    assert [len(slices[SESSION, day]["history"]) for day in DAYS] == [0, 9, 17]
    assert text_of(slices[SESSION, DAYS[1]]["history"][1]) == "Look at node 0"


def test_a_trace_over_midnight_is_whole_also_where_only_its_last_day_is_built(tmp_path: Path) -> None:
    home = _built("one trace", (2,), tmp_path / "home")
    found = _messages(home)
    # Its earlier rows are context, and produced what stands before: none of it is history, none is of this day.
    assert [(message[0], message[1]) for message in found] == [(DAYS[2], "row")] * 8
