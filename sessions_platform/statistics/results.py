"""What a comparison answers: its figures, its verdict, and the tables that show how the cohorts differ.

Data only, and the limits that the verdicts rest on. Rules are in `verdicts`, words in `words`.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Kind = Literal["rate", "mean", "median"]
Verdict = Literal["different", "no evidence of difference", "not enough data"]
DIFFERENT: Verdict = "different"
NO_EVIDENCE: Verdict = "no evidence of difference"
NOT_ENOUGH: Verdict = "not enough data"

ALPHA = 0.05
POWER = 0.80
RESAMPLES = 2000
MIN_SESSIONS = 20
"""Fewest sessions with a value in each cohort; below, an interval tells of its method, not of the sessions."""
MIN_CLUSTERS = 8.0
"""Fewest users in each cohort, counted as if all had equally many sessions; below, their spread cannot be estimated."""
MIN_STRATUM = 5
"""Fewest sessions of a stratum in each cohort for it to be compared by itself."""
MIN_COVERAGE = 0.5
"""Least share of each cohort that lies in strata which both cohorts have."""
MIN_PAIRED = 0.8
"""Least share of the smaller cohort that has a partner, for the pairs to stand for the cohorts."""
ASKED_RATE = 0.10
ASKED_SHARE = 0.20
"""The effect asked about unless the caller names one: 10 percentage points of a rate, 20 % of a median or mean."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """A stratum's sessions, share and figure in each cohort; `weight`: its part of the adjusted figures, or 0."""

    name: str
    n_a: int
    n_b: int
    share_a: float
    share_b: float
    value_a: float | None
    value_b: float | None
    weight: float
    note: str


@dataclass(frozen=True, slots=True)
class PairCounts:
    """Pairs by what each side had: successes on both sides, only in a, only in b, in neither; with the exact p."""

    both: int
    only_a: int
    only_b: int
    neither: int
    p_value: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Cohort b against cohort a. Effects are b - a: a fraction for rates, else in `unit`; None where nothing is known.

    `n_*` are sessions with a value (pairs, where `paired`); `sessions_*` all of them; `unknown_*` the share without.
    `crude_effect` is the difference before adjustment. `required_n` is sessions (pairs) in each cohort that it takes to
    see `asked` with 80 % power; `detectable` what these sessions let us see.
    """

    a: str
    b: str
    metric: str
    kind: Kind
    unit: str
    verdict: Verdict
    explanation: str
    method: str
    value_a: float | None
    value_b: float | None
    effect: float | None
    ci_low: float | None
    ci_high: float | None
    crude_effect: float | None
    p_value: float | None
    q_value: float | None
    n_a: int
    n_b: int
    sessions_a: int
    sessions_b: int
    unknown_a: float | None
    unknown_b: float | None
    clusters_a: int
    clusters_b: int
    asked: float
    required_n: int
    required_clusters: int
    detectable: float | None
    adjusted: bool
    strata_missing: bool
    strata: tuple[Stratum, ...]
    paired: bool
    pairs: PairCounts | None
    notes: tuple[str, ...]

    def as_record(self) -> dict[str, Any]:
        """The same as plain data that JSON can carry."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Arm:
    """Sessions of a cohort that have a value: amounts, what they are out of (1, or tool calls), cluster and stratum."""

    values: Floats
    weights: Floats
    clusters: Ints
    cells: Ints


@dataclass(frozen=True, slots=True)
class Estimate:
    """An effect and its spread. `effect` is b - a on one mix; for paired medians, the median of the differences.

    `design` is the variance over that of independent sessions; `effective_clusters` those of the cohort with fewer.
    """

    value_a: float
    value_b: float
    effect: float
    se: float
    low: float
    high: float
    p_value: float
    design: float
    clusters_a: int
    clusters_b: int
    effective_clusters: float
