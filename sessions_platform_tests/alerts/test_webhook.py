"""Posting: what is tried again, what is not, and that the address stays secret."""

import logging

import httpx
import pytest

from sessions_platform.alerts.webhook import TRIES, Webhook, check_address
from sessions_platform.alerts.words import posted
from sessions_platform.errors import ConfigurationError
from sessions_platform_tests.alerts.worlds import webhook


class Answers:
    """A webhook whose answers are given; what it was sent, and how long was waited."""

    def __init__(self, *answers: int | Exception, headers: dict[str, str] | None = None) -> None:
        self.answers, self.headers = list(answers), headers or {}
        self.sent: list[bytes] = []
        self.waits: list[float] = []

    def post(self, text: str = "hello") -> str | None:
        hook = Webhook(
            "https://hooks.example/hush", transport=httpx.MockTransport(self._answer), sleep=self.waits.append
        )
        return hook.post(text)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request.content)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer, headers=self.headers)


def test_a_real_server_gets_json_with_the_text():
    with webhook() as hook:
        assert Webhook(hook.url).post("über 9 %") is None
        assert hook.texts == ["über 9 %"]


def test_failures_that_may_pass_are_tried_again_ever_later():
    passing = Answers(503, httpx.ConnectError("no route"), 200)
    assert passing.post() is None
    assert (len(passing.sent), passing.waits) == (3, [1.0, 2.0])
    asked = Answers(429, 200, headers={"Retry-After": "7"})
    assert asked.post() is None and asked.waits == [7.0]
    long = Answers(429, 200, headers={"Retry-After": "3600"})
    assert long.post() is None and long.waits == [10.0]


@pytest.mark.parametrize(
    ("answers", "said", "asked"),
    [
        ([500] * TRIES, "answered 500", TRIES),
        ([404], "answered 404", 1),
        ([302], "answered 302", 1),
        ([httpx.ReadTimeout("slow")] * TRIES, "no answer in time", TRIES),
        ([httpx.ConnectError("https://hooks.example/hush")] * TRIES, "could not be reached (ConnectError)", TRIES),
        ([httpx.UnsupportedProtocol("hush")] * TRIES, "could not be reached (UnsupportedProtocol)", TRIES),
    ],
)
def test_what_cannot_be_posted_is_said_without_the_address(answers, said, asked):
    hook = Answers(*answers)
    assert hook.post() == said and len(hook.sent) == asked


def test_nothing_about_the_address_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    # Others quieten it for the whole process.
    caplog.set_level(logging.DEBUG, logger="httpx")
    with webhook() as hook:
        assert Webhook(hook.url).post("hello") is None
    assert Webhook("http://127.0.0.1:1/hush-hush", sleep=lambda _: None).post("hello") is not None
    assert "hush" not in caplog.text
    logging.getLogger("httpx").info("of others")
    assert "of others" in caplog.text


@pytest.mark.parametrize("url", ["hooks.example/hush", "ftp://hooks.example/hush", "https://", "https://[hush"])
def test_an_address_that_is_none_is_refused_without_saying_it(url):
    with pytest.raises(ConfigurationError, match="^SESSIONS_WEBHOOK_URL: ") as raised:
        check_address(url)
    assert "hush" not in str(raised.value)


def test_a_message_is_never_markup_and_links_to_the_overview_where_its_address_is_known():
    assert posted("a <!channel> & b", "") == "a &lt;!channel&gt; &amp; b"
    assert posted("a", "https://platform.example/") == "a <https://platform.example/|Overview>"
