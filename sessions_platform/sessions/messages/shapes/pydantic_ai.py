"""pydantic-ai's own history: `{"kind": "request" | "response", "parts": [{"part_kind", "content", …}]}`."""

from collections.abc import Callable
from typing import Any

from sessions_platform.sessions.messages.calls import asked_call, first_text
from sessions_platform.sessions.messages.draft import Draft
from sessions_platform.sessions.messages.opening import json_text
from sessions_platform.sessions.messages.parts import add_part
from sessions_platform.sessions.messages.results import body_of
from sessions_platform.sessions.messages.walk import Shape, Walk
from sessions_platform.sessions.model import ChatMessage


def recognise(item: dict[str, Any]) -> bool:
    return item.get("kind") in ("request", "response") and isinstance(item.get("parts"), list)


def read(item: dict[str, Any], walk: Walk) -> None:
    if item["kind"] == "response":
        _read_response(item["parts"], walk)
        return
    if isinstance(item.get("instructions"), str) and item["instructions"]:
        walk.say(item["instructions"], "system")
    for part in item["parts"]:
        kind = part.get("part_kind") if isinstance(part, dict) else None
        reader = _REQUEST_PARTS.get(kind) if isinstance(kind, str) else None
        if reader is None:
            walk.say(part if isinstance(part, str) else json_text(part), "user")
        else:
            reader(part, walk)


def _read_response(parts: list[Any], walk: Walk) -> None:
    draft = Draft(walk.messages, "assistant")
    for part in parts:
        kind = part.get("part_kind") if isinstance(part, dict) else None
        if kind in ("tool-call", "builtin-tool-call"):
            draft.call(asked_call(part))
        elif kind == "builtin-tool-return":
            draft.result(_result(part, None))
        elif kind in ("text", "thinking"):
            add_part(draft, {"type": kind, "content": part.get("content")})
        else:
            add_part(draft, part)
    draft.close()


def _system(part: dict[str, Any], walk: Walk) -> None:
    walk.say(body_of(part.get("content")).text, "system")


def _user(part: dict[str, Any], walk: Walk) -> None:
    content = part.get("content")
    draft = Draft(walk.messages, "user")
    for piece in content if isinstance(content, list) else [content]:
        if isinstance(piece, dict) and isinstance(piece.get("kind"), str):
            piece = {"type": piece["kind"], **piece}
        add_part(draft, piece)
    draft.close()


def _result(part: dict[str, Any], error: bool | None) -> ChatMessage:
    return ChatMessage(
        "tool",
        body_of(part.get("content")).text,
        name=first_text(part, ("tool_name",)),
        call_id=first_text(part, ("tool_call_id",)),
        is_error=error,
    )


def _tool_return(part: dict[str, Any], walk: Walk) -> None:
    walk.messages.append(_result(part, None))


def _retry(part: dict[str, Any], walk: Walk) -> None:
    # Without a tool it asks the model to mend its answer; with one it is the tool's error.
    if part.get("tool_name"):
        walk.messages.append(_result(part, True))
    else:
        _user(part, walk)


_REQUEST_PARTS: dict[str, Callable[[dict[str, Any], Walk], None]] = {
    "system-prompt": _system,
    "user-prompt": _user,
    "tool-return": _tool_return,
    "retry-prompt": _retry,
}

SHAPES = (Shape("pydantic_ai", recognise, read),)
