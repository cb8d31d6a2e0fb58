"""Rules against the weeks before, looked at every day for twelve weeks: how often chance alone makes one fire.

Days differ by more than chance, as real ones do. The rule asks for so small a drop that its band alone decides.
"""

from collections.abc import Iterator

import numpy as np
import pytest

from sessions_platform.alerts.rules import Rule, parse_rules
from sessions_platform.alerts.states import Figure, next_event, reading
from sessions_platform.alerts.windows import MOST, against
from sessions_platform.statistics.trends import WEEKS, Period
from sessions_platform_tests.alerts.worlds import rules_of

LOOKS = 7 * WEEKS
DAYS = 7 * (MOST + 1) + LOOKS


def rule() -> Rule:
    keys = {"name": "r", "metric": "success_rate", "window": "7d", "threshold": "drop of 0.02", "minimum_n": 20}
    (made,) = parse_rules(rules_of(keys), "f")
    return made


def windows(hits: np.ndarray, sessions: int, end: int) -> list[Period]:
    """Thirteen windows of seven days, newest first."""
    n = 7 * sessions
    rates = [hits[end - 7 * (k + 1) : end - 7 * k].sum() / n for k in range(MOST + 1)]
    return [Period(str(k), n, float(rate), float(rate * (1 - rate)), float(n)) for k, rate in enumerate(rates)]


def fires(made: Rule, hits: np.ndarray, sessions: int, days: range) -> Iterator[int]:
    """Days after which the rule fires, looked at every day."""
    firing = False
    for end in days:
        periods = windows(hits, sessions, end)
        figure = Figure(str(end), periods[0].value, periods[0].n)
        if figure.value is not None and not firing and figure.value > np.mean([p.value for p in periods[1:]]) - 0.01:
            continue  # surely no drop of 0.02: the band need not be asked
        event = next_event(made, firing, [reading(made, against(made, figure, periods))])
        firing = firing if event is None else event == "fired"
        if event == "fired":
            yield end


def quarter(generator: np.random.Generator, sessions: int, spread: float, drop: float = 0.0) -> np.ndarray:
    """Successes of each day: rates of 0.8 that spread between days; lower by `drop` in the last 14."""
    rates = np.clip(generator.normal(0.8, spread, DAYS), 0.3, 0.99)
    rates[-14:] -= drop
    return generator.binomial(sessions, rates)


def false_alarms(quarters: int, seed: int) -> int:
    generator = np.random.default_rng(seed)
    made, looks = rule(), range(DAYS - LOOKS, DAYS)
    return sum(any(fires(made, quarter(generator, 100, 0.1), 100, looks)) for _ in range(quarters))


def test_chance_alone_fires_in_less_than_one_quarter_of_twenty() -> None:
    assert false_alarms(40, 5) <= 2


def test_a_true_drop_is_found_within_a_week() -> None:
    generator, made = np.random.default_rng(6), rule()
    found = [list(fires(made, quarter(generator, 40, 0.04, 0.25), 40, range(DAYS - 14, DAYS - 6))) for _ in range(10)]
    assert all(found)


@pytest.mark.slow
def test_chance_alone_fires_in_less_than_one_quarter_of_twenty_over_many_quarters() -> None:
    assert false_alarms(1000, 7) <= 50
