"""Stage weekly: the analysis of an ISO week, step by step, each of which leaves its result in the store.

What a step does is said in `analysis.week`; here is only what the UI shows of it. A run that starts again at any step
finds the results of the steps before it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import dagster as dg

from sessions_platform.assets import analytics
from sessions_platform.assets.steps import Materialized, Stopwatch, explained, table
from sessions_platform.resources.platform import StoreResource, WarehouseResource, WorkspaceResource
from sessions_platform.settings import Settings

if TYPE_CHECKING:
    from sessions_platform.analysis.week import WeekAnalysis

FACTS, CANDIDATES, REPORT = "week_facts", "candidates", "weekly_report"
LABELS, READINGS, EVIDENCE = "l0_labels", "l1_readings", "l2_evidence"
FINDINGS, VERIFIED = "findings", "verified_findings"
DAYS_COMPLETE = "days_complete"
ALL_VERIFIED = "every_quote_and_number_verified"

Metadata = dict[str, Any]
Shown = Callable[["WeekAnalysis", Settings], Metadata]


def weekly_assets(partitions: dg.PartitionsDefinition[str]) -> list[Any]:
    """The eight assets of a week, in their order."""
    return [
        _facts(partitions),
        _step(partitions, CANDIDATES, [FACTS], _candidates, {"python"}, _CANDIDATES),
        _step(partitions, LABELS, [CANDIDATES], _read("l0_labels"), {"python"}, _LABELS),
        _step(partitions, READINGS, [LABELS], _read("l1_readings"), {"python"}, _READINGS),
        _step(partitions, EVIDENCE, [READINGS], _read("l2_evidence"), {"python"}, _EVIDENCE),
        _step(partitions, FINDINGS, [EVIDENCE], _findings, {"duckdb"}, _FINDINGS, pool=analytics.POOL),
        _verified(partitions),
        _step(partitions, REPORT, [VERIFIED], _report, {"markdown"}, _REPORT, pool=analytics.POOL),
    ]


_CANDIDATES = (
    "The constraint log of the week: some 20 deterministic checks over every session, whole and in its own words (same "
    "call again and again, time-out chains, a claim of success against the last result, ...), each with the message it "
    "saw; and the plan of which sessions are read closer. `reports/week=<week>/steps/candidates.json.zst`. No model."
)
_LABELS = "Labels from the one-sentence abstracts (L0) and the constraint log, and clusters of like errors and endings."
_READINGS = "Labels from at most 300 overviews (L1): rare signals, failures without any, outliers."
_EVIDENCE = (
    "Labels from at most 150 windows of messages (L2) around what a check saw, and matched successes beside them."
)
_FINDINGS = (
    "Groups of labels that are more than chance (false discovery rate 5 %) and fail more often than matched sessions, "
    "segments that fail more often than others, costs far beyond their like. Table `session_labels` is published. "
    "Nothing is verified yet."
)
_VERIFIED = (
    "What holds: every query run again on the frozen file, every quote looked up in its message, sessions, users, "
    "lift and mix checked, words scanned for personal data. The rest is dropped and counted. Tables `findings` and "
    "`finding_weeks`: first week and status (new, ongoing, improving, resolved, regressed), changed only by a test."
)
_REPORT = (
    "`reports/week=<week>/report.json`, `.md` and `.html`: at most five decisions, then what they rest on. A number "
    "that is not what its query gives stops it. A digest goes to SESSIONS_WEBHOOK_URL, once for each content."
)


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
        "errors, tasks, versions, costs, interactions, and which days are missing. No model is asked.",
    )
    def week_facts(
        context: dg.AssetExecutionContext,
        store: dg.ResourceParam[StoreResource],
        warehouse: dg.ResourceParam[WarehouseResource],
        workspace: dg.ResourceParam[WorkspaceResource],
    ) -> Iterator[Materialized]:
        watch = Stopwatch()
        with explained():
            week = _analysis(context, FACTS, store, warehouse, workspace)
            facts = week.facts()
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


def _step(
    partitions: dg.PartitionsDefinition[str],
    name: str,
    deps: list[str],
    show: Shown,
    kinds: set[str],
    description: str,
    pool: str | None = None,
) -> dg.AssetsDefinition:
    @dg.asset(
        name=name,
        deps=deps,
        group_name="weekly",
        kinds=kinds,
        partitions_def=partitions,
        pool=pool,
        description=description,
    )
    def step(
        context: dg.AssetExecutionContext,
        store: dg.ResourceParam[StoreResource],
        warehouse: dg.ResourceParam[WarehouseResource],
        workspace: dg.ResourceParam[WorkspaceResource],
    ) -> Materialized:
        watch = Stopwatch()
        with explained():
            shown = show(_analysis(context, name, store, warehouse, workspace), warehouse.settings)
        return dg.MaterializeResult(metadata={**shown, "seconds": watch.seconds})

    return step


def _verified(partitions: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    @dg.asset(
        name=VERIFIED,
        deps=[FINDINGS],
        group_name="weekly",
        kinds={"duckdb"},
        partitions_def=partitions,
        pool=analytics.POOL,
        check_specs=[
            dg.AssetCheckSpec(
                ALL_VERIFIED, asset=VERIFIED, description="No finding and no quote had to be dropped by verification."
            )
        ],
        description=_VERIFIED,
    )
    def verified_findings(
        context: dg.AssetExecutionContext,
        store: dg.ResourceParam[StoreResource],
        warehouse: dg.ResourceParam[WarehouseResource],
        workspace: dg.ResourceParam[WorkspaceResource],
    ) -> Iterator[Materialized]:
        watch = Stopwatch()
        with explained():
            found = _analysis(context, VERIFIED, store, warehouse, workspace).verified()
        dropped = Counter(one.reason for one in found.dropped)
        wrong = {**dropped, **{what: count for what, count in found.evidence.items() if what != "verified"}}
        check = dg.AssetCheckResult(
            passed=not wrong,
            check_name=ALL_VERIFIED,
            asset_key=VERIFIED,
            severity=dg.AssetCheckSeverity.WARN,
            description=", ".join(f"{reason}: {count}" for reason, count in sorted(wrong.items())),
        )
        yield dg.MaterializeResult(
            metadata={
                "findings": table({one.title: f"{one.value:.3g} of {one.n}, {one.status}" for one in found.findings}),
                "quotes": table(found.evidence),
                "dropped": table(dropped),
                "seconds": watch.seconds,
            },
            check_results=[check],
        )

    return verified_findings


def _analysis(
    context: dg.AssetExecutionContext,
    name: str,
    store: StoreResource,
    warehouse: WarehouseResource,
    workspace: WorkspaceResource,
) -> "WeekAnalysis":
    from sessions_platform.analysis.drivers.choice import driver_of
    from sessions_platform.analysis.week import WeekAnalysis

    opened, settings = store.open(), warehouse.settings
    return WeekAnalysis(
        store=opened,
        publisher=warehouse.publisher(opened),
        analytics=warehouse.analytics(),
        monday=date.fromisoformat(context.partition_key),
        driver=driver_of(settings.analysis_model),
        home=settings.home,
        outcome_scores=settings.sessions_outcome_scores,
        progress=workspace.progress(name, context.partition_key),
    )


def _candidates(week: "WeekAnalysis", settings: Settings) -> Metadata:
    found = week.candidates()
    checks = Counter(
        check
        for log in found.logs
        for check in {signal.check for signal in log.signals}
        if not check.startswith("seen:")
    )
    plan = Counter(one.reason for one in found.plan)
    return {
        "sessions by check": table(dict(checks.most_common()), ("check", "sessions")),
        "reading plan": table(dict(sorted(plan.items())), ("tier and reason", "sessions")),
        "sessions": len(found.logs),
        "sessions without texts": found.without_texts,
    }


def _read(step: str) -> Shown:
    def show(week: "WeekAnalysis", settings: Settings) -> Metadata:
        read = getattr(week, step)()
        labels = Counter(label.label for label in read.labels)
        return {
            "labels": table(dict(labels.most_common(30)), ("label", "how many")),
            "sessions read": read.spent.sessions,
            "driver": read.spent.driver,
            "tokens": read.spent.input_tokens + read.spent.output_tokens,
        }

    return show


def _findings(week: "WeekAnalysis", settings: Settings) -> Metadata:
    found = week.findings()
    return {"findings": table(Counter(one.kind for one in found), ("kind", "how many")), "count": len(found)}


def _report(week: "WeekAnalysis", settings: Settings) -> Metadata:
    from sessions_platform.analysis.posting import post_digest
    from sessions_platform.analysis.reporting.markdown import markdown
    from sessions_platform.analysis.reporting.sections import sections_of, title_of

    report = week.report()
    posted = post_digest(week.store, report, settings)
    text = markdown(title_of(report), sections_of(report))
    return {
        "report": dg.MetadataValue.md(text),
        "week": report["week"],
        "findings": len(report["findings"]),
        "digest": posted,
    }
