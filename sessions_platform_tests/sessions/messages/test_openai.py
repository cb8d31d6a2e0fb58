"""OpenAI chat and Responses, and the dialects that differ from them only in detail (Traceloop, OpenInference)."""

import json
from typing import Any

from sessions_platform_tests.sessions.messages.said import assistant, said, shape, system, tool, user

CALL = {"id": "c1", "type": "function", "function": {"name": "kubectl", "arguments": '{"command":"get pods"}'}}
READ = ("c1", "kubectl", {"command": "get pods"})


def test_a_chat_request_is_its_messages() -> None:
    request = {
        "model": "m",
        "messages": [
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "name": "Ada", "content": [{"type": "text", "text": "Pods?"}]},
            {"role": "assistant", "content": None, "tool_calls": [CALL]},
            {"role": "tool", "tool_call_id": "c1", "content": [{"type": "text", "text": "three"}]},
        ],
    }
    assert shape(request) == "chat"
    assert said(request) == [
        system("Be brief."),
        user("Pods?", name="Ada"),
        assistant("", READ),
        tool("three", "c1", name="kubectl"),
    ]


def test_a_chat_completion_is_the_messages_of_its_choices() -> None:
    completion = {
        "object": "chat.completion",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": None, "tool_calls": [CALL]}}],
    }
    assert said(completion, "output") == [assistant("", READ)]
    assert shape(completion, "output") == "openai_chat"
    assert said({"choices": [{"text": "old style"}]}, "output") == [assistant("old style")]


def test_legacy_function_calls_and_results_are_calls_and_results() -> None:
    conversation = [
        {"role": "assistant", "content": None, "function_call": {"name": "kubectl", "arguments": "{}"}},
        {"role": "function", "name": "kubectl", "content": "three"},
    ]
    assert said(conversation) == [assistant("", ("", "kubectl", {})), tool("three", name="kubectl")]


def test_a_refusal_is_what_was_said() -> None:
    assert said({"role": "assistant", "content": None, "refusal": "No."}, "output") == [assistant("No.")]
    blocks = [{"type": "refusal", "refusal": "No."}]
    assert said({"role": "assistant", "content": blocks}, "output") == [assistant("No.")]


def test_reasoning_is_kept_apart_from_the_text() -> None:
    message = {"role": "assistant", "content": "42", "reasoning_content": "six times seven"}
    assert said(message, "output") == [assistant("42", reasoning="six times seven")]


def test_a_call_that_stands_in_several_places_is_one_call() -> None:
    message = {"role": "assistant", "content": "", "tool_calls": [CALL], "additional_kwargs": {"tool_calls": [CALL]}}
    assert said(message, "output") == [assistant("", READ)]


def test_images_in_a_request_are_placeholders() -> None:
    content = [{"type": "text", "text": "See"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}]
    assert said([{"role": "user", "content": content}]) == [user("See\n[image]")]


def test_items_of_one_response_are_one_assistant_message() -> None:
    response = {
        "object": "response",
        "instructions": "Be brief.",
        "output": [
            {"type": "reasoning", "id": "r", "summary": [{"type": "summary_text", "text": "look first"}]},
            {
                "type": "message",
                "role": "assistant",
                "content": [{"type": "output_text", "text": "Looking.", "annotations": []}],
            },
            {"type": "function_call", "id": "fc", "call_id": "c1", "name": "kubectl", "arguments": "{}"},
            {"type": "function_call", "id": "fd", "call_id": "c2", "name": "helm", "arguments": "{}"},
        ],
    }
    assert shape(response, "output") == "openai_responses"
    assert said(response, "output") == [
        assistant("Looking.", ("c1", "kubectl", {}), ("c2", "helm", {}), reasoning="look first")
    ]


def test_two_messages_of_a_response_stay_two() -> None:
    items = [
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": text}]} for text in "ab"
    ]
    assert said(items, "output") == [assistant("a"), assistant("b")]


def test_input_items_are_user_calls_and_results_in_order() -> None:
    items = [
        {"role": "user", "content": [{"type": "input_text", "text": "Pods?"}]},
        {"type": "function_call", "id": "fc", "call_id": "c1", "name": "kubectl", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c1", "output": "three"},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Three."}]},
        {"role": "user", "content": "Thanks"},
    ]
    expected = [
        user("Pods?"),
        assistant("", ("c1", "kubectl", {})),
        tool("three", "c1", name="kubectl"),
        assistant("Three."),
        user("Thanks"),
    ]
    assert said(items) == expected
    assert said({"input": items, "instructions": "Be brief."}) == [system("Be brief."), *expected]


def test_a_response_of_reasoning_alone_is_one_message_without_text() -> None:
    item = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]}
    assert said({"object": "response", "output": [item]}, "output") == [assistant("", reasoning="hm")]


def test_a_tool_hosted_by_openai_is_call_and_result_in_one() -> None:
    item = {
        "type": "mcp_call",
        "id": "m1",
        "name": "search",
        "arguments": '{"q":"x"}',
        "output": None,
        "error": "no such index",
    }
    assert said({"object": "response", "output": [item]}, "output") == [
        assistant("", ("m1", "search", {"q": "x"})),
        tool("no such index", "m1", name="search", is_error=True),
    ]


def test_flat_tool_calls_need_no_function_level() -> None:
    message = {
        "role": "assistant",
        "content": "",
        "finish_reason": "tool_calls",
        "tool_calls": [{"id": "c1", "name": "kubectl", "arguments": '{"command":"get pods"}'}],
    }
    assert said([message], "output") == [assistant("", READ)]


def test_content_that_is_json_text_of_parts_is_read_as_parts() -> None:
    parts = json.dumps([{"type": "text", "text": "Pods?"}])
    assert said([{"role": "user", "content": parts}]) == [user("Pods?")]
    assert said([{"role": "user", "content": '[{"type": "pod"}]'}]) == [user('[{"type": "pod"}]')]


def test_openinference_nests_messages_and_calls_or_dots_their_keys() -> None:
    nested = {"message": {"role": "assistant", "tool_calls": [{"tool_call": CALL}]}}
    dotted: dict[str, Any] = {
        "message.role": "assistant",
        "message.tool_calls": [
            {
                "tool_call.id": "c1",
                "tool_call.function.name": "kubectl",
                "tool_call.function.arguments": '{"command":"get pods"}',
            }
        ],
    }
    assert said([nested], "output") == said([dotted], "output") == [assistant("", READ)]
    assert shape([nested], "output") == "openinference"
    contents = [{"message_content": {"type": "text", "text": "Hi"}}, {"message_content.type": "text"}]
    assert said([{"message": {"role": "user", "contents": contents[:1]}}]) == [user("Hi")]


def test_tool_schemas_that_pose_as_messages_are_none() -> None:
    schema = {"type": "function", "function": {"name": "kubectl", "description": "d", "parameters": {}}}
    assert said([{"role": "user", "content": "Hi"}, {"role": "tool", "content": schema}]) == [user("Hi")]
    assert said([{"role": "user", "content": "Hi"}, schema]) == [user("Hi")]
