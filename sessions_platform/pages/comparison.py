"""A comparison of two cohorts as the pages ask for it: parameters, the answer (kept), readers of single segments.

Figures come from `statistics`; nothing is computed from sessions here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sessions_platform.analytics import Record
from sessions_platform.pages.asked import Asked, BadRequest, pairs
from sessions_platform.pages.sessions import choices
from sessions_platform.pages.site import Site
from sessions_platform.sql import statement
from sessions_platform.statistics.from_file import BETWEEN, Reader
from sessions_platform.statistics.results import Comparison

NO_MIX = "none"
EVERY_KEY = "all"
_MIX = "task"
_PARAMETERS = ("a", "b", "metric", "since", "until", "mix", "asked", "by", "within")


class Kept:
    """Answers of a reader, each asked once: a screen asks the same of every segment."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._answers: dict[str, list[Record]] = {}
        self._by_session: dict[str, dict[str, list[Record]]] = {}

    def records(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Record]:
        """Rows of one statement."""
        key = f"{sql}{parameters!r}"
        if key not in self._answers:
            self._answers[key] = self._reader.records(sql, parameters)
        return self._answers[key]

    def of_sessions(self, ids: Iterable[str], sql: str, parameters: Mapping[str, Any] | None = None) -> list[Record]:
        """Those rows that are about these sessions; all of a statement that is not about sessions."""
        rows = self.records(sql, parameters)
        if not rows or "session_id" not in rows[0]:
            return rows
        key = f"{sql}{parameters!r}"
        if key not in self._by_session:
            held = self._by_session[key] = defaultdict(list)
            for row in rows:
                held[row["session_id"]].append(row)
        return [row for one in ids for row in self._by_session[key].get(one, ())]

    def data_version(self) -> str:
        """Version of the published data."""
        return self._reader.data_version()


class Narrowed:
    """A reader that knows of some sessions alone, in this order: those of one segment."""

    def __init__(self, reader: Kept, ids: Iterable[str]) -> None:
        self._reader, self._ids = reader, list(ids)

    def records(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Record]:
        """Rows of one statement, of these sessions."""
        return self._reader.of_sessions(self._ids, sql, parameters)

    def data_version(self) -> str:
        """Version of the published data."""
        return self._reader.data_version()


def parameters(asked: Asked) -> dict[str, str]:
    """What is compared, as it stands in the address; empty where it is not given."""
    given = {name: asked.text(name) or "" for name in _PARAMETERS}
    given |= {name: asked.exact(name) or "" for name in ("a", "b", "within")}
    given |= {"since": asked.day("since") or "", "until": asked.day("until") or ""}
    if given["within"]:
        pairs([given["within"]])
    return {**given, "metric": given["metric"] or "success_rate"}


def form_of(site: Site, asked: Asked) -> Record:
    """What the form of a comparison shows: values to choose from, and what is given."""
    from sessions_platform.statistics.metrics import METRICS

    found = choices(site)
    keys = dict.fromkeys(one.partition(":")[0] for one in found["segments"])
    given = parameters(asked)
    return {
        "choices": found,
        "metrics": {name: metric.words for name, metric in METRICS.items()},
        "given": {**given, "mix": given["mix"] or _MIX},
        "mixes": list(dict.fromkeys([*keys, _MIX])),
        "keys": [*keys, "agent", "tool"],
    }


def compared(site: Site, asked: Asked) -> Record:
    """The comparison that a request asks for; of the sessions of one segment, where `within` names one."""
    given = parameters(asked)
    found: Record = site.kept("cohorts", {**given, "by": ""}, lambda: _compared(site, given).as_record())
    return found


def _compared(site: Site, given: Mapping[str, str]) -> Comparison:
    if not given["within"]:
        return _compare(site.analytics, given)
    reader = Kept(site.analytics)
    ids = [row["session_id"] for row in values(reader, given, given["within"])]
    if not ids:
        raise BadRequest(f"within: no session of these dates has {given['within']!r}")
    return compare_within(reader, given, ids)


def compare_within(reader: Kept, given: Mapping[str, str], ids: Iterable[str]) -> Comparison:
    """The cohorts' sessions among these. Where a cohort has none, only what it would take can be said."""
    from sessions_platform.statistics.cohorts import compare
    from sessions_platform.statistics.metrics import metric_of
    from sessions_platform.statistics.samples import Sample

    narrowed = Narrowed(reader, ids)
    found = {given[side]: values(narrowed, given, given[side]) for side in ("a", "b")}
    if all(found.values()):
        return _compare(narrowed, given)
    metric = metric_of(given["metric"])
    samples = []
    for name, rows in found.items():
        amounts = [float("nan") if row["value"] is None else row["value"] for row in rows]
        weights = [row["weight"] for row in rows] if metric.weighted else None
        samples.append(Sample(name, amounts, [row["user_id"] for row in rows], weights=weights))
    a, b = samples
    return compare(a, b, metric.kind, metric=metric.words, unit=metric.unit, asked=effect_asked(given))


def _compare(reader: Reader, given: Mapping[str, str]) -> Comparison:
    from sessions_platform.statistics.from_file import cohort_comparison

    mix = None if given["mix"] == NO_MIX else given["mix"] or _MIX
    return cohort_comparison(
        reader, given["a"], given["b"], given["metric"], since=given["since"] or None, until=given["until"] or None,
        strata=mix, asked=effect_asked(given),
    )  # fmt: skip


def values(reader: Reader, given: Mapping[str, str], cohort: str) -> list[Record]:
    """The sessions of a cohort, each with its value of the metric (from_file's question, in its words)."""
    from sessions_platform.statistics.metrics import metric_of

    key, _, value = cohort.partition(":")
    bounds = {"since": given["since"] or None, "until": given["until"] or None}
    labels = [f"{key}{BETWEEN}{value}"]
    return reader.records(
        statement("queries/cohort_values"), {"metric": metric_of(given["metric"]).name, "labels": labels, **bounds}
    )


def effect_asked(given: Mapping[str, str]) -> float | None:
    """The effect one wants to be able to see: points of a rate as a fraction, else in the metric's unit."""
    from sessions_platform.statistics.metrics import metric_of

    if not given["asked"]:
        return None
    try:
        wanted = float(given["asked"])
    except ValueError:
        wanted = 0.0
    rate = metric_of(given["metric"]).kind == "rate"
    if not 0 < wanted < (100 if rate else 1e12):
        raise BadRequest(f"asked: {given['asked']!r} is not a difference that can be seen; give one such as 5")
    return wanted / 100 if rate else wanted


def figure(found: Record) -> str:
    """How figures of this comparison are written: a name of `formats.FORMATS`."""
    if found["kind"] == "rate":
        return "share"
    return {"USD": "usd", "seconds": "seconds"}.get(found["unit"], "number")


def difference(found: Record) -> str:
    """How differences are written, in the unit of `scale`: a name of `formats.FORMATS`."""
    return "number" if found["kind"] == "rate" else figure(found)


def scale(found: Record) -> tuple[float, str]:
    """What differences are multiplied by for people, and their unit."""
    return (100.0, "percentage points") if found["kind"] == "rate" else (1.0, found["unit"])
