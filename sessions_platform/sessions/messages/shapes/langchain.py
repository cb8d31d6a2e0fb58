"""LangChain and LangGraph: `{"lc": 1, "type": "constructor", "id": […, "HumanMessage"], "kwargs": {…}}`, the flat form
`{"type": "human", "content", …}`, `{"type": "human", "data": {…}}`, and `{"generations": [[{"text", "message"}]]}`.

States (`{"messages": […]}`) are `wrappers`.
"""

from typing import Any

from sessions_platform.sessions.messages.roles import role_of
from sessions_platform.sessions.messages.shapes.chat import read_message
from sessions_platform.sessions.messages.walk import Shape, Walk
from sessions_platform.sessions.model import Role

_KINDS: dict[str, Role] = {
    **dict.fromkeys(("human", "HumanMessage", "HumanMessageChunk"), "user"),
    **dict.fromkeys(("ai", "AIMessage", "AIMessageChunk"), "assistant"),
    **dict.fromkeys(("system", "SystemMessage", "SystemMessageChunk", "developer"), "system"),
    **dict.fromkeys(("tool", "ToolMessage", "ToolMessageChunk", "function", "FunctionMessage"), "tool"),
}
_CHATS = ("chat", "ChatMessage", "ChatMessageChunk", "generic")


def _kind(value: Any) -> str:
    return value if isinstance(value, str) and (value in _KINDS or value in _CHATS) else ""


def _is_flat(item: dict[str, Any]) -> bool:
    return bool(_kind(item.get("type"))) and "content" in item and (item["type"] not in _CHATS or "role" in item)


def _read_flat(item: dict[str, Any], walk: Walk) -> None:
    role = _KINDS.get(item["type"]) or role_of(item.get("role"), walk.role)
    read_message(item, walk, role)


def _is_data(item: dict[str, Any]) -> bool:
    data = item.get("data")
    return bool(_kind(item.get("type"))) and isinstance(data, dict) and "content" in data


def _read_data(item: dict[str, Any], walk: Walk) -> None:
    _read_flat({**item["data"], "type": item["type"]}, walk)


def _class_name(item: dict[str, Any]) -> str:
    path = item.get("id")
    return path[-1] if isinstance(path, list) and path and isinstance(path[-1], str) else ""


def _is_constructor(item: dict[str, Any]) -> bool:
    kwargs = item.get("kwargs")
    if not isinstance(kwargs, dict):
        return False
    if "messages" in kwargs or "message" in kwargs:
        return "lc" in item
    return "content" in kwargs and bool(_kind(kwargs.get("type")) or _kind(_class_name(item)))


def _read_constructor(item: dict[str, Any], walk: Walk) -> None:
    kwargs = item["kwargs"]
    if "content" not in kwargs:  # a prompt value or a chat generation
        walk.value(kwargs.get("messages", kwargs.get("message")))
        return
    _read_flat({**kwargs, "type": _kind(kwargs.get("type")) or _kind(_class_name(item))}, walk)


def _is_generations(item: dict[str, Any]) -> bool:
    return isinstance(item.get("generations"), list)


def _read_generations(item: dict[str, Any], walk: Walk) -> None:
    walk.within("assistant", item["generations"])


def _is_generation(item: dict[str, Any]) -> bool:
    if not isinstance(item.get("text"), str):
        return False
    message = item.get("message")
    if isinstance(message, dict):
        return "kwargs" in message or "content" in message
    return "generation_info" in item


def _read_generation(item: dict[str, Any], walk: Walk) -> None:
    message = item.get("message")
    walk.value(message if isinstance(message, dict) and walk.knows(message) else item["text"])


SHAPES = (
    Shape("langchain", _is_flat, _read_flat),
    Shape("langchain", _is_constructor, _read_constructor),
    Shape("langchain", _is_data, _read_data),
    Shape("langchain", _is_generations, _read_generations),
    Shape("langchain", _is_generation, _read_generation),
)
