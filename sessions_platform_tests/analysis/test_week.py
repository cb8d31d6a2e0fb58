"""Facts of a week: figures by hand, missing days by name."""

from datetime import date
from pathlib import Path

import pytest

from sessions_platform.analysis.facts import week_facts
from sessions_platform.analytics import SessionAnalytics
from sessions_platform.resources.object_store import open_store
from sessions_platform.resources.warehouse import Publisher
from sessions_platform_tests.staged_sessions import agent, staged, tool, user, write_day

MONDAY = date(2026, 11, 2)
DAYS = [f"2026-11-{day:02d}" for day in range(2, 9)]


@pytest.fixture
def analytics(tmp_path: Path) -> SessionAnalytics:
    """Six days of a week, two sessions a day, and a session of the week before."""
    store = open_store(str(tmp_path / "store"))
    lines = [user("restart it"), agent("planner"), tool("kubectl|<b>", "planner", ok=False), tool("git", "planner")]
    for day in DAYS[:6]:
        write_day(store, day, [staged(f"{day}-{number}", day, lines) for number in range(2)])
    write_day(store, "2026-10-30", [staged("before", "2026-10-30", lines[:2])])
    Publisher(store, tmp_path / "analytics.duckdb").publish(None)
    return SessionAnalytics(tmp_path / "analytics.duckdb")


def test_the_facts_count_the_week_and_the_week_before(analytics: SessionAnalytics) -> None:
    facts = week_facts(analytics, MONDAY)
    assert (facts["week"], facts["first"], facts["last"]) == ("2026-W45", "2026-11-02", "2026-11-08")
    assert facts["missing_dates"] == ["2026-11-08"]
    assert (facts["scorecard"]["sessions"], facts["scorecard_before"]["sessions"]) == (12, 1)
    assert [one["sessions"] for one in facts["scorecard_weeks"]] == [0, 0, 0, 1]
    assert (facts["scorecard"]["tool_calls"], facts["scorecard"]["tool_errors"]) == (24, 12)
    assert [(one["tool_name"], one["calls"], one["failed"]) for one in facts["tools"]] == [
        ("kubectl|<b>", 12, 12),
        ("git", 12, 0),
    ]
    assert {(one["from_agent"], one["to_agent"]): one["times"] for one in facts["interactions"]} == {
        ("user", "planner"): 12
    }
