"""Many comparisons at once: Benjamini-Hochberg's false discovery rate, over scipy."""

from collections.abc import Sequence
from dataclasses import replace

from sessions_platform.statistics.results import (
    ALPHA,
    DIFFERENT,
    MIN_CLUSTERS,
    MIN_SESSIONS,
    NO_EVIDENCE,
    NOT_ENOUGH,
    Comparison,
)


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """The q of each p: taking those with q < 0.05 keeps the expected share of false ones among them below 5 %."""
    from scipy.stats import false_discovery_control

    if not p_values:
        return []
    return [float(q) for q in false_discovery_control(list(p_values), method="bh")]


def screened(comparisons: Sequence[Comparison], alpha: float = ALPHA) -> list[Comparison]:
    """The comparisons with their q, smallest first; those with too few sessions or users are not tested, and come last.

    What is different by itself but not among so many becomes `no evidence`, or `not enough data` with few sessions.
    """
    tested = [one for one in comparisons if _testable(one)]
    q_values = benjamini_hochberg([one.p_value if one.p_value is not None else 1.0 for one in tested])
    judged = [_judged(one, q, len(tested), alpha) for one, q in zip(tested, q_values, strict=True)]
    judged.sort(key=lambda one: (one.q_value, one.b))
    return judged + [one for one in comparisons if not _testable(one)]


def _testable(one: Comparison) -> bool:
    return min(one.n_a, one.n_b) >= MIN_SESSIONS and min(one.clusters_a, one.clusters_b) >= MIN_CLUSTERS


def _judged(one: Comparison, q: float, count: int, alpha: float) -> Comparison:
    if one.verdict != DIFFERENT or q < alpha:
        return replace(one, q_value=q)
    enough = 2 / (1 / one.n_a + 1 / one.n_b) >= one.required_n
    told = (
        f"Among {count} segments looked at together, not enough stands out to say that {one.b} is associated with "
        f"a different {one.metric} from {one.a} (q = {q:.2f}; {one.n_b} against {one.n_a} sessions)."
    )
    return replace(one, q_value=q, verdict=NO_EVIDENCE if enough else NOT_ENOUGH, explanation=told)
