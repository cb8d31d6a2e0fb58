"""Which checks there are, what the catalog says of them, and the log of a session."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec
import yaml

from sessions_platform.analysis.checks import (
    asking_back,
    empty_results,
    environments,
    failing_calls,
    final_claims,
    handoffs,
    hollow_answers,
    injections,
    loops,
    lost_context,
    named_values,
    plans,
    repeated_call,
    seen,
    unrecovered_error,
    unverified_edit,
    user_reactions,
    wishes,
)
from sessions_platform.analysis.checks.remarks import remarks_of
from sessions_platform.analysis.checks.shapes import quote_of
from sessions_platform.analysis.checks.trail import Trail
from sessions_platform.analysis.checks.whole import WholeSession
from sessions_platform.analysis.model import Kind, SessionLog, Signal

Check = Callable[[Trail], Iterator[Signal]]
CHECKS: tuple[Check, ...] = (
    repeated_call.check,
    unrecovered_error.check,
    failing_calls.check,
    empty_results.check,
    final_claims.check,
    unverified_edit.check,
    environments.check,
    named_values.check,
    handoffs.check,
    asking_back.check,
    plans.check,
    user_reactions.check,
    loops.check,
    lost_context.check,
    hollow_answers.check,
    wishes.check,
    injections.check,
    seen.check,
)
MOST_SIGNALS = 4
"""Of one check in one session; those that come first stand for the rest."""


class CheckInfo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the catalog says of a check."""

    title: str
    kind: Kind
    strength: Literal["certain", "specific", "weak"]
    code: str
    hypothesis: str
    action: str
    spoken: bool = False
    """Whether it rests on an agent's words alone."""


@cache
def catalog() -> Mapping[str, CheckInfo]:
    """Every check whose signals judge, by its id; ids that begin `seen:` are not in it."""
    text = files(__package__).joinpath("catalog.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.safe_load(text), dict[str, CheckInfo])


def read_log(session: WholeSession, abstract: str = "") -> SessionLog:
    """What all checks saw in a session, in the order of its messages. Never raises for what a session holds."""
    trail = Trail(session)
    signals = [shown for check in CHECKS for one in _bounded(check(trail)) if (shown := _shown(trail, one)).quote]
    signals.sort(key=lambda one: (one.message_index, one.check, one.shape))
    facts = session.facts
    return SessionLog(
        facts.session_id,
        facts.user,
        facts.outcome,
        facts.status,
        facts.turns,
        facts.calls,
        facts.failed_calls,
        facts.messages,
        facts.cost_usd,
        facts.cost_complete,
        facts.input_tokens,
        facts.segments,
        abstract or session.abstract,
        tuple(signals),
        tuple(remarks_of(trail)),
        trail.calls[-1].index if trail.calls else -1,
    )


def _bounded(signals: Iterator[Signal]) -> Iterator[Signal]:
    """The first few of each check."""
    counts: dict[str, int] = {}
    for signal in signals:
        counts[signal.check] = counts.get(signal.check, 0) + 1
        if signal.check.startswith("seen:") or counts[signal.check] <= MOST_SIGNALS:
            yield signal


def _shown(trail: Trail, signal: Signal) -> Signal:
    """The signal at words that can be quoted: an empty result is shown by what was said after it, or before."""
    if signal.quote:
        return signal
    after = [one for one in trail.said if one.index > signal.message_index]
    before = [one for one in reversed(trail.messages) if one.index < signal.message_index and one.text.strip()]
    near = after or before or [one for one in trail.messages if one.text.strip()]
    if not near:
        return signal
    return msgspec.structs.replace(
        signal, message_index=near[0].index, quote=quote_of(near[0].text), also=(signal.message_index, *signal.also)
    )
