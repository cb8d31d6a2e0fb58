"""Vercel AI SDK results: `{"text", "toolCalls": [{"toolCallId", "toolName", "args" | "input"}], "finishReason"}`.

Its messages have a role, and are read as `chat`; a bare list of tool calls is a list of `content_blocks`.
"""

from typing import Any

from sessions_platform.sessions.messages.shapes.chat import read_message
from sessions_platform.sessions.messages.walk import Shape, Walk


def _is_result(item: dict[str, Any]) -> bool:
    return "role" not in item and ("toolCalls" in item or ("finishReason" in item and "text" in item))


def _read_result(item: dict[str, Any], walk: Walk) -> None:
    read_message({**item, "content": item.get("text"), "name": None}, walk, "assistant")


SHAPES = (Shape("vercel", _is_result, _read_result),)
