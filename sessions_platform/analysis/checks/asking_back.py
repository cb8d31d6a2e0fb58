"""The agent hands the task back: after a denial, or because it says it cannot; and the task that is given up.

A refusal by policy (an order that may not be cancelled) is no lack of capability.
"""

import re
from collections.abc import Iterator

import msgspec

from sessions_platform.analysis.checks import spoken_words
from sessions_platform.analysis.checks.shapes import ends_of, quote_of, sentences
from sessions_platform.analysis.checks.trail import Call, Trail, at
from sessions_platform.analysis.checks.whole import WholeMessage
from sessions_platform.analysis.model import Signal

_POLICY = re.compile(
    r"\b(?:polic(?:y|ies)|eligible|eligibility|refundable|terms|regulations?|guidelines?|compliance|company|legally|security"
    r"|unethical|harmful|privacy|inappropriate|(?:another|other) (?:users?|customers?))\b",
    re.IGNORECASE,
)
_BY_HAND = re.compile(
    r"```|`[^`\n]{4,}`|\bmanually\b|\bby hand\b|\byourself\b|\bpaste\b|\bon your (?:end|side|own|machine)\b"
    r"|\b(?:command|output)\b|manuell"
    r"|manualmente|自行",
    re.IGNORECASE,
)
_BRING = re.compile(
    r"\b(?:send|tell|show|give|report|paste|bring)(?: it| them| that)? (?:me|us|back|to me)\b|(?:^|\s)1[.)] ?\w",
    re.IGNORECASE,
)
_ASKS_HOW = re.compile(
    r"\bhow (?:do|can|would|should|to)\b|\bexplain\b|\bwrite (?:me )?an?\b|\bexample\b", re.IGNORECASE
)
_QUESTION = re.compile(r"\?\s*$")
_ASKED = 400
"""Characters of the end of what was asked in which a question how to do it would stand."""
_GOES_ON = re.compile(
    r"\bfirst need to\b|\b(?:need|have) to (?:first )?(?:search|look|find|check)\b"
    r"|\blet['’]s (?:start|source|collect|search|find)|\b(?:can't|can’t|cannot) \w+ (?:an? |the )?\w+ yet\b",
    re.IGNORECASE,
)
"""What is lacking is about to be fetched, or will be possible later."""
_MORE = re.compile(r"\b(?:anything|something) (?:else|more|further)\b|\belse (?:i|we) can\b", re.IGNORECASE)
"""An offer of more help asks for nothing."""


def check(trail: Trail) -> Iterator[Signal]:
    """Signals at the agent's words."""
    yield from _after_denial(trail)
    yield from _incapable(trail)
    yield from _gave_up(trail)


def _after_denial(trail: Trail) -> Iterator[Signal]:
    """A failed call that never worked, and then the user is asked or told to do it; no call follows in that turn."""
    for message in trail.said:
        before = trail.last_before(message.index)
        if before is None or not before.failed or before.turn != message.turn or trail.recovered(before):
            continue
        if any(call.turn == message.turn and call.index > message.index for call in trail.calls):
            continue
        text = ends_of(message.text)
        if not (spoken_words.ASKS_USER.search(text) or spoken_words.HANDS_BACK.search(text)):
            continue
        if _MORE.search(quote_of(message.text, spoken_words.ASKS_USER)):
            continue
        pattern = spoken_words.ASKS_USER if spoken_words.ASKS_USER.search(text) else spoken_words.HANDS_BACK
        check_id = "ask_back_after_denial" if "denied" in before.kinds else "ask_back_after_error"
        yield _of_call(message, check_id, quote_of(message.text, pattern), before)
        return


def _of_call(message: WholeMessage, check_id: str, quote: str, call: Call) -> Signal:
    return Signal(
        check_id,
        message.index,
        quote,
        f"{call.label}: {call.error_shape}"[:160],
        message.turn,
        message.agent,
        call.tool,
        call.operation,
        (call.index,),
    )


