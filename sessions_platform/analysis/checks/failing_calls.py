"""Calls that fail in chains, or in ways that tell why: time-outs, denials, limits, unknown tools and arguments.

One look at all failures of a label. A later success of the label, or another way to the same target, ends it: recovered
errors are no signal here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sessions_platform.analysis.checks import result_words, spoken_words
from sessions_platform.analysis.checks.shapes import ends_of
from sessions_platform.analysis.checks.trail import Call, Trail, grouped
from sessions_platform.analysis.model import Signal


@dataclass(frozen=True, slots=True)
class _Chain:
    check: str
    kind: str
    pattern: object
    fewest: int
    """So many failures of the kind, none of which was recovered."""
    fewest_recovered: int
    """So many in a row count even if it worked afterwards; 0: never."""


_CHAINS = (
    _Chain("timeout_chain", "timeout", result_words.TIMEOUT, 3, 5),
    _Chain("permission_dead_end", "denied", result_words.DENIED, 1, 0),
    _Chain("rate_limited", "rate_limit", result_words.RATE_LIMIT, 2, 5),
    _Chain("unknown_tool", "unknown_tool", result_words.UNKNOWN_TOOL, 1, 3),
    _Chain("wrong_argument", "wrong_argument", result_words.WRONG_ARGUMENT, 1, 3),
    _Chain("malformed_arguments", "malformed", result_words.MALFORMED, 2, 4),
)
_ORDER = ("rate_limit", "timeout", "unknown_tool", "denied", "wrong_argument", "malformed")
"""An error whose words fit several kinds counts for the first: a limit names a time to wait, a flag is not valid."""


def check(trail: Trail) -> Iterator[Signal]:
    """One signal for each kind and label, at the failure that completes the chain."""
    failures = [call for call in trail.calls if call.failed]
    if not failures:
        return
    for chain in _CHAINS:
        for label, calls in grouped([call for call in failures if _kind(call) == chain.kind]):
            yield from _of_label(trail, chain, label, calls)


def _kind(call: Call) -> str:
    if {"malformed", "wrong_argument"} <= call.kinds and result_words.OF_FORM.search(call.error[:400]):
        return "malformed"
    return next((kind for kind in _ORDER if kind in call.kinds), "")


def _of_label(trail: Trail, chain: _Chain, label: str, calls: Sequence[Call]) -> Iterator[Signal]:
    chosen = [call for call in calls if not trail.worked_later(call) or _given_up(trail, call)]
    fewest = chain.fewest
    if 1 < fewest > len(chosen):
        # It may work in a later turn, for something else.
        chosen = [call for call in calls if trail.left(call)]
    if len(chosen) < fewest:
        chosen, fewest = list(calls), chain.fewest_recovered
    if not fewest or len(chosen) < fewest or (len(chosen) == 1 and not _ended_there(trail, chosen[0])):
        return
    place = chosen[fewest - 1]
    also = tuple(call.index for call in chosen if call is not place)
    yield place.signal(chain.check, f"{label}: {place.error_shape}"[:160], chain.pattern, also[:20])


def _given_up(trail: Trail, call: Call) -> bool:
    """Whether the agent said that it ends there, before the same thing worked after all, and nobody helped."""
    worked = next(
        (one for one in trail.calls if one.number > call.number and not one.failed and one.label == call.label), None
    )
    for message in trail.said:
        if message.index <= call.index or message.index not in trail.conclusions or message.turn != call.turn:
            continue
        if worked is not None and message.index > worked.index:
            return False
        text = ends_of(message.text, 1000)
        if spoken_words.ADMISSION.search(text) or spoken_words.NO_WAY_ON.search(text):
            return True
    return False


def _ended_there(trail: Trail, call: Call) -> bool:
    """Whether a single failure mattered: nothing reached its target, and after a denial nothing else was done."""
    if _given_up(trail, call):
        return True
    if trail.recovered(call):
        return False
    done = any(one.mutates and not one.failed and one.number > call.number for one in trail.calls)
    return not (done and _kind(call) == "denied")
