"""`GET /api/public/v2/metrics`: aggregates over the same rows the other endpoints answer with, duplicates included."""

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import msgspec

from sessions_platform.demo.dataset import Dataset
from sessions_platform.demo.filters import COLUMNS, Conditions
from sessions_platform.demo.query import from_ms, invalid, parse_instant
from sessions_platform.sessions import jsontext

Record = tuple[int, Any]
"""Milliseconds of the record, and the record: an Entry or a score."""
HIGH_CARDINALITY = {"id", "traceId", "userId", "sessionId", "parentObservationId", "observationId"}
OBSERVATION_DIMENSIONS: dict[str, Callable[[Any], Any]] = {
    **{name: COLUMNS[name] for name in ("environment", "type", "name", "level", "version", "tags", "release")},
    **{name: COLUMNS[name] for name in ("traceName", "promptName", "promptVersion", "isRootObservation")},
    **{"providedModelName": COLUMNS["model"], "traceRelease": COLUMNS["release"], "traceVersion": COLUMNS["version"]},
    "startTimeMonth": lambda entry: entry.row.start_time[:7],
}


def _milliseconds(seconds: float | None) -> float | None:
    # Rows carry seconds, metrics milliseconds: the API really differs between the two.
    return None if seconds is None else seconds * 1000


OBSERVATION_MEASURES: dict[str, Callable[[Any], float | None]] = {
    "count": lambda entry: 1,
    "latency": lambda entry: _milliseconds(entry.row.latency),
    "timeToFirstToken": lambda entry: _milliseconds(entry.row.time_to_first_token),
    "inputTokens": lambda entry: entry.row.input_usage or 0,
    "outputTokens": lambda entry: entry.row.output_usage or 0,
    "totalTokens": lambda entry: entry.row.total_usage or 0,
    "inputCost": lambda entry: entry.row.input_cost,
    "outputCost": lambda entry: entry.row.output_cost,
    "totalCost": lambda entry: entry.row.total_cost,
}
_SCORE_VIEWS: dict[str, tuple[str, ...]] = {
    "scores-numeric": ("NUMERIC", "BOOLEAN"),
    "scores-boolean": ("BOOLEAN",),
    "scores-categorical": ("CATEGORICAL",),
}
_SCORE_COLUMNS = ("environment", "name", "source", "dataType", "configId")
_WIDTHS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_WIDTHS["week"] = timedelta(weeks=1)
_PERCENTILES = {"p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99}


def _percentile(share: float, values: list[float]) -> float | None:
    if not values:
        return None
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low, high = math.floor(place), math.ceil(place)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


_AGGREGATIONS: dict[str, Callable[[list[float]], float | None]] = {
    "sum": lambda values: sum(values),
    "count": lambda values: len(values),
    "avg": lambda values: sum(values) / len(values) if values else None,
    "min": lambda values: min(values, default=None),
    "max": lambda values: max(values, default=None),
    **{name: partial(_percentile, share) for name, share in _PERCENTILES.items()},
}


def answer(dataset: Dataset, query_text: str | None, oldest_ms: int | None) -> tuple[bytes, int]:
    """The answer's body and its number of rows. Raises Refused for what the API refuses."""
    query = _read_query(query_text)
    records, dimensions, measures = _view(dataset, query, oldest_ms)
    keys = [(str(d.get("field")), _dimension(d, dimensions)) for d in query.get("dimensions") or []]
    if time_dimension := query.get("timeDimension"):
        keys.insert(0, ("time_dimension", _bucket(time_dimension)))
    metrics = [_metric(metric, measures) for metric in query["metrics"]]
    groups: dict[tuple[Any, ...], list[Any]] = {}
    for record in records:
        groups.setdefault(tuple(_hashable(read(record)) for _, read in keys), []).append(record[1])
    if not keys:
        # Without grouping, SQL answers one row even over nothing.
        groups.setdefault((), [])
    names = [name for name, _ in keys]
    rows = [
        dict(zip(names, map(_plain, group), strict=True)) | {name: compute(members) for name, compute in metrics}
        for group, members in groups.items()
    ]
    data = _ordered(rows, query, names)[: _row_limit(query)]
    return msgspec.json.encode({"data": data}), len(data)


def _read_query(text: str | None) -> dict[str, Any]:
    if not text:
        raise invalid("query", "Required", "invalid_type")
    try:
        query = jsontext.parse(text)
    except jsontext.NotJson:
        raise invalid("query", "Invalid JSON in query") from None
    if not isinstance(query, dict) or not query.get("metrics"):
        raise invalid("metrics", "At least one metric must be provided", "too_small")
    for name in ("dimensions", "metrics", "filters", "orderBy"):
        items = query.get(name) or []
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise invalid(name, "Expected array of objects", "invalid_type")
    for name in ("timeDimension", "config"):
        if not isinstance(query.get(name) or {}, dict):
            raise invalid(name, "Expected object", "invalid_type")
    return query


def _view(
    dataset: Dataset, query: Mapping[str, Any], oldest_ms: int | None
) -> tuple[Iterable[Record], Mapping[str, Callable[[Any], Any]], Mapping[str, Callable[[Any], float | None]]]:
    since, until = (parse_instant(query.get(name), name) for name in ("fromTimestamp", "toTimestamp"))
    if since >= until:
        raise invalid("toTimestamp", "toTimestamp must be after fromTimestamp")
    if oldest_ms is not None:
        since = max(since, oldest_ms)
    view = query.get("view")
    filters = query.get("filters") or []
    if view == "observations":
        match = Conditions(filters).match
        entries = (entry for entry in dataset.window(since, until) if match(entry))
        return ((entry.start_ms, entry) for entry in entries), OBSERVATION_DIMENSIONS, OBSERVATION_MEASURES
    if view not in _SCORE_VIEWS:
        raise invalid("view", "Invalid enum value", "invalid_enum_value")
    return _score_records(dataset, str(view), since, until, filters), _score_dimensions(str(view)), _SCORE_MEASURES


_SCORE_MEASURES: dict[str, Callable[[Any], float | None]] = {
    "count": lambda score: 1,
    "value": lambda score: float(score["value"]) if isinstance(score["value"], int | float) else None,
}


def _score_dimensions(view: str) -> Mapping[str, Callable[[Any], Any]]:
    def reader(name: str) -> Callable[[Any], Any]:
        return lambda score: score.get(name)

    value_name = {"scores-boolean": "booleanValue", "scores-categorical": "stringValue"}.get(view, "value")
    return {name: reader(name) for name in _SCORE_COLUMNS} | {
        value_name: reader("value"),
        "timestampMonth": lambda score: score["timestamp"][:7],
        "timestampDay": lambda score: score["timestamp"][:10],
    }


def _score_records(
    dataset: Dataset, view: str, since: int, until: int, filters: Iterable[Mapping[str, Any]]
) -> Iterable[Record]:
    scores = dataset.scores

    def moment(score: Mapping[str, Any]) -> int:
        return parse_instant(score["timestamp"], "timestamp")

    low, high = (bisect_left(scores, bound, key=moment) for bound in (since, until))
    tests = [_score_test(condition) for condition in filters]
    for score in scores[low:high]:
        if score["dataType"] in _SCORE_VIEWS[view] and all(test(score) for test in tests):
            yield moment(score), score


def _score_test(condition: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], bool]:
    column, operator, value = (condition.get(name) for name in ("column", "operator", "value"))
    if column not in _SCORE_COLUMNS:
        raise invalid("filters", f"Invalid filter column {column!r}")
    wanted = value if isinstance(value, list) else [value]
    if operator in ("=", "any of"):
        return lambda score: score.get(str(column)) in wanted
    if operator == "none of":
        return lambda score: score.get(str(column)) not in wanted
    raise invalid("filters", f"Invalid operator {operator!r}", "invalid_enum_value")


