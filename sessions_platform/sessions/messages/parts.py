"""Content parts. Tracers mix the dialects within one list, so one table reads them all, by `type` or else by key."""

from collections.abc import Callable
from typing import Any

from sessions_platform.sessions.messages.calls import asked_call, first_value
from sessions_platform.sessions.messages.draft import Draft
from sessions_platform.sessions.messages.media import MEDIA_TYPES, document_text, placeholder
from sessions_platform.sessions.messages.opening import json_text
from sessions_platform.sessions.messages.results import result_message

Part = dict[str, Any]
_TEXTS = ("content", "text", "value")
_THOUGHTS = ("content", "thinking", "reasoning", "text", "summary")


def _text(draft: Draft, part: Part) -> None:
    value = first_value(part, _TEXTS)
    if isinstance(value, str):
        draft.text(value)
    elif value is not None:
        draft.text(json_text(value))


def _refusal(draft: Draft, part: Part) -> None:
    draft.text(str(part.get("refusal") or ""))


def _reasoning(draft: Draft, part: Part) -> None:
    value = first_value(part, _THOUGHTS)
    blocks = value if isinstance(value, list) else [value]
    for block in blocks:
        text = first_value(block, _TEXTS) if isinstance(block, dict) else block
        if isinstance(text, str):
            draft.think(text)


def _call(draft: Draft, part: Part) -> None:
    draft.call(asked_call(part))


def _result(draft: Draft, part: Part) -> None:
    draft.result(result_message(part, name=draft.name if draft.role == "tool" else ""))


def _media(draft: Draft, part: Part) -> None:
    draft.text(document_text(part) or placeholder(part))


def _nothing(draft: Draft, part: Part) -> None:
    """Markers and encrypted thoughts say nothing to a reader."""


BY_TYPE: dict[str, Callable[[Draft, Part], None]] = {
    **dict.fromkeys(("text", "input_text", "output_text", "summary_text"), _text),
    **dict.fromkeys(("reasoning", "thinking"), _reasoning),
    **dict.fromkeys(("redacted_thinking", "step-start", "step-finish"), _nothing),
    **dict.fromkeys(("tool_call", "tool_use", "tool-call", "server_tool_use", "mcp_tool_use", "toolCall"), _call),
    **dict.fromkeys(
        ("tool_call_response", "tool_result", "tool-result", "mcp_tool_result", "function_result"), _result
    ),
    **dict.fromkeys(MEDIA_TYPES, _media),
    "refusal": _refusal,
}


def _google_result(draft: Draft, part: Part) -> None:
    inner = first_value(part, ("function_response", "functionResponse", "toolResult"))
    draft.result(result_message(inner if isinstance(inner, dict) else part))


def _google_text(draft: Draft, part: Part) -> None:
    if part.get("thought") is True:
        draft.think(str(part["text"]))
    else:
        draft.text(str(part["text"]))


def _wrapped(draft: Draft, part: Part) -> None:
    add_part(draft, part["message_content"])


def _dotted(draft: Draft, part: Part) -> None:
    add_part(draft, {key.removeprefix("message_content."): value for key, value in part.items()})


BY_KEY: tuple[tuple[str, type, Callable[[Draft, Part], None]], ...] = (
    ("text", str, _google_text),
    ("function_call", dict, _call),
    ("functionCall", dict, _call),
    ("function_response", dict, _google_result),
    ("functionResponse", dict, _google_result),
    ("toolUse", dict, _call),
    ("toolResult", dict, _google_result),
    ("inline_data", dict, _media),
    ("inlineData", dict, _media),
    ("file_data", dict, _media),
    ("fileData", dict, _media),
    ("image", dict, lambda draft, part: draft.text(placeholder(part, "image"))),
    ("message_content", dict, _wrapped),
    ("message_content.type", str, _dotted),
)
"""Parts without a `type`: Google's, Bedrock's, OpenInference's."""


def handler(part: Any) -> Callable[[Draft, Part], None] | None:
    """What reads a part; None for a part of no known kind."""
    if not isinstance(part, dict):
        return None
    kind = part.get("type")
    if isinstance(kind, str):
        found = BY_TYPE.get(kind)
        if found is not None:
            return found
        if kind.endswith("_tool_result"):
            return _result
        return _call if kind == "function" and is_call(part) else None
    if "toolCallId" in part and "toolName" in part:
        return _result if "result" in part or "output" in part else _call
    for key, form, read in BY_KEY:
        if isinstance(part.get(key), form):
            return read
    return None


def is_result(part: Any) -> bool:
    """Whether a part is the result of a tool."""
    return handler(part) in (_result, _google_result)


def is_call(part: Part) -> bool:
    """Whether `{"type": "function"}` is a call (a schema of a tool looks much like it, but has no arguments)."""
    function = part.get("function")
    return isinstance(function, dict) and "arguments" in function


def add_part(draft: Draft, part: Any) -> None:
    """Reads one part into the draft; what is unknown is kept as compact JSON text."""
    read = handler(part)
    if read is not None:
        read(draft, part)
    elif isinstance(part, str):
        draft.text(part)
    elif part is not None:
        draft.text(json_text(part))
