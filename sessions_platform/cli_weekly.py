"""The command `weekly`: the analysis of an ISO week, or what it would read. No logic: that is in `analysis`."""

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

import typer
from rich.table import Table

from sessions_platform.cli_shared import Json, complain, out, progress_of_dates, say, warn
from sessions_platform.resources.platform import ProgressSink
from sessions_platform.settings import Settings, load_settings

_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_SHOWN = ("finding_id", "title", "value", "n", "unit", "ci_low", "ci_high", "users", "status", "confidence")


def monday_of(text: str) -> date:
    """The Monday of an ISO week's name."""
    found = _WEEK.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        return date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError:
        raise typer.BadParameter(f"{text[:40]!r} is not an ISO week like 2026-W45") from None


def weekly(
    monday: Annotated[date, typer.Option("--week", parser=monday_of, metavar="WEEK", help="ISO week, as 2026-W45.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be read, and what that costs; write nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Analyse one ISO week: what asks for a decision, with figures, and where the report is."""
    settings = load_settings()
    with progress_of_dates(quiet=as_json) as sink:
        if dry_run:
            from sessions_platform.weekly_plan import plan_week

            plan = plan_week(monday, settings, sink=sink)
        else:
            outcome = _analysed(monday, settings, sink)
    if dry_run:
        _print_plan(plan, as_json)
        return
    for text in outcome.warnings if not as_json else ():
        warn(text)
    report = _report(monday, settings) if outcome.ok else None
    if as_json:
        print(json.dumps({**asdict(outcome), **_machine(report, monday, settings)}))
    elif report is not None:
        print_decisions(report)
        say(f"report    {_place(monday, settings)}")
    if not outcome.ok:
        complain(f"{_name(monday)}: {outcome.message}")
        sys.exit(2 if outcome.kind and outcome.kind != "CheckFailed" else 1)


def print_decisions(report: Mapping[str, Any]) -> None:
    """What asks for a decision, in the digest's words."""
    from sessions_platform.analysis.reporting.digest import digest

    say(digest(report))


def _analysed(monday: date, settings: Settings, sink: ProgressSink) -> Any:
    from sessions_platform.runner import run_week

    return run_week(monday, settings, sink=sink)


def _report(monday: date, settings: Settings) -> Any:
    from sessions_platform.resources.platform import StoreResource
    from sessions_platform.sessions.layout import report_key

    return json.loads(StoreResource(settings).open().get(report_key(_name(monday), "report.json")))


def _machine(report: Any, monday: date, settings: Settings) -> dict[str, Any]:
    if report is None:
        return {"week": _name(monday)}
    found = {one["finding_id"]: one for one in report["findings"]}
    decisions = [
        {**{name: found[wanted][name] for name in _SHOWN}, "sessions": len(found[wanted]["sessions"])}
        for wanted in report["decisions"]
    ]
    made = {"report": _place(monday, settings), "findings": len(found), "dropped": report["dropped"]}
    return {"week": report["week"], "decisions": decisions, **made}


def _print_plan(plan: Any, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(plan)))
        return
    say(
        f"{plan.week}: {plan.sessions:,} sessions, {plan.without_texts:,} of them without staged texts; "
        f"driver {plan.driver}"
    )
    table = Table("tier", "why", "sessions", box=None)
    table.columns[2].justify = "right"
    for row in plan.reading:
        table.add_row(row["tier"], row["why"], f"{row['sessions']:,}")
    out.print(table)
    say(f"{plan.tokens:,} tokens of a model, ${plan.usd:,.2f}; nothing was written")


def _place(monday: date, settings: Settings) -> str:
    return f"{settings.store_url}/reports/week={_name(monday)}/report.md"


def _name(monday: date) -> str:
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02d}"
