"""Anthropic, Google, LangChain, Vercel, pydantic-ai, and frameworks that print their objects."""

import json
from typing import Any

import pytest

from sessions_platform_tests.sessions.messages.said import assistant, said, shape, system, tool, user

USE = {"type": "tool_use", "id": "t1", "name": "kubectl", "input": {"command": "get pods"}}
READ = ("t1", "kubectl", {"command": "get pods"})


# Anthropic


def test_anthropic_results_leave_the_user_message_in_the_order_they_stand() -> None:
    content: list[Any] = [
        {"type": "text", "text": "before"},
        {"type": "tool_result", "tool_use_id": "t1", "content": [{"type": "text", "text": "three"}], "is_error": True},
        {"type": "tool_result", "tool_use_id": "t2", "content": "four"},
        {"type": "text", "text": "after"},
    ]
    assert said([{"role": "user", "content": content}]) == [
        user("before"),
        tool("three", "t1", is_error=True),
        tool("four", "t2"),
        user("after"),
    ]


def test_a_user_message_of_results_alone_is_no_user_message() -> None:
    content = [{"type": "tool_result", "tool_use_id": "t1", "content": "three", "is_error": False}]
    conversation = {
        "system": [{"type": "text", "text": "S"}],
        "messages": [{"role": "assistant", "content": [USE]}, {"role": "user", "content": content}],
    }
    assert said(conversation) == [
        system("S"),
        assistant("", READ),
        tool("three", "t1", name="kubectl", is_error=False),
    ]


def test_a_list_of_blocks_is_one_assistant_message() -> None:
    blocks = [
        {"type": "thinking", "thinking": "hm", "signature": "x"},
        {"type": "redacted_thinking", "data": "x"},
        {"type": "text", "text": "Looking."},
        USE,
    ]
    expected = [assistant("Looking.", READ, reasoning="hm")]
    assert said(blocks, "output") == expected
    assert shape(blocks, "output") == "content_blocks"
    assert said({"type": "message", "role": "assistant", "content": blocks, "stop_reason": "end"}, "output") == expected
    assert said({"content": blocks, "stop_reason": "end"}, "output") == expected


def test_a_tool_that_ran_at_anthropic_answers_between_the_words() -> None:
    blocks = [
        {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {"query": "pods"}},
        {"type": "web_search_tool_result", "tool_use_id": "s1", "content": [{"type": "text", "text": "found"}]},
        {"type": "text", "text": "Found."},
    ]
    assert said(blocks, "output") == [
        assistant("", ("s1", "web_search", {"query": "pods"})),
        tool("found", "s1", name="web_search"),
        assistant("Found."),
    ]


def test_the_claude_agent_tracers_placeholder_is_nothing_said() -> None:
    assert said({"content": "role"}) == []
    assert said({"content": "role", "role": "user"}) == [user("role")]
    assert said({"system": "S", "prompt": "P"}) == [system("S"), user("P")]


# Google


def test_google_contents_put_the_system_instruction_first() -> None:
    request = {
        "model": "gemini",
        "config": {"system_instruction": "Be brief.", "tools": []},
        "contents": [
            {"role": "user", "parts": [{"text": "Pods?"}]},
            {"role": "model", "parts": [{"function_call": {"name": "kubectl", "args": {"n": 1}}}]},
            {"role": "user", "parts": [{"function_response": {"name": "kubectl", "response": {"pods": 3}}}]},
        ],
    }
    assert shape(request) == "google"
    assert said(request) == [
        system("Be brief."),
        user("Pods?"),
        assistant("", ("", "kubectl", {"n": 1})),
        tool('{"pods":3}', name="kubectl"),
    ]


