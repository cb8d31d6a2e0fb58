"""Texts are compared by their ends first; what is equal must be what collapsing every text would find equal."""

from hypothesis import given
from hypothesis import strategies as st

from sessions_platform.sessions.sameness import SameTexts

WORDS = st.sampled_from(["a", "bb", "é", "\u3000z", "x" * 63, "x" * 64, "x" * 300, "kubectl get pods"])
SPACES = st.sampled_from(["", " ", "  ", "\n", " " * 300])
TEXTS = st.lists(st.tuples(WORDS, SPACES), max_size=12).map(lambda pairs: "".join(word + gap for word, gap in pairs))


@given(st.lists(st.tuples(TEXTS, st.sampled_from(["", " "])), max_size=30))
def test_the_same_texts_are_equal_as_if_all_were_collapsed(asked: list[tuple[str, str]]) -> None:
    same = SameTexts()
    by_text: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for text, joint in asked:
        collapsed = by_text.setdefault(text, joint.join(text.split()))
        number = same.number(text, joint)
        assert numbers.setdefault(collapsed, number) == number
    assert len(set(numbers.values())) == len(numbers)


def test_long_texts_that_differ_in_the_middle_are_two() -> None:
    same = SameTexts()
    first = same.number("begin " + "log line " * 500 + "one" + " log line" * 500, " ")
    second = same.number("begin " + "log line " * 500 + "two" + " log line" * 500, " ")
    again = same.number("begin  " + "log line\n" * 500 + "one" + " log line" * 500, " ")
    assert first != second
    assert again == first
