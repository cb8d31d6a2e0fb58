"""A condensed session keeps its beginning, every error and its end within 24 KB; a small one stays as it is."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions_platform.sessions.condensed import CONDENSED_BYTES, condensed, json_bytes
from sessions_platform.sessions.model import Message, Part, StagedSession
from sessions_platform_tests.staged_sessions import Line, agent, staged, tool, user

DAY = "2026-11-02"


def _long(messages: int, errors: set[int], length: int = 2000) -> StagedSession:
    lines: list[Line] = [
        tool("sh", "executor", f"wrong {n} " + "e" * length, ok=False)
        if n in errors
        else agent("planner", f"step {n} " + "w" * length)
        for n in range(messages)
    ]
    return staged("s", DAY, lines)


def _seconds(messages: list[Message]) -> list[int]:
    return [int(m.created_at[14:16]) * 60 + int(m.created_at[17:19]) for m in messages]


def _texts(messages: list[Message]) -> list[str]:
    return [part.text or "" for message in messages for part in message.parts if part.type == "text"]


def test_a_small_session_comes_whole_but_for_reasoning() -> None:
    made = staged("s", DAY, [user("look " * 300), agent("a", "fine"), tool("sh", "a", "out " * 200)])
    made.messages[1].parts.insert(0, Part("reasoning", text="hm"))
    short = condensed(made)
    assert _texts(short) == ["look " * 300, "fine"]
    assert short[2].parts[0].tool_output == "out " * 200 and [m.role for m in short] == ["user", "assistant", "tool"]


def test_a_long_session_keeps_first_errors_and_last_and_counts_what_is_left_out() -> None:
    short = condensed(_long(200, {50, 51, 120}))
    assert _seconds(short) == [*range(6), 50, 51, 120, *range(192, 200)]
    gaps = [text for text in _texts(short) if text.startswith("(")]
    assert gaps == ["(44 messages left out)", "(68 messages left out)", "(71 messages left out)"]
    assert CONDENSED_BYTES * 0.9 < json_bytes(short) <= CONDENSED_BYTES
    failed = [part for message in short for part in message.parts if part.type == "tool"]
    assert [part.tool_status for part in failed] == ["error"] * 3
    assert all(part.tool_name == "sh" and (part.error_message or "").startswith("wrong ") for part in failed)
    assert all(len(part.tool_output or "") <= 300 for part in failed)


def test_texts_shrink_to_the_same_length() -> None:
    lengths = [len(text) for text in _texts(condensed(_long(100, set()))) if text.startswith("step")]
    assert len(lengths) == 14 and max(lengths) - min(lengths) <= 8 and min(lengths) > 1000


def test_where_errors_alone_are_too_much_the_newest_stay_and_the_others_are_counted() -> None:
    short = condensed(_long(900, set(range(10, 890))))
    kept = [n for n in _seconds(short) if 10 <= n < 890]
    assert kept == list(range(890 - len(kept), 890)) and len(kept) > 15
    lost = 880 - len(kept)
    assert f"({lost + 4} messages left out, {lost} of them with errors)" in _texts(short)
    assert json_bytes(short) <= CONDENSED_BYTES


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.sampled_from("uatf"), st.text(st.characters(), max_size=60), st.integers(0, 120)), max_size=50
    ),
    st.integers(600, 30_000),
)
def test_any_session_stays_within_its_size_in_order_and_can_be_sent(
    said: list[tuple[str, str, int]], most: int
) -> None:
    lines: list[Line] = []
    for kind, text, times in said:
        long = text * times
        spoken = {"u": user(long), "a": agent(text, long), "t": tool(text, text, long)}
        lines.append(spoken.get(kind) or tool(text, text, long, ok=False))
    made = staged("s", DAY, lines)
    short = condensed(made, most)
    assert len(msgspec.json.encode(short)) <= most and short == condensed(made, most)
    times_kept = [message.created_at for message in short]
    assert times_kept == sorted(set(times_kept))
    if most >= CONDENSED_BYTES:
        errors = [m.created_at for m in made.messages if any(part.success is False for part in m.parts)]
        ends = [m.created_at for m in (*made.messages[:6], *made.messages[-8:])]
        assert {*ends, *errors[-10:]} <= set(times_kept)
