"""How two cohorts can be compared: on the tasks that both ran, on one mix of strata, or as they are."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sessions_platform.statistics.adjust import Mix, mix_of
from sessions_platform.statistics.estimate import crude_figure, estimate
from sessions_platform.statistics.paired import count_pairs, estimate_pairs, partners
from sessions_platform.statistics.results import (
    MIN_COVERAGE,
    MIN_PAIRED,
    Arm,
    Estimate,
    Ints,
    Kind,
    PairCounts,
    Stratum,
)
from sessions_platform.statistics.samples import Known


@dataclass(frozen=True, slots=True)
class Design:
    """What was estimated, over `n` sessions (pairs); `adjusted` is the number of strata compared, 0 for none."""

    found: Estimate | None
    n: tuple[int, int]
    strata: tuple[Stratum, ...] = ()
    missing: tuple[str, ...] = ()
    coverage: float = 1.0
    adjusted: int = 0
    paired: bool = False
    pairs: PairCounts | None = None
    notes: tuple[str, ...] = ()


def design_of(known: Known, kind: Kind, *, alpha: float, resamples: int) -> Design:
    """Paired where most sessions have a partner, else post-stratified where strata are known, else as it is.

    The mix of strata is shown in any case; pairs are on one mix by themselves.
    """
    mix = _mix(known)
    table = _table(mix, known, kind) if mix else ()
    missing = tuple(mix.missing) if mix else ()
    paired, notes = _paired(known, kind, alpha, resamples)
    if paired is not None:
        return replace(paired, strata=table, missing=missing, notes=notes)
    if not all(known.n):
        return Design(None, known.n, table, missing, notes=notes)
    return replace(_unpaired(known, mix, kind, alpha, resamples), strata=table, missing=missing, notes=notes)


def _unpaired(known: Known, mix: Mix | None, kind: Kind, alpha: float, resamples: int) -> Design:
    whole = np.ones(1)
    if mix is None or (len(mix.weights) == 1 and mix.coverage == 1):
        return Design(estimate(*known.arms, kind, whole, alpha=alpha, resamples=resamples), known.n)
    if mix.coverage < MIN_COVERAGE:
        found = estimate(*known.arms, kind, whole, alpha=alpha, resamples=resamples)
        return Design(found, known.n, coverage=mix.coverage)
    a, b = (_within(arm, cells) for arm, cells in zip(known.arms, (mix.cells_a, mix.cells_b), strict=True))
    found = estimate(a, b, kind, mix.weights, alpha=alpha, resamples=resamples)
    return Design(found, (len(a.values), len(b.values)), coverage=mix.coverage, adjusted=len(mix.weights))


def _paired(known: Known, kind: Kind, alpha: float, resamples: int) -> tuple[Design | None, tuple[str, ...]]:
    if known.pairs is None or known.weighted:
        return None, ()
    at_a, at_b = partners(*known.pairs)
    most = min(known.n)
    if not most or len(at_a) < MIN_PAIRED * most:
        return None, (f"Compared without pairs: {len(at_a)} of {most} sessions have exactly one partner.",)
    a, b = known.arms
    clusters = _coarser(a.clusters[at_a], b.clusters[at_b])
    left, right = a.values[at_a], b.values[at_b]
    found = estimate_pairs(left, right, clusters, kind, alpha=alpha, resamples=resamples)
    counts = count_pairs(left, right) if kind == "rate" else None
    rest = known.n[0] + known.n[1] - 2 * len(at_a)
    notes = (f"{rest} sessions without a partner are left out.",) if rest else ()
    return Design(found, (len(at_a), len(at_a)), paired=True, pairs=counts), notes


def _coarser(a: Ints, b: Ints) -> Ints:
    """Clusters of the pairs: the users of the side that has fewer of them."""
    return min(a, b, key=lambda side: len(np.unique(side)))


def _mix(known: Known) -> Mix | None:
    if known.strata is None or not all(known.n):
        return None
    names = sorted({*known.strata[0], *known.strata[1]})
    places = {name: i for i, name in enumerate(names)}
    codes = [np.array([places[name] for name in side], dtype=np.int64) for side in known.strata]
    return mix_of(codes[0], codes[1], names)


def _table(mix: Mix, known: Known, kind: Kind) -> tuple[Stratum, ...]:
    assert known.strata is not None  # noqa: S101 - there is a mix only where there are strata
    figures: list[list[float | None]] = []
    for arm, names in zip(known.arms, known.strata, strict=True):
        held = np.array(names)
        masks = [held == name for name in mix.names]
        figures.append([crude_figure(_masked(arm, mask), kind) if mask.any() else None for mask in masks])
    return mix.table(figures[0], figures[1])


def _within(arm: Arm, cells: Ints) -> Arm:
    mask = cells >= 0
    return replace(_masked(arm, mask), cells=cells[mask])


def _masked(arm: Arm, mask: NDArray[np.bool_]) -> Arm:
    return Arm(arm.values[mask], arm.weights[mask], arm.clusters[mask], arm.cells[mask])
