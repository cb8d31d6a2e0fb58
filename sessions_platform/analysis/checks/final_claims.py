"""What an agent claims at the end, held against what its calls returned: success claimed after failure."""

from collections.abc import Iterator

from sessions_platform.analysis.checks import spoken_words
from sessions_platform.analysis.checks.shapes import ends_of, quote_of, sentences
from sessions_platform.analysis.checks.trail import Call, Trail, at
from sessions_platform.analysis.checks.verbs import looks_only, words_of
from sessions_platform.analysis.checks.whole import WholeMessage
from sessions_platform.analysis.model import Signal

_ASIDE_WORDS = """
think plan todo note memory reflect wait sleep transfer finish submit done message ask respond
"""
_ASIDE = frozenset(_ASIDE_WORDS.split())
"""Verbs of tools whose result says nothing of the task."""

_LOOKS_AFTER = 2
"""Successful looks that may follow the failed deed; after more the agent has found something out."""


def check(trail: Trail) -> Iterator[Signal]:
    """The first claim of success that the last results do not bear."""
    for final in _last_words(trail) if trail.calls else ():
        claim = claim_in(final.text)
        against = _against(trail, final) if claim and not admits(final.text) else None
        # What a later turn mended was claimed too early; it did not end so.
        if against is not None and (final is trail.final or not trail.recovered(against[1])):
            check_id, call, what = against
            yield at(final, check_id, claim, f"{call.label}: {what}", (call.index,))
            return


def _last_words(trail: Trail) -> list[WholeMessage]:
    """What was said last in each turn with calls, and last of all: thanks may follow a claim."""
    called = {call.turn for call in trail.calls}
    last = {message.turn: message for message in trail.said if message.turn in called}
    if trail.final is not None:
        last.setdefault(trail.final.turn, trail.final)
    return [last[turn] for turn in sorted(last)]


def claim_in(text: str) -> str:
    """The sentence that claims success, exact; '' where none does. A sentence that admits a failure claims none."""
    if not spoken_words.CLAIM.search(ends_of(text)):
        return ""
    for sentence in sentences(text):
        plain = ends_of(sentence)
        if "?" in sentence or spoken_words.ADMISSION.search(plain) or spoken_words.CONDITION.search(plain):
            continue
        if spoken_words.CLAIM.search(plain):
            return quote_of(sentence, spoken_words.CLAIM)
    return ""


def admits(text: str) -> bool:
    """Whether the words own up to something that did not work."""
    return spoken_words.ADMISSION.search(ends_of(text)) is not None


def _against(trail: Trail, final: WholeMessage) -> tuple[str, Call, str] | None:
    """Check, the call whose result speaks against the claim, and how: what was done last, or looked at last."""
    counted = [call for call in trail.calls if call.index < final.index and not set(words_of(call.tool)) & _ASIDE]
    if not counted:
        return None
    if final is not trail.final:
        counted = [call for call in counted if call.turn == final.turn]
    if not counted:
        return None
    done = [call for call in counted if not looks_only(call.tool, call.operation, call.arguments)]
    if (
        done
        and done[-1].failed
        and not trail.recovered(done[-1])
        and done[-1].number >= counted[-1].number - _LOOKS_AFTER
    ):
        return "false_success_claim", done[-1], f"failed {done[-1].error_shape}"
    last = counted[-1]
    if last.failed and not trail.recovered(last):
        return "claim_after_failed_look", last, f"failed {last.error_shape}"
    if last.bad and not last.failed and last.turn == final.turn:
        sure = last in done and not last.mutates
        return "false_success_claim" if sure else "claim_after_failed_look", last, "bad news"
    return None
