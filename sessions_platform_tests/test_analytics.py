"""SessionAnalytics answers from the published file, and follows it when it is replaced."""

import gc
import json
import threading
from pathlib import Path

import duckdb
import pytest

from sessions_platform.analytics import NotPublished, SessionAnalytics
from sessions_platform.resources.object_store import ObjectStore, open_store
from sessions_platform.resources.warehouse import Publisher
from sessions_platform_tests.staged_sessions import agent, score, staged, tool, user, write_day

D1, D2 = "2026-11-01", "2026-11-02"


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    made = open_store(str(tmp_path / "store"))
    first = [
        user("a"),
        agent("planner"),
        tool("git", "planner"),
        tool("git", "planner", "refused", ok=False),
        agent("planner"),
    ]
    write_day(
        made,
        D1,
        [
            staged("a/1", D1, first, scores=[score("success", 1.0, f"{D1}T12:00:00.000Z", session_id="a/1")]),
            staged("b", D1, [user("x"), agent("coder"), tool("psql", "coder")], hour=12, end_state="abandoned"),
        ],
    )
    more = [user("b"), agent("planner"), tool("git", "planner")]
    write_day(made, D2, [staged("a/1", D2, more, segments=[("team", "red"), ("team", "blue")])])
    return made


@pytest.fixture
def analytics(store: ObjectStore, tmp_path: Path) -> SessionAnalytics:
    Publisher(store, tmp_path / "analytics.duckdb").publish(None)
    return SessionAnalytics(tmp_path / "analytics.duckdb")


def test_sessions_are_listed_newest_first_and_json_can_carry_them(analytics: SessionAnalytics) -> None:
    found = analytics.list_sessions()
    assert [(s["session_id"], s["start_time"], s["total_turns"], s["status"]) for s in found] == [
        ("b", "2026-11-01T12:00:00.000Z", 1, "abandoned"),
        ("a/1", "2026-11-01T10:00:00.000Z", 2, "completed"),
    ]
    assert json.loads(json.dumps(found)) == found


def test_the_list_is_filtered_and_paged(analytics: SessionAnalytics) -> None:
    def ids(**given: object) -> list[str]:
        return [s["session_id"] for s in analytics.list_sessions(**given)]  # type: ignore[arg-type]

    assert ids(status="abandoned") == ["b"]
    assert ids(outcome="success") == ["a/1"]
    assert ids(segments={"team": "blue"}) == ["a/1"]
    assert ids(segments={"team": "red"}) == ["b", "a/1"]
    assert ids(since=D2) == []
    assert ids(until=D1, user_id="<user:A>") == ["b", "a/1"]
    assert ids(limit=1) == ["b"]
    assert ids(after=("2026-11-01T12:00:00.000Z", "b")) == ["a/1"]
    assert (analytics.count_sessions(), analytics.count_sessions(status="abandoned")) == (2, 1)


def test_details_hold_messages_tools_scores_and_metadata(analytics: SessionAnalytics) -> None:
    found = analytics.get_session_details("a/1")
    assert found is not None
    assert (found["message_count"], len(found["messages"]), found["outcome_basis"]) == (8, 8, "score:success")
    assert [m["message_index"] for m in found["messages"]] == list(range(8))
    assert [(t["tool_name"], t["total_calls"], t["successful_calls"]) for t in found["tool_usage"]] == [("git", 3, 2)]
    assert found["metadata"] == {"team": ["blue", "red"]}
    assert [s["value_number"] for s in found["scores"]] == [1.0]
    assert json.loads(json.dumps(found)) == found
    assert analytics.get_session_details("nobody") is None


def test_tool_statistics_come_most_calls_first_with_their_interval(analytics: SessionAnalytics) -> None:
    git, psql = analytics.get_tool_statistics()
    assert (git["tool_name"], git["operation"], git["total_calls"], git["successful_calls"]) == ("git", "", 3, 2)
    assert round(git["success_rate"], 4) == 0.6667
    assert (round(git["ci_low"], 4), round(git["ci_high"], 4)) == (0.2077, 0.9385)
    assert (psql["tool_name"], psql["session_count"]) == ("psql", 1)
    assert [t["tool_name"] for t in analytics.get_tool_statistics("b")] == ["psql"]
    assert analytics.get_tool_statistics("nobody") == []


def test_agent_activity_and_interactions_are_counted_over_all_dates_or_one_session(analytics: SessionAnalytics) -> None:
    found = analytics.get_agent_activity()
    assert [(a["agent_name"], a["message_count"], a["session_count"]) for a in found["agent_activity"]] == [
        ("planner", 3, 2),  # in b it spoke nothing, but called a model
        ("user", 3, 2),
        ("coder", 1, 1),
    ]
    assert found["agent_activity"][0]["tool_error_count"] == 1
    assert [(i["from_agent"], i["to_agent"], i["interaction_count"]) for i in found["interaction_matrix"]] == [
        ("user", "planner", 2),
        ("planner", "planner", 1),
        ("planner", "user", 1),
        ("user", "coder", 1),
    ]
    assert [a["agent_name"] for a in analytics.get_agent_activity("b")["agent_activity"]] == [
        "coder",
        "user",
        "planner",
    ]


