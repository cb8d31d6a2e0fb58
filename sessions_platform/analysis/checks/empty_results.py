"""Nothing found, again and again: three empty results of one tool in one turn, and then it is left at that."""

from collections.abc import Iterator

from sessions_platform.analysis.checks.trail import Call, Trail, grouped
from sessions_platform.analysis.model import Signal

FEWEST = 3


def check(trail: Trail) -> Iterator[Signal]:
    """One signal a tool, at the third empty result of its first run that is left so."""
    for label, calls in grouped([call for call in trail.calls if not call.mutates]):
        run = next((run for run in _runs(calls) if len(run) >= FEWEST and _left(trail, run, calls)), None)
        if run is not None:
            yield run[FEWEST - 1].signal(
                "empty_results", label, also=tuple(one.index for one in run if one is not run[2])[:20]
            )


def _runs(calls: list[Call]) -> Iterator[list[Call]]:
    """Empty results of one turn in a row; failures in between do not end a run."""
    run: list[Call] = []
    for call in calls:
        if run and (call.turn != run[-1].turn or not (call.empty or call.failed)):
            yield run
            run = []
        if call.empty:
            run.append(call)
    yield run


def _left(trail: Trail, run: list[Call], calls: list[Call]) -> bool:
    """Whether nothing was found in that turn before the agent spoke without a call, which is its conclusion."""
    found = next(
        (one.index for one in calls if one.number > run[-1].number and not one.failed and one.turn == run[-1].turn),
        None,
    )
    return found is None or trail.concluded(run[-1].index, found)
