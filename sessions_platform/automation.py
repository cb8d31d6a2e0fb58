"""Jobs, schedules and sensors. Which assets there are is not decided here."""

from typing import Any

import dagster as dg

DAILY_JOB = "daily_sessions"


def daily_job(partitions: dg.PartitionsDefinition[str]) -> Any:
    """Every daily asset of one UTC date, in one process: a subprocess step would cost three seconds."""
    groups = ("raw", "staged", "tables", "analytics")
    return dg.define_asset_job(
        DAILY_JOB,
        selection=dg.AssetSelection.groups(*groups),
        executor_def=dg.in_process_executor,
        description="One UTC date from Langfuse to the analytics file.",
    )
