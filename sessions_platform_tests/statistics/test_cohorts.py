"""Verdicts on two cohorts: what it takes to be different, to be no evidence, and to be too little to say."""

import json
from typing import Any

import numpy as np
import pytest

from sessions_platform.statistics.cohorts import Sample, compare
from sessions_platform.statistics.intervals import newcombe
from sessions_platform.statistics.multiple import screened
from sessions_platform.statistics.results import DIFFERENT, MIN_PAIRED, NO_EVIDENCE, NOT_ENOUGH
from sessions_platform_tests.statistics.simulate import false_differences, null_cohort


def sample(name: str, successes: int, n: int, **more: Any) -> Sample:
    return Sample(name, [1.0] * successes + [0.0] * (n - successes), **more)


def test_five_against_five_is_not_enough_and_says_what_it_takes() -> None:
    found = compare(sample("a", 3, 5), sample("b", 5, 5))
    assert (found.verdict, found.n_a, found.n_b) == (NOT_ENOUGH, 5, 5)
    assert found.effect == pytest.approx(0.4)
    assert found.required_n == 392
    assert "takes about 392 sessions in each cohort" in found.explanation


def test_even_five_of_five_against_none_of_five_is_not_enough() -> None:
    assert compare(sample("a", 0, 5), sample("b", 5, 5)).verdict == NOT_ENOUGH


def test_a_clear_difference_is_different_and_associated() -> None:
    found = compare(sample("a", 120, 200), sample("b", 160, 200))
    assert found.verdict == DIFFERENT
    assert found.effect == pytest.approx(0.2) and found.ci_low is not None and found.ci_low > 0
    assert "b is associated with a success rate 20.0 points higher than a: 80.0 % against 60.0 %" in found.explanation
    assert "caus" not in found.explanation + found.method


def test_enough_sessions_without_a_difference_are_no_evidence_and_never_no_difference() -> None:
    found = compare(sample("a", 700, 1000), sample("b", 705, 1000))
    assert found.verdict == NO_EVIDENCE
    assert "a difference of 10.0 points would have been seen with 80 % power" in found.explanation
    assert "no difference" not in found.explanation.lower()
    smaller = compare(sample("a", 700, 1000), sample("b", 705, 1000), asked=0.01)
    assert smaller.verdict == NOT_ENOUGH and smaller.required_n > 10_000


def test_without_users_the_interval_is_never_narrower_than_newcombes() -> None:
    for a, b in ((20, 16), (19, 20), (10, 12)):
        found = compare(sample("a", a, 20), sample("b", b, 20))
        low, high = newcombe(a, 20, b, 20)
        assert found.ci_low is not None and found.ci_high is not None
        assert found.ci_low <= low and found.ci_high >= high


def test_all_twenty_of_twenty_on_both_sides_is_no_evidence_for_lack_of_sessions() -> None:
    found = compare(sample("a", 20, 20), sample("b", 20, 20))
    assert (found.verdict, found.effect) == (NOT_ENOUGH, 0.0)


def test_sessions_of_few_users_weigh_less_than_as_many_of_many() -> None:
    values = ([1.0] * 40 + [0.0] * 10, [1.0] * 30 + [0.0] * 20)
    by_user = [[f"{name}{n // 5}" for n in range(50)] for name in "ab"]
    many = compare(Sample("a", values[0]), Sample("b", values[1]))
    few = compare(Sample("a", values[0], by_user[0]), Sample("b", values[1], by_user[1]))
    assert (many.verdict, few.verdict) == (DIFFERENT, NOT_ENOUGH)
    assert few.clusters_a == few.clusters_b == 10
    assert few.required_n > many.required_n


def test_one_user_with_most_of_the_sessions_is_not_many_users() -> None:
    crowd = ["x"] * 80 + [f"u{n}" for n in range(20)]
    found = compare(sample("a", 20, 100, clusters=crowd), sample("b", 90, 100, clusters=[f"b{n}" for n in range(100)]))
    assert found.verdict == NOT_ENOUGH
    assert "at least 8 users" in found.explanation


