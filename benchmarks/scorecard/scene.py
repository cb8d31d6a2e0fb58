"""What a session's course and the patterns are written in: an agent speaks, a tool works, fails or finds nothing.

What belongs here: the verbs. What does not: when they are used (course, patterns), and the staged format (recorder).
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from benchmarks.scorecard.recorder import Recorder, failing, succeeding
from benchmarks.scorecard.shapes import Style, Task, World
from benchmarks.scorecard.speech import Speech

Failure = tuple[str, str, int]
"""Text (a template), error type, HTTP status."""


@dataclass
class Scene:
    """A session under way."""

    recorder: Recorder
    speech: Speech
    world: World
    task: Task
    written: set[str] = field(default_factory=set)
    """Writing operations that were done; an ordinary agent does not do them again."""

    @property
    def draw(self) -> random.Random:
        """The session's draw."""
        return self.speech.draw

    def say(self, template: str, **more: str) -> str:
        """A text of the template."""
        return self.speech.say(template, **more)

    def user(self, template: str, **more: str) -> None:
        """The user speaks."""
        self.recorder.user(self.say(template, **more))

    def agent(self, template: str, name: str = "", **more: str) -> None:
        """An agent speaks."""
        self.recorder.agent(self.say(template, **more), name)

    def chance(self, share: float) -> bool:
        """Whether something happens that happens in so many cases."""
        return self.draw.random() < share

    def arguments(self, operation: str, **more: str) -> dict[str, Any]:
        """Arguments of an operation."""
        return dict(self.speech.fill(self.world.operations[operation].arguments, **more))

    def works(
        self, operation: str, *, agent: str = "", words: str = "", given: dict[str, Any] | None = None, **more: str
    ) -> int:
        """The operation is called and works."""
        one = self.world.operations[operation]
        output = succeeding(self.world.style, self.speech.fill(one.result, **more))
        if one.writes:
            self.written.add(operation)
        return self._call(operation, output, "", "", one.seconds, agent, words, given, more)

    def nothing(
        self, operation: str, *, agent: str = "", words: str = "", given: dict[str, Any] | None = None, **more: str
    ) -> int:
        """The operation is called, works, and finds nothing."""
        one = self.world.operations[operation]
        output = succeeding(self.world.style, self.speech.fill(one.empty, **more))
        return self._call(operation, output, "", "", one.seconds, agent, words, given, more)

    def fails(
        self,
        operation: str,
        failure: Failure,
        *,
        agent: str = "",
        words: str = "",
        given: dict[str, Any] | None = None,
        style: Style | None = None,
        seconds: float | None = None,
        **more: str,
    ) -> int:
        """The operation is called and fails."""
        text, kind, status = failure
        output, level, error_type = failing(style or self.world.style, self.say(text, **more), kind, status)
        spent = self.world.operations[operation].seconds if seconds is None else seconds
        return self._call(operation, output, level, error_type, spent, agent, words, given, more)

    @contextmanager
    def about(self, **slots: str) -> Iterator[None]:
        """While this is entered, slots of the session have other values."""
        own = self.speech.slots
        self.speech.slots = {**own, **slots}
        try:
            yield
        finally:
            self.speech.slots = own

    def reads(self) -> list[str]:
        """The task's operations that change nothing."""
        return [name for name in self.task.operations if not self.world.operations[name].writes]

    def chatter(self) -> str:
        """Words before a call; often none."""
        return self.say(self.draw.choice(self.world.chatter)) if self.chance(0.35) else ""

    def transient(self) -> Failure:
        """An error that passes."""
        return self.draw.choice(self.world.transient)

    def hard(self) -> Failure:
        """An error that stays."""
        return self.draw.choice(self.world.hard)

    def _call(
        self,
        operation: str,
        output: str,
        level: str,
        error_type: str,
        seconds: float,
        agent: str,
        words: str,
        given: dict[str, Any] | None,
        more: dict[str, str],
    ) -> int:
        arguments = self.arguments(operation, **more) if given is None else given
        return self.recorder.call(
            self.world.operations[operation].tool,
            arguments,
            output,
            level=level,
            error_type=error_type,
            seconds=seconds,
            words=self.say(words) if words else "",
            agent=agent,
        )


def with_option(arguments: dict[str, Any], option: str) -> dict[str, Any]:
    """The arguments with one option more, where the tool takes options."""
    changed = dict(arguments)
    for key in ("command", "sql", "query"):
        if key in changed:
            changed[key] = f"{changed[key]} {option}"
            return changed
    changed[option] = True
    return changed


Run = Callable[[Scene, str, bool], bool]
"""A pattern's course: scene, operation, whether it recovers. True if the agent's last words were said."""


@dataclass(frozen=True)
class Pattern:
    """A way in which a kind of failure shows."""

    name: str
    kind: str
    run: Run
    place: str = "middle"
    """`middle`: between steps of a turn; `end`: instead of the last turn's closing; `start`: after the request."""
    needs: str = "any"
    """Which operations it may take: see `operations_for`."""
    segment: str = ""
    """`version` or `platform` where it strikes within one of them only."""
    failing: tuple[float, float] = (0.62, 0.95)
    """Range of the share of its sessions that fail; (-1, -1) leaves the outcome alone."""
    recovers: bool = True
    """Whether there is a look-alike that recovers."""
    drawn: Callable[[random.Random, World, str], dict[str, str]] | None = None
    """Slots that all sessions of a plant share, drawn once."""


def operations_for(world: World, needs: str) -> list[str]:
    """The operations of a world that a pattern may take."""
    fits: dict[str, Callable[[Any], bool]] = {
        "any": lambda one: True,
        "reads": lambda one: not one.writes,
        "writes": lambda one: one.writes,
        "empties": lambda one: not one.writes and bool(one.empty),
        "flags": lambda one: bool(one.flags),
        "environment_writes": lambda one: one.writes and "{env}" in str(one.arguments),
        "environment_reads": lambda one: not one.writes and "{env}" in str(one.arguments),
    }
    return [name for name, one in world.operations.items() if fits[needs](one)]
