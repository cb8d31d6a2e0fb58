"""Plans that are announced and not carried out: the last words promise a step, and no call follows."""

import re
from collections.abc import Iterator

from sessions_platform.analysis.checks import spoken_words
from sessions_platform.analysis.checks.final_claims import claim_in
from sessions_platform.analysis.checks.shapes import ends_of, quote_of, sentences
from sessions_platform.analysis.checks.trail import Trail, at
from sessions_platform.analysis.model import Signal
from sessions_platform.sessions.endings import is_closing

_LAST = 3
_STEP = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*•])\s+\S", re.MULTILINE)


def check(trail: Trail) -> Iterator[Signal]:
    """At most one signal, at the promise that was the end; or that a user had to ask after."""
    final = trail.final
    if final is None or any(call.index > final.index for call in trail.calls):
        return
    if any(part.tool_status == "requested" for message in trail.messages[-2:] for part in message.parts):
        return
    later = [one for one in trail.users if one.index > final.index]
    if later and is_closing(later[-1].text):
        return
    promise = promise_in(final.text)
    if promise and not claim_in(final.text):
        yield at(final, "unexecuted_plan", promise, "" if trail.calls else "no call at all")


def promise_in(text: str) -> str:
    """The sentence among the last ones that announces a step of the agent's own; '' where it offers, asks or waits."""
    if len(_STEP.findall(text[-4000:])) >= 2 and spoken_words.PLAN_HEADING.search(ends_of(text)):
        return quote_of(text, spoken_words.PLAN_HEADING)
    last = sentences(text)[-_LAST:]
    if not last or last[-1].rstrip("\"'*_)] ").endswith(("?", "？")):
        return ""
    for sentence in reversed(last):
        plain = ends_of(sentence)
        if spoken_words.PLAN.search(plain) and not spoken_words.OFFER.search(plain):
            return quote_of(sentence, spoken_words.PLAN)
    return ""
