"""Messages in a form that is short to write down and to compare."""

import json
from typing import Any

from sessions_platform.sessions.messages import read
from sessions_platform.sessions.model import ChatMessage, Side


def brief(message: ChatMessage) -> dict[str, Any]:
    """A message without what it does not have; arguments as the value they hold."""
    full = {
        "role": message.role,
        "text": message.text,
        "name": message.name,
        "calls": [(call.id, call.name, arguments(call.arguments)) for call in message.calls],
        "call_id": message.call_id,
        "reasoning": message.reasoning,
        "is_error": message.is_error,
    }
    return {key: value for key, value in full.items() if key in ("role", "text") or value not in ("", [], None)}


def arguments(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def said(value: Any, side: Side = "input") -> list[dict[str, Any]]:
    """The messages of a value, which is written as JSON unless it is a string."""
    return [brief(message) for message in reading(value, side).messages]


def shape(value: Any, side: Side = "input") -> str:
    return str(reading(value, side).shape)


def reading(value: Any, side: Side = "input") -> Any:
    return read(value if isinstance(value, str) or value is None else json.dumps(value), side)


def system(text: str, **more: Any) -> dict[str, Any]:
    return {"role": "system", "text": text, **more}


def user(text: str, **more: Any) -> dict[str, Any]:
    return {"role": "user", "text": text, **more}


def assistant(text: str, *calls: tuple[str, str, Any], **more: Any) -> dict[str, Any]:
    return {"role": "assistant", "text": text, **({"calls": list(calls)} if calls else {}), **more}


def tool(text: str, call_id: str = "", **more: Any) -> dict[str, Any]:
    return {"role": "tool", "text": text, **({"call_id": call_id} if call_id else {}), **more}
