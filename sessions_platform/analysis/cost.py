"""Sessions that cost far more than others of their task: which, and whether there are more than a heavy tail has.

Cost is heavy-tailed by nature, so a large sum alone says nothing. Two things do: dear sessions that share a path (an
agent, an operation, a version), which `groups` tests as any other label; and a bump far out, more of them than the tail
nearer the middle leads one to expect.
"""

import numpy as np

from sessions_platform.analysis.draft import CheckFacts, Draft
from sessions_platform.analysis.excess import tail
from sessions_platform.analysis.judging import LEAST_FACTOR, mask_of, supported
from sessions_platform.analysis.lift import lift
from sessions_platform.analysis.model import Label
from sessions_platform.analysis.population import Population
from sessions_platform.statistics.results import Floats, Ints

OUTLIER = "cost_outlier"
FAR = 3.0
"""Robust standard deviations of log cost above the median of the task."""
_STEP = 0.5
CHECK = CheckFacts(
    OUTLIER,
    hazard=True,
    analysis="cost_anomalies",
    code="C.outlier",
    title="Sessions cost far more than others of their task",
    hypothesis="Something is done over and over, or far more is read than the task needs.",
    action="Look at what its dearest sessions repeat, and bound it.",
)


def outlier_labels(people: Population) -> list[Label]:
    """A label for every session whose cost lies far above that of its task."""
    far = np.flatnonzero(np.nan_to_num(people.cost, nan=0.0) >= FAR)
    return [Label(people.logs[at].session_id, OUTLIER, "L0", "constraint", OUTLIER) for at in far.tolist()]


def bump(people: Population, labelled: Ints) -> list[Draft]:
    """Dear sessions as a whole, if there are more than the tail before them foretells by how it falls.

    `labelled` are those that carry the label, which is what the finding's number counts.

    A tail that falls as a power of the cost falls evenly on this scale; lighter ones fall faster, and are foretold more
    than they have.
    """
    known = people.cost[~np.isnan(people.cost)]
    far = float((known >= FAR).sum())
    if not supported(labelled, people):
        return []
    mean, variance = _foretold(known)
    p = float(tail(np.array([far]), np.array([mean]), np.array([variance]))[0])
    holds = far >= LEAST_FACTOR * mean
    return [
        Draft(
            analysis="cost_anomalies",
            label=OUTLIER,
            signature=(),
            sessions=labelled,
            exposed=len(known),
            expected=min(mean, float(len(labelled))),
            p_value=p if holds else 1.0,
            check=CHECK,
            p_concentration=p,
            lift=lift(mask_of(labelled, people), people.failed, people.strata),
        )
    ]


def _foretold(known: Floats) -> tuple[float, float]:
    """Sessions from `FAR` on, by how many fewer there are from one step before it to the next, and the variance.

    Where there are more in the last step, the bump reaches down to it, and the steps before it are taken.
    """
    bounds = np.array([FAR - 3 * _STEP, FAR - 2 * _STEP, FAR - _STEP, FAR])
    first, near, mid = (float(((known >= a) & (known < b)).sum()) for a, b in zip(bounds, bounds[1:], strict=False))
    steps, before, last = (1, near, mid) if mid <= near else (2, first, near)
    falls = min((last + 0.5) / (before + 1), 0.9)
    mean = max(last, 0.5) * falls**steps / (1 - falls)
    return mean, mean + mean**2 * (4 / (last + 0.5) + 1 / (before + 1))
