"""Trends: does this week lie in the band that the weeks before it leave? Pure; weeks and days alike.

The band of a period is a prediction from the 4 to 12 periods before it that have enough sessions: their pooled figure,
plus or minus Student's t times their spread, on angles (arcsine) for rates and on logarithms for amounts. The spread
is what periods differ by, or what independent sessions would make them differ by, whichever is larger. For rates the
band is never narrower than the beta-binomial prediction. Each look may alarm by chance so seldom that twelve weeks of
looks together stay below 5 %, also where weeks differ by more than chance.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from sessions_platform.statistics import intervals
from sessions_platform.statistics.results import ALPHA, MIN_SESSIONS, Floats, Kind

Status = Literal["within", "above", "below", "no band yet", "insufficient data"]
WEEKS = 12
MARGIN = 2
"""A look may alarm half as often as twelve weeks of looks allow it: figures of real weeks lean to one side."""

_BEYOND = 1e-12
"""Probability that a prediction's table may leave out at an end: less than rounding."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often one looks: looks in twelve weeks, and the periods that a band is made from."""

    looks: int
    least: int
    most: int


WEEKLY, DAILY = Rhythm(WEEKS, 4, 12), Rhythm(7 * WEEKS, 14, 28)


@dataclass(frozen=True, slots=True)
class Period:
    """A week or day: sessions with a value, the figure, and its variance were there one session (`unit_variance`).

    For rates `out_of` is what the figure is a share of (sessions, or tool calls); else it equals n.
    """

    start: str
    n: int
    value: float | None
    unit_variance: float = 0.0
    out_of: float = 0.0
    unknown: float | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """A period against its band: `expected` is the figure of the `periods` before it, None where there is no band."""

    start: str
    n: int
    value: float | None
    unknown: float | None
    expected: float | None
    low: float | None
    high: float | None
    periods: int
    status: Status

    def as_record(self) -> dict[str, Any]:
        """The same as plain data that JSON can carry."""
        return asdict(self)


def period_of(start: str, values: Floats, weights: Floats, kind: Kind) -> Period:
    """A period from its sessions' values (NaN where unknown) and weights, as in `Sample`."""
    known = ~np.isnan(values) & (weights > 0)
    amounts, weight = values[known], weights[known]
    unknown = float((~known).mean()) if len(known) else None
    n = len(amounts)
    if n == 0:
        return Period(start, 0, None, unknown=unknown)
    if kind == "rate":
        total = float(weight.sum())
        rate = float(amounts.sum()) / total
        return Period(start, n, rate, rate * (1 - rate), total, unknown)
    if kind == "mean":
        return Period(start, n, float(amounts.mean()), float(amounts.var(ddof=1)) if n > 1 else 0.0, n, unknown)
    return Period(start, n, float(np.median(amounts)), _median_variance(amounts), n, unknown)


def control_bands(
    periods: Sequence[Period], kind: Kind, rhythm: Rhythm = WEEKLY, *, alpha: float = ALPHA, fewest: int = MIN_SESSIONS
) -> list[Look]:
    """Every period, oldest first, against the band from those before it. `alpha` is over twelve weeks of looks."""
    looks, usable = [], list[Period]()
    for period in periods:
        enough = period.value is not None and period.n >= fewest
        looks.append(_look(period, usable[-rhythm.most :], kind, rhythm, alpha, enough))
        if enough:
            usable.append(period)
    return looks


def _look(period: Period, before: list[Period], kind: Kind, rhythm: Rhythm, alpha: float, enough: bool) -> Look:
    bare = (period.start, period.n, period.value, period.unknown)
    if not enough or period.value is None:
        return Look(*bare, None, None, None, len(before), "insufficient data")
    if len(before) < rhythm.least:
        return Look(*bare, None, None, None, len(before), "no band yet")
    expected, low, high = _band(period, before, kind, alpha / (MARGIN * rhythm.looks))
    slack = 1e-9 * max(abs(low), abs(high))  # what logarithms and back lose
    status: Status = "above" if period.value > high + slack else "below" if period.value < low - slack else "within"
    return Look(*bare, expected, low, high, len(before), status)


