"""Stage weekly: facts of an ISO week and a report on them, from the published file."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import dagster as dg
import msgspec

from sessions_platform.assets import analytics
from sessions_platform.assets.steps import Materialized, Stopwatch, explained, table
from sessions_platform.resources.platform import StoreResource, WarehouseResource
from sessions_platform.sessions.layout import report_key

FACTS = "week_facts"
REPORT = "weekly_report"
DAYS_COMPLETE = "days_complete"


def weekly_assets(partitions: dg.PartitionsDefinition[str]) -> list[Any]:
    """The assets `week_facts` and `weekly_report`."""
    return [_facts(partitions), _report(partitions)]


def _facts(partitions: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    @dg.asset(
        name=FACTS,
        deps=[dg.AssetDep(analytics.NAME, partition_mapping=dg.TimeWindowPartitionMapping())],
        group_name="weekly",
        kinds={"sql", "json"},
        partitions_def=partitions,
        check_specs=[
            dg.AssetCheckSpec(DAYS_COMPLETE, asset=FACTS, description="All seven days of the week are complete.")
        ],
        description="What SQL says of an ISO week (its key is its Monday): scorecard beside the week before, tools, "
        "errors, tasks, interactions, and which days are missing. No model is asked.",
    )
    def week_facts(
        context: dg.AssetExecutionContext,
        store: dg.ResourceParam[StoreResource],
        warehouse: dg.ResourceParam[WarehouseResource],
    ) -> Iterator[Materialized]:
        from sessions_platform.analysis.facts import week_facts as facts_of

        watch = Stopwatch()
        with explained():
            facts = facts_of(warehouse.analytics(), date.fromisoformat(context.partition_key))
            store.open().put_if_changed(report_key(facts["week"], "facts.json"), msgspec.json.encode(facts))
        missing = facts["missing_dates"]
        check = dg.AssetCheckResult(
            passed=not missing,
            check_name=DAYS_COMPLETE,
            asset_key=FACTS,
            severity=dg.AssetCheckSeverity.WARN,
            description=f"not complete: {', '.join(missing)}" if missing else "",
        )
        score = {name: value for name, value in facts["scorecard"].items() if value is not None}
        yield dg.MaterializeResult(
            metadata={"scorecard": table(score), "week": facts["week"], "seconds": watch.seconds}, check_results=[check]
        )

    return week_facts


def _report(partitions: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    @dg.asset(
        name=REPORT,
        deps=[FACTS],
        group_name="weekly",
        kinds={"markdown"},
        partitions_def=partitions,
        description="The week's facts as a page of plain Markdown, `reports/week=<week>/report.md` in the store: "
        "scorecard, tools that fail most, kinds of error, tasks, who follows whom, and which days are missing.",
    )
    def weekly_report(context: dg.AssetExecutionContext, store: dg.ResourceParam[StoreResource]) -> Materialized:
        from sessions_platform.analysis.report import markdown
        from sessions_platform.partitions import week_name

        with explained():
            opened = store.open()
            week = week_name(date.fromisoformat(context.partition_key))
            facts = msgspec.json.decode(opened.get(report_key(week, "facts.json")))
            text = markdown(facts)
            opened.put_if_changed(report_key(week, "report.md"), text.encode())
        return dg.MaterializeResult(metadata={"report": dg.MetadataValue.md(text), "week": week})

    return weekly_report
