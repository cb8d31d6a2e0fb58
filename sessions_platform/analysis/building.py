"""From a draft to a finding: its number by its own SQL, its words, quotes, confidence and rank. For all analyses."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sessions_platform.analysis import metric_sql, wording
from sessions_platform.analysis.draft import OF_CALLS, Draft
from sessions_platform.analysis.evidence import Places, counter_evidence, evidence
from sessions_platform.analysis.hits import Hits
from sessions_platform.analysis.judging import FEWEST_SESSIONS, FEWEST_USERS
from sessions_platform.analysis.known_checks import KIND, known_checks
from sessions_platform.analysis.model import Confidence, Finding
from sessions_platform.analysis.population import Population
from sessions_platform.analysis.reader import Reader
from sessions_platform.statistics.intervals import wilson

MOSTLY_UNKNOWN = 0.5
ONE_USERS = 0.5
LEAST_SEVERITY = 0.25


@dataclass(frozen=True, slots=True)
class Context:
    """What every finding of a week is made with."""

    people: Population
    hits: Mapping[str, Hits]
    places: Places
    reader: Reader
    week: metric_sql.Week


def finding(draft: Draft, context: Context) -> Finding | None:
    """The finding; None where its query gives no number (its values are not in the published tables)."""
    people, check = context.people, draft.check
    carried = [key for key, _ in draft.signature if draft.label and key in carried_by(draft, context.hits)]
    sql = (
        metric_sql.label_share(context.week, draft.label, draft.signature, carried)
        if draft.label
        else metric_sql.failed_share(context.week, draft.measure, draft.signature)
    )
    number = list(context.reader.records(sql)[0].values())
    if number[0] is None:
        return None
    value, n = float(number[0]), int(number[1])
    low, high = wilson(round(value * n), n)
    low, high = min(low, value), max(high, value)
    sessions = tuple(people.logs[at].session_id for at in draft.sessions.tolist())
    users = len(np.unique(people.users[draft.sessions]))
    told = with_cost(draft, people)
    kind = KIND[draft.analysis]
    return Finding(
        finding_id=finding_id(draft, kind),
        kind=kind,
        code=check.code if check else f"{'P' if kind == 'platform' else 'R'}.{'.'.join(k for k, _ in draft.signature)}",
        title=wording.title(draft),
        statement=wording.statement(told, value, n, low, high, len(sessions), users),
        label=draft.label,
        segment=" & ".join(f"{key}={one}" for key, one in draft.signature),
        metric=_metric(draft),
        metric_sql=sql,
        value=value,
        n=n,
        unit="share",
        ci_low=low,
        ci_high=high,
        p_value=draft.p_value,
        q_value=draft.q_value,
        lift=draft.lift.ratio,
        lift_low=draft.lift.low,
        lift_high=draft.lift.high,
        sessions=sessions,
        users=users,
        evidence=evidence(draft, context.places, people),
        counter_evidence=counter_evidence(draft, people),
        hypothesis=check.hypothesis if check else "Something that these sessions share, and others lack, is not right.",
        action=check.action if check else "Compare failed sessions here with matched ones elsewhere, step by step.",
        confidence=confidence(draft, users),
        impact=round(impact(draft), 4),
        single_case=len(sessions) < FEWEST_SESSIONS or users < FEWEST_USERS,
        notes=_notes(draft, people),
        extra=_extra(told),
    )


def carried_by(draft: Draft, hits: Mapping[str, Hits]) -> list[str]:
    """Keys whose value the rows of this label name themselves."""
    return [key for key in OF_CALLS if draft.label in hits and key in hits[draft.label].by]


def finding_id(draft: Draft, kind: str) -> str:
    """The same in every week: made of what it is about, not of its figures."""
    about = [kind, draft.check.name if draft.check else draft.measure, draft.shape, sorted(draft.signature)]
    return "f-" + hashlib.sha256(json.dumps(about, ensure_ascii=False).encode()).hexdigest()[:12]


def confidence(draft: Draft, users: int) -> Confidence:
    """By rule: how sure the tests are, how many sessions and users, and whether its sessions are seen to fail."""
    count, low = len(draft.sessions), draft.lift.low or 0.0
    sure = draft.q_value < 0.001 and count >= 10 and users >= 5
    if sure and (low > 1.5 or (draft.check is not None and (draft.check.specific or draft.check.hazard))):
        return "high"
    return "medium" if draft.q_value < 0.01 and count >= 5 and users >= 3 else "low"


def impact(draft: Draft) -> float:
    """Sessions beyond those expected, times the share of them that failed and would not have."""
    seen = draft.lift
    if draft.check is None:
        return draft.excess
    severity = (seen.failed - seen.expected) / seen.judged if seen.judged else LEAST_SEVERITY
    least = 1.0 if draft.check.hazard and draft.check.specific else LEAST_SEVERITY
    return draft.excess * min(1.0, max(least, severity))


def with_cost(draft: Draft, people: Population) -> Draft:
    """A draft about cost with the dollars of its sessions, and what they would be at their tasks' medians."""
    if draft.analysis != "cost_anomalies":
        return draft
    costs = np.array([log.cost_usd for log in people.logs])
    tasks = np.array([" + ".join(sorted(log.segments.get("task", ()))) for log in people.logs])
    usual = sum(
        float(np.median(costs[tasks == task])) * int((tasks[draft.sessions] == task).sum())
        for task in np.unique(tasks[draft.sessions])
    )
    return replace(draft, figures=draft.figures | {"usd": float(costs[draft.sessions].sum()), "usual_usd": usual})


def _metric(draft: Draft) -> str:
    reach = wording.reach(draft.signature)
    if draft.check is None:
        judged = "sessions" if draft.measure == "broken off" else "judged sessions"
        return f"Share of the {judged} {reach} that {wording.ENDED.get(draft.measure, 'failed')}"
    return f"Share of the sessions {reach} in which it was seen"


def _notes(draft: Draft, people: Population) -> tuple[str, ...]:
    notes = []
    if draft.check is None:
        notes.append("Compared within strata of task and platform, so that another mix of them is no difference.")
    if float(np.isnan(people.failed[draft.sessions]).mean()) > MOSTLY_UNKNOWN:
        notes.append("The outcome of most of its sessions is not known.")
    if np.bincount(people.users[draft.sessions]).max() > ONE_USERS * len(draft.sessions):
        notes.append("Most of its sessions are of one user.")
    if draft.analysis == "cost_anomalies" and not all(log.cost_complete for log in people.logs):
        notes.append("Sessions with unpriced models are left out: their cost is not known.")
    if also := wording.also(draft, {name: check.title for name, check in known_checks().items()}):
        notes.append(also)
    return tuple(notes)


def _extra(draft: Draft) -> dict[str, Any]:
    expected = {} if draft.learnt else {"expected": round(draft.expected, 1)}
    return {
        **expected,
        "names": sorted({value for _, value in draft.signature}),
        "tests": draft.tests,
        "also": list(draft.also[:10]),
        "measure": draft.measure,
        **{key: value for key, value in sorted(draft.figures.items())},
    }


def ranked(findings: Sequence[Finding]) -> list[Finding]:
    """Highest impact first; single cases last."""
    return sorted(findings, key=lambda one: (one.single_case, -one.impact, one.finding_id))
