"""Measures groups and segments on synthetic weeks: which planted patterns are told, and what is told of a null week."""

from dataclasses import dataclass

from sessions_platform.analysis import pooled
from sessions_platform.analysis.analyses.cost_anomalies import proposed
from sessions_platform.analysis.cost import CHECK, OUTLIER, outlier_labels
from sessions_platform.analysis.discover import SEGMENTS
from sessions_platform.analysis.draft import CheckFacts, Draft
from sessions_platform.analysis.drivers.rules import Rules
from sessions_platform.analysis.population import Population, population
from sessions_platform_tests.analysis import synthetic

CHECKS = {
    **{name: CheckFacts(name, specific=True) for name in synthetic.SPECIFIC},
    **{name: CheckFacts(name, specific=True, hazard=True) for name in synthetic.HAZARD},
    **{name: CheckFacts(name) for name in synthetic.WEAK},
    OUTLIER: CHECK,
}


@dataclass
class Measured:
    """What was told of a week, and which of its patterns that finds."""

    told: list[Draft]
    people: Population
    found: dict[str, bool]


def measured(week: synthetic.Week, further: dict[str, CheckFacts] | None = None) -> Measured:
    """Everything that discovery does with numbers; `further` checks are known beside those of synthetic weeks."""
    people = population(week.logs, week.uses)
    labels = [*Rules().label_l0([], {log.session_id: log for log in week.logs}).labels, *outlier_labels(people)]
    hits, drafts = pooled.label_groups(labels, CHECKS | (further or {}), people)
    told = pooled.told_groups([*drafts, *proposed(people, hits)], hits, people)
    told += pooled.told_segments(SEGMENTS, told, people)
    sets = [frozenset(pooled.sessions_of(one, people)) for one in told]
    found = {kind: any(f1(one, planted) >= 0.5 for one in sets) for kind, planted in sorted(week.planted.items())}
    return Measured(told, people, found)


def f1(one: frozenset[str], other: frozenset[str]) -> float:
    """Harmonic mean of precision and recall."""
    return 2 * len(one & other) / (len(one) + len(other)) if one | other else 0.0
