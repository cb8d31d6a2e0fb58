"""Pages of `GET /api/public/v3/scores`."""

import itertools
import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import msgspec
from starlette.datastructures import QueryParams

from sessions_platform.demo.dataset import Dataset
from sessions_platform.demo.query import (
    decode_cursor,
    encode_cursor,
    invalid,
    parse_instant,
    read_instant,
    read_limit,
    read_list,
)

CORE = (
    *("id", "projectId", "name", "value", "dataType", "source", "timestamp", "environment", "createdAt", "updatedAt"),
)
GROUPS = {
    "details": ("comment", "configId", "metadata"),
    "subject": ("subject",),
    "annotation": ("authorUserId", "queueId"),
}
_LISTS = ("id", "name", "environment", "configId", "queueId", "authorUserId")
_LISTS_ANY_CASE = ("source", "dataType")
Score = Mapping[str, Any]
Test = Callable[[Score], bool]


def page(dataset: Dataset, params: QueryParams, project_id: str, oldest_ms: int | None) -> tuple[bytes, int]:
    """The answer's body and its number of scores, newest first. Raises Refused for what the API refuses."""
    limit = read_limit(params, 50, 100)
    keys = _keys(read_list(params, "fields"))
    rows = list(itertools.islice(_matching(dataset, params, oldest_ms), limit + 1))
    meta: dict[str, Any] = {"limit": limit}
    if len(rows) > limit:
        last = rows[limit - 1]
        meta["cursor"] = encode_cursor({"v": 1, "lastTimestamp": last["timestamp"], "lastId": last["id"]})
    data = [_render(score, keys, project_id) for score in rows[:limit]]
    return msgspec.json.encode({"data": data, "meta": meta}), len(data)


def _keys(groups: list[str]) -> tuple[str, ...]:
    unknown = [group for group in groups if group not in GROUPS]
    if unknown:
        raise invalid("fields", f"Unknown field groups: {', '.join(unknown)}", "invalid_enum_value")
    return (*CORE, *(key for group in GROUPS if group in groups for key in GROUPS[group]))


def _render(score: Score, keys: tuple[str, ...], project_id: str) -> dict[str, Any]:
    row = {key: score.get(key) for key in keys}
    row["projectId"] = project_id or score.get("projectId") or "proj-demo"
    row["environment"] = score.get("environment") or "default"
    for key in ("createdAt", "updatedAt"):
        row[key] = score.get(key) or score["timestamp"]
    return row


def _key(score: Score) -> tuple[int, str]:
    return parse_instant(score["timestamp"], "timestamp"), score["id"]


def _matching(dataset: Dataset, params: QueryParams, oldest_ms: int | None) -> Iterator[Score]:
    scores = dataset.scores
    since, until = read_instant(params, "fromTimestamp"), read_instant(params, "toTimestamp")
    if oldest_ms is not None:
        since = max(since or oldest_ms, oldest_ms)
    low = 0 if since is None else bisect_left(scores, (since, ""), key=_key)
    high = len(scores) if until is None else bisect_left(scores, (until, ""), key=_key)
    if cursor := params.get("cursor"):
        high = min(high, bisect_left(scores, _position(cursor), key=_key))
    tests = [*_column_tests(params), *_subject_tests(params), *_value_tests(params)]
    newest_first = (scores[index] for index in range(high - 1, low - 1, -1))
    return (score for score in newest_first if all(test(score) for test in tests))


def _position(cursor: str) -> tuple[int, str]:
    value = decode_cursor(cursor)
    if "lastTimestamp" not in value or "lastId" not in value:
        raise invalid("cursor", "Invalid cursor format")
    return parse_instant(value["lastTimestamp"], "cursor"), str(value["lastId"])


def _column_tests(params: QueryParams) -> Iterator[Test]:
    for name in _LISTS:
        if wanted := set(read_list(params, name)):
            yield partial(_column_in, name, wanted)
    for name in _LISTS_ANY_CASE:
        if wanted := {value.upper() for value in read_list(params, name)}:
            yield partial(_column_in, name, wanted)


def _column_in(name: str, wanted: set[str], score: Score) -> bool:
    return score.get(name) in wanted


def _subject_tests(params: QueryParams) -> Iterator[Test]:
    traces, sessions, experiments, observations = (
        set(read_list(params, name)) for name in ("traceId", "sessionId", "experimentId", "observationId")
    )
    if sum(map(bool, (traces, sessions, experiments))) > 1:
        raise invalid("traceId", "traceId, sessionId and experimentId are mutually exclusive")
    if observations and not traces:
        raise invalid("observationId", "observationId requires traceId")
    if sessions:
        yield lambda score: _subject(score, "session") in sessions
    if experiments:
        yield lambda score: _subject(score, "experiment") in experiments
    if observations:
        yield lambda score: _subject(score, "observation") in observations and _subject(score, "in trace") in traces
    elif traces:
        yield lambda score: bool({_subject(score, "trace"), _subject(score, "in trace")} & traces)


def _subject(score: Score, kind: str) -> str | None:
    """The id of what the score is about where it is of this kind; "in trace" is the trace of a scored observation."""
    subject = score.get("subject") or {}
    if kind == "in trace":
        return subject.get("traceId") if subject.get("kind") == "observation" else None
    return subject.get("id") if subject.get("kind") == kind else None


def _value_tests(params: QueryParams) -> Iterator[Test]:
    kinds = [kind.upper() for kind in read_list(params, "dataType")]
    if values := read_list(params, "value"):
        if len(kinds) != 1 or kinds[0] not in ("NUMERIC", "BOOLEAN", "CATEGORICAL"):
            raise invalid("value", "value requires a single dataType of NUMERIC, BOOLEAN, CATEGORICAL")
        wanted = {_typed(kinds[0], value) for value in values}
        yield lambda score: score.get("value") in wanted
    low, high = _number(params, "valueMin", -math.inf), _number(params, "valueMax", math.inf)
    if math.isfinite(low) or math.isfinite(high):
        if kinds != ["NUMERIC"]:
            raise invalid("valueMin", "valueMin and valueMax require dataType=NUMERIC")
        yield lambda score: low <= float(score["value"]) <= high


def _typed(kind: str, text: str) -> str | float | bool:
    if kind == "BOOLEAN":
        if text not in ("true", "false"):
            raise invalid("value", "Expected true or false")
        return text == "true"
    return _finite(text, "value") if kind == "NUMERIC" else text


def _number(params: QueryParams, name: str, default: float) -> float:
    text = params.get(name)
    return default if text is None or text == "" else _finite(text, name)


def _finite(text: str, name: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise invalid(name, "Expected a finite number", "invalid_type")
    return value
