"""What becomes of a finding from week to week: new, ongoing, improving, resolved, regressed. Changed only by a test.

Pure: the weeks before and this week's figure give a status. The test is Newcombe's interval of the difference between
this week's share and the pooled shares of up to four weeks before, at 99 %: with dozens of findings looked at every
week, 95 % would change some of them by chance each Monday. Amounts are compared by their intervals.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

from sessions_platform.analysis.model import Status
from sessions_platform.statistics.intervals import newcombe

ALPHA = 0.01
FEWEST = 20
"""Fewer sessions in the denominator tell nothing of a week."""
REFERENCE_WEEKS = 4
Unit = Literal["share", "usd", "sessions", "turns", "seconds", "difference"]


class Observed(msgspec.Struct, frozen=True):
    """A finding's figure in one week. `detected`: the week's own analysis found it, not only its query was run."""

    week: str
    value: float
    n: int
    ci_low: float | None = None
    ci_high: float | None = None
    detected: bool = True
    status: Status = "new"


def status_of(before: Sequence[Observed], now: Observed, unit: Unit) -> Status:
    """The status of this week, by the weeks before (any order)."""
    earlier = sorted((one for one in before if one.week < now.week), key=lambda one: one.week)
    if not earlier:
        return "new"
    known = [one for one in earlier if one.n >= FEWEST]
    was_resolved = bool(known) and known[-1].status == "resolved"
    if not known or now.n < FEWEST:
        # Too few to test: what is found again goes on, and nothing else can be said.
        return "ongoing" if now.detected and not was_resolved else "insufficient data"
    moved = _moved(_reference(known, was_resolved), now, unit)
    if was_resolved:
        return "regressed" if moved == "up" else "resolved"
    if moved == "down":
        return "improving" if now.detected else "resolved"
    return "regressed" if moved == "up" else "ongoing"


def _reference(known: Sequence[Observed], resolved: bool) -> Sequence[Observed]:
    """The weeks to compare with: the newest ones, of a resolved finding only those since it was resolved."""
    if not resolved:
        return known[-REFERENCE_WEEKS:]
    since = [place for place, one in enumerate(known) if one.status != "resolved"]
    return known[since[-1] + 1 if since else 0 :][-REFERENCE_WEEKS:]


def _moved(reference: Sequence[Observed], now: Observed, unit: Unit) -> Literal["up", "down", ""]:
    if unit == "share":
        n = sum(one.n for one in reference)
        low, high = newcombe(sum(one.value * one.n for one in reference), n, now.value * now.n, now.n, ALPHA)
        return "up" if low > 0 else "down" if high < 0 else ""
    last = reference[-1]
    if None in (last.ci_low, last.ci_high, now.ci_low, now.ci_high):
        return ""
    if (now.ci_low or 0.0) > (last.ci_high or 0.0):
        return "up"
    return "down" if (now.ci_high or 0.0) < (last.ci_low or 0.0) else ""
