"""Groups of telltales: sets of sessions that the week itself shows to fail, whatever no check has a word for.

A telltale was chosen among thousands of pieces, so its own p counts times `LOOKED_AT`. What a check explains is told by
the check, which knows what it means; a telltale is told where no check has it, or where a wider group of a check fails
through the telltale's sessions alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from sessions_platform.analysis.choice import STANDS_AT, distinct, jaccard
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
    title="Sessions that share this fail",
    hypothesis="What these sessions share stands before their failure; what it is the quotes show.",
    action="Read the quotes in their sessions, and mend what they have in common.",
)
LOOKED_AT = 10_000
OWN = 0.15
"""Share of a telltale's sessions that would have it without its cause; a check that fits as well is nearer."""
ONE_CALL = 0.8
"""Share of its sessions from which on a telltale is one call's."""


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
    told: Sequence[Draft], telltales: Sequence[Draft], again: Callable[[Draft, Ints], float]
) -> list[Draft]:
    """The groups told, and the telltales that they do not explain, or without which they would not stand."""
    kept = list(told)
    for one in sorted(telltales, key=lambda one: (one.p_value, one.name)):
        wide = [draft for draft in kept if _holds(draft, one)]
        if wide and not any(jaccard(draft.sessions, one.sessions) >= 0.5 for draft in kept):
            left = [(draft, np.setdiff1d(draft.sessions, one.sessions, assume_unique=True)) for draft in wide]
            if all(len(rest) == 0 or again(draft, rest) >= STANDS_AT for draft, rest in left):
                names = {name for draft in wide for name in (draft.name, *draft.also)}
                kept = [draft for draft in kept if draft not in wide] + [replace(one, also=tuple(sorted(names)))]
                continue
        kept += distinct([one], kept, again)
    return kept


def _holds(draft: Draft, one: Draft) -> bool:
    inside = len(np.intersect1d(draft.sessions, one.sessions, assume_unique=True))
    return inside >= ONE_CALL * len(one.sessions)
