"""Pairs: both cohorts ran the same task. Exact McNemar on the pairs, and the mean or median of their differences.

The interval draws clusters of pairs (users, or whoever runs several tasks); for rates it is never narrower than that
of independent pairs (Bonett and Price). McNemar's test is the exact binomial one on the pairs that differ, from scipy.
"""

import math

import numpy as np

from sessions_platform.statistics.resample import generator, one_arm
from sessions_platform.statistics.results import RESAMPLES, Estimate, Floats, Ints, Kind, PairCounts
from sessions_platform.statistics.spread import bins, freedom_of, middle, spread_of


def mcnemar(only_a: int, only_b: int) -> float:
    """Two-sided exact p that a pair which differs is as likely to favour a as b; 1 where no pair differs."""
    from scipy.stats import binomtest

    differing = only_a + only_b
    return float(binomtest(only_a, differing, 0.5).pvalue) if differing else 1.0


def count_pairs(a: Floats, b: Floats) -> PairCounts:
    """The four counts of paired successes (1) and failures (0)."""
    only_a, only_b = int(((a == 1) & (b == 0)).sum()), int(((a == 0) & (b == 1)).sum())
    both, neither = int(((a == 1) & (b == 1)).sum()), int(((a == 0) & (b == 0)).sum())
    return PairCounts(both, only_a, only_b, neither, mcnemar(only_a, only_b))


def partners(keys_a: list[str | None], keys_b: list[str | None]) -> tuple[Ints, Ints]:
    """Places of the sessions that have exactly one partner: keys that stand once in each cohort, in their order."""
    once_a, once_b = _once(keys_a), _once(keys_b)
    shared = sorted(once_a.keys() & once_b.keys())
    a, b = (np.array([once[key] for key in shared], dtype=np.int64) for once in (once_a, once_b))
    return a, b


def estimate_pairs(
    a: Floats, b: Floats, clusters: Ints, kind: Kind, *, alpha: float, resamples: int = RESAMPLES
) -> Estimate:
    """b - a over the pairs: the mean difference, or (`median`) the median difference."""
    difference = b - a
    draws = one_arm(clusters, resamples, generator(a, b, clusters))
    centre = np.median if kind == "median" else np.mean
    if kind == "median":
        edges = bins(difference)
        places = (np.searchsorted(edges, difference, side="right") - 1).astype(np.int64)
        drawn = middle(draws.sums(places, len(edges), np.ones(len(difference))), edges)
    else:
        nowhere = np.zeros(len(difference), dtype=np.int64)
        totals = draws.sums(nowhere, 1, np.ones(len(difference)))
        drawn = (draws.sums(nowhere, 1, difference) / totals)[:, 0]
    free = freedom_of(clusters, np.zeros(len(clusters), dtype=np.int64), 1)
    effect, floor = float(centre(difference)), _independent(difference) if kind == "rate" else 0.0
    spread = spread_of(effect, drawn, kind, free, floor=floor, alpha=alpha)
    return Estimate(
        float(centre(a)),
        float(centre(b)),
        effect,
        spread.se,
        spread.low,
        spread.high,
        spread.p_value,
        spread.design,
        free.clusters,
        free.clusters,
        free.effective,
    )


def _independent(difference: Floats) -> float:
    """Bonett and Price's standard error of a paired difference of rates: one more pair of each differing sort."""
    n = len(difference) + 2
    up, down = (float((difference == sign).sum()) + 1 for sign in (1, -1))
    return math.sqrt(((up + down) / n - ((up - down) / n) ** 2) / n)


def _once(keys: list[str | None]) -> dict[str, int]:
    found: dict[str, int] = {}
    twice = set()
    for place, key in enumerate(keys):
        if key is None:
            continue
        if key in found:
            twice.add(key)
        found[key] = place
    return {key: place for key, place in found.items() if key not in twice}
