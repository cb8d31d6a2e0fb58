"""A corpus: its sessions as staged slices, date by date, and its truth. Nothing is written here (see `store`)."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module

from benchmarks.scorecard import traps
from benchmarks.scorecard.course import run
from benchmarks.scorecard.members import MONDAY, Member, drawn_members, look_alikes, plant
from benchmarks.scorecard.patterns import PATTERNS
from benchmarks.scorecard.plan import plants_of
from benchmarks.scorecard.recorder import Recorder, slices
from benchmarks.scorecard.scene import Pattern, Scene
from benchmarks.scorecard.shapes import Trap, Truth, World
from benchmarks.scorecard.speech import Speech
from benchmarks.scorecard.worlds import WORLDS
from sessions_platform.sessions.model import Score, StagedSession
from sessions_platform.sessions.redact import Redactor
from sessions_platform.sessions.segments import Taxonomy

_SCORED, _MISJUDGED = 0.85, 0.03
WEEK = "2026-W45"


@dataclass(frozen=True)
class Order:
    """What corpus is wanted. `family`: dev, or heldout (patterns and a world that the analysis was not tuned on)."""

    seed: int
    sessions: int = 1000
    family: str = "dev"
    null: bool = False
    traps: bool = False


class Corpus:
    """The sessions of a week and what is true of them."""

    def __init__(self, order: Order, redactor: Redactor | None = None) -> None:
        self.order = order
        self._redactor = redactor or Redactor(b"the scorecard's own pseudonym key")
        worlds, patterns = _family(order.family)
        named = {one.name: one for one in patterns}
        self.members = drawn_members(order.seed, order.sessions, worlds)
        plants = [] if order.null else plants_of(order.seed, worlds, patterns)
        plant(self.members, plants, named, order.seed)
        found: list[Trap] = []
        if order.traps:
            last, end = traps.tail(self.members, _at_the_end(patterns), order.seed)
            if not order.null:
                found.append(traps.injection(self.members, plants, order.seed))
            plants.append(last)
            found += [end, traps.ab5(self.members, order.seed), traps.canaries(self.members, order.seed)]
        found += look_alikes(self.members, patterns, order.seed)
        if order.traps:
            found.append(traps.simpson(self.members, worlds, order.seed))
        raw = {value for member in self.members for value in member.canaries}
        self.truth = Truth(
            seed=order.seed,
            sessions=order.sessions,
            week=WEEK,
            family=order.family,
            null=order.null,
            plants=plants,
            traps=found,
            failed=sorted(member.about.session_id for member in self.members if member.about.fails),
            marks=sorted(raw) + (list(traps.MARKS) if order.traps else []),
        )

    def days(self, taxonomy: Taxonomy) -> Iterator[tuple[str, list[StagedSession]]]:
        """The slices of each of the seven dates, in the order of their sessions' ids."""
        over: dict[str, list[StagedSession]] = {}
        waiting = list(reversed(self.members))
        for number in range(7):
            day = (MONDAY + timedelta(days=number)).isoformat()
            while waiting and waiting[-1].about.start[:10] == day:
                for one in self.recorded(waiting.pop(), taxonomy):
                    over.setdefault(one.date, []).append(one)
            yield day, sorted(over.pop(day, []), key=lambda one: one.session_id)

    def recorded(self, member: Member, taxonomy: Taxonomy) -> list[StagedSession]:
        """One session as staged slices."""
        about = member.about
        draw = random.Random(f"session {self.order.seed} {about.session_id}")
        recorder = Recorder(about, draw)
        scene = Scene(recorder, Speech(draw, about.slots), about.world, about.world.tasks[about.task])
        run(scene, fails=about.fails, event=member.event, bulk=member.bulk)
        if member.injected or member.canaries:
            _insert(recorder, member, draw, self._redactor)
        self.truth.messages += len(recorder.messages)
        return slices(recorder, _scores(member, draw, recorder), taxonomy)


def _family(name: str) -> tuple[dict[str, World], Sequence[Pattern]]:
    if name == "dev":
        return dict(WORLDS), PATTERNS
    if name == "heldout":
        from benchmarks.scorecard.heldout import HELD_OUT, HELD_OUT_WORLDS

        return dict(HELD_OUT_WORLDS), HELD_OUT
    make = import_module(f"benchmarks.scorecard.makes.{name}")
    return dict(make.WORLDS), make.PATTERNS


def _at_the_end(patterns: Sequence[Pattern]) -> Pattern:
    """A pattern whose only sign is the session's end."""
    return next(one for one in patterns if one.kind == "false_success" and one.place == "end")


def _insert(recorder: Recorder, member: Member, draw: random.Random, redactor: Redactor) -> None:
    """Put text of a trap into the user's words and a result; canaries come out of the redactor."""
    clean = redactor.trace()
    users = [one for one in recorder.messages if one.role == "user" and one.opens_turn]
    results = [one for one in recorder.messages if one.role == "tool" and one.parts[0].success_basis == "default"]
    for text in (member.injected, *(f"(for your notes: {value})" for value in member.canaries)):
        if text:
            part = draw.choice(users).parts[0]
            part.text = clean.text(f"{part.text} {text}") if member.canaries else f"{part.text} {text}"
            if results:
                part = draw.choice(results).parts[0]
                output = f"{part.tool_output}\n{text}"
                part.tool_output = clean.text(output) if member.canaries else output


def _scores(member: Member, draw: random.Random, recorder: Recorder) -> list[Score]:
    """A judge's score some time after the end; missing for some, wrong for few."""
    if draw.random() >= _SCORED:
        return []
    good = member.about.fails == (draw.random() < _MISJUDGED)
    at = recorder.messages[-1].created_at
    one = f"sc-{member.about.session_id[1:]}"
    return [Score(one, "success", "BOOLEAN", float(good), None, "EVAL", at, at, "", "", member.about.session_id)]
