"""Input and output of a TOOL row (or of a SPAN that is one)."""

from typing import Any

from sessions_platform.sessions.messages.linking import link_results
from sessions_platform.sessions.messages.opening import json_text, open_value
from sessions_platform.sessions.messages.results import Body, envelope, error_flag, result_message
from sessions_platform.sessions.messages.shapes import OBJECTS, TEXTS
from sessions_platform.sessions.messages.walk import Walk
from sessions_platform.sessions.model import ChatMessage

_PARTS = ("tool_call_response", "tool_result", "tool-result", "mcp_tool_result")
_RESULT_TYPES = frozenset((*_PARTS, "function_call_output", "custom_tool_call_output"))
_LANGCHAIN = ("tool", "ToolMessage")
_RESPONSES = frozenset(("function_response", "functionResponse", "toolResult"))
_FUNCTION_RESPONSE = frozenset(("id", "name", "response", "will_continue", "scheduling", "parts"))


def read_tool_result(value: Any) -> ChatMessage:
    """The result that a TOOL row gives: role `tool`, text, and call id, name and `is_error` where the output says them.

    Reads results in the dialects of messages (GenAI parts, LangChain, Anthropic, OpenAI, Vercel, ADK), MCP content, and
    bare JSON, which stays as it was written. A JSON string is decoded; nothing and null are empty text. Never raises.
    """
    opened = open_value(value)
    content = opened.value
    if not isinstance(content, (dict, list)):
        text = content if isinstance(content, str) else "" if content is None else json_text(content)
        return ChatMessage("tool", text)
    try:
        found, body = _message(content), envelope(content)
    except RecursionError:
        found, body = None, None
    if found is not None:
        return found
    if body is None:  # bare JSON: the tracer's own spelling of it, which may stand in a later input again
        body = Body(opened.text or json_text(content), error_flag(content) if isinstance(content, dict) else None)
    return ChatMessage("tool", body.text, call_id=body.call_id, is_error=body.is_error)


def read_tool_arguments(value: Any) -> str:
    """The arguments that a TOOL row was called with: compact JSON, or text as it is; '' for nothing. Never raises."""
    opened = open_value(value)
    content = opened.value
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, dict):
        content = _unwrapped(content)
    return content if isinstance(content, str) else json_text(content)


def _unwrapped(value: dict[str, Any]) -> Any:
    keys = value.keys()
    if keys == {"input"} and isinstance(value["input"], dict):  # Claude Agent SDK
        return value["input"]
    if value.get("type") == "tool_call" and "args" in value:  # LangChain hands the whole call to the tool
        return value["args"]
    if keys == {"args", "kwargs"} and isinstance(value["kwargs"], dict) and not value["args"]:  # observed functions
        return value["kwargs"]
    return value


def _message(content: Any) -> ChatMessage | None:
    """A result written as a message or part. Several results in one output become one text."""
    if isinstance(content, dict) and _is_function_response(content):
        return result_message(content)
    if not _is_result(content):
        return None
    walk = Walk("output", OBJECTS, TEXTS)
    walk.value(content)
    walk.finish()
    link_results(walk.messages)
    results = [message for message in walk.messages if message.role == "tool"]
    if not results:
        return None
    if len(results) > 1:
        results[0].text = "\n".join(result.text for result in results)
    return results[0]


def _is_function_response(value: dict[str, Any]) -> bool:
    return isinstance(value.get("response"), dict) and "name" in value and value.keys() <= _FUNCTION_RESPONSE


def _is_result(value: Any, depth: int = 3) -> bool:
    """Whether a value is marked as a tool's result. A tool may return what looks like a message of another kind."""
    if isinstance(value, list):
        return bool(value) and depth > 0 and all(_is_result(item, depth - 1) for item in value)
    if not isinstance(value, dict):
        return False
    if value.get("role") in ("tool", "function"):
        return "content" in value or "parts" in value
    kind, kwargs = value.get("type"), value.get("kwargs")
    if isinstance(kind, str) and (kind in _RESULT_TYPES or (kind in _LANGCHAIN and "tool_call_id" in value)):
        return True
    if isinstance(kwargs, dict) and "lc" in value:
        return kwargs.get("type") in _LANGCHAIN or "tool_call_id" in kwargs
    parts = value["content"].get("parts") if isinstance(value.get("content"), dict) else value.get("parts")
    if isinstance(parts, list) and parts:
        return all(isinstance(part, dict) and not part.keys().isdisjoint(_RESPONSES) for part in parts)
    return "messages" in value and _is_result(value["messages"], depth - 1)
