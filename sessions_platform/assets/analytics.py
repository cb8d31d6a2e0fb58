"""Stage analytics: the DuckDB file that analysts open, replaced whole, never blocking a reader."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from sessions_platform.assets import described, shown, tables
from sessions_platform.assets.steps import FRESH, Materialized, PublishOptions, Stopwatch, explained, table
from sessions_platform.resources.platform import StoreResource, WarehouseResource

NAME = "analytics_database"
PUBLISHED = "date_published"
POOL = "duckdb"


def analytics_assets(partitions: dg.PartitionsDefinition[str]) -> list[Any]:
    """The asset `analytics_database`."""

    @dg.multi_asset(
        name=NAME,
        specs=[
            dg.AssetSpec(
                NAME,
                deps=[tables.FACTS, *tables.MARTS, tables.HEALTH],
                group_name="analytics",
                kinds={"duckdb"},
                partitions_def=partitions,
                freshness_policy=FRESH,
                description=described.published_description(),
                metadata=described.published_metadata(),
            )
        ],
        check_specs=[
            dg.AssetCheckSpec(PUBLISHED, asset=NAME, blocking=True, description="The date's figures are in the file.")
        ],
        partitions_def=partitions,
        pool=POOL,
    )
    def analytics_database(
        context: dg.AssetExecutionContext,
        config: PublishOptions,
        store: dg.ResourceParam[StoreResource],
        warehouse: dg.ResourceParam[WarehouseResource],
    ) -> Iterator[Materialized]:
        watch, date = Stopwatch(), context.partition_key
        with explained():
            report = warehouse.publisher(store.open(date)).publish([date], rebuild=config.rebuild)
            days = shown.days_until(warehouse.analytics(), date)
        reason = report.skipped.get(date, "")
        check = dg.AssetCheckResult(
            passed=not reason, check_name=PUBLISHED, asset_key=NAME, description=f"{date}: {reason}" if reason else ""
        )
        phases = {name: round(seconds, 3) for name, seconds in report.seconds.items()}
        yield dg.MaterializeResult(
            asset_key=NAME,
            metadata={
                **shown.trend(days),
                "figures": table(report.rows, ("table", "rows written")),
                "phases": table(phases, ("phase", "seconds")),
                "data_version": report.data_version,
                "dates_refreshed": ", ".join(report.refreshed),
                "bytes": report.bytes,
                "seconds": watch.seconds,
                "unchanged": not report.wrote,
            },
            check_results=[check],
        )

    return [analytics_database]
