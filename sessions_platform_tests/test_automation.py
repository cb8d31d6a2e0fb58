"""Schedule and sensor: which dates and weeks are asked for, and how often."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import dagster as dg
import pytest

from sessions_platform import automation
from sessions_platform.automation import schedule_dates, weekly_sensor, weeks_to_run
from sessions_platform.definitions import build_defs
from sessions_platform.partitions import days, week_dates, week_name, weekly
from sessions_platform.settings import load_settings

MONDAY = date(2026, 11, 2)
FRIDAY_AFTER = datetime(2026, 11, 13, 5, 0, tzinfo=UTC)


def health(monday: date = MONDAY, **red: bool) -> dict[str, bool]:
    return {day: True for day in week_dates(monday)} | {key.replace("_", "-")[1:]: value for key, value in red.items()}


def test_the_schedule_asks_for_yesterday_and_the_days_that_may_have_changed():
    settings = load_settings(sessions_lookback_days=3)
    assert schedule_dates(datetime(2026, 11, 20, 4, tzinfo=UTC), settings) == days(
        date(2026, 11, 16), date(2026, 11, 19)
    )


def test_the_schedule_asks_for_nothing_before_the_first_partition():
    settings = load_settings(sessions_lookback_days=10, sessions_start_date=date(2026, 11, 18))
    assert schedule_dates(datetime(2026, 11, 20, 4, tzinfo=UTC), settings) == ["2026-11-18", "2026-11-19"]


def test_a_tick_at_four_requests_one_run_a_date_newest_first_and_is_on_by_default():
    repository = build_defs(load_settings(sessions_lookback_days=2)).get_repository_def()
    schedule = repository.get_schedule_def(automation.DAILY_SCHEDULE)
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 4 * * *", "UTC")
    four = datetime(2026, 11, 20, 4, tzinfo=UTC)
    with dg.build_schedule_context(scheduled_execution_time=four, repository_def=repository) as context:
        requests = schedule.evaluate_tick(context).run_requests or []
    assert [one.partition_key for one in requests] == ["2026-11-19", "2026-11-18", "2026-11-17"]
    assert len({one.run_key for one in requests}) == 3


def test_a_week_is_ready_when_its_seven_days_are_complete():
    assert weeks_to_run(health(), FRIDAY_AFTER) == ["2026-11-02"]
    six = {day: True for day in week_dates(MONDAY)[:6]}
    assert weeks_to_run(six, FRIDAY_AFTER) == []


def test_a_week_that_is_not_over_waits():
    assert weeks_to_run(health(), datetime(2026, 11, 8, 23, 59, tzinfo=UTC)) == []
    assert weeks_to_run(health(), datetime(2026, 11, 9, 0, 0, tzinfo=UTC)) == ["2026-11-02"]


def test_a_red_day_holds_its_week_for_two_days():
    red = health(_2026_11_05=False)
    assert weeks_to_run(red, datetime(2026, 11, 10, 23, 59, tzinfo=UTC)) == []
    assert weeks_to_run(red, datetime(2026, 11, 11, 0, 0, tzinfo=UTC)) == ["2026-11-02"]


def test_a_day_that_was_never_extracted_holds_its_week_for_good():
    gone = health()
    del gone["2026-11-05"]
    assert weeks_to_run(gone, FRIDAY_AFTER + timedelta(days=300)) == []


class Rows:
    """The published file's health, as the sensor reads it."""

    def __init__(self, found: dict[str, bool]) -> None:
        self.found = found

    def records(self, _sql: str) -> list[dict[str, Any]]:
        return [{"date": day, "complete": complete} for day, complete in self.found.items()]


@pytest.fixture
def published(monkeypatch):
    rows = Rows({})
    monkeypatch.setattr("sessions_platform.analytics.SessionAnalytics", lambda path: rows)
    return rows


def tick(sensor: dg.SensorDefinition, cursor: str | None) -> tuple[list[str], str | None]:
    repository = build_defs(load_settings()).get_repository_def()
    with (
        dg.instance_for_test() as instance,
        dg.build_sensor_context(instance=instance, cursor=cursor, repository_def=repository) as context,
    ):
        data = sensor.evaluate_tick(context)
        return [str(one.run_key) for one in data.run_requests or []], data.cursor or cursor


def test_the_sensor_asks_for_each_week_once_two_a_tick_also_for_weeks_from_before_it_was_on(published):
    sensor = weekly_sensor(load_settings())
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
    for back in range(5):
        published.found |= health(MONDAY - timedelta(days=7 * back))
    asked, cursor = tick(sensor, None)
    assert asked == ["2026-W45", "2026-W44"]
    asked, cursor = tick(sensor, cursor)
    assert asked == ["2026-W43", "2026-W42"]
    asked, cursor = tick(sensor, cursor)
    assert asked == ["2026-W41"]
    asked, cursor = tick(sensor, cursor)
    assert asked == []
    published.found |= health(MONDAY + timedelta(days=7))
    assert tick(sensor, cursor)[0] == ["2026-W46"]


def test_the_sensor_waits_where_nothing_is_published(tmp_path):
    sensor = weekly_sensor(load_settings(sessions_home=tmp_path))
    with dg.instance_for_test() as instance, dg.build_sensor_context(instance=instance) as context:
        data = sensor.evaluate_tick(context)
    assert not data.run_requests and "nothing is published yet" in str(data.skip_message)


def test_weeks_begin_on_monday_and_are_named_by_iso():
    assert week_name(date(2026, 11, 2)) == "2026-W45"
    assert week_name(date(2025, 12, 29)) == "2026-W01"
    keys = weekly(date(2026, 10, 14)).get_partition_keys(current_time=datetime(2026, 11, 20, tzinfo=UTC))
    assert keys[0] == "2026-10-12" and keys[-1] == "2026-11-09"


def test_the_hold_is_two_days():
    assert timedelta(hours=48) == automation.RED_DAY_HOLDS
