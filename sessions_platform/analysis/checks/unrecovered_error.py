"""Errors with no later success: none at all, or none before the agent's answer and the end of the turn.

The label of a call may work in a later turn, for another purpose: what failed before was left all the same.
"""

from collections.abc import Iterator

from sessions_platform.analysis.checks.trail import Trail, grouped
from sessions_platform.analysis.model import Signal

_STORM = 3


def check(trail: Trail) -> Iterator[Signal]:
    """One signal for each label, at its last failure."""
    for label, calls in grouped([call for call in trail.calls if call.failed and not trail.recovered(call)]):
        last = calls[-1]
        also = tuple(call.index for call in calls[:-1])
        yield last.signal("unrecovered_error", f"{label}: {last.error_shape}"[:160], also=also[:20])
        if sum(one.error_shape == last.error_shape for one in calls) >= _STORM:
            yield last.signal("retry_storm", f"{label}: {last.error_shape}"[:160], also=also[:20])
    for label, calls in grouped([call for call in trail.calls if call.failed and trail.left(call)]):
        also = tuple(call.index for call in calls[:-1])
        yield calls[-1].signal("unsettled_error", f"{label}: {calls[-1].error_shape}"[:160], also=also[:20])
