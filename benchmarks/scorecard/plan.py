"""Which plants a week gets: kinds and prevalences by seed, and where each strikes.

Over ten seeds in a row every kind occurs at every prevalence. What a plant does is in `patterns` and `heldout`; which
sessions it takes is drawn in `members`.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence

from benchmarks.scorecard.scene import Pattern, operations_for
from benchmarks.scorecard.shapes import Plant, World

PREVALENCES = (0.1, 0.05, 0.02, 0.01, 0.005)
BLOCK = 10
"""Seeds over which every pair of kind and prevalence occurs."""
_FULLEST = 0.72
"""Share of a world's sessions that plants may take, together."""


def schedule(seed: int, kinds: Sequence[str]) -> list[tuple[str, float]]:
    """Kinds and prevalences of a seed's corpus, largest first; no kind twice.

    Eight plants a corpus, and two seeds of ten have one more of each large prevalence: all sessions of a week must not
    be planted, or there is nothing to tell them from.
    """
    times: Counter[tuple[str, float]] = Counter()
    found: list[tuple[str, float]] = []
    for turn in range((seed - 1) % BLOCK + 1):
        found, taken = [], set()
        for prevalence in PREVALENCES:
            for _ in range(_how_many(turn, prevalence)):
                rotated = [kinds[(turn * 5 + place) % len(kinds)] for place in range(len(kinds))]
                free = [kind for kind in rotated if kind not in taken]
                kind = min(free, key=lambda one: times[one, prevalence])
                times[kind, prevalence] += 1
                taken.add(kind)
                found.append((kind, prevalence))
    return found


def _how_many(turn: int, prevalence: float) -> int:
    if prevalence >= 0.05:
        return 2 if turn % 5 == 4 else 1
    return 2


def plants_of(seed: int, worlds: Mapping[str, World], patterns: Sequence[Pattern]) -> list[Plant]:
    """The plants of a seed, each with its world, operation and segment."""
    draw = random.Random(f"plan {seed}")
    kinds = list(dict.fromkeys(pattern.kind for pattern in patterns))
    free = {name: _FULLEST * world.share for name, world in worlds.items()}
    used: set[tuple[str, str]] = set()
    plants = []
    for number, (kind, prevalence) in enumerate(schedule(seed, kinds)):
        pattern = draw.choice([one for one in patterns if one.kind == kind])
        plants.append(_placed(f"P{number + 1}", pattern, prevalence, worlds, free, used, draw))
    return plants


def _placed(
    plant_id: str,
    pattern: Pattern,
    prevalence: float,
    worlds: Mapping[str, World],
    free: dict[str, float],
    used: set[tuple[str, str]],
    draw: random.Random,
) -> Plant:
    fitting = [name for name in worlds if operations_for(worlds[name], pattern.needs)]
    roomy = [name for name in fitting if free[name] >= prevalence] or [max(fitting, key=lambda name: free[name])]
    name = draw.choice(roomy)
    world = worlds[name]
    free[name] -= prevalence
    operations = operations_for(world, pattern.needs)
    unused = [one for one in operations if (name, one) not in used] or operations
    operation = draw.choice(unused)
    used.add((name, operation))
    low, high = pattern.failing
    return Plant(
        plant_id=plant_id,
        kind=pattern.kind,
        pattern=pattern.name,
        prevalence=prevalence,
        world=name,
        operation=operation,
        segment=_segment(pattern.segment, prevalence, world, draw),
        failing=round(draw.uniform(low, high), 3),
        fixed=pattern.drawn(draw, world, operation) if pattern.drawn else {},
    )


def _segment(key: str, prevalence: float, world: World, draw: random.Random) -> dict[str, str]:
    """The value within which a plant strikes: one that is large enough for it, the smallest such at times."""
    if not key:
        return {}
    shares = world.versions if key == "version" else world.platforms
    total = sum(shares.values())
    large = sorted(
        (value for value in shares if prevalence <= 0.6 * world.share * shares[value] / total), key=lambda v: shares[v]
    )
    if not large:
        return {key: max(shares, key=lambda value: shares[value])}
    return {key: large[0] if draw.random() < 0.6 else draw.choice(large)}
