"""How many sessions it takes to see an effect, at 80 % power and a two-sided test. Over statsmodels' closed forms."""

import math

from sessions_platform.statistics.results import ALPHA, POWER


def sessions_for_rates(rate: float, effect: float, *, alpha: float = ALPHA, power: float = POWER) -> int:
    """Sessions in each of two equal cohorts to see a rate move by `effect`, up or down, whichever takes more."""
    from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail  # type: ignore[import-untyped]

    found = []
    for change in (effect, -effect):
        moved = rate + change
        if 0.0 <= moved <= 1.0:
            n = samplesize_proportions_2indep_onetail(change, rate, power, alpha=alpha / 2, alternative=_side(change))
            found.append(math.ceil(float(n)))
    return max(found, default=2)


def sessions_for_spread(spread: float, effect: float, *, alpha: float = ALPHA, power: float = POWER) -> int:
    """Sessions in each of two equal cohorts whose values spread by `spread` (standard deviation) to see `effect`."""
    return pairs_for_spread(spread * math.sqrt(2), effect, alpha=alpha, power=power)


def pairs_for_spread(spread: float, effect: float, *, alpha: float = ALPHA, power: float = POWER) -> int:
    """Pairs whose differences spread by `spread` (standard deviation) to see a difference of `effect`."""
    from statsmodels.stats.power import normal_sample_size_one_tail  # type: ignore[import-untyped]

    if effect <= 0 or spread <= 0:
        return 2
    return max(2, math.ceil(float(normal_sample_size_one_tail(effect, power, alpha / 2, std_null=spread))))


def detectable(se: float, *, alpha: float = ALPHA, power: float = POWER) -> float:
    """The effect that an estimate with this standard error sees with that power."""
    from scipy import stats

    return float(se * (stats.norm.isf(alpha / 2) + stats.norm.isf(1 - power)))


def _side(change: float) -> str:
    return "larger" if change > 0 else "smaller"
