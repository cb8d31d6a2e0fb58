"""Groups of sessions in which a check saw something: concentrated beyond use, and failing more than their like.

A group is a label, refined by what tells its hits apart: a tool or operation, an agent, a shape, a segment's value.
Pure and without words. What each group's p is made of stands in `judging`; differences of failed shares between
segments are `contrasts`; what is left of all of them together is decided in `choice`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sessions_platform.analysis.draft import OF_CALLS, CheckFacts, Draft
from sessions_platform.analysis.excess import NATURAL, NATURAL_OF, upper_tail
from sessions_platform.analysis.hits import Hits
from sessions_platform.analysis.judging import CHANCE, foretold, judged, mask_of, support, supported
from sessions_platform.analysis.lift import Mask
from sessions_platform.analysis.model import TELLTALE
from sessions_platform.analysis.population import Grid, Masks, Pair, Population
from sessions_platform.statistics.results import Floats, Ints

REFINED_AT = 0.01
MOST_REFINED = 80
DEPTH = 3
MOST_CHILDREN = 3
MOST_PARENTS = 12
LOCAL, MOSTLY = ("version", "release", "model", "platform", "environment"), 0.8
"""Keys that do not say what is done: a tool's wording that is found in one of their values only is that one's."""
PLACES = ("tool", "operation", "model", "version", "release", "environment", "platform", "task")
"""Keys whose values can be held against each other. Agents and applications do different things altogether: that a
check sees something in one of them alone says what it does; they only narrow down what stands out otherwise."""


@dataclass(frozen=True, slots=True, eq=False)
class _Family:
    """Values of one key among some sessions: rows of hits and of exposed sessions, counts, and what was expected."""

    key: str
    values: tuple[str, ...]
    hits: Masks
    exposed: Masks
    p_values: Floats
    expected: Floats

    def ranked(self, fewest: int) -> list[int]:
        """The places of named values with at least so many hits."""
        counts = self.hits.sum(axis=1)
        return [at for at, value in enumerate(self.values) if value and counts[at] >= fewest]


def tested_groups(
    hits: Mapping[str, Hits], shapes: Mapping[str, Hits], checks: Mapping[str, CheckFacts], people: Population
) -> list[Draft]:
    """Every group with enough sessions, with its p; `shapes` gives all hits of the check of a label that is a shape.

    Those that fail a rule of their check's sort have p = 1, so that they count as tested and are never taken.
    """
    found, numbers = list[Draft](), Counter(of_check.label for of_check in shapes.values())
    for label, one in hits.items():
        check = checks.get(one.check)
        if check is None or check.name == TELLTALE or not supported(one.sessions, people):
            continue
        of_check = shapes.get(label)
        found += _groups_of(one, of_check, numbers[of_check.label] if of_check else 0, check, people)
    return found


def _among_shapes(count: int, of_check: int, shapes: int) -> float:
    """P that one of a check's shapes has so many sessions: shapes are as uneven as can be (geometric).

    Held against the check's other shapes, wherever they are: that a wording belongs to a place says nothing.
    """
    mean = max(0.5, (of_check - count) / max(shapes - 1, 1))
    return float((mean / (1 + mean)) ** count)


def _groups_of(one: Hits, of_check: Hits | None, shapes: int, check: CheckFacts, people: Population) -> list[Draft]:
    whole = np.ones(people.size, dtype=np.bool_)
    exposed = people.size if of_check is None else len(of_check.sessions)
    by_chance = 1.0 if of_check is None else _among_shapes(len(one.sessions), len(of_check.sessions), shapes)
    succeeded = float((people.failed[one.sessions] == 0.0).sum())
    rarely = check.hazard or check.certain
    mean = CHANCE * people.size if rarely else succeeded + foretold(succeeded, people)
    made = [_draft(one, (), one.sessions, exposed, mean, by_chance, check, people, of_check)]
    weak = not check.specific
    places = {} if of_check is None else _places(of_check, whole, people, only_named=weak)
    local = {} if of_check is None else _places(one, _exposed_to(one, people), people)
    ended_badly = people.failed == 1.0
    worse = _places(one, ended_badly, people) if of_check is None and check.specific and not check.hazard else {}
    for family in families(one, mask_of(one.sessions, people), whole, (), people, only_named=weak):
        if family.key not in PLACES:
            continue
        for at in family.ranked(support(people)):
            sessions = np.flatnonzero(family.hits[at])
            if supported(sessions, people):
                p = float(family.p_values[at])
                if of_check is not None and family.key in LOCAL:
                    p = local.get((family.key, family.values[at]), 1.0)
                elif of_check is not None:
                    of_place = places.get((family.key, family.values[at]), 1.0)
                    p = max(p, of_place, _among_shapes(len(sessions), len(of_check.sessions), shapes))
                # Where many have it and few fail, those that fail may be in one place all the same.
                p = min(p, 2 * worse.get((family.key, family.values[at]), 1.0))
                numbers = int(family.exposed[at].sum()), float(family.expected[at]), p
                signature = ((family.key, family.values[at]),)
                made.append(_draft(one, signature, sessions, *numbers, check, people, of_check))
    return made if check.specific or check.hazard or of_check is not None else made + _cells(made, one, people)


def _places(of_check: Hits, within: Mask, people: Population, *, only_named: bool = False) -> dict[Pair, float]:
    """The p of each place for the hits of a check `within` some sessions."""
    found = families(of_check, mask_of(of_check.sessions, people), within, (), people, only_named=only_named)
    return {
        (family.key, value): p
        for family in found
        for value, p in zip(family.values, family.p_values.tolist(), strict=True)
    }


def _exposed_to(one: Hits, people: Population) -> Mask:
    """Sessions that used the tool whose wording a shape is; all, where it is no one tool's."""
    named = one.by.get("tool")
    for value, row in zip(named.values, named.rows, strict=True) if named is not None else ():
        if row.sum() >= MOSTLY * len(one.sessions) and ("tool", value) in people.values:
            return mask_of(people.values["tool", value], people) | mask_of(one.sessions, people)
    return np.ones(people.size, dtype=np.bool_)


