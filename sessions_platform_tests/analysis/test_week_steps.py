"""The weekly steps over small weeks: what they leave, again, in any order, after a kill, and from week to week."""

import shutil
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from sessions_platform.analysis.books import shifted
from sessions_platform.analysis.decisions import decide
from sessions_platform.analysis.sessions_of_week import SessionsOfWeek
from sessions_platform.analysis.staleness import is_stale
from sessions_platform.errors import CheckFailed, StoreError
from sessions_platform.partitions import week_name
from sessions_platform.resources.part_tables import put_part, read_part
from sessions_platform.runner import DayOutcome
from sessions_platform.sessions.layout import report_key, week_step_key
from sessions_platform_tests.analysis.planted import Plan, World, mondays, planted, sessions_of
from sessions_platform_tests.api.conftest import client_of
from sessions_platform_tests.end_to_end.support import KEY, made_once, start_command
from sessions_platform_tests.staged_sessions import staged, user

MONDAYS = mondays(date(2026, 10, 19), 4)
FIRST, SECOND, THIRD, LAST = (week_name(monday) for monday in MONDAYS)
PLANS = (
    Plan(MONDAYS[0], timeouts=20),
    Plan(MONDAYS[1], timeouts=22),
    Plan(MONDAYS[2], claims=18),
    Plan(MONDAYS[3], timeouts=24, claims=18),
)
STEPS = ("week_facts", "candidates", "l0_labels", "l1_readings", "l2_evidence", "findings", "verified_findings")
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Four weeks of sessions, of which three are analysed. Made once for all of xdist's workers, and never changed."""

    def make(home: Path) -> list[DayOutcome]:
        world = World(home)
        for plan in PLANS:
            world.put(plan)
        world.publish()
        for monday in MONDAYS[:3]:
            world.week(monday).report()
        return []

    return World(made_once(tmp_path_factory, "three-weeks", make))


@pytest.fixture(scope="module")
def made(three: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """All four are analysed."""

    def make(home: Path) -> list[DayOutcome]:
        shutil.copytree(three.home, home)
        World(home).week(MONDAYS[3]).report()
        return []

    return World(made_once(tmp_path_factory, "four-weeks", make))


@pytest.fixture
def own(made: World, tmp_path: Path) -> World:
    """A copy that a test may change."""
    return copied(made, tmp_path)


def copied(world: World, folder: Path) -> World:
    shutil.copytree(world.home, folder / "home")
    return World(folder / "home")


def found(world: World, week: str, sessions: set[str]) -> dict[str, Any]:
    """The finding of a week whose sessions are mostly these. AssertionError where there is none, or several."""

    def alike(one: dict[str, Any]) -> float:
        seen = set(one["sessions"])
        return 2 * len(seen & sessions) / (len(seen) + len(sessions))

    (only,) = [one for one in world.report(week)["findings"] if alike(one) >= 0.8]
    return only


def books(world: World) -> list[tuple[Any, ...]]:
    """What the tables say of every finding, without its id."""
    rows = world.analytics.records(
        "SELECT title, first_week, last_week, week, status, value, n, detected FROM findings JOIN finding_weeks "
        "USING (finding_id) ORDER BY ALL"
    )
    return [tuple(row.values()) for row in rows]


def states(world: World, finding_id: str) -> dict[str, str]:
    """The statuses of a finding by week."""
    rows = world.analytics.records(
        "SELECT week, status FROM finding_weeks WHERE finding_id = $id ORDER BY week", {"id": finding_id}
    )
    return {row["week"]: row["status"] for row in rows}


def test_every_step_leaves_its_result_and_both_patterns_are_found(made: World) -> None:
    kept = made.bytes_left()
    for week in (FIRST, LAST):
        assert {week_step_key(week, step) for step in STEPS} <= kept.keys()
        assert {report_key(week, f"report.{ending}") for ending in ("json", "md", "html")} <= kept.keys()
    report = made.report(LAST)
    for sessions in planted(PLANS[3]).values():
        finding = found(made, LAST, sessions)
        assert finding["finding_id"] in report["decisions"] and finding["users"] >= 10
    assert (report["week"], report["first"], report["last"]) == (LAST, "2026-11-09", "2026-11-15")
    assert report["data"]["without_texts"] == 0 and not (made.home / "weekly" / f"{LAST}.duckdb").exists()


def test_every_quote_is_in_its_message_and_every_number_is_its_querys(made: World) -> None:
    for monday in MONDAYS:
        whole = SessionsOfWeek(made.analytics, made.store, monday)
        texts = {one.facts.session_id: {message.index: message.text for message in one.messages} for one in whole}
        for finding in made.report(week_name(monday))["findings"]:
            value, n = made.analytics.records(finding["metric_sql"])[0].values()
            assert (value, n) == (finding["value"], finding["n"])
            assert finding["evidence"]
            for quote in finding["evidence"]:
                text = texts[quote["session_id"]][quote["message_index"]]
                assert " ".join(quote["quote"].split()) in " ".join(text.split())


def test_a_second_run_writes_nothing(own: World) -> None:
    before = {info.key: info.changed for info in own.store.objects("")}
    file = (own.home / "analytics.duckdb").stat().st_ino
    for monday in MONDAYS:
        own.week(monday).report()
    assert {info.key: info.changed for info in own.store.objects("")} == before
    assert (own.home / "analytics.duckdb").stat().st_ino == file


def test_two_runs_of_a_week_at_once_make_what_one_makes(three: World, made: World, tmp_path: Path) -> None:
    world = copied(three, tmp_path)
    weeks = [world.week(MONDAYS[3]), world.week(MONDAYS[3])]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda week: week.report(), weeks))
    assert world.bytes_left() == made.bytes_left()


