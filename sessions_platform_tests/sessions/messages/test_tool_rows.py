"""Input and output of TOOL rows."""

import json
from typing import Any

import pytest

from sessions_platform.sessions.messages import read_tool_arguments, read_tool_result
from sessions_platform_tests.sessions.messages.said import brief, tool


def result(value: Any) -> dict[str, Any]:
    return brief(read_tool_result(value if isinstance(value, str) or value is None else json.dumps(value)))


@pytest.mark.parametrize(
    ("wire", "text"),
    [
        (None, ""),
        ("null", ""),
        ("", ""),
        ("57", "57"),
        ("true", "true"),
        ('"three pods"', "three pods"),
        ("three pods", "three pods"),
        ('{"pods":  3}', '{"pods":  3}'),
        ('[{"pod": "a"}]', '[{"pod": "a"}]'),
        ("[]", "[]"),
        ("{}", "{}"),
        ('"{\\"pods\\": 3}"', '{"pods": 3}'),
    ],
)
def test_a_bare_result_is_its_text(wire: str | None, text: str) -> None:
    assert result(wire) == tool(text)


def test_parsed_results_are_compact_json() -> None:
    assert brief(read_tool_result({"pods": 3})) == tool('{"pods":3}')
    assert brief(read_tool_result(57)) == tool("57")


TEXT = {"type": "text", "text": "boom"}
SAME: dict[str, Any] = {
    "genai": [{"role": "tool", "parts": [{"type": "tool_call_response", "id": "c1", "response": "boom"}]}],
    "old event": {"role": "tool", "id": "c1", "content": "boom"},
    "openai": {"role": "tool", "tool_call_id": "c1", "content": [TEXT]},
    "responses": {"type": "function_call_output", "call_id": "c1", "output": "boom"},
    "langchain": {"type": "tool", "content": "boom", "tool_call_id": "c1", "id": "m", "artifact": None},
    "langchain dump": {
        "lc": 1,
        "id": ["langchain", "ToolMessage"],
        "kwargs": {"content": "boom", "tool_call_id": "c1", "type": "tool"},
    },
    "langgraph": {"messages": [{"type": "tool", "content": "boom", "tool_call_id": "c1"}]},
    "anthropic": {"type": "tool_result", "tool_use_id": "c1", "content": [TEXT]},
    "vercel": {"type": "tool-result", "toolCallId": "c1", "output": {"type": "text", "value": "boom"}},
    "microsoft": {"type": "function_result", "call_id": "c1", "result": "boom"},
}


@pytest.mark.parametrize("form", SAME)
def test_a_result_in_a_message_is_unwrapped(form: str) -> None:
    assert result(SAME[form]) == tool("boom", "c1")
    assert result(json.dumps(SAME[form])) == tool("boom", "c1")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"content": [TEXT, TEXT], "isError": True}, tool("boom\nboom", is_error=True)),
        ({"content": [TEXT], "isError": False}, tool("boom", is_error=False)),
        ({"content": [TEXT]}, tool("boom")),
        ([TEXT], tool("boom")),
        ({"content": [], "isError": True}, tool("", is_error=True)),
        ({"content": [{"type": "image", "data": "AA", "mimeType": "image/png"}]}, tool("[image]")),
        ({"type": "tool", "content": "boom", "tool_call_id": "c", "status": "error"}, tool("boom", "c", is_error=True)),
        (
            {"type": "tool", "content": "ok", "tool_call_id": "c", "status": "success"},
            tool("ok", "c", is_error=False),
        ),
        (
            {"type": "tool_result", "tool_use_id": "c", "content": "boom", "is_error": True},
            tool("boom", "c", is_error=True),
        ),
        (
            {"id": "c", "name": "scale", "response": {"status": "error", "error_message": "boom"}},
            tool('{"status":"error","error_message":"boom"}', "c", name="scale", is_error=True),
        ),
        (
            {"status": "error", "error_message": "boom"},
            tool('{"status": "error", "error_message": "boom"}', is_error=True),
        ),
        (
            {"content": {"role": "user", "parts": [{"function_response": {"name": "scale", "response": {"n": 3}}}]}},
            tool('{"n":3}', name="scale"),
        ),
        ({"status": "error", "pods": 3}, tool('{"status": "error", "pods": 3}')),
    ],
)
def test_the_protocol_says_whether_a_result_is_an_error(value: Any, expected: dict[str, Any]) -> None:
    assert result(value) == expected


def test_a_tool_may_return_what_looks_like_messages() -> None:
    for value in (
        {"role": "assistant", "content": "hi"},
        {"messages": [{"role": "user", "content": "hi"}]},
        {"content": "readme", "path": "/x"},
        {"type": "function", "content": "x"},
    ):
        assert result(value) == tool(json.dumps(value))


def test_several_results_in_one_output_are_one_text() -> None:
    parts = [{"type": "tool_call_response", "id": name, "response": name} for name in ("a", "b")]
    assert result([{"role": "tool", "parts": parts}]) == tool("a\nb", "a")


@pytest.mark.parametrize(
    ("wire", "text"),
    [
        (None, ""),
        ("null", ""),
        ("{}", "{}"),
        ('{"command": "get pods"}', '{"command":"get pods"}'),
        ("kubectl get pods", "kubectl get pods"),
        ('"kubectl get pods"', "kubectl get pods"),
        ("57", "57"),
        ("{'query': 'pods'}", '{"query":"pods"}'),
        ('{"input": {"city": "Ulm"}}', '{"city":"Ulm"}'),
        ('{"input": "Ulm"}', '{"input":"Ulm"}'),
        ('{"name": "f", "args": {"a": 1}, "id": "c", "type": "tool_call"}', '{"a":1}'),
        ('{"args": [], "kwargs": {"a": 1}}', '{"a":1}'),
        ('"{\\"a\\": 1}"', '{"a":1}'),
    ],
)
def test_arguments_are_compact_json_or_text(wire: str | None, text: str) -> None:
    assert read_tool_arguments(wire) == text
