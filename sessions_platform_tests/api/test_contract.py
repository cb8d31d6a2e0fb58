"""The endpoints of CONTRACT section 7: their keys, and figures of a small file."""

import contextlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from sessions_platform.analysis.staleness import fingerprint_of
from sessions_platform.analytics import SessionAnalytics
from sessions_platform_tests.api.conftest import D1, D2, ODD, client_of, installation
from sessions_platform_tests.staged_sessions import agent, staged, user


def got(client: TestClient, url: str, **parameters: Any) -> Any:
    answer = client.get(url, params=parameters or None)
    assert answer.status_code == 200, answer.text
    return answer.json()


def refused(client: TestClient, url: str, status: int, **parameters: Any) -> str:
    answer = client.get(url, params=parameters or None)
    assert (answer.status_code, list(answer.json())) == (status, ["detail"]), answer.text
    return str(answer.json()["detail"])


def test_sessions_are_listed_newest_first_with_their_total(client: TestClient) -> None:
    found = got(client, "/api/sessions")
    assert (found["total"], found["next_cursor"]) == (4, None)
    assert [one["session_id"] for one in found["sessions"]] == ["c", ODD, "b", "a/1"]
    last = found["sessions"][-1]
    assert (last["start_time"], last["end_time"]) == ("2026-11-01T10:00:00.000Z", "2026-11-02T10:00:03.000Z")
    assert (last["total_turns"], last["status"], last["outcome"]) == (2, "completed", "success")


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({"status": "abandoned"}, ["b"]),
        ({"outcome": "success"}, ["a/1"]),
        ({"segment": "team:blue"}, ["a/1"]),
        ({"segment": ["team:blue", "team:red"]}, ["a/1"]),
        ({"segment": ["team:blue", "team:green"]}, []),
        ({"tool": "psql"}, ["b"]),
        ({"agent": "coder"}, [ODD, "b"]),
        ({"text": "TULIPS"}, ["c"]),
        ({"text": "😀"}, [ODD]),
        ({"from": D2}, ["c", ODD]),
        ({"to": D1, "agent": "coder"}, ["b"]),
        ({"user_id": "<user:A>", "from": D1, "to": D1}, ["b", "a/1"]),
        ({"user_id": "", "status": "", "from": ""}, ["c", ODD, "b", "a/1"]),
    ],
)
def test_the_list_is_filtered(client: TestClient, filters: dict[str, Any], ids: list[str]) -> None:
    found = got(client, "/api/sessions", **filters)
    assert ([one["session_id"] for one in found["sessions"]], found["total"]) == (ids, len(ids))


@pytest.mark.parametrize("written", ["a/1", "a%2F1", "a%2f1"])
def test_a_session_has_its_messages_tools_and_metadata(client: TestClient, written: str) -> None:
    found = got(client, f"/api/sessions/{written}")
    assert (found["session_id"], found["total_turns"], found["message_count"]) == ("a/1", 2, 7)
    assert (found["status"], found["metadata"]) == ("completed", {"team": ["blue", "red"]})
    assert [m["role"] for m in found["messages"]] == ["user", "assistant", "tool", "tool", "user", "assistant", "tool"]
    (git,) = found["tool_usage"]
    assert (git["tool_name"], git["total_calls"], git["successful_calls"], git["n"]) == ("git", 3, 2, 3)


def test_tool_statistics_come_most_calls_first_with_n_and_interval(client: TestClient) -> None:
    git, psql = got(client, "/api/tool-stats")["tool_statistics"]
    assert (git["tool_name"], git["operation"], git["total_calls"], git["successful_calls"]) == ("git", "", 3, 2)
    assert (round(git["success_rate"], 4), git["n"]) == (0.6667, 3)
    assert (round(git["ci_low"], 4), round(git["ci_high"], 4)) == (0.2077, 0.9385)
    assert psql["tool_name"] == "psql"
    (only,) = got(client, "/api/tool-stats", session_id="b")["tool_statistics"]
    assert (only["tool_name"], only["total_calls"]) == ("psql", 1)
    assert got(client, "/api/tool-stats", session_id="c")["tool_statistics"] == []


def test_agents_and_their_interactions_are_counted(client: TestClient) -> None:
    found = got(client, "/api/agent-activity")
    assert {one["agent_name"]: one["message_count"] for one in found["agent_activity"]} == {
        "user": 5,
        "planner": 3,
        "coder": 2,
    }
    counts = {(i["from_agent"], i["to_agent"]): i["interaction_count"] for i in found["interaction_matrix"]}
    assert counts == {("user", "planner"): 3, ("user", "coder"): 2, ("planner", "user"): 1}
    matrix = got(client, "/api/interaction-matrix")["interaction_matrix"]
    assert {(i["from_agent"], i["to_agent"]): i["interaction_count"] for i in matrix} == counts
    dated = got(client, "/api/interaction-matrix", **{"from": D2, "to": D2})["interaction_matrix"]
    assert [(i["from_agent"], i["to_agent"], i["interaction_count"], i["day_count"]) for i in dated] == [
        ("planner", "user", 1, 1),
        ("user", "planner", 1, 1),
    ]


