"""A report of a week and the books of findings beside a small published file: what the weekly analysis leaves."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec

from sessions_platform.analysis.books import FINDINGS, WEEKS
from sessions_platform.analysis.decisions import decide
from sessions_platform.analysis.reporting.markdown import markdown
from sessions_platform.analysis.reporting.page import page
from sessions_platform.analysis.reporting.sections import sections_of, title_of
from sessions_platform.analysis.staleness import fingerprint_of
from sessions_platform.analytics import SessionAnalytics
from sessions_platform.resources.object_store import open_store
from sessions_platform.resources.part_tables import put_part
from sessions_platform.resources.warehouse import Publisher
from sessions_platform.sessions.layout import report_key
from sessions_platform.settings import Settings
from sessions_platform_tests.analysis.reports import change, finding, report

WEEK, BEFORE = "2026-W45", "2026-W44"


def planted(settings: Settings, *, quote: str = "remote: error 1234", **facts: Any) -> dict[str, Any]:
    """Two findings, one of them decided on, each known for two weeks; the report is that of the second."""
    store, analytics = open_store(settings.store_url), SessionAnalytics(settings.database)
    words = {"session_id": "first", "message_index": 3, "quote": quote, "sha256": "", "verified": True}
    weeks = [_week("f-1", BEFORE, "new", 0.1), _week("f-1", WEEK, "regressed", 0.2)]
    made = report(
        [
            finding("f-1", status="regressed", first_week=BEFORE, weeks=weeks, evidence=[words]),
            finding("f-2", kind="capability_gap", evidence=[words]),
        ],
        facts={"changes": [change("all", "", n=150, failed=60, difference=0.2, verdict="different")], **facts},
    )
    made["data"]["fingerprint"] = fingerprint_of(analytics, date.fromisoformat(made["first"]))
    _put(settings, made)
    rows = [*weeks, _week("f-2", WEEK, "new", 0.2)]
    for week in (BEFORE, WEEK):
        put_part(store, WEEKS, week, [row for row in rows if row["week"] == week])
    known = [
        {
            "finding_id": one["finding_id"], "kind": one["kind"], "statement": one["statement"], "title": one["title"],
            "segment": one["segment"], "code": one["code"], "action": one["action"], "first_week": one["first_week"],
            "last_week": WEEK,
        }
        for one in made["findings"]
    ]  # fmt: skip
    put_part(store, FINDINGS, None, known)
    decide(store, "f-2", "accept", "in work", datetime(2026, 11, 9, tzinfo=UTC))
    Publisher(store, settings.database).publish([])
    return made


def _put(settings: Settings, made: dict[str, Any]) -> None:
    store, sections = open_store(settings.store_url), sections_of(made)
    files = {
        "report.json": msgspec.json.encode(made),
        "report.md": markdown(title_of(made), sections).encode(),
        "report.html": page(title_of(made), sections).encode(),
    }
    for name, data in files.items():
        store.put(report_key(made["week"], name), data)


def _week(finding_id: str, week: str, status: str, value: float) -> dict[str, Any]:
    return {
        "finding_id": finding_id, "week": week, "status": status, "value": value, "n": 60, "ci_low": value / 2,
        "ci_high": value * 2, "unit": "share", "detected": True, "session_count": 12, "metric_sql": "SELECT 0.2, 60",
    }  # fmt: skip
