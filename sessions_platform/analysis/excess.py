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


def expected(hits: Floats, exposed: Floats) -> Floats:
    """Count that each value would have at the rate of all others; half a hit more keeps a rate of zero open."""
    hits_of_others, others = hits.sum() - hits, exposed.sum() - exposed
    rate = np.clip((hits_of_others + 0.5) / (others + 1.0), 0.0, 0.999)
    made: Floats = exposed * rate
    return made


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


def upper_tail(hits: Floats, exposed: Floats, natural: float = NATURAL) -> Floats:
    """P of a count at least as large for each value; 1 where there is no other value to compare with."""
    if len(hits) < 2:
        return np.ones(len(hits))
    mean = expected(hits, exposed)
    rate = np.clip(mean / np.maximum(exposed, 1.0), 1e-9, 0.999)
    sigma = spread(hits, mean, rate, natural)
    # The rate itself is known only as well as the others' sessions tell it.
    known = np.maximum(hits.sum() - hits, 0.5)
    return tail(hits, mean, mean * (1 - rate) + (mean * (1 - rate) * sigma) ** 2 + mean**2 / known)
