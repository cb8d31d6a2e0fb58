"""Google Gemini and ADK: `{"contents": [{"role", "parts": [{"text"} | {"function_call"} | …]}], "config": {…}}`,
`{"content": {"parts", "role"}, "author"?}`, `{"candidates": […]}`, `{"new_message": {…}}`.

Keys are written in snake case by Python and in camel case by the API. The role `model` is the assistant; a part with a
function response is a tool message, whatever role carries it.
"""

from typing import Any

from sessions_platform.sessions.messages.calls import first_value
from sessions_platform.sessions.messages.roles import role_of
from sessions_platform.sessions.messages.shapes.chat import read_message
from sessions_platform.sessions.messages.walk import Shape, Walk

_SYSTEM = ("system_instruction", "systemInstruction")


def _is_content(item: dict[str, Any]) -> bool:
    parts = item.get("parts")
    if not isinstance(parts, list) or not item.keys() <= {"role", "parts", "name"}:
        return False
    return "role" in item or bool(parts)


def _read_content(item: dict[str, Any], walk: Walk) -> None:
    read_message(item, walk, role_of(item.get("role"), walk.role))


def _is_request(item: dict[str, Any]) -> bool:
    return "role" not in item and isinstance(item.get("contents"), (list, str, dict))


def _read_request(item: dict[str, Any], walk: Walk) -> None:
    config = item.get("config")
    system = first_value(item, _SYSTEM) or (first_value(config, _SYSTEM) if isinstance(config, dict) else None)
    if system is not None:
        _read_system(system, walk)
    walk.within("user", item["contents"])


def _read_system(system: Any, walk: Walk) -> None:
    if isinstance(system, dict) and isinstance(system.get("parts"), list):
        system = system["parts"]
    read_message({"content": system}, walk, "system")


def _is_answer(item: dict[str, Any]) -> bool:
    content = item.get("content")
    return "role" not in item and isinstance(content, dict) and isinstance(content.get("parts"), list)


def _read_answer(item: dict[str, Any], walk: Walk) -> None:
    author = item.get("author")
    content = item["content"]
    named = {**content, "name": author} if isinstance(author, str) and author != "user" else content
    read_message(named, walk, role_of(content.get("role"), "assistant"))


def _is_candidates(item: dict[str, Any]) -> bool:
    candidates = item.get("candidates")
    return isinstance(candidates, list) and bool(candidates) and isinstance(candidates[0], dict)


def _read_candidates(item: dict[str, Any], walk: Walk) -> None:
    walk.within("assistant", item["candidates"])


def _is_invocation(item: dict[str, Any]) -> bool:
    message = item.get("new_message", item.get("newMessage"))
    return isinstance(message, dict) and isinstance(message.get("parts"), list)


def _read_invocation(item: dict[str, Any], walk: Walk) -> None:
    walk.within("user", first_value(item, ("new_message", "newMessage")))


SHAPES = (
    Shape("google", _is_content, _read_content),
    Shape("google", _is_request, _read_request),
    Shape("google", _is_answer, _read_answer),
    Shape("google", _is_candidates, _read_candidates),
    Shape("google", _is_invocation, _read_invocation),
)
