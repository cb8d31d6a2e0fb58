"""Results of tools: the text of a response, and what its protocol says of success.

Only what the protocol says is read here (MCP `isError`, Anthropic `is_error`, LangChain and Bedrock `status`, ADK
`error_message`); judging by the words of a response is not.
"""

from typing import Any, NamedTuple

from sessions_platform.sessions import jsontext
from sessions_platform.sessions.messages.calls import first_text, first_value
from sessions_platform.sessions.messages.media import MEDIA_TYPES, placeholder
from sessions_platform.sessions.messages.opening import json_text
from sessions_platform.sessions.model import ChatMessage

CALL_IDS = ("tool_use_id", "tool_call_id", "toolCallId", "call_id", "toolUseId", "id")
_NAMES = ("name", "toolName", "tool_name")
_PAYLOADS = ("response", "output", "result", "content")
_TEXT_TYPES = frozenset(("text", "input_text", "output_text"))
_MCP_KEYS = frozenset(("content", "isError", "is_error", "structuredContent", "_meta", "meta"))
_TYPED_VALUES = frozenset(("text", "json", "error-text", "error-json", "content", "execution-denied"))
_TYPED_KEYS = frozenset(("type", "value", "providerOptions", "reason"))
_ENVELOPE_STARTS = ('{"content":', '{"type":"function_result"', '{"type": "function_result"', '{"isError"', '{"_meta"')


class Body(NamedTuple):
    """The response inside its envelope. `is_error` is None where the envelope does not speak."""

    text: str
    is_error: bool | None = None
    call_id: str = ""


def result_message(value: dict[str, Any], name: str = "") -> ChatMessage:
    """One result from a part or message of any dialect."""
    body = body_of(first_value(value, _PAYLOADS))
    error = error_flag(value)
    return ChatMessage(
        "tool",
        body.text,
        name=first_text(value, _NAMES) or name,
        call_id=first_text(value, CALL_IDS) or body.call_id,
        is_error=error if error is not None else body.is_error,
    )


def body_of(value: Any) -> Body:
    """The text of a response. A string stays as it is unless it is a known envelope; objects are compact JSON."""
    if value.__class__ is str:
        return _body_of_text(value)
    if value is None:
        return Body("")
    if isinstance(value, (dict, list)):
        flag = error_flag(value) if isinstance(value, dict) else None
        return envelope(value) or Body(json_text(value), flag)
    return Body(json_text(value))


def error_flag(value: dict[str, Any]) -> bool | None:
    """What a result's own fields say of its success."""
    for key in ("is_error", "isError", "tool_call_error"):
        flag = value.get(key)
        if flag is True or flag is False:
            return flag
    status = value.get("status")
    if status == "error" and ("error_message" in value or "content" in value):
        return True
    if status == "success" and ("tool_call_id" in value or "toolUseId" in value):
        return False
    return None


def envelope(value: Any) -> Body | None:
    """The response in a known envelope: MCP content, a list of text blocks, a typed value. None for anything else."""
    if isinstance(value, list):
        text = _blocks_text(value)
        return None if text is None else Body(text)
    content = value.get("content")
    kind = value.get("type")
    if kind == "function_result" and "result" in value:
        inner = body_of(value["result"])
        failed = True if value.get("exception") else inner.is_error
        return Body(inner.text, failed, first_text(value, ("call_id",)))
    if isinstance(kind, str) and kind in _TYPED_VALUES and value.keys() <= _TYPED_KEYS and "text" not in value:
        inner = body_of(value.get("value", value.get("reason")))
        return Body(inner.text, True if kind.startswith(("error", "execution")) else inner.is_error)
    if isinstance(content, list) and value.keys() <= _MCP_KEYS and (content or len(value) > 1):
        text = "" if not content else _blocks_text(content)
        return None if text is None else Body(text, error_flag(value))
    return None


def _blocks_text(blocks: list[Any]) -> str | None:
    """Text of a list of content blocks, joined by line breaks; None for a list of anything else."""
    texts = [_block_text(block) for block in blocks]
    known = [text for text in texts if text is not None]
    return "\n".join(known) if known and len(known) == len(texts) else None


def _block_text(block: Any) -> str | None:
    if not isinstance(block, dict):
        return None
    kind = block.get("type")
    if kind == "json" or (kind is None and block.keys() == {"json"}):
        return json_text(first_value(block, ("json", "value")))
    if (isinstance(kind, str) and kind in _TEXT_TYPES) or (kind is None and block.keys() == {"text"}):
        text = first_value(block, ("text", "content", "value"))
        return text if isinstance(text, str) else None
    if isinstance(kind, str) and kind in MEDIA_TYPES:
        return placeholder(block)
    if kind == "resource" and isinstance(block.get("resource"), dict):
        text = block["resource"].get("text")
        return text if isinstance(text, str) else placeholder(block)
    return None


def _body_of_text(text: str) -> Body:
    # Searching is far cheaper than parsing, and nearly no response is an envelope.
    if text[:1] != "{" or not (text.startswith(_ENVELOPE_STARTS) or '"isError"' in text):
        return Body(text)
    try:
        value = jsontext.parse(text)
    except jsontext.NotJson:
        return Body(text)
    return (envelope(value) if isinstance(value, dict) else None) or Body(text)
