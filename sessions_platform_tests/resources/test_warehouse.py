"""What a publication makes of the daily tables: merged sessions, offsets, status, outcome, marts, health."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from sessions_platform.errors import StoreError
from sessions_platform.resources.object_store import ObjectStore, open_store
from sessions_platform.resources.warehouse import Publisher, PublishReport, build_day_marts
from sessions_platform.sessions import layout
from sessions_platform.sql import catalog
from sessions_platform_tests.staged_sessions import agent, score, staged, system, tool, user, write_day

D1, D2, D3 = "2026-11-01", "2026-11-02", "2026-11-03"


class World:
    """A store, the file published from it, and questions to the file."""

    def __init__(self, folder: Path) -> None:
        self.store: ObjectStore = open_store(str(folder / "store"))
        self.path = folder / "home" / "analytics.duckdb"

    def publish(self, *dates: str, **more: Any) -> PublishReport:
        options = {name: more.pop(name) for name in ("idle_hours", "outcome_scores") if name in more}
        return Publisher(self.store, self.path, **options).publish(list(dates) or None, **more)

    def publish_parts(self) -> PublishReport:
        """Publish no date: only tables in parts and decisions."""
        return Publisher(self.store, self.path).publish([])

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect() as con:
            con.execute(f"ATTACH '{self.path}' AS w (READ_ONLY)")
            con.execute("USE w")
            return con.execute(sql).fetchall()

    def one(self, sql: str) -> tuple[Any, ...]:
        (row,) = self.ask(sql)
        return row


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def indices(world: World) -> list[tuple[Any, ...]]:
    return world.ask("SELECT date::VARCHAR, message_index, turn_index, agent_name, next_agent FROM messages ORDER BY 2")


def test_a_session_over_two_midnights_is_numbered_through(world: World) -> None:
    write_day(world.store, D1, [staged("s", D1, [user("a"), agent("planner"), tool("git", "planner")])])
    write_day(world.store, D2, [staged("s", D2, [tool("git", "planner"), agent("coder")])])
    write_day(world.store, D3, [staged("s", D3, [user("b"), agent("planner")])])
    world.publish()
    assert indices(world) == [
        (D1, 0, 1, "user", "planner"),
        (D1, 1, 1, "planner", "coder"),
        (D1, 2, 1, "planner", None),
        (D2, 3, 1, "planner", None),
        (D2, 4, 1, "coder", "user"),
        (D3, 5, 2, "user", "planner"),
        (D3, 6, 2, "planner", None),
    ]
    assert world.ask("SELECT call_index, message_index, turn_index FROM tool_calls ORDER BY 1") == [
        (0, 2, 1),
        (1, 3, 1),
    ]
    assert world.ask("SELECT date::VARCHAR, from_agent, to_agent FROM interaction_matrix ORDER BY 1, 2, 3") == [
        (D1, "user", "planner"),
        (D2, "planner", "coder"),
        (D3, "coder", "user"),
        (D3, "user", "planner"),
    ]
    found = world.one(
        "SELECT first_date::VARCHAR, last_date::VARCHAR, slice_count, total_turns, message_count, tool_call_count, "
        "agent_count, trace_count, total_cost_usd, input_tokens, title FROM sessions"
    )
    assert found == (D1, D3, 3, 2, 7, 2, 2, 3, 0.75, 300, f"s on {D1}")


def test_history_counts_only_until_the_first_slice_is_built(world: World) -> None:
    earlier = [user("a"), agent("planner")]
    write_day(world.store, D2, [staged("s", D2, [user("b"), tool("git", "coder")], history=earlier)])
    world.publish()
    assert [row[:3] for row in indices(world)] == [(D2, 0, 1), (D2, 1, 1), (D2, 2, 2), (D2, 3, 2)]
    assert world.ask("SELECT origin FROM messages ORDER BY message_index") == [
        ("history",),
        ("history",),
        ("row",),
        ("row",),
    ]
    write_day(world.store, D1, [staged("s", D1, [*earlier, tool("git", "planner")])])
    report = world.publish(D1)
    assert (report.published, report.refreshed) == ([D1], [D2])
    assert [row[:3] for row in indices(world)] == [(D1, 0, 1), (D1, 1, 1), (D1, 2, 1), (D2, 3, 2), (D2, 4, 2)]
    assert world.ask("SELECT call_index, message_index FROM tool_calls ORDER BY 1") == [(0, 2), (1, 4)]


def test_a_system_text_counts_once_and_the_indices_close_up(world: World) -> None:
    write_day(world.store, D1, [staged("s", D1, [system("be kind"), user("a"), agent("planner")])])
    write_day(world.store, D2, [staged("s", D2, [system("be  kind"), user("b"), system("be brief"), tool("git", "x")])])
    world.publish()
    assert world.ask("SELECT message_index, role, preview FROM messages WHERE date = '2026-11-02' ORDER BY 1") == [
        (3, "user", "b"),
        (4, "system", "be brief"),
        (5, "tool", "done"),
    ]
    assert world.ask("SELECT message_index FROM tool_calls") == [(5,)]
    assert world.one("SELECT message_count FROM sessions") == (6,)


def test_a_run_of_user_messages_over_midnight_is_one_turn(world: World) -> None:
    write_day(world.store, D1, [staged("s", D1, [user("a")])])
    write_day(world.store, D2, [staged("s", D2, [user("b"), agent("planner"), user("c")])])
    world.publish()
    assert [row[2] for row in indices(world)] == [1, 1, 1, 2]
    assert world.one("SELECT total_turns FROM sessions") == (2,)


def test_status_follows_the_datas_clock_and_the_last_slice_that_says_something(world: World) -> None:
    write_day(
        world.store,
        D1,
        [
            staged("late", D1, [user("a"), agent("planner")], hour=23, end_state="abandoned"),
            staged("silent", D1, [tool("git", "planner")], end_state="error"),
            staged("broken", D1, [user("a")], end_state="error"),
        ],
    )
    world.publish()
    ask = "SELECT session_id, status, outcome, outcome_basis, outcome_confidence FROM sessions ORDER BY 1"
    assert world.ask(ask) == [
        ("broken", "error", "failed", "rule:ended_in_error", 0.6),
        ("late", "active", "unknown", "rule:no_evidence", 0.0),
        ("silent", "unknown", "failed", "rule:ended_in_error", 0.6),
    ]
    write_day(world.store, D2, [staged("broken", D2, [tool("git", "planner")], end_state=None)])
    world.publish(D2)
    assert [row[:2] for row in world.ask(ask)] == [("broken", "error"), ("late", "abandoned"), ("silent", "unknown")]


def test_idle_hours_are_a_setting_and_another_setting_builds_the_file_anew(world: World) -> None:
    write_day(world.store, D1, [staged("s", D1, [user("a"), agent("planner")], hour=20)])
    world.publish()
    assert world.one("SELECT status FROM sessions") == ("completed",)
    assert world.publish(idle_hours=5).rebuilt == "idle_hours changed"
    assert world.one("SELECT status FROM sessions") == ("active",)


@pytest.mark.parametrize(
    ("scores", "outcome", "basis"),
    [
        ([("success", 1.0, "10"), ("resolved", 0.0, "11")], "success", "score:success"),
        ([("success", 1.0, "10"), ("success", 0.0, "11")], "failed", "score:success"),
        ([("success", 0.5, "10")], "partial", "score:success"),
        ([("resolved", "Resolved ", "10")], "success", "score:resolved"),
        ([("resolved", "no", "10")], "failed", "score:resolved"),
        ([("resolved", "purple", "10")], "unknown", "score:resolved"),
        ([("politeness", 1.0, "10")], "unknown", "rule:no_evidence"),
    ],
)
def test_the_first_named_score_decides_the_outcome_by_its_newest_value(
    world: World, scores: Sequence[tuple[str, float | str, str]], outcome: str, basis: str
) -> None:
    given = [score(name, value, f"{D1}T{hour}:00:00.000Z") for name, value, hour in scores]
    write_day(world.store, D1, [staged("s", D1, [user("a"), agent("planner")], scores=given)])
    world.publish()
    confidence = 1.0 if basis.startswith("score:") and outcome != "unknown" else 0.0
    assert world.one("SELECT outcome, outcome_basis, outcome_confidence FROM sessions") == (outcome, basis, confidence)


def test_a_score_that_comes_days_later_changes_its_session_and_the_day_it_began(world: World) -> None:
    first = score("success", 1.0, f"{D1}T11:00:00.000Z", score_id="x")
    write_day(world.store, D1, [staged("s", D1, [user("a"), agent("planner")], scores=[first])])
    world.publish()
    corrected = score("success", 0.0, f"{D2}T11:00:00.000Z", score_id="x")
    write_day(world.store, D2, [], late_scores=[corrected])
    report = world.publish(D2)
    assert (report.sessions, report.refreshed) == (1, [])
    assert world.ask("SELECT score_id, value_number FROM scores") == [("x", 0.0)]
    assert world.one("SELECT success_rate, judged_sessions FROM daily_metrics WHERE date = '2026-11-01'") == (0.0, 1)


def test_the_marts_hold_the_figures_counted_by_hand(world: World) -> None:
    calls = [tool("git", "coder", ok=n != 0, ms=float(n), extra={"operation": "git push"}) for n in range(10)]
    write_day(
        world.store,
        D1,
        [staged("s", D1, [user("a"), agent("planner"), *calls, tool("git", "coder", ms=None), agent("planner")])],
    )
    write_day(world.store, D2, [staged("t", D2, [user("a"), agent("planner")], end_state="abandoned", cost=2.0)])
    world.publish()
    rows = world.ask(
        "SELECT * EXCLUDE (date, ci_low, ci_high) REPLACE (round(p95_ms, 6) AS p95_ms) "
        "FROM tool_success_rates ORDER BY operation"
    )
    assert rows == [("git", "", 1, 1, 1.0, 0, None, None, 1), ("git", "git push", 10, 9, 0.9, 10, 4.5, 8.55, 1)]
    low, high = world.one("SELECT ci_low, ci_high FROM tool_success_rates WHERE operation <> ''")
    assert (round(low, 6), round(high, 6)) == (
        0.595850,
        0.982124,
    )  # statsmodels proportion_confint(9, 10, method="wilson")
    assert world.ask("SELECT * EXCLUDE (date) FROM agent_activity WHERE date = '2026-11-01' ORDER BY 1") == [
        ("coder", 0, 1, 11, 1, 0, 0.0),
        ("planner", 2, 1, 0, 0, 1, 0.25),
        ("user", 1, 1, 0, 0, 0, 0.0),
    ]
    assert world.ask("SELECT * EXCLUDE (date) FROM interaction_matrix WHERE date = '2026-11-01' ORDER BY 1") == [
        ("planner", "planner", 1, 1),
        ("user", "planner", 1, 1),
    ]
    assert world.ask(
        "SELECT total_sessions, completed_sessions, completion_rate, success_rate, unknown_share, "
        "average_turns_per_session, round(tool_success_rate, 6), total_cost_usd FROM daily_metrics ORDER BY date"
    ) == [(1, 1, 1.0, None, 1.0, 1.0, 0.909091, 0.25), (1, 0, 0.0, None, 1.0, 1.0, None, 2.0)]


def test_the_marts_of_a_date_count_its_slices_alone(world: World) -> None:
    write_day(world.store, D1, [staged("s", D1, [user("a"), agent("planner")])])
    write_day(world.store, D2, [staged("s", D2, [agent("coder"), user("b")], history=[user("a"), agent("planner")])])
    assert build_day_marts(world.store, D2, scratch=world.path.parent / "tmp") == {
        "tool_success_rates": 0,
        "interaction_matrix": 1,
        "agent_activity": 3,
        "daily_metrics": 1,
    }
    path = world.store.local_path(layout.table_key("interaction_matrix", D2))
    assert pq.read_table(path, partitioning=None).to_pylist() == [
        {
            "date": date(2026, 11, 2),
            "from_agent": "coder",
            "to_agent": "user",
            "interaction_count": 1,
            "session_count": 1,
        }
    ]
    before = path.stat().st_mtime_ns  # type: ignore[union-attr]
    build_day_marts(world.store, D2, scratch=world.path.parent / "tmp")
    assert path.stat().st_mtime_ns == before  # type: ignore[union-attr]


def test_the_marts_of_a_date_that_is_not_loaded_are_refused(world: World) -> None:
    with pytest.raises(FileNotFoundError, match="tables/session_slices/date=2026-11-01"):
        build_day_marts(world.store, D1, scratch=world.path.parent / "tmp")


def test_a_later_date_whose_table_was_lost_is_named(world: World) -> None:
    for day in (D1, D2):
        write_day(world.store, day, [staged("s", day, [user("a")])])
    world.publish()
    world.store.delete([layout.table_key("messages", D2)])
    write_day(world.store, D1, [staged("s", D1, [user("b")])])
    before = world.path.stat().st_ino
    with pytest.raises(StoreError, match="messages/date=2026-11-02"):
        world.publish(D1)
    assert world.path.stat().st_ino == before


def test_segments_are_distinct_over_slices_and_go_with_their_last_slice(world: World) -> None:
    write_day(world.store, D1, [staged("s", D1, [user("a")], segments=[("team", "red"), ("tier", "1")])])
    write_day(world.store, D2, [staged("s", D2, [user("a")], segments=[("team", "red"), ("team", "blue")])])
    world.publish()
    ask = "SELECT key, value FROM session_segments ORDER BY ALL"
    assert world.ask(ask) == [("team", "blue"), ("team", "red"), ("tier", "1")]
    write_day(world.store, D1, [staged("s", D1, [user("a")], segments=[])])
    world.publish(D1)
    assert world.ask(ask) == [("team", "blue"), ("team", "red")]


def test_only_complete_dates_are_taken_and_a_date_that_is_no_longer_complete_leaves(world: World) -> None:
    write_day(world.store, D1, [staged("s", D1, [user("a")])])
    write_day(world.store, D2, [staged("s", D2, [user("b")])], complete=False)
    world.store.put(layout.raw_manifest_key(D3), b"{}")
    report = world.publish()
    assert report.published == [D1]
    assert report.skipped == {D2: "not complete", D3: "not yet complete (no data_health)"}
    assert world.ask("SELECT date::VARCHAR, complete FROM data_health ORDER BY 1") == [
        (D1, True),
        (D2, False),
        (D3, False),
    ]
    write_day(world.store, D2, [staged("s", D2, [user("b")])])
    write_day(world.store, D1, [staged("s", D1, [user("a")])], complete=False)
    report = world.publish()
    assert (report.published, report.withdrawn) == ([D2], [D1])
    assert world.ask("SELECT session_id, first_date::VARCHAR, message_count FROM sessions") == [("s", D2, 1)]
    assert world.ask("SELECT date::VARCHAR FROM daily_metrics") == [(D2,)]


def test_a_date_said_complete_whose_tables_are_missing_is_not_taken(world: World) -> None:
    write_day(world.store, D1, [staged("s", D1, [user("a")])])
    world.store.delete([layout.table_key("scores", D1)])
    assert world.publish().skipped == {D1: "said to be complete, but scores is not stored"}
    assert world.ask("SELECT complete FROM data_health") == [(False,)]


def test_a_finished_day_again_writes_nothing(world: World) -> None:
    day = [staged("s", D1, [user("a"), agent("planner")])]
    write_day(world.store, D1, day)
    first = world.publish(D1)
    before = world.path.stat()
    write_day(world.store, D1, day)  # the same bytes at another time
    again = world.publish(D1)
    assert (again.wrote, again.data_version) == (False, first.data_version)
    assert (world.path.stat().st_ino, world.path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert sorted(path.name for path in world.path.parent.iterdir()) == ["analytics.duckdb", "analytics.duckdb.lock"]


def test_a_session_that_a_restated_day_no_longer_has_is_gone(world: World) -> None:
    write_day(world.store, D1, [staged("s", D1, [user("a")]), staged("t", D1, [user("a")])])
    world.publish()
    write_day(world.store, D1, [staged("t", D1, [user("a")])])
    world.publish(D1)
    for table in ("sessions", "messages", "session_segments", "session_slices", "model_calls"):
        assert world.ask(f"SELECT DISTINCT session_id FROM {table}") == [("t",)]  # noqa: S608


def test_publishing_reports_progress_and_an_odd_date_is_refused(world: World) -> None:
    told: list[tuple[str, int, int]] = []
    write_day(world.store, D1, [staged("s", D1, [user("a")])])
    world.publish(progress=lambda *step: told.append(step))
    assert told == [("publishing", 0, 1), ("publishing", 1, 1)]
    with pytest.raises(ValueError, match="isoformat"):
        world.publish("yesterday")


def test_an_empty_store_gives_an_empty_file(world: World) -> None:
    assert world.publish().wrote
    assert world.ask("SELECT count(*) FROM sessions") == [(0,)]


def test_every_table_and_column_has_a_comment(world: World) -> None:
    world.publish()
    assert world.ask("SELECT table_name FROM duckdb_tables() WHERE coalesce(comment, '') = ''") == []
    assert (
        world.ask(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE coalesce(comment, '') = '' AND NOT internal"
        )
        == []
    )
    assert {name for (name,) in world.ask("SELECT table_name FROM duckdb_tables()")} == set(catalog())
