"""Stage raw: rows of a UTC date from Langfuse, redacted before the first byte is written, in hourly slices."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from sessions_platform.assets import shown
from sessions_platform.assets.steps import NETWORK_RETRY, Materialized, RunOptions, Stopwatch, explained, table, warning
from sessions_platform.errors import WouldShrink
from sessions_platform.resources.platform import LangfuseResource, RedactionResource, StoreResource, WorkspaceResource

NAME = "raw_sessions"
ANSWERS = "source_still_answers"
COMPLETE = "rows_complete"
WITH_ID = "traces_have_a_session"


def raw_assets(partitions: dg.PartitionsDefinition[str]) -> list[Any]:
    """The asset `raw_sessions`."""

    @dg.multi_asset(
        name=NAME,
        specs=[
            dg.AssetSpec(
                NAME,
                group_name="raw",
                kinds={"langfuse", "json"},
                partitions_def=partitions,
                description="Observation rows (spans) of a UTC date as Langfuse answered them, redacted.\n\n"
                "**Partition** D holds the rows that start on D, in `raw/date=D/`: a compressed JSONL object an hour, "
                "`context` with the rows of other days that complete traces cut by midnight, the scores, and "
                "`manifest.json`, written last.\n\n"
                "**Run again**, it fetches only hours whose fingerprint (rows, tokens, cost) changed, and never erases "
                "what the source no longer answers.",
            )
        ],
        check_specs=[
            dg.AssetCheckSpec(
                COMPLETE, asset=NAME, blocking=True, description="Every row that Langfuse counts is here."
            ),
            dg.AssetCheckSpec(ANSWERS, asset=NAME, description="Langfuse still answers for the whole date."),
            dg.AssetCheckSpec(WITH_ID, asset=NAME, description="Traces carry a session id."),
        ],
        partitions_def=partitions,
        retry_policy=NETWORK_RETRY,
    )
    def raw_sessions(
        context: dg.AssetExecutionContext,
        config: RunOptions,
        langfuse: dg.ResourceParam[LangfuseResource],
        store: dg.ResourceParam[StoreResource],
        redaction: dg.ResourceParam[RedactionResource],
        workspace: dg.ResourceParam[WorkspaceResource],
    ) -> Iterator[Materialized | dg.AssetCheckResult]:
        from sessions_platform.extraction import ExtractOptions, extract_date_sync

        watch, date = Stopwatch(), context.partition_key
        show = workspace.progress(NAME, date)
        with explained():
            try:
                report = extract_date_sync(
                    langfuse.client(),
                    store.open(date),
                    redaction.redactor(),
                    date,
                    options=ExtractOptions(allow_shrink=config.allow_shrink, force=config.force),
                    progress=lambda step: show(step.done, step.total),
                    now=datetime.now(UTC),
                )
            except WouldShrink as refusal:
                # The stored rows stay as they are, so the day is as whole as it was.
                context.log.warning(str(refusal))
                yield _kept(str(refusal), watch)
                return
        for text in report.warnings:
            context.log.warning(text)
        yield _result(report, watch)

    return [raw_sessions]


def _kept(reason: str, watch: Stopwatch) -> Materialized:
    checks = [
        warning(ANSWERS, NAME, False, reason),
        dg.AssetCheckResult(passed=True, check_name=COMPLETE, asset_key=NAME),
        warning(WITH_ID, NAME, True, ""),
    ]
    return dg.MaterializeResult(
        asset_key=NAME, metadata={"unchanged": True, "note": reason, "seconds": watch.seconds}, check_results=checks
    )


def _result(report: Any, watch: Stopwatch) -> Materialized:
    manifest = report.manifest
    figures = {
        "rows": manifest.distinct_rows,
        "rows fetched, doubles included": manifest.fetched_rows,
        "rows of other days": manifest.context_rows,
        "traces": manifest.traces,
        "scores": manifest.scores,
        "hours fetched now": len(report.hours_fetched),
        "requests": report.requests,
    }
    stored = sum(note.bytes_stored for note in manifest.hours.values())
    counted = (manifest.fingerprint or {}).get("observations", {}).values()
    counted_rows = int(sum(hour[0] for hour in counted))
    checks = [
        dg.AssetCheckResult(
            passed=counted_rows <= manifest.fetched_rows,
            check_name=COMPLETE,
            asset_key=NAME,
            metadata={"counted": counted_rows, "fetched": manifest.fetched_rows},
        ),
        warning(ANSWERS, NAME, True, ""),
        warning(
            WITH_ID,
            NAME,
            manifest.sessions_without_id == 0,
            f"{manifest.sessions_without_id} traces have no session id; each stands as a session of its own",
            traces_without_id=manifest.sessions_without_id,
        ),
    ]
    return dg.MaterializeResult(
        asset_key=NAME,
        metadata={
            "dagster/partition_row_count": manifest.distinct_rows,
            "traces": manifest.traces,
            "scores": manifest.scores,
            **shown.rows_by_hour({hour: note.distinct for hour, note in manifest.hours.items()}),
            "figures": table(figures),
            "redactions": table(manifest.redactions, ("class", "replaced")),
            "bytes": stored,
            "seconds": watch.seconds,
            "unchanged": not report.changed,
        },
        check_results=checks,
    )
