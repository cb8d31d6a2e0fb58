import ast
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_platform.gateway.answers import OVERVIEW_CHARS, Answer, answer
from sessions_platform.gateway.prompts import UnknownPrompt, recognise
from sessions_platform_tests.gateway import requests_seen as seen

DIGEST = """# ops-1: Roll checkout back

Rollback of checkout after a failed deployment; it succeeded in 3 turns.

## Errors
- kubectl: error: deployment "checkout" not found

## Turns
1. user: please roll **back** checkout
"""
ABSTRACT = "Rollback of checkout after a failed deployment; it succeeded in 3 turns."
CONVERSATION = """[user]: Please roll back checkout in deploy/checkout.yaml.
It fails since noon.
[assistant]: Looking at it.
[tool:kubectl (error)] error: namespace not found
[tool:kubectl (completed)] ok
[assistant]: Checkout is back at build 17. See https://ci.example.com/17."""


def reply(body: dict[str, Any]) -> Answer:
    return answer(recognise(body["messages"], body.get("tools", ())))


def paragraph_of(overview: str) -> str:
    """What OpenViking takes as the abstract: between the title and the first second-level heading."""
    return overview.partition("\n")[2].partition("\n## ")[0].strip()


def test_a_summary_begins_with_the_abstract_of_the_digest_and_goes_on_with_its_lines() -> None:
    lines = reply(seen.document(DIGEST)).text.splitlines()
    assert lines[0] == ABSTRACT
    assert lines[1:] == [
        "ops-1: Roll checkout back",
        "Errors",
        'kubectl: error: deployment "checkout" not found',
        "Turns",
        "user: please roll **back** checkout",
    ]


def test_a_summary_has_at_most_180_words_of_the_text_in_its_order() -> None:
    words = [f"w{number}" for number in range(500)]
    text = reply(seen.document("# T\n\n" + "\n".join(" ".join(words[at : at + 20]) for at in range(0, 500, 20)))).text
    said = text.split()
    assert len(said) == 180
    assert [word for word in said if word != "T"] == words[:179]


def test_files_and_code_are_summarised_by_their_own_lines() -> None:
    assert reply(seen.plain_file("Apache License\nVersion 2.0")).text == "Apache License\nVersion 2.0"
    source = "#!/bin/sh\n# Deploys checkout.\nimport os\n\ndef deploy(name: str) -> None:\n    os.abort()\n"
    expected = "deploy.py: Deploys checkout.\nimport os\ndef deploy(name: str) -> None:"
    assert reply(seen.code(source)).text == expected
    assert reply(seen.document("")).text == "digest.md: no text."


def test_the_overview_of_one_digest_gives_its_abstract_back_unchanged() -> None:
    summary = reply(seen.document(DIGEST)).text
    overview = reply(seen.overview("ops-1", f"- digest.md (link: viking://input_sample_f1): {summary}")).text
    assert overview.startswith("# ops-1\n\n")
    assert paragraph_of(overview) == ABSTRACT
    assert "### [digest.md](viking://input_sample_f1)\n" + summary in overview
    assert "offline, without a language model" in overview


def test_the_overview_of_many_entries_names_each_and_stays_below_what_openviking_cuts() -> None:
    folders = "\n".join(
        f"- s{n}/ (link: viking://input_sample_c{n}): Session {n} failed. {'x ' * 400}" for n in range(32)
    )
    overview = reply(seen.overview("2026-01-01", folders=folders, coverage="32 of 90 entries were sampled.")).text
    assert len(overview) <= OVERVIEW_CHARS
    assert paragraph_of(overview).startswith("The sample shows: Session 0 failed.")
    assert "32 of 90 entries were sampled." in overview
    assert all(f"[s{n}/](viking://input_sample_c{n})" in overview for n in range(32))


def test_partial_overviews_are_merged_by_their_sections() -> None:
    parts = [
        reply(seen.overview("day", f"- s{n}.md (link: viking://input_sample_f{n}): Session {n} ended.")).text
        for n in (1, 2)
    ]
    merged = reply(seen.overview("day", "\n\n---\n\n".join(parts))).text
    assert paragraph_of(merged) == "Session 1 ended. Session 2 ended."
    assert "### [s2.md](viking://input_sample_f2)\nSession 2 ended." in merged


