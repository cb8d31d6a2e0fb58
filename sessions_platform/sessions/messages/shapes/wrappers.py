"""Objects around the messages: `{"messages", "system"?, "tools"?}`, `{"prompt", "system"?, "tools"?}`,
`{"prompts": […]}`, `{"tools": […]}` alone, tools on offer in a list, and the arguments of an observed function
(`{"args": […], "kwargs": {…}}`)."""

from typing import Any

from sessions_platform.sessions.messages.calls import first_value
from sessions_platform.sessions.messages.opening import parse_object
from sessions_platform.sessions.messages.shapes.chat import is_tool_schema, read_message
from sessions_platform.sessions.messages.walk import Shape, Walk

_SYSTEM = ("system", "system_prompt", "systemPrompt", "instructions")


def _is_conversation(item: dict[str, Any]) -> bool:
    messages = item.get("messages", item.get("prompts"))
    if isinstance(messages, str):
        messages = parse_object(messages)
    return isinstance(messages, list) and all(isinstance(message, (dict, str, list)) for message in messages)


def _read_conversation(item: dict[str, Any], walk: Walk) -> None:
    _read_system(item, walk)
    walk.value(item.get("messages", item.get("prompts")))


def _is_prompt(item: dict[str, Any]) -> bool:
    prompt = item.get("prompt")
    if isinstance(prompt, str):
        return item.keys() <= {"prompt", "tools", *_SYSTEM, "model", "messages"}
    return isinstance(prompt, (list, dict)) and bool(prompt)


def _read_prompt(item: dict[str, Any], walk: Walk) -> None:
    _read_system(item, walk)
    prompt = item["prompt"]
    if isinstance(prompt, dict) and not walk.knows(prompt):
        read_message({"content": prompt}, walk, "user")
    else:
        walk.within("user", prompt)


def _read_system(item: dict[str, Any], walk: Walk) -> None:
    system = first_value(item, _SYSTEM)
    if isinstance(system, (str, list)) and system:
        read_message({"content": system}, walk, "system")


def _is_tools(item: dict[str, Any]) -> bool:
    return isinstance(item.get("tools"), list) and item.keys() <= {"tools", "tool_choice", "toolChoice"}


def _read_nothing(item: dict[str, Any], walk: Walk) -> None:
    """What a model may call is not a message."""


def _is_observed(item: dict[str, Any]) -> bool:
    args, kwargs = item.get("args"), item.get("kwargs")
    return isinstance(args, list) and isinstance(kwargs, dict) and len(item) == 2 and len(args) + len(kwargs) == 1


def _read_observed(item: dict[str, Any], walk: Walk) -> None:
    argument = [*item["args"], *item["kwargs"].values()][0]
    walk.value(item["kwargs"] if walk.knows(item["kwargs"]) else argument)


SHAPES = (
    Shape("messages", _is_conversation, _read_conversation, wraps=True),
    Shape("prompt", _is_prompt, _read_prompt, wraps=True),
    Shape("tools", _is_tools, _read_nothing, wraps=True),
    Shape("tools", is_tool_schema, _read_nothing, wraps=True),
    Shape("observe", _is_observed, _read_observed, wraps=True),
)
