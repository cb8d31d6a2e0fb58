"""Stage tables: facts and day marts of a date as Parquet, and whether the date is whole (data_health)."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from sessions_platform.assets import described, shown, staged
from sessions_platform.assets.steps import FRESH, Materialized, RunOptions, Stopwatch, explained, table
from sessions_platform.errors import CheckFailed
from sessions_platform.resources.platform import StoreResource, WarehouseResource, WorkspaceResource

FACTS = "session_tables"
LOADED = "tables_hold_every_session"
HEALTH = "data_health"
MARTS = ("tool_success_rates", "interaction_matrix", "agent_activity", "daily_metrics")


def table_assets(partitions: dg.PartitionsDefinition[str]) -> list[Any]:
    """The assets `session_tables`, the day marts and `data_health`."""
    return [_facts(partitions), _marts(partitions), _health(partitions)]


def _facts(partitions: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=FACTS,
        specs=[
            dg.AssetSpec(
                FACTS,
                deps=[staged.NAME],
                group_name="tables",
                kinds={"parquet"},
                partitions_def=partitions,
                description=described.fact_description(),
                metadata=described.fact_metadata(),
            )
        ],
        check_specs=[
            dg.AssetCheckSpec(
                LOADED,
                asset=FACTS,
                blocking=True,
                description="The tables hold every session and row of the manifest. Runs before they are put in place.",
            )
        ],
        partitions_def=partitions,
    )
    def session_tables(
        context: dg.AssetExecutionContext,
        config: RunOptions,
        store: dg.ResourceParam[StoreResource],
        workspace: dg.ResourceParam[WorkspaceResource],
    ) -> Iterator[Materialized | dg.AssetCheckResult]:
        from sessions_platform.loading import load_date

        watch, date = Stopwatch(), context.partition_key
        with explained():
            try:
                report = load_date(store.open(date), date, force=config.force, progress=workspace.progress(FACTS, date))
            except CheckFailed as failure:
                yield dg.AssetCheckResult(passed=False, check_name=LOADED, asset_key=FACTS, description=str(failure))
                raise
        yield dg.MaterializeResult(
            asset_key=FACTS,
            metadata={
                "dagster/partition_row_count": sum(report.rows.values()),
                **report.rows,
                "figures": table(report.rows, ("table", "rows")),
                "bytes": report.bytes_written,
                "seconds": watch.seconds,
                "unchanged": report.unchanged,
            },
            check_results=[dg.AssetCheckResult(passed=True, check_name=LOADED, asset_key=FACTS, metadata=report.rows)],
        )

    return session_tables


def _marts(partitions: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name="day_marts",
        specs=[
            dg.AssetSpec(
                name,
                deps=[FACTS],
                group_name="tables",
                kinds={"parquet", "sql"},
                partitions_def=partitions,
                description=described.mart_description(name),
                metadata=described.table_metadata(name),
                skippable=True,
                freshness_policy=FRESH,
            )
            for name in MARTS
        ],
        partitions_def=partitions,
        can_subset=True,
    )
    def day_marts(
        context: dg.AssetExecutionContext,
        store: dg.ResourceParam[StoreResource],
        warehouse: dg.ResourceParam[WarehouseResource],
    ) -> Iterator[Materialized]:
        watch, date = Stopwatch(), context.partition_key
        with explained():
            opened = store.open(date)
            rows = warehouse.day_marts(opened, date)
        for name in MARTS:
            if dg.AssetKey(name) in context.selected_asset_keys:
                figures = _shown(name, opened, warehouse, date)
                yield dg.MaterializeResult(
                    asset_key=name,
                    metadata={"dagster/partition_row_count": rows[name], **figures, "seconds": watch.seconds},
                )

    return day_marts


def _shown(mart: str, store: Any, warehouse: WarehouseResource, date: str) -> dict[str, Any]:
    """What the materialization of a mart shows of its date."""
    rows = shown.mart_rows(store, mart, date)
    if mart == "daily_metrics":
        return shown.daily_metrics(rows, shown.days_until(warehouse.analytics(), date))
    return shown.OF_MART[mart](rows)


def _health(partitions: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    @dg.asset(
        name=HEALTH,
        deps=[FACTS, *MARTS],
        group_name="tables",
        kinds={"parquet"},
        partitions_def=partitions,
        freshness_policy=FRESH,
        description=described.health_description(),
        metadata=described.table_metadata(HEALTH),
    )
    def data_health(context: dg.AssetExecutionContext, store: dg.ResourceParam[StoreResource]) -> Materialized:
        from sessions_platform.health import write_health

        watch = Stopwatch()
        with explained():
            health = write_health(store.open(context.partition_key), context.partition_key)
        known = {name: value for name, value in health.items() if value is not None}
        return dg.MaterializeResult(metadata={**known, "seconds": watch.seconds})

    return data_health