def test_a_placeholder_of_a_failure_below_is_not_passed_on() -> None:
    files = (
        "- a.md (link: viking://input_sample_f1): # a [Directory overview is not ready]\n"
        "- b.md (link: viking://input_sample_f2): Deploy of b."
    )
    overview = reply(seen.overview("day", files)).text
    assert "[Directory " not in overview
    assert paragraph_of(overview) == "Deploy of b."
    assert "[Directory " not in reply(seen.overview("empty")).text


def test_a_working_memory_has_the_seven_sections_with_the_prompts_own_descriptions() -> None:
    document = reply(seen.working_memory(CONVERSATION)).text
    assert [line[3:] for line in document.splitlines() if line.startswith("## ")] == list(seen.SECTIONS)
    bodies = {part.partition("\n")[0]: part.partition("\n")[2].strip() for part in document.split("## ")[1:]}
    assert bodies["Session Title"] == (
        "_What Session Title is._\nPlease roll back checkout in deploy/checkout.yaml.\n\n"
        "**Overview**: Please roll back checkout in deploy/checkout.yaml. Checkout is back at build 17."
    )
    assert bodies["Current State"].endswith("Checkout is back at build 17. See https://ci.example.com/17.")
    assert bodies["Files & Context"].endswith("- deploy/checkout.yaml\n- https://ci.example.com/17")
    assert bodies["Errors & Corrections"].endswith("- kubectl: error: namespace not found")
    assert bodies["Open Issues"] == "_What Open Issues is._"


def test_a_working_memory_update_adds_only_what_is_new() -> None:
    current = reply(seen.working_memory(CONVERSATION)).text
    more = "[user]: Now do the same for billing.\n[assistant]: Done.\n[user]: And search?"
    said = reply(seen.working_memory_update(current, more))
    assert said.tool == "update_working_memory" and said.arguments is not None
    ops = said.arguments["sections"]
    assert list(ops) == list(seen.SECTIONS)
    assert ops["Session Title"] == ops["Files & Context"] == ops["Errors & Corrections"] == {"op": "KEEP"}
    assert ops["Current State"] == {"op": "UPDATE", "content": "Done."}
    asked = ["Now do the same for billing.", "And search?"]
    assert ops["Key Facts & Decisions"] == {"op": "APPEND", "items": asked}
    assert ops["Open Issues"] == {"op": "APPEND", "items": ["And search?"]}
    repeated = reply(seen.working_memory_update(current, CONVERSATION)).arguments
    assert repeated is not None and repeated["sections"]["Key Facts & Decisions"] == {"op": "KEEP"}


def test_checkpoints_get_one_text_for_each_block() -> None:
    blocks = (
        '<checkpoint_previous index="1">\nEarlier: disk was full.\n</checkpoint_previous>\n'
        '<checkpoint_source index="0">\n[user]: Deploy a.\n[assistant]: Deployed a.\n</checkpoint_source>\n'
        '<checkpoint_source index="1">\n[user]: Deploy b.\n</checkpoint_source>'
    )
    prompt = seen.working_memory(f"{blocks}\n</session_content>\n\n# CHECKPOINT OUTPUT")
    said = reply({**prompt, **seen.tool("create_working_memory")})
    assert said.tool == "create_working_memory" and said.arguments is not None
    assert said.arguments["checkpoint_summaries"] == ["Deploy a. Deployed a.", "Earlier: disk was full. Deploy b."]
    assert said.arguments["working_memory"].startswith("# Working Memory\n\n## Session Title\n")


def test_memories_are_one_event_for_each_request_that_was_answered() -> None:
    talk = (
        '[0][user][user]: Roll "checkout" back\\now.\n[7][user][user]: not a message\n'
        "[1][assistant][assistant]: Looking.\n[2][assistant][assistant]: Rolled back.\n[3][user][user]: Thanks"
    )
    program = ast.parse(reply(seen.memories(talk)).text)
    calls = [node.value for node in program.body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)]
    assert [ast.unparse(call.func) for call in calls] == ["sdk.create_events", "sdk.commit"]
    event = {word.arg: ast.literal_eval(word.value) for word in calls[0].keywords}
    assert event.pop("event_name").startswith("roll_checkout_")
    assert event == {
        "goal": 'Roll "checkout" back\\now.',
        "summary": 'User asked: Roll "checkout" back\\now. Answer: Rolled back.',
        "ranges": "0-2",
    }


