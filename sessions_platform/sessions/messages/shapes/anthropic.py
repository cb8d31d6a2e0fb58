"""Anthropic: bare lists of content blocks (`[{"type": "thinking"}, {"type": "text"}, {"type": "tool_use"}]`), and
objects that hold them without a role. Its messages have a role, and are read as `chat`; `{"system", "messages"}` is
one of the `wrappers`.

Bare parts of any other dialect (Vercel's list of tool calls, OpenAI's `tool_calls` alone) are read here too.
"""

from typing import Any

from sessions_platform.sessions.messages.draft import Draft
from sessions_platform.sessions.messages.media import MEDIA_TYPES
from sessions_platform.sessions.messages.parts import add_part, handler
from sessions_platform.sessions.messages.shapes.chat import read_message
from sessions_platform.sessions.messages.walk import Shape, Walk

_MEDIA_KEYS = frozenset(
    ("source", "image_url", "file_data", "data", "input_audio", "inline_data", "inlineData", "file_id", "mime_type")
)


def _is_block(item: dict[str, Any]) -> bool:
    if "role" in item or not ("type" in item or "toolCallId" in item or "functionCall" in item or "toolUse" in item):
        return False
    kind = item.get("type")
    if kind == "text":
        return isinstance(item.get("text", item.get("content")), str)
    if isinstance(kind, str) and kind in MEDIA_TYPES and item.keys().isdisjoint(_MEDIA_KEYS):
        return False  # a retriever's `{"type": "document", "title", …}` is not a picture of one
    return handler(item) is not None


def _read_block(item: dict[str, Any], walk: Walk) -> None:
    if walk.draft is None:
        walk.draft = Draft(walk.messages, walk.role)
    add_part(walk.draft, item)


def _holds_blocks(item: dict[str, Any]) -> bool:
    content = item.get("content")
    if not isinstance(content, list) or not content or "role" in item or isinstance(item.get("type"), str):
        return False
    return all(handler(part) is not None for part in content)


def _read_holder(item: dict[str, Any], walk: Walk) -> None:
    read_message(item, walk, walk.role)


def _is_placeholder(item: dict[str, Any]) -> bool:
    # The Claude Agent SDK's tracer writes this as the input of a turn that begins with tool results: the name of a
    # key, where it found no text. Nobody said "role".
    return len(item) == 1 and item.get("content") == "role"


def _read_placeholder(item: dict[str, Any], walk: Walk) -> None:
    """Nothing was said."""


SHAPES = (
    Shape("content_blocks", _is_block, _read_block, continues=True),
    Shape("content_blocks", _holds_blocks, _read_holder),
    Shape("claude_agent", _is_placeholder, _read_placeholder),
)
