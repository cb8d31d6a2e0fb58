"""What a user asked for besides: a limit that is not kept, and a further wish that nobody comes back to.

Both are told by the order of things: the user's words come first, then what was done. Words only say what kind of wish
it is. What the last answer says of the request as a whole is in `lost_context`.
"""

from collections.abc import Iterator

from sessions_platform.analysis.checks import spoken_words
from sessions_platform.analysis.checks.result_words import CHANGED
from sessions_platform.analysis.checks.shapes import ends_of, quote_of, sentences
from sessions_platform.analysis.checks.terms import terms_of
from sessions_platform.analysis.checks.trail import Call, Trail, at
from sessions_platform.analysis.checks.verbs import writes
from sessions_platform.analysis.checks.whole import WholeMessage
from sessions_platform.analysis.model import Signal

_SHORT_RESULT = 240
"""A longer result is data, whose words do not speak of the call."""
_LONGEST_WISH = 400
_FEWEST_TERMS = 2
_FEWEST_LATER = 2
"""Calls or answers that must follow, so that there was an occasion."""


def check(trail: Trail) -> Iterator[Signal]:
    """At most one signal of each sort."""
    yield from _limit(trail)
    yield from _wish(trail)


def _limit(trail: Trail) -> Iterator[Signal]:
    """Told only to look, the agent changes something, and no word of the user's came between."""
    limit: WholeMessage | None = None
    for place, message in enumerate(trail.users):
        plain = ends_of(message.text, 2000)
        if spoken_words.ONLY_LOOK.search(plain):
            limit = message
        elif limit is not None and (spoken_words.GO_AHEAD.search(plain) or writes(plain)):
            limit = None
        if limit is None:
            continue
        until = trail.users[place + 1].index if place + 1 < len(trail.users) else None
        for call in trail.calls:
            if message.index < call.index and (until is None or call.index < until) and _changes(call):
                yield call.signal("limit_ignored", call.label, CHANGED, (limit.index,))
                return


def _changes(call: Call) -> bool:
    """By its verb, or by what its result says became of things."""
    if call.failed:
        return False
    return call.mutates or (len(call.output) <= _SHORT_RESULT and CHANGED.search(ends_of(call.output)) is not None)


def _wish(trail: Trail) -> Iterator[Signal]:
    """A wish that was added before the work began, of whose own words no later call or answer has any."""
    first = next((call.index for call in trail.calls), None)
    if first is None:
        return
    early = [one for one in trail.users if one.index < first]
    for message in early:
        for wish in _added(message.text):
            others = terms_of(" ".join(one.text.replace(wish, " ") for one in trail.users))
            own = terms_of(wish) - others
            if len(own) < _FEWEST_TERMS:
                continue
            later = [one.text for one in trail.said if one.index > first]
            done = [f"{call.label} {call.tool} {call.arguments[:4000]}" for call in trail.calls]
            if len(later) + len(done) >= _FEWEST_LATER and later and not own & terms_of(" ".join([*later, *done])):
                shown = trail.final or message
                yield at(message, "part_forgotten", quote_of(wish), "", (shown.index,))
                return


def _added(text: str) -> Iterator[str]:
    for sentence in sentences(text[:8000]):
        if len(sentence) <= _LONGEST_WISH and spoken_words.BESIDES.search(ends_of(sentence)):
            yield sentence
