"""The only assembly: `build_defs` puts assets, resources and jobs together; `defs` is what Dagster loads."""

from typing import Any

import dagster as dg

from sessions_platform.assets import all_assets
from sessions_platform.assets.alerts import alerts_job
from sessions_platform.assets.maintenance import maintenance_job
from sessions_platform.automation import (
    alerts_sensor,
    daily_job,
    daily_schedule,
    maintenance_schedule,
    weekly_job,
    weekly_sensor,
)
from sessions_platform.partitions import daily, weekly
from sessions_platform.resources.platform import ProgressSink, resources
from sessions_platform.settings import Settings, load_settings


def build_defs(
    settings: Settings | None = None,
    *,
    sink: ProgressSink | None = None,
    resource_overrides: dict[str, Any] | None = None,
) -> dg.Definitions:
    """Fresh definitions. `settings` None: the environment's, read anew at each step; `sink` shows progress."""
    start = (settings or load_settings()).sessions_start_date
    return dg.Definitions(
        assets=all_assets(daily(start), weekly(start)),
        jobs=[daily_job(), weekly_job(), maintenance_job(), alerts_job()],
        schedules=[daily_schedule(settings), maintenance_schedule(settings)],
        sensors=[weekly_sensor(settings), alerts_sensor(settings)],
        resources={**resources(settings, sink=sink), **(resource_overrides or {})},
        executor=dg.in_process_executor,
    )


defs = build_defs()
