"""Scripts as Langfuse answers them: observation rows and scores, in one of the forms tracers write.

Two profiles: `delta` sends each generation what its agent has not seen, `full_history` the agent's whole conversation.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from sessions_platform.demo.query import from_ms
from sessions_platform.demo.script import Call, Form, Say, ScoreEvent, SessionScript, Turn, Visit
from sessions_platform.demo.vocabulary import ORCHESTRATOR
from sessions_platform.sessions import jsontext

Profile = Literal["delta", "full_history"]
PROJECT = "proj-demo"
_NAMESPACE = "attributes.gen_ai."


@dataclass(frozen=True)
class Line:
    """One message of an agent's conversation, before it takes a tracer's form."""

    role: str
    text: str
    calls: tuple[Call, ...] = ()
    call_id: str = ""
    name: str = ""


@dataclass
class Conversation:
    """What one agent has in view, and the part that it has not answered yet."""

    seen: list[Line] = field(default_factory=list)
    new: list[Line] = field(default_factory=list)

    def hear(self, line: Line) -> None:
        self.new.append(line)

    def lines(self, profile: Profile) -> list[Line]:
        return [*self.seen, *self.new] if profile == "full_history" else list(self.new)

    def answer(self, say: Say) -> None:
        if say.failed:
            return
        self.seen += [*self.new, Line("assistant", say.text, tuple(say.calls))]
        self.new = [Line("tool", call.result, call_id=call.id) for call in say.calls if call.answered]


def observation_rows(session: SessionScript, profile: Profile) -> list[dict[str, Any]]:
    """Every row of the session, oldest first."""
    writer = _Writer(session, profile)
    rows = [row for turn in session.turns for row in writer.trace(turn)]
    return sorted(rows, key=lambda row: (row["startTime"], row["id"]))


class _Writer:
    def __init__(self, session: SessionScript, profile: Profile) -> None:
        self.session, self.profile = session, profile
        self.conversation = Conversation()
        self.render = _FORMS[session.form]
        self.tools = sorted({call.tool for call in session.calls()}) if session.tools_listed else []

    def trace(self, turn: Turn) -> Iterator[dict[str, Any]]:
        yield self._root(turn)
        if not turn.steps:
            return
        yield self._agent(turn, turn.agent_row_id, ORCHESTRATOR, turn.root_id, (turn.start, turn.end))
        if turn.system:
            self.conversation.hear(Line("system", turn.system))
        self.conversation.hear(Line("user", turn.user_text))
        for step in turn.steps:
            if isinstance(step, Visit):
                yield from self._visit(turn, step)
            else:
                yield from self._say(turn, step, self.conversation, turn.agent_row_id)

    def _visit(self, turn: Turn, visit: Visit) -> Iterator[dict[str, Any]]:
        last = visit.says[-1]
        yield self._agent(turn, visit.row_id, visit.agent, turn.agent_row_id, (visit.says[0].start - 2, last.end))
        own = Conversation()
        if visit.system:
            own.hear(Line("system", visit.system))
        own.hear(Line("user", visit.brief))
        for say in visit.says:
            yield from self._say(turn, say, own, visit.row_id)
        self.conversation.hear(Line("user", last.text, name=visit.agent))

    def _root(self, turn: Turn) -> dict[str, Any]:
        session = self.session
        last = turn.steps[-1] if turn.steps else None
        failed = isinstance(last, Say) and last.failed
        row = self._row(turn, turn.root_id, None, "SPAN", f"{session.task}-session", turn.start, turn.end)
        row["metadata"] = {"task": session.task, f"{_NAMESPACE}operation.name": "invoke_workflow"}
        row["input"] = self.render.conversation([Line("user", turn.user_text)], [])
        if isinstance(last, Say) and not failed and last.text:
            row["output"] = self.render.output(last)
        if failed:
            row.update(level="ERROR", statusMessage="the model provider answered 529 overloaded")
        return row | {
            **{"tags": session.tags, "release": session.release, "traceName": f"{session.task}-session"},
            **{"sessionId": session.id, "userId": session.user_id},
        }

    def _agent(self, turn: Turn, row_id: str, agent: str, parent: str, span: tuple[int, int]) -> dict[str, Any]:
        row = self._row(turn, row_id, parent, "AGENT", f"invoke_agent {agent}", *span)
        row["metadata"] = {f"{_NAMESPACE}operation.name": "invoke_agent", f"{_NAMESPACE}agent.name": agent}
        return row

    def _say(self, turn: Turn, say: Say, conversation: Conversation, parent: str) -> Iterator[dict[str, Any]]:
        row = self._row(turn, say.row_id, parent, "GENERATION", f"chat {say.model}", say.start, say.end)
        row["metadata"] = {
            f"{_NAMESPACE}operation.name": "chat",
            f"{_NAMESPACE}agent.name": say.agent,
            f"{_NAMESPACE}request.model": say.model,
        }
        row["input"] = self.render.conversation(conversation.lines(self.profile), self.tools)
        if say.failed:
            row.update(level="ERROR", statusMessage="529 overloaded")
        else:
            row["output"] = self.render.output(say)
        conversation.answer(say)
        yield row | _usage(say)
        for call in say.calls:
            if call.answered:
                yield self._tool(turn, call, say.agent, parent)

    def _tool(self, turn: Turn, call: Call, agent: str, parent: str) -> dict[str, Any]:
        row = self._row(turn, call.row_id, parent, "TOOL", call.tool, call.start, call.end)
        row["metadata"] = {
            f"{_NAMESPACE}operation.name": "execute_tool",
            f"{_NAMESPACE}tool.name": call.tool,
            f"{_NAMESPACE}tool.call.id": call.id,
            f"{_NAMESPACE}agent.name": agent,
        }
        row["input"] = jsontext.dump({"command": call.line})
        row["output"] = call.result
        if self.session.wrapped_results and self.session.form == "parts":
            row["output"] = jsontext.dump([_parts(Line("tool", call.result, call_id=call.id))])
        if call.failure == "level":
            row.update(level="ERROR", statusMessage=call.result)
        if call.failure == "error_type":
            row["metadata"]["attributes.error.type"] = "tool_error"
        return row

    def _row(
        self, turn: Turn, row_id: str, parent: str | None, kind: str, name: str, start: int, end: int
    ) -> dict[str, Any]:
        session = self.session
        known = not session.ids_on_root_only
        row = dict(_EMPTY) | {"usageDetails": {}, "costDetails": {}, "metadata": {}, "tags": []}
        return row | {
            **{"id": row_id, "traceId": turn.trace_id, "parentObservationId": parent, "type": kind, "name": name},
            **{"startTime": from_ms(start), "endTime": from_ms(end), "latency": (end - start) / 1000},
            **{"createdAt": from_ms(end + 2000), "updatedAt": from_ms(end + 2000), "isRootObservation": parent is None},
            **{"version": session.version, "environment": session.environment},
            **{"sessionId": session.id if known else "", "userId": session.user_id if known else ""},
        }


_EMPTY: dict[str, Any] = {
    **{"projectId": PROJECT, "level": "DEFAULT", "statusMessage": "", "bookmarked": False, "public": False},
    **{"completionStartTime": None, "input": None, "output": None, "model": "", "internalModelId": ""},
    **{"modelParameters": None, "inputUsage": 0, "outputUsage": 0, "totalUsage": 0, "inputCost": None},
    **{"outputCost": None, "totalCost": 0, "usagePricingTierName": None, "promptId": "", "promptName": ""},
    **{"promptVersion": None, "timeToFirstToken": None, "release": "", "traceName": None},
    **{"modelId": None, "inputPrice": None, "outputPrice": None, "totalPrice": None},
}


def _usage(say: Say) -> dict[str, Any]:
    total = say.input_tokens + say.output_tokens
    usage = {
        **{"model": say.model, "modelParameters": {"temperature": 0.2}},
        **{"inputUsage": say.input_tokens, "outputUsage": say.output_tokens, "totalUsage": total},
        "usageDetails": {"input": say.input_tokens, "output": say.output_tokens, "total": total},
    }
    if say.cost is None:
        return usage
    model_id = f"model-{say.model}"
    return usage | {
        **{"costDetails": {"total": say.cost}, "totalCost": say.cost},
        **{"internalModelId": model_id, "modelId": model_id},
    }


def score_row(score: ScoreEvent, session: SessionScript) -> dict[str, Any]:
    """One score as `/v3/scores` answers it with all field groups."""
    subject: dict[str, str] = {"kind": "session", "id": session.id}
    if score.observation_id:
        subject = {"kind": "observation", "id": score.observation_id, "traceId": score.trace_id}
    elif score.trace_id:
        subject = {"kind": "trace", "id": score.trace_id}
    at = from_ms(score.at)
    return {
        **{"id": score.id, "projectId": PROJECT, "name": score.name, "dataType": score.data_type},
        **{"value": score.value, "source": score.source, "environment": session.environment},
        **{"timestamp": at, "createdAt": at, "updatedAt": at, "comment": None, "configId": None, "metadata": {}},
        **{"authorUserId": None, "queueId": None, "subject": subject},
    }


@dataclass(frozen=True)
class _Renderer:
    conversation: Callable[[list[Line], list[str]], str]
    output: Callable[[Say], str]


def _parts(line: Line) -> dict[str, Any]:
    if line.role == "system":
        # Langfuse puts system instructions in front as plain content, beside messages of parts.
        return {"role": "system", "content": line.text}
    if line.role == "tool":
        return {
            "role": "tool",
            "parts": [{"type": "tool_call_response", "id": line.call_id, "response": line.text}],
        }
    parts: list[dict[str, Any]] = [{"type": "text", "content": line.text}] if line.text else []
    parts += [
        {"type": "tool_call", "id": call.id, "name": call.tool, "arguments": {"command": call.line}}
        for call in line.calls
    ]
    return {"role": line.role, "parts": parts} | ({"name": line.name} if line.name else {})


def _parts_conversation(lines: list[Line], tools: list[str]) -> str:
    messages = [_parts(line) for line in lines]
    listed = [{"type": "function", "name": tool, "parameters": {"type": "object"}} for tool in tools]
    return jsontext.dump({"messages": messages, "tools": listed} if tools else messages)


def _parts_output(say: Say) -> str:
    message = _parts(Line("assistant", say.text, tuple(say.calls)))
    return jsontext.dump([message | {"finish_reason": "tool_call" if say.calls else "stop"}])


def _openai(line: Line) -> dict[str, Any]:
    if line.role == "tool":
        return {"role": "tool", "tool_call_id": line.call_id, "content": line.text}
    message: dict[str, Any] = {"role": line.role, "content": line.text or None}
    if line.name:
        message["name"] = line.name
    if line.calls:
        message["tool_calls"] = [
            {
                **{"id": call.id, "type": "function"},
                "function": {"name": call.tool, "arguments": jsontext.dump({"command": call.line})},
            }
            for call in line.calls
        ]
    return message


def _openai_conversation(lines: list[Line], tools: list[str]) -> str:
    listed = [{"type": "function", "function": {"name": tool, "parameters": {"type": "object"}}} for tool in tools]
    return jsontext.dump({"messages": [_openai(line) for line in lines]} | ({"tools": listed} if tools else {}))


def _openai_output(say: Say) -> str:
    return jsontext.dump(_openai(Line("assistant", say.text, tuple(say.calls))))


def _anthropic_content(line: Line) -> list[dict[str, Any]]:
    if line.role == "tool":
        return [{"type": "tool_result", "tool_use_id": line.call_id, "content": line.text}]
    text: list[dict[str, Any]] = [{"type": "text", "text": line.text}] if line.text else []
    return text + [
        {"type": "tool_use", "id": call.id, "name": call.tool, "input": {"command": call.line}} for call in line.calls
    ]


def _anthropic_conversation(lines: list[Line], tools: list[str]) -> str:
    system = "\n".join(line.text for line in lines if line.role == "system")
    messages = [
        {"role": "user" if line.role == "tool" else line.role, "content": _anthropic_content(line)}
        for line in lines
        if line.role != "system"
    ]
    listed = [{"name": tool, "input_schema": {"type": "object"}} for tool in tools]
    head: dict[str, Any] = {"system": system} if system else {}
    return jsontext.dump(head | {"messages": messages} | ({"tools": listed} if tools else {}))


def _anthropic_output(say: Say) -> str:
    return jsontext.dump(_anthropic_content(Line("assistant", say.text, tuple(say.calls))))


_FORMS: dict[Form, _Renderer] = {
    "parts": _Renderer(_parts_conversation, _parts_output),
    "openai": _Renderer(_openai_conversation, _openai_output),
    "anthropic": _Renderer(_anthropic_conversation, _anthropic_output),
}
