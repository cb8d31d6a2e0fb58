"""The sessions of a week before they are recorded: who runs each, what it is for, what befalls it. Drawn from the seed.

Users are few and many (a skewed distribution), come back, and have habits; tasks have their own base rates of failure.
On top come the plants, look-alikes that recover, and traps (`traps`).
"""

import hashlib
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from benchmarks.scorecard.course import Event
from benchmarks.scorecard.scene import Pattern, operations_for
from benchmarks.scorecard.shapes import About, Plant, Trap, World

MONDAY = date(2026, 11, 2)
_DAYS = (19, 19, 18, 18, 15, 6, 5)
_HOURS = (1, 1, 1, 1, 1, 2, 4, 8, 14, 17, 18, 17, 15, 17, 18, 17, 15, 12, 8, 6, 5, 4, 2, 1)
_SESSIONS_A_USER = 8
_LOOK_ALIKES = 6
_ENOUGH = 0.8
"""Share of a plant's sessions that must be found; a small corpus has small segments."""


@dataclass
class Member:
    """A session to be recorded."""

    about: About
    event: Event | None = None
    plant: Plant | None = None
    bulk: int = 0
    injected: str = ""
    """Text that stands in a tool's result and in the user's words."""
    canaries: list[str] = field(default_factory=list)
    """Raw personal data and secrets, which pass through the redactor before they are staged."""


def drawn_members(seed: int, count: int, worlds: Mapping[str, World], monday: date = MONDAY) -> list[Member]:
    """The week's sessions with nothing planted, in the order of their starts."""
    draw = random.Random(f"members {seed}")
    users = {name: _users(world, count, seed) for name, world in worlds.items()}
    names = list(worlds)
    members = []
    for number in range(count):
        world = worlds[draw.choices(names, [worlds[name].share for name in names])[0]]
        members.append(Member(_about(seed, number, world, users[world.name], draw, monday)))
    return sorted(members, key=lambda one: (one.about.start, one.about.session_id))


@dataclass(frozen=True)
class _User:
    token: str
    weight: float
    luck: float
    """Added to the log-odds of failing."""
    platform: str
    task: str


def _users(world: World, count: int, seed: int) -> list[_User]:
    draw = random.Random(f"users {seed} {world.name}")
    many = max(6, int(count * world.share / _SESSIONS_A_USER))
    found = []
    for number in range(many):
        token = hashlib.blake2b(f"{seed}/{world.name}/{number}".encode(), digest_size=5).hexdigest().upper()
        platform = draw.choices(list(world.platforms), list(world.platforms.values()))[0]
        task = draw.choices(list(world.tasks), [task.weight for task in world.tasks.values()])[0]
        found.append(_User(f"<user:{token}>", 1 / (number + 1) ** 0.7, draw.gauss(0, 0.3), platform, task))
    return found


def _about(seed: int, number: int, world: World, users: Sequence[_User], draw: random.Random, monday: date) -> About:
    user = draw.choices(users, [one.weight for one in users])[0]
    platform = user.platform if draw.random() < 0.75 else _of(draw, world.platforms)
    task = user.task if draw.random() < 0.4 else _of(draw, {name: one.weight for name, one in world.tasks.items()})
    odds = math.log(world.tasks[task].base_failure / (1 - world.tasks[task].base_failure)) + user.luck
    environment = world.environments[0] if draw.random() < 0.7 else world.environments[1]
    slots = {key: draw.choice(values) for key, values in world.slots.items()}
    return About(
        session_id=f"c{hashlib.blake2b(f'{seed}/{number}'.encode(), digest_size=7).hexdigest()}",
        world=world,
        task=task,
        user=user.token,
        version=_of(draw, world.versions),
        platform=platform,
        model=_of(draw, {name: weight for name, (weight, _, _) in world.models.items()}),
        start=_start(draw, monday),
        fails=draw.random() < 1 / (1 + math.exp(-odds)),
        environment=environment,
        slots={**slots, "env": environment},
    )


