"""Reports of weeks: the list, a report as the same sections that its Markdown and its page have, and its files.

What stands in a report is `analysis.reporting`'s part: here is only where it is shown.
"""

import re
from typing import Any

import msgspec
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from sessions_platform.analysis.reporting.document import SCHEMA
from sessions_platform.analysis.reporting.page import body, contents
from sessions_platform.analysis.reporting.sections import sections_of, title_of
from sessions_platform.analysis.staleness import is_stale
from sessions_platform.analytics import Record
from sessions_platform.errors import StoreError
from sessions_platform.pages.site import NotFound, Site
from sessions_platform.sessions.layout import report_key

WEEK = re.compile(r"\d{4}-W\d{2}")
FILES = {
    "report.md": "text/markdown; charset=utf-8",
    "report.html": "text/html; charset=utf-8",
    "report.json": "application/json",
}


def reports_page(site: Site, request: Request) -> Response:
    """`/reports`"""
    site.analytics.data_version()
    counts = {row["week"]: row for row in site.ask("page_finding_counts")} if site.has_table("finding_weeks") else {}
    weeks = [{"week": week, **counts.get(week, {})} for week in report_weeks(site)]
    return site.page("reports.html", here="/reports", weeks=weeks)


def report_weeks(site: Site) -> list[str]:
    """Weeks that have a report, newest first."""
    try:
        folders = site.store.folders("reports/")
    except (StoreError, OSError):
        return []
    weeks = {found.group() for name in folders if (found := WEEK.search(name))}
    return sorted(weeks, reverse=True)


def report_page(site: Site, request: Request) -> Response:
    """`/reports/{week}`"""
    week = request.path_params["week"]
    data = stored(site, week, "report.json")
    if data is None:
        raise NotFound(f"There is no report of {week[:40]!r}. `sessions-platform weekly --week 2026-W45` makes one.")
    report = _read(data)
    shown: Record = {"title": f"Week {week}", "contents": "", "body": "", "stale": False}
    if report is not None:
        shown = site.kept("report", {"week": week, "size": len(data), "hash": hash(data)}, lambda: _shown(site, report))
    return site.page("report.html", here="/reports", week=week, readable=report is not None, files=FILES, **shown)


def report_file(site: Site, request: Request) -> Response:
    """`/reports/{week}/{name}`: one of its files, to be kept. Never shown here: its style is its own."""
    week, name = request.path_params["week"], request.path_params["name"]
    data = stored(site, week, name) if name in FILES else None
    if data is None:
        raise NotFound("There is no such file.")
    headers = {"Content-Disposition": f'attachment; filename="{week}-{name}"'}
    return Response(data, media_type=FILES[name], headers=headers)


def stored(site: Site, week: str, name: str) -> bytes | None:
    """A file of a week's report; None where there is none."""
    if not WEEK.fullmatch(week):
        return None
    try:
        found: bytes = site.store.get(report_key(week, name))
    except (StoreError, OSError, KeyError):
        return None
    return found


def _read(data: bytes) -> dict[str, Any] | None:
    """The report; None where another version of the program wrote it, or something else."""
    try:
        report: Any = msgspec.json.decode(data)
    except msgspec.DecodeError:
        return None
    return report if isinstance(report, dict) and report.get("schema") == SCHEMA else None


def _shown(site: Site, report: dict[str, Any]) -> Record:
    sections = sections_of(report)
    return {
        "title": title_of(report),
        # Both are made of escaped text alone, by the writer of the report's own page.
        "contents": Markup(contents(sections)),  # noqa: S704
        "body": Markup(body(sections)),  # noqa: S704
        "stale": is_stale(report, site.analytics),
    }
