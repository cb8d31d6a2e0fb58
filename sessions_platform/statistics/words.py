"""A comparison in plain English: one sentence, and its method. Things are associated here, never caused."""

from dataclasses import dataclass

from sessions_platform.statistics.results import DIFFERENT, MIN_CLUSTERS, NO_EVIDENCE, Estimate, Kind, Verdict
from sessions_platform.statistics.verdicts import Lack


@dataclass(frozen=True, slots=True)
class Subject:
    """What is compared: names of the cohorts, of the metric, its unit, and of the strata."""

    a: str
    b: str
    metric: str
    kind: Kind
    unit: str
    strata: str = "strata"
    level: str = "95 %"

    def amount(self, value: float) -> str:
        """A figure, such as `70.5 %` or `8 turns`."""
        return f"{100 * value:.1f} %" if self.kind == "rate" else f"{value:.3g} {self.unit}".strip()

    def span(self, low: float, high: float) -> str:
        """An interval of a difference, such as `-2.3 to +22.6 points`."""
        return f"{self.change(low).split(' ')[0]} to {self.change(high)}"

    def change(self, value: float, *, sign: bool = True) -> str:
        """A difference of two figures, such as `+10.3 points`."""
        plus = "+" if sign else ""
        if self.kind == "rate":
            return f"{100 * value:{plus}.1f} points"
        return f"{value:{plus}.3g} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class Counted:
    """Sessions (pairs) compared, and what it takes to see the effect asked about."""

    n: tuple[int, int]
    asked: float
    required: int
    paired: bool
    adjusted: bool

    @property
    def words(self) -> str:
        """How many were compared, b first, as the sentences have it."""
        return f"{self.n[0]} pairs" if self.paired else f"{self.n[1]} against {self.n[0]} sessions"

    @property
    def unit(self) -> str:
        """What `required` counts."""
        return "pairs" if self.paired else "sessions in each cohort"


def explain(
    subject: Subject,
    verdict: Verdict,
    lack: Lack,
    found: Estimate | None,
    counted: Counted,
) -> str:
    """One sentence that says the verdict, with effect, interval and n."""
    opening = (
        f"Not enough data to say whether {subject.b} is associated with a different {subject.metric} from {subject.a}"
    )
    if found is None:
        return f"{opening}: {counted.words}; it takes about {counted.required} {counted.unit}."
    mix = f" on one mix of {subject.strata}" if counted.adjusted else ""
    figures = f"{subject.amount(found.value_b)} against {subject.amount(found.value_a)}{mix}"
    interval = f"{subject.level} interval {subject.span(found.low, found.high)}; {counted.words}"
    if verdict == DIFFERENT:
        way = "higher" if found.effect > 0 else "lower"
        by = subject.change(abs(found.effect), sign=False)
        return f"{subject.b} is associated with a {subject.metric} {by} {way} than {subject.a}: {figures} ({interval})."
    told = f"{figures}, {subject.change(found.effect)} ({interval})"
    sight = subject.change(counted.asked, sign=False)
    if verdict == NO_EVIDENCE:
        return (
            f"No evidence that {subject.b} is associated with a different {subject.metric} from {subject.a}: {told}; "
            f"a difference of {sight} would have been seen with 80 % power."
        )
    return f"{opening}: {told}; {_wanting(lack, subject, sight, counted)}."


def _wanting(lack: Lack, subject: Subject, sight: str, counted: Counted) -> str:
    if lack == "users":
        return f"sessions of at least {MIN_CLUSTERS:.0f} users are needed in each cohort, none of whom has most of them"
    if lack == "overlap":
        return f"the cohorts share too few {subject.strata} to be compared like with like"
    return f"to see a difference of {sight} takes about {counted.required} {counted.unit}"


def method(subject: Subject, *, resamples: int, strata: int, paired: bool, users: bool) -> str:
    """How the effect and its interval were made, in words."""
    figure = {"rate": "rates", "mean": "means", "median": "medians"}[subject.kind]
    what = f"difference of {figure}"
    if paired:
        what = "median of the paired differences" if subject.kind == "median" else f"paired difference of {figure}"
    if strata:
        what += f", post-stratified over {strata} {subject.strata}"
    whom = "users" if users else ("pairs" if paired else "sessions")
    told = (
        f"{what}; {subject.level} interval from a cluster bootstrap over {whom} ({resamples:,} resamples, Student's t)"
    )
    if subject.kind == "rate" and paired:
        return f"{told}, never narrower than Bonett and Price's; exact McNemar test"
    if subject.kind == "rate":
        return f"{told}, never narrower than {'Agresti and Caffo' if strata else 'Newcombe'}'s"
    return told
