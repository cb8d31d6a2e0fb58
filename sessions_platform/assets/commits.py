"""Stage openviking: sessions committed to the context index and made searchable. Tables never wait for it."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from sessions_platform.assets import described, staged
from sessions_platform.assets.steps import IndexOptions, Materialized, Stopwatch, explained, table, warning
from sessions_platform.resources.platform import OpenVikingResource, StoreResource, WarehouseResource, WorkspaceResource

NAME = "openviking_commits"
VERIFIED = "sessions_verified"
POOL = "openviking"
NO_INDEX = "OPENVIKING_URL is not set: nothing is loaded into an index"
TOKENS = "index_tokens"
"""Metadata: how many tokens loading the date took."""
BUDGET_USED = "budget_used"
"""Metadata: whether sessions stayed pending because the token budget did not reach for them."""
BUDGET = "SESSIONS_INDEX_TOKEN_BUDGET"
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
                metadata=described.table_metadata(NAME),
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
        config: IndexOptions,
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
        budget = settings.sessions_index_token_budget if config.token_budget is None else config.token_budget
        with explained():
            opened = store.open(date)
            report = commit_date_sync(
                openviking.client(),
                opened,
                date,
                concurrency=settings.sessions_model_concurrency,
                force=config.force,
                progress=workspace.progress(NAME, date),
                options=CommitOptions.of(settings, budget),
            )
            warehouse.publisher(opened).publish([date])
        yield _result(report, watch)

    return [openviking_commits]


def _result(report: Any, watch: Stopwatch) -> Materialized:
    left = report.failed + report.pending
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
    return dg.MaterializeResult(
        asset_key=NAME,
        metadata={
            "dagster/partition_row_count": report.sessions - left,
            "figures": table(figures),
            TOKENS: report.index_tokens,
            BUDGET_USED: _budget_used(report),
            "seconds": watch.seconds,
        },
        check_results=[warning(VERIFIED, NAME, not left, _left_out(report))],
    )


def _budget_used(report: Any) -> bool:
    return report.pending > 0 and BUDGET in report.stopped


def _left_out(report: Any) -> str:
    """How many sessions are not in the index, and why."""
    left = report.failed + report.pending
    reasons = [f"{report.failed} failed, {reason}" for reason in list(report.reasons.values())[:1]]
    if _budget_used(report):
        reasons.append(
            f"{report.pending} stay pending, as the run's {BUDGET} is used up: raise it, or run the date again"
        )
    elif report.stopped:
        reasons.append(report.stopped)
    return f"{left} of {report.sessions} sessions are not in the index: {'; '.join(reasons) or 'not their turn yet'}"
