"""`{"role", "content", …}`: OpenAI chat, Anthropic, Vercel, LangChain and Traceloop all write messages like this.

`read_message` is the reader of role messages for every family. `content` is a text, a list of parts, or missing;
`tool_calls` a list or its JSON text. A `tool` message is one result, its call id `tool_call_id` (or `id`, in the old
GenAI events).
"""

from typing import Any

from sessions_platform.sessions.messages.calls import asked_calls, first_text
from sessions_platform.sessions.messages.draft import Draft
from sessions_platform.sessions.messages.media import placeholder
from sessions_platform.sessions.messages.opening import parse_object
from sessions_platform.sessions.messages.parts import add_part, handler, is_result
from sessions_platform.sessions.messages.results import CALL_IDS, error_flag, result_message
from sessions_platform.sessions.messages.roles import is_role, role_of
from sessions_platform.sessions.messages.walk import Shape, Walk
from sessions_platform.sessions.model import ChatMessage, Role

_HOLDERS = ("content", "parts", "tool_calls", "function_call", "refusal", "reasoning_content", "additional_kwargs")
_BARE = frozenset(("role", "name", "finish_reason", "index", "id"))
_REASONING = ("reasoning_content", "reasoning", "thinking")
_PARTS_TEXT = ('[{"type":', '[{"text":', '[{"id":')


def recognise(item: dict[str, Any]) -> bool:
    role = item.get("role")
    if not isinstance(role, str):
        return False
    return any(key in item for key in _HOLDERS) or (len(item) == 1 and is_role(role))


def read(item: dict[str, Any], walk: Walk) -> None:
    if item["role"] == "tool" and is_tool_schema(item.get("content")):
        return  # LangChain's tracer lists the tools on offer as `tool` messages
    read_message(item, walk, role_of(item["role"], walk.role))


def is_tool_schema(value: Any) -> bool:
    """A tool on offer, in OpenAI's form, as opposed to a call of it."""
    if not isinstance(value, dict) or value.get("type") != "function":
        return False
    schema = value.get("function", value)
    return (
        isinstance(schema, dict) and "arguments" not in schema and ("parameters" in schema or "description" in schema)
    )


def read_message(item: dict[str, Any], walk: Walk, role: Role) -> None:
    """Appends the message, and the results it carries as messages of their own."""
    content = item.get("content")
    if content.__class__ is str and len(item) == 2 and role != "tool":  # most messages: nothing but role and text
        parts = _encoded_parts(content)
        if parts is None:
            walk.messages.append(ChatMessage(role, content))
            return
        content = parts
    if role == "tool" and _is_one_result(item):
        walk.messages.append(result_message({**item, "result": None, "output": None, "response": None}))
        return
    draft = Draft(walk.messages, role, first_text(item, ("name",)))
    if role == "tool":
        draft.call_id, draft.is_error = first_text(item, CALL_IDS), error_flag(item)
    _add_reasoning(draft, item)
    _add_content(draft, content, item.get("parts"))
    _add_calls(draft, item)
    if item.get("refusal") and not draft.texts:
        draft.text(str(item["refusal"]))
    if item.get("audio") and isinstance(item["audio"], dict):
        draft.text(str(item["audio"].get("transcript") or placeholder(item["audio"], "audio")))
    draft.close()


def _is_one_result(item: dict[str, Any]) -> bool:
    """Whether a tool message's content is the response itself, and not a list of parts that carry results."""
    content = item.get("content")
    if isinstance(item.get("parts"), list):
        return False
    return not (isinstance(content, list) and any(is_result(part) for part in content))


def _encoded_parts(text: str) -> list[Any] | None:
    """Content parts that a tracer encoded into the content string."""
    if not text.startswith(_PARTS_TEXT):
        return None
    parts = parse_object(text)
    if isinstance(parts, list) and all(handler(part) is not None for part in parts):
        return parts
    return None


def _add_content(draft: Draft, content: Any, parts: Any) -> None:
    if isinstance(parts, list):
        _add_parts(draft, parts)
        if content == "\n".join(draft.texts):
            return  # both forms of the same words (Vercel UI messages)
    if isinstance(content, str):
        content = _encoded_parts(content) or content
    if isinstance(content, dict) and isinstance(content.get("parts"), list):
        content = content["parts"]
    if isinstance(content, list):
        _add_parts(draft, content)
    elif content not in (None, "", {}):
        add_part(draft, content)


def _add_parts(draft: Draft, parts: list[Any]) -> None:
    for part in parts:
        add_part(draft, part)


def _add_reasoning(draft: Draft, item: dict[str, Any]) -> None:
    for key in _REASONING:
        value = item.get(key)
        if isinstance(value, str) and value:
            draft.think(value)
            return


def _add_calls(draft: Draft, item: dict[str, Any]) -> None:
    extra = item.get("additional_kwargs")
    for source in (item, extra if isinstance(extra, dict) else {}):
        for key in ("tool_calls", "invalid_tool_calls", "toolCalls"):
            for call in asked_calls(source.get(key)):
                draft.call(call)
        legacy = source.get("function_call")
        if isinstance(legacy, dict) and legacy:
            draft.call(asked_calls(legacy)[0])
        if draft.calls:
            return


SHAPES = (
    Shape(
        "chat", recognise, read, certain=frozenset(("role", "content", "name", "tool_calls", "tool_call_id", "refusal"))
    ),
)
