"""Groups of telltales: sets of sessions that the week itself shows to fail, whatever no check has a word for.

A telltale was chosen among thousands of pieces, so its own p counts times `LOOKED_AT`. What a check explains is told by
the check, which knows what it means; a telltale is told where no check has it, or where a wider group of a check fails
through the telltale's sessions alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from sessions_platform.analysis.choice import distinct
from sessions_platform.analysis.draft import CheckFacts, Draft
from sessions_platform.analysis.hits import Hits
from sessions_platform.analysis.judging import mask_of, supported
from sessions_platform.analysis.lift import lift
from sessions_platform.analysis.model import TELLTALE
from sessions_platform.analysis.population import Pair, Population
from sessions_platform.statistics.results import Ints

CHECK = CheckFacts(
    TELLTALE,
    code="T.telltale",
    title="Sessions that have something else in common fail",
    hypothesis="What these sessions have in common stands before their failure, and hardly in sessions that succeed.",
    action="Read the quotes where they stand: what was called before, what came back, what the agent made of it.",
)
LOOKED_AT = 10_000
OWN = 0.15
"""Share of a telltale's sessions that would have it without its cause; a check that fits as well is nearer."""
WIDER, MOSTLY = 1.5, 0.5
"""Times as many sessions as a telltale, and share of the telltale in it, from which on a group is a wider one of it."""


def proposed(people: Population, hits: Mapping[str, Hits]) -> list[Draft]:
    """A draft for each telltale."""
    made = []
    for label, one in hits.items():
        if one.check != CHECK.name or not supported(one.sessions, people):
            continue
        seen = lift(mask_of(one.sessions, people), people.failed, people.strata)
        p = min(1.0, seen.p_value * LOOKED_AT)
        made.append(
            Draft(
                analysis=CHECK.analysis,
                label=label,
                signature=_signature(one),
                sessions=one.sessions,
                exposed=people.size,
                expected=OWN * len(one.sessions),
                p_value=p,
                check=CHECK,
                shape=label,
                p_concentration=p,
                p_harm=seen.p_value,
                lift=seen,
            )
        )
    return made


def _signature(one: Hits) -> tuple[Pair, ...]:
    """The operation, else the tool, that all its rows name."""
    for key in ("operation", "tool"):
        grid = one.by.get(key)
        if grid is not None and len(grid.values) == 1 and grid.rows[0].sum() == len(one.sessions):
            return ((key, grid.values[0]),)
    return ()


def with_telltales(
    told: Sequence[Draft], telltales: Sequence[Draft], people: Population, again: Callable[[Draft, Ints], float]
) -> list[Draft]:
    """The groups told, and the telltales that they do not explain; a wide group through whose part in a telltale it
    fails gives way to it.
    """
    kept = list(told)
    for one in sorted(telltales, key=lambda one: (one.p_value, one.name)):
        wide = [draft for draft in kept if _fails_through(draft, one, people)]
        names = {name for draft in wide for name in (draft.name, *draft.also)}
        kept = [draft for draft in kept if draft not in wide]
        kept += [replace(new, also=tuple(sorted({*new.also, *names}))) for new in distinct([one], kept, again)]
    return kept


def _fails_through(draft: Draft, one: Draft, people: Population) -> bool:
    """Whether a group is far wider than a telltale, and has most of its failures beyond use in it."""
    if len(draft.sessions) < WIDER * len(one.sessions) or (draft.check is not None and draft.check.hazard):
        return False
    both = np.intersect1d(draft.sessions, one.sessions, assume_unique=True)
    rest = np.setdiff1d(draft.sessions, one.sessions, assume_unique=True)
    if len(both) < MOSTLY * len(one.sessions):
        return False
    inside, outside = (lift(mask_of(part, people), people.failed, people.strata) for part in (both, rest))
    return outside.failed - outside.expected < inside.failed - inside.expected
