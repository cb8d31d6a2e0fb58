"""Figures of one session, made from its rows, are what SQL over the tables says; and its timeline has one order."""

import random
from typing import Any

import pytest
from scipy import stats

from sessions_platform.analytics import Record, SessionAnalytics
from sessions_platform.resources.object_store import open_store
from sessions_platform.resources.warehouse import Publisher
from sessions_platform.session_figures import timeline_of, tools_of, wilson
from sessions_platform_tests.staged_sessions import agent, staged, tool, user, write_day

DAYS = ("2026-11-01", "2026-11-02", "2026-11-03")
AGENTS, TOOLS = ("planner", "coder", "reviewer"), ("git", "psql", "search")
TOOL_ROWS = """
SELECT tool_name, operation, count(*) AS total_calls, count(*) FILTER (success) AS successful_calls,
    count(*) FILTER (success) / count(*) AS success_rate,
    memory.wilson_low(count(*) FILTER (success), count(*)) AS ci_low,
    memory.wilson_high(count(*) FILTER (success), count(*)) AS ci_high,
    count(DISTINCT session_id) AS session_count, count(duration_ms) AS timed_calls, avg(duration_ms) AS average_ms,
    quantile_cont(duration_ms, 0.5) AS p50_ms, quantile_cont(duration_ms, 0.95) AS p95_ms
FROM tool_calls WHERE $session_id IS NULL OR session_id = $session_id
GROUP BY ALL ORDER BY total_calls DESC, tool_name, operation
"""
AGENT_ROWS = """
SELECT agent_name, sum(said)::BIGINT AS message_count, count(DISTINCT session_id) AS session_count,
    sum(called)::BIGINT AS tool_call_count, sum(failed)::BIGINT AS tool_error_count,
    sum(generated)::BIGINT AS model_call_count, coalesce(sum(cost), 0)::DOUBLE AS cost_usd
FROM (
    SELECT session_id, agent_name, 1 AS said, 0 AS called, 0 AS failed, 0 AS generated, 0.0 AS cost
    FROM messages WHERE is_utterance
    UNION ALL SELECT session_id, agent_name, 0, 1, (NOT success)::INTEGER, 0, 0.0 FROM tool_calls
    UNION ALL SELECT session_id, agent_name, 0, 0, 0, 1, cost_usd FROM model_calls
)
WHERE $session_id IS NULL OR session_id = $session_id
GROUP BY ALL ORDER BY message_count DESC, agent_name
"""
MATRIX_ROWS = """
SELECT prev_agent AS from_agent, agent_name AS to_agent, count(*) AS interaction_count,
    count(DISTINCT session_id) AS session_count
FROM messages WHERE is_utterance AND prev_agent IS NOT NULL AND ($session_id IS NULL OR session_id = $session_id)
GROUP BY ALL ORDER BY interaction_count DESC, from_agent, to_agent
"""


def lines(draw: random.Random) -> list[Any]:
    """What is said in a slice: users, agents and tool calls at random."""
    made: list[Any] = [user("go on")]
    for _ in range(draw.randrange(12)):
        who = draw.choice(AGENTS)
        ran = tool(draw.choice(TOOLS), who, "done", ok=draw.random() < 0.7)
        made.append(draw.choice([user("and?"), agent(who), ran]))
    return made


@pytest.fixture(scope="module")
def analytics(tmp_path_factory: pytest.TempPathFactory) -> SessionAnalytics:
    """Twelve sessions; every third goes on over two days, or three."""
    draw, folder = random.Random(20261120), tmp_path_factory.mktemp("figures")
    store = open_store(str(folder / "store"))
    for number, day in enumerate(DAYS):
        there = [n for n in range(12) if (n % 3 == 0 and n >= 3 * number) or n % 3 == number]
        write_day(store, day, [staged(f"s/{n}", day, lines(draw), hour=9 + number) for n in there])
    Publisher(store, folder / "analytics.duckdb").publish(None)
    return SessionAnalytics(folder / "analytics.duckdb")


def same(found: list[Record], wanted: list[Record]) -> None:
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        close = {name: pytest.approx(value) for name, value in other.items() if isinstance(value, float)}
        assert one == {**other, **close}


def test_a_session_has_the_figures_that_sql_gives_it(analytics: SessionAnalytics) -> None:
    for session in analytics.list_sessions():
        name = {"session_id": session["session_id"]}
        activity = analytics.get_agent_activity(**name)
        same(analytics.get_tool_statistics(**name), analytics.records(TOOL_ROWS, name))
        same(activity["agent_activity"], analytics.records(AGENT_ROWS, name))
        same(activity["interaction_matrix"], analytics.records(MATRIX_ROWS, name))
        compared = analytics.compare_sessions([session["session_id"]])
        assert compared["agent_comparison"][session["session_id"]] == activity["agent_activity"]


def test_sums_of_all_sessions_count_those_of_several_days_once(analytics: SessionAnalytics) -> None:
    everybody = {"session_id": None}
    lasting = [one for one in analytics.list_sessions() if one["first_date"] < one["last_date"]]
    assert (len(lasting), len(analytics.get_tool_statistics())) == (3, 3)
    same(analytics.get_tool_statistics(), analytics.records(TOOL_ROWS, everybody))
    activity = analytics.get_agent_activity()
    same(activity["agent_activity"], analytics.records(AGENT_ROWS, everybody))
    same(activity["interaction_matrix"], analytics.records(MATRIX_ROWS, everybody))
    days = analytics.records("SELECT sum(session_count)::BIGINT AS n FROM agent_activity WHERE agent_name = 'user'")
    (spoke,) = [row for row in activity["agent_activity"] if row["agent_name"] == "user"]
    assert (spoke["session_count"], days[0]["n"]) == (12, 17)


@pytest.mark.parametrize("n", [1, 2, 7, 24, 1000, 99_991])
def test_wilsons_interval_is_scipys(n: int) -> None:
    for successes in {0, 1, n // 3, n - 1, n}:
        theirs = stats.binomtest(successes, n).proportion_ci(method="wilson")
        assert wilson(successes, n) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    assert wilson(0, 0) == (None, None)


def test_calls_without_a_duration_have_none_and_an_unknown_success_is_no_success() -> None:
    calls = [{"tool_name": "git", "operation": "", "success": good, "duration_ms": None} for good in (True, None)]
    (row,) = tools_of(calls)
    assert (row["total_calls"], row["successful_calls"], row["timed_calls"]) == (2, 1, 0)
    assert (row["average_ms"], row["p50_ms"], row["p95_ms"]) == (None, None, None)


def event(kind: str, index: int | None, at: str | None, row: str) -> Record:
    return {"kind": kind, "message_index": index, "timestamp": at, "trace_id": "t", "observation_id": row}


def test_a_model_call_stands_before_what_it_gave_or_what_came_later_else_last() -> None:
    messages = [event("message", n, f"10:0{n}", f"m{n}") for n in (2, 0, 1)]
    calls = [event("tool_call", 1, "10:00", "c")]
    generations = [
        event("model_call", None, "10:09", "m1"),  # gave message 1, whatever its clock says
        event("model_call", None, "10:01", "other"),
        event("model_call", None, "11:00", "late"),
        event("model_call", None, None, "timeless"),
    ]
    order = [one["observation_id"] for one in timeline_of(messages, calls, generations)]
    assert order == ["m0", "other", "m1", "c", "m1", "m2", "late", "timeless"]
