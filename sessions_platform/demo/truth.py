"""The figures of generated sessions, counted from their scripts, never from rows. Definitions: CONTRACT section 1."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sessions_platform.demo.script import Call, Canary, Say, ScoreEvent, SessionScript, Turn, Visit
from sessions_platform.demo.vocabulary import ORCHESTRATOR

OUTCOME_SCORE = "success"


@dataclass(frozen=True)
class Heard:
    """One message: its role, whose it is, and the date of the row that gives it."""

    role: str
    agent: str
    date: str


@dataclass
class DateTruth:
    """The figures of one UTC date. Interactions count on their second message's date, sessions on their first date."""

    sessions: int = 0
    turns: int = 0
    messages: int = 0
    utterances: int = 0
    interactions: int = 0
    tool_calls: int = 0
    tool_errors: int = 0
    cost_usd: float = 0.0


@dataclass
class Truth:
    """What the platform must find in the corpus."""

    sessions: int = 0
    messages: int = 0
    messages_by_role: Counter[str] = field(default_factory=Counter)
    tool_calls: Counter[str] = field(default_factory=Counter)
    tool_errors: Counter[str] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)
    """Calls by sub-command (`kubectl get`); tools without sub-commands are not in it."""
    errors_by_basis: Counter[str] = field(default_factory=Counter)
    utterances_by_agent: Counter[str] = field(default_factory=Counter)
    transitions: Counter[str] = field(default_factory=Counter)
    """`from -> to`, self included."""
    turns_per_session: dict[str, int] = field(default_factory=dict)
    status_per_session: dict[str, str] = field(default_factory=dict)
    """For a corpus that is complete, so that no session is still active."""
    outcome_per_session: dict[str, str] = field(default_factory=dict)
    """By the newest `success` score; a session without one is not in it."""
    cost_usd: float = 0.0
    cost_per_session: dict[str, float] = field(default_factory=dict)
    cost_complete_per_session: dict[str, bool] = field(default_factory=dict)
    first_date_per_session: dict[str, str] = field(default_factory=dict)
    dates_per_session: dict[str, list[str]] = field(default_factory=dict)
    """The dates on which the session has rows: its slices."""
    by_date: dict[str, DateTruth] = field(default_factory=dict)
    users: set[str] = field(default_factory=set)
    canaries: list[Canary] = field(default_factory=list)
    planted: dict[str, list[str]] = field(default_factory=dict)
    """Sessions by the way of failing that was planted in them."""

    def add(self, session: SessionScript) -> None:
        """Count one session."""
        dates = sorted(set(_row_dates(session)))
        first = self.date(dates[0])
        self.sessions += 1
        first.sessions += 1
        first.turns += len(session.turns)
        self.turns_per_session[session.id] = len(session.turns)
        self.status_per_session[session.id] = session.status
        self.first_date_per_session[session.id] = dates[0]
        self.dates_per_session[session.id] = dates
        self.users.add(session.user_id)
        self.canaries.extend(session.canaries)
        if session.pattern:
            self.planted.setdefault(session.pattern, []).append(session.id)
        if outcome := _outcome(session.scores):
            self.outcome_per_session[session.id] = outcome
        self._add_messages([heard for turn in session.turns for heard in _messages(turn)])
        for call in session.calls():
            self._add_call(call)
        self._add_cost(session)

    def date(self, day: str) -> DateTruth:
        return self.by_date.setdefault(day, DateTruth())

    def _add_messages(self, messages: list[Heard]) -> None:
        for heard in messages:
            self.messages += 1
            self.messages_by_role[heard.role] += 1
            self.date(heard.date).messages += 1
        utterances = [heard for heard in messages if heard.role in ("user", "assistant")]
        for heard in utterances:
            self.utterances_by_agent[heard.agent] += 1
            self.date(heard.date).utterances += 1
        for before, after in zip(utterances, utterances[1:], strict=False):
            self.transitions[f"{before.agent} -> {after.agent}"] += 1
            self.date(after.date).interactions += 1

    def _add_call(self, call: Call) -> None:
        if not call.answered:
            return
        day = self.date(_date(call.start))
        day.tool_calls += 1
        self.tool_calls[call.tool] += 1
        if call.operation:
            self.operations[call.operation] += 1
        if call.failure:
            day.tool_errors += 1
            self.tool_errors[call.tool] += 1
            self.errors_by_basis[call.failure] += 1

    def _add_cost(self, session: SessionScript) -> None:
        says = session.says()
        for say in says:
            self.date(_date(say.start)).cost_usd += say.cost or 0.0
        cost = sum(say.cost or 0.0 for say in says)
        self.cost_usd += cost
        self.cost_per_session[session.id] = cost
        self.cost_complete_per_session[session.id] = all(say.cost is not None for say in says)


def _messages(turn: Turn) -> Iterator[Heard]:
    heard_on = _date(_first_say(turn).start if turn.steps else turn.start)
    if turn.system:
        yield Heard("system", ORCHESTRATOR, heard_on)
    yield Heard("user", "user", heard_on)
    for step in turn.steps:
        if isinstance(step, Visit):
            given_on = _date(step.says[0].start)
            if step.system:
                yield Heard("system", step.agent, given_on)
            # A brief is the outer agent's words, whatever role the sub-agent hears them in.
            yield Heard("user", ORCHESTRATOR, given_on)
            for say in step.says:
                yield from _said(say)
        else:
            yield from _said(step)


def _said(say: Say) -> Iterator[Heard]:
    if not say.failed:
        yield Heard("assistant", say.agent, _date(say.start))
    for call in say.calls:
        if call.answered:
            yield Heard("tool", say.agent, _date(call.start))


def _first_say(turn: Turn) -> Say:
    step = turn.steps[0]
    return step.says[0] if isinstance(step, Visit) else step


def _row_dates(session: SessionScript) -> Iterator[str]:
    yield from (_date(turn.start) for turn in session.turns)
    yield from (_date(say.start) for say in session.says())
    yield from (_date(call.start) for call in session.calls() if call.answered)


def _outcome(scores: list[ScoreEvent]) -> str:
    values = [score for score in sorted(scores, key=lambda s: s.at) if score.name == OUTCOME_SCORE]
    if not values:
        return ""
    value = float(values[-1].value)
    if value >= 1:
        return "success"
    return "partial" if value > 0 else "failed"


def _date(moment: int) -> str:
    return datetime.fromtimestamp(moment // 1000, UTC).date().isoformat()
