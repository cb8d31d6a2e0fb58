"""Whether sessions with something fail more often than sessions of the same task and platform without it.

Mantel-Haenszel's ratio of shares over the strata with Greenland and Robins' interval, and the exact one-sided p of the
count of failures, given every stratum's margins. Associations only: nothing here says what caused what.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sessions_platform.statistics.results import Floats, Ints

NORMAL = 1.959963984540054
"""The two-sided 95 % quantile of the normal distribution."""
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Lift:
    """`ratio` of failed shares, with against without; None where a side has no judged session. Counts are of `with`."""

    ratio: float | None
    low: float | None
    high: float | None
    p_value: float
    judged: int
    failed: int
    expected: float
    """Failures that its sessions would have at the share of the others in their strata."""


NOTHING = Lift(None, None, None, 1.0, 0, 0, 0.0)


def lift(inside: Mask, failed: Floats, strata: Ints, among: Mask | None = None) -> Lift:
    """The lift of the sessions `inside`, against the others (of `among`, if given) in the same strata."""
    known = ~np.isnan(failed) if among is None else ~np.isnan(failed) & among
    size = int(strata.max()) + 1 if len(strata) else 0
    n1, n0 = (np.bincount(strata[known & side], minlength=size).astype(float) for side in (inside, ~inside))
    a, b = (
        np.bincount(strata[known & side], failed[known & side], minlength=size).astype(float)
        for side in (inside, ~inside)
    )
    both = (n1 > 0) & (n0 > 0)
    if not both.any():
        return NOTHING
    n1, n0, a, b = n1[both], n0[both], a[both], b[both]
    whole = n1 + n0
    above, below = float((a * n0 / whole).sum()), float((b * n1 / whole).sum())
    ratio = (above + 0.25) / (below + 0.25) if min(above, below) == 0 else above / below
    variance = float((((a + b) * n1 * n0 - a * b * whole) / whole**2).sum()) / max(above * below, 0.25)
    half = NORMAL * math.sqrt(max(variance, 0.0))
    return Lift(
        ratio,
        ratio * math.exp(-half),
        ratio * math.exp(half),
        _exact(a, b, n1, n0),
        int(n1.sum()),
        int(a.sum()),
        float((n1 * (b + 0.5 * (a + b).sum() / whole.sum()) / (n0 + 0.5)).sum()),
    )


def _exact(a: Floats, b: Floats, n1: Floats, n0: Floats) -> float:
    """P of at least as many failures inside, when each stratum's failures fall on its sessions by chance."""
    from scipy import stats

    if n1.sum() > 400:
        whole, fails = n1 + n0, a + b
        mean = float((n1 * fails / whole).sum())
        spread = (n1 * n0 * fails * (whole - fails) / (whole**2 * np.maximum(whole - 1, 1))).sum()
        if spread <= 0:
            return 1.0
        return float(stats.norm.sf((a.sum() - 0.5 - mean) / math.sqrt(float(spread))))
    total = np.ones(1)
    for inside, failures, outside in zip(n1, a + b, n0, strict=True):
        total = np.convolve(total, _hypergeometric(int(inside), int(failures), int(inside + outside)))
    return float(min(1.0, max(0.0, total[int(a.sum()) :].sum())))


def _hypergeometric(drawn: int, failures: int, whole: int) -> Floats:
    """P of 0 to `drawn` failures among sessions drawn from a stratum; scipy's own takes fifty times as long for it."""
    from scipy.special import gammaln

    counts = np.arange(drawn + 1)
    valid = (counts <= failures) & (drawn - counts <= whole - failures)
    k = counts[valid]

    def choose(n: int, of: Ints) -> Floats:
        found: Floats = gammaln(n + 1) - gammaln(of + 1) - gammaln(n - of + 1)
        return found

    logs = choose(failures, k) + choose(whole - failures, drawn - k) - choose(whole, np.array([drawn]))
    made = np.zeros(drawn + 1)
    made[valid] = np.exp(logs)
    return made


def ranks(values: Floats) -> Floats:
    """Ranks of the known values, ties at their middle; NaN where unknown."""
    from scipy import stats

    known = ~np.isnan(values)
    made = np.full(len(values), np.nan)
    made[known] = stats.rankdata(values[known])
    return made


def shifted(inside: Mask, ranked: Floats) -> float:
    """One-sided p that what was ranked is larger inside (Mann-Whitney's, by the normal approximation)."""
    from scipy import special

    known = ~np.isnan(ranked)
    mine = ranked[known & inside]
    n, m = len(mine), int(known.sum()) - len(mine)
    if min(n, m) < 3:
        return 1.0
    excess = float(mine.sum()) - n * (n + m + 1) / 2 - 0.5
    return float(special.ndtr(-excess / math.sqrt(n * m * (n + m + 1) / 12)))
