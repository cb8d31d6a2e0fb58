"""When a rule fires and when it resolves. Pure: figures in, a reading or an event out.

A figure past the threshold is `past`; one beyond resolve_at is `clear`; one between the two, or too far from what was
expected but within the band that chance leaves, is `between` and changes nothing; one that rests on too little is `not
enough data` and changes nothing either. A rule that is quiet fires after `fire_after` dates in a row that are past; one
that fires resolves after `resolve_after` dates in a row that are clear. Nothing but the newest event is remembered, so
that a restart changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sessions_platform.alerts.rules import Rule

Reading = Literal["past", "between", "clear", "not enough data"]
Event = Literal["fired", "resolved"]
_SLACK = 1e-9
"""What sums and differences of floating point lose."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric over a window that ends with `date`. `outside`: beyond the band that the windows before leave."""

    date: str
    value: float | None
    n: int
    ci_low: float | None = None
    ci_high: float | None = None
    expected: float | None = None
    outside: bool = False


def reading(rule: Rule, figure: Figure) -> Reading:
    """What a figure says for a rule."""
    threshold = rule.threshold
    if figure.value is None or figure.n < rule.minimum_n:
        return "not enough data"
    if not threshold.compares:
        sign = -1 if threshold.low_is_bad else 1
        if sign * (figure.value - threshold.amount) > _SLACK:
            return "past"
        return "clear" if sign * (figure.value - rule.resolve_at) <= _SLACK else "between"
    moved = shift(rule, figure)
    if moved is None:
        return "not enough data"
    if moved >= threshold.amount - _SLACK and figure.outside:
        return "past"
    return "clear" if moved <= rule.resolve_at + _SLACK and moved < threshold.amount - _SLACK else "between"


def shift(rule: Rule, figure: Figure) -> float | None:
    """How far a figure has moved to the bad side from what was expected; None where nothing could be expected."""
    if figure.value is None or figure.expected is None or (rule.threshold.relative and figure.expected <= 0):
        return None
    moved = figure.expected - figure.value if rule.threshold.low_is_bad else figure.value - figure.expected
    return moved / figure.expected if rule.threshold.relative else moved


def next_event(rule: Rule, firing: bool, readings: Sequence[Reading]) -> Event | None:
    """The event that readings of successive dates, newest first, make of a rule's state; None if it stays."""
    awaited: Reading = "clear" if firing else "past"
    needed = rule.resolve_after if firing else rule.fire_after
    if len(readings) < needed or any(one != awaited for one in readings[:needed]):
        return None
    return "resolved" if firing else "fired"
