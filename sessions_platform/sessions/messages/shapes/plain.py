"""A text, or something of a known shape, behind one key: `{"input": "…"}`, `{"output": {…}}`, as chains and hand-made
spans write it; and `{"input": "…", "chat_history": […]}`."""

from typing import Any

from sessions_platform.sessions.messages.calls import first_text
from sessions_platform.sessions.messages.opening import json_text
from sessions_platform.sessions.messages.walk import Shape, Walk

_ASKED = ("input", "user_input", "prompt", "query", "question", "message")
_ANSWERED = ("output", "answer", "text", "content", "response", "result", "completion")
_KEYS = frozenset((*_ASKED, *_ANSWERED))
_HISTORY = frozenset(("chat_history", "history"))


def _is_field(item: dict[str, Any]) -> bool:
    if len(item) != 1:
        return False
    key, value = next(iter(item.items()))
    return key in _KEYS and isinstance(value, (str, dict, list))


def _read_field(item: dict[str, Any], walk: Walk) -> None:
    value = next(iter(item.values()))
    if isinstance(value, str) or walk.knows(value):
        walk.value(value)
    else:
        walk.odd = True
        walk.say(json_text(item))


def _is_with_history(item: dict[str, Any]) -> bool:
    history = [item[key] for key in _HISTORY if key in item]
    rest = item.keys() - _HISTORY
    return len(history) == 1 and isinstance(history[0], list) and len(rest) == 1 and bool(first_text(item, _ASKED))


def _read_with_history(item: dict[str, Any], walk: Walk) -> None:
    walk.value(item.get("chat_history", item.get("history")))
    walk.within("user", first_text(item, _ASKED))


SHAPES = (
    Shape("field", _is_field, _read_field, wraps=True),
    Shape("field", _is_with_history, _read_with_history, wraps=True),
)
