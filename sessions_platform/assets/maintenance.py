"""The job that keeps the index small and true: old transcripts out, and what belongs to no staged session.

What is old and what is an orphan is decided in `lifecycle`.
"""

from datetime import UTC, datetime
from typing import Any

import dagster as dg

from sessions_platform.assets.commits import NO_INDEX, POOL
from sessions_platform.assets.steps import explained, table
from sessions_platform.resources.platform import OpenVikingResource, StoreResource

JOB = "index_maintenance"
_NAMED = 20
"""So many names are shown."""


class MaintenanceOptions(dg.Config):
    """How to maintain. `remove`: remove orphans, not only report them; `force`: though most of the index would go."""

    remove: bool = True
    force: bool = False


def maintenance_job() -> Any:
    """The job `index_maintenance`."""

    @dg.op(
        name="maintain_index",
        pool=POOL,
        description="Transcripts older than SESSIONS_INDEX_DAYS are overwritten; sessions, memories and directories "
        "that stand in no ledger are reported and removed.",
    )
    def maintain_index(
        context: dg.OpExecutionContext,
        config: MaintenanceOptions,
        store: dg.ResourceParam[StoreResource],
        openviking: dg.ResourceParam[OpenVikingResource],
    ) -> None:
        import asyncio

        if not openviking.configured:
            context.add_output_metadata({"note": NO_INDEX})
            return
        with explained():
            found = asyncio.run(_maintain(openviking, store, config, context))
        context.add_output_metadata(found)

    @dg.job(
        name=JOB,
        executor_def=dg.in_process_executor,
        description="The context index kept small and true: see its op.",
    )
    def index_maintenance() -> None:
        maintain_index()

    return index_maintenance


async def _maintain(
    openviking: OpenVikingResource, store: StoreResource, config: MaintenanceOptions, context: dg.OpExecutionContext
) -> dict[str, Any]:
    from sessions_platform.lifecycle.orphans import counts, find_orphans, remove_orphans
    from sessions_platform.lifecycle.transcripts import expire_transcripts

    opened = store.open()
    async with openviking.client() as client:
        expired = await expire_transcripts(client, opened, openviking.settings, datetime.now(UTC))
        orphans = await find_orphans(client, opened)
        for uri in orphans.uris[:_NAMED]:
            context.log.info(f"in no ledger: {uri}")
        removed = await remove_orphans(client, opened, orphans, force=config.force) if config.remove else []
    figures = {
        "transcripts removed": sum(expired.values()),
        **{f"orphaned {kind}": count for kind, count in counts(orphans).items()},
        "orphans removed": len(removed),
    }
    return {"figures": table(figures), "orphans": orphans.uris[:_NAMED], "dates without transcripts": [*expired]}
