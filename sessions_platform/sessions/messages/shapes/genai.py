"""OpenTelemetry GenAI: `{"role", "parts": [{"type": "text", "content"}, …], "finish_reason"?, "name"?}`."""

from typing import Any

from sessions_platform.sessions.messages.results import result_message
from sessions_platform.sessions.messages.roles import role_of
from sessions_platform.sessions.messages.shapes.chat import read_message
from sessions_platform.sessions.messages.walk import Shape, Walk
from sessions_platform.sessions.model import ChatMessage


def recognise(item: dict[str, Any]) -> bool:
    parts = item.get("parts")
    if parts.__class__ is not list or "role" not in item:
        return False
    return not parts or (parts[0].__class__ is dict and "type" in parts[0])


def read(item: dict[str, Any], walk: Walk) -> None:
    role = role_of(item["role"], walk.role)
    parts = item["parts"]
    # Histories consist of messages of one part; the short way makes reading them cheap.
    if len(parts) == 1 and "content" not in item and "tool_calls" not in item:
        part = parts[0]
        kind = part["type"]
        name = item.get("name")
        name = name if name.__class__ is str else ""
        if kind == "text" and role != "tool" and part.get("content").__class__ is str:
            walk.messages.append(ChatMessage(role, part["content"], name))
            return
        if kind == "tool_call_response":
            walk.messages.append(result_message(part, name if role == "tool" else ""))
            return
    read_message(item, walk, role)


SHAPES = (Shape("genai", recognise, read),)
