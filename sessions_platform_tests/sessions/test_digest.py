"""The digest stays small and opens with what matters; the abstract is one sentence of at most 256 characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_platform.sessions.digest import DIGEST_BYTES, L0_CHARACTERS, abstract_of, digest_of, outcome_of
from sessions_platform_tests.staged_sessions import agent, score, staged, tool, user

DAY = "2026-11-02"
TALK = [
    user("Please restart the checkout service. It is down! Can you?"),
    agent("planner", "On it."),
    tool("kubectl", "planner", "connection refused. Try again.", ok=False),
    agent("executor", "Done."),
]


def test_the_abstract_says_task_outcome_and_last_error_in_one_sentence() -> None:
    made = abstract_of(staged("s", DAY, TALK, scores=[score("success", 0, f"{DAY}T11:00:00Z")]), ["success"])
    assert made == (
        "Please restart the checkout service, It is down, Can you (planner, executor): ended completed, outcome failed,"
        " last error kubectl: connection refused, Try again."
    )


def test_the_digest_has_the_abstract_first_and_errors_before_turns() -> None:
    lines = digest_of(staged("s", DAY, TALK)).splitlines()
    assert lines[0] == "# s" and lines[2] == abstract_of(staged("s", DAY, TALK))
    assert lines.index("## Errors") < lines.index("## Last messages") < lines.index("## Turns")
    assert "- kubectl: connection refused. Try again." in lines and "- tools: kubectl (1)" in lines


def test_a_long_session_says_how_many_lines_were_left_out() -> None:
    talk = [agent("planner", f"step {number} " + "word " * 60) for number in range(300)]
    text = digest_of(staged("s", DAY, talk))
    assert len(text.encode()) <= DIGEST_BYTES and text.rstrip().endswith("more)") and "step 299" in text


@given(st.text(max_size=400), st.text(max_size=400), st.text(max_size=60))
def test_any_text_keeps_both_within_their_limits(words: str, error: str, name: str) -> None:
    made = staged("s", DAY, [user(words), agent(name, words), tool("t", name, error, ok=False)], title=words)
    abstract = abstract_of(made)
    assert len(abstract) <= L0_CHARACTERS and abstract.endswith(".") and "\n" not in abstract
    assert not any(end in abstract for end in (". ", "! ", "? ")) and "[Directory " not in abstract
    assert abstract == abstract.strip() and abstract.encode()
    assert len(digest_of(made).encode()) <= DIGEST_BYTES


@pytest.mark.parametrize(
    ("value", "outcome"), [(1, "success"), (0.5, "partial"), (0, "failed"), ("Resolved ", "success"), ("hm", "unknown")]
)
def test_scores_decide_the_outcome_as_the_tables_do(value: float | str, outcome: str) -> None:
    scores = [score("other", 1, f"{DAY}T10:00:00Z"), score("success", value, f"{DAY}T11:00:00Z")]
    assert outcome_of(scores, ["success", "other"]) == outcome
