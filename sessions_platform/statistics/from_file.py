"""Comparisons, screens and trends of the published file, through whoever reads it (`SessionAnalytics`).

Reading alone: figures come from the pure modules beside it, SQL from sql/queries/. Cohorts are named `key:value`, by a
segment, or by version, release, environment, agent or tool.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal, Protocol

from sessions_platform.errors import PlatformError
from sessions_platform.sql import statement
from sessions_platform.statistics.cohorts import compare
from sessions_platform.statistics.matching import Labels, best_pairs, joined_keys
from sessions_platform.statistics.metrics import Metric, UnknownCohort, metric_of, near
from sessions_platform.statistics.multiple import screened
from sessions_platform.statistics.results import ALPHA, Comparison, Kind
from sessions_platform.statistics.samples import Sample
from sessions_platform.statistics.trends import DAILY, WEEKLY, Look, control_bands, period_of

Record = dict[str, Any]
SPECIAL = ("version", "release", "environment", "agent", "tool")
TASK_KEYS = ("task_id", "case_id", "example_id", "dataset_item_id")
"""Segments that name the task a session ran, where a caller does not say which."""
MOST_VALUES = 50
BETWEEN = "\x1f"


class Reader(Protocol):
    """Whoever answers SQL on the published file, such as SessionAnalytics."""

    def records(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Record]:
        """Rows of one statement as dicts."""

    def data_version(self) -> str:
        """Version of the published data."""


@dataclass(frozen=True, slots=True)
class Window:
    """Bounds of first_date, both included; None for open."""

    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Trend:
    """A metric by week or day, each with the band that the periods before it leave."""

    metric: str
    kind: Kind
    unit: str
    by: Literal["week", "day"]
    segment: str | None
    false_alarms: float
    data_version: str
    looks: tuple[Look, ...]

    def as_record(self) -> Record:
        """The same as plain data that JSON can carry."""
        return asdict(self)


def cohort_comparison(
    analytics: Reader,
    a: str,
    b: str,
    metric: str = "success_rate",
    *,
    since: str | None = None,
    until: str | None = None,
    strata: str | None = "task",
    pair_by: Sequence[str] | Literal["auto"] | None = "auto",
    asked: float | None = None,
) -> Comparison:
    """Cohort b against cohort a, each `key:value`. UnknownMetric or UnknownCohort name what is near.

    `strata` is the segment on whose mix both are compared; `pair_by` the segments that name a task (`auto`: found where
    most tasks were run once by each). Sessions of both cohorts are left out.
    """
    about, window = metric_of(metric), Window(since, until)
    cohorts = [_cohort(analytics, name, about, window) for name in (a, b)]
    both = {row["session_id"] for row in cohorts[0]} & {row["session_id"] for row in cohorts[1]}
    kept = [[row for row in rows if row["session_id"] not in both] for rows in cohorts]
    own = {name.partition(":")[0] for name in (a, b)}
    mixes = _labels(analytics, strata, window) if strata and strata not in own else None
    keys = _pair_keys(analytics, pair_by, kept, own, window) if not about.weighted else None
    samples = [_sample(name, rows, about, mixes, keys) for name, rows in zip((a, b), kept, strict=True)]
    found = compare(
        samples[0],
        samples[1],
        about.kind,
        metric=about.words,
        unit=about.unit,
        strata_name=f"{strata}s",
        asked=asked,
    )
    if not both:
        return found
    return replace(found, notes=(*found.notes, f"{len(both)} sessions belong to both cohorts and are left out."))


def segment_screen(
    analytics: Reader, key: str, metric: str = "success_rate", *, since: str | None = None, until: str | None = None
) -> list[Comparison]:
    """Every value of a key (b) against all other sessions (a), with Benjamini-Hochberg over them; smallest q first.

    Of more than 50 values, those with most sessions.
    """
    about, window = metric_of(metric), Window(since, until)
    rows = _values(analytics, about, window)
    having: dict[str, set[str]] = defaultdict(set)
    for row in _label_rows(analytics, key, window):
        having[row["value"]].add(row["session_id"])
    if not having:
        raise UnknownCohort(f"no session has the key {key!r}: {near(key, _keys(analytics))}")
    found = []
    for value in sorted(having, key=lambda name: (-len(having[name]), name))[:MOST_VALUES]:
        inside = [row for row in rows if row["session_id"] in having[value]]
        outside = [row for row in rows if row["session_id"] not in having[value]]
        a, b = _sample("the other sessions", outside, about), _sample(f"{key}:{value}", inside, about)
        found.append(compare(a, b, about.kind, metric=about.words, unit=about.unit))
    return screened(found)


def trends(
    analytics: Reader,
    metric: str = "success_rate",
    by: Literal["week", "day"] = "week",
    *,
    segment: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> Trend:
    """A metric by ISO week (its Monday) or day, over all sessions or one `key:value`, oldest first, gaps included."""
    import numpy as np

    if by not in ("week", "day"):
        raise PlatformError(f"by {by!r}: choose week or day")
    about, window = metric_of(metric), Window(since, until)
    rows = _cohort(analytics, segment, about, window) if segment else _values(analytics, about, window)
    held: dict[date, list[Record]] = defaultdict(list)
    for row in rows:
        held[_start(date.fromisoformat(row["first_date"]), by)].append(row)
    periods = []
    for start in _steps(held, by):
        values = np.array([_number(row["value"]) for row in held.get(start, [])], dtype=np.float64)
        weights = np.array([row["weight"] for row in held.get(start, [])], dtype=np.float64)
        periods.append(period_of(start.isoformat(), values, weights, about.kind))
    looks = control_bands(periods, about.kind, WEEKLY if by == "week" else DAILY)
    return Trend(
        about.name,
        about.kind,
        about.unit or "fraction",
        by,
        segment,
        ALPHA,
        analytics.data_version(),
        tuple(looks),
    )


def _cohort(analytics: Reader, name: str, metric: Metric, window: Window) -> list[Record]:
    key, colon, value = name.partition(":")
    if not colon or not key or not value:
        raise UnknownCohort(f"cohort {name!r}: write key:value, such as version:2.1")
    rows = _values(analytics, metric, window, [f"{key}{BETWEEN}{value}"])
    if not rows:
        known = {row["value"] for row in _label_rows(analytics, key, Window())}
        if not known:
            raise UnknownCohort(f"no session has the key {key!r}: {near(key, _keys(analytics))}")
        if value not in known:
            raise UnknownCohort(f"no session has {name!r}: {near(value, known)}")
    return rows


def _values(analytics: Reader, metric: Metric, window: Window, labels: Sequence[str] = ()) -> list[Record]:
    asked = {"metric": metric.name, "labels": list(labels), "since": window.since, "until": window.until}
    return analytics.records(statement("queries/cohort_values"), asked)


def _label_rows(analytics: Reader, key: str, window: Window) -> list[Record]:
    asked = {"key": key, "since": window.since, "until": window.until}
    return analytics.records(statement("queries/cohort_labels"), asked)


def _labels(analytics: Reader, key: str, window: Window) -> Labels:
    """The value of a key by session; of several, all of them."""
    found: Labels = {}
    for row in _label_rows(analytics, key, window):
        before = found.get(row["session_id"])
        found[row["session_id"]] = f"{before} + {row['value']}" if before else row["value"]
    return found


def _keys(analytics: Reader) -> list[str]:
    return [*SPECIAL, *(row["key"] for row in analytics.records(statement("queries/cohort_keys")))]


def _pair_keys(
    analytics: Reader,
    pair_by: Sequence[str] | Literal["auto"] | None,
    cohorts: Sequence[Sequence[Record]],
    own: set[str],
    window: Window,
) -> Labels | None:
    """The key of the task that each session ran; None where there are no pairs to look for."""
    if pair_by is None:
        return None
    if pair_by != "auto":
        return joined_keys([_labels(analytics, key, window) for key in pair_by])
    ids = [[row["session_id"] for row in rows] for rows in cohorts]
    known = {row["key"]: row for row in analytics.records(statement("queries/cohort_keys"))}
    for key in TASK_KEYS:
        if key in known and key not in own:
            beside = [
                name
                for name, row in known.items()
                if row["single"] and 1 < row["value_count"] <= MOST_VALUES and name not in {key, *own}
            ]
            tasks = _labels(analytics, key, window)
            return best_pairs(tasks, lambda name: _labels(analytics, name, window), beside, ids[0], ids[1])
    return None


def _sample(
    name: str, rows: Sequence[Record], metric: Metric, mixes: Labels | None = None, keys: Labels | None = None
) -> Sample:
    ids = [row["session_id"] for row in rows]
    return Sample(
        name,
        [_number(row["value"]) for row in rows],
        [row["user_id"] for row in rows],
        [mixes.get(session) for session in ids] if mixes is not None else None,
        [keys.get(session) for session in ids] if keys is not None else None,
        [row["weight"] for row in rows] if metric.weighted else None,
    )


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _start(day: date, by: str) -> date:
    return day - timedelta(days=day.weekday()) if by == "week" else day


def _steps(held: Mapping[date, object], by: str) -> list[date]:
    """Every period from the first to the last that has sessions."""
    if not held:
        return []
    step = 7 if by == "week" else 1
    first, last = min(held), max(held)
    return [first + timedelta(days=n) for n in range(0, (last - first).days + 1, step)]