def test_a_single_user_id_for_everything_is_no_user() -> None:
    found = compare(sample("a", 120, 200, clusters=["x"] * 200), sample("b", 160, 200, clusters=["x"] * 200))
    assert found.verdict == DIFFERENT
    assert found.notes == (
        "All sessions are of one user: they were taken as independent, and what is found holds for that user.",
    )


def simpson() -> tuple[Sample, Sample]:
    """b is worse on the easy task and on the hard one, but ran mostly the easy one."""
    easy, hard = [1.0] * 90 + [0.0] * 10, [1.0] * 40 + [0.0] * 60
    a = Sample("a", easy[:] + hard * 4, strata=["easy"] * 100 + ["hard"] * 400)
    worse_easy, worse_hard = [1.0] * 75 + [0.0] * 25, [1.0] * 25 + [0.0] * 75
    return a, Sample("b", worse_easy * 4 + worse_hard, strata=["easy"] * 400 + ["hard"] * 100)


def test_adjustment_turns_simpsons_paradox_round_and_shows_the_mix() -> None:
    a, b = simpson()
    crude = compare(Sample("a", a.values), Sample("b", b.values))
    adjusted = compare(a, b, strata_name="tasks")
    assert (crude.verdict, crude.effect) == (DIFFERENT, pytest.approx(0.15))
    assert (adjusted.verdict, adjusted.effect) == (DIFFERENT, pytest.approx(-0.15))
    assert (adjusted.adjusted, adjusted.crude_effect) == (True, pytest.approx(0.15))
    shown = {s.name: (s.n_a, s.n_b, s.share_a, s.share_b, s.value_a, s.value_b, s.weight) for s in adjusted.strata}
    assert shown == {"easy": (100, 400, 0.2, 0.8, 0.9, 0.75, 0.5), "hard": (400, 100, 0.8, 0.2, 0.4, 0.25, 0.5)}
    assert "on one mix of tasks" in adjusted.explanation


def test_strata_that_one_cohort_lacks_are_flagged_and_left_out() -> None:
    a = sample("a", 60, 100, strata=["x"] * 100)
    b = sample("b", 72, 120, strata=["x"] * 100 + ["y"] * 20)
    found = compare(a, b, strata_name="tasks")
    assert (found.strata_missing, found.n_a, found.n_b) == (True, 100, 100)
    assert [(s.name, s.note, s.weight) for s in found.strata] == [("x", "", 1.0), ("y", "only in b", 0.0)]
    assert found.notes == ("Only one cohort has these tasks: y.",)


def test_cohorts_that_share_no_strata_cannot_be_compared() -> None:
    found = compare(sample("a", 50, 100, strata=["x"] * 100), sample("b", 90, 100, strata=["y"] * 100))
    assert found.verdict == NOT_ENOUGH
    assert "share too few strata to be compared like with like" in found.explanation


def test_small_strata_are_compared_together() -> None:
    names = ["big"] * 80 + [f"small{n % 10}" for n in range(20)]
    found = compare(sample("a", 60, 100, strata=names), sample("b", 60, 100, strata=names))
    assert (found.n_a, found.adjusted) == (100, True)
    assert {s.note for s in found.strata} == {"", "small ones together"}
    assert sum(s.weight for s in found.strata) == pytest.approx(1.0)


def paired(both: int, only_a: int, only_b: int, neither: int) -> tuple[Sample, Sample]:
    a = [1.0] * (both + only_a) + [0.0] * (only_b + neither)
    b = [1.0] * both + [0.0] * only_a + [1.0] * only_b + [0.0] * neither
    keys = [f"t{n}" for n in range(len(a))]
    return Sample("a", a, pairs=keys), Sample("b", b[::-1], pairs=keys[::-1])


