"""A report of a week as plain data: what `report.json` holds, with figures that can be added up by hand."""

from typing import Any

SCORE: dict[str, Any] = {
    "sessions": 200, "completed": 180, "abandoned": 15, "ended_in_error": 5, "succeeded": 120, "judged": 150,
    "success_low": 0.73, "success_high": 0.86, "users": 40, "average_turns": 3.0, "tool_calls": 1000,
    "tool_errors": 50, "cost_usd": 12.0, "model_calls_without_price": 0,
}  # fmt: skip
NOTHING: dict[str, Any] = {name: 0 for name in SCORE} | {
    "success_low": None, "success_high": None, "average_turns": None, "cost_usd": None,
}  # fmt: skip


def report(findings: list[dict[str, Any]], *, facts: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """200 sessions, of which 150 were judged and 120 of these succeeded."""
    days = [f"2026-11-{day:02}" for day in range(2, 9)]
    health = {"complete": True, "source_rows": 100, "raw_rows": 100, "staged_sessions": 30, "loaded_sessions": 30}
    return {
        "schema": 1, "week": "2026-W45", "first": days[0], "last": days[-1], "driver": "rules", "analysis_version": 1,
        "data": {"version": "v", "fingerprint": "f", "without_texts": 0, "abstracts": {}},
        "decisions": [one["finding_id"] for one in findings][:5],
        "findings": findings, "rejected": [], "last_week": [], "dropped": {}, "evidence": {"verified": 2},
        "reading": [{"what": "L0: failed", "sessions": 30}],
        "ledger": [{"tier": "L0", "driver": "rules", "sessions": 30, "calls": 0, "input_tokens": 0, "output_tokens": 0,
                    "usd": 0.0}],
        "facts": {
            "missing_dates": [], "scorecard": dict(SCORE), "scorecard_before": dict(NOTHING),
            "data_health": [{"date": day, **health} for day in days], "tools": [], "errors": [], "interactions": [],
            "tasks": [{"task": "deploy", "sessions": 200, "succeeded": 120, "judged": 150, "abandoned": 15,
                       "average_turns": 3.0, "cost_usd": 12.0}],
            **(facts or {}),
        },
        **more,
    }  # fmt: skip


def finding(finding_id: str, **changes: Any) -> dict[str, Any]:
    """Seen in 12 of the 60 sessions where it could be, with two quotes of the same words."""
    title = f"Title of {finding_id}, in calls of `git`"
    words = {"quote": "the very same words", "sha256": "", "verified": True}
    made: dict[str, Any] = {
        "finding_id": finding_id, "kind": "failure_mode", "code": "FC1.3", "title": title,
        "statement": f"{title}: in 12 of 60 sessions (20.0%), of 7 users.", "label": "x", "segment": "tool=git",
        "metric": "Share of sessions", "metric_sql": "SELECT 0.2, 60", "value": 0.2, "n": 60, "unit": "share",
        "ci_low": 0.12, "ci_high": 0.32, "p_value": 0.001, "q_value": 0.001, "lift": 2.5, "lift_low": 1.5,
        "lift_high": 3.5, "sessions": [f"s{number}" for number in range(12)], "users": 7,
        "evidence": [
            {"session_id": "s1", "message_index": 3, **words}, {"session_id": "s2", "message_index": 4, **words},
        ],
        "counter_evidence": [], "hypothesis": "Because.", "action": f"Do this about {finding_id}.",
        "confidence": "high", "impact": 5.0, "single_case": False, "first_week": "2026-W45", "status": "new",
        "notes": [],
        "extra": {"tests": 321}, "weeks": [], "decision": None,
    }  # fmt: skip
    return made | changes


def change(key: str, value: str, *, n: int, failed: int, difference: float | None, **changes: Any) -> dict[str, Any]:
    """A comparison with 160 judged sessions of which 32 failed; ten points either way, if it was tested."""
    tested = difference is not None
    base = difference or 0.0
    made: dict[str, Any] = {
        "key": key, "value": value, "n": n, "failed": failed, "n_before": 160, "failed_before": 32,
        "share": failed / n, "share_before": 0.2, "difference": difference, "crude": failed / n - 0.2,
        "ci_low": base - 0.1 if tested else None, "ci_high": base + 0.1 if tested else None,
        "p_value": 0.01 if tested else None, "q_value": 0.01 if tested else None, "coverage": 1.0,
        "verdict": "not enough data", "required_n": 380,
    }  # fmt: skip
    return made | changes
