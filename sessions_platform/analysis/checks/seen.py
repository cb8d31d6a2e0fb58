"""What was seen, without judging it: errors, last words, tools used. Others look for clusters among these."""

from collections import Counter
from collections.abc import Iterator

from sessions_platform.analysis.checks.shapes import last_line, quote_of, shape_of
from sessions_platform.analysis.checks.trail import Trail, at
from sessions_platform.analysis.model import Signal

MOST = 20


def check(trail: Trail) -> Iterator[Signal]:
    """At most 20 signals, their ids beginning `seen:`."""
    count = 0
    for call in trail.calls:
        if call.failed and count < MOST - 2:
            count += 1
            fate = "recovered" if trail.recovered(call) else "open"
            yield call.signal("seen:error", f"{fate}: {call.error_shape}")
    if trail.final is not None:
        first, last = quote_of(trail.final.text), last_line(trail.final.text)
        yield at(trail.final, "seen:final", last or first, f"{shape_of(first)} … {shape_of(last)}")
    if trail.calls:
        used = Counter(call.label for call in trail.calls)
        path = " ".join(f"{label}*{_size(times)}" for label, times in sorted(used.items()))
        yield trail.calls[-1].signal("seen:path", path[:400])


def _size(times: int) -> str:
    """Counts by size, so that one more call is not another path."""
    return str(times) if times <= 2 else "few" if times <= 5 else "many"
