"""Work is linear in the text, repeats cost little, memory is bounded. Times are generous: machines are shared."""

import json
import time

import pytest

from sessions_platform.sessions.redact import Redactor, leaks
from sessions_platform.sessions.redact.memo import Memo

KEY = b"a key for tests"
LINE = "2026-11-18T07:12:33.123Z INFO [kubelet] pod/web-7d4b9c6f5d-x2x9z started in 12.5ms, read the next page. "


def seconds(work: object, *arguments: object) -> float:
    started = time.process_time()
    work(*arguments)  # type: ignore[operator]
    return time.process_time() - started


@pytest.mark.parametrize(
    "unit",
    ["@", "a@", "a.", "a@x.png ", "1", "1 ", "\\", "\\u0040", "%25", "://a", "eyJ", "-----BEGIN PRIVATE KEY-----",
     "password=", 'token="',
     "[", '{"a":', '"', "::", "ab:", "a@b.co ", "10.2.3.4 ", "+1", "&amp;", "<email:ABCDEFGHIJKLM> a@b.co ", 
     "DE89", "415-555-2671-"],
)  # fmt: skip
def test_hostile_text_takes_linear_time(unit: str) -> None:
    text = unit * (40_000 // len(unit))
    assert seconds(Redactor(KEY).trace().text, text) < 2
    assert seconds(leaks, text) < 1


def test_a_conversation_repeated_in_every_generation_is_redacted_once() -> None:
    messages = [{"role": "user", "content": f"{number} " + LINE * 40} for number in range(60)]
    trace = Redactor(KEY).trace()
    first = seconds(trace.observation, {"type": "GENERATION", "input": json.dumps(messages)})
    again = min(seconds(trace.observation, {"type": "GENERATION", "input": json.dumps(messages)}) for _ in range(3))
    assert again < first / 2


def test_fresh_text_is_read_at_many_megabytes_a_second() -> None:
    texts = [f"{number} " + LINE * 100 for number in range(100)]
    Redactor(KEY).trace().text(texts[0])
    taken = seconds(lambda: [Redactor(KEY).trace().text(text) for text in texts])
    assert sum(map(len, texts)) / 1e6 / taken > 4
    taken = seconds(lambda: [leaks(text) for text in texts])
    assert sum(map(len, texts)) / 1e6 / taken > 10


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
