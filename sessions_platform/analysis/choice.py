"""Which of the tested groups are told: false discovery control, then one group for each set of sessions.

Of groups that hold mostly the same sessions, the one is taken that is likely to be nearest to the sessions concerned:
little in it that was expected anyway, little of the excess left out. What another finding already explains is not told.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from sessions_platform.analysis.draft import OF_CALLS, Draft
from sessions_platform.statistics.multiple import benjamini_hochberg
from sessions_platform.statistics.results import Ints

FALSE_DISCOVERIES = 0.05
SAME = 0.5
"""Jaccard index of session sets from which on two groups are one."""
SMALL, INSIDE = 0.4, 0.65
"""A part of a wide group is at most so much of it, and lies in it for the most."""
STANDS_AT = 0.01
MOST = 40
Again = Callable[[Draft, Ints], float]
"""The p of a draft when only these of its sessions are left."""


def controlled(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts whose q is small enough, with q, most certain first.

    Controlled by sort of question (a check by itself, a check in a place, segments, cost): the hundreds of places that
    a check is looked at in must not hide what the check says as a whole.
    """
    by_question: dict[str, list[Draft]] = defaultdict(list)
    for one in drafts:
        by_question[_question(one)].append(one)
    kept: list[Draft] = []
    for asked in by_question.values():
        q_values = benjamini_hochberg([one.p_value for one in asked])
        kept += [
            replace(one, q_value=q, tests=len(asked))
            for one, q in zip(asked, q_values, strict=True)
            if q < FALSE_DISCOVERIES
        ]
    return sorted(kept, key=_certainty)


def _question(one: Draft) -> str:
    if one.analysis == "cost_anomalies":
        return "cost"
    if not one.label:
        return "segment"
    if one.learnt:
        return "telltale"
    return "check" if one.common or not (one.signature or one.shape) else "check in a place"


def chosen(drafts: Sequence[Draft], again: Again) -> list[Draft]:
    """One draft for each set of sessions, most certain sets first.

    Groups that are told apart by something come before a check as a whole, which may hold several of them.
    """
    placed = [one for one in drafts if one.signature]
    told = _joined(distinct(sorted(placed, key=_certainty), [], again), sorted(placed, key=_certainty))
    for root in sorted((one for one in drafts if not one.signature), key=_certainty):
        alike = [at for at, one in enumerate(told) if jaccard(one.sessions, root.sessions) >= SAME]
        inside = [one for one in told if one.label == root.label and one.signature]
        if alike and len(inside) <= 1:
            best = _nearest([told[alike[0]], root])
            other = root if best is told[alike[0]] else told[alike[0]]
            told[alike[0]] = replace(
                best, also=tuple(sorted({*best.also, *told[alike[0]].also, other.name} - {best.name}))
            )
        elif added := distinct([root], told, again):
            # There is more of it than its places hold: it is one thing, and they are where it is seen most.
            parts = sorted({name for one in inside for name in (one.name, *one.also)})
            told = [one for one in told if one not in inside] + [replace(added[0], also=tuple(parts))]
    return sorted(told, key=_certainty)[:MOST]


def _joined(told: list[Draft], known: Sequence[Draft]) -> list[Draft]:
    """Several small groups that lie in one wide one, at one call, are that one: it fails there in several ways."""
    for wide in known:
        calls = [pair for pair in wide.signature if pair[0] in ("tool", "operation")]
        if not calls or wide in told or wide.expected > SMALL * len(wide.sessions):
            continue
        parts = [one for one in told if _is_small(one, wide) and _inside(one, wide) >= INSIDE]
        if len(parts) >= 2 and sum(_inside(one, wide) * len(one.sessions) for one in parts) >= SMALL * len(
            wide.sessions
        ):
            names = {name for one in parts for name in (one.name, *one.also)}
            told = [*(one for one in told if one not in parts), replace(wide, also=tuple(sorted(names)))]
    return told


def _is_small(one: Draft, wide: Draft) -> bool:
    """A part told apart by a version or a platform says something of its own."""
    return len(one.sessions) <= SMALL * len(wide.sessions) and all(key in OF_CALLS for key, _ in one.signature)


def _inside(one: Draft, other: Draft) -> float:
    return len(np.intersect1d(one.sessions, other.sessions, assume_unique=True)) / len(one.sessions)


def distinct(left: Sequence[Draft], before: Sequence[Draft], again: Again) -> list[Draft]:
    """Drafts that others, told before, do not explain; the nearest of those that are alike."""
    told: list[Draft] = []
    covered: Ints = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *(one.sessions for one in before)]))
    left = [one for one in left if _stands(one, covered, again)]
    while left and len(told) < MOST:
        alike = [one for one in left if jaccard(one.sessions, left[0].sessions) >= SAME]
        best = _nearest(alike)
        told.append(replace(best, also=tuple(sorted(one.name for one in alike if one is not best))))
        covered = np.union1d(covered, best.sessions)
        left = [one for one in left if one not in alike and _stands(one, covered, again)]
    return told


def jaccard(a: Ints, b: Ints) -> float:
    """Sessions of both over sessions of either."""
    both = len(np.intersect1d(a, b, assume_unique=True))
    return both / (len(a) + len(b) - both) if both else 0.0


def _nearest(alike: Sequence[Draft]) -> Draft:
    """Highest expected F1 with the excess of the widest; at a tie the specific one.

    What was called says more than who called it or where, and is less likely to hold two patterns at once. A check's
    own name holds from week to week, a cluster's may not.
    """
    most = max(one.excess for one in alike)

    def score(one: Draft) -> tuple[float, str]:
        value = 2 * one.excess / (len(one.sessions) + most) if most else 0.0
        value += 0.05 * (one.check is not None and one.check.specific) - 0.03 * len(one.signature)
        value -= 0.03 * bool(one.shape)
        value += 0.1 * any(key in ("tool", "operation") for key, _ in one.signature)
        return (-round(value, 6), one.name)

    return min(alike, key=score)


def _stands(one: Draft, covered: Ints, again: Again) -> bool:
    rest = np.setdiff1d(one.sessions, covered, assume_unique=True)
    if len(rest) == len(one.sessions):
        return True
    left = len(rest) - one.expected >= 0.5 * one.excess or not one.signature
    return left and again(one, rest) < STANDS_AT


def _certainty(one: Draft) -> tuple[float, float, int, str]:
    return one.p_value, -one.excess, len(one.signature), one.name
