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
from sessions_platform.analysis.checks.verbs import words_of, writes
from sessions_platform.analysis.checks.whole import WholeMessage
from sessions_platform.analysis.model import Signal

_SHORT_RESULT = 240
"""A longer result is data, whose words do not speak of the call."""
_LONGEST_WISH = 400
_FEWEST_TERMS = 2


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
    """A further wish of whose own words hardly any is in a later call or answer."""
    first = next((call.index for call in trail.calls), None)
    if first is None or trail.final is None:
        return
    opening = trail.users[0].turn if trail.users else 0
    for message in trail.users:
        # Later in the talk a wish is a turn of its own, and the user says it again where it was not heard.
        for wish in _added(message.text) if message.turn == opening and message.index < first else ():
            others = terms_of(" ".join(one.text.replace(wish, " ") for one in trail.users))
            own = terms_of(wish) - others
            if len(own) >= _FEWEST_TERMS and _forgotten(trail, message, own):
                yield at(message, "part_forgotten", quote_of(wish), "", (trail.final.index,))
                return


def _forgotten(trail: Trail, message: WholeMessage, own: set[str]) -> bool:
    """Whether the work went on, answers have a third of the wish's words at most, and calls no more than half."""
    calls = [call for call in trail.calls if call.index > message.index]
    said = [one.text for one in trail.said if calls and one.index > calls[0].index]
    if not said or len(own & terms_of(" ".join(said))) * 3 > len(own):
        return False
    done = " ".join(f"{' '.join(words_of(call.tool))} {call.label} {call.arguments[:4000]}" for call in calls)
    return len(own & terms_of(done)) * 2 <= len(own)


def _added(text: str) -> Iterator[str]:
    """The sentences that add a wish to others."""
    for sentence in sentences(text[:8000]):
        plain = ends_of(sentence)
        asks = sentence.rstrip().endswith(("?", "？"))
        if not asks and len(sentence) <= _LONGEST_WISH and spoken_words.BESIDES.search(plain):
            yield sentence
