"""From labels to the drafts that are told: every analysis proposes, one false discovery control decides over all.

The machinery that the six analyses share. Words, quotes and SQL come later, in `wording`, `evidence` and `metric_sql`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import msgspec
import numpy as np

from sessions_platform.analysis import contrasts, telling
from sessions_platform.analysis.choice import chosen, controlled
from sessions_platform.analysis.draft import Analysis, CheckFacts, Draft
from sessions_platform.analysis.drivers.rules import check_of_shape
from sessions_platform.analysis.groups import refined, tested_groups
from sessions_platform.analysis.hits import Hits, hits_of
from sessions_platform.analysis.judging import COMMON, judged, supported
from sessions_platform.analysis.model import Label
from sessions_platform.analysis.population import Population
from sessions_platform.analysis.telling import with_telltales
from sessions_platform.statistics.results import Floats, Ints

MOSTLY = 0.5


def told_groups(proposed: Sequence[Draft], hits: Mapping[str, Hits], people: Population) -> list[Draft]:
    """Of the groups of labels that were tested, those told: controlled, refined, one for each set of sessions."""
    kept = controlled(proposed)
    narrower = refined([one for one in kept if not one.learnt], hits, people)

    def again(draft: Draft, rest: Ints) -> float:
        if not supported(rest, people):
            return 1.0
        left = contrasts.again(draft, rest)
        if draft.check is None or not draft.check.specific:
            return left
        return judged(replace(draft, p_concentration=left), people, rest).p_value

    checks = [one for one in (*kept, *narrower) if not one.learnt]
    return with_telltales(chosen(checks, again), [one for one in kept if one.learnt], people, again)


def told_segments(analyses: Sequence[Analysis], groups: Sequence[Draft], people: Population) -> list[Draft]:
    """Of the segments that fail more than their like, those that the groups told before do not explain.

    They are tested without the sessions of these groups, and told with them: a version in which a known failure happens
    is said there, not here.
    """
    known = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *(one.sessions for one in groups)]))
    without = replace(people, failed=_masked(people.failed, known), broken_off=_masked(people.broken_off, known))
    tested = [one for analysis in analyses for one in contrasts.contrasts(analysis, without)]
    kept = chosen(controlled(tested), lambda one, rest: contrasts.again(one, rest) if supported(rest, people) else 1.0)
    return [contrasts.whole(one, people) for one in kept]


def _masked(values: Floats, sessions: Ints) -> Floats:
    made = values.copy()
    made[sessions] = np.nan
    return made


def label_groups(
    labels: Iterable[Label], checks: Mapping[str, CheckFacts], people: Population
) -> tuple[dict[str, Hits], list[Draft]]:
    """The hits of every label of a known check, and the groups tested of them."""
    # L1 and L2 of the rules confirm what L0 saw; a model may see there what nobody saw before.
    known = [one for one in labels if one.check in checks and (one.tier == "L0" or one.source == "model")]
    hits = hits_of(known, people)
    of_shape = {label: check for label in hits if (check := check_of_shape(label))}
    wholes = hits_of((msgspec.structs.replace(one, label=one.check) for one in known if one.label in of_shape), people)
    shapes = {label: hits.get(check, wholes[check]) for label, check in of_shape.items()}
    facts = {**checks, **_symptoms(known, checks, hits, people)}
    return hits, tested_groups(hits, shapes, facts, people) + telling.proposed(people, hits)


def _symptoms(
    labels: Iterable[Label], checks: Mapping[str, CheckFacts], hits: Mapping[str, Hits], people: Population
) -> dict[str, CheckFacts]:
    """Spoken checks that this week are seen mostly where a failed session ends: weak, unless very many have them.

    A session that fails ends in some words or other, and a check that knows them would tell nothing but that it failed.
    """
    before: dict[str, set[int]] = {}
    for one in labels:
        at = people.place.get(one.session_id, -1)
        if checks[one.check].spoken and at >= 0 and (one.message_index or 0) <= people.logs[at].last_call:
            before.setdefault(one.check, set()).add(at)
    found = {}
    for name, check in checks.items():
        if check.spoken and check.specific and name in hits:
            failed = hits[name].sessions[people.failed[hits[name].sessions] == 1.0]
            closing = len(set(failed.tolist()) - before.get(name, set()))
            if closing > MOSTLY * len(failed) and len(hits[name].sessions) < COMMON * people.size:
                found[name] = replace(check, specific=False, certain=False)
    return found


def sessions_of(draft: Draft, people: Population) -> tuple[str, ...]:
    """The ids of a draft's sessions, in order."""
    return tuple(people.logs[at].session_id for at in np.sort(draft.sessions).tolist())
