"""`report.json`: everything that the report of a week says, in one document. Source of its form: CONTRACT section 4.

Gathering alone: what is decided about findings happened before; how it looks comes after. No time of day and no address
stands in it, so that the same week gives the same bytes.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from sessions_platform.analysis.drivers import Spent
from sessions_platform.analysis.model import Finding
from sessions_platform.analysis.verification import Verified
from sessions_platform.partitions import week_dates, week_name

SCHEMA = 1
MOST_DECISIONS = 5
_SETTLED = ("resolved",)
Row = dict[str, Any]


class Gathered(msgspec.Struct, kw_only=True):
    """What the steps of a week left for the report."""

    monday: date
    driver: str
    analysis_version: int
    data: Row
    """`version` of the frozen file, `fingerprint` of the dates it rests on, `abstracts` by where they came from,
    `without_texts`."""
    facts: Row
    verified: Verified
    weeks: Mapping[str, Sequence[Row]]
    """Rows of finding_weeks by finding, oldest first, this week last."""
    decisions: Mapping[str, Row]
    earlier: Sequence[Row]
    """Findings of earlier weeks: finding_id, title, status, unit, value_before, value, n."""
    reading: Sequence[Row]
    spent: Sequence[Spent]


def report_of(gathered: Gathered) -> Row:
    """The document, in plain types."""
    days = week_dates(gathered.monday)
    rejected = {one for one, made in gathered.decisions.items() if made.get("verdict") == "reject"}
    shown = [one for one in gathered.verified.findings if one.finding_id not in rejected]
    findings = [_plain(one, gathered) for one in ranked(shown)]
    return {
        "schema": SCHEMA,
        "week": week_name(gathered.monday),
        "first": days[0],
        "last": days[-1],
        "driver": gathered.driver,
        "analysis_version": gathered.analysis_version,
        "data": gathered.data,
        "decisions": _to_decide(findings),
        "findings": findings,
        "rejected": [
            {"finding_id": one.finding_id, "title": one.title}
            for one in gathered.verified.findings
            if one.finding_id in rejected
        ],
        "last_week": [
            {**row, "verdict": gathered.decisions.get(row["finding_id"], {}).get("verdict", "")}
            for row in gathered.earlier
        ],
        "dropped": dict(sorted(Counter(one.reason for one in gathered.verified.dropped).items())),
        "evidence": gathered.verified.evidence,
        "reading": list(gathered.reading),
        "ledger": [msgspec.to_builtins(one) for one in gathered.spent],
        "facts": gathered.facts,
    }


def _to_decide(findings: Sequence[Row]) -> list[str]:
    """Ids for the first page: what nobody has decided yet comes before what was accepted."""
    still_open = [one for one in findings if one["status"] not in _SETTLED]
    still_open.sort(key=lambda one: one["decision"] is not None)
    return [one["finding_id"] for one in still_open[:MOST_DECISIONS]]


def ranked(findings: Sequence[Finding]) -> list[Finding]:
    """Most impact first; a single case after everything that was seen more often."""
    return sorted(findings, key=lambda one: (one.single_case, -one.impact, one.finding_id))


def _plain(finding: Finding, gathered: Gathered) -> Row:
    made: Row = msgspec.to_builtins(finding)
    made["weeks"] = list(gathered.weeks.get(finding.finding_id, ()))
    decision = gathered.decisions.get(finding.finding_id)
    made["decision"] = {name: decision[name] for name in ("verdict", "decided_at", "note")} if decision else None
    return made
