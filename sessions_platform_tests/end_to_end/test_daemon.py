"""Backfills, schedule and sensor on the real webserver and daemon, asked for over GraphQL as the UI does.

What is observed in two days is observed once and asserted in parts; two weeks and the weekly sensor are in test-slow.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sessions_platform.demo.dataset import Dataset
from sessions_platform.demo.generator import Corpus, generate
from sessions_platform.demo.server import LangfuseServer, ServerOptions
from sessions_platform_tests.end_to_end.daemon import Deployment, Run, most_at_once, speaks_of_a_lock, utc
from sessions_platform_tests.end_to_end.support import counts, days_between, installation, one

SEED = 23
A_DAY = 4
WEEKS = ("2026-11-02", "2026-11-09")
FORTNIGHT = [str(day) for day in days_between("2026-11-02", "2026-11-15")]
TWO_DAYS = FORTNIGHT[4:6]
RESTATED = FORTNIGHT[2]
# Two days take a minute on two shared cores, half of it starts of processes.
pytestmark = pytest.mark.timeout(500)


def corpus_of(days: list[str]) -> Corpus:
    return generate(SEED, days_between(days[0], days[-1]), A_DAY)


def published(home: Path) -> dict[str, bool]:
    """Dates of the published file, and whether they are complete."""
    with duckdb.connect(str(home / "analytics.duckdb"), read_only=True) as con:
        return counts(con, "SELECT date::VARCHAR, complete FROM data_health ORDER BY 1")


def calls(home: Path, day: str) -> tuple[int, int]:
    """Tool calls of a date, and how many of them failed, in the published file."""
    sql = "SELECT {} FROM tool_calls WHERE date = ?"
    with duckdb.connect(str(home / "analytics.duckdb"), read_only=True) as con:
        return one(con, sql.format("count(*)"), day), one(con, sql.format("count_if(NOT success)"), day)


def observe(home: Path) -> dict[str, Any]:
    """Two days through webserver and daemon, then a run with keys that are wrong: all that tests ask about."""
    corpus = corpus_of(TWO_DAYS)
    with LangfuseServer(Dataset(corpus.observations, corpus.scores)) as server:
        variables = installation(server, home)
        with Deployment(variables) as platform:
            backfill = platform.backfill(TWO_DAYS)
            platform.start_daemon()
            states = platform.states()
            four = platform.dry_tick(utc("2026-11-20T04:00"))
            early = platform.dry_tick(utc("2026-10-03T04:00"))
            runs = platform.finished_runs(len(TWO_DAYS), 240, backfill=backfill)
            # The keys of the installation are now those of somebody else.
            server.options = ServerOptions(secret_key="sk-lf-renewed")
            refused = platform.launch(TWO_DAYS[0], ["raw_sessions"])
            observed = {
                "backfill": platform.finished_backfill(backfill, 120),
                "runs": [asdict(run) for run in runs],
                "states": states,
                "ticks": {"four": four, "early": early},
                "published": published(home),
                "refused": asdict(refused),
                "refusal": platform.events(refused),
                "sensor": platform.weekly_ticks(),
                "unhealthy": platform.unhealthy(),
                "locks": platform.lock_errors(),
                "logged": [run.id for run in runs if run.id in platform.log()],
                "url": server.url,
                "secret_logged": variables["LANGFUSE_SECRET_KEY"] in platform.log(),
            }
        return observed | {"left": platform.left()}


@pytest.fixture(scope="module")
def two_days(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `observe` saw, once for all of xdist's workers."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    seen = base / "daemon.json"
    with (base / "daemon.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not seen.exists():
            seen.write_text(json.dumps(observe(base / "daemon")), encoding="utf-8")
    observed: dict[str, Any] = json.loads(seen.read_text(encoding="utf-8"))
    return observed


@pytest.mark.parametrize(
    ("times", "most"), [([(0, 2), (2, 4)], 1), ([(0, 2), (1, 4), (2, 5)], 2), ([(0, 9), (1, 3), (2, 4)], 3)]
)
def test_runs_that_overlap_are_counted_from_launch_to_end(times: list[tuple[float, float]], most: int) -> None:
    assert most_at_once(Run("", "", "SUCCESS", "", *bounds) for bounds in times) == most


def test_errors_of_both_databases_are_lock_errors_and_blocking_checks_are_not() -> None:
    duckdb_says = 'IO Error: Could not set lock on file "a.duckdb": Conflicting lock is held in python3.11'
    assert speaks_of_a_lock(duckdb_says)
    assert speaks_of_a_lock("(sqlite3.OperationalError) database is locked")
    assert not speaks_of_a_lock("blocking check passed; step is blocked by the pool")


def test_a_backfill_of_two_days_completes_on_the_daemon_without_a_lock_error(two_days: dict[str, Any]) -> None:
    runs = [Run(**run) for run in two_days["runs"]]
    assert sorted((run.partition, run.status) for run in runs) == [(day, "SUCCESS") for day in TWO_DAYS]
    assert two_days["backfill"] == "COMPLETED_SUCCESS"
    assert most_at_once(runs) <= 2
    assert two_days["published"] == dict.fromkeys(TWO_DAYS, True)
    assert two_days["locks"] == []
    # The logs that were searched are those in which the runs speak.
    assert len(two_days["logged"]) == 2


def test_daemons_are_well_and_nothing_is_left_of_them(two_days: dict[str, Any]) -> None:
    assert two_days["unhealthy"] == []
    assert two_days["left"] == {}


def test_schedule_and_sensor_are_on_by_default(two_days: dict[str, Any]) -> None:
    names = ("alerts", "daily_sessions_schedule", "index_maintenance_schedule", "weekly_when_complete")
    assert two_days["states"] == dict.fromkeys(names, "RUNNING")


def test_the_tick_at_four_requests_yesterday_and_the_three_days_before_it(two_days: dict[str, Any]) -> None:
    assert two_days["ticks"]["four"] == ["2026-11-19", "2026-11-18", "2026-11-17", "2026-11-16"]
    # SESSIONS_START_DATE is 2026-10-01.
    assert two_days["ticks"]["early"] == ["2026-10-02", "2026-10-01"]


def test_the_sensor_looks_and_starts_nothing_while_no_week_is_complete(two_days: dict[str, Any]) -> None:
    assert {tick["status"] for tick in two_days["sensor"]} == {"SKIPPED"}


def test_the_failed_step_of_a_run_with_wrong_keys_shows_our_one_line(two_days: dict[str, Any]) -> None:
    assert two_days["refused"]["status"] == "FAILURE"
    failures = [event for event in two_days["refusal"] if event.get("eventType") == "STEP_FAILURE"]
    assert [event["stepKey"] for event in failures] == ["raw_sessions"]
    # The key is wrong for good: no attempt was made again.
    assert not [event for event in two_days["refusal"] if event.get("eventType") == "STEP_UP_FOR_RETRY"]
    line = failures[0]["error"]["message"].strip()
    start = f"LANGFUSE_HOST={two_days['url']} does not accept LANGFUSE_PUBLIC_KEY / LANGFUSE_SECRET_KEY"
    assert line.startswith(f"dagster._core.definitions.events.Failure: {start}")
    assert "\n" not in line
    assert failures[0]["failureMetadata"]["description"] == line.partition("Failure: ")[2]
    assert ServerOptions().secret_key not in json.dumps(two_days["refusal"])
    assert not two_days["secret_logged"]


@dataclass
class Fortnight:
    """Two weeks under way: the server whose rows may change, the deployment, and the backfill asked for."""

    server: LangfuseServer
    corpus: Corpus
    platform: Deployment
    backfill: str

    def weekly_runs(self) -> list[Run]:
        """Runs of the weekly job, by week."""
        return sorted(self.platform.runs(job="weekly_analysis"), key=lambda run: run.partition)

    def both_weeks(self) -> list[Run]:
        """The weekly runs, when there are two and they have ended."""

        def ended() -> list[Run] | None:
            runs = self.weekly_runs()
            return runs if len(runs) >= 2 and all(run.ended < float("inf") for run in runs) else None

        return self.platform.wait_for("two weekly runs", ended, 300)


@pytest.fixture(scope="module")
def fortnight(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fortnight]:
    home = tmp_path_factory.mktemp("fortnight")
    corpus = corpus_of(FORTNIGHT)
    with LangfuseServer(Dataset(corpus.observations, corpus.scores)) as server:
        with Deployment(installation(server, home)) as platform:
            backfill = platform.backfill(FORTNIGHT)
            platform.start_daemon()
            yield Fortnight(server, corpus, platform, backfill)
        assert platform.left() == {}


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_a_backfill_of_two_weeks_completes_two_runs_at_a_time_without_a_lock_error(fortnight: Fortnight) -> None:
    platform = fortnight.platform
    assert platform.finished_backfill(fortnight.backfill, 1200) == "COMPLETED_SUCCESS"
    runs = platform.runs(backfill=fortnight.backfill)
    assert sorted((run.partition, run.status) for run in runs) == [(day, "SUCCESS") for day in FORTNIGHT]
    assert most_at_once(platform.runs()) == 2
    assert published(platform.home) == dict.fromkeys(FORTNIGHT, True)
    assert platform.lock_errors() == []
    assert platform.unhealthy() == []


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_the_sensor_starts_one_weekly_run_for_each_week_that_the_backfill_completed(fortnight: Fortnight) -> None:
    runs = fortnight.both_weeks()
    assert [(run.partition, run.status) for run in runs] == [(week, "SUCCESS") for week in WEEKS]
    asked = [key for tick in fortnight.platform.weekly_ticks() for key in tick["runKeys"]]
    assert sorted(asked) == ["2026-W45", "2026-W46"]
    for week in asked:
        folder = fortnight.platform.home / "store" / "reports" / f"week={week}"
        assert week in (folder / "report.md").read_text(encoding="utf-8")
        report = json.loads((folder / "report.json").read_bytes())
        assert (report["week"], report["facts"]["missing_dates"], report["dropped"]) == (week, [], {})


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_a_restated_day_starts_no_further_weekly_run(fortnight: Fortnight) -> None:
    platform, before = fortnight.platform, fortnight.both_weeks()
    had = calls(platform.home, RESTATED)
    rows = fortnight.corpus.observations
    late = deepcopy(next(row for row in rows if row["type"] == "TOOL" and row["startTime"].startswith(RESTATED)))
    fortnight.server.dataset.add([late | {"id": "late-row", "level": "ERROR"}])
    restating = platform.launch(RESTATED)
    assert restating.status == "SUCCESS"
    assert calls(platform.home, RESTATED) == (had[0] + 1, had[1] + 1)

    def looked_twice() -> list[dict[str, Any]] | None:
        ticks = platform.weekly_ticks(since=restating.ended)
        return ticks if len(ticks) >= 2 else None

    ticks = platform.wait_for("two looks of the sensor", looked_twice, 240)
    assert [(tick["status"], tick["runKeys"]) for tick in ticks] == [("SKIPPED", [])] * len(ticks)
    assert fortnight.weekly_runs() == before
    assert platform.lock_errors() == []
