"""Cluster bootstrap: users are drawn with replacement, each with all of its sessions. Drawing only, no statistics.

More than MOST_GROUPS users are first dealt at random into as many groups of equal size, which are drawn in their stead:
groups of independent users are independent too, and a hundred thousand sessions stay below a second.
"""

import hashlib
from dataclasses import dataclass

import numpy as np

from sessions_platform.statistics.results import Floats, Ints

MOST_GROUPS = 1000


@dataclass(frozen=True, slots=True)
class Draws:
    """How often each group was drawn (`times`, resamples x groups) and the group of each session."""

    times: Floats
    groups: Ints

    def sums(self, cells: Ints, count: int, amounts: Floats) -> Floats:
        """Sums of the sessions' amounts by cell (0 .. count - 1) in every resample: resamples x count."""
        size = self.times.shape[1]
        flat = np.bincount(self.groups * count + cells, weights=amounts, minlength=size * count)
        made: Floats = self.times @ flat.reshape(size, count)
        return made


def one_arm(clusters: Ints, resamples: int, rng: np.random.Generator) -> Draws:
    """Draws over the clusters of one cohort (of pairs)."""
    groups, count = _grouped(clusters, rng)
    return Draws(_times(count, resamples, rng), groups)


def two_arms(a: Ints, b: Ints, resamples: int, rng: np.random.Generator) -> tuple[Draws, Draws]:
    """Draws for both cohorts; clusters with sessions in both are drawn for both at once, and stay together."""
    if not np.isin(a, b).any():
        return one_arm(a, resamples, rng), one_arm(b, resamples, rng)
    groups, count = _grouped(np.concatenate([a, b]), rng)
    times = _times(count, resamples, rng)
    return Draws(times, groups[: len(a)]), Draws(times, groups[len(a) :])


def effective_count(clusters: Ints) -> float:
    """Clusters as if all were equally large (Kish): one user with half of the sessions leaves about four."""
    sizes = np.bincount(np.unique(clusters, return_inverse=True)[1]).astype(np.float64)
    return float(sizes.sum() ** 2 / (sizes**2).sum()) if len(sizes) else 0.0


def generator(*arrays: Floats | Ints) -> np.random.Generator:
    """Random numbers seeded by the data: the same sessions give the same answer."""
    digest = hashlib.blake2b(digest_size=8)
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return np.random.default_rng(int.from_bytes(digest.digest(), "big"))


def _grouped(clusters: Ints, rng: np.random.Generator) -> tuple[Ints, int]:
    codes = np.unique(clusters, return_inverse=True)[1].astype(np.int64)
    count = int(codes.max()) + 1
    if count > MOST_GROUPS:
        codes, count = (rng.permutation(count) % MOST_GROUPS)[codes], MOST_GROUPS
    return codes, count


def _times(count: int, resamples: int, rng: np.random.Generator) -> Floats:
    picks = rng.integers(0, count, size=(resamples, count)) + np.arange(resamples)[:, None] * count
    times = np.bincount(picks.ravel(), minlength=resamples * count)
    return times.reshape(resamples, count).astype(np.float64)
