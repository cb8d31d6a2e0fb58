"""OpenTelemetry GenAI: parts, the old events, the wrappers Langfuse puts around them, and undecoded OTLP values."""

import json
from typing import Any

from sessions_platform_tests.sessions.messages.said import assistant, said, shape, system, tool, user

PODS = ("c1", "kubectl", {"command": "get pods"})


def part(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, **more}


def test_parts_become_one_message_each() -> None:
    conversation = [
        {"role": "system", "parts": [part("text", content="You run the cluster.")]},
        {"role": "user", "parts": [part("text", content="Is it up?"), part("text", content="Look twice.")]},
        {
            "role": "assistant",
            "parts": [
                part("reasoning", content="better look"),
                part("text", content="Looking."),
                part("tool_call", id="c1", name="kubectl", arguments={"command": "get pods"}),
            ],
        },
        {"role": "tool", "parts": [part("tool_call_response", id="c1", response={"pods": 3})]},
    ]
    assert shape(conversation) == "genai"
    assert said(conversation) == [
        system("You run the cluster."),
        user("Is it up?\nLook twice."),
        assistant("Looking.", PODS, reasoning="better look"),
        tool('{"pods":3}', "c1", name="kubectl"),
    ]


def test_an_output_without_parts_is_one_empty_message() -> None:
    assert said([{"role": "assistant", "parts": [], "finish_reason": "stop"}], "output") == [assistant("")]


def test_an_assistant_that_only_asks_for_tools_has_empty_text() -> None:
    call = part("tool_call", id="c1", name="kubectl", arguments='{"command": "get pods"}')
    assert said([{"role": "assistant", "parts": [call]}], "output") == [assistant("", PODS)]


def test_arguments_that_are_text_stay_as_they_were_written() -> None:
    from sessions_platform.sessions.messages import read

    call = part("tool_call", id="c1", name="kubectl", arguments='{"command":  "get pods"}')
    [message] = read(json.dumps([{"role": "assistant", "parts": [call]}]), "output").messages
    assert message.calls[0].arguments == '{"command":  "get pods"}'


def test_several_results_in_one_message_are_several_messages() -> None:
    answers = [part("tool_call_response", id="a", response="1"), part("tool_call_response", id="b", response="2")]
    assert said([{"role": "tool", "parts": answers}]) == [tool("1", "a"), tool("2", "b")]


def test_a_name_stays_with_its_message() -> None:
    one = {"role": "assistant", "name": "Planner", "parts": [part("text", content="Step one.")]}
    assert said([one], "output") == [assistant("Step one.", name="Planner")]


def test_results_without_ids_take_the_unanswered_calls_in_order() -> None:
    calls = [part("tool_call", id="a", name="first"), part("tool_call", id="b", name="second")]
    conversation = [
        {"role": "assistant", "parts": calls},
        {"role": "tool", "parts": [part("tool_call_response", id=None, response="1")]},
        {"role": "tool", "parts": [part("tool_call_response", response="2")]},
        {"role": "tool", "parts": [part("tool_call_response", response="3")]},
    ]
    assert said(conversation)[1:] == [tool("1", "a", name="first"), tool("2", "b", name="second"), tool("3")]


def test_a_result_without_id_skips_the_call_that_was_answered_by_id() -> None:
    calls = [part("tool_call", id="a", name="first"), part("tool_call", id="b", name="second")]
    conversation = [
        {"role": "assistant", "parts": calls},
        {"role": "tool", "parts": [part("tool_call_response", id="a", response="1")]},
        {"role": "tool", "parts": [part("tool_call_response", response="2")]},
    ]
    assert said(conversation)[2] == tool("2", "b", name="second")


def test_a_result_after_other_words_takes_no_id() -> None:
    conversation = [
        {"role": "assistant", "parts": [part("tool_call", id="a", name="first")]},
        {"role": "user", "parts": [part("text", content="wait")]},
        {"role": "tool", "parts": [part("tool_call_response", response="1")]},
    ]
    assert said(conversation)[2] == tool("1")


