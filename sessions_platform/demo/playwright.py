"""Writes session scripts by chance, from a seed: who asks what, which calls fail, how it ends."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from sessions_platform.demo import vocabulary as words
from sessions_platform.demo.script import Call, Failure, Form, Say, SessionScript, Status, Turn, Visit

Span = Literal["", "midnight", "midnight in a trace", "three days"]
SECOND, MINUTE, DAY = 1000, 60_000, 86_400_000
_FAILURES: tuple[Failure, ...] = ("level", "error_type", "protocol", "text")
_FORMS: tuple[Form, ...] = ("parts",) * 8 + ("openai", "anthropic")
_ENDINGS = (
    ("done",) * 70 + ("goodbye",) * 5 + ("error",) * 7 + ("silence",) * 6 + ("hanging call",) * 5 + ("question",) * 7
)
_STATUS: dict[str, Status] = {
    **{"done": "completed", "goodbye": "completed", "error": "error"},
    **{"silence": "abandoned", "hanging call": "abandoned", "question": "abandoned"},
}
USERS = 300


@dataclass(frozen=True)
class Place:
    """Where a session stands in the corpus. `span` says whether it goes on after its day."""

    seed: int
    day: date
    index: int
    number: int
    """Its number over all days; every second session has its ids on the root row only."""
    span: Span = ""


class Playwright:
    """Writes one session; every choice comes from its own seeded source, so sessions do not depend on each other."""

    def __init__(self, place: Place) -> None:
        # Data for tests and demos must be repeatable; nothing here is secret.
        self.chance = random.Random(f"{place.seed}/{place.day}/{place.index}")  # noqa: S311
        self.place = place
        self.task = self.chance.choice(words.TASKS)
        self.service = self.chance.choice(words.SERVICES)
        self.model = self.chance.choices(words.MODELS, (6, 3, 1))[0]
        self.clock = 0
        self.briefed = False

    def write(self) -> SessionScript:
        chance, task = self.chance, self.task
        day_start = (
            int(datetime(self.place.day.year, self.place.day.month, self.place.day.day, tzinfo=UTC).timestamp()) * 1000
        )
        ending = self._ending()
        identity = self._hex(128)
        return SessionScript(
            id=f"ops-{identity[:8]}-{self.place.number:05d}",
            user_id=f"dev-{chance.randrange(USERS):03d}",
            task=task.name,
            service=self.service,
            ending=ending,
            tags=[f"task:{task.name}", f"platform:{task.platform}", f"team:{chance.choice(words.TEAMS)}", "agent"],
            environment=chance.choice(words.ENVIRONMENTS),
            version=chance.choice(words.VERSIONS),
            release=chance.choice(words.RELEASES),
            form=chance.choice(_FORMS),
            wrapped_results=chance.random() < 0.5,
            tools_listed=chance.random() < 0.3,
            ids_on_root_only=self.place.number % 2 == 1,
            turns=self._turns(day_start, ending),
            status=_STATUS[ending],
        )

    def _ending(self) -> str:
        return self.chance.choice(_ENDINGS)

    def _turns(self, day_start: int, ending: str) -> list[Turn]:
        count = max(
            self.chance.choices((1, 2, 3, 4, 5), (20, 30, 25, 15, 10))[0],
            {"three days": 3, "": 1}.get(self.place.span, 2),
        )
        self.clock = day_start + self._first_start()
        turns = []
        for index in range(count):
            if index:
                self.clock += self.chance.randrange(30 * SECOND, 8 * MINUTE)
                self._jump(day_start, index)
            turns.append(self._turn(index, count, ending))
        if ending in ("goodbye", "silence"):
            self.clock += self.chance.randrange(30 * SECOND, 4 * MINUTE)
            text = words.GOODBYE if ending == "goodbye" else self._fill(self.chance.choice(self.task.follow_up))
            # Nobody answers: the trace is its root row alone.
            turns.append(Turn(self._hex(128), self._hex(64), "", text, self.clock, self.clock + 40))
        return turns

    def _first_start(self) -> int:
        if self.place.span == "midnight":
            return DAY - 20 * MINUTE
        if self.place.span == "midnight in a trace":
            # The first turn's first generation lasts over midnight, so its calls and what follows are the next day's.
            return DAY - SECOND
        # No session reaches 23:00 by itself: one that does would count as still active on the data's last day.
        return self.chance.randrange(5 * MINUTE, 19 * 60 * MINUTE)

    def _jump(self, day_start: int, index: int) -> None:
        if self.place.span == "midnight" and index == 1:
            self.clock = day_start + DAY + self.chance.randrange(MINUTE, 5 * MINUTE)
        if self.place.span == "three days" and index in (1, 2):
            self.clock = day_start + index * DAY + self.chance.randrange(60 * MINUTE, 600 * MINUTE)

    def _turn(self, index: int, count: int, ending: str) -> Turn:
        turn = Turn(self._hex(128), self._hex(64), self._hex(64), self._user_text(index, count), self.clock, 0)
        turn.system = words.ORCHESTRATOR_SYSTEM if index == 0 else None
        self.clock += 5
        chance = self.chance
        if chance.random() < 0.06:
            turn.steps.append(self._say(words.ORCHESTRATOR, "", failed=True))
        at_least = 1 if index == 0 else 0
        for _ in range(max(at_least, chance.choices((0, 1, 2, 3), (15, 45, 25, 15))[0])):
            turn.steps.append(self._say(words.ORCHESTRATOR, self._aside(), calls=chance.choices((1, 2), (75, 25))[0]))
        if chance.random() < 0.35:
            turn.steps.append(
                self._say(words.ORCHESTRATOR, f"I ask {self.task.specialist} to look, step {self._number()}.")
            )
            turn.steps.append(self._visit())
        turn.steps += self._ends(index == count - 1, ending)
        turn.end = self.clock
        return turn

    def _user_text(self, index: int, count: int) -> str:
        if index == 0:
            return self._fill(self.chance.choice(self.task.opening))
        if index == count - 1 and self.chance.random() < 0.4:
            return self.chance.choice(words.THANKS)
        # The same word in several turns: a user who says "yes" twice has said it twice.
        return words.YES if self.chance.random() < 0.25 else self._fill(self.chance.choice(self.task.follow_up))

    def _ends(self, last_turn: bool, ending: str) -> list[Say | Visit]:
        """How a turn ends."""
        return [self._last(ending if last_turn else "done")]

    def _last(self, ending: str) -> Say:
        if ending == "error":
            return self._say(words.ORCHESTRATOR, "", failed=True)
        if ending == "hanging call":
            say = self._say(words.ORCHESTRATOR, self._aside(), calls=1)
            say.calls[0].answered = False
            self.clock = say.end
            return say
        return self._say(words.ORCHESTRATOR, self._fill(self.task.question if ending == "question" else self.task.done))

    def _visit(self) -> Visit:
        agent = self.task.specialist
        system = None if self.briefed else self.task.system
        self.briefed = True
        row_id, brief = self._hex(64), self._fill(self.task.brief)
        says = [self._say(agent, self._aside(), calls=1) for _ in range(self.chance.choices((1, 2), (70, 30))[0])]
        return Visit(row_id, agent, brief, [*says, self._say(agent, self._fill(self.task.finding))], system)

    def _say(self, agent: str, text: str, *, calls: int = 0, failed: bool = False) -> Say:
        chance = self.chance
        start = self.clock + chance.randrange(5, 60)
        self.clock = start + chance.randrange(1500, 8000)
        asked, given = chance.randrange(400, 9000), 0 if failed else chance.randrange(20, 700)
        cost = None
        if self.model.input_price is not None and self.model.output_price is not None:
            cost = round((asked * self.model.input_price + given * self.model.output_price) / 1e6, 8)
        say = Say(self._hex(64), agent, text, self.model.name, asked, given, cost, start, self.clock, failed=failed)
        say.calls = self._calls(calls)
        return say

    def _calls(self, count: int) -> list[Call]:
        calls = [self._call(self.clock + 1 + place) for place in range(count)]
        self.clock = max([self.clock, *(call.end for call in calls)])
        return calls

    def _call(self, start: int) -> Call:
        chance = self.chance
        command = chance.choice(self.task.commands)
        failure = chance.choice(_FAILURES) if chance.random() < 0.18 else None
        timed_out = failure == "level" and chance.random() < 0.4
        length = 60 * SECOND if timed_out else chance.randrange(40, 9000)
        result = self._fill(command.prints) if failure is None else _failed_result(failure, command.tool, timed_out)
        return Call(
            id=f"call_{self._hex(64)}",
            row_id=self._hex(64),
            tool=command.tool,
            operation=f"{command.tool} {command.operation}" if command.operation else "",
            line=self._fill(command.line),
            result=result,
            start=start,
            end=start + length,
            failure=failure,
        )

    def _aside(self) -> str:
        """What an agent says beside a call; often nothing."""
        return "" if self.chance.random() < 0.6 else f"Let me look at {self.service}, step {self._number()}."

    def _fill(self, text: str) -> str:
        return text.replace("{svc}", self.service).replace("{n}", str(self._number()))

    def _number(self) -> int:
        return self.chance.randrange(10_000, 10_000_000)

    def _hex(self, bits: int) -> str:
        return f"{self.chance.getrandbits(bits):0{bits // 4}x}"


def _failed_result(failure: Failure, tool: str, timed_out: bool) -> str:
    if failure == "protocol":
        return f'{{"exit_code":1,"stdout":"","stderr":"{tool}: the server refused the request"}}'
    if failure == "text":
        return f"Error: {tool} could not reach the cluster"
    return "no answer within 60 s" if timed_out else f"{tool} ended early"
