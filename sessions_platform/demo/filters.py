"""The `filter` conditions of the read API: a JSON array read once into predicates over rows."""

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sessions_platform.demo.dataset import Entry
from sessions_platform.demo.query import invalid, parse_instant
from sessions_platform.sessions import jsontext

Predicate = Callable[[Entry], bool]
Reader = Callable[[Entry], Any]
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
    "=": operator.eq,
}
_TEXT: dict[str, Callable[[str, str], bool]] = {
    "=": operator.eq,
    "contains": lambda text, part: part.lower() in text.lower(),
    "does not contain": lambda text, part: part.lower() not in text.lower(),
    "starts with": str.startswith,
    "ends with": str.endswith,
    "matches": lambda text, pattern: re.search(pattern, text) is not None,
}
_SETS: dict[str, Callable[[set[str], set[str]], bool]] = {
    "any of": lambda have, want: bool(have & want),
    "none of": lambda have, want: not have & want,
    "all of": lambda have, want: want <= have,
}


def _end_ms(entry: Entry) -> int | None:
    return None if entry.row.end_time is None else parse_instant(entry.row.end_time, "endTime")


COLUMNS: dict[str, Reader] = {
    "id": lambda e: e.row.id,
    "traceId": lambda e: e.row.trace_id,
    "startTime": lambda e: e.start_ms,
    "endTime": _end_ms,
    "type": lambda e: e.row.type,
    "name": lambda e: e.row.name,
    "level": lambda e: e.row.level,
    "statusMessage": lambda e: e.row.status_message,
    "version": lambda e: e.row.version,
    "environment": lambda e: e.row.environment,
    "userId": lambda e: e.row.user_id,
    "sessionId": lambda e: e.row.session_id,
    "parentObservationId": lambda e: e.row.parent_observation_id,
    "isRootObservation": lambda e: e.row.is_root,
    "model": lambda e: e.row.model,
    "providedModelName": lambda e: e.row.model,
    "promptName": lambda e: e.row.prompt_name,
    "promptVersion": lambda e: e.row.prompt_version,
    "release": lambda e: e.row.release,
    "traceName": lambda e: e.row.trace_name,
    "tags": lambda e: e.row.tags,
    "traceTags": lambda e: e.row.tags,
    "latency": lambda e: e.row.latency,
    "timeToFirstToken": lambda e: e.row.time_to_first_token,
    "inputTokens": lambda e: e.row.input_usage,
    "outputTokens": lambda e: e.row.output_usage,
    "totalTokens": lambda e: e.row.total_usage,
    "inputCost": lambda e: e.row.input_cost,
    "outputCost": lambda e: e.row.output_cost,
    "totalCost": lambda e: e.row.total_cost,
}


class Conditions:
    """What a request filters by: one predicate a condition, and the columns and trace ids they name."""

    def __init__(self, conditions: Iterable[Mapping[str, Any]]) -> None:
        self.predicates: list[Predicate] = []
        self.columns: set[str] = set()
        self.trace_ids: list[str] | None = None
        for condition in conditions:
            self.add(condition)

    def add(self, condition: Mapping[str, Any]) -> None:
        column = str(condition.get("column"))
        self.predicates.append(predicate(condition))
        self.columns.add(column)
        if column == "traceId" and condition.get("operator") in ("=", "any of"):
            value = condition.get("value")
            self.trace_ids = [str(item) for item in value] if isinstance(value, list) else [str(value)]

    def match(self, entry: Entry) -> bool:
        return all(test(entry) for test in self.predicates)


def parse_conditions(text: str | None) -> list[Mapping[str, Any]]:
    """The conditions of the `filter` parameter, not yet checked one by one."""
    if not text:
        return []
    try:
        value = jsontext.parse(text)
    except jsontext.NotJson:
        raise invalid("filter", "Invalid JSON in filter") from None
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise invalid("filter", "Expected array of conditions", "invalid_type")
    return value


