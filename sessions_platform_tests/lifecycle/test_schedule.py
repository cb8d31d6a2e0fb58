"""The maintenance schedule: when it asks for its job, and when it says why it does not."""

from datetime import UTC, datetime
from typing import Any

import dagster as dg

from sessions_platform.automation import MAINTENANCE_SCHEDULE
from sessions_platform.definitions import build_defs
from sessions_platform.settings import load_settings

SUNDAY = datetime(2026, 11, 22, 5, tzinfo=UTC)


def tick(url: str) -> Any:
    repository = build_defs(load_settings(openviking_url=url)).get_repository_def()
    schedule = repository.get_schedule_def(MAINTENANCE_SCHEDULE)
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 5 * * 0", "UTC")
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    with dg.build_schedule_context(scheduled_execution_time=SUNDAY, repository_def=repository) as context:
        return schedule.evaluate_tick(context)


def test_sundays_at_five_the_index_is_maintained_once() -> None:
    assert [one.run_key for one in tick("http://127.0.0.1:1933").run_requests or []] == ["2026-11-22"]


def test_without_an_index_the_schedule_says_so() -> None:
    asked = tick("")
    assert not asked.run_requests and "OPENVIKING_URL is not set" in (asked.skip_message or "")
