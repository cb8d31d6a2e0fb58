"""The old GenAI events: `{"index", "finish_reason", "message": {…} or its JSON text}` (gen_ai.choice), and messages
that say their role only in `event.name` (`gen_ai.user.message`). Messages with a role are read as `chat`.
"""

from typing import Any

from sessions_platform.sessions.messages.opening import parse_object
from sessions_platform.sessions.messages.roles import is_role
from sessions_platform.sessions.messages.shapes.chat import read_message
from sessions_platform.sessions.messages.walk import Shape, Walk

_CHOICE_MARKS = ("index", "finish_reason", "event.name")


def _is_choice(item: dict[str, Any]) -> bool:
    message = item.get("message")
    if isinstance(message, str) and not message.startswith("{"):
        return any(key in item for key in _CHOICE_MARKS[1:])
    return isinstance(message, (dict, str)) and any(key in item for key in _CHOICE_MARKS)


def _read_choice(item: dict[str, Any], walk: Walk) -> None:
    message = item["message"]
    if isinstance(message, str):
        message = parse_object(message) or message
    if isinstance(message, dict) and not walk.knows(message):
        message = {"role": "assistant", "content": "", **message}
    walk.within("assistant", message)


def _event_role(item: dict[str, Any]) -> str:
    words = str(item.get("event.name", item.get("event_name", ""))).split(".")
    return words[1] if len(words) == 3 and words[0] == "gen_ai" and words[2] == "message" and is_role(words[1]) else ""


def _is_event(item: dict[str, Any]) -> bool:
    return bool(_event_role(item)) and ("content" in item or "tool_calls" in item or isinstance(item.get("body"), dict))


def _read_event(item: dict[str, Any], walk: Walk) -> None:
    body = item.get("body")
    message = {"role": _event_role(item), **(body if isinstance(body, dict) else item)}
    if walk.knows(message):
        walk.value(message)
    else:
        read_message(message, walk, walk.role)


SHAPES = (
    Shape("genai_events", _is_choice, _read_choice),
    Shape("genai_events", _is_event, _read_event),
)