def _of(draw: random.Random, weights: Mapping[str, float]) -> str:
    return draw.choices(list(weights), list(weights.values()))[0]


def _start(draw: random.Random, monday: date) -> str:
    day = draw.choices(range(7), _DAYS)[0]
    # The week's last evening ends early: a session that goes on into the next week would leave a day without tables.
    hour = draw.choices(range(24), _HOURS)[0] if day < 6 else draw.choices(range(18), _HOURS[:18])[0]
    at = datetime.combine(monday, datetime.min.time()) + timedelta(
        days=day, hours=hour, minutes=draw.randrange(60), seconds=draw.randrange(60), milliseconds=draw.randrange(1000)
    )
    return f"{at.isoformat(timespec='milliseconds')}Z"


def plant(members: Sequence[Member], plants: Sequence[Plant], patterns: Mapping[str, Pattern], seed: int) -> None:
    """Give each plant its sessions; those within a segment choose first. ValueError if one finds much too few."""
    draw = random.Random(f"plant {seed}")
    for one in sorted(plants, key=lambda one: not one.segment):
        _widen(members, one)
        fitting = _fitting(members, one)
        wanted = max(1, round(one.prevalence * len(members)))
        if len(fitting) < _ENOUGH * wanted:
            raise ValueError(f"{one.plant_id} ({one.kind}) wants {wanted} sessions, {len(fitting)} fit")
        wanted = min(wanted, len(fitting))
        for member in draw.sample(fitting, wanted):
            member.event, member.plant = Event(patterns[one.pattern], one.operation), one
            member.about.slots |= one.fixed
            if one.failing >= 0:
                member.about.fails = draw.random() < one.failing
            one.sessions.append(member.about.session_id)
            one.failed += member.about.fails
        one.sessions.sort()


def _widen(members: Sequence[Member], one: Plant) -> None:
    """Where a small corpus has too few sessions of the plant's segment, take the value that has most."""
    if len(_fitting(members, one)) >= one.prevalence * len(members):
        return
    for key in one.segment:
        values = {getattr(member.about, key) for member in members if member.about.world.name == one.world}
        one.segment = {key: max(sorted(values), key=lambda value: _count(members, one, {key: value}))}


def _count(members: Sequence[Member], one: Plant, segment: dict[str, str]) -> int:
    one.segment = segment
    return len(_fitting(members, one))


def _fitting(members: Sequence[Member], one: Plant) -> list[Member]:
    return [member for member in members if member.event is None and _fits(member.about, one)]


def _fits(about: About, one: Plant) -> bool:
    return about.world.name == one.world and all(getattr(about, key) == value for key, value in one.segment.items())


def look_alikes(members: Sequence[Member], patterns: Sequence[Pattern], seed: int) -> list[Trap]:
    """Sessions in which something like a plant happens and recovers; their outcome is left alone."""
    draw = random.Random(f"look-alikes {seed}")
    traps = []
    for pattern in draw.sample([one for one in patterns if one.recovers], _LOOK_ALIKES):
        share = draw.uniform(0.004, 0.014)
        one_place = draw.random() < 0.5
        trap = Trap(f"recovered:{pattern.kind}", {"pattern": pattern.name, "share": f"{share:.4f}"})
        free = [
            member for member in members if member.event is None and operations_for(member.about.world, pattern.needs)
        ]
        world = draw.choice(free).about.world
        chosen = [member for member in free if member.about.world is world] if one_place else free
        where = draw.choice(operations_for(world, pattern.needs))
        for member in draw.sample(chosen, min(len(chosen), round(share * len(members)))):
            operation = where if one_place else draw.choice(operations_for(member.about.world, pattern.needs))
            member.event = Event(pattern, operation, recovers=True)
            trap.sessions.append(member.about.session_id)
        trap.sessions.sort()
        traps.append(trap)
    return traps