def test_google_answers_are_the_assistants_and_keep_the_authors_name() -> None:
    content = {
        "role": "model",
        "parts": [{"text": "hm", "thought": True}, {"text": "Three."}, {"inlineData": {"mimeType": "image/png"}}],
    }
    expected = assistant("Three.\n[image]", reasoning="hm")
    assert said({"content": content, "finish_reason": "STOP"}, "output") == [expected]
    assert said({"candidates": [{"content": content}]}, "output") == [expected]
    assert said({"content": content, "author": "ops_agent"}, "output") == [{**expected, "name": "ops_agent"}]
    assert said({"user_id": "u", "new_message": {"role": "user", "parts": [{"text": "hi"}]}}) == [user("hi")]


def test_google_calls_with_ids_are_answered_by_id() -> None:
    contents = [
        {"role": "model", "parts": [{"functionCall": {"id": "g1", "name": "kubectl", "args": {}}}]},
        {"role": "user", "parts": [{"functionResponse": {"id": "g1", "name": "kubectl", "response": {"ok": True}}}]},
    ]
    assert said({"systemInstruction": {"parts": [{"text": "S"}]}, "contents": contents}) == [
        system("S"),
        assistant("", ("g1", "kubectl", {})),
        tool('{"ok":true}', "g1", name="kubectl"),
    ]


# LangChain


def lc(kind: str, **kwargs: Any) -> dict[str, Any]:
    return {"lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", kind], "kwargs": kwargs}


CHAIN_CALL = {"name": "kubectl", "args": {"command": "get pods"}, "id": "t1", "type": "tool_call"}
CHAIN: dict[str, Any] = {
    "constructor": {
        "messages": [
            [
                lc("SystemMessage", content="S"),
                lc("HumanMessage", content="Pods?", type="human"),
                lc("AIMessage", content="", type="ai", tool_calls=[CHAIN_CALL]),
                lc("ToolMessage", content="boom", tool_call_id="t1", status="error", name="kubectl"),
            ]
        ]
    },
    "flat": {
        "messages": [
            {"type": "system", "content": "S", "name": None},
            {"type": "human", "content": "Pods?", "additional_kwargs": {}},
            {"type": "ai", "content": [USE], "tool_calls": [CHAIN_CALL], "id": "run--1"},
            {"type": "tool", "content": "boom", "tool_call_id": "t1", "status": "error", "name": "kubectl", "id": "x"},
        ]
    },
    "data": [
        {"type": "system", "data": {"content": "S"}},
        {"type": "human", "data": {"content": "Pods?"}},
        {"type": "ai", "data": {"content": "", "tool_calls": [CHAIN_CALL]}},
        {"type": "tool", "data": {"content": "boom", "tool_call_id": "t1", "status": "error", "name": "kubectl"}},
    ],
}


@pytest.mark.parametrize("form", CHAIN)
def test_langchain_messages_in_each_of_their_forms(form: str) -> None:
    assert shape(CHAIN[form]) == "langchain"
    assert said(CHAIN[form]) == [
        system("S"),
        user("Pods?"),
        assistant("", READ),
        tool("boom", "t1", name="kubectl", is_error=True),
    ]


def test_langchain_generations_and_tuples_are_messages() -> None:
    generation = {"text": "Three.", "message": {"kwargs": {"content": "Three.", "type": "ai", "tool_calls": []}}}
    assert said({"generations": [[generation]]}, "output") == [assistant("Three.")]
    assert said({"generations": [[{"text": "Three.", "generation_info": None}]]}, "output") == [assistant("Three.")]
    assert said({"messages": [["system", "S"], ["human", "Hi"]]}) == [system("S"), user("Hi")]
    assert said({"prompts": ["Hi"]}) == [user("Hi")]
    assert said({"output": lc("AIMessage", content="x")}, "output") == said(lc("AIMessage", content="x"), "output")


# Vercel AI SDK


def test_vercel_parts_are_calls_and_results() -> None:
    conversation = [
        {"role": "user", "content": [{"type": "text", "text": "Pods?"}]},
        {
            "role": "assistant",
            "content": [{"type": "tool-call", "toolCallId": "t1", "toolName": "kubectl", "input": USE["input"]}],
        },
        {
            "role": "tool",
            "content": [
                {
                    "type": "tool-result",
                    "toolCallId": "t1",
                    "toolName": "kubectl",
                    "output": {"type": "error-text", "value": "no"},
                }
            ],
        },
    ]
    assert said({"prompt": conversation}) == [
        user("Pods?"),
        assistant("", READ),
        tool("no", "t1", name="kubectl", is_error=True),
    ]


