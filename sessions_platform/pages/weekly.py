"""Findings and reports, as the weekly analysis leaves them; what it has not written yet is said to be missing."""

import re
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sessions_platform.analytics import Record
from sessions_platform.errors import StoreError
from sessions_platform.pages.asked import Asked
from sessions_platform.pages.chart import Chart, Column
from sessions_platform.pages.formats import count
from sessions_platform.pages.markdown import blocks
from sessions_platform.pages.site import NotFound, Site, link, session_url

_WEEK = re.compile(r"\d{4}-W\d{2}")
_COLUMNS = (
    Column("statement", "Finding", "said"), Column("kind", "Kind"), Column("segment", "Where"),
    Column("status", "Status"),
    Column("value", "Value", "number"), Column("ci_low", "95 % from", "number"), Column("ci_high", "to", "number"),
    Column("unit", "Unit"), Column("n", "n", "count"), Column("week", "Newest week", "link"),
    Column("first_week", "First seen"), Column("action", "What to do", "said"), Column("verdict", "Decision"),
)  # fmt: skip


def findings_page(site: Site, request: Request) -> Response:
    """`/findings`"""
    return site.page(
        "findings.html",
        here="/findings",
        written=site.has_table("findings"),
        chart=findings(site, Asked(request.query_params)),
    )


def findings(site: Site, asked: Asked) -> Chart:
    """Every finding with its newest week, and what was decided."""
    tables = ("findings", "finding_weeks", "decisions")
    rows = site.ask("page_findings") if all(map(site.has_table, tables)) else []
    for row in rows:
        row["href"] = link(f"/reports/{row['week']}") if _WEEK.fullmatch(row["week"] or "") else None
    return Chart(
        "findings",
        f"{count(len(rows))} findings, newest week first",
        rows,
        _COLUMNS,
        empty="The weekly analysis has not written any finding yet.",
    )


def reports_page(site: Site, request: Request) -> Response:
    """`/reports`"""
    site.analytics.data_version()
    return site.page("reports.html", here="/reports", weeks=report_weeks(site))


def report_weeks(site: Site) -> list[str]:
    """Weeks that have a report, newest first."""
    try:
        folders = site.store.folders("reports/")
    except (StoreError, OSError):
        return []
    weeks = {found.group() for name in folders if (found := _WEEK.search(name))}
    return sorted(weeks, reverse=True)


def report_page(site: Site, request: Request) -> Response:
    """`/reports/{week}`"""
    week = request.path_params["week"]
    text = _object(site, week, "report.md") if _WEEK.fullmatch(week) else None
    data = _object(site, week, "report.json") if _WEEK.fullmatch(week) else None
    if text is None and data is None:
        raise NotFound(f"There is no report of {week[:40]!r}. `sessions-platform weekly --week 2026-W45` makes one.")
    return site.page(
        "report.html",
        here="/reports",
        week=week,
        blocks=blocks(text.decode("utf-8", "replace")) if text else [],
        findings=_evidence(data),
    )


def _evidence(data: bytes | None) -> list[Record]:
    """Findings of report.json, each piece of evidence with its address."""
    try:
        report: Any = msgspec.json.decode(data) if data else {}
    except msgspec.DecodeError:
        return []
    found = report.get("findings") if isinstance(report, dict) else None
    made = []
    for finding in found if isinstance(found, list) else []:
        evidence = [
            {"quote": one.get("quote", ""), "where": session_url(str(one["session_id"]), one.get("message_index"))}
            for one in finding.get("evidence") or []
            if isinstance(one, dict) and one.get("session_id")
        ]
        made.append({"statement": finding.get("statement", ""), "value": finding.get("value"), "n": finding.get("n"),
                     "evidence": evidence})  # fmt: skip
    return made


def _object(site: Site, week: str, name: str) -> bytes | None:
    try:
        found: bytes = site.store.get(f"reports/week={week}/{name}")
    except (StoreError, OSError, KeyError):
        return None
    return found


CHARTS = {"findings": findings}