def test_weeks_in_any_order_come_to_the_same_books(three: World, made: World, tmp_path: Path) -> None:
    world = copied(three, tmp_path)
    world.store.delete(world.bytes_left())
    for monday in reversed(MONDAYS):
        world.week(monday).report()
    name = found(world, LAST, planted(PLANS[3])["timeouts"])["finding_id"]
    first = {row["finding_id"]: row["first_week"] for row in read_part(world.store, "findings", None)}
    assert (first[name], found(world, FIRST, planted(PLANS[0])["timeouts"])["finding_id"]) == (FIRST, name)
    # What was new in a week is known now: the weeks once more, oldest first. A finding keeps the id that it was given.
    for monday in MONDAYS:
        world.week(monday).report()
    own = found(made, LAST, planted(PLANS[3])["timeouts"])["finding_id"]
    assert states(world, name) == states(made, own)
    assert books(world) == books(made)


def test_statuses_go_from_new_over_ongoing_and_resolved_to_regressed(made: World) -> None:
    finding = found(made, FIRST, planted(PLANS[0])["timeouts"])
    expected = {FIRST: "new", SECOND: "ongoing", THIRD: "resolved", LAST: "regressed"}
    assert states(made, finding["finding_id"]) == expected
    again = found(made, LAST, planted(PLANS[3])["timeouts"])
    assert (again["finding_id"], again["first_week"], again["status"]) == (finding["finding_id"], FIRST, "regressed")
    assert [row["week"] for row in again["weeks"]] == [FIRST, SECOND, THIRD, LAST]


def test_a_finding_that_is_not_found_is_looked_at_by_its_shifted_query(made: World) -> None:
    finding = found(made, SECOND, planted(PLANS[1])["timeouts"])
    (row,) = [
        row for row in read_part(made.store, "finding_weeks", THIRD) if row["finding_id"] == finding["finding_id"]
    ]
    assert not row["detected"] and row["session_count"] is None
    value, n = made.analytics.records(row["metric_sql"])[0].values()
    assert (row["value"], row["n"]) == (value, n) and value == 0.0 and n >= 20
    assert "2026-11-02" in row["metric_sql"] and "2026-10-26" not in row["metric_sql"]
    (shown,) = [one for one in made.report(THIRD)["last_week"] if one["finding_id"] == finding["finding_id"]]
    assert (shown["status"], shown["value_before"]) == ("resolved", finding["value"])


def test_a_query_is_shifted_with_its_dates_and_the_week_of_its_labels() -> None:
    sql = "SELECT 1 WHERE l.week = '2026-W53' AND d BETWEEN DATE '2026-12-28' AND DATE '2027-01-03'"
    moved = "SELECT 1 WHERE l.week = '2027-W01' AND d BETWEEN DATE '2027-01-04' AND DATE '2027-01-10'"
    assert shifted(sql, "2026-W53", date(2027, 1, 4)) == moved


