"""What holds for any value at all."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sessions_platform.sessions.messages import read, read_tool_arguments, read_tool_result
from sessions_platform.sessions.model import AskedCall, ChatMessage

# Words that readers look for, so that random objects reach deep into them.
KEYS = (
    "role parts content type text name id messages message tool_calls function function_call arguments input output"
    " choices lc kwargs generations contents candidates kind part_kind prompt tools system index finish_reason object"
    " tool_call_id toolCallId toolName result response is_error status new_message config raw kvlistValue values key"
    " value data source message_content summary author instructions additional_kwargs event.name message.role args"
)
WORDS = (
    "user assistant tool system model human ai text tool_call tool_call_response tool_use tool_result thinking"
    " reasoning image message function function_call function_call_output mcp_call constructor request response"
    " tool-return user-prompt tool-call tool-result json error-text function_result success error"
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(WORDS.split())
kinds = st.sampled_from(WORDS.split())


def deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    pieces = st.lists(inner, max_size=4)
    return (
        pieces
        | st.dictionaries(st.sampled_from(KEYS.split()) | st.text(max_size=4), inner, max_size=6)
        | st.fixed_dictionaries({"role": scalars}, optional={"parts": pieces, "content": inner, "tool_calls": inner})
        | st.fixed_dictionaries(
            {"type": kinds}, optional={"content": inner, "text": inner, "id": scalars, "role": kinds}
        )
        | st.fixed_dictionaries({"kind": kinds, "parts": pieces, "part_kind": kinds}, optional={"content": inner})
    )


values: st.SearchStrategy[Any] = st.recursive(scalars, deeper, max_leaves=25)
sides = st.sampled_from(("input", "output"))
words = st.text(st.characters(codec="utf-8"), max_size=40)


@settings(max_examples=400, deadline=None)
@given(values, sides)
def test_no_value_raises_and_every_message_is_well_formed(value: Any, side: Any) -> None:
    for wire in (value, json.dumps(value), json.dumps(value)[:-1], repr(value)):
        for message in read(wire, side).messages + [read_tool_result(wire)]:
            assert message.role in ("system", "user", "assistant", "tool")
            fields = [message.text, message.name, message.call_id, message.reasoning, read_tool_arguments(wire)]
            fields += [text for call in message.calls for text in (call.id, call.name, call.arguments)]
            assert all(type(field) is str for field in fields)
            assert message.is_error in (None, True, False)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), sides)
def test_no_text_raises(text: str, side: Any) -> None:
    assert read(text, side).shape
    assert type(read_tool_result(text).text) is str
    assert type(read_tool_arguments(text)) is str


@settings(max_examples=200, deadline=None)
@given(st.lists(values, min_size=1, max_size=3) | st.dictionaries(st.text(max_size=6), values, min_size=1), sides)
def test_unknown_shapes_lose_no_text(value: Any, side: Any) -> None:
    wire = json.dumps(value)
    reading = read(wire, side)
    if reading.shape == "unknown":
        assert [message.text for message in reading.messages] == [wire]


@settings(max_examples=200, deadline=None)
@given(st.lists(values, max_size=3) | st.dictionaries(st.sampled_from(KEYS.split()), values, max_size=5), sides)
def test_double_encoding_reads_like_single_encoding(value: Any, side: Any) -> None:
    once = json.dumps(value)
    assert read(json.dumps(once), side) == read(once, side)


calls = st.builds(AskedCall, id=st.uuids().map(str), name=st.just("kubectl"), arguments=words.map(json.dumps))
messages = st.builds(ChatMessage, role=st.sampled_from(("system", "user")), text=words, name=st.sampled_from(("", "A")))
answers = st.builds(
    ChatMessage,
    role=st.just("assistant"),
    text=words,
    calls=st.lists(calls, max_size=2),
    reasoning=words,
)


def as_parts(message: ChatMessage) -> dict[str, Any]:
    parts: list[dict[str, Any]] = []
    if message.reasoning:
        parts.append({"type": "reasoning", "content": message.reasoning})
    if message.text:
        parts.append({"type": "text", "content": message.text})
    for call in message.calls:
        parts.append({"type": "tool_call", "id": call.id, "name": call.name, "arguments": call.arguments})
    return {"role": message.role, "parts": parts, **({"name": message.name} if message.name else {})}


@settings(max_examples=150, deadline=None)
@given(st.lists(messages | answers, min_size=1, max_size=6), sides)
def test_messages_written_as_role_and_parts_come_back(said: list[ChatMessage], side: Any) -> None:
    assert read(json.dumps([as_parts(message) for message in said]), side).messages == said
