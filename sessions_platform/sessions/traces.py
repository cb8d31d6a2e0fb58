"""The shape of one trace: its tree, who an agent is, and the order in which rows speak.

What the rows say is not looked at here, except where rows share a start time and only the calls they ask and answer can
tell which came first. Source: CONTRACT section 1 (order, agent_name).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sessions_platform.sessions.model import Observation, Reading

SPEAKING = frozenset({"GENERATION", "TOOL", "EVENT"})
ENCLOSING = frozenset({"AGENT", "SPAN", "CHAIN"})
OPEN_END = "9999"
"""Sorts an open end after every known one."""

_AGENT_PREFIX = re.compile(r"^(?:invoke_agent|create_agent|agent_run|agent run)\s+", re.IGNORECASE)
_BRACKETED = re.compile(r"^\[(.+)\]$")
_TRAILING_ID = re.compile(
    r"(?:^|[\s:_#-]+)(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{12,}|\d{6,})$",
    re.IGNORECASE,
)


def metadata_value(row: Observation, key: str) -> Any:
    """An OTEL attribute of a row: flat and dotted as v4 sends it, or nested as v3 did. None where it is missing."""
    metadata = row.metadata
    if not isinstance(metadata, dict):
        return None
    for name in (f"attributes.{key}", key):
        if (value := metadata.get(name)) not in (None, ""):
            return value
    attributes = metadata.get("attributes")
    return attributes.get(key) if isinstance(attributes, dict) else None


def metadata_text(row: Observation, key: str) -> str:
    """As `metadata_value`, as text; '' where it is missing or no scalar."""
    value = metadata_value(row, key)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def clean_agent_name(name: str | None) -> str:
    """An agent's name without `invoke_agent ` and the like, and without a trailing id. '' where nothing is left."""
    cleaned = _AGENT_PREFIX.sub("", (name or "").strip())
    if bracketed := _BRACKETED.match(cleaned):
        cleaned = bracketed.group(1)
    return _TRAILING_ID.sub("", cleaned).strip()


@dataclass(slots=True)
class Node:
    """A row in its trace's tree."""

    row: Observation
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)

    def ancestors(self) -> Iterator["Node"]:
        """Parent, its parent, and so on up to a root."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def descendants(self) -> Iterator["Node"]:
        """Every row below."""
        waiting = list(self.children)
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(node.children)

    @property
    def nearest_agent(self) -> "Node | None":
        """The AGENT row nearest above, or this one if it is one."""
        if self.row.type == "AGENT":
            return self
        return next((node for node in self.ancestors() if node.row.type == "AGENT"), None)

    @property
    def encloses(self) -> bool:
        """Whether the row repeats what stands below it, instead of speaking for itself."""
        if self.row.type == "GENERATION":
            return any(node.row.type == "GENERATION" for node in self.descendants())
        if self.row.type not in ENCLOSING:
            return False
        return self.parent is None or self.row.type == "AGENT" or bool(self.children)

    @property
    def speaks(self) -> bool:
        """Whether the row gives messages of its own."""
        return self.row.type in SPEAKING and not self.encloses


class Trace:
    """All rows of one traceId as a tree. `roots` are in time order; the first is the trace's root."""

    def __init__(self, trace_id: str, rows: Iterable[Observation]) -> None:
        self.id = trace_id
        self.nodes = {row.id: Node(row) for row in sorted(rows, key=_start_key)}
        for node in self.nodes.values():
            parent = self.nodes.get(node.row.parent_observation_id or "")
            if parent is not None and parent is not node and not _would_loop(node, parent):
                node.parent = parent
                parent.children.append(node)
        self.roots = [node for node in self.nodes.values() if node.parent is None]
        self.root = min(self.roots, key=lambda node: (bool(node.row.parent_observation_id), _start_key(node.row)))
        """The earliest root, one that truly has no parent before one whose parent was never sent."""

    @property
    def sort_key(self) -> tuple[str, str, str]:
        """Traces of a session are ordered by start and end of their root."""
        row = self.root.row
        return (row.start_time, row.end_time or OPEN_END, self.id)

    def agent_name(self, node: Node) -> str:
        """Who acts in a row: its own agent name, the nearest AGENT above, the service, the trace's name."""
        return self.own_agent_name(node) or self.fallback_name(node)

    def own_agent_name(self, node: Node) -> str:
        """The agent that the row or an AGENT row above it names; '' if none does."""
        name = clean_agent_name(metadata_text(node.row, "gen_ai.agent.name") or metadata_text(node.row, "agent_name"))
        agent = node.nearest_agent
        if name or agent is None:
            return name
        named = metadata_text(agent.row, "gen_ai.agent.name")
        return clean_agent_name(named) or clean_agent_name(agent.row.name)

    def fallback_name(self, node: Node) -> str:
        """A name where no agent is named: the row's service, else the trace's name, else the root's."""
        metadata = node.row.metadata if isinstance(node.row.metadata, dict) else {}
        service = str(metadata.get("resourceAttributes.service.name") or "")
        if service and not service.startswith("unknown_service"):
            return clean_agent_name(service) or service
        root = self.root.row
        return clean_agent_name(root.trace_name or root.name) or "agent"

    def speakers(self, read_input: Callable[[Node], Reading], asks: Callable[[Node], list[str]]) -> list[Node]:
        """Speaking rows in order. `read_input` and `asks` (call ids) are used only to part rows of equal start."""
        ordered = [node for node in self.nodes.values() if node.speaks]
        result: list[Node] = []
        start = 0
        while start < len(ordered):
            end = start + 1
            while end < len(ordered) and ordered[end].row.start_time == ordered[start].row.start_time:
                end += 1
            group = ordered[start:end]
            result.extend(group if len(group) == 1 else _untie(group, _places(group, result, asks), read_input, asks))
            start = end
        return result