def _dimension(dimension: Mapping[str, Any], known: Mapping[str, Callable[[Any], Any]]) -> Callable[[Record], Any]:
    field = str(dimension.get("field"))
    if field in HIGH_CARDINALITY:
        raise invalid("dimensions", f"High cardinality dimension {field!r} cannot be grouped by; filter on it instead")
    if field not in known:
        raise invalid("dimensions", f"Invalid dimension {field!r}")
    read = known[field]
    return lambda record: read(record[1])


def _bucket(time_dimension: Mapping[str, Any]) -> Callable[[Record], str]:
    granularity = str(time_dimension.get("granularity"))
    if granularity == "month":
        return lambda record: from_ms(record[0])[:7] + "-01T00:00:00.000Z"
    if granularity not in _WIDTHS:
        raise invalid("timeDimension", f"Invalid granularity {granularity!r}", "invalid_enum_value")
    width = int(_WIDTHS[granularity].total_seconds() * 1000)
    # Weeks begin on Monday, and 1970-01-05 is the first Monday of the epoch.
    origin = int(datetime(1970, 1, 5, tzinfo=UTC).timestamp() * 1000) if granularity == "week" else 0
    return lambda record: from_ms((record[0] - origin) // width * width + origin)


def _metric(
    metric: Mapping[str, Any], measures: Mapping[str, Callable[[Any], float | None]]
) -> tuple[str, Callable[[list[Any]], float | None]]:
    measure, aggregation = str(metric.get("measure")), str(metric.get("aggregation"))
    if measure not in measures:
        raise invalid("metrics", f"Invalid measure {measure!r}")
    if aggregation not in _AGGREGATIONS:
        raise invalid("metrics", f"Invalid aggregation {aggregation!r}", "invalid_enum_value")
    read, combine = measures[measure], _AGGREGATIONS[aggregation]

    def compute(members: list[Any]) -> float | None:
        return combine([value for member in members if (value := read(member)) is not None])

    return f"{aggregation}_{measure}", compute


def _ordered(rows: list[dict[str, Any]], query: Mapping[str, Any], names: list[str]) -> list[dict[str, Any]]:
    rows = sorted(rows, key=lambda row: [_rank(row[name]) for name in names])
    # Sorting by the last key first keeps the earlier keys decisive.
    for order in reversed(query.get("orderBy") or []):
        field = str(order.get("field"))
        if rows and field not in rows[0]:
            raise invalid("orderBy", f"Invalid orderBy field {field!r}")
        rows = sorted(rows, key=lambda row: _rank(row[field]), reverse=order.get("direction") == "desc")  # noqa: B023
    return rows


def _rank(value: Any) -> tuple[bool, float, str]:
    number = float(value) if isinstance(value, int | float) else 0.0
    return value is not None, number, str(value)


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _row_limit(query: Mapping[str, Any]) -> int:
    limit = (query.get("config") or {}).get("row_limit", 100)
    if not isinstance(limit, int) or not 1 <= limit <= 1000:
        raise invalid("config", "row_limit must be between 1 and 1000", "too_big")
    return limit
