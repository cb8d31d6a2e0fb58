"""The tests behind discovery, against figures by hand and scipy's own."""

import numpy as np
import pytest
from scipy import stats

from sessions_platform.analysis.excess import tail, upper_tail
from sessions_platform.analysis.lift import lift, ranks, shifted


def test_a_value_is_held_against_the_rate_of_all_others() -> None:
    hits, exposed = np.array([[30.0], [10.0], [10.0]]), np.array([[100.0], [100.0], [100.0]])
    _, mean = upper_tail(hits, exposed)
    assert mean.tolist() == pytest.approx([100 * 20.5 / 201, 100 * 40.5 / 201, 100 * 40.5 / 201])


def test_a_value_is_held_against_others_of_its_own_application_only() -> None:
    """Two applications with two values each: what all of one application has stands out nowhere."""
    hits = np.array([[40.0, 0.0], [38.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    exposed = np.array([[100.0, 0.0], [100.0, 0.0], [0.0, 100.0], [0.0, 100.0]])
    p_values, mean = upper_tail(hits, exposed)
    assert min(p_values) > 0.2
    assert mean[0] == pytest.approx(100 * 38.5 / 101)
    assert upper_tail(hits.sum(axis=1, keepdims=True), exposed.sum(axis=1, keepdims=True))[0][0] < 0.2
    # The only value of its application has nothing to stand out from.
    alone, expected = upper_tail(np.array([[40.0, 0.0], [0.0, 1.0]]), np.array([[100.0, 0.0], [0.0, 100.0]]))
    assert alone.tolist() == [1.0, 1.0]
    assert expected.tolist() == [40.0, 1.0]


def test_one_value_alone_has_nothing_to_stand_out_from() -> None:
    assert upper_tail(np.array([[30.0]]), np.array([[100.0]]))[0].tolist() == [1.0]


def test_the_tail_is_that_of_a_negative_binomial() -> None:
    mean, variance = 4.0, 12.0
    size = mean**2 / (variance - mean)
    found = tail(np.array([10.0]), np.array([mean]), np.array([variance]))[0]
    assert found == pytest.approx(stats.nbinom.sf(9, size, size / (size + mean)))


def test_values_that_differ_by_nature_stand_out_seldom() -> None:
    """Rates that differ by a factor of 1.6 (one standard deviation) are rarely taken for more than that."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(200):
        exposed = rng.integers(50, 500, 12).astype(float)
        rates = 0.05 * np.exp(rng.normal(0, 0.5, 12))
        hits = rng.binomial(exposed.astype(int), rates).astype(float)
        found += upper_tail(hits[:, None], exposed[:, None])[0].tolist()
    assert np.mean(np.array(found) < 0.01) < 0.02


def test_lift_is_mantel_haenszels_ratio_and_the_p_of_one_stratum_is_fishers() -> None:
    inside = np.array([True] * 10 + [False] * 40)
    failed = np.array([1.0] * 7 + [0.0] * 3 + [1.0] * 8 + [0.0] * 32)
    found = lift(inside, failed, np.zeros(50, dtype=np.int64))
    assert found.ratio == pytest.approx((7 / 10) / (8 / 40))
    assert found.p_value == pytest.approx(stats.fisher_exact([[7, 3], [8, 32]], "greater").pvalue)
    assert (found.failed, found.judged) == (7, 10)
    assert found.low is not None and found.high is not None and found.low < 3.5 < found.high


def test_a_mix_that_differs_is_no_lift() -> None:
    strata = np.array([0] * 100 + [1] * 100)
    failed = np.array(([1.0] * 8 + [0.0] * 2) * 10 + ([1.0] + [0.0] * 9) * 10)
    inside = np.array([number % 10 in (0, 1, 2, 3, 4, 8) for number in range(100)] + [n % 10 == 9 for n in range(100)])
    crude = failed[inside].mean() / failed[~inside].mean()
    found = lift(inside, failed, strata)
    assert crude > 2 and found.ratio is not None and found.ratio < 1.1


def test_sessions_that_nobody_judged_are_not_counted() -> None:
    failed = np.array([np.nan] * 5 + [1.0, 0.0, 0.0, 0.0])
    found = lift(np.array([True] * 6 + [False] * 3), failed, np.zeros(9, dtype=np.int64))
    assert found.judged == 1


def test_without_others_in_the_stratum_there_is_no_lift() -> None:
    assert lift(np.array([True, True]), np.array([1.0, 1.0]), np.zeros(2, dtype=np.int64)).ratio is None


def test_a_shift_of_ranks_is_mann_whitneys() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(0, 1, 200)
    inside = np.arange(200) < 60
    values[inside] += 0.3
    wanted = stats.mannwhitneyu(values[inside], values[~inside], alternative="greater", method="asymptotic").pvalue
    assert shifted(inside, ranks(values)) == pytest.approx(float(wanted), rel=0.02)
