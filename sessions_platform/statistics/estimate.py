"""Effects of two cohorts by cluster bootstrap: rates, means and medians, crude or on one mix of strata.

A crude rate's interval is never narrower than Newcombe's, and no rate's error smaller than Agresti and Caffo's: the
bootstrap of a cohort without any failure shows no spread at all.
"""

import math

import numpy as np

from sessions_platform.statistics import intervals
from sessions_platform.statistics.resample import Draws, generator, two_arms
from sessions_platform.statistics.results import RESAMPLES, Arm, Estimate, Floats, Kind
from sessions_platform.statistics.spread import Freedom, bins, freedom_of, middle, spread_of


def estimate(a: Arm, b: Arm, kind: Kind, mix: Floats, *, alpha: float, resamples: int = RESAMPLES) -> Estimate:
    """b - a with its interval. `mix` are the weights of the strata (`[1.0]` for a crude effect); cells index it."""
    rng = generator(a.values, a.weights, a.clusters, a.cells, b.values, b.weights, b.clusters, b.cells)
    draws_a, draws_b = two_arms(a.clusters, b.clusters, resamples, rng)
    edges = bins(np.concatenate([a.values, b.values])) if kind == "median" else None
    drawn = _drawn(b, draws_b, mix, edges) - _drawn(a, draws_a, mix, edges)
    drawn = drawn[~np.isnan(drawn)]
    value_a, value_b = _figure(a, mix, kind), _figure(b, mix, kind)
    free = [freedom_of(arm.clusters, arm.cells, len(mix)) for arm in (a, b)]
    least = Freedom(min(f.df for f in free), max(f.stretch for f in free), 0, min(f.effective for f in free))
    floor = _independent(a, b, mix) if kind == "rate" else 0.0
    spread = spread_of(value_b - value_a, drawn, kind, least, floor=floor, alpha=alpha)
    low, high = spread.low, spread.high
    if kind == "rate" and len(mix) == 1:
        figures = [float(amounts.sum()) for amounts in (a.values, a.weights, b.values, b.weights)]
        outer = intervals.newcombe(figures[0], figures[1], figures[2], figures[3], alpha)
        low, high = min(low, outer[0]), max(high, outer[1])
    return Estimate(
        value_a,
        value_b,
        value_b - value_a,
        spread.se,
        low,
        high,
        spread.p_value,
        spread.design,
        free[0].clusters,
        free[1].clusters,
        least.effective,
    )


def crude_figure(arm: Arm, kind: Kind) -> float:
    """The cohort's own figure, on its own mix."""
    if kind == "median":
        return float(np.median(arm.values))
    return float(arm.values.sum() / arm.weights.sum())


def _figure(arm: Arm, mix: Floats, kind: Kind) -> float:
    if kind == "median":
        order = np.argsort(arm.values, kind="stable")
        return float(middle(_shares(arm, mix)[order][None, :], arm.values[order])[0])
    hits, totals = _cell_sums(arm, mix)
    return float(mix @ (hits / totals))


def _drawn(arm: Arm, draws: Draws, mix: Floats, edges: Floats | None) -> Floats:
    """The figure in every resample, over the strata that it holds; NaN where it holds none. `edges` for medians."""
    if edges is not None:
        places = (np.searchsorted(edges, arm.values, side="right") - 1).astype(np.int64)
        return middle(draws.sums(places, len(edges), _shares(arm, mix)), edges)
    hits = draws.sums(arm.cells, len(mix), arm.values)
    totals = draws.sums(arm.cells, len(mix), arm.weights)
    rates = np.divide(hits, totals, out=np.zeros_like(hits), where=totals > 0)
    held = (totals > 0) @ mix
    made: Floats = np.divide(rates @ mix, held, out=np.full(len(held), np.nan), where=held > 0)
    return made


def _independent(a: Arm, b: Arm, mix: Floats) -> float:
    """Standard error if sessions were independent, each rate drawn to the middle by one success and one failure."""
    variance = 0.0
    for arm in (a, b):
        hits, totals = _cell_sums(arm, mix)
        rates = (hits + 1) / (totals + 2)
        variance += float((mix**2) @ (rates * (1 - rates) / (totals + 2)))
    return math.sqrt(variance)


def _cell_sums(arm: Arm, mix: Floats) -> tuple[Floats, Floats]:
    hits, totals = (
        np.bincount(arm.cells, amounts, len(mix)).astype(np.float64) for amounts in (arm.values, arm.weights)
    )
    return hits, totals


def _shares(arm: Arm, mix: Floats) -> Floats:
    """What a session weighs for its cohort to have the mix."""
    if len(mix) == 1:
        return np.ones(len(arm.values))
    made: Floats = (mix / np.bincount(arm.cells, minlength=len(mix)))[arm.cells]
    return made