def test_media_are_placeholders_and_keep_their_langfuse_token() -> None:
    token = "@@@langfuseMedia:type=image/png|id=m1|source=bytes@@@"
    parts = [
        part("text", content="See"),
        part("blob", mime_type="image/png", content=token),
        part("uri", modality="audio", uri="https://example.org/a.wav"),
        part("file", file_id="f1"),
    ]
    assert said([{"role": "user", "parts": parts}]) == [user(f"See\n[image] {token}\n[audio]\n[file]")]


def test_an_unknown_part_is_kept_as_compact_json() -> None:
    odd = part("hologram", depth=3)
    assert said([{"role": "user", "parts": [odd, part("text", content="?")]}]) == [
        user('{"type":"hologram","depth":3}\n?')
    ]


def test_content_and_parts_mix_in_one_list_and_in_one_message() -> None:
    conversation = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi", "parts": [part("text", content="Hi")]},
        {"role": "user", "content": "There", "parts": [part("text", content="Hi")]},
    ]
    assert said(conversation) == [system("Be brief."), user("Hi"), user("Hi\nThere")]


def test_unknown_roles_speak_for_their_side_and_known_ones_by_any_name() -> None:
    roles = ["developer", "human", "ai", "model", "Assistant", "narrator"]
    value = [{"role": role, "parts": [part("text", content=role)]} for role in roles]
    assert [message["role"] for message in said(value)] == [
        "system", "user", "assistant", "assistant", "assistant", "user",
    ]  # fmt: skip
    assert said(value, "output")[-1]["role"] == "assistant"


def test_tools_on_offer_are_not_messages() -> None:
    tools = [{"type": "function", "name": "kubectl", "parameters": {"type": "object"}}]
    messages = [{"role": "user", "parts": [part("text", content="Hi")]}]
    assert said({"messages": messages, "tools": tools}) == [user("Hi")]
    assert shape({"messages": messages, "tools": tools}) == "genai"
    assert said({"prompt": "Hi", "tools": tools}) == [user("Hi")]
    assert said({"tools": tools}) == []
    assert shape({"tools": tools}) == "tools"


def test_old_events_carry_calls_as_json_text_and_the_call_id_as_id() -> None:
    call = json.dumps([{"id": "c1", "type": "function", "function": {"name": "kubectl", "arguments": "{}"}}])
    conversation = [
        {"role": "system", "content": "S", "event.name": "gen_ai.system.message", "gen_ai.message.index": 0},
        {"role": "assistant", "content": "", "tool_calls": call},
        {"role": "tool", "id": "c1", "content": "3 pods"},
        {"event.name": "gen_ai.user.message", "content": "thanks"},
    ]
    assert said(conversation) == [
        system("S"),
        assistant("", ("c1", "kubectl", {})),
        tool("3 pods", "c1", name="kubectl"),
        user("thanks"),
    ]


def test_a_choice_holds_its_message_as_an_object_or_as_text() -> None:
    message = {"role": "assistant", "content": "ok"}
    for choice in (
        {"index": 0, "finish_reason": "stop", "message": message},
        {"index": 0, "finish_reason": "stop", "message": json.dumps(message)},
        {"index": 0, "message": {"content": "ok"}, "event.name": "gen_ai.choice"},
        {"index": 0, "finish_reason": "stop", "message": "ok"},
    ):
        assert said(choice, "output") == [assistant("ok")]
        assert said([choice, choice], "output") == [assistant("ok")] * 2
        assert shape(choice, "output") == "genai_events"


def test_undecoded_otlp_values_are_decoded() -> None:
    def text(value: str) -> dict[str, Any]:
        return {"stringValue": value}

    def pairs(**values: Any) -> dict[str, Any]:
        return {"kvlistValue": {"values": [{"key": key, "value": value} for key, value in values.items()]}}

    parts = {"arrayValue": {"values": [pairs(type=text("text"), content=text("Hi"))]}}
    call = pairs(type=text("tool_call"), id=text("c"), name=text("f"), arguments=pairs(n={"intValue": "7"}))
    value = [
        json.dumps(pairs(role=text("user"), parts=parts)),
        json.dumps(pairs(role=text("assistant"), parts={"arrayValue": {"values": [call]}})),
    ]
    assert said(value) == [user("Hi"), assistant("", ("c", "f", {"n": 7}))]
    assert shape(value) == "genai"
