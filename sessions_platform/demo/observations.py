"""Pages of `GET /api/public/v2/observations`: order, cursor, field groups."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.datastructures import QueryParams

from sessions_platform.demo.dataset import Dataset, Entry, sort_key
from sessions_platform.demo.filters import Conditions, parse_conditions
from sessions_platform.demo.query import (
    decode_cursor,
    encode_cursor,
    from_ms,
    invalid,
    parse_instant,
    read_flag,
    read_instant,
    read_limit,
    read_list,
)
from sessions_platform.sessions import jsontext

GROUPS: dict[str, tuple[str, ...]] = {
    "core": ("id", "traceId", "startTime", "endTime", "projectId", "parentObservationId", "type"),
    "basic": (
        *("name", "level", "statusMessage", "version", "environment", "bookmarked", "public", "userId", "sessionId"),
        "isRootObservation",
    ),
    "time": ("completionStartTime", "createdAt", "updatedAt"),
    "io": ("input", "output"),
    "metadata": ("metadata",),
    "model": ("model", "internalModelId", "modelParameters"),
    "usage": (
        *("usageDetails", "costDetails", "totalCost", "usagePricingTierName"),
        *("inputUsage", "outputUsage", "totalUsage", "inputCost", "outputCost"),
    ),
    "prompt": ("promptId", "promptName", "promptVersion"),
    "metrics": (),
    "trace_context": ("tags", "release", "traceName"),
}
PRICES = ("modelId", "inputPrice", "outputPrice", "totalPrice")
TIMINGS = ("latency", "timeToFirstToken")
_DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(("name", "statusMessage", "version", "userId", "sessionId", "model", "internalModelId"), ""),
    **dict.fromkeys(("promptId", "promptName", "release", "traceId"), ""),
    **dict.fromkeys(("inputUsage", "outputUsage", "totalUsage", "totalCost"), 0),
    **{"type": "SPAN", "level": "DEFAULT", "environment": "default", "bookmarked": False, "public": False},
    **{"metadata": {}, "usageDetails": {}, "costDetails": {}, "tags": []},
}
_DEFAULT_RAW = {key: msgspec.Raw(msgspec.json.encode(value)) for key, value in _DEFAULTS.items()}
_NULL = msgspec.Raw(b"null")
METADATA_CUT = 200
_SIMPLE = ("name", "userId", "sessionId", "type", "traceId", "level", "version")


@dataclass(frozen=True)
class Shape:
    """Which keys a row is answered with, and whether long metadata values are cut."""

    keys: tuple[str, ...]
    prices: bool
    cut_metadata: bool
    project_id: str


def page(dataset: Dataset, params: QueryParams, project_id: str, oldest_ms: int | None) -> tuple[bytes, int]:
    """The answer's body and its number of rows. Raises Refused for what the API refuses."""
    if params.get("parseIoAsJson") == "true":
        raise invalid("parseIoAsJson", "parseIoAsJson is no longer supported; input and output are raw strings")
    limit = read_limit(params, 50, 1000)
    shape = _shape(params, project_id)
    rows = list(itertools.islice(_matching(dataset, params, oldest_ms), limit + 1))
    meta = {} if len(rows) <= limit else {"cursor": _cursor_after(rows[limit - 1])}
    data = [_render(entry, shape) for entry in rows[:limit]]
    return msgspec.json.encode({"data": data, "meta": meta}), len(data)


def _shape(params: QueryParams, project_id: str) -> Shape:
    asked = set(read_list(params, "fields")) or {"core", "basic"}
    # A group the server does not know is passed over in silence; core always comes.
    keys = [key for group, columns in GROUPS.items() if group == "core" or group in asked for key in columns]
    cut = "metadata" in asked and "io" not in asked and not read_list(params, "expandMetadata")
    return Shape((*keys, *TIMINGS), "model" in asked, cut, project_id)


def _matching(dataset: Dataset, params: QueryParams, oldest_ms: int | None) -> Iterator[Entry]:
    conditions = _conditions(params)
    since, until = read_instant(params, "fromStartTime"), read_instant(params, "toStartTime")
    if "startTime" in conditions.columns:
        since = until = None
    if oldest_ms is not None:
        since = max(since or oldest_ms, oldest_ms)
    cursor = params.get("cursor")
    before = _position(cursor) if cursor else None
    candidates: Iterable[Entry]
    if conditions.trace_ids is None:
        candidates = dataset.window(since, until, before)
    else:
        candidates = (
            entry
            for entry in dataset.of_traces(conditions.trace_ids)
            if (since is None or entry.start_ms >= since)
            and (until is None or entry.start_ms < until)
            and (before is None or entry.key < before)
        )
    return filter(conditions.match, candidates)


def _conditions(params: QueryParams) -> Conditions:
    conditions = Conditions(parse_conditions(params.get("filter")))
    for condition in _simple_conditions(params):
        # A column named in `filter` wins over the parameter of the same name.
        if condition["column"] not in conditions.columns:
            conditions.add(condition)
    return conditions


def _simple_conditions(params: QueryParams) -> Iterator[Mapping[str, Any]]:
    for name in _SIMPLE:
        if value := params.get(name):
            yield {"type": "string", "column": name, "operator": "=", "value": value}
    level = params.get("level")
    if level and level not in ("DEBUG", "DEFAULT", "WARNING", "ERROR"):
        raise invalid("level", "Invalid enum value", "invalid_enum_value")
    parent = params.get("parentObservationId")
    if parent is not None:
        if parent:
            yield {"type": "string", "column": "parentObservationId", "operator": "=", "value": parent}
        else:
            yield {"type": "null", "column": "parentObservationId", "operator": "is null"}
    root = read_flag(params, "isRootObservation")
    if root is not None:
        yield {"type": "boolean", "column": "isRootObservation", "operator": "=", "value": root}
    if environments := [value for value in params.getlist("environment") if value]:
        yield {"type": "stringOptions", "column": "environment", "operator": "any of", "value": environments}


def _position(cursor: str) -> tuple[int, int, str]:
    value = decode_cursor(cursor)
    try:
        return sort_key(
            parse_instant(value["lastStartTimeTo"], "cursor"), str(value["lastTraceId"]), str(value["lastId"])
        )
    except KeyError:
        raise invalid("cursor", "Invalid cursor format") from None


def _cursor_after(entry: Entry) -> str:
    return encode_cursor(
        {"lastStartTimeTo": from_ms(entry.start_ms), "lastTraceId": entry.row.trace_id, "lastId": entry.row.id}
    )


def _render(entry: Entry, shape: Shape) -> dict[str, Any]:
    columns = entry.columns()
    row: dict[str, Any] = {key: columns[key] if key in columns else _DEFAULT_RAW.get(key, _NULL) for key in shape.keys}
    if shape.project_id:
        row["projectId"] = shape.project_id
    if "isRootObservation" in row and "isRootObservation" not in columns:
        row["isRootObservation"] = entry.row.is_root
    if shape.cut_metadata:
        row["metadata"] = _cut(row["metadata"])
    for key in PRICES:
        row[key] = columns.get(key, _NULL) if shape.prices else _NULL
    return row


def _cut(raw: msgspec.Raw) -> Any:
    metadata = msgspec.json.decode(raw)
    if not isinstance(metadata, dict):
        return metadata
    return {key: _cut_value(value) for key, value in metadata.items()}


def _cut_value(value: Any) -> Any:
    if isinstance(value, str):
        return value[:METADATA_CUT]
    text = jsontext.dump(value)
    # The store holds each value as text and cuts that; what is left of a long list is no list any more.
    return value if len(text) <= METADATA_CUT else text[:METADATA_CUT]
