"""A rule's figures over the published file: true ones, with their n, intervals and bands."""

import math
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sessions_platform.alerts.rules import ALERT_METRICS, Rule, parse_rules
from sessions_platform.alerts.states import reading
from sessions_platform.alerts.windows import figure, figures
from sessions_platform.analytics import SessionAnalytics
from sessions_platform.settings import Settings
from sessions_platform.statistics.intervals import wilson
from sessions_platform_tests.alerts.worlds import FIRST, day_of, home, publish, put_day, rules_of

NOON = datetime(2026, 11, 11, 12, tzinfo=UTC)
LAST = date(2026, 11, 9)


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> SessionAnalytics:
    """Eight dates of four sessions: 3 good calls and 1 bad one in each on the last three dates, 4 good ones before."""
    settings = home(tmp_path_factory.mktemp("week"))
    for number in range(8):
        bad = int(number >= 5)
        put_day(settings, day_of(number), 4 - bad, bad, sessions=4)
    publish(settings)
    return SessionAnalytics(settings.database)


def rule(metric: str, threshold: str = "below 0.9", **more: Any) -> Rule:
    keys = {"name": "r", "metric": metric, "window": "7d", "threshold": threshold, "minimum_n": 1}
    (made,) = parse_rules(rules_of(keys | more), "f")
    return made


def test_tool_success_is_over_the_calls_of_the_window_with_wilsons_interval(week: SessionAnalytics) -> None:
    found = figure(week, rule("tool_success"), LAST)
    assert (found.value, found.n) == (100 / 112, 112)
    assert (found.ci_low, found.ci_high) == pytest.approx(wilson(100, 112))
    assert figure(week, rule("tool_success", window="3d"), LAST).value == 36 / 48
    earlier = figures(week, rule("tool_success", fire_after=3, window="1d"), date(2026, 11, 7), NOON)
    assert [(one.date, one.value) for one in earlier] == [
        ("2026-11-07", 0.75),
        ("2026-11-06", 1.0),
        ("2026-11-05", 1.0),
    ]


def test_a_segment_is_a_tool_an_agent_or_a_property_of_sessions(week: SessionAnalytics) -> None:
    for segment, n in (("tool:kubectl", 112), ("agent:coder", 112), ("team:red", 112), ("environment:production", 112)):
        assert figure(week, rule("tool_success", segment=segment), LAST).n == n, segment
    for segment in ("tool:git", "agent:planner", "team:blue", "version:9"):
        assert figure(week, rule("tool_success", segment=segment), LAST).n == 0, segment
    assert figure(week, rule("success_rate", segment="team:red"), LAST).n == 28
    assert figure(week, rule("success_rate", segment="tool:git"), LAST).value is None


def test_rates_and_medians_of_sessions_are_those_of_comparisons(week: SessionAnalytics) -> None:
    success = figure(week, rule("success_rate"), LAST)
    assert (success.value, success.n) == (16 / 28, 28)
    assert (success.ci_low, success.ci_high) == pytest.approx(wilson(16, 28))
    assert figure(week, rule("completion_rate"), LAST).value == 1.0
    of_sessions = figure(week, rule("tool_success_rate"), LAST)
    assert (of_sessions.value, of_sessions.n) == (100 / 112, 28)
    turns = figure(week, rule("turns", "above 3"), LAST)
    assert (turns.value, turns.n, turns.ci_low, turns.ci_high) == (1, 28, 1, 1)
    assert figure(week, rule("cost", "above 3"), LAST).value == 0.25
    unknown = figure(week, rule("unknown_share", "above 0.5"), LAST)
    assert (unknown.value, unknown.n, unknown.ci_low) == (0.0, 28, 0.0)
    assert unknown.ci_high == pytest.approx(wilson(0, 28)[1])


def test_totals_count_the_published_dates(week: SessionAnalytics) -> None:
    found = {name: figure(week, rule(name, "above 1"), LAST) for name in ("sessions", "total_cost")}
    assert {name: (one.value, one.n) for name, one in found.items()} == {"sessions": (28, 7), "total_cost": (7.0, 7)}
    before = figure(week, rule("sessions", "above 1"), FIRST + timedelta(days=1))
    assert (before.value, before.n) == (8, 2)


def test_every_metric_has_a_figure_over_no_data_at_all(week: SessionAnalytics) -> None:
    for name, metric in ALERT_METRICS.items():
        threshold = "above 0" if metric.kind == "total" else "drop of 0.1"
        found = figure(week, rule(name, threshold), FIRST - timedelta(days=90))
        assert reading(rule(name, threshold, minimum_n=1), found) == "not enough data", name


def test_dates_are_missing_from_noon_of_the_day_after_and_none_before_the_first(tmp_path: Path) -> None:
    settings = home(tmp_path)
    for number, complete in enumerate([True, True, False]):
        put_day(settings, day_of(number), 1, complete=complete)
    publish(settings)
    analytics, missing = SessionAnalytics(settings.database), rule("days_missing", "above 0")

    def at(day: int, hour: int) -> tuple[str, float | None, int]:
        (found,) = figures(analytics, missing, FIRST, datetime(2026, 11, day, hour, tzinfo=UTC))
        return found.date, found.value, found.n

    assert at(4, 11) == ("2026-11-02", 0, 1)
    assert at(4, 12) == ("2026-11-03", 0, 2)
    assert at(5, 12) == ("2026-11-04", 1, 3)
    assert at(7, 12) == ("2026-11-06", 3, 5)


def steady(settings: Settings, weeks: int, last_bad: int) -> SessionAnalytics:
    """Weeks of 21 sessions of 5 calls, of which 1 fails in every fifth session; in the last week `last_bad` in each."""
    for number in range(7 * weeks):
        bad = last_bad if number >= 7 * (weeks - 1) else int(number % 5 == 0)
        put_day(settings, day_of(number), 5 - bad, bad, sessions=3)
    publish(settings)
    return SessionAnalytics(settings.database)


def test_a_drop_is_held_against_the_band_that_the_weeks_before_leave(tmp_path: Path) -> None:
    analytics, last = steady(home(tmp_path), 9, 2), FIRST + timedelta(days=62)
    drop = rule("tool_success", "drop of 0.1")
    found = figure(analytics, drop, last)
    assert (found.value, found.n, found.outside) == (0.6, 105, True)
    # 56 dates before, of which 12 have 3 bad calls in 15.
    assert found.expected == pytest.approx(1 - 36 / 840)
    assert reading(drop, found) == "past"
    assert reading(drop, figure(analytics, drop, last - timedelta(days=7))) == "clear"
    assert not figure(analytics, rule("tool_success", "rise of 0.1"), last).outside
    nothing = figure(analytics, rule("tool_success", "drop of 0.1", window="21d"), last)
    assert nothing.expected is None and reading(drop, nothing) == "not enough data"


def test_the_bounds_of_a_median_are_those_of_order_statistics(tmp_path: Path) -> None:
    settings = home(tmp_path)
    for number in range(5):
        put_day(settings, day_of(number), number + 1, sessions=5)
    publish(settings)
    found = figure(SessionAnalytics(settings.database), rule("messages", "above 9"), FIRST + timedelta(days=4))
    counts = sorted(2 + made for made in range(1, 6) for _ in range(5))
    reach = 1.959963984540054 * math.sqrt(25) / 2
    bounds = counts[math.floor(12.5 - reach)], counts[math.ceil(12.5 + reach)]
    assert (found.value, found.n, (found.ci_low, found.ci_high)) == (5, 25, bounds)
