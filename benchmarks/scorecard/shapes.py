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
