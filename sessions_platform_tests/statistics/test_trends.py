"""Weeks against the band of the weeks before them: seldom a false alarm, and a real change is seen."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import betabinom

from sessions_platform.statistics.results import ALPHA, Kind
from sessions_platform.statistics.trends import DAILY, WEEKLY, Period, control_bands, period_of, predicted
from sessions_platform_tests.statistics.simulate import false_alarms


def rate_weeks(*counted: tuple[int, int]) -> list[Period]:
    """Weeks of (successes, sessions)."""
    return [
        period_of(str(n), np.array([1.0] * k + [0.0] * (of - k)), np.ones(of), "rate")
        for n, (k, of) in enumerate(counted)
    ]


def test_a_band_needs_four_weeks_with_enough_sessions() -> None:
    weeks = rate_weeks((80, 100), (82, 100), (3, 5), (79, 100), (81, 100), (80, 100))
    statuses = [look.status for look in control_bands(weeks, "rate")]
    assert statuses == ["no band yet", "no band yet", "insufficient data", "no band yet", "no band yet", "within"]


def test_a_collapse_is_below_the_band_and_a_wobble_within() -> None:
    steady = [(800, 1000), (805, 1000), (797, 1000), (803, 1000), (799, 1000), (801, 1000), (802, 1000), (798, 1000)]
    wobble, collapse, leap = (
        control_bands(rate_weeks(*steady, last), "rate")[-1] for last in ((775, 1000), (650, 1000), (960, 1000))
    )
    assert (wobble.status, collapse.status, leap.status) == ("within", "below", "above")
    assert collapse.expected == pytest.approx(0.800625)
    assert collapse.low is not None and 0.65 < collapse.low < 0.80
    assert (collapse.n, collapse.periods) == (1000, 8)


def test_weeks_that_wander_leave_a_wider_band_than_weeks_that_do_not() -> None:
    still = control_bands(rate_weeks(*[(800, 1000)] * 6), "rate")[-1]
    restless = control_bands(rate_weeks(*[(700, 1000), (900, 1000)] * 3), "rate")[-1]
    assert still.low is not None and restless.low is not None
    assert restless.low < still.low - 0.1


def test_medians_that_never_change_and_one_that_does() -> None:
    weeks = [period_of(str(n), np.full(50, 3.0), np.ones(50), "median") for n in range(6)]
    weeks.append(period_of("7", np.full(50, 6.0), np.ones(50), "median"))
    assert [look.status for look in control_bands(weeks, "median")][-3:] == ["within", "within", "above"]


def test_rates_of_one_and_of_nothing_have_bounds_between_nought_and_one() -> None:
    for k in (0, 100):
        look = control_bands(rate_weeks(*[(k, 100)] * 6), "rate")[-1]
        assert look.status == "within"
        assert look.low is not None and look.high is not None and 0 <= look.low <= look.high <= 1


def test_an_empty_week_has_no_value_and_unknown_sessions_are_shown() -> None:
    empty = period_of("w", np.array([]), np.array([]), "rate")
    half = period_of("w", np.array([1.0, np.nan]), np.ones(2), "rate")
    assert (empty.n, empty.value, empty.unknown) == (0, None, None)
    assert (half.n, half.value, half.unknown) == (1, 1.0, 0.5)


@pytest.mark.parametrize("n", [20, 25, 300, 5000])
@pytest.mark.parametrize("total", [80, 1000, 20_000])
@pytest.mark.parametrize("alpha", [ALPHA / 24, ALPHA / 168])
def test_the_prediction_of_a_rate_is_scipys_to_the_last_session(n: int, total: int, alpha: float) -> None:
    for hits in (0, 1, round(0.3 * total), round(0.95 * total), total):
        theirs = betabinom(n, hits + 0.5, total - hits + 0.5)
        wanted = (float(theirs.ppf(alpha / 2)) / n, float(theirs.ppf(1 - alpha / 2)) / n)
        assert predicted(hits, total, n, alpha) == wanted


def test_a_prediction_of_half_a_million_calls_looks_at_few_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    whole = type(betabinom).pmf

    def counted(self: Any, k: Any, *shape: Any) -> Any:
        asked.append(len(k))
        return whole(self, k, *shape)

    monkeypatch.setattr(type(betabinom), "pmf", counted)
    low, high = predicted(5_400_000, 6_000_000, 500_000, ALPHA / 24)
    assert low < 0.9 < high < low + 0.004
    assert sum(asked) < 10_000


@pytest.mark.parametrize(
    ("kind", "sessions", "wander"), [("rate", 100, 0.01), ("rate", 2000, 0.0), ("median", 60, 0.05)]
)
def test_twelve_weekly_looks_at_sixty_series_give_hardly_any_false_alarm(
    kind: Kind, sessions: int, wander: float
) -> None:
    assert false_alarms(60, kind, WEEKLY, sessions=sessions, wander=wander) <= 0.05


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "sessions", "wander"),
    [("rate", 40, 0.0), ("rate", 300, 0.01), ("median", 50, 0.0), ("median", 100, 0.05), ("mean", 200, 0.02)],
)
def test_twelve_weekly_looks_give_a_false_alarm_in_at_most_one_of_twenty_series(
    kind: Kind, sessions: int, wander: float
) -> None:
    assert false_alarms(200, kind, WEEKLY, sessions=sessions, wander=wander) <= 0.05


def test_twelve_weeks_of_daily_looks_do_not_either() -> None:
    assert false_alarms(60, "median", DAILY, sessions=40, wander=0.01) <= 0.05


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["rate", "median", "mean"])
@pytest.mark.parametrize("wander", [0.0, 0.005, 0.02])
def test_false_alarms_of_twelve_weekly_looks_at_full_size(kind: Kind, wander: float) -> None:
    assert false_alarms(2000, kind, WEEKLY, sessions=200, wander=wander) <= 0.05
