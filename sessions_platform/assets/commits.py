"""Stage openviking: sessions committed to the context index and made searchable. Tables never wait for it."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from sessions_platform.assets import staged
from sessions_platform.assets.steps import Materialized, RunOptions, Stopwatch, explained, table, warning
from sessions_platform.resources.platform import OpenVikingResource, StoreResource, WarehouseResource, WorkspaceResource

NAME = "openviking_commits"
VERIFIED = "sessions_verified"
POOL = "openviking"
NO_INDEX = "OPENVIKING_URL is not set: nothing is loaded into an index"
LAST = {"dagster/priority": "-10"}
"""In a run with tables, the index comes after them."""


def commit_assets(partitions: dg.PartitionsDefinition[str]) -> list[Any]:
    """The asset `openviking_commits`."""

    @dg.multi_asset(
        name=NAME,
        specs=[
            dg.AssetSpec(
                NAME,
                deps=[staged.NAME],
                group_name="openviking",
                kinds={"openviking"},
                partitions_def=partitions,
                description="Each session of a date in OpenViking: committed, and as a directory with a short digest "
                "that is searched by meaning (L0 a sentence, L1 an overview). What stands there is in "
                "`commits/date=D/ledger.json`; what could not be loaded is pending or failed, with the reason, and "
                "loaded by the next run.",
            )
        ],
        check_specs=[dg.AssetCheckSpec(VERIFIED, asset=NAME, description="Every session was loaded and read back.")],
        partitions_def=partitions,
        pool=POOL,
        op_tags=LAST,
    )
    def openviking_commits(
        context: dg.AssetExecutionContext,
        config: RunOptions,
        store: dg.ResourceParam[StoreResource],
        openviking: dg.ResourceParam[OpenVikingResource],
        warehouse: dg.ResourceParam[WarehouseResource],
        workspace: dg.ResourceParam[WorkspaceResource],
    ) -> Iterator[Materialized | dg.AssetCheckResult]:
        from sessions_platform.indexing import CommitOptions, commit_date_sync

        if not openviking.configured:
            # A partition that is skipped makes a backfill of all assets look failed; what stands in the index is said
            # by the ledger, never by "materialized".
            check = dg.AssetCheckResult(passed=True, check_name=VERIFIED, asset_key=NAME, description=NO_INDEX)
            yield dg.MaterializeResult(asset_key=NAME, metadata={"note": NO_INDEX}, check_results=[check])
            return
        watch, date, settings = Stopwatch(), context.partition_key, openviking.settings
        with explained():
            opened = store.open(date)
            report = commit_date_sync(
                openviking.client(),
                opened,
                date,
                concurrency=settings.sessions_model_concurrency,
                force=config.force,
                progress=workspace.progress(NAME, date),
                options=CommitOptions(
                    memories=settings.memories,
                    outcome_scores=settings.sessions_outcome_scores,
                    index=settings.index_name,
                    token_budget=settings.sessions_index_token_budget,
                    check_present=True,
                ),
            )
            warehouse.publisher(opened).publish([date])
        yield _result(report, watch)

    return [openviking_commits]


def _result(report: Any, watch: Stopwatch) -> Materialized:
    left = report.failed + report.pending
    reason = report.stopped or next(iter(report.reasons.values()), "")
    figures = {
        "sessions": report.sessions,
        "loaded now": report.verified,
        "unchanged": report.unchanged,
        "failed": report.failed,
        "pending": report.pending,
        "removed": report.removed,
        "model tokens": report.index_tokens,
        "requests": report.requests,
    }
    check = warning(VERIFIED, NAME, not left, f"{left} of {report.sessions} sessions are not in the index: {reason}")
    return dg.MaterializeResult(
        asset_key=NAME,
        metadata={
            "dagster/partition_row_count": report.sessions - left,
            "figures": table(figures),
            "seconds": watch.seconds,
        },
        check_results=[check],
    )
