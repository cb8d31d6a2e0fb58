"""Simulated cohorts and weeks in which nothing differs, for measuring how often the statistics say otherwise."""

import numpy as np

from sessions_platform.statistics.cohorts import Sample, compare
from sessions_platform.statistics.results import DIFFERENT, Floats, Kind
from sessions_platform.statistics.trends import Rhythm, control_bands, period_of


def user_sizes(rng: np.random.Generator, users: int, mean: int, skewed: bool) -> Floats:
    """Sessions of each user: about alike, or few users with most of them."""
    if skewed:
        return np.minimum(rng.pareto(1.5, users) * mean / 2 + 1, 300).astype(np.int64).astype(np.float64)
    return (rng.poisson(mean - 1, users) + 1).astype(np.float64)


def null_cohort(
    rng: np.random.Generator,
    name: str,
    users: int,
    *,
    kind: Kind = "rate",
    mean: int = 6,
    alike: float = 0.3,
    rate: float = 0.7,
    skewed: bool = False,
    strata: int = 0,
) -> Sample:
    """A cohort of `users` whose sessions are correlated by `alike`; every call draws from one population."""
    sizes = user_sizes(rng, users, mean, skewed).astype(np.int64)
    who = np.repeat(np.arange(users), sizes)
    if kind == "rate":
        scale = 1 / alike - 1 if alike else 1e9
        values = (rng.random(len(who)) < rng.beta(rate * scale, (1 - rate) * scale, users)[who]).astype(np.float64)
    else:
        own = rng.normal(0, alike**0.5, users)[who]
        values = np.exp(own + rng.normal(0, (1 - alike) ** 0.5, len(who)))
    mixes = [f"s{n}" for n in rng.integers(0, strata, len(who))] if strata else None
    return Sample(name, values, [f"{name}{n}" for n in who], mixes)


def false_differences(
    comparisons: int,
    users: tuple[int, int],
    *,
    resamples: int,
    seed: int = 20261120,
    kind: Kind = "rate",
    **more: object,
) -> float:
    """Share of comparisons of two cohorts of one population that are called different."""
    rng = np.random.default_rng(seed)
    found = 0
    for _ in range(comparisons):
        a = null_cohort(rng, "a", users[0], kind=kind, **more)  # type: ignore[arg-type]
        b = null_cohort(rng, "b", users[1], kind=kind, **more)  # type: ignore[arg-type]
        found += compare(a, b, kind, resamples=resamples).verdict == DIFFERENT
    return found / comparisons


def false_alarms(
    series: int, kind: Kind, rhythm: Rhythm, *, sessions: int, wander: float, seed: int = 20261120
) -> float:
    """Share of series with any alarm in twelve weeks of looks after as many periods as a band may use.

    `wander` is how much periods differ by more than chance: the correlation of sessions of one period.
    """
    rng = np.random.default_rng(seed)
    alarmed = 0
    for _ in range(series):
        periods = [
            period_of(str(n), _period(rng, kind, sessions, wander), np.ones(sessions), kind)
            for n in range(rhythm.most + rhythm.looks)
        ]
        looks = control_bands(periods, kind, rhythm)[rhythm.most :]
        alarmed += any(look.status in ("above", "below") for look in looks)
    return alarmed / series


def _period(rng: np.random.Generator, kind: Kind, sessions: int, wander: float) -> Floats:
    if kind == "rate":
        scale = 1 / wander - 1 if wander else 1e9
        return (rng.random(sessions) < rng.beta(0.8 * scale, 0.2 * scale)).astype(np.float64)
    return np.exp(rng.normal(0, 1, sessions) + rng.normal(0, wander**0.5))
