"""Intervals over statsmodels and scipy: Wilson's of a proportion, Newcombe's of a difference, and Student's t."""

import math


def wilson(successes: float, n: float, alpha: float = 0.05) -> tuple[float, float]:
    """Wilson score interval of successes / n, at 1 - alpha. (0, 1) for n = 0: nothing is known."""
    from statsmodels.stats.proportion import proportion_confint  # type: ignore[import-untyped]

    if n <= 0:
        return 0.0, 1.0
    low, high = proportion_confint(successes, n, alpha=alpha, method="wilson")
    return max(0.0, float(low)), min(1.0, float(high))


def newcombe(
    successes_a: float, n_a: float, successes_b: float, n_b: float, alpha: float = 0.05
) -> tuple[float, float]:
    """Newcombe's hybrid score interval of a difference of independent proportions, b - a. (-1, 1) if one is empty."""
    from statsmodels.stats.proportion import confint_proportions_2indep

    if n_a <= 0 or n_b <= 0:
        return -1.0, 1.0
    low, high = confint_proportions_2indep(
        successes_b, n_b, successes_a, n_a, method="newcomb", compare="diff", alpha=alpha
    )
    return max(-1.0, float(low)), min(1.0, float(high))


def t_quantile(df: float, alpha: float = 0.05) -> float:
    """The two-sided quantile of Student's t at 1 - alpha, of at least one degree of freedom."""
    from scipy import stats

    return float(stats.t.isf(alpha / 2, max(df, 1.0)))


def t_p_value(effect: float, se: float, df: float) -> float:
    """Two-sided p of effect / se under Student's t; 1 for no effect, 0 for one without any spread."""
    from scipy import stats

    if effect == 0 or math.isnan(effect):
        return 1.0
    return float(2 * stats.t.sf(abs(effect) / se, max(df, 1.0))) if se > 0 else 0.0
