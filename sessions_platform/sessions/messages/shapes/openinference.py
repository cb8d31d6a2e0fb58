"""OpenInference: `{"message": {"role", "content", "tool_calls": [{"tool_call": {…}}]}}`, nested or with dotted keys
(`{"message.role", "message.content", …}`)."""

from typing import Any

from sessions_platform.sessions.messages.walk import Shape, Walk

_PREFIX = "message."


def _is_nested(item: dict[str, Any]) -> bool:
    message = item.get("message")
    return isinstance(message, dict) and ("role" in message or "kwargs" in message)


def _read_nested(item: dict[str, Any], walk: Walk) -> None:
    walk.value(_with_content(item["message"]))


def _is_dotted(item: dict[str, Any]) -> bool:
    return "message.role" in item


def _read_dotted(item: dict[str, Any], walk: Walk) -> None:
    message = {key.removeprefix(_PREFIX): value for key, value in item.items() if key.startswith(_PREFIX)}
    walk.value(_with_content({"content": message.get("contents"), **message}))


def _with_content(message: dict[str, Any]) -> dict[str, Any]:
    """`contents` is the list form of `content`."""
    if message.get("content") is None and isinstance(message.get("contents"), list):
        return {**message, "content": message["contents"]}
    return message


SHAPES = (
    Shape("openinference", _is_dotted, _read_dotted),
    Shape("openinference", _is_nested, _read_nested),
)
