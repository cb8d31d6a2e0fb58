"""From the rows of a session's traces to its messages, each given once and by the row that truly gave it.

`Session.tell` takes traces in order. Which of an input's messages are new is judged in `conversation`; here it is
decided who spoke, what a tool did, and which enclosing rows still have something to add. Dates and tables are not
known here.
Source: CONTRACT section 1 (message, agent_name, utterance, tool call).
"""

from collections import Counter
from dataclasses import dataclass

from sessions_platform.sessions import calls
from sessions_platform.sessions.conversation import Conversation, Held, Verdict
from sessions_platform.sessions.messages import read, read_tool_arguments, read_tool_result
from sessions_platform.sessions.model import AskedCall, ChatMessage, Observation, Part, Reading, Side
from sessions_platform.sessions.traces import Node, Trace, call_id_of, metadata_text

SIDES: tuple[Side, Side] = ("input", "output")
ROLES = frozenset({"system", "user", "assistant", "tool"})
_GUESSED_SHAPES = frozenset({"text", "unknown", "truncated"})
"""Readings that are a guess: trusted of a root or an agent, not of any function's span."""


@dataclass(slots=True, eq=False)
class Told:
    """A message with its place: who spoke, in which row, and what the tool did if it is a result."""

    message: ChatMessage
    agent: str
    node: Node
    trace: Trace
    at: str
    held: Held
    opens_turn: bool
    is_utterance: bool
    tool: Part | None = None