def test_pairs_are_counted_and_tested_exactly() -> None:
    found = compare(*paired(46, 9, 17, 6))
    assert found.paired and found.pairs is not None
    assert (found.pairs.both, found.pairs.only_b, found.pairs.neither, found.pairs.only_a) == (46, 17, 6, 9)
    assert found.p_value == found.pairs.p_value == pytest.approx(0.168638, abs=1e-6)
    assert found.verdict == NOT_ENOUGH
    assert found.required_n == pytest.approx(270, abs=10)
    assert compare(*paired(46, 9, 17, 6), asked=0.2).verdict == NO_EVIDENCE
    assert compare(*paired(46, 5, 25, 6)).verdict == DIFFERENT


def test_pairs_see_what_the_same_sessions_without_them_do_not() -> None:
    a, b = paired(60, 4, 16, 60)
    assert compare(a, b).verdict == DIFFERENT
    assert compare(Sample("a", a.values), Sample("b", b.values)).verdict == NOT_ENOUGH


def test_too_few_partners_and_the_cohorts_are_compared_without() -> None:
    a, b = paired(46, 9, 17, 6)
    assert b.pairs is not None
    lone = Sample("b", b.values, pairs=[None] * 30 + list(b.pairs[30:]))
    found = compare(a, lone)
    assert MIN_PAIRED > 48 / 78
    assert (found.paired, found.pairs) == (False, None)
    assert found.notes == ("Compared without pairs: 48 of 78 sessions have exactly one partner.",)


def test_unknown_outcomes_are_left_out_counted_and_warned_of() -> None:
    a = Sample("a", [1.0] * 30 + [0.0] * 20 + [float("nan")] * 50)
    found = compare(a, sample("b", 60, 100))
    assert (found.n_a, found.sessions_a, found.unknown_a, found.unknown_b) == (50, 100, 0.5, 0.0)
    assert found.notes == ("The share without a value differs (50 % and 0 %): who is left may not compare.",)


def test_an_empty_cohort_gives_no_figures_but_what_it_takes() -> None:
    for a, b in ((sample("a", 0, 0), sample("b", 70, 100)), (sample("a", 0, 0), sample("b", 0, 0))):
        found = compare(a, b)
        assert (found.verdict, found.effect, found.ci_low, found.p_value) == (NOT_ENOUGH, None, None, None)
        assert found.required_n > 200
        assert json.loads(json.dumps(found.as_record()))["verdict"] == NOT_ENOUGH


def test_medians_of_heavy_tails_and_the_same_data_the_same_answer() -> None:
    rng = np.random.default_rng(1)
    a, b = Sample("a", rng.lognormal(0, 1.5, 300)), Sample("b", rng.lognormal(0.9, 1.5, 300))
    found = compare(a, b, "median", metric="median cost", unit="USD")
    assert found.verdict == DIFFERENT
    assert found.value_a == np.median(a.values) and found.value_b == np.median(b.values)
    assert found.asked == pytest.approx(0.2 * np.median(a.values))
    assert compare(a, b, "median", metric="median cost", unit="USD") == found
    same = compare(Sample("a", [2.0] * 50), Sample("b", [2.0] * 50), "median", unit="turns")
    assert (same.verdict, same.effect, same.required_n) == (NO_EVIDENCE, 0.0, 20)
    free = compare(Sample("a", [0.0] * 50), Sample("b", [0.0] * 50), "median", unit="USD")
    assert (free.verdict, free.asked) == (NO_EVIDENCE, 0.0)


def test_calls_of_one_session_are_not_independent() -> None:
    calls = np.full(60, 20.0)
    worked = [np.where(np.arange(60) < bad, 0.0, 20.0) for bad in (6, 12)]
    found = compare(Sample("a", worked[0], weights=calls), Sample("b", worked[1], weights=calls))
    assert found.effect == pytest.approx(-0.1) and found.n_a == 60
    assert found.verdict == NOT_ENOUGH  # 1,200 calls a side alone would be different
    assert found.required_n > 100