def _incapable(trail: Trail) -> Iterator[Signal]:
    """The agent says that it lacks access, tools or ability, where no call of that turn did the work."""
    unable = spoken_words.INABILITY.search(trail.spoken) or spoken_words.NOT_MINE.search(trail.spoken)
    for message in trail.said if unable else ():
        text = ends_of(message.text)
        if spoken_words.NOT_MINE.search(text) and _tells_to(text) and not _POLICY.search(text):
            if not _ASKS_HOW.search(_asked_before(trail, message)):
                yield at(message, "capability_ask_back", quote_of(message.text, spoken_words.NOT_MINE), "hands back")
                return
            continue
        if not spoken_words.INABILITY.search(text) or _POLICY.search(text):
            continue
        own = [call for call in trail.calls if call.turn == message.turn and call.index < message.index]
        if any(not call.failed and call.mutates for call in own) or any("denied" in call.kinds for call in own):
            continue
        sentence = next((one for one in sentences(message.text) if _is_inability(ends_of(one))), "")
        if sentence or _asks_for_work(message.text):
            sentence = sentence or message.text
            quote = quote_of(sentence, spoken_words.INABILITY)
            yield _near(at(message, "capability_ask_back", quote, _capability(sentence)), own)
            return
    yield from _hands_back(trail)


def _hands_back(trail: Trail) -> Iterator[Signal]:
    """The last words tell the user to run it, where no call of that turn did anything and nobody asked how to."""
    final = trail.final
    if final is None or any(call.turn == final.turn and not call.failed for call in trail.calls):
        return
    text = ends_of(final.text)
    asked = _asked_before(trail, final)
    if _ASKS_HOW.search(asked) or _QUESTION.search(asked):
        return
    if _BY_HAND.search(text) and spoken_words.HANDS_BACK.search(text):
        yield at(final, "capability_ask_back", quote_of(final.text, spoken_words.HANDS_BACK), "hands back")


def _tells_to(text: str) -> bool:
    return any(pattern.search(text) for pattern in (_BY_HAND, _BRING, spoken_words.HANDS_BACK))


def _asked_before(trail: Trail, message: WholeMessage) -> str:
    """The end of what the user said last."""
    return next((one.text[-_ASKED:] for one in reversed(trail.users) if one.index < message.index), "")


def _asks_for_work(text: str) -> bool:
    """Whether a sentence asks the user to do or bring what the agent says it cannot; an offer of help is none."""
    return any(
        spoken_words.HANDS_BACK.search(plain) and spoken_words.ASKS_USER.search(plain) and not _MORE.search(plain)
        for plain in map(ends_of, sentences(text))
    )


def _near(signal: Signal, calls: list[Call]) -> Signal:
    """The signal with the call it came after."""
    if not calls:
        return signal
    return msgspec.structs.replace(signal, tool=calls[-1].tool, operation=calls[-1].operation)


def _is_inability(sentence: str) -> bool:
    return (
        spoken_words.INABILITY.search(sentence) is not None
        and (spoken_words.CAPABILITY.search(sentence) or spoken_words.HANDS_BACK.search(sentence)) is not None
        and "if " not in sentence[:12].lower()
        and not _GOES_ON.search(sentence)
    )


def _capability(sentence: str) -> str:
    found = spoken_words.CAPABILITY.search(ends_of(sentence))
    return found.group().lower() if found else ""


def _gave_up(trail: Trail) -> Iterator[Signal]:
    """The last words admit that it did not work, and a call is open that never worked."""
    final = trail.final
    if final is None or not spoken_words.ADMISSION.search(ends_of(final.text)):
        return
    open_calls = [call for call in trail.calls if call.failed and not trail.recovered(call)]
    if open_calls:
        yield _of_call(final, "gave_up", quote_of(final.text, spoken_words.ADMISSION), open_calls[-1])
