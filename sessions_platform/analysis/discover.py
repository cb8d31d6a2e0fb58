"""Discovery: from a week's logs to findings that nobody has verified yet. The pure entry points of the weekly steps.

`plan` says what is read, `labels` what was seen, `findings` what it means. Nothing is written and no text is trusted:
the only thing asked of outside is the reader, which gives every number by the very SQL that verification runs again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sessions_platform.analysis import candidates, pooled
from sessions_platform.analysis.analyses import cost_anomalies, platforms, regressions, task_profile
from sessions_platform.analysis.building import Context, finding, ranked
from sessions_platform.analysis.cost import outlier_labels
from sessions_platform.analysis.drivers import Driver, Spent, Texts
from sessions_platform.analysis.drivers.rules import order
from sessions_platform.analysis.evidence import places_of
from sessions_platform.analysis.known_checks import known_checks
from sessions_platform.analysis.metric_sql import Week
from sessions_platform.analysis.model import Finding, Label, Planned, SessionLog
from sessions_platform.analysis.population import Use, population
from sessions_platform.analysis.reader import Reader
from sessions_platform.sql import statement

SEGMENTS = (regressions.NAME, platforms.NAME, task_profile.NAME)


def plan(logs: Iterable[SessionLog], facts: Mapping[str, Any] | None = None) -> list[Planned]:
    """What is read of the week, and at which tier: see `candidates`."""
    return candidates.plan(logs)


def labels(
    logs: Iterable[SessionLog],
    planned: Sequence[Planned],
    driver: Driver,
    texts: Texts,
    uses: Sequence[Use] = (),
) -> tuple[list[Label], list[Spent]]:
    """The labels of all three tiers in one order, and what each tier took. `uses` tell what a session's models cost."""
    by_id = {log.session_id: log for log in logs}
    reads = [
        driver.label_l0(candidates.of_tier(planned, "L0"), by_id),
        driver.read_l1(candidates.of_tier(planned, "L1"), by_id, texts),
        driver.read_l2(candidates.of_tier(planned, "L2"), by_id, texts),
    ]
    found = {label for read in reads for label in read.labels} | set(outlier_labels(population(by_id.values(), uses)))
    return sorted(found, key=order), [read.spent for read in reads]


def findings(
    logs: Iterable[SessionLog], seen: Sequence[Label], monday: date, reader: Reader, uses: Sequence[Use] | None = None
) -> list[Finding]:
    """The week's findings, highest impact first. `reader` must know the table session_labels with these labels.

    `uses` are read through the reader unless they are given.
    """
    week = Week(monday)
    people = population(logs, uses_of(reader, week) if uses is None else uses)
    if not people.size:
        return []
    hits, drafts = pooled.label_groups(seen, known_checks(), people)
    told = pooled.told_groups([*drafts, *cost_anomalies.proposed(people, hits)], hits, people)
    told += pooled.told_segments(SEGMENTS, told, people)
    context = Context(people, hits, places_of(seen), reader, week)
    made = {one.finding_id: one for draft in told if (one := finding(draft, context)) is not None}
    return ranked(list(made.values()))


def uses_of(reader: Reader, week: Week) -> list[Use]:
    """What the week's sessions used, from the published tables."""
    bounds = {"first": week.first.isoformat(), "last": week.last.isoformat()}
    return [Use(**row) for row in reader.records(statement("weekly/uses"), bounds)]