def test_api_and_pages_answer_with_the_findings_and_the_report(made: World) -> None:
    client = client_of(made.home)
    listed = client.get("/api/findings", params={"week": LAST}).json()["findings"]
    by_id = {one["finding_id"]: one for one in listed}
    for finding in made.report(LAST)["findings"]:
        row = by_id[finding["finding_id"]]
        told = ("title", "kind", "segment", "status", "value", "n", "first_week", "metric_sql")
        assert {name: row[name] for name in told} == {name: finding[name] for name in told}
    assert {one["week"] for one in client.get("/api/findings").json()["findings"]} == {FIRST, SECOND, THIRD, LAST}
    assert client.get(f"/api/reports/{LAST}").json() == made.report(LAST) | {"stale": False}


def test_a_restated_day_makes_the_steps_again_and_an_old_report_stale(own: World) -> None:
    old = own.report(LAST)
    assert not is_stale(old, own.analytics)
    kept = [one for one in sessions_of(PLANS[3]) if one.date == "2026-11-11"]
    own.put_day("2026-11-11", kept[1:])
    own.publish()
    assert is_stale(old, own.analytics)
    new = own.week(MONDAYS[3]).report()
    assert new["facts"]["scorecard"]["sessions"] == old["facts"]["scorecard"]["sessions"] - 1
    assert not is_stale(new, own.analytics)
    assert not is_stale(own.report(SECOND), own.analytics)


def test_days_after_a_week_make_its_report_not_stale_though_a_session_goes_on(own: World) -> None:
    old, name = own.report(LAST), "1109-0007"
    own.put_day(
        "2026-11-16", [staged(name, "2026-11-16", [user("and now?")]), staged("next", "2026-11-16", [user("hi")])]
    )
    own.publish()
    assert not is_stale(old, own.analytics)
    new = own.week(MONDAYS[3]).report()
    assert {log.session_id: log.turns for log in own.week(MONDAYS[3]).candidates().logs}[name] == 2
    assert new["facts"]["scorecard"]["sessions"] == old["facts"]["scorecard"]["sessions"]


def test_a_number_that_changed_meanwhile_stops_the_report_with_a_line(own: World) -> None:
    finding = own.report(LAST)["findings"][0]
    kept = [row for row in read_part(own.store, "session_labels", LAST) if row["session_id"] != finding["sessions"][0]]
    put_part(own.store, "session_labels", LAST, kept)
    before = own.report(LAST)
    with pytest.raises(CheckFailed) as stopped:
        own.week(MONDAYS[3]).report()
    assert str(stopped.value) == (
        f"report of {LAST}: finding {finding['finding_id']}: its number is not what its query gives; the data changed "
        "while it was analysed: run the week again"
    )
    assert own.report(LAST) == before


def test_what_was_rejected_returns_only_when_it_is_accepted(three: World, tmp_path: Path) -> None:
    world = copied(three, tmp_path)
    name = found(world, FIRST, planted(PLANS[0])["timeouts"])["finding_id"]
    decide(world.store, name, "reject", "known", NOW)
    report = world.week(MONDAYS[3]).report()
    assert name not in report["decisions"] and name not in {one["finding_id"] for one in report["findings"]}
    assert [one["finding_id"] for one in report["rejected"]] == [name]
    assert states(world, name)[LAST] == "regressed"
    decide(world.store, name, "accept", "it came back", NOW)
    report = world.week(MONDAYS[3]).report()
    assert name in report["decisions"] and report["rejected"] == []
    (shown,) = [one for one in report["findings"] if one["finding_id"] == name]
    assert shown["decision"]["verdict"] == "accept"


def test_without_an_index_abstracts_are_made_from_staged_texts_and_the_report_says_so(made: World) -> None:
    counts = {"from the context index": 0, "made from the staged session": 150}
    assert made.report(LAST)["data"]["abstracts"] == counts
    assert "150 made from the staged session" in made.store.get(report_key(LAST, "report.md")).decode()