def _cells(parents: Sequence[Draft], one: Hits, people: Population) -> list[Draft]:
    """Calls of a weak check within a segment: an ordinary error of a tool may be none in one version."""
    likely = [draft for draft in parents if any(key in OF_CALLS for key, _ in draft.signature)]
    likely.sort(key=lambda draft: (draft.p_concentration, draft.name))
    return [
        replace(judged(replace(child, p_concentration=p), people), q_value=1.0)
        for parent in likely[:MOST_PARENTS]
        for p, child in _split(parent, one, people)
        if all(key in PLACES for key, _ in child.signature)
    ]


def families(
    one: Hits, sessions: Mask, within: Mask, taken: Sequence[str], people: Population, *, only_named: bool
) -> Iterable[_Family]:
    """The keys by which the hits `sessions` could be told apart among those `within`, `taken` ones left out.

    `only_named`: tools and agents that the label never names are not compared with. A check that looks at the end of a
    session names those who end it; that others have none of it says nothing.
    """
    calls = "tool" in taken or "operation" in taken
    for key in sorted({*people.grids, *one.by}):
        if key in taken or (calls and key in ("tool", "operation")):
            continue
        grid, named = people.grids.get(key), one.by.get(key)
        if named is not None:
            values, hits, exposed = _together(named, grid)
            if only_named:
                some = np.flatnonzero((hits & within).any(axis=1))
                values, hits, exposed = tuple(values[at] for at in some.tolist()), hits[some], exposed[some]
        elif grid is not None:
            values, hits, exposed = grid.values, grid.rows, grid.rows
        apart = None if key in OF_CALLS or key == "app" else people.apps
        family = _family(key, values, hits & (sessions & within), exposed & within, apart, own=named is not None)
        if family is not None:
            yield family


def _together(named: Grid, used: Grid | None) -> tuple[tuple[str, ...], Masks, Masks]:
    """Values that labels name or sessions used, with rows of both; who is named has been exposed."""
    values = tuple(sorted({*named.values, *(used.values if used is not None else ())} - {""}))
    hits = np.zeros((len(values), named.rows.shape[1]), dtype=np.bool_)
    exposed = hits.copy()
    places = {value: at for at, value in enumerate(values)}
    for at, value in enumerate(named.values):
        hits[places[value]] = exposed[places[value]] = named.rows[at]
    for at, value in enumerate(used.values if used is not None else ()):
        if used is not None and value:
            exposed[places[value]] |= used.rows[at]
    return values, hits, exposed