class Session:
    """The messages of one session, told trace by trace: `told` in order, `history` what came from elsewhere."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.history: list[Told] = []
        self.shapes: dict[str, Counter[str]] = {}
        """I/O shapes read, by row id."""
        self._conversation = Conversation()
        self._asked: dict[str, tuple[AskedCall, str]] = {}
        self._readings: dict[tuple[str, Side], Reading] = {}

    def tell(self, trace: Trace) -> None:
        """Take the next trace in."""
        teller = _TraceTeller(self, trace)
        for node in trace.speakers(self._peek_input, self._peek_asks):
            teller.speak(node)
        self._readings.clear()
        teller.enclose()
        self.told.extend(teller.told)

    def _peek_input(self, node: Node) -> Reading:
        return self.reading(node, "input", keep=True)

    def _peek_asks(self, node: Node) -> list[str]:
        reading = self.reading(node, "output", keep=True)
        return [call.id for message in reading.messages for call in message.calls if call.id]

    def reading(self, node: Node, side: Side, *, keep: bool = False) -> Reading:
        """The messages of one side of a row; kept only while rows of equal start are being parted."""
        known = self._readings.pop((node.row.id, side), None)
        if known is None:
            known = read(node.row.input if side == "input" else node.row.output, side)
            self.shapes.setdefault(node.row.id, Counter())[known.shape] += 1
        if keep:
            self._readings[(node.row.id, side)] = known
        return known


class _TraceTeller:
    """Tells one trace of a session: rows that speak first, then what only enclosing rows know."""

    def __init__(self, session: Session, trace: Trace) -> None:
        self.session, self.trace = session, trace
        self.told: list[Told] = []
        self._conversation = session._conversation
        self._gives: dict[str, set[str]] = {row_id: set() for row_id in trace.nodes}
        # Asked for each row below an agent; the answer is the agent's, and looking for it goes through all those rows.
        self._generating: dict[str, bool] = {}
        self._silent: dict[str, bool] = {}
        tools = [node for node in trace.nodes.values() if node.row.type == "TOOL"]
        self._results_to_come = Counter(call for node in tools if (call := call_id_of(node)))

    def speak(self, node: Node) -> None:
        """Give the messages of a GENERATION, TOOL or EVENT row."""
        if node.row.type == "TOOL":
            self._tool_row(node)
            return
        agent = self.trace.agent_name(node)
        self._judged(node, agent, self.session.reading(node, "input"), ROLES)
        output = self.session.reading(node, "output")
        if node.row.type == "EVENT":
            self._judged(node, agent, output, ROLES, output=True)
            return
        named = self.trace.own_agent_name(node)
        for message in output.messages:
            speaker = named or message.name or agent
            if message.role == "user" and not named:
                speaker = message.name or "user"
            self._give(node, message, speaker, _end(node.row), owner=agent)

    def enclose(self) -> None:
        """Let enclosing rows, outermost first, give messages of the roles that no row below them gives."""
        enclosing = [node for node in self.trace.nodes.values() if node.encloses]
        enclosing.sort(key=lambda node: sum(1 for _ in node.ancestors()))
        for node in enclosing:
            missing = ROLES - self._gives[node.row.id]
            if not missing:
                continue
            agent = self.trace.agent_name(node)
            given: set[str] = set()
            for side in SIDES:
                reading = self.session.reading(node, side)
                if self._trusted(node, reading):
                    given |= self._judged(node, agent, reading, missing - given, output=side == "output", encloses=True)
            for below in node.descendants():
                self._gives[below.row.id] |= given

    def _trusted(self, node: Node, reading: Reading) -> bool:
        trusted_rows = node.parent is None or node.row.type in ("AGENT", "GENERATION")
        return bool(reading.messages) and (trusted_rows or reading.shape not in _GUESSED_SHAPES)

    def _judged(
        self,
        node: Node,
        agent: str,
        reading: Reading,
        roles: frozenset[str] | set[str],
        *,
        output: bool = False,
        encloses: bool = False,
    ) -> set[str]:
        """Give what is new in the messages of one side of a row; returns the roles given."""
        if not reading.messages:
            return set()
        given: set[str] = set()
        place: int | None = None
        verdicts = self._conversation.judge(agent, reading.messages, output=output)
        for message, verdict in zip(reading.messages, verdicts, strict=True):
            if verdict is Verdict.SAME or message.role not in roles or self._comes_later(message):
                continue
            given.add(message.role)
            speaker, opens = self._input_speaker(node, agent, message)
            at = _end(node.row) if output else node.row.start_time
            if verdict is Verdict.HISTORY:
                self._remember(node, message, speaker, at, opens)
                continue
            if encloses and place is None:
                place = self._place(node, output=output)
            own = output and message.role == "assistant"
            self._give(node, message, speaker, at, owner=agent if own else None, opens=opens, place=place)
            place = None if place is None else place + 1
        return given

    def _comes_later(self, message: ChatMessage) -> bool:
        """Whether a TOOL row of this trace, still to speak, gives this result itself (clocks of processes differ)."""
        return message.role == "tool" and self._results_to_come[message.call_id] > 0

    def _input_speaker(self, node: Node, agent: str, message: ChatMessage) -> tuple[str, bool]:
        """Who spoke a message found in an input, and whether it opens a turn."""
        if message.role != "user":
            return message.name if message.name and message.role == "assistant" else agent, False
        outer = self._outer_agent(node)
        if outer is not None:
            return message.name or self.trace.agent_name(outer), False
        return message.name or "user", True

    def _outer_agent(self, node: Node) -> Node | None:
        """The agent in whose words a nested agent is addressed; None where the agent answers the user itself.

        A wrapper that has no generation of its own has no words either, so it is looked past.
        """
        inner = node.nearest_agent
        if inner is None:
            return None
        for above in inner.ancestors():
            if above.row.type == "AGENT" and self._generates(above):
                return above
            if above.row.type == "TOOL":
                return above.nearest_agent or above
        return None

    def _generates(self, agent: Node) -> bool:
        if agent.row.id not in self._generating:
            self._generating[agent.row.id] = any(
                node.row.type == "GENERATION" and node.nearest_agent is agent for node in agent.descendants()
            )
        return self._generating[agent.row.id]

    def _executes_only(self, node: Node) -> bool:
        """Whether the agent nearest above a TOOL row has no generation: it speaks through its results."""
        agent = node.nearest_agent
        if agent is None:
            return False
        if agent.row.id not in self._silent:
            self._silent[agent.row.id] = not any(below.row.type == "GENERATION" for below in agent.descendants())
        return self._silent[agent.row.id]

    def _tool_row(self, node: Node) -> None:
        row = node.row
        message = read_tool_result(row.output)
        call_id = call_id_of(node) or message.call_id
        self._results_to_come[call_id] -= 1
        asked, caller = self.session._asked.get(call_id, (None, ""))
        name = metadata_text(row, "gen_ai.tool.name") or (asked.name if asked else "") or _tool_name(row)
        arguments = read_tool_arguments(row.input) or (asked.arguments if asked else "")
        message = ChatMessage("tool", message.text, name, [], call_id, is_error=message.is_error)
        agent = self.trace.agent_name(node)
        success = calls.judge(
            level=row.level or "",
            error_type=metadata_text(row, "error.type"),
            status_message=row.status_message or "",
            response=message.text,
            said_error=message.is_error,
        )
        part = _tool_part(message, arguments, success, caller or agent, row.start_time)
        part.duration_ms = _milliseconds(row)
        self._give(node, message, agent, _end(row), owner=None, tool=part, utterance=self._executes_only(node))

    def _input_result(self, node: Node, agent: str, message: ChatMessage) -> Part:
        """The tool part of a result that only a conversation shows: nothing timed it."""
        asked, caller = self.session._asked.get(message.call_id, (None, ""))
        success = calls.judge(
            level="", error_type="", status_message="", response=message.text, said_error=message.is_error
        )
        message.name = message.name or (asked.name if asked else "")
        return _tool_part(message, asked.arguments if asked else "", success, caller or agent, node.row.start_time)

    def _give(
        self,
        node: Node,
        message: ChatMessage,
        speaker: str,
        at: str,
        *,
        owner: str | None,
        opens: bool = True,
        place: int | None = None,
        tool: Part | None = None,
        utterance: bool = False,
    ) -> None:
        """Take a message into the session; `owner` is the agent whose own output it is."""
        if message.role == "tool" and tool is None:
            tool = self._input_result(node, speaker, message)
        index = len(self.told) if place is None else place
        position = self.told[index].held.position if index < len(self.told) else None
        held = self._conversation.hold(message, owner or speaker, own_output=owner is not None, at=position)
        spoken = utterance or message.role in ("user", "assistant")
        told = Told(message, speaker, node, self.trace, at, held, opens and message.role == "user", spoken, tool)
        self.told.insert(index, told)
        self._note(node, message, speaker)

    def _remember(self, node: Node, message: ChatMessage, speaker: str, at: str, opens: bool) -> None:
        """Take a message into the session's history: it was said before, where this context does not reach."""
        tool = self._input_result(node, speaker, message) if message.role == "tool" else None
        first = self.told[0].held.position if self.told else None
        held = self._conversation.hold(message, speaker, own_output=False, at=first)
        spoken = message.role in ("user", "assistant")
        self.session.history.append(Told(message, speaker, node, self.trace, at, held, opens, spoken, tool))
        self._note(node, message, speaker)

    def _note(self, node: Node, message: ChatMessage, speaker: str) -> None:
        for call in message.calls:
            self.session._asked[call.id] = (call, speaker)
        for one in (node, *node.ancestors()):
            self._gives[one.row.id].add(message.role)

    def _place(self, node: Node, *, output: bool) -> int:
        """Index at which an enclosing row's messages stand: before what is below it, or after it."""
        below = {node.row.id, *(one.row.id for one in node.descendants())}
        inside = [index for index, told in enumerate(self.told) if told.node.row.id in below]
        if inside:
            return inside[-1] + 1 if output else inside[0]
        later = (i for i, told in enumerate(self.told) if told.node.row.start_time > node.row.start_time)
        return next(later, len(self.told))


def _tool_name(row: Observation) -> str:
    return (row.name or "").strip().removeprefix("execute_tool ").strip() or "tool"


def _tool_part(message: ChatMessage, arguments: str, success: calls.Success, caller: str, start: str) -> Part:
    name = message.name or "tool"
    return Part(
        type="tool",
        tool_id=message.call_id,
        tool_name=name,
        tool_input=arguments,
        tool_output=message.text,
        tool_status="completed" if success.ok else "error",
        duration_ms=None,
        operation=calls.operation(name, arguments),
        success=success.ok,
        success_basis=success.basis,
        error_type=success.error_type,
        error_message=success.error_message,
        start_time=start,
        caller=caller,
    )


def _end(row: Observation) -> str:
    return row.end_time or row.start_time


def _milliseconds(row: Observation) -> float | None:
    """Duration of a row from its latency (seconds), else its times; None while it is open."""
    if row.latency is not None:
        return round(row.latency * 1000, 3)
    if row.end_time is None:
        return None
    from datetime import datetime

    span = datetime.fromisoformat(row.end_time) - datetime.fromisoformat(row.start_time)
    return round(span.total_seconds() * 1000, 3)
