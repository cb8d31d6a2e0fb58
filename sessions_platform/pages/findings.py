"""Findings over the weeks, as the weekly analysis keeps them: by status, kind and decision, each with its trend."""

from collections import defaultdict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sessions_platform.analysis.reporting.words import amount, spread
from sessions_platform.analytics import Record
from sessions_platform.pages.asked import Asked, BadRequest
from sessions_platform.pages.chart import Chart, Column
from sessions_platform.pages.formats import several
from sessions_platform.pages.reports import WEEK
from sessions_platform.pages.site import Site, link

STATUSES = ("regressed", "new", "ongoing", "improving", "insufficient data", "resolved")
KINDS = {
    "regression": "regression",
    "failure_mode": "failure mode",
    "task": "task",
    "capability_gap": "capability gap",
    "cost": "cost",
    "platform": "platform",
}
VERDICTS = {"open": "not decided", "accept": "accepted", "reject": "rejected"}
_TABLES = ("findings", "finding_weeks", "decisions")
_WEEKS = 6
"""As many values as a trend in words has."""
_COLUMNS = (
    Column("title", "Finding", "link"), Column("status", "Status"), Column("how_much", "How much (95 % interval)"),
    Column("n", "Of n", "count"), Column("session_count", "Sessions", "count"), Column("trend", "Week by week"),
    Column("first_week", "Since"), Column("week", "Looked at in"), Column("decision", "Decision", "said"),
    Column("finding_id", "Id"), Column("kind_said", "Kind"), Column("action", "What to do", "said"),
)  # fmt: skip


def findings_page(site: Site, request: Request) -> Response:
    """`/findings`"""
    asked = Asked(request.query_params)
    return site.page(
        "findings.html",
        here="/findings",
        written=all(map(site.has_table, _TABLES)),
        chart=findings(site, asked),
        given=_given(asked),
        choices=(
            ("status", "Status", {status: status for status in STATUSES}),
            ("kind", "Kind", KINDS),
            ("verdict", "Decision", VERDICTS),
        ),
    )


def findings(site: Site, asked: Asked) -> Chart:
    """Every finding with its newest week, what came before, and what was decided."""
    given = _given(asked)
    rows = site.ask("page_findings") if all(map(site.has_table, _TABLES)) else []
    weeks = _weeks(site) if rows else {}
    chosen = [_told(row, weeks.get(row["finding_id"], [])) for row in rows if _fits(row, given)]
    chosen.sort(key=_order)
    some = any(given.values())
    return Chart(
        "findings",
        f"{several(len(chosen), 'finding')}{f' of {len(rows):,}' if some else ''}, newest week first",
        chosen,
        _COLUMNS,
        note="A trend has the newest weeks last; a week in brackets was looked at, and the finding not found.",
        empty="No finding is like that." if rows else "The weekly analysis has not written any finding yet.",
        parameters=given,
    )


def _given(asked: Asked) -> dict[str, str | None]:
    given = {name: asked.text(name) for name in ("status", "kind", "verdict")}
    for name, known in (("status", STATUSES), ("kind", tuple(KINDS)), ("verdict", tuple(VERDICTS))):
        if given[name] and given[name] not in known:
            raise BadRequest(f"{name}: one of {', '.join(known)}")
    return given


def _fits(row: Record, given: dict[str, str | None]) -> bool:
    values = {"status": row["status"], "kind": row["kind"], "verdict": row["verdict"] or "open"}
    return all(wanted is None or values[name] == wanted for name, wanted in given.items())


def _weeks(site: Site) -> dict[str, list[Record]]:
    """Weeks of each finding, oldest first."""
    found: dict[str, list[Record]] = defaultdict(list)
    for row in site.ask("page_finding_weeks"):
        found[row["finding_id"]].append(row)
    return found


def _told(row: Record, weeks: list[Record]) -> Record:
    unit = row["unit"] or "share"
    shown = [
        amount(one["value"], unit) if one["detected"] else f"({amount(one['value'], unit)})" for one in weeks[-_WEEKS:]
    ]
    verdict = VERDICTS[row["verdict"] or "open"]
    # Findings of older versions have no title. A link shows no code: its backticks would stand as they are.
    title = (row["title"] or row["statement"] or row["finding_id"]).replace("`", "")
    # The newest report that found it has its card; later ones only looked at it again.
    report = link(f"/reports/{row['last_week']}") + f"#{row['finding_id']}"
    return {
        **row,
        "title": title,
        "href": report if WEEK.fullmatch(row["last_week"] or "") else None,
        "how_much": f"{amount(row['value'], unit)} ({spread(row['ci_low'], row['ci_high'], unit)})",
        "trend": " → ".join(shown),
        "kind_said": KINDS.get(row["kind"], row["kind"]),
        "decision": f"{verdict}: {row['note']}" if row["note"] else verdict,
    }


def _order(row: Record) -> tuple[Any, ...]:
    week = row["week"] or ""
    place = STATUSES.index(row["status"]) if row["status"] in STATUSES else len(STATUSES)
    newest = tuple(-ord(letter) for letter in week)
    return (newest, place, -(row["session_count"] or 0), row["finding_id"])


CHARTS = {"findings": findings}
