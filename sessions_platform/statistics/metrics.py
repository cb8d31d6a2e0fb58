"""The metrics by which cohorts and weeks are compared: what kind of figure each is, its words and its unit."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from sessions_platform.errors import PlatformError
from sessions_platform.statistics.results import Kind


class UnknownMetric(PlatformError):
    """There is no metric of this name."""


class UnknownCohort(PlatformError):
    """No session has this key, or this value of it."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure of sessions. Its SQL stands in queries/cohort_values.sql."""

    name: str
    kind: Kind
    words: str
    unit: str = ""
    weighted: bool = False


METRICS = {
    metric.name: metric
    for metric in (
        Metric("success_rate", "rate", "success rate"),
        Metric("completion_rate", "rate", "completion rate"),
        Metric("tool_success_rate", "rate", "tool success rate", weighted=True),
        Metric("turns", "median", "median number of turns", "turns"),
        Metric("cost", "median", "median cost", "USD"),
        Metric("duration", "median", "median duration", "seconds"),
        Metric("messages", "median", "median number of messages", "messages"),
    )
}
_OTHER_NAMES = {
    "total_cost_usd": "cost",
    "total_turns": "turns",
    "duration_seconds": "duration",
    "message_count": "messages",
}


def metric_of(name: str) -> Metric:
    """The metric of a name (a column's name does, too). UnknownMetric names the near ones."""
    found = METRICS.get(_OTHER_NAMES.get(name, name))
    if found is None:
        raise UnknownMetric(f"unknown metric {name!r}: {near(name, METRICS)}")
    return found


def near(name: str, known: Iterable[str]) -> str:
    """What was perhaps meant: the names most like this one, else some of those there are."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    if close:
        return f"did you mean {' or '.join(close)}?"
    return f"there are {', '.join(names[:10])}{', ...' if len(names) > 10 else ''}" if names else "there are none yet"
