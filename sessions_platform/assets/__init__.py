"""Dagster glue, one file a stage. Data flows one way:

    Langfuse -> raw -> staged -> {openviking, tables} -> analytics -> weekly

    raw        raw_sessions          rows of a UTC date, redacted, in hourly slices
    staged     staged_sessions       one JSON a session, with a manifest
    openviking openviking_commits    sessions in the context index; nothing waits for it
    tables     session_tables        facts of a date as Parquet; day marts beside them
    analytics  analytics_database    the DuckDB file that analysts open
    weekly     week_facts ... weekly_report   the analysis of an ISO week, step by step, and its report

A body reads, calls a function of the domain, writes, and returns figures worth looking at; logic is not kept here.
"""

from typing import Any

from sessions_platform.assets.analytics import analytics_assets
from sessions_platform.assets.commits import commit_assets
from sessions_platform.assets.raw import raw_assets
from sessions_platform.assets.staged import staged_assets
from sessions_platform.assets.tables import table_assets
from sessions_platform.assets.weekly import weekly_assets


def all_assets(partitions: Any, weeks: Any) -> list[Any]:
    """Every asset, on calendars of days and of weeks."""
    return [
        *raw_assets(partitions),
        *staged_assets(partitions),
        *commit_assets(partitions),
        *table_assets(partitions),
        *analytics_assets(partitions),
        *weekly_assets(weeks),
    ]
