"""What users do when it goes wrong: they correct, or say the same again."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from sessions_platform.analysis.checks import spoken_words
from sessions_platform.analysis.checks.facts import facts_in
from sessions_platform.analysis.checks.shapes import ends_of, quote_of
from sessions_platform.analysis.checks.trail import Trail, at
from sessions_platform.analysis.checks.whole import WholeMessage
from sessions_platform.analysis.model import Signal
from sessions_platform.sessions.endings import is_closing

_TOKEN = re.compile(r"\w{3,}")
_ALIKE = 0.7
_FEWEST_WORDS = 6
_LOOKED_AT = 400
_ASIDE = re.compile(
    r"\bif\b[^.!?\n]*|\b(?:worried|afraid|sure not)\b[^.!?\n]*|\bno,? (?:worries|problem|rush|need|thanks?)\b"
    r"|\bno,? (?:that['’]?s|that is) (?:all|everything|it|fine|ok)\b",
    re.IGNORECASE,
)
"""What only may go wrong, and a no that is none."""


class _Said(NamedTuple):
    words: frozenset[str]
    facts: set[str]

    def repeats(self, other: "_Said") -> bool:
        """Whether most words are the same, and the facts: the same wish for another order is another wish."""
        return self.facts <= other.facts and len(self.words & other.words) >= _ALIKE * len(self.words | other.words)


def check(trail: Trail) -> Iterator[Signal]:
    """One signal for each correction or repeat, at the user's words."""
    seen: list[_Said] = []
    before: WholeMessage | None = None
    for message in trail.messages:
        if message.role in ("assistant", "tool"):
            # A prompt that is repeated after a result, with no answer between, is some program's doing.
            before = message if message.role == "assistant" and message.text.strip() else None
        elif trail.is_user(message) and message.text.strip():
            said = _Said(frozenset(_TOKEN.findall(message.text[:2000].lower())), facts_in(message.text[:2000]))
            if before is not None and seen:
                yield from _of(message, before, said, seen)
            seen.append(said)
            before = None


def _of(message: WholeMessage, before: WholeMessage, said: _Said, seen: list[_Said]) -> Iterator[Signal]:
    text = message.text[:_LOOKED_AT]
    if len(said.words) >= _FEWEST_WORDS and any(said.repeats(one) for one in seen):
        yield at(message, "user_repeats", quote_of(message.text))
    elif not is_closing(message.text) and (found := _correction(text, asked="?" in before.text)) is not None:
        yield at(message, "user_corrects", quote_of(text, found))


def _correction(said: str, *, asked: bool) -> Any:
    """The pattern that finds a correction; a bare `no` is none where the agent had asked."""
    plain = ends_of(_ASIDE.sub("", said))
    if spoken_words.CORRECTION.search(plain):
        return spoken_words.CORRECTION
    return spoken_words.BARE_NO if not asked and spoken_words.BARE_NO.search(plain) else None