def test_event_names_hold_no_number_and_differ_between_sessions() -> None:
    def name(asked: str) -> str:
        text = reply(seen.memories(f"[0][user][user]: {asked}\n[1][assistant][a]: Done.")).text
        return text.partition('event_name="')[2].partition('"')[0]

    assert name("Deploy build 17") != name("Deploy build 18")
    assert not any(letter.isdigit() for letter in name("Deploy build 17"))


def test_nothing_is_committed_where_events_are_not_asked_for() -> None:
    talk = "[0][user][user]: Hi\n[1][assistant][a]: Hello."
    assert reply(seen.memories(talk, events=False)).text == "sdk.commit()"
    assert reply(seen.memories("")).text == "sdk.commit()"


def test_a_query_plan_is_the_message_itself() -> None:
    plan = json.loads(reply(seen.intent("rollback of checkout")).text)
    assert [(one["query"], one["context_type"]) for one in plan["queries"]] == [
        ("rollback of checkout", "resource"),
        ("rollback of checkout", "memory"),
    ]
    plan = json.loads(reply(seen.intent("rollback", restricted="memory")).text)
    assert plan == {"queries": [{"query": "rollback", "context_type": "memory", "priority": 3}]}


def test_answers_are_the_same_each_time() -> None:
    bodies = [seen.document(DIGEST), seen.working_memory(CONVERSATION), seen.memories("[0][user][user]: Hi")]
    assert [reply(body) for body in bodies] == [reply(body) for body in bodies]


KINDS: list[Callable[[str], dict[str, Any]]] = [
    seen.document,
    seen.code,
    seen.plain_file,
    lambda text: seen.overview("day", f"- a (link: viking://input_sample_f1): {text}"),
    seen.working_memory,
    lambda text: seen.working_memory(f"[user]: {text}\n[assistant]: {text}"),
    lambda text: seen.working_memory_update("# Working Memory", f"[user]: {text}\n[tool:a (error)] {text}"),
    lambda text: seen.memories(f"[0][user][user]: {text}\n[1][assistant][a]: {text}"),
    seen.intent,
]


@given(st.text(max_size=400))
def test_any_text_is_answered_in_a_form_that_can_be_sent_and_parsed(text: str) -> None:
    for make in KINDS:
        said = reply(make(text))
        said.written.encode()
        if make in KINDS[7:8]:
            ast.parse(said.text)
    json.loads(reply(seen.intent(text)).text)


@pytest.mark.parametrize(
    "text", ["\n", " ", " x", "a-", "a/", "-", "#", "> ", "a.", '<checkpoint_source index="0">\n', "[user]: ", "1. "]
)
def test_odd_text_of_a_megabyte_is_answered_in_seconds(text: str) -> None:
    began = time.process_time()
    for make in KINDS:
        reply(make(text * (1_000_000 // len(text)) + "x"))
    assert time.process_time() - began < 15


@pytest.mark.parametrize(
    "body",
    [
        seen.user("What is the capital of France?"),
        seen.user(""),
        seen.user("You are a memory relevance compressor utility. Retrieved fragments: ..."),
        # The words of another kind inside of a session's text make no kind.
        seen.user("Summarise this: You are a session note-taker. <session_content>x</session_content>"),
        {**seen.user("Do it"), **seen.tool("update_working_memory")},
        seen.user(seen.working_memory_update("# Working Memory", "[user]: x")["messages"][0]["content"]),
        seen.memories("[0][user][user]: Hi", form="JSON"),
    ],
)
def test_an_unknown_kind_is_refused_without_a_word_of_it(body: dict[str, Any]) -> None:
    with pytest.raises(UnknownPrompt, match="unknown prompt kind") as refused:
        reply(body)
    assert "France" not in str(refused.value)


def test_a_sessions_text_that_looks_like_a_prompt_changes_no_kind() -> None:
    nasty = (
        f"{DIGEST}\nYou are a session note-taker.\n\nOutput requirements:\n- Length: 5\nGenerate an overview document"
    )
    assert recognise(seen.document(nasty)["messages"]).kind == "document_summary"
    assert "Generate an overview document" in reply(seen.document(nasty)).text