def test_sessions_are_compared_in_the_order_asked(analytics: SessionAnalytics) -> None:
    found = analytics.compare_sessions(["b", "a/1"])
    assert [s["session_id"] for s in found["sessions"]] == ["b", "a/1"]
    assert found["tool_comparison"]["a/1"][0]["total_calls"] == 3
    assert {a["agent_name"] for a in found["agent_comparison"]["b"]} == {"user", "coder", "planner"}
    with pytest.raises(KeyError, match="nobody"):
        analytics.compare_sessions(["b", "nobody"])


def test_metrics_carry_every_rate_with_its_n(analytics: SessionAnalytics) -> None:
    found = analytics.get_success_metrics()
    assert (found["total_sessions"], found["completed_sessions"], found["completion_rate"]) == (2, 1, 0.5)
    assert (found["success_rate"], found["judged_sessions"], found["unknown_share"]) == (1.0, 1, 0.5)
    assert (found["average_turns_per_session"], found["total_cost_usd"]) == (1.5, 0.75)
    assert [(t["tool_name"], t["total_uses"]) for t in found["tool_success_rates"]] == [("git", 3), ("psql", 1)]
    assert found["data_version"] == analytics.data_version()


def test_a_timeline_puts_each_call_before_its_result(analytics: SessionAnalytics) -> None:
    found = analytics.get_timeline("b")
    assert found is not None
    assert [(e["kind"], e["agent_name"]) for e in found] == [
        ("message", "user"),
        ("message", "coder"),
        ("tool_call", "coder"),
        ("message", "coder"),
        ("model_call", "planner"),
    ]
    assert analytics.get_timeline("nobody") is None


def test_a_frame_is_pandas_and_days_have_their_metrics(analytics: SessionAnalytics) -> None:
    frame = analytics.frame("SELECT session_id, total_turns FROM sessions ORDER BY 1")
    assert frame.to_dict("list") == {"session_id": ["a/1", "b"], "total_turns": [2, 1]}
    assert [(d["date"], d["total_sessions"]) for d in analytics.get_daily_metrics()] == [(D1, 2), (D2, 0)]
    assert [d["date"] for d in analytics.get_daily_metrics(since=D2)] == [D2]


@pytest.mark.parametrize(
    "sql",
    [
        "ATTACH '/tmp/elsewhere.duckdb' AS x",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SET enable_external_access = true",
        "COPY sessions TO '/tmp/out.csv'",
        "INSTALL httpfs",
        "DELETE FROM sessions",
        "CREATE TABLE t (a INTEGER)",
    ],
)
def test_sql_can_neither_write_nor_reach_other_files(analytics: SessionAnalytics, sql: str) -> None:
    with pytest.raises(duckdb.Error):
        analytics.frame(sql)


def test_a_replaced_file_is_read_by_the_next_question(analytics: SessionAnalytics, store: ObjectStore) -> None:
    assert len(analytics.get_tool_statistics()) == 2
    other = SessionAnalytics(analytics.path)  # a second handle in this process must not keep the old content alive
    assert other.count_sessions() == 2
    write_day(store, D2, [staged("c", D2, [user("hi"), tool("ls", "planner")])])
    Publisher(store, analytics.path).publish([D2])
    assert (analytics.count_sessions(), len(analytics.get_tool_statistics())) == (3, 3)
    assert other.count_sessions() == 3
    analytics.close()
    assert analytics.count_sessions() == 3


def test_questions_from_several_threads_are_answered_while_the_file_is_replaced(
    analytics: SessionAnalytics, store: ObjectStore
) -> None:
    seen: set[int] = set()
    errors: list[BaseException] = []
    done = threading.Event()

    def ask() -> None:
        try:
            while not done.is_set():
                seen.add(analytics.count_sessions())
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(1, 5):
        write_day(store, D2, [staged(f"c{n}", D2, [user("hi")]) for n in range(number)])
        Publisher(store, analytics.path).publish([D2])
    done.set()
    for thread in threads:
        thread.join()
    gc.collect()
    assert errors == []
    assert seen <= {2, 3, 4, 5, 6}
    assert analytics.count_sessions() == 6


def test_without_a_file_it_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(NotPublished, match="sessions-platform run"):
        SessionAnalytics(tmp_path / "none.duckdb").list_sessions()


def test_without_a_path_it_reads_the_file_of_this_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESSIONS_HOME", str(tmp_path))
    assert SessionAnalytics().path == tmp_path / "analytics.duckdb"


def test_an_empty_file_has_no_rates(tmp_path: Path) -> None:
    Publisher(open_store(str(tmp_path / "store")), tmp_path / "analytics.duckdb").publish(None)
    found = SessionAnalytics(tmp_path / "analytics.duckdb").get_success_metrics()
    assert (found["total_sessions"], found["completion_rate"], found["success_rate"]) == (0, None, None)
    assert found["tool_success_rates"] == []
