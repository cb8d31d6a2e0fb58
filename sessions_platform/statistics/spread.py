"""From resamples to an interval: standard error, Student's t, percentiles of medians; and medians of many resamples.

A standard error is the bootstrap's, times what few clusters take off it; t has as many degrees of freedom as there are
effective clusters, less one. Rates never have a smaller error than independent sessions would give them (`floor`).
"""

import math
from dataclasses import dataclass

import numpy as np

from sessions_platform.statistics import intervals
from sessions_platform.statistics.resample import effective_count
from sessions_platform.statistics.results import Floats, Ints, Kind

MOST_BINS = 1024
"""Values told apart in a bootstrap of medians; of more, each thousandth of them is taken together."""


@dataclass(frozen=True, slots=True)
class Spread:
    """An effect's standard error, interval and p; `design` is its variance over that of independent sessions."""

    se: float
    low: float
    high: float
    p_value: float
    design: float


@dataclass(frozen=True, slots=True)
class Freedom:
    """What a spread is estimated from: degrees of freedom, and by what factor a bootstrap's falls short."""

    df: float
    stretch: float
    clusters: int
    effective: float


def freedom_of(clusters: Ints, cells: Ints, strata: int) -> Freedom:
    """Of one cohort (of pairs). Drawing from G clusters shows (G - 1) / G of their variance, in every stratum."""
    effective = effective_count(clusters)
    apart = effective if strata == 1 else sum(effective_count(clusters[cells == cell]) for cell in range(strata))
    df = max(1.0, min(effective - 1, apart - strata))
    return Freedom(df, math.sqrt(apart / max(apart - strata, 1.0)), len(np.unique(clusters)), effective)


def spread_of(effect: float, drawn: Floats, kind: Kind, freedom: Freedom, *, floor: float, alpha: float) -> Spread:
    """The spread of an effect, from the effects of the resamples. `floor` is the least standard error, 0 for none."""
    se = float(np.std(drawn, ddof=1)) * freedom.stretch if len(drawn) > 1 else 0.0
    # Two standard errors of its own more (3 % for 2,000 resamples): no verdict hangs on the luck of the draw.
    se *= 1 + 2 / math.sqrt(2 * max(len(drawn), 1))
    design = max(1.0, (se / floor) ** 2) if floor else 1.0
    se = max(se, floor)
    reach = intervals.t_quantile(freedom.df, alpha) * se
    low, high = effect - reach, effect + reach
    if kind == "median" and len(drawn):
        # Medians of few distinct values jump: their percentiles can lie further out than t says.
        outer = np.quantile(drawn, [alpha / 2, 1 - alpha / 2])
        low, high = min(low, float(outer[0])), max(high, float(outer[1]))
    if kind == "rate":
        low, high = max(-1.0, low), min(1.0, high)
    return Spread(se, low, high, intervals.t_p_value(effect, se, freedom.df), design)


def bins(values: Floats) -> Floats:
    """Lower edges of the bins of a bootstrap of medians: every distinct value, or MOST_BINS of them by rank."""
    distinct = np.unique(values)
    if len(distinct) <= MOST_BINS:
        return distinct
    return np.unique(np.quantile(values, np.arange(MOST_BINS) / MOST_BINS, method="lower"))


def middle(amounts: Floats, values: Floats) -> Floats:
    """Weighted median of every row of amounts; the mean of two values where half of the row lies on each side."""
    running = amounts.cumsum(axis=1)
    half = running[:, -1:] / 2
    slack = half * 1e-9
    lower = np.minimum((running < half - slack).sum(axis=1), len(values) - 1)
    upper = np.minimum((running <= half + slack).sum(axis=1), len(values) - 1)
    made: Floats = (values[lower] + values[upper]) / 2
    made[running[:, -1] <= 0] = np.nan
    return made