def _start_key(row: Observation) -> tuple[str, str, str]:
    return (row.start_time, row.end_time or OPEN_END, row.id)


def _would_loop(node: Node, parent: Node) -> bool:
    """Whether making `parent` the parent would close a circle, as broken instrumentation can."""
    return any(ancestor is node for ancestor in (parent, *parent.ancestors()))


def call_id_of(node: Node) -> str:
    """The id of the call that a TOOL row answers, as instrumentations name it; '' if they do not."""
    keys = ("gen_ai.tool.call.id", "ai.toolCall.id", "tool_call.id", "tool_call_id")
    return next((text for key in keys if (text := metadata_text(node.row, key))), "")


def _places(group: list[Node], earlier: list[Node], asks: Callable[[Node], list[str]]) -> dict[str, int]:
    """The place of each TOOL row's call in the message that asks for it: the latest one before the group, or in it."""
    wanted = {call_id_of(node) for node in group if node.row.type == "TOOL"} - {""}
    places: dict[str, int] = {}
    for node in (*(node for node in group if node.row.type != "TOOL"), *reversed(earlier)):
        if len(places) == len(wanted):
            break
        if node.row.type != "TOOL":
            for index, call in enumerate(asks(node)):
                if call in wanted:
                    places.setdefault(call, index)
    return places


def _untie(
    group: list[Node],
    place: dict[str, int],
    read_input: Callable[[Node], Reading],
    asks: Callable[[Node], list[str]],
) -> list[Node]:
    """Rows of one start time: a call is asked before it runs, and runs before its result is read; then by end time."""
    asked = {node.row.id: asks(node) for node in group if node.row.type != "TOOL"}
    tools = [node for node in group if node.row.type == "TOOL"]
    before: dict[str, set[str]] = {node.row.id: set() for node in group}
    for node in group:
        if node.row.type == "TOOL":
            call = call_id_of(node)
            before[node.row.id] |= {other for other, calls in asked.items() if call and call in calls}
        elif tools:
            before[node.row.id] |= _results_read(read_input(node), tools, set(asked[node.row.id]))

    def rank(node: Node) -> tuple[str, int, str]:
        return (node.row.end_time or OPEN_END, place.get(call_id_of(node), 0), node.row.id)

    waiting = sorted(group, key=rank)
    open_ids = {node.row.id for node in waiting}
    done: list[Node] = []
    while waiting:
        ready = next((node for node in waiting if not (before[node.row.id] & open_ids) - {node.row.id}), waiting[0])
        waiting.remove(ready)
        open_ids.discard(ready.row.id)
        done.append(ready)
    return done


def _results_read(reading: Reading, tools: list[Node], asked_here: set[str]) -> set[str]:
    """Ids of the TOOL rows whose result stands in an input; a call that the row itself asks cannot be read by it."""
    results = [message for message in reading.messages if message.role == "tool"]
    ids = {message.call_id for message in results if message.call_id}
    texts = {" ".join(message.text.split()) for message in results}
    read: set[str] = set()
    for tool in tools:
        call = call_id_of(tool)
        if call:
            if call in ids and call not in asked_here:
                read.add(tool.row.id)
        elif isinstance(tool.row.output, str) and any(text and text in tool.row.output for text in texts):
            read.add(tool.row.id)
    return read
