"""Which segments together name the task that sessions of two cohorts both ran. Pure: labels by session in, keys out."""

from collections import Counter
from collections.abc import Callable, Sequence

from sessions_platform.statistics.results import MIN_PAIRED

Labels = dict[str, str]
"""A value by session id."""
_JOINED = "\x1f"


def joined_keys(labels: Sequence[Labels]) -> Labels:
    """One key of several segments; sessions that lack one have none."""
    shared = set(labels[0]).intersection(*labels[1:]) if labels else set()
    return {session: _JOINED.join(each[session] for each in labels) for session in shared}


def pair_count(keys: Labels, a: Sequence[str], b: Sequence[str]) -> int:
    """Keys that stand exactly once among the sessions of each cohort."""
    once = []
    for ids in (a, b):
        counted = Counter(keys[session] for session in ids if session in keys)
        once.append({key for key, times in counted.items() if times == 1})
    return len(once[0] & once[1])


def best_pairs(
    tasks: Labels, labels_of: Callable[[str], Labels], beside: Sequence[str], a: Sequence[str], b: Sequence[str]
) -> Labels | None:
    """The task's key alone, or with the one segment beside it that gives most pairs; None if most sessions have none.

    Task numbers often begin anew in each domain or data set: then it takes both to name a task.
    """
    fewest = min(len(a), len(b))
    found, most = tasks, pair_count(tasks, a, b)
    for name in sorted(beside):
        if most == fewest:
            break
        keys = joined_keys([tasks, labels_of(name)])
        count = pair_count(keys, a, b)
        if count > most:
            found, most = keys, count
    return found if fewest and most >= MIN_PAIRED * fewest else None
