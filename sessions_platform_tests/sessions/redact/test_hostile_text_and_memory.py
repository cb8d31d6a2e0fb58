"""Hostile text does not hang the reading, memory is bounded, traces share nothing."""

import pytest

from sessions_platform.sessions.redact import Redactor, leaks
from sessions_platform.sessions.redact.memo import Memo

KEY = b"a key for tests"


@pytest.mark.parametrize(
    "unit",
    ["@", "a@", "a.", "a@x.png ", "1", "1 ", "\\", "\\u0040", "%25", "://a", "eyJ", "-----BEGIN PRIVATE KEY-----",
     "password=", 'token="',
     "[", '{"a":', '"', "::", "ab:", "a@b.co ", "10.2.3.4 ", "+1", "&amp;", "<email:ABCDEFGHIJKLM> a@b.co ", 
     "DE89", "415-555-2671-"],
)  # fmt: skip
@pytest.mark.timeout(60)
def test_hostile_text_does_not_hang_the_reading(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    redacted = Redactor(KEY).trace().text(text)
    assert leaks(redacted) == []


def test_the_memory_forgets_what_was_not_asked_for_and_stays_bounded() -> None:
    memo = Memo(limit_bytes=100_000)
    memo.put((0, 0, "often"), (None, ()))
    for number in range(5000):
        memo.put((0, 0, f"text {number}"), (None, ()))
        assert memo.get((0, 0, "often")) is not None
    assert memo.get((0, 0, "text 0")) is None
    assert len(memo.young) < 250
    memo.put((0, 0, "x" * 50_000), (None, ()))
    assert memo.get((0, 0, "x" * 50_000)) is None


def test_traces_that_know_other_names_do_not_share_results() -> None:
    redactor = Redactor(KEY)
    assert redactor.trace().text("ask Anna Novak") == "ask Anna Novak"
    assert "<name:" in redactor.trace({"Anna Novak"}).text("ask Anna Novak")
    assert redactor.trace().text("ask Anna Novak") == "ask Anna Novak"
