"""The reading plan of a week: who is read at which tier, why, and how many sessions each stands for.

L0: all failed, unknown and outlying sessions, and a stratified sample of the successes. L1: at most 300, those from
which most is to be learnt: rare signals, failures without any signal, cost. L2: at most 150 windows, around what a
check saw, and successes of the same task beside them. Chosen by a hash of the session's id, never by the order they
came in.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from sessions_platform.analysis.cost import FAR
from sessions_platform.analysis.model import Planned, SessionLog, Tier
from sessions_platform.analysis.population import Population, population

MOST_L1, MOST_L2 = 300, 150
SAMPLED = 20
"""Successes read of each stratum (task and platform)."""
SUCCESS = "success"
_SEEN = "seen:"


def plan(logs: Iterable[SessionLog]) -> list[Planned]:
    """The plan of all tiers, in one order. `reason` begins with its tier, as `L1: rare signal`."""
    people = population(logs)
    reasons = [_reason(at, people) for at in range(people.size)]
    weights = _sampled(people, reasons)
    first = [
        Planned(log.session_id, f"L0: {reason}", _stratum(log), weights[log.session_id])
        for log, reason in zip(people.logs, reasons, strict=True)
        if log.session_id in weights
    ]
    read = _informative(people, reasons)
    second = [Planned(log.session_id, f"L1: {reason}", _stratum(log), 1.0) for log, reason in read[:MOST_L1]]
    third = [Planned(log.session_id, f"L2: {reason}", _stratum(log), 1.0) for log, reason in _windows(people, read)]
    return [*first, *second, *third]


def of_tier(planned: Sequence[Planned], tier: Tier) -> list[Planned]:
    """The part of the plan that is read at a tier."""
    return [one for one in planned if one.reason.startswith(f"{tier}:")]


def _reason(at: int, people: Population) -> str:
    log = people.logs[at]
    if log.outcome in ("failed", "partial") or log.status in ("error", "abandoned"):
        return "failed"
    if log.outcome == "unknown":
        return "unknown"
    if people.cost[at] >= FAR or people.turns[at] >= FAR:
        return "outlier"
    return SUCCESS


def _sampled(people: Population, reasons: Sequence[str]) -> dict[str, float]:
    """Weights of those read at L0: 1 where all are read, strata's size over sample elsewhere."""
    weights = {log.session_id: 1.0 for log, reason in zip(people.logs, reasons, strict=True) if reason != SUCCESS}
    strata: dict[str, list[str]] = defaultdict(list)
    for log, reason in zip(people.logs, reasons, strict=True):
        if reason == SUCCESS:
            strata[_stratum(log)].append(log.session_id)
    for ids in strata.values():
        chosen = sorted(ids, key=spread)[:SAMPLED]
        weights |= dict.fromkeys(chosen, len(ids) / len(chosen))
    return weights


def _informative(people: Population, reasons: Sequence[str]) -> list[tuple[SessionLog, str]]:
    """Sessions to be read closer, most to be learnt first: seen in few others, or failed for no seen reason."""
    counts = Counter(
        check for log in people.logs for check in {s.check for s in log.signals if not s.check.startswith(_SEEN)}
    )

    def order(one: tuple[SessionLog, str]) -> tuple[int, int, str]:
        log, reason = one
        checks = {signal.check for signal in log.signals if not signal.check.startswith(_SEEN)}
        rarest = min((counts[check] for check in checks), default=0)
        place = ("rare signal", "no signal", "outlier", "unknown").index(reason)
        return place, rarest, spread(log.session_id)

    chosen: list[tuple[SessionLog, str]] = []
    for log, reason in zip(people.logs, reasons, strict=True):
        told = any(not signal.check.startswith(_SEEN) for signal in log.signals)
        if reason in ("outlier", "unknown") and not told:
            chosen.append((log, reason))
        elif reason != SUCCESS:
            chosen.append((log, "rare signal" if told else "no signal"))
    return sorted(chosen, key=order)


def _windows(people: Population, read: Sequence[tuple[SessionLog, str]]) -> list[tuple[SessionLog, str]]:
    """Two thirds of the windows where a check saw something, one third in matched successes of the same task."""
    hits = [log for log, reason in read if reason == "rare signal"][: MOST_L2 * 2 // 3]
    successes: dict[str, list[SessionLog]] = defaultdict(list)
    for log in sorted(people.logs, key=lambda log: spread(log.session_id)):
        if log.outcome == SUCCESS:
            successes[_stratum(log)].append(log)
    matched: list[tuple[SessionLog, str]] = []
    for log in hits:
        alike = successes[_stratum(log)]
        if alike and len(matched) < MOST_L2 // 3:
            matched.append((alike.pop(0), "matched success"))
    return [*((log, "around a signal") for log in hits), *matched]


def _stratum(log: SessionLog) -> str:
    return " / ".join("+".join(sorted(log.segments.get(key, ()))) or "(none)" for key in ("task", "platform"))


def spread(session_id: str) -> str:
    """An order of sessions that has nothing to do with when or how they came."""
    return hashlib.sha256(session_id.encode()).hexdigest()