def _family(
    key: str, values: tuple[str, ...], hits: Masks, exposed: Masks, apart: Ints | None, *, own: bool
) -> _Family | None:
    """`apart` numbers sorts of sessions that are compared only with their own."""
    some = np.asarray(exposed.any(axis=1))
    if some.sum() < 2:
        return None
    kept = tuple(values[at] for at in np.flatnonzero(some).tolist())
    k, e = _counts(hits[some], apart), _counts(exposed[some], apart)
    natural = NATURAL_OF.get(key, NATURAL)
    p_values, mean = upper_tail(k, e, natural)
    named = k.sum(axis=1) > 0
    if own and named.sum() > 1:
        # Where several have it, those that cannot have it (a tool without options) are no measure of the others.
        p_named, mean_named = upper_tail(k[named], e[named], natural)
        p_values[named], mean[named] = np.maximum(p_values[named], p_named), np.maximum(mean[named], mean_named)
    return _Family(key, kept, hits[some], exposed[some], p_values, mean)


def _counts(rows: Masks, apart: Ints | None) -> Floats:
    """Sessions of each row, by sort."""
    if apart is None:
        whole: Floats = rows.sum(axis=1, keepdims=True).astype(np.float64)
        return whole
    sorts = np.zeros((rows.shape[1], int(apart.max()) + 1), dtype=np.float64)
    sorts[np.arange(rows.shape[1]), apart] = 1.0
    made: Floats = rows @ sorts
    return made


def _draft(
    one: Hits,
    signature: tuple[Pair, ...],
    sessions: Ints,
    exposed: int,
    mean: float,
    p_concentration: float,
    check: CheckFacts,
    people: Population,
    of_check: Hits | None,
) -> Draft:
    draft = Draft(
        analysis=check.analysis,
        label=one.label,
        signature=tuple(sorted(signature)),
        sessions=sessions,
        exposed=exposed,
        expected=min(mean, float(len(sessions))),
        p_value=1.0,
        check=check,
        shape=one.label if of_check is not None else "",
        p_concentration=p_concentration,
    )
    return judged(draft, people)


def refined(drafts: Sequence[Draft], hits: Mapping[str, Hits], people: Population) -> list[Draft]:
    """Narrower groups inside these, where hits of one stand out among its values. Most certain drafts first."""
    frontier = sorted(drafts, key=lambda one: (one.p_value, one.name))[:MOST_REFINED]
    made: list[Draft] = []
    known = {one.name for one in drafts}
    for _ in range(DEPTH - 1):
        grown = [child for one in frontier for child in _children(one, hits[one.label], people)]
        frontier = []
        for child in grown:
            if child.name not in known:
                known.add(child.name)
                frontier.append(child)
        made += frontier
        frontier = frontier[:MOST_REFINED]
    return made


def _children(parent: Draft, one: Hits, people: Population) -> list[Draft]:
    found = list(_split(parent, one, people))
    near = [(p, child) for p, child in found if p * len(found) <= REFINED_AT]
    near = [(p, child) for p, child in near if len(child.sessions) < len(parent.sessions)]
    near.sort(key=lambda pair: (pair[0], pair[1].name))
    kept = [replace(child, p_concentration=min(parent.p_concentration, p)) for p, child in near[:MOST_CHILDREN]]
    return [replace(judged(child, people), p_value=parent.p_value) for child in kept]


def _split(parent: Draft, one: Hits, people: Population) -> Iterable[tuple[float, Draft]]:
    """The parent's sessions by every further key: the p of a value among the others, and the group (not judged yet)."""
    taken = [key for key, _ in parent.signature]
    rate = parent.expected / max(parent.exposed, 1)
    weak = parent.check is None or not parent.check.specific
    inside, open_to = mask_of(parent.sessions, people), _exposed(parent, people)
    for family in families(one, inside, open_to, taken, people, only_named=weak):
        for at in family.ranked(support(people)):
            sessions, exposed = np.flatnonzero(family.hits[at]), int(family.exposed[at].sum())
            signature = tuple(sorted((*parent.signature, (family.key, family.values[at]))))
            named = [pair for pair in signature if pair[0] in one.by]
            if len(named) > 1:
                sessions = np.intersect1d(sessions, one.together(named), assume_unique=True)
            if not supported(sessions, people):
                continue
            yield (
                float(family.p_values[at]),
                replace(
                    parent,
                    signature=signature,
                    sessions=sessions,
                    exposed=exposed,
                    expected=min(float(len(sessions)), rate * exposed, float(family.expected[at])),
                    p_value=1.0,
                ),
            )


def _exposed(parent: Draft, people: Population) -> Mask:
    """Sessions that could have been of the parent: those of every value of its signature."""
    open_to = np.ones(people.size, dtype=np.bool_)
    for key, value in parent.signature:
        having = people.values.get((key, value))
        if having is not None:
            open_to &= mask_of(having, people)
    return open_to | mask_of(parent.sessions, people)
