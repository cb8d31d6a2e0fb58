"""The classic calls over the sample of real sessions: the contract's keys, with figures counted from the source.

The runs are those of end_to_end/test_sample_truth.py, made once.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient

from sessions_platform_tests.api.conftest import client_of
from sessions_platform_tests.end_to_end import test_sample_truth as sample
from sessions_platform_tests.sample import SAMPLE, needs_sample

pytestmark = needs_sample


@dataclass
class Served:
    """A set's API and its truth."""

    client: TestClient
    truth: dict[str, Any]
    sessions: dict[str, dict[str, Any]]

    def get(self, path: str, **parameters: Any) -> Any:
        answer = self.client.get(path, params=parameters or None)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def tau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = sample._made(sample.TAU, tmp_path_factory)
    truth = SAMPLE / "truth" / f"{sample.TAU}.json"
    lines = truth.with_suffix(".sessions.jsonl").read_text(encoding="utf-8").splitlines()
    sessions = {entry["sessionId"]: entry for entry in map(json.loads, lines)}
    with client_of(home) as client:
        yield Served(client, json.loads(truth.read_text(encoding="utf-8")), sessions)


def test_every_session_is_listed_once_over_all_pages(tau: Served) -> None:
    seen, cursor = [], ""
    while cursor is not None:
        page = tau.get("/api/sessions", limit=50, cursor=cursor)
        assert page["total"] == tau.truth["sessions"]
        assert {"session_id", "start_time", "end_time", "total_turns", "status"} <= set(page["sessions"][0])
        seen += page["sessions"]
        cursor = page["next_cursor"]
    assert {one["session_id"]: one["first_date"] for one in seen} == tau.truth["first_day_by_session"]
    assert len(seen) == tau.truth["sessions"]
    assert {one["session_id"]: one["total_turns"] for one in seen} == {k: v["turns"] for k, v in tau.sessions.items()}


def test_metrics_are_those_of_the_source(tau: Served) -> None:
    found = tau.get("/api/metrics")
    assert found["total_sessions"] == tau.truth["sessions"]
    assert found["total_messages"] == tau.truth["messages"]
    assert found["total_tool_calls"] == tau.truth["tool_results_total"]
    assert found["completion_rate"] == found["completed_sessions"] / found["total_sessions"]
    turns = [one["turns"] for one in tau.sessions.values()]
    assert found["average_turns_per_session"] == pytest.approx(sum(turns) / len(turns))
    outcome = tau.truth["outcome"]["all"]
    rate = found["rates"]["success_rate"]
    assert (rate["successes"], rate["n"], rate["unknown_share"]) == (outcome["successes"], outcome["n"], 0.0)
    assert round(found["success_rate"], 6) == outcome["rate"]
    assert rate["ci_low"] < rate["value"] < rate["ci_high"]
    assert {t["tool_name"]: (t["total_uses"], round(t["success_rate"], 6)) for t in found["tool_success_rates"]} == {
        name: (tool["calls"], tool["success_rate"]) for name, tool in tau.truth["tools"].items()
    }
    assert round(found["total_cost_usd"], 6) == tau.truth["llm_cost_total_usd"]["all"]


def test_tool_statistics_are_those_of_the_source_most_calls_first(tau: Served) -> None:
    rows = tau.get("/api/tool-stats")["tool_statistics"]
    calls = [one["total_calls"] for one in rows]
    assert calls == sorted(calls, reverse=True)
    found: dict[str, list[int]] = {}
    for one in rows:
        before = found.get(one["tool_name"], [0, 0])
        found[one["tool_name"]] = [before[0] + one["total_calls"], before[1] + one["successful_calls"]]
        assert one["n"] == one["total_calls"]
        assert one["ci_low"] - 1e-12 <= one["success_rate"] <= one["ci_high"] + 1e-12
    assert found == {name: [t["calls"], t["calls"] - t["errors"]] for name, t in tau.truth["tools"].items()}


def test_details_timeline_tools_and_agents_of_every_tenth_session(tau: Served) -> None:
    for name, truth in list(tau.sessions.items())[::10]:
        found = tau.get(f"/api/sessions/{name}")
        assert (found["message_count"], len(found["messages"]), found["total_turns"]) == (
            truth["messages"],
            truth["messages"],
            truth["turns"],
        )
        assert sum(one["total_calls"] for one in found["tool_usage"]) == truth["tool_calls"]
        assert found["metadata"]["model"] == truth["model"]
        events = tau.get(f"/api/timeline/{name}")["timeline"]
        kinds = [event["kind"] for event in events]
        assert (kinds.count("message"), kinds.count("tool_call")) == (truth["messages"], truth["tool_calls"])
        tools = tau.get("/api/tool-stats", session_id=name)["tool_statistics"]
        assert sum(one["total_calls"] - one["successful_calls"] for one in tools) == truth["tool_errors"]
        agents = tau.get("/api/agent-activity", session_id=name)["agent_activity"]
        assert len([one for one in agents if one["agent_name"] != "user" and one["message_count"]]) == truth["agents"]


def test_two_and_more_sessions_are_compared(tau: Served) -> None:
    for many in (2, 5):
        names = list(tau.sessions)[:many]
        found = tau.get("/api/compare", session_ids=names)
        assert [(s["session_id"], s["message_count"], s["total_turns"]) for s in found["sessions"]] == [
            (name, tau.sessions[name]["messages"], tau.sessions[name]["turns"]) for name in names
        ]
        calls = {name: sum(t["total_calls"] for t in rows) for name, rows in found["tool_comparison"].items()}
        assert calls == {name: tau.sessions[name]["tool_calls"] for name in names}
        assert set(found["agent_comparison"]) == set(names)


def test_interactions_and_utterances_are_those_of_the_source(tau: Served) -> None:
    activity = tau.get("/api/agent-activity")
    assert {a["agent_name"]: a["message_count"] for a in activity["agent_activity"]} == tau.truth["agent_messages"]
    days = sorted(set(tau.truth["first_day_by_session"].values()))
    halves: list[dict[str, str]] = [{"to": days[9]}, {"from": days[10]}]
    dated = [one for half in halves for one in tau.get("/api/interaction-matrix", **half)["interaction_matrix"]]
    for rows in (
        activity["interaction_matrix"],
        tau.get("/api/interaction-matrix")["interaction_matrix"],
        dated,
    ):
        found: dict[str, int] = {}
        for one in rows:
            pair = f"{one['from_agent']} -> {one['to_agent']}"
            found[pair] = found.get(pair, 0) + one["interaction_count"]
        assert found == tau.truth["agent_transitions"]


def test_cohorts_have_the_successes_of_the_source(tau: Served) -> None:
    a, b = "gpt-4.1", sample.MODEL
    found = tau.get("/api/compare/cohorts", a=f"model:{a}", b=f"model:{b}")
    assert {found["sessions_a"], found["sessions_b"]} == {tau.truth["outcome"][f"model={name}"]["n"] for name in (a, b)}
    assert (found["unknown_a"], found["unknown_b"]) == (0.0, 0.0)
    assert found["ci_low"] <= found["effect"] <= found["ci_high"]
    looks = tau.get("/api/trends", metric="success_rate")["looks"]
    assert sum(look["n"] for look in looks) == tau.truth["sessions"]
    assert sum(round(look["n"] * look["value"]) for look in looks) == tau.truth["outcome"]["all"]["successes"]
