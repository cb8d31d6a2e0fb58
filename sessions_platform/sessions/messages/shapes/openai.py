"""OpenAI: chat completions (`{"choices": [{"message"}]}`) and Responses (`{"object": "response", "output": [item, …]}`,
and the same items as input).

Items of one response that stand side by side (reasoning, message, function calls) are one assistant message, as they
would be in a chat completion. `instructions` of a request are its system message; of a response they only echo it.
"""

from typing import Any

from sessions_platform.sessions.messages.calls import asked_call, first_text, first_value
from sessions_platform.sessions.messages.draft import Draft
from sessions_platform.sessions.messages.opening import json_text
from sessions_platform.sessions.messages.parts import add_part
from sessions_platform.sessions.messages.results import body_of, result_message
from sessions_platform.sessions.messages.roles import role_of
from sessions_platform.sessions.messages.walk import Shape, Walk
from sessions_platform.sessions.model import AskedCall, ChatMessage, Role

_CALLS = frozenset(("function_call", "custom_tool_call", "local_shell_call", "computer_call", "shell_call"))
_RESULTS = frozenset(f"{kind}_output" for kind in _CALLS)
_HOSTED_NAMES = ("web_search", "file_search", "code_interpreter", "image_generation", "mcp")
_HOSTED = frozenset((*(f"{name}_call" for name in _HOSTED_NAMES), "mcp_list_tools"))
_PAYLOADS = ("output", "outputs", "results", "result", "error", "status")
_ITEM_TYPES = _CALLS | _RESULTS | _HOSTED | {"item_reference"}


def _is_item(item: dict[str, Any]) -> bool:
    kind = item.get("type")
    if not isinstance(kind, str):
        return False
    if kind == "message":
        return "role" in item and "stop_reason" not in item  # Anthropic's answers have the same type
    return kind in _ITEM_TYPES or (kind == "reasoning" and "summary" in item)


def _read_item(item: dict[str, Any], walk: Walk) -> None:
    kind = item["type"]
    if kind == "message":
        _read_message(item, walk)
    elif kind == "reasoning":
        draft = _draft(walk, "assistant", fresh=True)
        add_part(draft, {"type": "reasoning", "content": item.get("content") or item.get("summary")})
    elif kind in _CALLS:
        _draft(walk, "assistant").call(asked_call(item))
    elif kind in _RESULTS:
        _draft(walk, "assistant").result(result_message(item))
    elif kind in _HOSTED:
        _read_hosted(item, walk)


def _draft(walk: Walk, role: Role, fresh: bool = False) -> Draft:
    """The message being collected, if this item can be a piece of it; else a new one."""
    draft = walk.draft
    if draft is not None and (draft.role != role or (fresh and (draft.texts or draft.calls))):
        walk.finish()
    if walk.draft is None:
        walk.draft = Draft(walk.messages, role)
        walk.draft.emitted = True  # nothing is said until an item says it
    return walk.draft


def _read_message(item: dict[str, Any], walk: Walk) -> None:
    role = role_of(item["role"], walk.role)
    draft = _draft(walk, role, fresh=True)
    draft.name = first_text(item, ("name",))
    draft.emitted = False
    content = item.get("content")
    for part in content if isinstance(content, list) else [content]:
        add_part(draft, part)
    if role != "assistant":
        walk.finish()


def _read_hosted(item: dict[str, Any], walk: Walk) -> None:
    """Tools that ran at OpenAI: the item is the call and its result in one."""
    if item["type"] == "mcp_list_tools":
        return
    name = first_text(item, ("name",)) or item["type"].removesuffix("_call")
    call = AskedCall(first_text(item, ("id",)), name, asked_call(item).arguments or _question(item))
    draft = _draft(walk, "assistant")
    draft.call(call)
    body = body_of(first_value(item, _PAYLOADS))
    error = True if item.get("error") or item.get("status") == "failed" else None
    draft.result(ChatMessage("tool", body.text, name=name, call_id=call.id, is_error=error))


def _question(item: dict[str, Any]) -> str:
    asked = {key: item[key] for key in ("queries", "code") if item.get(key)}
    return json_text(asked) if asked else ""


def _is_response(item: dict[str, Any]) -> bool:
    output = item.get("output")
    if not isinstance(output, list):
        return False
    return item.get("object") == "response" or (bool(output) and isinstance(output[0], dict) and _is_item(output[0]))


def _read_response(item: dict[str, Any], walk: Walk) -> None:
    walk.within("assistant", item["output"])


def _is_request(item: dict[str, Any]) -> bool:
    asked = item.get("input")
    if isinstance(asked, str):
        return "instructions" in item or "model" in item
    return isinstance(asked, list) and "output" not in item and all(isinstance(piece, dict) for piece in asked)


def _read_request(item: dict[str, Any], walk: Walk) -> None:
    instructions = item.get("instructions")
    if isinstance(instructions, str) and instructions:
        walk.say(instructions, "system")
    walk.within("user", item["input"])


def _is_completion(item: dict[str, Any]) -> bool:
    choices = item.get("choices")
    return isinstance(choices, list) and all(isinstance(choice, dict) for choice in choices)


def _read_completion(item: dict[str, Any], walk: Walk) -> None:
    for choice in item["choices"]:
        message = choice.get("message", choice.get("delta"))
        if isinstance(message, dict) and "role" not in message and not walk.knows(message):
            message = {**message, "role": "assistant"}
        walk.within("assistant", choice.get("text") if message is None else message)


SHAPES = (
    Shape("openai_responses", _is_item, _read_item, continues=True),
    Shape("openai_responses", _is_response, _read_response),
    Shape("openai_chat", _is_completion, _read_completion),
    Shape("openai_responses", _is_request, _read_request, wraps=True),
)
