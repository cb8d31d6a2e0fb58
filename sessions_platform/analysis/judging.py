"""Whether a group is a pattern: rarer by chance, or more concentrated, than can be; and worse than its like.

What is asked depends on the check's strength: a fault wherever it is seen has only to be seen often enough; what hardly
happens by chance has to come with failure; what is weak has to be concentrated as well.
"""

from dataclasses import replace

import numpy as np

from sessions_platform.analysis.draft import CheckFacts, Draft
from sessions_platform.analysis.excess import tail
from sessions_platform.analysis.lift import Lift, Mask, lift
from sessions_platform.analysis.population import Population
from sessions_platform.statistics.results import Ints

FEWEST_SESSIONS, FEWEST_USERS, LEAST_SHARE = 3, 2, 0.002
"""Support that a pattern needs: sessions, users, share of the week."""
CHANCE, ORDINARY_CHANCE = 0.001, 0.01
"""Share of sessions in which a check of a hazard, or any other specific one, may see something by chance."""
COMMON = 0.03
"""Share of sessions in which no mishap is seen, however often sessions with it fail."""
COMMON_AT = 0.001
MISHAPS = 5.0
"""How many times as often as others failed sessions have any one mishap that is no pattern."""
LEAST_FACTOR = 1.5
"""Fewer times the expected count is not worth telling."""
TELLS = 5
"""Judged sessions from which on a group that is not seen to end worse is common, not harmful."""
HARMS, HARMS_OF_MANY, MANY, LEAST_RATIO = 0.2, 0.002, 20, 1.3
"""P from which on, of few and of `MANY` judged sessions, or ratio up to which, sessions are not taken to end worse than
their like."""
RARE = 0.05


def support(people: Population) -> int:
    """Fewest sessions of a pattern in this week."""
    return max(FEWEST_SESSIONS, round(LEAST_SHARE * people.size))


def supported(sessions: Ints, people: Population) -> bool:
    """Whether there are enough sessions, of enough users."""
    return len(sessions) >= support(people) and len(np.unique(people.users[sessions])) >= FEWEST_USERS


def mask_of(sessions: Ints, people: Population) -> Mask:
    """The same sessions as booleans."""
    inside = np.zeros(people.size, dtype=np.bool_)
    inside[sessions] = True
    return inside


def judged(draft: Draft, people: Population, sessions: Ints | None = None) -> Draft:
    """The draft with its lift and p, of all its sessions or of some of them."""
    check = draft.check
    mine = draft.sessions if sessions is None else sessions
    if check is None:
        return draft
    unlikely = draft.p_concentration > 0.05 or len(mine) < LEAST_FACTOR * draft.expected
    if not check.specific and (not draft.signature or unlikely):
        return draft
    inside = mask_of(mine, people)
    seen = lift(inside, people.failed, people.strata)
    if not check.specific:
        return replace(draft, lift=seen, p_harm=seen.p_value, p_value=_weak(draft, check, seen, len(mine)))
    harm = _harm(inside, seen, people)
    p_value = _specific(draft, check, seen, harm, mine, people)
    common = not draft.signature and harm < p_value and _common(mine, seen, people)
    return replace(draft, lift=seen, p_harm=harm, p_value=harm if common else p_value, common=common)


def _harm(inside: Mask, seen: Lift, people: Population) -> float:
    """P that these sessions fail no more than their like; where few are judged, that they break off no more.

    Cost is no harm here: whatever is done again and again costs more.
    """
    if seen.judged >= TELLS:
        return seen.p_value
    return min(1.0, 2 * min(seen.p_value, lift(inside, people.broken_off, people.strata).p_value))


def _specific(draft: Draft, check: CheckFacts, seen: Lift, harm: float, mine: Ints, people: Population) -> float:
    """Rarer by chance, or more concentrated, than can be, and worse than its like; a hazard is told in any case.

    Where too few of its sessions are judged to show harm, rarity alone must do.
    """
    rare = draft.p_concentration if draft.signature or draft.shape else 0.0
    if not draft.signature:
        rarely = check.hazard or check.certain
        rare = max(rare, _by_chance(mine, CHANCE if rarely else ORDINARY_CHANCE, seen, people))
    if check.hazard:
        return rare
    if check.certain and not draft.signature and not draft.shape and seen.judged >= TELLS:
        # Much is declined that ought to be: of what agents say they cannot do, only what comes with failure counts.
        declined = check.spoken and seen.judged >= MANY and harm > RARE
        return rare if (seen.ratio or 0.0) >= LEAST_RATIO and not declined else 1.0
    if harm > (HARMS_OF_MANY if seen.judged >= MANY else HARMS) or (seen.ratio or 0.0) < LEAST_RATIO:
        return rare if draft.signature and seen.judged < TELLS and len(mine) >= 2 * TELLS else 1.0
    if rare > RARE:
        return 1.0
    return _fisher(rare, harm) if draft.signature else rare


def _by_chance(mine: Ints, chance: float, seen: Lift, people: Population) -> float:
    """P that a check alone sees so many: what happens by chance happens in sessions that succeed, too.

    Sessions that fail have up to `MISHAPS` times as much of every mishap. How well the successes tell the rate depends
    on how many hits they have. Where few are judged, a share `chance` is all there is to go by.
    """
    from scipy import stats

    if chance == CHANCE or seen.judged < TELLS:
        return float(stats.poisson.sf(len(mine) - 1, chance * people.size))
    failed, succeeded = (float((people.failed[mine] == ended).sum()) for ended in (1.0, 0.0))
    mean = foretold(succeeded, people)
    counts = (np.array([one]) for one in (failed, mean, mean + mean**2 / (succeeded + 0.5)))
    return float(tail(*counts)[0])


def _common(mine: Ints, seen: Lift, people: Population) -> bool:
    """Whether more sessions have it than a mishap strikes, and they fail more than their like."""
    from scipy import stats

    return (seen.low or 0.0) > 1.0 and float(stats.poisson.sf(len(mine) - 1, COMMON * people.size)) < COMMON_AT


def foretold(succeeded: float, people: Population) -> float:
    """Failed sessions that a check would see by chance, where it sees so many that succeeded."""
    all_failed, all_succeeded = (float((people.failed == ended).sum()) for ended in (1.0, 0.0))
    return max(CHANCE, MISHAPS * (succeeded + 0.5) / (all_succeeded + 1.0)) * all_failed


def _weak(draft: Draft, check: CheckFacts, seen: Lift, count: int) -> float:
    """Both concentrated and failing more often than its like; a hazard need not fail."""
    if count < LEAST_FACTOR * draft.expected:
        return 1.0
    if check.hazard:
        return draft.p_concentration
    return max(draft.p_concentration, seen.p_value) if seen.low is not None and seen.low > 1.0 else 1.0


def _fisher(a: float, b: float) -> float:
    from scipy import stats

    return float(stats.chi2.sf(-2 * (np.log(max(a, 1e-300)) + np.log(max(b, 1e-300))), 4))
