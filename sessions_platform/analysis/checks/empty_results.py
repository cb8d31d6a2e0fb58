"""Nothing found, again and again: three empty results of one tool, never anything else, and not told so at the end."""

from collections.abc import Iterator

from sessions_platform.analysis.checks import spoken_words
from sessions_platform.analysis.checks.shapes import ends_of
from sessions_platform.analysis.checks.trail import Call, Trail, grouped
from sessions_platform.analysis.model import Signal

FEWEST = 3


def check(trail: Trail) -> Iterator[Signal]:
    """One signal a tool, at its third empty result."""
    for label, calls in grouped([call for call in trail.calls if not call.mutates]):
        run = _last_run(calls)
        if len(run) >= FEWEST and not _answered(trail, run):
            yield run[FEWEST - 1].signal(
                "empty_results", label, also=tuple(one.index for one in run if one is not run[2])[:20]
            )


def _last_run(calls: list[Call]) -> list[Call]:
    """The empty results that nothing came after; failures in between do not end a run."""
    run: list[Call] = []
    for call in calls:
        if call.empty:
            run.append(call)
        elif not call.failed:
            run = []
    return run


def _answered(trail: Trail, run: list[Call]) -> bool:
    """Different questions that were told to have found nothing are an answer, not a fault."""
    if trail.final is None or len({call.key for call in run}) < len(run):
        return False
    text = ends_of(trail.final.text)
    return spoken_words.TELLS_NOTHING.search(text) is not None or spoken_words.ADMISSION.search(text) is not None
