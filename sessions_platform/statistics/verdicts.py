"""The rules by which a comparison becomes a verdict, and the sessions it would take (explained in docs/statistics.md).

1. Fewer than MIN_SESSIONS sessions (pairs) or MIN_CLUSTERS effective users in a cohort, or less than MIN_COVERAGE of a
   cohort in strata that both have: not enough data.
2. The interval excludes zero, its p is below alpha, and with paired rates the exact McNemar p is, too: different.
3. The sessions suffice to see the effect asked about with 80 % power: no evidence of difference.
4. Else: not enough data. Never "no difference".
"""

import math
from dataclasses import dataclass
from typing import Literal

from sessions_platform.statistics import intervals, power
from sessions_platform.statistics.results import (
    ALPHA,
    ASKED_RATE,
    ASKED_SHARE,
    DIFFERENT,
    MIN_CLUSTERS,
    MIN_COVERAGE,
    MIN_SESSIONS,
    NO_EVIDENCE,
    NOT_ENOUGH,
    Estimate,
    Kind,
    PairCounts,
    Verdict,
)

Lack = Literal["", "sessions", "users", "overlap", "power"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a verdict is made of. `n_*` are sessions compared (pairs), `out_of` the mean weight of a session."""

    kind: Kind
    estimate: Estimate | None
    n_a: int
    n_b: int
    asked: float
    alpha: float = ALPHA
    coverage: float = 1.0
    paired: bool = False
    pairs: PairCounts | None = None
    out_of: float = 1.0
    baseline: tuple[float, float] = (0.0, 0.0)


def judge(evidence: Evidence, required: int) -> tuple[Verdict, Lack]:
    """The verdict, and what was lacking where it is `not enough data`."""
    found = evidence.estimate
    if found is None or min(evidence.n_a, evidence.n_b) < MIN_SESSIONS:
        return NOT_ENOUGH, "sessions"
    if found.effective_clusters < MIN_CLUSTERS:
        return NOT_ENOUGH, "users"
    if evidence.coverage < MIN_COVERAGE:
        return NOT_ENOUGH, "overlap"
    if not found.low <= 0 <= found.high and p_value(evidence) < evidence.alpha:
        return DIFFERENT, ""
    if 2 / (1 / evidence.n_a + 1 / evidence.n_b) >= required:
        return NO_EVIDENCE, ""
    return NOT_ENOUGH, "power"


def p_value(evidence: Evidence) -> float:
    """The larger of the estimate's p and, with paired rates, McNemar's."""
    if evidence.estimate is None:
        return 1.0
    return max(evidence.estimate.p_value, evidence.pairs.p_value if evidence.pairs else 0.0)


def asked_for(kind: Kind, value_a: float | None, value_b: float | None) -> float:
    """The effect asked about where the caller names none: 10 points of a rate, 20 % of cohort a's figure."""
    if kind == "rate":
        return ASKED_RATE
    return ASKED_SHARE * abs(value_a or value_b or 0.0)


def required_sessions(evidence: Evidence) -> int:
    """Sessions in each cohort (pairs) that it takes to see the effect asked about, as these sessions spread."""
    found, asked, alpha = evidence.estimate, evidence.asked, evidence.alpha
    if evidence.paired and found is not None:
        needed = power.pairs_for_spread(found.se * math.sqrt(evidence.n_a), asked, alpha=alpha) * _tail(found, alpha)
    elif evidence.kind == "rate":
        hits, total = evidence.baseline
        each = power.sessions_for_rates((hits + 2) / (total + 4), asked, alpha=alpha) / evidence.out_of
        # The spread of a few sessions or users says nothing yet on how alike sessions of one user are.
        needed = each * (found.design * _tail(found, alpha) if found and _tells(evidence) else 1.0)
    elif found is None:
        return MIN_SESSIONS
    else:
        spread = found.se / math.sqrt(1 / evidence.n_a + 1 / evidence.n_b)
        needed = power.sessions_for_spread(spread, asked, alpha=alpha) * _tail(found, alpha)
    return max(MIN_SESSIONS, math.ceil(needed))


def _tells(evidence: Evidence) -> bool:
    return min(evidence.n_a, evidence.n_b) >= MIN_SESSIONS


def _tail(found: Estimate, alpha: float) -> float:
    """What few clusters add: the interval reaches as far as t says, not the normal distribution."""
    few = max(found.effective_clusters, MIN_CLUSTERS) - 1
    normal = power.detectable(1.0, alpha=alpha)
    return ((normal + intervals.t_quantile(few, alpha) - intervals.t_quantile(1e9, alpha)) / normal) ** 2
