"""Wire rows made by hand: the smallest rows that the API could answer, for tests that state what they mean."""

import json
from itertools import count
from typing import Any

from sessions_platform.sessions.assemble import assemble, normalise
from sessions_platform.sessions.model import Observation, StagedSession
from sessions_platform.sessions.segments import Taxonomy

DAY = "2026-11-03"
TAXONOMY = Taxonomy.parse("platform: {kubernetes: [kubectl, pod]}\ntask: {deploy: [deploy, rollout]}")
_numbers = count(1)


def said(role: str, text: str = "", *, calls: dict[str, str] | None = None, answers: str = "", name: str = "") -> dict:
    """A GenAI message: `calls` maps call ids to tool names; `answers` is the call id that a tool message answers."""
    parts: list[dict[str, Any]] = []
    if answers:
        parts.append({"type": "tool_call_response", "id": answers, "response": text})
    elif text:
        parts.append({"type": "text", "content": text})
    for call, tool in (calls or {}).items():
        parts.append({"type": "tool_call", "id": call, "name": tool, "arguments": {"for": call}})
    return {"role": role, "parts": parts, **({"name": name} if name else {})}


def at(second: float, *, day: str = DAY, hour: int = 10) -> str:
    """A time on a day, in seconds after the hour."""
    whole = int(second)
    return f"{day}T{hour:02d}:{whole // 60:02d}:{whole % 60:02d}.{round((second - whole) * 1000):03d}Z"


def row(type_: str, start: str, **fields: Any) -> Observation:
    """A row; `agent`, `call`, `tool` set metadata, `asked` and `gave` are lists of messages for input and output."""
    metadata = dict(fields.pop("metadata", {}))
    for key, name in (("agent", "gen_ai.agent.name"), ("call", "gen_ai.tool.call.id"), ("tool", "gen_ai.tool.name")):
        if key in fields:
            metadata[f"attributes.{name}"] = fields.pop(key)
    for key, side in (("asked", "input"), ("gave", "output")):
        if key in fields:
            fields[side] = json.dumps(fields.pop(key))
    fields.setdefault("id", f"row-{next(_numbers):04d}")
    fields.setdefault("trace_id", "trace-1")
    fields.setdefault("end_time", start)
    fields.setdefault("name", fields.get("name", type_.lower()))
    return Observation(type=type_, start_time=start, metadata=metadata, **fields)


def staged(*rows: Observation, day: str = DAY, session_id: str = "s-1") -> StagedSession:
    """The slice that these rows make."""
    return assemble(session_id, day, [normalise(one) for one in rows], [], TAXONOMY)


def told(session: StagedSession) -> list[tuple[str, str, str]]:
    """(role, agent, text or result) of each message."""
    return [(one.role, one.agent_name, _words(one)) for one in session.messages]


def _words(message: Any) -> str:
    texts = [part.tool_output if part.type == "tool" else part.text for part in message.parts]
    return " ".join(text for text in texts if text)
