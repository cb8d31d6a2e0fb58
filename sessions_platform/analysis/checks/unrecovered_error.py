"""An error with no later success: the call's label never worked afterwards, nor did another way to its target."""

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
