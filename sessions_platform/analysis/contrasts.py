"""Segments whose sessions fail more often than matched ones: versions, platforms, tasks, tools, and pairs of them.

A share is held against sessions of the same strata in the other segments (post-stratified, so a shift of the mix alone
gives nothing), and against how much values of that key differ by nature. What its sessions are: the failed ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sessions_platform.analysis.draft import Analysis, Draft
from sessions_platform.analysis.excess import spread, tail
from sessions_platform.analysis.judging import mask_of, supported
from sessions_platform.analysis.lift import Lift, Mask, lift
from sessions_platform.analysis.population import MATCHED_BY, Pair, Population, strata_of
from sessions_platform.statistics.results import Floats, Ints

FEWEST_JUDGED = 20
LEAST_RATIO = 1.3
JUDGED_ENOUGH = 0.3
"""With a smaller share of judged sessions, those that broke off are compared."""
MOST_PAIRS = 400
WORTH_A_LOOK = 2.5
"""Standard deviations by which a pair must stand out by itself before its exact tests are run."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """A key whose values are compared: matched by which keys, and how much its values differ by nature (logit)."""

    key: str
    analysis: Analysis
    matched_by: tuple[str, ...]
    natural: float


CONTRASTS = (
    Contrast("version", "regressions", ("task", "platform"), 0.2),
    Contrast("release", "regressions", ("task", "platform"), 0.2),
    Contrast("model", "regressions", ("task", "platform"), 0.3),
    Contrast("environment", "regressions", ("task", "platform"), 0.3),
    Contrast("platform", "platforms", ("task", "version"), 0.4),
    Contrast("task", "task_profile", ("platform", "version"), 0.8),
    Contrast("tool", "regressions", ("task", "platform"), 0.4),
    Contrast("operation", "regressions", ("task", "platform"), 0.4),
    Contrast("agent", "regressions", ("task", "platform"), 0.4),
)
PAIRED = (
    ("version", ("task", "platform", "tool", "operation", "agent", "model")),
    ("platform", ("task", "tool", "operation", "agent", "model")),
    ("model", ("task", "tool", "agent")),
    ("environment", ("task", "tool")),
)


def failures(people: Population) -> tuple[str, Floats]:
    """What counts as a failure in this week, and its name: the outcome, else how the session broke off."""
    if people.size and float((~np.isnan(people.failed)).mean()) >= JUDGED_ENOUGH:
        return "failed", people.failed
    return "broken off", people.broken_off


def contrasts(analysis: Analysis, people: Population) -> list[Draft]:
    """The tested segments that an analysis speaks of, single keys first."""
    measure, failed = failures(people)
    known = ~np.isnan(failed)
    found: list[Draft] = []
    for one in CONTRASTS:
        if one.analysis == analysis:
            found += _single(one, people, measure, failed, known)
    if analysis == "regressions":
        found += _pairs(people, measure, failed, known)
    return found


def _single(one: Contrast, people: Population, measure: str, failed: Floats, known: Mask) -> list[Draft]:
    having = {v: found for v, found in people.of_key(one.key).items() if int(known[found].sum()) >= FEWEST_JUDGED}
    if not having:
        return []
    strata = strata_of(people.logs, one.matched_by)
    lifts = [lift(mask_of(found, people), failed, strata) for found in having.values()]
    k = np.array([seen.failed for seen in lifts], dtype=np.float64)
    n = np.array([seen.judged for seen in lifts], dtype=np.float64)
    mean = np.array([seen.expected for seen in lifts], dtype=np.float64)
    rate = np.clip(mean / np.maximum(n, 1), 1e-6, 0.999)
    sigma = spread(k, mean, rate, one.natural)
    p_values = tail(k, mean, mean * (1 - rate) + (mean * (1 - rate) * sigma) ** 2)
    return [
        _draft(one.analysis, ((one.key, value),), found, seen, float(p), people, measure, failed)
        for (value, found), seen, p in zip(having.items(), lifts, p_values, strict=True)
    ]


def _pairs(people: Population, measure: str, failed: Floats, known: Mask) -> list[Draft]:
    """Cells of two keys that fail more than each of their rows: both contrasts must hold."""
    natural = {one.key: one.natural for one in CONTRASTS}
    overall = float(np.nanmean(failed)) if known.any() else 0.0
    looked: list[tuple[float, Pair, Pair, Ints]] = []
    for key, others in PAIRED:
        for value, found in people.of_key(key).items():
            for other in others:
                for second, having in people.of_key(other).items():
                    cell = np.intersect1d(found, having, assume_unique=True)
                    n = int(known[cell].sum())
                    if n < FEWEST_JUDGED or len(cell) in (len(found), len(having)):
                        continue
                    z = (float(np.nansum(failed[cell])) - n * overall) / np.sqrt(n * overall * (1 - overall) + 1e-9)
                    looked.append((-float(z), (key, value), (other, second), cell))
    looked.sort(key=lambda row: row[:3])
    made = []
    for z, first, last, cell in looked[:MOST_PAIRS]:
        if z > -WORTH_A_LOOK:
            made.append(Draft("regressions", "", tuple(sorted((first, last))), cell[:0], 0, 0.0, 1.0, measure=measure))
            continue
        sigma = max(natural[first[0]], natural.get(last[0], 0.0))
        made.append(_pair(first, last, cell, sigma, people, measure, failed))
    return made


def _pair(
    first: Pair, last: Pair, cell: Ints, natural: float, people: Population, measure: str, failed: Floats
) -> Draft:
    inside, found = mask_of(cell, people), list[tuple[float, Lift]]()
    for held, varied in ((first, last), (last, first)):
        strata = strata_of(people.logs, [key for key in MATCHED_BY if key != varied[0]])
        seen = lift(inside, failed, strata, among=mask_of(people.values[held], people))
        rate = min(seen.expected / max(seen.judged, 1), 0.999)
        counts = (np.array([float(one)]) for one in (seen.failed, max(seen.expected, 1e-6)))
        k, mean = counts
        variance = mean * (1 - rate) + (mean * (1 - rate) * natural) ** 2
        p = max(seen.p_value, float(tail(k, mean, variance)[0])) if seen.judged else 1.0
        found.append((p, seen))
    p, seen = max(found, key=lambda pair: pair[0])
    return _draft("regressions", tuple(sorted((first, last))), cell, seen, p, people, measure, failed)


def _draft(
    analysis: Analysis,
    signature: tuple[Pair, ...],
    segment: Ints,
    seen: Lift,
    p: float,
    people: Population,
    measure: str,
    failed: Floats,
) -> Draft:
    sessions = segment[failed[segment] == 1.0]
    large = seen.ratio is not None and seen.ratio >= LEAST_RATIO and (seen.low or 0.0) > 1.0
    holds = seen.judged >= FEWEST_JUDGED and supported(sessions, people) and large
    return Draft(
        analysis=analysis,
        label="",
        signature=signature,
        sessions=sessions,
        exposed=len(segment),
        expected=min(seen.expected, float(len(sessions))),
        p_value=max(p, seen.p_value) if holds else 1.0,
        measure=measure,
        lift=seen,
        p_concentration=p,
        p_harm=seen.p_value,
        figures={"judged": float(seen.judged), "expected": seen.expected},
    )


def again(draft: Draft, rest: Ints) -> float:
    """The p of what is left of a difference when others explain the rest: against the same expectation."""
    k, mean = np.array([float(len(rest))]), np.array([max(draft.expected, 0.5)])
    return float(tail(k, mean, mean + (0.3 * mean) ** 2)[0])


def whole(draft: Draft, people: Population) -> Draft:
    """A difference that was tested without some sessions, with the figures of all of them."""
    measure, failed = failures(people)
    segment = np.arange(people.size)
    for pair in draft.signature:
        segment = np.intersect1d(segment, people.values[pair], assume_unique=True)
    seen = lift(mask_of(segment, people), failed, strata_of(people.logs, matched_by(draft.signature)))
    sessions = segment[failed[segment] == 1.0]
    return replace(
        draft,
        sessions=sessions,
        exposed=len(segment),
        expected=min(seen.expected, float(len(sessions))),
        measure=measure,
        lift=seen,
        figures={"judged": float(seen.judged), "expected": seen.expected},
    )


def matched_by(signature: Sequence[Pair]) -> list[str]:
    """By what sessions of a segment are matched with others: not by what tells them apart."""
    own = {key for key, _ in signature}
    return [key for key in MATCHED_BY if key not in own]
