"""Shapes of the scorecard: a world and what can be done in it, a plant, and the truth of a corpus. Shapes only.

The truth is kept outside of the home that the analysis sees, as JSON of `Truth`.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

Style = Literal["shell", "level", "http", "json_exit", "text", "quiet"]
"""How a tool says that it failed. `quiet`: in words alone, by which the format counts the call as a success."""


@dataclass(frozen=True)
class Operation:
    """Something that a tool can do: arguments and answers are templates."""

    tool: str
    arguments: dict[str, Any]
    result: Any
    empty: Any = ""
    writes: bool = False
    seconds: float = 0.8
    flags: tuple[str, ...] = ()
    """Options that do not exist, but sound as if they did."""


@dataclass(frozen=True)
class Task:
    """A kind of request. `second` is a further wish with the operation that fulfils it and words for its doing."""

    weight: float
    base_failure: float
    request: str
    more: str
    """What the user asks further, in later turns."""
    operations: tuple[str, ...]
    done: str
    """How an agent reports it done."""
    second: tuple[str, str, str]


@dataclass(frozen=True)
class Manner:
    """How users and agents of a world speak of what is not particular to a task. Each is a template."""

    declined: tuple[tuple[str, str], ...] = (
        ("[Could you|Can you] also [delete all of it|switch the checks off|do it without approval]?",
         "[That I must not do|I can't do that for you|A person must approve that], "
         "[but the rest goes on|so I leave it]."),
        ("[Give me|Show me] [everyone's records|the other team's access|what others pay]?",
         "[I am not allowed to share that|That stays private], [sorry|as the rules say]."),
    )  # fmt: skip
    """A wish that is rightly declined, and how."""
    thanks: str = (
        "[Thanks|Thank you|Great, thanks|Perfect, thank you|Cheers][!|.| That's all.| Have a good day.|, all set.]"
    )
    welcome: str = "[You're welcome|Glad it helped|Any time][.|!]"
    asks: str = "[Which one do you mean|Shall I take the newest one|Is the first one right]?"
    """A question that is left open at the end."""
    unhappy: str = (
        "[No|Hm|Sorry, no], [that is not it|this does not help|that's not what I asked|it is still the same]. "
        "[Please look again|Try once more|Check it again|It can't be right]."
    )
    again: str = (
        "[I looked again|Second look|I went through it once more]: [it should be right now|this is what "
        "I find|{n} places differ]."
    )
    """What the agent says to an unhappy user."""
    leaves: str = "[Never mind|I will do it myself|Forget it, I ask a colleague|This takes too long|No, still wrong]."
    honest: str = (
        "[I could not finish this|This did not work out|I am stuck here]: [the step kept failing|it ended with an "
        "error|the last call did not go through]. [Nothing was changed|The rest stands|Please see the error above]."
    )
    """The agent owns up to a failure, at the end."""
    partial: str = (
        "[So far|Up to here]: [{n} of them are handled|the first half is there|I have a part of it]. "
        "[The rest is open|More later]."
    )
    """The agent stops half-way, at the end."""
    further: tuple[str, ...] = (
        "[And what did it look like before|How sure are you|Can you say that shorter]?",
        "[Go on|Continue|Yes, please].",
    )
    """What a user says in a later turn, beside the task's own question."""
    so_far: str = "[Here is|This is] [what I see|where we are]:"
    also: str = "[Also|One more thing|And]"
    """Before a second wish."""
    also_done: str = "[Done|Sure]:"
    wider: str = "[Wider|Another spelling|Without the filter], then."
    """Before a call that follows an empty result."""
    rightly_empty: str = "[Nothing there|Nothing to see], [which is fine|as hoped|that is good news]."
    otherwise: str = "[Another way|Differently|With the right values], then."
    """Before another call, after an error that stays."""
    once_more: str = "[Once more|Retrying|Again|Trying that again]."
    """Before the same call, after an error that passes."""
    brief: str = "[Please|Your part:] [look into|see to|gather] [this|what is needed]: "
    """Before the request, when a sub-agent is given work."""
    found: str = "[Found|Result|Done]: "
    """Before a sub-agent's report."""


@dataclass(frozen=True)
class World:
    """Agents with tools, for users with tasks. Weights of versions and platforms need not add up to one."""

    name: str
    share: float
    lead: str
    helpers: dict[str, tuple[str, ...]]
    """Sub-agents, with the operations they do."""
    delegate: str
    """Tool by which the lead calls a sub-agent."""
    system: str
    style: Style
    versions: dict[str, float]
    platforms: dict[str, float]
    models: dict[str, tuple[float, float, float]]
    """Weight, USD per million tokens in and out."""
    slots: dict[str, tuple[str, ...]]
    operations: dict[str, Operation]
    tasks: dict[str, Task]
    transient: tuple[tuple[str, str, int], ...]
    """Errors that pass: text, type, HTTP status."""
    hard: tuple[tuple[str, str, int], ...]
    """Errors that stay."""
    environments: tuple[str, str]
    """Where work is meant to be done, and where it must not."""
    declared: Literal["tag", "metadata"] = "tag"
    chatter: tuple[str, ...] = ()
    """What an agent says before it calls a tool."""
    manner: Manner = Manner()


class Plant(msgspec.Struct):
    """One thing that goes wrong, and the sessions in which it does."""

    plant_id: str
    kind: str
    pattern: str
    prevalence: float
    world: str
    operation: str
    segment: dict[str, str]
    """Only sessions of these values were chosen; {} where the world alone bounds it."""
    failing: float
    """Share of its sessions that was meant to fail; None-like -1 where it leaves the outcome alone."""
    fixed: dict[str, str]
    """Slots that all its sessions share."""
    sessions: list[str] = msgspec.field(default_factory=list)
    failed: int = 0
    """Sessions of it that really failed, whatever their score says."""


class Trap(msgspec.Struct):
    """Something that looks like a finding and is none."""

    name: str
    detail: dict[str, str]
    sessions: list[str] = msgspec.field(default_factory=list)


class Truth(msgspec.Struct):
    """What a corpus holds."""

    seed: int
    sessions: int
    week: str
    family: str
    null: bool
    plants: list[Plant]
    traps: list[Trap]
    failed: list[str]
    """Sessions that really failed."""
    messages: int = 0
    marks: list[str] = msgspec.field(default_factory=list)
    """Texts that must stand in no report: raw canaries, and what an injected instruction asks to be said."""


@dataclass
class About:
    """Who runs a session, where and when, and what comes of it."""

    session_id: str
    world: World
    task: str
    user: str
    version: str
    platform: str
    model: str
    start: str
    fails: bool
    environment: str
    slots: dict[str, str]
    tags: list[str] = field(default_factory=list)
