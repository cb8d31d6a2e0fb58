"""How many more sessions of one sort there are than use explains: overdispersed counts over the values of a key.

Nothing here knows what is counted. A value's count is held against what the *other* values of the same key lead one to
expect of as many sessions. Values differ by nature (a tool fails more often than another), so the expectation spreads
by what the others differ by, and never by less than `NATURAL`.
"""

import numpy as np

from sessions_platform.statistics.results import Floats

NATURAL = 1.0
"""Standard deviation, on the logit scale, by which values of one key are taken to differ by nature: by a factor of
about 2.7 one way or the other. What is known to be more alike has less."""
NATURAL_OF = {
    **dict.fromkeys(("version", "release", "environment", "model"), 0.5),
    **dict.fromkeys(("tool", "operation", "platform"), 0.7),
}
"""Versions run the same tasks; agents and applications do different things altogether."""
MOST_SPREAD = 2.0
NATURAL_WEIGHT = 4.0
"""As many values' worth of evidence stands behind `NATURAL`."""


def spread(hits: Floats, mean: Floats, rate: Floats, natural: float = NATURAL) -> Floats:
    """For each value, the standard deviation on the logit scale of the others' rates, drawn towards `natural`.

    The one of the others that is furthest off is left out: one pattern must not hide the next.
    """
    slope = mean * (1 - rate)
    seen, scale = (hits - mean) ** 2 - slope, slope**2
    order = np.argsort(-seen, kind="stable")
    off = np.full(len(hits), order[0])
    off[order[0]] = order[min(1, len(hits) - 1)]
    others_seen, others_scale = seen.sum() - seen - seen[off], scale.sum() - scale - scale[off]
    weight = np.where(others_scale > 0, np.maximum(len(hits) - 3, 0), 0)
    found = np.clip(others_seen / np.maximum(others_scale, 1e-12), 0.0, MOST_SPREAD**2)
    made: Floats = np.sqrt((weight * found + NATURAL_WEIGHT * natural**2) / (weight + NATURAL_WEIGHT))
    return made


def tail(hits: Floats, mean: Floats, variance: Floats) -> Floats:
    """P of a count at least as large, of a negative binomial of this mean and variance (of Poisson's at the least)."""
    from scipy import special

    over = np.maximum(variance - mean, 1e-6 * mean)
    size = mean**2 / np.maximum(over, 1e-12)
    found = special.betainc(np.maximum(hits, 1e-9), np.maximum(size, 1e-9), mean / np.maximum(mean + size, 1e-12))
    made: Floats = np.where(hits <= 0, 1.0, found)
    return made


def upper_tail(hits: Floats, exposed: Floats, natural: float = NATURAL) -> tuple[Floats, Floats]:
    """P of a count at least as large for each value, and the count expected; 1 where there is nothing to compare with.

    `hits` and `exposed` have a row a value, and a column for each sort of session that is compared only with its own:
    values that are found in one application alone say nothing where all of that application is so.
    """
    if len(hits) < 2:
        return np.ones(len(hits)), hits.sum(axis=1)
    hits_of_others, others = hits.sum(axis=0) - hits, exposed.sum(axis=0) - exposed
    alone = others < 1
    rate_there = np.clip((hits_of_others + 0.5) / (others + 1.0), 0.0, 0.999)
    mean = np.where(alone, hits, exposed * rate_there).sum(axis=1)
    k, e = hits.sum(axis=1), exposed.sum(axis=1)
    rate = np.clip(mean / np.maximum(e, 1.0), 1e-9, 0.999)
    sigma = spread(k, mean, rate, natural)
    # The rate itself is known only as well as the others' sessions tell it.
    known = np.maximum(np.where((exposed > 0) & ~alone, hits_of_others, 0.0).sum(axis=1), 0.5)
    p_values = tail(k, mean, mean * (1 - rate) + (mean * (1 - rate) * sigma) ** 2 + mean**2 / known)
    told: Floats = np.where(((exposed > 0) & ~alone).any(axis=1), p_values, 1.0)
    return told, mean
