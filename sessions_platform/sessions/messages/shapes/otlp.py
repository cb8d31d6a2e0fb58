"""OTLP AnyValue: structured attributes that reached Langfuse undecoded, e.g. a list of
`{"kvlistValue": {"values": [{"key", "value": {"stringValue"}}]}}`, each usually as a string."""

from typing import Any

from sessions_platform.sessions.messages.walk import Shape, Walk

_TYPES = ("kvlist", "array", "string", "int", "double", "bool", "bytes")
_KINDS = frozenset((*(f"{name}Value" for name in _TYPES), *(f"{name}_value" for name in _TYPES)))


def _is_any_value(item: dict[str, Any]) -> bool:
    return len(item) == 1 and next(iter(item)) in _KINDS


def _read_any_value(item: dict[str, Any], walk: Walk) -> None:
    walk.value(decode(item))


def decode(value: Any) -> Any:
    """The plain value of an AnyValue; anything else as it is."""
    if not isinstance(value, dict) or not _is_any_value(value):
        return value
    kind, inner = next(iter(value.items()))
    if kind.startswith("kvlist"):
        pairs = _values(inner)
        return {str(pair.get("key")): decode(pair.get("value")) for pair in pairs if isinstance(pair, dict)}
    if kind.startswith("array"):
        return [decode(item) for item in _values(inner)]
    return _integer(inner) if kind.startswith("int") else inner


def _values(inner: Any) -> list[Any]:
    values = inner.get("values") if isinstance(inner, dict) else inner
    return values if isinstance(values, list) else []


def _integer(inner: Any) -> Any:
    # OTLP writes 64-bit integers as strings.
    return (
        int(inner) if isinstance(inner, str) and inner.lstrip("-").isascii() and inner.lstrip("-").isdigit() else inner
    )


SHAPES = (Shape("otlp", _is_any_value, _read_any_value, wraps=True),)
