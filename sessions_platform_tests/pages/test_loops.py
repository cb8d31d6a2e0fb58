"""Loops on the page of agents: calls made again and again in a row, and agents that hand the word back and forth."""

from pathlib import Path

from sessions_platform.analytics import SessionAnalytics
from sessions_platform.resources.object_store import open_store
from sessions_platform.resources.warehouse import Publisher
from sessions_platform.sql import statement
from sessions_platform_tests.staged_sessions import agent, staged, tool, user, write_day

DAY = "2026-11-03"
ALL = {"since": None, "until": None}


def published(folder: Path) -> SessionAnalytics:
    """One session with a run of four calls and one of two, one whose three calls are apart, and one that goes round."""
    same, other = tool("git", "coder"), tool("ls", "coder")
    four = [same, same, same, tool("git", "coder", ok=False)]
    store = open_store(str(folder / "store"))
    write_day(
        store,
        DAY,
        [
            staged("runs", DAY, [user("go"), *four, other, same]),
            staged("apart", DAY, [user("go"), same, other, same, other, same]),
            staged("round", DAY, [user("go"), agent("a"), agent("b"), agent("a"), agent("b")]),
        ],
    )
    Publisher(store, folder / "analytics.duckdb").publish(None)
    return SessionAnalytics(folder / "analytics.duckdb")


def test_only_equal_calls_in_a_row_are_a_run_from_three_on(tmp_path: Path) -> None:
    (run,) = published(tmp_path).records(statement("queries/page_repeats"), ALL)
    found = (run["session_id"], run["tool_name"], run["calls"], run["failed"], run["message_index"], run["all_runs"])
    assert found == ("runs", "git", 4, 1, 1, 1)


def test_two_agents_that_speak_in_turn_twice_go_round_once(tmp_path: Path) -> None:
    (pair,) = published(tmp_path).records(statement("queries/page_ping_pong"), ALL)
    assert (pair["agent_a"], pair["agent_b"], pair["times"], pair["example_session"]) == ("a", "b", 1, "round")