def test_vercel_calls_come_bare_encoded_or_beside_the_text() -> None:
    call = {"toolCallId": "t1", "toolName": "kubectl", "args": '{"command":"get pods"}'}
    assert said([call], "output") == [assistant("", READ)]
    assert said({"role": "assistant", "content": "", "tool_calls": json.dumps([call])}, "output") == [
        assistant("", READ)
    ]
    assert said({"text": "Looking.", "toolCalls": [call], "finishReason": "tool-calls"}, "output") == [
        assistant("Looking.", READ)
    ]


# pydantic-ai


def test_pydantic_ai_requests_and_responses() -> None:
    history = [
        {
            "kind": "request",
            "parts": [
                {"part_kind": "system-prompt", "content": "S"},
                {"part_kind": "user-prompt", "content": ["Pods?", {"kind": "image-url", "url": "https://e.org/p.png"}]},
            ],
        },
        {
            "kind": "response",
            "parts": [
                {"part_kind": "thinking", "content": "hm"},
                {"part_kind": "text", "content": "Looking."},
                {"part_kind": "tool-call", "tool_name": "kubectl", "args": USE["input"], "tool_call_id": "t1"},
            ],
        },
        {
            "kind": "request",
            "instructions": "Be brief.",
            "parts": [
                {"part_kind": "retry-prompt", "content": "bad", "tool_name": "kubectl", "tool_call_id": "t1"},
                {"part_kind": "tool-return", "content": {"n": 3}, "tool_name": "kubectl", "tool_call_id": "t2"},
            ],
        },
    ]
    assert shape(history) == "pydantic_ai"
    assert said(history) == [
        system("S"),
        user("Pods?\n[image]"),
        assistant("Looking.", READ, reasoning="hm"),
        system("Be brief."),
        tool("bad", "t1", name="kubectl", is_error=True),
        tool('{"n":3}', "t2", name="kubectl"),
    ]


# Printed objects


def test_agno_messages_in_repr_are_read_field_by_field() -> None:
    call = "[{'id': 't1', 'function': {'arguments': '{\"command\":\"get pods\"}', 'name': 'kubectl'}}]"
    rest = "metrics=MessageMetrics(input_tokens=0, timer=None) references=None created_at=1"
    messages = [
        f"role='system' content=\"It's on\\nfire\" name=None tool_calls=None {rest}",
        f"role='assistant' content=None name=None tool_calls={call} {rest}",
        f"role='tool' content='3 pods' name=None tool_call_id='t1' tool_name='kubectl' tool_call_error=True {rest}",
    ]
    assert shape({"messages": messages, "tools": []}) == "agno_repr"
    assert said({"messages": messages, "tools": []}) == [
        system("It's on\nfire"),
        assistant("", READ),
        tool("3 pods", "t1", name="kubectl", is_error=True),
    ]


def test_results_of_agno_and_crewai_are_their_text() -> None:
    assert said({"content": "Done.", "content_type": "str", "messages": []}, "output") == [assistant("Done.")]
    assert said({"raw": "Done.", "tasks_output": [], "token_usage": {}}, "output") == [assistant("Done.")]


def test_a_printed_conversation_is_read_only_where_it_is_surely_one() -> None:
    printed = "developer: Be brief.\nAlways.\nuser: Hi\nassistant: None\ntool: 3\n4"
    assert said(printed) == [system("Be brief.\nAlways."), user("Hi"), assistant(""), tool("3\n4")]
    assert said(printed, "output") == [assistant(printed)]
    for pasted in ("user: root\nsystem: down", "system: all green", "see\nsystem: x\nuser: y"):
        assert said(pasted) == [user(pasted)]