def test_two_and_more_sessions_are_compared_in_the_order_asked(client: TestClient) -> None:
    two = got(client, "/api/compare?session_ids=b&session_ids=a/1")
    assert [(s["session_id"], s["total_turns"], s["message_count"], s["status"]) for s in two["sessions"]] == [
        ("b", 1, 3, "abandoned"),
        ("a/1", 2, 7, "completed"),
    ]
    assert two["tool_comparison"]["a/1"][0]["total_calls"] == 3
    assert {one["agent_name"] for one in two["agent_comparison"]["b"]} == {"user", "coder", "planner"}
    three = got(client, "/api/compare", session_ids=["c", "b", "a/1"])
    assert list(three["tool_comparison"]) == list(three["agent_comparison"]) == ["c", "b", "a/1"]


def test_a_timeline_puts_each_call_before_its_result(client: TestClient) -> None:
    found = got(client, "/api/timeline/b")
    assert [(e["kind"], e["agent_name"]) for e in found["timeline"][:4]] == [
        ("message", "user"),
        ("message", "coder"),
        ("tool_call", "coder"),
        ("message", "coder"),
    ]


def test_metrics_carry_every_rate_with_n_interval_and_the_share_unknown(client: TestClient) -> None:
    found = got(client, "/api/metrics")
    assert (found["total_sessions"], found["completed_sessions"], found["completion_rate"]) == (4, 2, 0.5)
    assert found["average_turns_per_session"] == 1.25
    assert [(t["tool_name"], t["total_uses"], t["n"]) for t in found["tool_success_rates"]] == [
        ("git", 3, 3),
        ("psql", 1, 1),
    ]
    assert round(found["tool_success_rates"][0]["success_rate"], 4) == 0.6667
    rates = {name: (r["successes"], r["n"], r["unknown_share"]) for name, r in found["rates"].items()}
    assert rates == {
        "completion_rate": (2, 4, 0.0),
        "success_rate": (1, 2, 0.5),
        "tool_success_rate": (3, 4, None),
    }
    success = found["rates"]["success_rate"]
    assert (success["value"], round(success["ci_low"], 4), round(success["ci_high"], 4)) == (0.5, 0.0945, 0.9055)


def test_cohorts_and_trends_say_what_the_sessions_allow(client: TestClient) -> None:
    found = got(client, "/api/compare/cohorts", a="agent:coder", b="agent:planner", metric="completion_rate")
    assert (found["verdict"], found["n_a"], found["n_b"]) == ("not enough data", 2, 2)
    assert found["explanation"]
    trend = got(client, "/api/trends", metric="completion_rate", by="day")
    assert [(look["start"], look["n"], look["value"]) for look in trend["looks"]] == [
        (D1, 2, 0.5),
        (D2, 0, None),
        ("2026-11-03", 2, 0.5),
    ]
    assert (round(trend["looks"][0]["ci_low"], 4), trend["looks"][1]["ci_low"]) == (0.0945, None)


def test_what_the_weekly_analysis_has_not_made_yet_is_empty_or_not_found(client: TestClient) -> None:
    assert got(client, "/api/findings", week="2026-W45")["findings"] == []
    assert "sessions-platform weekly --week 2026-W45" in refused(client, "/api/reports/2026-W45", 404)
    assert [one["date"] for one in got(client, "/api/data-health")["data_health"]] == [D1, D2, "2026-11-03"]


def test_exact_strings_are_found_without_an_index_and_words_say_what_is_missing(client: TestClient) -> None:
    found = got(client, "/api/search", q='"tulips"')
    assert (found["kind"], [one["session_id"] for one in found["results"]]) == ("exact", ["c"])
    assert "OPENVIKING_URL" in refused(client, "/api/search", 503, q="tulips")


def test_every_answer_names_the_version_of_its_data(client: TestClient) -> None:
    version = got(client, "/health")["data_version"]
    for path in ("sessions", "sessions/b", "tool-stats", "agent-activity", "compare?session_ids=b&session_ids=c",
                 "timeline/b", "metrics", "trends", "interaction-matrix", "findings", "data-health",
                 "compare/cohorts?a=agent:coder&b=agent:planner"):  # fmt: skip
        assert got(client, f"/api/{path}")["data_version"] == version, path


