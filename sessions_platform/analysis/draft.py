"""A finding before it has words: a set of sessions, what tells them apart, and what the tests say. Shapes only."""

from dataclasses import dataclass, field
from typing import Literal

from sessions_platform.analysis.lift import NOTHING, Lift
from sessions_platform.analysis.model import TELLTALE
from sessions_platform.analysis.population import Pair
from sessions_platform.statistics.results import Ints

Analysis = Literal["failure_modes", "task_profile", "capability_gaps", "regressions", "cost_anomalies", "platforms"]
OF_CALLS = ("tool", "operation", "agent")
"""Keys whose value a label carries itself; every other key is a segment of the session."""


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """What discovery has to know of a check.

    `specific`: what it sees hardly happens by chance; `certain`: it is a fault wherever it is seen. `hazard`: it
    matters whatever became of the session, if it is specific; what is neither (cost) is told where it is concentrated.
    """

    name: str
    specific: bool = False
    certain: bool = False
    hazard: bool = False
    spoken: bool = False
    """Whether it rests on an agent's words alone, so that at a session's end it may be a symptom of its failure."""
    analysis: Analysis = "failure_modes"
    code: str = ""
    title: str = ""
    hypothesis: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """`label` is what its sessions carry ('' for a difference of failed shares); `signature` is ordered by key.

    `exposed` are sessions that could have been of it, `expected` how many of them would be if nothing were special.
    `measure` tells differences apart: what was compared.
    """

    analysis: Analysis
    label: str
    signature: tuple[Pair, ...]
    sessions: Ints
    exposed: int
    expected: float
    p_value: float
    check: CheckFacts | None = None
    shape: str = ""
    measure: str = ""
    lift: Lift = NOTHING
    p_concentration: float = 1.0
    p_harm: float = 1.0
    common: bool = False
    """Whether it is in too many sessions to be a mishap, so that failing more than their like is all that is asked."""
    q_value: float = 1.0
    tests: int = 0
    also: tuple[str, ...] = ()
    """Names of other groups that hold mostly the same sessions."""
    figures: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def excess(self) -> float:
        """Sessions beyond those expected."""
        return max(0.0, len(self.sessions) - self.expected)

    @property
    def learnt(self) -> bool:
        """Whether it is a telltale: learnt from the week, no check of its own behind it."""
        return self.check is not None and self.check.name == TELLTALE

    @property
    def name(self) -> str:
        """Names the group in any order of groups, the same in every week."""
        told = " & ".join(f"{key}={value}" for key, value in self.signature)
        return f"{self.label or self.measure}[{told}]"
