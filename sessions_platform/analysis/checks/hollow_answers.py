"""Answers that rest on nothing: a guess in general words, without anything of the request or of what was looked up."""

import re
from collections.abc import Iterator

from sessions_platform.analysis.checks import spoken_words
from sessions_platform.analysis.checks.facts import facts_in
from sessions_platform.analysis.checks.shapes import ends_of, quote_of
from sessions_platform.analysis.checks.terms import terms_of
from sessions_platform.analysis.checks.trail import Trail, at
from sessions_platform.analysis.checks.whole import WholeMessage
from sessions_platform.analysis.model import Signal
from sessions_platform.sessions.endings import asks_back, is_closing

_LONGEST = 400
"""A longer answer says more than a guess."""
_DIGIT = re.compile(r"\d")


def check(trail: Trail) -> Iterator[Signal]:
    """At most one signal, at the first such answer that no better one followed in its turn."""
    asked = ""
    answer: WholeMessage | None = None
    for message in [*trail.messages, None]:
        if message is None or trail.is_user(message):
            if answer is not None and asked and _is_hollow(answer.text, asked):
                yield at(answer, "hollow_answer", quote_of(answer.text, spoken_words.HEDGE))
                return
            answer = None
            if message is not None and message.text.strip():
                asked = "" if _asks_nothing(message.text) else f"{asked} {message.text[:4000]}"
        elif message.role == "assistant" and message.text.strip():
            answer = message


def _asks_nothing(text: str) -> bool:
    """Thanks; or a complaint, after which an agent reassures."""
    plain = ends_of(text[:400])
    return is_closing(text) or bool(spoken_words.CORRECTION.search(plain) or spoken_words.BARE_NO.search(plain))


def _is_hollow(text: str, asked: str) -> bool:
    if len(text) > _LONGEST or is_closing(text) or asks_back(text) or _DIGIT.search(text) or facts_in(text):
        return False
    plain = ends_of(text)
    if spoken_words.ADMISSION.search(plain) or not spoken_words.HEDGE.search(plain):
        return False
    return not terms_of(text) & terms_of(asked)