def test_health_index_and_documentation_are_there(client: TestClient) -> None:
    assert got(client, "/health")["status"] == "ok"
    index = got(client, "/")
    assert "/api/compare/cohorts" in index["endpoints"]
    page = client.get("/docs")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "/api/interaction-matrix" in page.text
    assert not any(word in page.text for word in ("<script", "src=", "http://", "https://", "style"))


@pytest.mark.parametrize(
    ("url", "status", "words"),
    [
        ("/api/sessions/nobody", 404, "unknown session: nobody"),
        ("/api/sessions/", 404, "unknown session"),
        ("/api/timeline/nobody", 404, "nobody"),
        ("/api/tool-stats?session_id=nobody", 404, "nobody"),
        ("/api/agent-activity?session_id=nobody", 404, "nobody"),
        ("/api/compare", 400, "at least two"),
        ("/api/compare?session_ids=b", 400, "at least two"),
        ("/api/compare?session_ids=b&session_ids=b", 400, "two different"),
        ("/api/compare?session_ids=b&session_ids=x&session_ids=y", 404, "unknown session: x, y"),
        ("/api/compare?" + "&".join(f"session_ids={n}" for n in range(51)), 422, "session_ids: 51"),
        ("/api/sessions?limit=0", 422, "limit: "),
        ("/api/sessions?limit=501", 422, "limit: "),
        ("/api/sessions?limit=many", 422, "limit: "),
        ("/api/sessions?from=yesterday", 422, "from: not a UTC date"),
        ("/api/sessions?from=20261101", 422, "from: not a UTC date"),
        ("/api/sessions?from=2026-02-30", 422, "from: not a UTC date"),
        ("/api/sessions?from=2026-11-03&to=2026-11-01", 422, "swap"),
        ("/api/sessions?outcome=good", 422, "outcome: "),
        ("/api/sessions?status=god", 422, "status: "),
        ("/api/sessions?segment=team", 422, "segment: write key:value"),
        ("/api/sessions?cursor=%F0%9F%98%80", 422, "cursor: "),
        ("/api/sessions?cursor=WzFd", 422, "cursor: "),
        ("/api/sessions?staus=error", 422, "did you mean status?"),
        ("/api/compare/cohorts?a=agent:coder", 422, "b: field required"),
        ("/api/compare/cohorts?a=coder&b=agent:planner", 422, "a: write key:value"),
        ("/api/compare/cohorts?a=agent:codr&b=agent:planner", 404, "did you mean coder?"),
        ("/api/trends?metric=succes_rate", 422, "did you mean success_rate"),
        ("/api/trends?by=month", 422, "by: "),
        ("/api/findings?week=2026-W60", 422, "week: not an ISO week"),
        ("/api/reports/..%2F..%2Fsecret", 404, "nothing at"),
        ("/api/reports/2026-W99", 422, "week: not an ISO week"),
        ("/api/search", 422, "a search needs words"),
        ("/api/search?q=%22x%22&limit=1000", 422, "limit: "),
        ("/nothing", 404, "/docs"),
    ],
)
def test_a_wrong_question_gets_a_sentence(client: TestClient, url: str, status: int, words: str) -> None:
    assert words in refused(client, url, status)


def test_an_unknown_parameter_that_resembles_none_changes_nothing(client: TestClient) -> None:
    assert got(client, "/api/sessions?offset=10&_=1")["total"] == 4


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_written(client: TestClient, method: str) -> None:
    answer = client.request(method, "/api/sessions")
    assert (answer.status_code, "only reads" in answer.json()["detail"]) == (405, True)


def test_head_is_get_without_its_body(client: TestClient) -> None:
    answer = client.head("/api/metrics")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["etag"] == client.get("/api/metrics").headers["etag"]


def test_a_report_says_when_its_days_were_restated_since(tmp_path: Path) -> None:
    made = installation(tmp_path)
    monday = date(2026, 10, 26)
    with contextlib.closing(SessionAnalytics(tmp_path / "analytics.duckdb")) as analytics:
        mark = fingerprint_of(analytics, monday)
    report = {"week": "2026-W44", "first": "2026-10-26", "findings": [], "data": {"fingerprint": mark}}
    folder = tmp_path / "store" / "reports" / "week=2026-W44"
    folder.mkdir(parents=True)
    (folder / "report.json").write_text(json.dumps(report), encoding="utf-8")
    client = client_of(tmp_path)
    assert got(client, "/api/reports/2026-W44") == {**report, "stale": False}
    made.stage([staged("b", D1, [user("x"), agent("coder"), agent("coder")])])
    made.publish()
    assert got(client, "/api/reports/2026-W44")["stale"] is True
