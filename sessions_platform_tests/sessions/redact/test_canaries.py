"""A canary of every class, in every encoding and place, is always gone; what stands around it stays."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions_platform.sessions.redact import Redactor, leaks
from sessions_platform.sessions.redact.canaries import CANARIES, encodings
from sessions_platform.sessions.redact.table import table
from sessions_platform_tests.sessions.redact.oracle import still_there

REDACTOR = Redactor(b"a key for tests")
ALL = [(class_, value) for class_, values in CANARIES.items() for value in values]
NAMES = list(encodings("x"))
UNMISTAKABLE = {rule.class_ for rule in table().rules if rule.unmistakable}
# Letters of several scripts, blanks and punctuation that cannot join with a canary into something else.
AROUND = st.text(alphabet="abc xyz ÄÖřčñ 漢字 ,;!?()\n\t«»…", max_size=30)
PUNCTUATION = " \n\t,;\"'()[]<>|"


def test_every_class_of_the_table_has_a_canary() -> None:
    assert {rule.class_ for rule in table().rules} == set(CANARIES)


@pytest.mark.parametrize(("class_", "value"), ALL)
def test_a_canary_is_gone_in_every_encoding_and_the_text_around_it_stays(class_: str, value: str) -> None:
    for name, encoded in encodings(value).items():
        trace = REDACTOR.trace()
        redacted = trace.text(f"before {encoded} after")
        assert redacted.startswith("before ") and redacted.endswith(" after"), name
        assert encoded not in redacted and value not in redacted, name
        assert trace.counts[class_] >= 1, (name, redacted, trace.counts)
        assert trace.text(redacted) == redacted, name
        assert still_there(redacted) == [], name


@pytest.mark.parametrize(("class_", "value"), ALL)
def test_a_canary_is_gone_from_a_document_in_every_encoding(class_: str, value: str) -> None:
    for name, encoded in encodings(value).items():
        document = json.dumps(
            {"role": "user", "parts": [{"content": encoded, "n": 1}], encoded: [encoded, {"x": json.dumps([encoded])}]}
        )
        trace = REDACTOR.trace()
        redacted = trace.text(document)
        assert encoded not in redacted and value not in redacted, name
        assert trace.counts[class_] == 4, (name, redacted, trace.counts)
        read = json.loads(redacted)
        assert read["role"] == "user" and read["parts"][0]["n"] == 1
        assert trace.text(redacted) == redacted
        assert leaks(redacted) == []


@pytest.mark.parametrize(("class_", "value"), [item for item in ALL if item[0] in UNMISTAKABLE])
def test_the_blocking_check_sees_an_unmistakable_canary_in_every_encoding(class_: str, value: str) -> None:
    for name, encoded in encodings(value).items():
        assert class_ in leaks(json.dumps({"content": encoded, "n": 1})), name
        assert class_ in leaks(f"line\n{encoded}\nline".encode()), name


@settings(max_examples=150, deadline=None)
@given(
    item=st.sampled_from(ALL),
    encoding=st.sampled_from(NAMES),
    before=AROUND,
    after=AROUND,
    punctuation=st.sampled_from(PUNCTUATION),
)
def test_a_canary_among_any_text_is_gone_and_the_result_stands(
    item: tuple[str, str], encoding: str, before: str, after: str, punctuation: str
) -> None:
    encoded = encodings(item[1])[encoding]
    # `password=word(` is a call in code, and stays.
    _is_gone(item[1], encoded, before + punctuation + encoded + punctuation.replace("(", ")") + after)


def test_a_canary_is_gone_whatever_punctuation_stands_on_either_side() -> None:
    for _, value in ALL:
        for left in PUNCTUATION:
            for right in PUNCTUATION.replace("(", ""):
                _is_gone(value, value, left + value + right)


def _is_gone(value: str, encoded: str, text: str) -> None:
    redacted = REDACTOR.trace().text(text)
    assert encoded not in redacted and value not in redacted
    assert REDACTOR.trace().text(redacted) == redacted
    assert Redactor(b"a key for tests").trace().text(text) == redacted
    assert still_there(redacted) == []


@settings(max_examples=100, deadline=None)
@given(
    items=st.lists(st.one_of(AROUND, st.sampled_from([value for _, value in ALL]), st.text(max_size=20)), max_size=8),
    joint=st.sampled_from(["", " ", "\n", "/", "=", "@", "-"]),
)
def test_whatever_stands_side_by_side_nothing_is_left_and_nothing_changes_again(items: list[str], joint: str) -> None:
    text = joint.join(items)
    redacted = REDACTOR.trace().text(text)
    assert REDACTOR.trace().text(redacted) == redacted
    if redacted[:1] not in ("{", "[", '"'):
        assert still_there(redacted) == []


@settings(max_examples=100, deadline=None)
@given(
    value=st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=12)),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
        max_leaves=12,
    )
)
def test_json_in_which_nothing_changes_comes_back_byte_for_byte(value: object) -> None:
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False, indent=2), json.dumps(json.dumps(value))):
        trace = REDACTOR.trace()
        redacted = trace.text(text)
        assert redacted == text or trace.counts.total() > 0


def test_a_long_text_with_one_canary_in_the_middle_keeps_every_other_line() -> None:
    lines = [f"line {number} of a log, status 200 in 12 ms" for number in range(2000)]
    lines[1000] += f" by {CANARIES['email'][0]} from {CANARIES['ip'][0]}"
    redacted = REDACTOR.trace().text("\n".join(lines)).split("\n")
    assert [number for number, (new, old) in enumerate(zip(redacted, lines, strict=True)) if new != old] == [1000]
    assert REDACTOR.trace().text("\n".join(redacted)) == "\n".join(redacted)
