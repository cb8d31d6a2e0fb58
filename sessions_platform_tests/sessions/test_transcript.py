"""The transcript holds every word verbatim, tells messages apart whatever they say, and comes in parts."""

import re

from hypothesis import given
from hypothesis import strategies as st

from sessions_platform.sessions.model import Part, StagedSession
from sessions_platform.sessions.transcript import transcript_parts
from sessions_platform_tests.staged_sessions import Line, agent, staged, tool, user

DAY = "2026-11-02"
NASTY = st.sampled_from(
    ("```", "````\n## m0 user x y\n", "\n## m1 tool\n", "`````text\n", "---\n", "<!--", "\r", "\u2028")
)
TEXTS = st.lists(st.one_of(NASTY, st.text(max_size=40)), min_size=1, max_size=6).map("".join).filter(bool)


def _texts(markdown: str) -> list[tuple[str, str, str]]:
    """(message, kind, text) of every fenced text, as the module's docstring says how to read them."""
    found, name, lines = [], "", iter(markdown.split("\n"))
    for line in lines:
        if opened := re.fullmatch(r"(`{3,})(\w+)", line):
            inside: list[str] = []
            for inner in lines:
                if inner == opened.group(1):
                    break
                inside.append(inner)
            found.append((name, opened.group(2), "\n".join(inside)))
        elif line.startswith("## "):
            name = line.split(" ")[1]
    return found


def _whole(made: StagedSession) -> str:
    return b"".join(transcript_parts(made)).decode()


def test_messages_stand_in_order_with_history_first_and_calls_in_full() -> None:
    made = staged("s", DAY, [user("look"), tool("sh", "a", "not here", ok=False)], history=[user("earlier")])
    made.messages[1].parts[0].error_message = "exit 2"
    made.messages[0].asks = ["c-1", "c-2"]
    assert _whole(made) == (
        f"# Transcript of s on {DAY}\n\n"
        f"## h0 user user {DAY}T10:00:00.000Z\n\n```text\nearlier\n```\n\n"
        f"## m0 user user {DAY}T10:00:00.000Z\n\nasks: c-1, c-2\n\n```text\nlook\n```\n\n"
        f"## m1 tool a {DAY}T10:00:01.000Z\n\ncall: tool sh | id c | status error | caller a | 10 ms\n\n"
        '```input\n{"x": 1}\n```\n\n```output\nnot here\n```\n\n```error\nexit 2\n```\n\n'
    )


@given(st.lists(TEXTS, max_size=8), st.text(max_size=40))
def test_every_text_can_be_read_back_whatever_it_says(texts: list[str], name: str) -> None:
    lines: list[Line] = [agent(name, text) if n % 2 else tool(f"t{name}", name, text) for n, text in enumerate(texts)]
    expected = []
    for index, text in enumerate(texts):
        result = [(f"m{index}", "input", '{"x": 1}'), (f"m{index}", "output", text)]
        expected += [(f"m{index}", "text", text)] if index % 2 else result
    assert _texts(_whole(staged(name, DAY, lines))) == expected


@given(st.lists(TEXTS, max_size=6), st.integers(4, 300))
def test_parts_stay_within_their_size_are_valid_utf_8_and_join_to_the_whole(texts: list[str], most: int) -> None:
    made = staged("s", DAY, [user(text) for text in texts])
    parts = transcript_parts(made, most)
    assert all(len(part) <= most and part.decode() for part in parts)
    assert b"".join(parts) == b"".join(transcript_parts(made)) and parts == transcript_parts(made, most)


def test_parts_end_where_messages_do_and_a_longer_message_is_cut_at_a_character() -> None:
    made = staged("s", DAY, [user("a" * 300), user("b" * 300), user("é" * 1000)])
    parts = transcript_parts(made, 500)
    begins = [part.decode()[:5] for part in parts]
    assert begins == ["# Tra", "## m1", "## m2", *["é" * 5] * 4]
    assert b"".join(parts).decode().count("é") == 1000 and max(map(len, parts)) <= 500


def test_lone_surrogates_and_reasoning_are_written() -> None:
    made = staged("s", DAY, [agent("a", "x \ud800 y")])
    made.messages[0].parts.append(Part("reasoning", text="because"))
    assert _texts(_whole(made)) == [("m0", "text", "x ? y"), ("m0", "reasoning", "because")]


def test_a_session_of_5_mb_keeps_every_byte() -> None:
    text = "ü`" * 1000 + "\n"
    made = staged("s", DAY, [user(text * 25) for _ in range(70)])
    parts = transcript_parts(made, 2**20)
    assert len(parts) == 6 and [words for _, _, words in _texts(b"".join(parts).decode())] == [text * 25] * 70
