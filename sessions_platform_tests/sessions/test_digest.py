"""The digest stays within 16 KB and opens with what matters; the abstract is one sentence of at most 256 characters."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions_platform.sessions.digest import (
    DIGEST_BYTES,
    HEAD_BYTES,
    HEADINGS,
    L0_CHARACTERS,
    abstract_of,
    digest_of,
    last_error,
    outcome_of,
    task_of,
)
from sessions_platform.sessions.model import ModelCall, StagedSession
from sessions_platform_tests.staged_sessions import Line, agent, score, staged, system, tool, user

DAY = "2026-11-02"
AT = f"{DAY}T11:00:00.000Z"
TALK = [
    user("Hello! Please restart the checkout service. It is down! Can you?"),
    agent("planner", "On it."),
    tool("kubectl", "planner", "connection refused. Try again.", ok=False, extra={"operation": "kubectl get"}),
    agent("executor", "Done."),
]
NASTY = st.sampled_from(
    (
        "# a",
        "\n## Errors\n- none",
        "---\na: b\n---",
        "\n```\n",
        "<!-- x",
        "-->",
        "[Directory abstract",
        "- [ ] a",
        "1. a",
    )
    + (
        "<div>",
        "[a]: b",
        "。終わり！",
        "𝕏" * 400,
        "👩\u200d💻. ",
        "\x00\x1b[31m\r\n",
        "\ud800",
        "\u202e\u2028",
        "e.g. x? y! z.",
    )
)
TEXTS = st.lists(st.one_of(NASTY, st.text(st.characters(), max_size=80)), max_size=5).map("".join)


def _call(model: str, level: str = "DEFAULT", *, known: bool = True, cost: float = 0.5) -> ModelCall:
    return ModelCall("g", "t", "GENERATION", "planner", model, AT, 1.0, 0.1, 1000, 20, cost, known, level)


def _section(text: str, name: str) -> list[str]:
    return text.split(f"## {name}\n")[1].split("\n## ")[0].strip("\n").split("\n")


def _with_inputs(made: StagedSession, inputs: Sequence[str]) -> StagedSession:
    parts = [part for message in made.messages for part in message.parts if part.type == "tool"]
    for part, given_input in zip(parts, inputs, strict=True):
        part.tool_input = given_input
    return made


def test_the_abstract_says_task_outcome_and_last_error_in_one_sentence() -> None:
    made = staged("s", DAY, TALK, scores=[score("success", 0, AT)], segments=[("platform", "kubernetes")])
    assert abstract_of(made, ["success"]) == (
        "Please restart the checkout service, It is down, Can you (kubernetes): ended completed, outcome failed,"
        " last error kubectl get: connection refused, Try again, tools kubectl get."
    )


def test_the_abstract_leaves_out_what_every_request_says() -> None:
    made = staged("s", DAY, [user("Um, hi there! The tests of billing fail. Can you please help me with that?")])
    assert abstract_of(made).startswith("The tests of billing fail: ended ")


def test_tools_stand_in_the_abstract_in_order_of_use_and_a_long_task_leaves_them_room() -> None:
    lines = [user("Please compare " + "all the regions " * 30), *[tool(f"tool_{n}", "a") for n in (3, 1, 3, 2)]]
    made = abstract_of(staged("s", DAY, lines))
    assert made.endswith("…: ended completed, outcome unknown, tools tool_3, tool_1, tool_2.") and len(made) > 240


@pytest.mark.parametrize(
    ("result", "essence"),
    [
        ('{"error": {"code": 7, "message": "quota used up"}}', "quota used up"),
        (
            "exitcode: 1\nTraceback (most recent call last):\n  File x\nops.NoRoomError: disk is full",
            "ops.NoRoomError:",
        ),
        ("\x1b[31mred\x1b[0m words", "red words"),
        ("  plain words\n of it ", "plain words of it"),
    ],
)
def test_the_last_error_is_its_core(result: str, essence: str) -> None:
    made = staged(
        "s", DAY, [user("go and look at it"), tool("bash", "a", "first", ok=False), tool("t", "a", result, ok=False)]
    )
    assert last_error(made).startswith(f"t: {essence}")


@given(TEXTS, TEXTS, TEXTS)
def test_any_text_gives_an_abstract_of_one_bounded_sentence(words: str, error: str, name: str) -> None:
    lines = [user(words), agent(name, words), tool(name, name, error, ok=False)]
    made = staged(name, DAY, lines, title=words, segments=[("platform", error), ("task", name)], end_state=name)
    abstract = abstract_of(made)
    assert abstract == abstract_of(made)
    assert 1 < len(abstract) <= L0_CHARACTERS and abstract.encode()
    assert abstract == " ".join(abstract.split()) and abstract.endswith(".") and not abstract.endswith("..")
    assert not re.search(r"[.!?][\"')\]]*\s|[。！？]|\[Directory |<!--", abstract)
    assert not re.match(r"[#>*+~`|=-]|<[^a-z]|\d+[.)] |\[[^][]*\]:", abstract)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from("uatf"), TEXTS), max_size=30), TEXTS, st.integers(1, 40))
def test_any_session_gives_a_digest_within_its_limits_with_our_headings_only(
    said: list[tuple[str, str]], name: str, times: int
) -> None:
    make = {
        "u": user,
        "a": lambda text: agent(text, text),
        "t": lambda text: tool(text, name, text, extra={"operation": text}),
        "f": lambda text: tool(name, text, text, ok=False),
    }
    lines: list[Line] = [make[kind](text) for kind, text in said] * times
    made = staged(name, DAY, lines, history=lines[:2], segments=[(name, text) for _, text in said])
    text = digest_of(made, [name])
    assert text == digest_of(made, [name])
    assert len(text.encode()) <= DIGEST_BYTES
    assert len(text.split("\n## Turns\n")[0].encode()) <= HEAD_BYTES
    headings = [line for line in text.split("\n") if re.match(r"\s{0,3}#", line)]
    assert headings[1:] == [f"## {heading}" for heading in HEADINGS] and headings[0].startswith("# ")
    assert text.split("\n")[1:4:2] == ["", ""] and text.split("\n")[2] == abstract_of(made, [name])
    # Every other line is an item of ours: no rule, fence, comment or front matter can begin.
    assert all(re.match(r"- [a-zm(]", line) for line in text.split("\n")[4:] if line and line not in headings)
    assert "<!--" not in text and not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u2028]", text)


def test_a_failure_in_the_last_2_percent_of_a_400_kb_session_stands_in_its_first_8_kb() -> None:
    lines = [user("Migrate the ledger database to the new cluster, please.")]
    for number in range(200):
        lines += [agent("planner", f"step {number}"), tool("psql", "executor", f"row {number} " * 270)]
    lines += [tool("pg_restore", "executor", "could not open archive 77: no space left on device", ok=False)]
    lines += [agent("planner", "I stop here.")]
    made = staged("long", DAY, lines, scores=[score("success", 0, AT)])
    size = sum(len(part.text or part.tool_output or "") for message in made.messages for part in message.parts)
    assert size >= 400_000
    first = digest_of(made, ["success"]).encode()[:HEAD_BYTES].decode("utf-8", "ignore")
    assert "- m401 executor pg_restore: could not open archive 77: no space left on device" in first
    assert "- outcome: failed (by score success = 0)" in first
    assert abstract_of(made, ["success"]) == (
        "Migrate the ledger database to the new cluster, please: ended completed, outcome failed,"
        " last error pg_restore: could not open archive 77: no space left on device, tools psql, pg_restore."
    )


def test_facts_count_what_the_slice_holds() -> None:
    made = staged("s", DAY, [system("rules"), *TALK], segments=[("platform", "ci"), ("team", "red"), ("team", "blue")])
    made.session.end_time = f"{DAY}T11:02:03.500Z"
    made.model_calls = [_call("m-1"), _call("m-1", "ERROR"), _call("m-2", known=False, cost=0.0)]
    assert _section(digest_of(made), "Facts") == [
        f"- date: {DAY}, 10:00:00 to 11:02:03 UTC, 1 hour 2 minutes 4 seconds (3,723.5 s)",
        "- platform: ci (basis: tag)",
        "- size: 5 messages, 1 turn, 1 tool call (1 failed)",
        "- agents: executor (1), planner (1)",
        "- model m-1: 2 calls (1 failed), 2,000 input and 40 output tokens",
        "- model m-2: 1 call, 1,000 input and 20 output tokens",
        "- cost: 1.0000 USD (lower bound: m-2 has no price)",
        "- environment production, release 1",
        "- segments: team=red|blue",
    ]


def test_the_goal_is_in_the_users_words_and_answers_are_none() -> None:
    lines = [user("hi"), agent("a", "How can I help?"), user("Fix the build of media."), agent("a"), user("yes, go on")]
    lines += [
        agent("a"),
        user("Could you also bump the chart?"),
        agent("a"),
        user("My number is 12345 and I am at home"),
    ]
    assert _section(digest_of(staged("s", DAY, lines)), "Goal") == [
        "- m2: Fix the build of media.",
        "- m6: Could you also bump the chart?",
    ]


def test_a_slice_after_midnight_takes_its_goal_from_history_then_from_the_title() -> None:
    history = [user("Rotate the certificates of search."), agent("a")]
    later = staged("s", DAY, [user("yes"), agent("a", "done")], history=history)
    assert task_of(later) == "Rotate the certificates of search."
    assert _section(digest_of(later), "Goal") == ["- before this slice: Rotate the certificates of search."]
    assert "- history: 2 messages from before this slice" in digest_of(later)
    assert task_of(staged("s", DAY, [agent("a")], title="nightly check")) == "nightly check"
    assert task_of(staged("s", DAY, [agent("a")], title="")) == "s"


def test_tools_stand_with_calls_failures_and_sub_commands() -> None:
    get = {"operation": "kubectl get"}
    lines = [tool("kubectl", "a", extra=get), tool("kubectl", "a", ok=False, extra=get), tool("bash", "a")]
    made = staged("s", DAY, lines)
    made.messages[2].parts[0].tool_status = "requested"
    assert _section(digest_of(made), "Tools") == [
        "- tool kubectl: 2 calls, 1 failed (kubectl get 2)",
        "- tool bash: 1 unanswered",
    ]


def test_the_outcome_stands_with_its_basis_and_the_end_with_its_reason() -> None:
    scores = [score("success", 0.5, AT), score("helpfulness", 0.7, AT), score("label", "fine", AT)]
    made = staged("s", DAY, TALK, scores=scores, end_state="abandoned", end_reason="user_not_answered")
    assert _section(digest_of(made, ["resolved", "success"]), "Outcome") == [
        "- outcome: partial (by score success = 0.5)",
        "- end state: abandoned, the user spoke last, did not close, and got no answer",
        "- other scores: helpfulness = 0.7, label = fine",
    ]
    assert "- outcome: unknown (no score named resolved)" in digest_of(made, ["resolved"])


def test_errors_are_distinct_and_newest_first_with_how_often_they_came() -> None:
    lines = [tool("sh", "a", f"order {n} not there", ok=False) for n in (1, 22, 333)]
    lines += [tool("sh", "b", "# no *such*\nthing", ok=False)]
    assert _section(digest_of(staged("s", DAY, lines)), "Errors") == [
        "- m3 b sh: # no *such* thing",
        "- m2 a sh (3 times, first m0): order 333 not there",
    ]


def test_a_failed_model_call_and_a_last_result_that_speaks_of_an_error_are_errors() -> None:
    lines = [user("push the branch now"), tool("sh", "a", "pushing\nfatal: remote hung up")]
    said = staged("s", DAY, lines)
    said.messages[1].parts[0].success_basis = "default"
    assert _section(digest_of(said), "Errors") == ["- m1 a sh: fatal: remote hung up"]
    failed = staged("s", DAY, [user("push the branch now")], end_state="error", end_reason="last_row_failed")
    failed.model_calls = [_call("m-1", "ERROR")]
    assert _section(digest_of(failed), "Errors") == ["- m0 planner model call: call of m-1 failed"]
    assert abstract_of(failed) == (
        "push the branch now: ended error, outcome unknown, last error model call: call of m-1 failed."
    )


def test_an_error_line_in_the_middle_of_a_log_is_no_error() -> None:
    lines = [tool("sh", "a", "error: old"), agent("a"), user("thanks a lot"), agent("a")]
    made = staged("s", DAY, lines)
    made.messages[0].parts[0].success_basis = "default"
    assert _section(digest_of(made), "Errors") == ["- none"]


def test_a_turn_says_who_did_what_and_marks_loops_retries_and_hand_offs() -> None:
    get = {"operation": "kubectl get"}
    lines = [user("Is it up?"), agent("planner", ""), *[tool("kubectl", "planner", extra=get) for _ in range(3)]]
    lines += [tool("helm", "executor", ok=False), tool("helm", "executor"), agent("executor", "All up")]
    lines += [user("Thanks, bye")]
    made = _with_inputs(staged("s", DAY, lines), ["{}", "{}", "{}", "1", "2"])
    assert _section(digest_of(made), "Turns") == [
        "- turn 1 (m0) user: Is it up?"
        ' | planner: kubectl get x3 -> executor: helm x2 (1 failed) "All up"'
        " | loop: kubectl get x3; helm retried, then ok",
        "- turn 2 (m8) user: Thanks, bye",
    ]


def test_a_call_without_an_answer_is_marked() -> None:
    made = staged("s", DAY, [user("look"), tool("sh", "a")])
    made.messages[1].parts[0].tool_status = "requested"
    assert _section(digest_of(made), "Turns") == ["- turn 1 (m0) user: look | a: sh (unanswered)"]


def test_calls_with_other_or_unknown_arguments_are_no_loop_and_a_retry_can_fail_again() -> None:
    lines = [user("look"), *[tool("sh", "a", "broken", ok=False) for _ in range(3)]]
    for inputs in (["1", "2", "3"], ["", "", ""]):
        (line,) = _section(digest_of(_with_inputs(staged("s", DAY, lines), inputs)), "Turns")
        assert line == "- turn 1 (m0) user: look | a: sh x3 (3 failed) | sh retried 2 times, then failed again"


def test_a_loop_over_several_turns_is_told_where_it_ends() -> None:
    lines = [line for _ in range(4) for line in (user("is it there now?"), tool("poll", "a"), agent("a", ""))]
    turns = _section(digest_of(staged("s", DAY, [*lines, user("ok")])), "Turns")
    assert [line.split(" | ")[2:] for line in turns] == [[], [], [], ["loop: poll x4"], []]


def test_the_core_of_an_error_stays_where_its_text_is_cut() -> None:
    trace = (
        "Traceback (most recent call last):\n" + "  File a\n" * 90 + "ops.QuotaError: used up\n" + "log line\n" * 200
    )
    (line,) = _section(digest_of(staged("s", DAY, [tool("sh", "a", trace, ok=False)])), "Errors")
    assert line.startswith("- m0 a sh: ops.QuotaError: used up | Traceback (most recent") and line.endswith("log line")


def test_words_said_again_are_not_written_again() -> None:
    asked = "Please find out why the nightly export of media is late."
    text = digest_of(staged("s", DAY, [user(asked), agent("a"), user(asked), agent("a"), user(asked)]))
    assert _section(text, "Last messages")[2] == "- m2 user user: (the words of m0 again)"
    assert _section(text, "Turns")[1] == '- turn 2 (m2) user: (the words of turn 1 again) | a: "on it"'


def test_where_turns_do_not_fit_both_ends_and_failures_stay_and_the_gaps_are_counted() -> None:
    lines = []
    for number in range(400):
        lines += [
            user(f"please do step {number} " + "word " * 20),
            tool("sh", "a", ok=number != 200),
            agent("a", "yes"),
        ]
    turns = _section(digest_of(staged("s", DAY, lines)), "Turns")
    assert [turns[n].split(" (")[0] for n in (0, 1, 2, -1)] == ["- turn 1", "- turn 2", "- turn 3", "- turn 400"]
    assert any(line.startswith("- turn 201 (m600) user: please do step 200") for line in turns)
    left_out = [int(count) for line in turns for count in re.findall(r"left out \((\d+)", line)]
    assert sum(left_out) + sum("left out" not in line for line in turns) == 400


@pytest.mark.parametrize(
    ("value", "outcome"), [(1, "success"), (0.5, "partial"), (0, "failed"), ("Resolved ", "success"), ("hm", "unknown")]
)
def test_scores_decide_the_outcome_as_the_tables_do(value: float | str, outcome: str) -> None:
    scores = [score("other", 1, f"{DAY}T10:00:00Z"), score("success", value, f"{DAY}T11:00:00Z")]
    assert outcome_of(scores, ["success", "other"]) == outcome
