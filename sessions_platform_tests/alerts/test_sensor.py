"""The sensor and the job as Dagster runs them: a look for each version of dates and rules, and what it leaves."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from sessions_platform import automation
from sessions_platform.alerts.rules import BrokenRule
from sessions_platform.analytics import SessionAnalytics
from sessions_platform.assets.alerts import JOB
from sessions_platform.definitions import build_defs
from sessions_platform.resources.object_store import open_store
from sessions_platform.settings import Settings
from sessions_platform_tests.alerts.test_watch import TOOLS, day, events
from sessions_platform_tests.alerts.worlds import home, rules_of, webhook


class Daemon:
    """Ticks of the sensor, and the runs that it asks for, over an instance of its own; as the daemon does it."""

    def __init__(self, settings: Settings, instance: dg.DagsterInstance) -> None:
        self.defs, self.instance = build_defs(settings), instance
        self.repository = self.defs.get_repository_def()
        self.sensor = self.repository.get_sensor_def(automation.ALERTS_SENSOR)
        self.cursor: str | None = None

    def tick(self) -> Any:
        """One tick: the request, or why there is none."""
        with dg.build_sensor_context(
            instance=self.instance, cursor=self.cursor, repository_def=self.repository
        ) as context:
            data = self.sensor.evaluate_tick(context)
        self.cursor = data.cursor or self.cursor
        return (data.run_requests or [None])[0] or data.skip_message

    def tick_and_run(self) -> dg.ExecuteInProcessResult:
        """One tick, and the run that it asks for."""
        asked = self.tick()
        assert isinstance(asked, dg.RunRequest), asked
        return self.defs.resolve_job_def(JOB).execute_in_process(instance=self.instance)


@contextmanager
def daemon(settings: Settings) -> Iterator[Daemon]:
    with dg.instance_for_test() as instance:
        yield Daemon(settings, instance)


def test_the_sensor_is_on_and_starts_the_alerts_job(tmp_path: Path) -> None:
    with daemon(home(tmp_path, rules_of(TOOLS))) as made:
        assert made.sensor.default_status is dg.DefaultSensorStatus.RUNNING
        assert made.sensor.job_name == JOB
        assert "nothing is published yet" in made.tick()


def test_a_crossing_goes_from_the_data_through_sensor_and_job_to_table_and_webhook_once(tmp_path: Path) -> None:
    with webhook() as hook:
        settings = home(tmp_path, rules_of(TOOLS), sessions_webhook_url=hook.url)
        day(settings, 0, 0, 10)
        with daemon(settings) as made:
            result = made.tick_and_run()
            assert result.success and len(hook.texts) == 1
            assert events(settings) == [("2026-11-02", "fired", 0.0, 10, "posted", True)]
            # Publishing the table made another data version, which is no reason to look again.
            assert "those of the last look" in made.tick()
            day(settings, 1, 10, 0)
            made.tick_and_run()
            assert ["fired" in text for text in hook.texts] == [True, False]
            told = json.dumps([str(event) for event in result.all_events])
            assert "hush" not in told and "kubectl" in told


def test_the_job_without_the_sensor_changes_nothing_a_second_time(tmp_path: Path) -> None:
    settings = home(tmp_path, rules_of(TOOLS))
    day(settings, 0, 0, 10)
    with daemon(settings) as made:
        for _ in range(2):
            assert made.defs.resolve_job_def(JOB).execute_in_process(instance=made.instance).success
    assert [row[1] for row in events(settings)] == ["fired"]
    part = open_store(settings.store_url).head("tables/alerts/date=2026-11-02/part.parquet")
    assert part is not None and part.size > 0


def test_other_rules_are_a_reason_to_look_and_a_broken_one_fails_the_tick_by_name(tmp_path: Path) -> None:
    settings = home(tmp_path, rules_of(TOOLS))
    day(settings, 0, 0, 10)
    with daemon(settings) as made:
        assert isinstance(made.tick(), dg.RunRequest)
        home(tmp_path, rules_of(TOOLS | {"threshold": "below 0.6"}))
        assert isinstance(made.tick(), dg.RunRequest)
        home(tmp_path, rules_of(TOOLS | {"metric": "speed"}))
        with pytest.raises(BrokenRule, match=r"alerts\.yaml: rule 'kubectl <b>': metric: unknown metric 'speed'"):
            made.tick()


def test_definitions_load_whatever_stands_in_the_rules(tmp_path: Path) -> None:
    assert build_defs(home(tmp_path, "no: rules")).resolve_job_def(JOB).name == JOB


@pytest.mark.parametrize("job", [automation.DAILY_JOB, "__ASSET_JOB"])
def test_while_days_are_loaded_the_sensor_waits_but_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, job: str
) -> None:
    settings = home(tmp_path, rules_of(TOOLS))
    day(settings, 0, 0, 10)
    with daemon(settings) as made:
        made.instance.add_run(dg.DagsterRun(job_name=job, run_id="loading", status=dg.DagsterRunStatus.STARTED))
        assert made.tick() == made.tick() == "days are being loaded"
        monkeypatch.setattr(automation, "LOADING_HOLDS", timedelta(0))
        assert isinstance(made.tick(), dg.RunRequest)
        assert "those of the last look" in made.tick()


def test_what_waits_to_be_posted_is_a_reason_to_look_once_an_hour(tmp_path: Path) -> None:
    with webhook() as hook:
        settings = home(tmp_path, rules_of(TOOLS), sessions_webhook_url=hook.url)
        day(settings, 0, 0, 10)
        hook.answers = [404]
        with daemon(settings) as made:
            assert made.tick_and_run().success
        analytics = SessionAnalytics(settings.database)
        keys = [
            automation.look_key(analytics, settings, datetime(2026, 11, 20, hour, minute, tzinfo=UTC))
            for hour, minute in ((13, 0), (13, 59), (14, 0))
        ]
        assert keys[0] == keys[1] != keys[2]
        unset = home(tmp_path)
        assert (
            len({automation.look_key(analytics, unset, datetime(2026, 11, 20, h, tzinfo=UTC)) for h in (13, 14)}) == 1
        )


def test_a_date_that_becomes_overdue_is_a_reason_to_look_where_a_rule_counts_them(tmp_path: Path) -> None:
    missing = {"name": "missing", "metric": "days_missing", "window": "7d", "threshold": "above 0"}
    settings = home(tmp_path, rules_of(missing))
    day(settings, 0, 1, 0)
    analytics = SessionAnalytics(settings.database)
    keys = [
        automation.look_key(analytics, settings, datetime(2026, 11, 4, hour, tzinfo=UTC)) for hour in (1, 11, 12, 23)
    ]
    assert keys[0] == keys[1] != keys[2] == keys[3]