def _band(period: Period, before: list[Period], kind: Kind, alpha: float) -> tuple[float, float, float]:
    """Expected figure and bounds of one look."""
    sizes = np.array([p.out_of for p in before])
    total = float(sizes.sum())
    scale = _Scale.of(kind, [p.value for p in (*before, period) if p.value is not None])
    values = scale.there(np.array([p.value for p in before], dtype=np.float64), sizes)
    units = np.array([p.unit_variance for p in before])
    centre = float(sizes @ values) / total
    expected = float(scale.back(np.array([centre]))[0])
    se = _spread(values - centre, sizes, scale.within(units, sizes, expected), period.out_of)
    reach = intervals.t_quantile(len(before) - 1, alpha) * se
    bounds = scale.back(np.array([centre - reach, centre + reach]))
    low, high = float(bounds[0]), float(bounds[1])
    if kind == "rate":
        hits = float(sizes @ np.array([p.value for p in before], dtype=np.float64))
        expected, exact = hits / total, predicted(hits, total, period.out_of, alpha)
        low, high = min(low, exact[0]), max(high, exact[1])
    return expected, low, high


def _spread(off: Floats, sizes: Floats, within: float, n: float) -> float:
    """Standard error of a prediction, whether only sampling makes periods differ or something else does."""
    total, mean = float(sizes.sum()), float((1 / sizes).mean())
    sampling = max(within, float(sizes @ off**2) / (len(off) - 1)) * (1 / n + 1 / total)
    between = float(off @ off) / (len(off) - 1) * (1 + float(sizes @ sizes) / total**2)
    return math.sqrt(max(sampling, between + within * max(0.0, 1 / n - mean)))


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where figures spread evenly: angles (Anscombe's arcsine) for rates, logarithms for amounts above zero."""

    name: Literal["angle", "logarithm", "plain"]

    @classmethod
    def of(cls, kind: Kind, values: list[float]) -> "_Scale":
        if kind == "rate":
            return cls("angle")
        return cls("logarithm" if min(values) > 0 else "plain")

    def there(self, values: Floats, sizes: Floats) -> Floats:
        if self.name == "angle":
            return np.asarray(2 * np.arcsin(np.sqrt((values * sizes + 0.375) / (sizes + 0.75))))
        return values if self.name == "plain" else np.log(values)

    def back(self, values: Floats) -> Floats:
        if self.name == "angle":
            return np.asarray(np.sin(np.clip(values, 0, math.pi) / 2) ** 2)
        return values if self.name == "plain" else np.asarray(np.exp(np.clip(values, -500, 500)))

    def within(self, units: Floats, sizes: Floats, expected: float) -> float:
        """Variance of one session on this scale."""
        if self.name == "angle":
            return 1.0
        pooled = float(sizes @ units) / float(sizes.sum())
        return pooled if self.name == "plain" else pooled / expected**2


def predicted(hits: float, total: float, n: float, alpha: float) -> tuple[float, float]:
    """Beta-binomial prediction of a share of n, after `hits` of `total` (Jeffreys' prior)."""
    low, high = _prediction(round(n), hits + 0.5, max(total - hits, 0.0) + 0.5, alpha)
    return low / n, high / n


@lru_cache(maxsize=4096)
def _prediction(n: int, a: float, b: float, alpha: float) -> tuple[float, float]:
    """The quantiles alpha / 2 and 1 - alpha / 2 of a beta-binomial distribution, as its `ppf` gives them.

    `ppf` adds up half a million probabilities for each of its guesses: here each is asked for once, and only around the
    mean. The distribution has one peak (a + b is at least 2), so what lies beyond an edge is at most the edge's
    probability times the places beyond.
    """
    from scipy.stats import betabinom

    mean = n * a / (a + b)
    reach = 12 * math.sqrt(mean * (b / (a + b)) * (1 + (n - 1) / (a + b + 1))) + 12
    while True:
        first, last = max(0, math.floor(mean - reach)), min(n, math.ceil(mean + reach))
        chances = betabinom.pmf(np.arange(first, last + 1), n, a, b)
        if max(chances[0] * first, chances[-1] * (n - last)) < _BEYOND:
            break
        reach *= 2
    low, high = np.searchsorted(np.cumsum(chances), [alpha / 2, 1 - alpha / 2])
    return float(first + low), float(first + min(high, last - first))


def _median_variance(values: Floats) -> float:
    """n times the variance of a median, from the order statistics around it (McKean and Schrader)."""
    n, z = len(values), 1.959963984540054
    reach = z * np.sqrt(n) / 2
    ordered = np.sort(values)
    low, high = max(0, int(np.floor(n / 2 - reach))), min(n - 1, int(np.ceil(n / 2 + reach)))
    return float(n * ((ordered[high] - ordered[low]) / (2 * z)) ** 2)
