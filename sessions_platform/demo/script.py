"""What happens in a generated session, before any row of it is written.

The generator plays a script twice: into rows (`wire`) and into figures (`truth`). Neither reads the other's product.
Times are milliseconds since 1970, in UTC.
"""

from dataclasses import dataclass, field
from typing import Literal

Failure = Literal["level", "error_type", "protocol", "text"]
"""How a failed call shows that it failed; named as `success_basis` names it."""
Form = Literal["parts", "openai", "anthropic"]
Status = Literal["completed", "abandoned", "error"]


@dataclass
class Call:
    """A tool call that an agent asks for; one that is not answered never ran."""

    id: str
    row_id: str
    tool: str
    operation: str
    line: str
    result: str
    start: int
    end: int
    failure: Failure | None = None
    answered: bool = True


@dataclass
class Say:
    """One generation. A failed one has no output."""

    row_id: str
    agent: str
    text: str
    model: str
    input_tokens: int
    output_tokens: int
    cost: float | None
    start: int
    end: int
    calls: list[Call] = field(default_factory=list)
    failed: bool = False


@dataclass
class Visit:
    """A sub-agent at work: it is given a brief, in the orchestrator's words, and ends with a text."""

    row_id: str
    agent: str
    brief: str
    says: list[Say]
    system: str | None = None


@dataclass
class Turn:
    """What a user says and what follows: one trace. Without steps nobody answered."""

    trace_id: str
    root_id: str
    agent_row_id: str
    user_text: str
    start: int
    end: int
    system: str | None = None
    steps: list[Say | Visit] = field(default_factory=list)


@dataclass
class ScoreEvent:
    """A score given to the session (`trace_id` empty), a trace, or an observation."""

    id: str
    name: str
    data_type: str
    value: float | bool | str
    source: str
    at: int
    trace_id: str = ""
    observation_id: str = ""


@dataclass(frozen=True)
class Canary:
    """Personal data or a secret planted in a session's texts."""

    kind: str
    value: str
    session_id: str


@dataclass
class SessionScript:
    """One session from end to end."""

    id: str
    user_id: str
    task: str
    service: str
    ending: str
    """How it was written to end: `done`, `goodbye`, `error`, `silence`, `hanging call`, `question`."""
    tags: list[str]
    environment: str
    version: str
    release: str
    form: Form
    wrapped_results: bool
    tools_listed: bool
    ids_on_root_only: bool
    turns: list[Turn]
    status: Status
    scores: list[ScoreEvent] = field(default_factory=list)
    canaries: list[Canary] = field(default_factory=list)
    pattern: str = ""
    """The planted way of failing that it has, of `patterns`; most have none."""

    def says(self) -> list[Say]:
        """Every generation, in order."""
        steps = [step for turn in self.turns for step in turn.steps]
        return [say for step in steps for say in (step.says if isinstance(step, Visit) else [step])]

    def calls(self) -> list[Call]:
        return [call for say in self.says() for call in say.calls]