def test_a_week_whose_staged_files_have_expired_is_analysed_by_its_tables(three: World, tmp_path: Path) -> None:
    world = copied(three, tmp_path)
    world.store.delete([info.key for info in world.store.objects("staged/") if info.key >= "staged/date=2026-11-09"])
    report = world.week(MONDAYS[3]).report()
    assert report["data"]["without_texts"] == 150
    assert report["facts"] == {**report["facts"], "missing_dates": []}
    assert all(not one["evidence"] for one in report["findings"])
    assert report["evidence"].get("verified", 0) == 0


def test_a_week_without_sessions_has_a_report(own: World) -> None:
    monday = date(2026, 8, 3)
    report = own.week(monday).report()
    assert (report["findings"], report["decisions"], report["facts"]["scorecard"]["sessions"]) == ([], [], 0)
    assert len(report["facts"]["missing_dates"]) == 7
    assert own.week(monday).report() == report


def test_a_week_with_missing_days_is_analysed_and_names_them(tmp_path: Path) -> None:
    plan = Plan(MONDAYS[0], sessions=60, timeouts=12, days=3)
    world = World(tmp_path).put(plan).publish()
    report = world.week(MONDAYS[0]).report()
    assert report["facts"]["missing_dates"] == ["2026-10-22", "2026-10-23", "2026-10-24", "2026-10-25"]
    assert found(world, FIRST, planted(plan)["timeouts"])["status"] == "new"


def test_a_week_that_nobody_judged_is_analysed_by_what_checks_saw(tmp_path: Path) -> None:
    plan = Plan(MONDAYS[0], sessions=100, timeouts=16, days=3, scored=False)
    world = World(tmp_path).put(plan).publish()
    report = world.week(MONDAYS[0]).report()
    assert report["facts"]["scorecard"]["judged"] == 0
    finding = found(world, FIRST, planted(plan)["timeouts"])
    assert finding["lift"] is None and finding["evidence"]


def test_a_damaged_result_is_said_by_name(own: World) -> None:
    key = week_step_key(LAST, "candidates")
    own.store.put(key, b"not zstd")
    with pytest.raises(StoreError, match=f"^{key}: damaged; remove it, and the week's analysis makes it again$"):
        own.week(MONDAYS[3]).report()


def _left(key: str) -> Callable[[World], bool]:
    return lambda world: world.store.head(key) is not None


MOMENTS = {
    "before the first step is whole": lambda world: (world.home / "weekly" / f"{LAST}.lock").exists(),
    "after the candidates": _left(week_step_key(LAST, "candidates")),
    "after the labels": _left(week_step_key(LAST, "l2_evidence")),
    "within the findings": _left(f"tables/session_labels/week={LAST}/part.parquet"),
    "with a frozen file": lambda world: (world.home / "weekly" / f"{LAST}.duckdb").exists(),
    "between books and result": _left(f"tables/finding_weeks/week={LAST}/part.parquet"),
    "after the verified findings": _left(week_step_key(LAST, "verified_findings")),
    "within the report": _left(report_key(LAST, "report.json")),
}
QUICK = ("between books and result",)


@pytest.mark.parametrize(
    "moment", [pytest.param(name, marks=[] if name in QUICK else [pytest.mark.slow]) for name in MOMENTS]
)
def test_a_killed_command_goes_on_and_leaves_what_an_undisturbed_one_does(
    three: World, made: World, tmp_path: Path, moment: str
) -> None:
    world = copied(three, tmp_path)
    variables = {
        "SESSIONS_HOME": str(world.home), "SESSIONS_START_DATE": "2026-10-01", "SESSIONS_REDACTION_KEY": KEY,
        "LANGFUSE_HOST": "", "SESSIONS_OUTCOME_SCORES": "success,resolved,task_success",
    }  # fmt: skip
    with start_command(variables, "weekly", "--week", LAST) as running:
        try:
            deadline = time.monotonic() + 120
            while running.poll() is None and time.monotonic() < deadline and not MOMENTS[moment](world):
                time.sleep(0.01)
        finally:
            running.kill()
    assert running.returncode == -signal.SIGKILL, "it ended before it was killed"
    world.week(MONDAYS[3]).report()
    assert world.bytes_left() == made.bytes_left()
    assert not list((world.home / "weekly").glob("*.duckdb")) + list((world.home / "weekly").glob("*.partial"))
