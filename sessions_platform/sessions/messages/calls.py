"""Tool calls that a message asks for. Every tracer names the same three things (id, name, arguments) in its own way."""

from typing import Any

from sessions_platform.sessions.messages.opening import json_text, parse_object
from sessions_platform.sessions.model import AskedCall

_WRAPPERS = ("tool_call", "toolUse", "function_call", "functionCall")
_FUNCTIONS = ("function", "custom")
_IDS = ("call_id", "toolCallId", "tool_call_id", "toolUseId", "id", "tool_call.id")
_NAMES = ("name", "toolName", "tool_name", "tool_call.function.name")
_ARGUMENTS = ("arguments", "args", "input", "action", "tool_call.function.arguments")


def first_text(value: dict[str, Any], keys: tuple[str, ...]) -> str:
    """The first non-empty string among some keys, else ''. A number is an id too."""
    for key in keys:
        found = value.get(key)
        if found.__class__ is str and found:
            return str(found)
        if found.__class__ is int:
            return str(found)
    return ""


def first_value(value: dict[str, Any], keys: tuple[str, ...]) -> Any:
    """The first value among some keys that is not None."""
    for key in keys:
        found = value.get(key)
        if found is not None:
            return found
    return None


def arguments_text(value: Any) -> str:
    """Arguments as text: a string as it stands, anything else as compact JSON, None as ''."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json_text(value)


def asked_call(value: dict[str, Any]) -> AskedCall:
    """One call from a dict of any dialect: OpenAI (with or without the `function` level), GenAI, Anthropic, LangChain,
    Vercel, Google, Bedrock, OpenInference."""
    for key in _WRAPPERS:
        inner = value.get(key)
        if isinstance(inner, dict):
            value = inner
    function = next((value[key] for key in _FUNCTIONS if isinstance(value.get(key), dict)), value)
    name = first_text(function, _NAMES) or first_text(value, _NAMES)
    arguments = first_value(function, _ARGUMENTS)
    if arguments is None and function is not value:
        arguments = first_value(value, _ARGUMENTS)
    return AskedCall(id=first_text(value, _IDS), name=name, arguments=arguments_text(arguments))


def asked_calls(value: Any) -> list[AskedCall]:
    """The calls in a `tool_calls` value: a list, one call, or either as a JSON string."""
    if isinstance(value, str):
        value = parse_object(value)
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        return []
    items = [parse_object(item) if isinstance(item, str) else item for item in value]
    return [asked_call(item) for item in items if isinstance(item, dict)]
