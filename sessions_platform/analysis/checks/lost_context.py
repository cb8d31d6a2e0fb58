"""The task is lost on the way: the context was cut, the answer was cut, or the last words deal with something else."""

import re
from collections.abc import Iterator

from sessions_platform.analysis.checks import result_words, spoken_words
from sessions_platform.analysis.checks.facts import facts_in, held_in
from sessions_platform.analysis.checks.shapes import ends_of, quote_of
from sessions_platform.analysis.checks.terms import terms_of
from sessions_platform.analysis.checks.trail import Trail, at
from sessions_platform.analysis.checks.whole import WholeMessage
from sessions_platform.analysis.model import Signal
from sessions_platform.sessions.endings import asks_back, is_closing

_FEWEST_TERMS = 4
_SHORTEST = 60
_CUT = re.compile(r"[\w,;:(\[{=+\-/\\]\s*$")
_CUT_LENGTH = 400
_ENDED = re.compile(r"[^\w\s,;(\[{/\\-]\W*$|\d\W*$")
_OPEN = re.compile(
    r"\b(?:a|an|the|is|are|was|were|has|have|of|in|on|at|to|for|with|and|or|but|by|from|that|which|because)\s*$|[,:(\[{]\s*$",
    re.IGNORECASE,
)
"""Words after which more must come."""
_SHORTEST_CUT, _SPOKEN, _USUALLY = 20, 12, 0.8


def check(trail: Trail) -> Iterator[Signal]:
    """Signals at the words that show it."""
    yield from _cut_context(trail)
    final = trail.final
    if final is not None:
        yield from _cut_answer(trail)
        yield from _forgotten(trail, final)


def _cut_context(trail: Trail) -> Iterator[Signal]:
    for message in trail.messages:
        text = "" if message.role == "tool" else ends_of(message.text, 2000)
        if not spoken_words.OF_CONTEXT.search(text):
            continue
        for pattern, shape in ((spoken_words.COMPACTED, "compacted"), (result_words.CONTEXT_LIMIT, "limit")):
            if pattern.search(text):
                yield at(message, "context_lost", quote_of(message.text, pattern), shape)
                return
    for call in trail.calls:
        if "context" in call.kinds:
            yield call.signal("context_lost", "limit", result_words.CONTEXT_LIMIT)
            return


def _cut_answer(trail: Trail) -> Iterator[Signal]:
    """Words that no call came with and that stop in the middle of a sentence or of a code block."""
    alone = frozenset(trail.conclusions)
    answers = [one for one in trail.said if one.index in alone]
    for answer in answers:
        text = answer.text.rstrip()
        last = text.rsplit("\n", 1)[-1]
        if len(text) < _SHORTEST_CUT or last.lstrip()[:1] in "-*|#>0123456789" or is_closing(text):
            continue
        shape = _cut(text, last)
        if (
            not shape
            and len(text) < _CUT_LENGTH
            and _ends_unlike(last, [one for one in trail.said if one is not answer])
        ):
            shape = "sentence"
        if shape:
            yield at(answer, "answer_cut", last[-200:].strip(), shape)
            return


def _cut(text: str, last: str) -> str:
    """What shows by itself that a text stops in the middle; '' if nothing does."""
    if text.count("```") % 2 == 1:
        return "code"
    in_sentence = bool(_CUT.search(text)) and len(last.split()) > 12 and len(text) >= _CUT_LENGTH
    return "sentence" if in_sentence or _OPEN.search(last) else ""


def _ends_unlike(last: str, others: list[WholeMessage]) -> bool:
    """Whether words stop without a sign, of an agent whose other words end with one."""
    if _ENDED.search(last):
        return False
    texts = [one.text.rstrip() for one in others if len(one.text) >= _SPOKEN]
    return len(texts) > 1 and sum(bool(_ENDED.search(one)) for one in texts) >= _USUALLY * len(texts)


def _forgotten(trail: Trail, final: WholeMessage) -> Iterator[Signal]:
    """None of the terms of what was asked stands in the last words (the last three, as a closing says little)."""
    if len(final.text) < _SHORTEST or is_closing(final.text) or asks_back(final.text):
        return
    requests = [one for one in trail.users if len(one.text) >= _SHORTEST and not is_closing(one.text)]
    asked = terms_of(trail.request)
    if not requests or len(asked) < _FEWEST_TERMS:
        return
    last = [one for one in trail.said if one.index >= requests[-1].index][-3:]
    answered = {term for one in last for term in terms_of(one.text)}
    named = facts_in(trail.request)
    few = len(asked & answered) * 10 <= len(asked) and bool(named)
    if last and (not asked & answered or few) and not any(held_in(named, one.text) for one in last):
        yield at(final, "goal_forgotten", quote_of(final.text), also=(requests[0].index,))