def test_many_null_segments_give_almost_no_difference_after_benjamini_hochberg() -> None:
    rng = np.random.default_rng(4)
    wrong = alone = 0
    for _ in range(10):
        found = []
        for n in range(40):
            a, b = (Sample(name, (rng.random(100) < 0.7).astype(float)) for name in ("rest", f"segment:{n}"))
            found.append(compare(a, b, resamples=200))
        alone += any(one.verdict == DIFFERENT for one in found)
        wrong += any(one.verdict == DIFFERENT for one in screened(found))
    assert alone >= 7  # one by one, nearly every screen of 40 finds something
    assert wrong <= 1


def test_a_real_difference_among_many_segments_is_still_found() -> None:
    nulls = [compare(sample("rest", 70, 100), sample(f"s:{n}", 70 + n % 3, 100)) for n in range(30)]
    real = compare(sample("rest", 70, 100), sample("s:real", 35, 100))
    close = compare(sample("rest", 70, 100), sample("s:close", 56, 100))
    few = compare(sample("rest", 70, 100), sample("s:few", 0, 4))
    assert close.verdict == DIFFERENT
    found = screened([few, *nulls, close, real])
    assert (found[0].b, found[0].verdict) == ("s:real", DIFFERENT)
    assert (found[1].b, found[1].verdict) == ("s:close", NOT_ENOUGH)
    assert "Among 32 segments" in found[1].explanation
    assert (found[-1].b, found[-1].q_value, found[-1].verdict) == ("s:few", None, NOT_ENOUGH)


@pytest.mark.parametrize(
    ("users", "more"),
    [
        ((50, 50), {"mean": 1, "alike": 0.0}),
        ((12, 12), {"mean": 12, "alike": 0.3}),
        ((40, 40), {"mean": 8, "alike": 0.3, "skewed": True}),
        ((30, 30), {"mean": 6, "alike": 0.3, "strata": 3}),
    ],
)
def test_of_two_hundred_null_comparisons_hardly_any_is_called_different(
    users: tuple[int, int], more: dict[str, Any]
) -> None:
    assert false_differences(200, users, resamples=200, **more) <= 0.06


@pytest.mark.slow
@pytest.mark.parametrize(
    ("users", "more"),
    [
        ((50, 50), {"mean": 1, "alike": 0.0}),
        ((12, 12), {"mean": 12, "alike": 0.3}),
        ((12, 60), {"mean": 8, "alike": 0.5}),
        ((40, 40), {"mean": 8, "alike": 0.3, "skewed": True}),
        ((30, 30), {"mean": 6, "alike": 0.3, "strata": 3}),
        ((20, 20), {"mean": 3, "kind": "median"}),
    ],
)
def test_of_a_thousand_null_comparisons_at_most_six_in_a_hundred_are_called_different(
    users: tuple[int, int], more: dict[str, Any]
) -> None:
    assert false_differences(1000, users, resamples=300, **more) <= 0.06


def test_taken_as_independent_the_same_users_would_give_many_false_differences() -> None:
    rng, found = np.random.default_rng(5), 0
    for _ in range(300):
        a, b = (null_cohort(rng, name, 12, mean=12, alike=0.3) for name in "ab")
        found += compare(Sample("a", a.values), Sample("b", b.values), resamples=200).verdict == DIFFERENT
    assert found / 300 > 0.2


@pytest.mark.slow
@pytest.mark.parametrize("users", [8, 10, 15, 25, 100])
@pytest.mark.parametrize("alike", [0.0, 0.2, 0.5])
@pytest.mark.parametrize("skewed", [False, True])
def test_false_differences_stay_below_six_in_a_hundred_at_full_size(users: int, alike: float, skewed: bool) -> None:
    assert false_differences(1000, (users, users), resamples=2000, alike=alike, skewed=skewed) <= 0.06
