"""Intervals, required n and false discovery rates against scipy and statsmodels, and by their properties."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as their_mcnemar  # type: ignore[import-untyped]
from statsmodels.stats.multitest import multipletests  # type: ignore[import-untyped]
from statsmodels.stats.power import NormalIndPower  # type: ignore[import-untyped]

from sessions_platform.statistics.intervals import newcombe, t_p_value, t_quantile, wilson
from sessions_platform.statistics.multiple import benjamini_hochberg
from sessions_platform.statistics.paired import mcnemar
from sessions_platform.statistics.power import detectable, pairs_for_spread, sessions_for_rates, sessions_for_spread

counts = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(("k", "n"), [(0, 1), (9, 10), (55, 78), (1000, 1000), (3, 20_000)])
def test_wilsons_interval_is_scipys(k: int, n: int) -> None:
    theirs = stats.binomtest(k, n).proportion_ci(method="wilson")
    assert wilson(k, n) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_newcombes_interval_is_the_one_of_his_paper() -> None:
    # Newcombe 1998, example (a): 56/70 - 48/80, method 10.
    assert newcombe(48, 80, 56, 70) == pytest.approx((0.0524, 0.3339), abs=5e-5)


@given(counts, st.sampled_from([0.01, 0.05, 0.2]))
def test_wilsons_interval_holds_its_rate_and_mirrors(count: tuple[int, int], alpha: float) -> None:
    k, n = count
    low, high = wilson(k, n, alpha)
    assert 0 <= low <= k / n + 1e-9 and k / n - 1e-9 <= high <= 1
    assert wilson(n - k, n, alpha) == pytest.approx((1 - high, 1 - low), abs=1e-9)


@given(counts, counts)
@settings(max_examples=60)
def test_newcombes_interval_holds_its_difference_and_turns_with_its_cohorts(
    a: tuple[int, int], b: tuple[int, int]
) -> None:
    low, high = newcombe(*a, *b)
    difference = b[0] / b[1] - a[0] / a[1]
    assert -1 <= low <= difference + 1e-9 and difference - 1e-9 <= high <= 1
    assert newcombe(*b, *a) == pytest.approx((-high, -low), abs=1e-9)


def test_of_nothing_nothing_is_known() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert newcombe(0, 0, 3, 4) == (-1.0, 1.0)
    assert (t_p_value(0.0, 0.0, 5), t_p_value(1.0, 0.0, 5)) == (1.0, 0.0)
    assert t_quantile(0.2) == t_quantile(1) == pytest.approx(12.706, abs=1e-3)


@pytest.mark.parametrize(("only_a", "only_b"), [(9, 17), (0, 0), (0, 6), (40, 21)])
def test_mcnemars_p_is_the_exact_one_of_statsmodels(only_a: int, only_b: int) -> None:
    theirs = their_mcnemar([[46, only_a], [only_b, 6]], exact=True).pvalue if only_a + only_b else 1.0
    assert mcnemar(only_a, only_b) == pytest.approx(float(theirs))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_false_discovery_rates_are_those_of_statsmodels(p_values: list[float]) -> None:
    assert benjamini_hochberg(p_values) == pytest.approx(list(multipletests(p_values, method="fdr_bh")[1]))
    assert benjamini_hochberg([]) == []


@pytest.mark.parametrize(("rate", "effect"), [(0.7, 0.1), (0.5, 0.05), (0.95, 0.1), (0.02, 0.1)])
def test_required_sessions_give_the_power_they_promise(rate: float, effect: float) -> None:
    n = sessions_for_rates(rate, effect)
    moved = [rate + change for change in (effect, -effect) if 0 <= rate + change <= 1]
    powers = []
    for other in moved:
        spread = math.sqrt(rate * (1 - rate) + other * (1 - other))
        powers.append(stats.norm.cdf(effect * math.sqrt(n) / spread - 1.96))
    assert min(powers) == pytest.approx(0.80, abs=0.03)


def test_required_sessions_for_a_spread_are_those_of_the_normal_test() -> None:
    theirs = NormalIndPower().solve_power(effect_size=0.25, alpha=0.05, power=0.8)
    assert sessions_for_spread(4.0, 1.0) == math.ceil(float(theirs)) == 252
    assert pairs_for_spread(4.0, 1.0) == 126
    assert pairs_for_spread(0.0, 1.0) == pairs_for_spread(1.0, 0.0) == 2
    assert detectable(1.0) == pytest.approx(2.8016, abs=1e-4)
