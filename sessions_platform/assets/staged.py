"""Stage staged: rows become sessions, one compressed JSON each, in OpenViking's message schema, manifest last."""

import hashlib
from collections.abc import Iterator
from typing import Any

import dagster as dg

from sessions_platform.assets import raw
from sessions_platform.assets.steps import Materialized, RunOptions, Stopwatch, explained, table, warning
from sessions_platform.errors import CheckFailed
from sessions_platform.resources.platform import StoreResource, WorkspaceResource

NAME = "staged_sessions"
SOUND = "rows_accounted_and_redacted"
SHAPES = "shapes_known"
READABLE = "sessions_readable"
LATE = "no_late_sessions"


def staged_assets(partitions: dg.PartitionsDefinition[str]) -> list[Any]:
    """The asset `staged_sessions`."""

    @dg.multi_asset(
        name=NAME,
        specs=[
            dg.AssetSpec(
                NAME,
                deps=[raw.NAME],
                group_name="staged",
                kinds={"json", "s3"},
                partitions_def=partitions,
                description="One JSON a session and date (slice): its messages, each once, however often tracers "
                "repeat them, tool calls, model calls, scores and facts.\n\n"
                "**Partition** D holds the slices of D, in `staged/date=D/`: one compressed object a session, and "
                "`manifest.json`, written last, with what was read, what could not be, and why. A session over "
                "midnight has a slice on each of its dates, built independently.",
            )
        ],
        check_specs=[
            dg.AssetCheckSpec(
                SOUND,
                asset=NAME,
                blocking=True,
                description="Every distinct row of the date is in a session or its errors, and no planted or real "
                "personal datum stands in an object. Runs before objects are put in place.",
            ),
            dg.AssetCheckSpec(READABLE, asset=NAME, description="Every session could be read."),
            dg.AssetCheckSpec(SHAPES, asset=NAME, description="Every input and output has a known shape."),
            dg.AssetCheckSpec(LATE, asset=NAME, description="No session appeared after the day was first complete."),
        ],
        partitions_def=partitions,
    )
    def staged_sessions(
        context: dg.AssetExecutionContext,
        config: RunOptions,
        store: dg.ResourceParam[StoreResource],
        workspace: dg.ResourceParam[WorkspaceResource],
    ) -> Iterator[Materialized | dg.AssetCheckResult]:
        from sessions_platform.sessions.segments import Taxonomy
        from sessions_platform.staging import stage_date

        watch, date = Stopwatch(), context.partition_key
        with explained():
            text, name = workspace.taxonomy_text()
            try:
                report = stage_date(
                    store.open(date),
                    date,
                    Taxonomy.parse(text, name),
                    taxonomy_hash=hashlib.sha256(text.encode()).hexdigest(),
                    scratch=workspace.scratch,
                    force=config.force,
                    progress=workspace.progress(NAME, date),
                )
            except CheckFailed as failure:
                yield dg.AssetCheckResult(passed=False, check_name=SOUND, asset_key=NAME, description=str(failure))
                raise
        yield _result(report, watch)

    return [staged_sessions]


def _result(report: Any, watch: Stopwatch) -> Materialized:
    figures = {
        "sessions": report.sessions,
        "messages": report.messages,
        "tool calls": report.tool_calls,
        "rows": report.rows,
        "objects written": report.written,
        "objects removed": report.removed,
    }
    failed = len(report.errors)
    checks = [
        dg.AssetCheckResult(passed=True, check_name=SOUND, asset_key=NAME, metadata={"rows": report.rows}),
        warning(READABLE, NAME, failed == 0, f"{failed} sessions could not be read; see the manifest's errors"),
        warning(
            SHAPES,
            NAME,
            report.unknown_shapes == 0,
            f"{report.unknown_shapes} inputs or outputs of unknown shape were kept as text",
            unknown=report.unknown_shapes,
        ),
        warning(LATE, NAME, report.late_sessions == 0, f"{report.late_sessions} sessions came late"),
    ]
    return dg.MaterializeResult(
        asset_key=NAME,
        metadata={
            "dagster/partition_row_count": report.sessions,
            "messages": report.messages,
            "tool_calls": report.tool_calls,
            "sessions_unreadable": failed,
            "late_sessions": report.late_sessions,
            "figures": table(figures),
            "shapes": table(report.shapes, ("shape", "inputs and outputs")),
            "bytes": report.bytes_written,
            "seconds": watch.seconds,
            "unchanged": report.unchanged,
        },
        check_results=checks,
    )
