"""What arrives: nothing, text, scalars, JSON in strings, cut-off JSON, JSON that nobody knows."""

import json
from typing import Any

import pytest

from sessions_platform.sessions.messages import read
from sessions_platform.sessions.model import Reading
from sessions_platform_tests.sessions.messages.said import assistant, said, shape, user


@pytest.mark.parametrize("nothing", [None, "", "  ", "[]", "{}", "null", '"null"', '""', [], {}])
def test_nothing_is_no_message(nothing: Any) -> None:
    for side in ("input", "output"):
        assert read(nothing, side) == Reading([], "empty")


def test_text_is_the_users_in_an_input_and_the_assistants_in_an_output() -> None:
    assert said("Why is it down?") == [user("Why is it down?")]
    assert said("Disk full.", "output") == [assistant("Disk full.")]
    assert shape("Disk full.", "output") == "text"


@pytest.mark.parametrize(
    ("wire", "text"),
    [
        ("57", "57"),
        ("true", "true"),
        ('"quoted"', "quoted"),
        ("[INFO] started", "[INFO] started"),
        ("{braces} in text", "{braces} in text"),
        ('"Yes", he said', '"Yes", he said'),
    ],
)
def test_scalars_and_odd_text_are_text(wire: str, text: str) -> None:
    assert said(wire) == [user(text)]
    assert shape(wire) == "text"


def test_json_of_no_known_shape_is_kept_as_it_was_written() -> None:
    for wire in ('{"disk":  "full"}', '[{"disk": 1}, {"disk": 2}]', '["a", "b"]', '{"messages": [{"disk": 1}]}'):
        assert said(wire, "output") == [assistant(wire)]
        assert shape(wire, "output") == "unknown"


@pytest.mark.parametrize(
    "lookalike",
    [
        {"role": "admin", "user": "ada"},
        {"message": "Internal error", "code": 500},
        {"index": 1, "message": "copied"},
        [{"type": "document", "title": "Runbook", "url": "https://example.org"}],
        {"input": [1, 2, 3]},
        {"type": "text", "text": {"format": "json"}},
        {"text": "x", "message": {"id": 1}},
    ],
)
def test_objects_that_only_look_like_messages_are_not_read_as_such(lookalike: Any) -> None:
    assert said(lookalike, "output") == [assistant(json.dumps(lookalike))]
    assert shape(lookalike, "output") == "unknown"


def test_cut_off_json_is_kept_as_text_and_says_so() -> None:
    whole = json.dumps([{"role": "user", "content": "x" * 100}])
    cut = whole[:60] + "...[TRUNCATED: Field exceeded size limit]"
    for wire in (whole[:60], cut, json.dumps(whole)[:60], json.dumps({"messages": whole})[:60]):
        assert said(wire) == [user(wire)]
        assert shape(wire) == "truncated"


def test_json_in_json_strings_is_opened_three_times() -> None:
    value = {"messages": [{"role": "user", "content": "Hi"}]}
    once = json.dumps(value)
    assert said(once) == said(json.dumps(once)) == said(json.dumps(json.dumps(once))) == [user("Hi")]


def test_values_that_arrive_parsed_are_read_the_same() -> None:
    value = [{"role": "user", "parts": [{"type": "text", "content": "Hi"}]}]
    assert read(value, "input") == read(json.dumps(value), "input")


def test_python_literals_are_read_like_json() -> None:
    assert said("[{'role': 'user', 'content': \"it's down\"}]") == [user("it's down")]


def test_lone_surrogates_nan_and_big_integers_do_no_harm() -> None:
    assert said('{"role": "user", "content": "a\\ud800b"}')[0]["text"].startswith("a")
    assert said('[{"role": "user", "content": {"n": 123456789012345678901234567890}}]') == [
        user('{"n":123456789012345678901234567890}')
    ]
    assert said('[{"role": "user", "content": {"n": NaN}}]') == [user('{"n":null}')]
    assert said('[{"role": "user", "content": "a\\u0000b"}]') == [user("a\0b")]


def test_one_text_behind_one_key_is_that_text() -> None:
    assert said({"input": "Why?"}) == [user("Why?")]
    assert said({"output": "Because."}, "output") == [assistant("Because.")]
    assert said({"args": ["Why?"], "kwargs": {}}) == [user("Why?")]
    assert said({"args": [], "kwargs": {"messages": [{"role": "user", "content": "Why?"}]}}) == [user("Why?")]


def test_one_odd_item_does_not_hide_a_conversation() -> None:
    assert said([{"disk": 1}, {"role": "user", "content": "Hi"}]) == [user('{"disk":1}'), user("Hi")]


def test_nesting_without_end_is_read_without_end() -> None:
    for wire in ("[" * 5000, "[" * 500 + "]" * 500, '{"message":' * 400 + "{}" + "}" * 400):
        assert len(read(wire, "input").messages) == 1
    deep: Any = {"type": "text", "text": "x"}
    for _ in range(900):
        deep = {"message_content": deep}
    assert len(read([{"role": "user", "content": [deep]}], "input").messages) == 1
