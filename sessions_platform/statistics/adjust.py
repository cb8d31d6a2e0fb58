"""Post-stratification: which strata (tasks, platforms) both cohorts have, and what each weighs in the adjusted figures.

A stratum weighs as many sessions as both cohorts have of it together, so that both are compared on one mix. Strata too
small on a side are compared as one; those that one cohort lacks cannot be compared, and are said to be missing.
"""

from dataclasses import dataclass

import numpy as np

from sessions_platform.statistics.results import MIN_STRATUM, Floats, Ints, Stratum

SMALL = "(small ones together)"


@dataclass(frozen=True, slots=True)
class Mix:
    """Strata of two cohorts. `cells` tell each session's place in `weights`, -1 where it has none (a first, then b)."""

    names: list[str]
    counts: Ints
    place: Ints
    weights: Floats
    cells_a: Ints
    cells_b: Ints

    @property
    def missing(self) -> list[str]:
        """Strata that only one cohort has."""
        return [name for name, (n_a, n_b) in zip(self.names, self.counts.tolist(), strict=True) if not (n_a and n_b)]

    @property
    def coverage(self) -> float:
        """Share of sessions in strata that are compared; of the cohort where it is smaller."""
        return min(float((cells >= 0).mean()) if len(cells) else 0.0 for cells in (self.cells_a, self.cells_b))

    def table(self, values_a: list[float | None], values_b: list[float | None]) -> tuple[Stratum, ...]:
        """The mix shift, largest strata first; the figures of each stratum are the caller's."""
        totals = np.maximum(self.counts.sum(axis=0), 1)
        rows = []
        for i, name in enumerate(self.names):
            n_a, n_b = (int(n) for n in self.counts[i])
            whole = int(self.counts[self.place == self.place[i]].sum())
            weight = float(self.weights[self.place[i]]) * (n_a + n_b) / whole if self.place[i] >= 0 else 0.0
            shares = (n_a / float(totals[0]), n_b / float(totals[1]))
            rows.append(Stratum(name, n_a, n_b, *shares, values_a[i], values_b[i], weight, self._note(i)))
        return tuple(sorted(rows, key=lambda row: (-row.n_a - row.n_b, row.name)))

    def _note(self, i: int) -> str:
        n_a, n_b = self.counts[i]
        if not (n_a and n_b):
            return "only in b" if n_b else "only in a"
        if self.place[i] < 0:
            return "too few to compare"
        return SMALL[1:-1] if (self.place == self.place[i]).sum() > 1 or min(n_a, n_b) < MIN_STRATUM else ""


def mix_of(codes_a: Ints, codes_b: Ints, names: list[str]) -> Mix:
    """The strata of two cohorts, by their codes (indices of `names`)."""
    counts = np.stack([np.bincount(codes, minlength=len(names)) for codes in (codes_a, codes_b)], axis=1)
    large = counts.min(axis=1) >= MIN_STRATUM
    small = (counts.min(axis=1) > 0) & ~large
    place = np.full(len(names), -1, dtype=np.int64)
    place[large] = np.arange(large.sum())
    if counts[small].sum(axis=0).min() >= MIN_STRATUM:
        place[small] = large.sum()
    used = place >= 0
    sizes = np.bincount(place[used], weights=counts[used].sum(axis=1)).astype(np.float64)
    weights: Floats = sizes / max(float(sizes.sum()), 1.0)
    return Mix(names, counts, place, weights, place[codes_a], place[codes_b])