def predicate(condition: Mapping[str, Any]) -> Predicate:
    """The test of one condition. Raises Refused(400) for an unknown column, type or operator."""
    kind = str(condition.get("type"))
    build = _BUILDERS.get(kind)
    if build is None:
        raise invalid("filter", f"Invalid filter type {kind!r}", "invalid_union_discriminator")
    return build(_reader(condition), condition)


def _reader(condition: Mapping[str, Any]) -> Reader:
    column = str(condition.get("column"))
    if column == "metadata":
        key = str(condition.get("key"))
        return lambda entry: _metadata_value(entry, key)
    if column not in COLUMNS:
        raise invalid("filter", f"Invalid filter column {column!r}")
    return COLUMNS[column]


def _metadata_value(entry: Entry, key: str) -> Any:
    value = jsontext.parse(bytes(entry.columns().get("metadata", b"null")))
    found = value.get(key) if isinstance(value, dict) else None
    return found if found is None or isinstance(found, str) else jsontext.dump(found)


def _choose(table: Mapping[str, Any], condition: Mapping[str, Any]) -> Any:
    name = str(condition.get("operator"))
    if name not in table:
        raise invalid("filter", f"Invalid operator {name!r} for type {condition.get('type')!r}", "invalid_enum_value")
    return table[name]


def _text(read: Reader, condition: Mapping[str, Any]) -> Predicate:
    test, wanted = _choose(_TEXT, condition), condition.get("value")
    if not isinstance(wanted, str):
        raise invalid("filter", "Expected string value", "invalid_type")
    if condition.get("operator") == "matches":
        try:
            re.compile(wanted)
        except re.error:
            raise invalid("filter", "Invalid regular expression") from None
    return lambda entry: bool(test(str(read(entry) or ""), wanted))


def _options(read: Reader, condition: Mapping[str, Any]) -> Predicate:
    test, wanted = _choose(_SETS, condition), condition.get("value")
    if not isinstance(wanted, list):
        raise invalid("filter", "Expected array value", "invalid_type")
    want = {str(item) for item in wanted}

    def have(entry: Entry) -> set[str]:
        value = read(entry)
        return set(map(str, value)) if isinstance(value, list) else {str(value if value is not None else "")}

    return lambda entry: bool(test(have(entry), want))


def _instant(read: Reader, condition: Mapping[str, Any]) -> Predicate:
    test, wanted = _choose(_COMPARE, condition), parse_instant(condition.get("value"), "filter")
    return lambda entry: (value := read(entry)) is not None and test(value, wanted)


def _number(read: Reader, condition: Mapping[str, Any]) -> Predicate:
    test, wanted = _choose(_COMPARE, condition), condition.get("value")
    if isinstance(wanted, bool) or not isinstance(wanted, int | float):
        raise invalid("filter", "Expected number value", "invalid_type")
    return lambda entry: isinstance(value := read(entry), int | float) and test(value, wanted)


def _boolean(read: Reader, condition: Mapping[str, Any]) -> Predicate:
    test = _choose({"=": operator.eq, "<>": operator.ne}, condition)
    wanted = condition.get("value")
    if not isinstance(wanted, bool):
        raise invalid("filter", "Expected boolean value", "invalid_type")
    return lambda entry: bool(test(bool(read(entry)), wanted))


def _null(read: Reader, condition: Mapping[str, Any]) -> Predicate:
    wanted = _choose({"is null": True, "is not null": False}, condition)
    # The store keeps absent strings as empty ones, so both count as null.
    return lambda entry: (read(entry) in (None, "")) is wanted


_BUILDERS: dict[str, Callable[[Reader, Mapping[str, Any]], Predicate]] = {
    "string": _text,
    "stringObject": _text,
    "stringOptions": _options,
    "arrayOptions": _options,
    "categoryOptions": _options,
    "datetime": _instant,
    "number": _number,
    "numberObject": _number,
    "boolean": _boolean,
    "null": _null,
}
