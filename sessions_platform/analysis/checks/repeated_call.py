"""The same call again and again: equal arguments, nothing new in between. Polling that ends in news is not it."""

from collections.abc import Iterator

from sessions_platform.analysis.checks.trail import Call, Trail
from sessions_platform.analysis.model import Signal

FEWEST = 3
_BETWEEN = 1
"""Other calls that may stand between two of them; more, and they must be the same each time (a circle of calls)."""
_CIRCLE = 5


def check(trail: Trail) -> Iterator[Signal]:
    """One signal a run, at its third call."""
    by_key: dict[tuple[str, str], list[Call]] = {}
    for call in trail.calls:
        by_key.setdefault(call.key, []).append(call)
    for calls in by_key.values():
        if len(calls) >= FEWEST:
            yield from _runs(trail, calls)


def _runs(trail: Trail, calls: list[Call]) -> Iterator[Signal]:
    run: list[Call] = []
    for call in [*calls, None]:
        if run and call is not None and _goes_on(trail, run, call):
            run.append(call)
            continue
        if len(run) >= FEWEST and not _resolved(trail, run, calls):
            third = run[FEWEST - 1]
            also = tuple(one.index for one in run if one is not third)
            yield third.signal("repeated_call", third.label, also=also[:20])
        run = [call] if call is not None else []


def _goes_on(trail: Trail, run: list[Call], call: Call) -> bool:
    last = run[-1]
    between = trail.calls[last.number + 1 : call.number]
    before = trail.calls[run[-2].number + 1 : last.number] if len(run) > 1 else between
    circle = len(between) <= _CIRCLE and [one.key for one in between] == [one.key for one in before]
    return (
        call.turn == last.turn
        and call.failed == last.failed
        and call.result == last.result
        and (circle or len(between) <= _BETWEEN)
        and not any(one.mutates and not one.failed for one in between)
        # A call that is asked for together with others, or that changes something with each success, is no loop.
        and not (call.mutates and not call.failed and not call.output.strip())
    )


def _resolved(trail: Trail, run: list[Call], calls: list[Call]) -> bool:
    """Whether the same call brought something new after all, before the agent concluded or the user came back."""
    for call in calls:
        if call.number > run[-1].number and call.turn == run[-1].turn:
            concluded = trail.concluded(run[-1].index, call.index)
            if not concluded and not call.failed and call.result != run[-1].result and not call.empty:
                return True
    return False
