"""Ways of failing that the demo plants in its sessions, so that its weekly report has something to find.

`backend`: terraform's state backend keeps `terraform plan` waiting, again and again, and nothing is planned. `unhealthy
rollout`: version 2.4.0 reports the work as finished although its last command failed. `no rights`: the incident agent
may not restart what it has to, and the session ends there. Which sessions have one is the corpus' truth.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from sessions_platform.demo import vocabulary as words
from sessions_platform.demo.playwright import SECOND, Place, Playwright
from sessions_platform.demo.script import Call, Failure, Say, SessionScript, Visit

BLOCK = 8
"""Of so many sessions in a row, one has each pattern."""


@dataclass(frozen=True)
class Pattern:
    """A way of failing: sessions of which tasks have it, under which version if that matters, and how they end."""

    name: str
    tasks: tuple[str, ...]
    ends: "Callable[[PlantedPlaywright], list[Say | Visit]]"
    version: str = ""


class PlantedPlaywright(Playwright):
    """Writes a session whose last turn ends in a pattern's way; what comes before is as in any other."""

    def __init__(self, place: Place, pattern: Pattern) -> None:
        super().__init__(place)
        self.pattern = pattern
        self.task = self.chance.choice([task for task in words.TASKS if task.name in pattern.tasks])

    def write(self) -> SessionScript:
        """The session, with the pattern's name."""
        session = super().write()
        session.pattern = self.pattern.name
        session.version = self.pattern.version or session.version
        return session

    def _ending(self) -> str:
        return "done"

    def _ends(self, last_turn: bool, ending: str) -> list[Say | Visit]:
        return self.pattern.ends(self) if last_turn else super()._ends(last_turn, ending)

    def speaks(self, agent: str, text: str) -> Say:
        """A generation without calls."""
        return self._say(agent, self._fill(text))

    def fails(self, agent: str, command: words.Command, shows: str, failure: Failure, seconds: int = 2) -> Say:
        """A generation whose one call fails."""
        say = self._say(agent, "")
        start = self.clock + 1
        self.clock = start + seconds * SECOND
        name = f"{command.tool} {command.operation}" if command.operation else ""
        line, shown = self._fill(command.line), self._fill(shows)
        ids = f"call_{self._hex(64)}", self._hex(64)
        say.calls = [Call(*ids, command.tool, name, line, shown, start, self.clock, failure)]
        return say

    def visits(self, says: "Callable[[], list[Say]]") -> list[Say | Visit]:
        """The specialist is asked, and works."""
        asked = self.speaks(words.ORCHESTRATOR, f"Over to {self.task.specialist}, step {{n}}.")
        system = None if self.briefed else self.task.system
        self.briefed = True
        return [asked, Visit(self._hex(64), self.task.specialist, self._fill(self.task.brief), says(), system)]


def planted(place: Place) -> Playwright:
    """Who writes the session at a place: one in eight has each of the patterns."""
    order = list(range(BLOCK))
    random.Random(f"{place.seed}/{place.number // BLOCK}/patterns").shuffle(order)  # noqa: S311 - repeatable
    at = order[place.number % BLOCK]
    return PlantedPlaywright(place, PATTERNS[at]) if at < len(PATTERNS) else Playwright(place)


def _backend(play: PlantedPlaywright) -> list[Say | Visit]:
    plan = words.Command("terraform", "plan", "terraform plan -out=tf.plan", "")
    shown = "no answer from the state backend for 60 s, request timed out"
    waits = [play.fails(words.ORCHESTRATOR, plan, shown, "level", 60) for _ in range(play.chance.choice((3, 4)))]
    return [*waits, play.speaks(words.ORCHESTRATOR, "There is no plan for {svc}; request {n} stays open.")]


def _unhealthy(play: PlantedPlaywright) -> list[Say | Visit]:
    rollout = words.Command("kubectl", "rollout", "kubectl rollout status deploy/{svc} --timeout=90s", "")
    shown = '{"exit_code":1,"stdout":"","stderr":"deployment {svc}: 1 of 3 updated replicas are available"}'
    return [
        play.fails(words.ORCHESTRATOR, rollout, shown, "protocol", 90),
        play.speaks(words.ORCHESTRATOR, "All done: {svc} was rolled out successfully, change {n}."),
    ]


def _no_rights(play: PlantedPlaywright) -> list[Say | Visit]:
    restart = words.Command("kubectl", "rollout", "kubectl rollout restart deploy/{svc}", "")
    shown = 'Error from server (Forbidden): deployments.apps "{svc}" is forbidden: no permission to patch'

    def tries() -> list[Say]:
        return [
            play.fails(play.task.specialist, restart, shown, "text"),
            play.speaks(play.task.specialist, "I may not restart {svc}, incident {n}."),
        ]

    return [
        *play.visits(tries),
        play.speaks(words.ORCHESTRATOR, "{svc} could not be restarted: the rights are missing, incident {n}."),
    ]


PATTERNS = (
    Pattern("backend", ("terraform",), _backend),
    Pattern("unhealthy rollout", ("deploy", "crash"), _unhealthy, version="2.4.0"),
    Pattern("no rights", ("incident",), _no_rights),
)
