"""`Sample`, a cohort as arrays, one entry a session; and both cohorts with their users as numbers. No statistics."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sessions_platform.statistics.results import Arm, Floats, Ints

NO_STRATUM = "(none)"
ONE_USER = "All sessions are of one user: they were taken as independent, and what is found holds for that user."


@dataclass(frozen=True, eq=False)
class Sample:
    """A cohort. `values` are 1 and 0, or amounts, NaN where unknown; `weights` what they are out of, 1 if not given.

    `clusters` are users (None: unknown, each session by itself), `strata` tasks or platforms, `pairs` keys of the task
    that was run. A ratio of sums (tool calls that succeeded) has successes as values and calls as weights.
    """

    name: str
    values: Sequence[float] | Floats
    clusters: Sequence[str | None] | None = None
    strata: Sequence[str | None] | None = None
    pairs: Sequence[str | None] | None = None
    weights: Sequence[float] | Floats | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """The sessions of two cohorts that have a value, a's and b's: arms, and keys by the same places.

    `total` counts all sessions; `users` says whether clusters are users.
    """

    arms: tuple[Arm, Arm]
    total: tuple[int, int]
    strata: tuple[list[str], list[str]] | None
    pairs: tuple[list[str | None], list[str | None]] | None
    users: bool
    weighted: bool
    notes: tuple[str, ...]

    @property
    def n(self) -> tuple[int, int]:
        """Sessions that have a value."""
        return len(self.arms[0].values), len(self.arms[1].values)

    @property
    def unknown(self) -> tuple[float | None, float | None]:
        """Share of the sessions without a value; None where there are no sessions."""
        a, b = (1 - n / total if total else None for n, total in zip(self.n, self.total, strict=True))
        return a, b


def known_of(a: Sample, b: Sample) -> Known:
    """Both cohorts without the sessions whose value is unknown."""
    both = (a, b)
    amounts = [np.asarray(sample.values, dtype=np.float64) for sample in both]
    weights = [_weights(sample) for sample in both]
    masks = [~np.isnan(values) & (weight > 0) for values, weight in zip(amounts, weights, strict=True)]
    names = [_kept(sample.clusters, mask) for sample, mask in zip(both, masks, strict=True)]
    codes, users, notes = _codes(*names)
    arms = [
        Arm(values[mask], weight[mask], code, np.zeros(int(mask.sum()), dtype=np.int64))
        for values, weight, mask, code in zip(amounts, weights, masks, codes, strict=True)
    ]
    strata, pairs = None, None
    if a.strata is not None and b.strata is not None:
        kept = [_kept(sample.strata, mask) for sample, mask in zip(both, masks, strict=True)]
        strata = tuple([name or NO_STRATUM for name in side] for side in kept)
    if a.pairs is not None and b.pairs is not None:
        pairs = (_kept(a.pairs, masks[0]), _kept(b.pairs, masks[1]))
    weighted = a.weights is not None or b.weights is not None
    total = (len(amounts[0]), len(amounts[1]))
    return Known((arms[0], arms[1]), total, strata, pairs, users, weighted, notes)  # type: ignore[arg-type]


def _weights(sample: Sample) -> Floats:
    if sample.weights is None:
        return np.ones(len(sample.values))
    return np.asarray(sample.weights, dtype=np.float64)


def _kept(names: Sequence[str | None] | None, mask: NDArray[np.bool_]) -> list[str | None]:
    if names is None:
        return [None] * int(mask.sum())
    return [name for name, there in zip(names, mask.tolist(), strict=True) if there]


def _codes(a: list[str | None], b: list[str | None]) -> tuple[tuple[Ints, Ints], bool, tuple[str, ...]]:
    """Users of both cohorts as numbers; whoever is unknown is somebody else each time."""
    numbers: dict[str, int] = {}
    for name in (*a, *b):
        if name is not None:
            numbers.setdefault(name, len(numbers))
    notes = (ONE_USER,) if len(numbers) == 1 and len(a) + len(b) > 1 and None not in (*a, *b) else ()
    if notes:
        numbers = {}
    alone = iter(range(len(numbers), len(numbers) + len(a) + len(b)))
    codes = [np.array([numbers[n] if n in numbers else next(alone) for n in side], dtype=np.int64) for side in (a, b)]
    return (codes[0], codes[1]), bool(numbers), notes
