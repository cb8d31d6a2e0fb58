"""JSON as tracers write it: fast where it is valid, tolerant where it is not.

`parse` never raises for bad text; `decode_nested` opens JSON that was encoded into a string, up to three times.
"""

import json
from typing import Any

import msgspec

_decoder = msgspec.json.Decoder()
_encoder = msgspec.json.Encoder()
_OPENERS = ("{", "[", '"')
MAX_DEPTH = 3


class NotJson(ValueError):
    """The text is not a JSON document."""


def parse(text: str | bytes) -> Any:
    """The value of a JSON document; NaN, infinities and lone surrogates are accepted. Raises NotJson."""
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        pass
    try:
        return scrub(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise NotJson(str(error)) from None


def dump(value: Any) -> str:
    """Compact JSON text of plain values; lone surrogates become the replacement character, NaN becomes null."""
    return dump_bytes(value).decode()


def dump_bytes(value: Any) -> bytes:
    """As `dump`, in UTF-8."""
    try:
        return _encoder.encode(value)
    except (UnicodeEncodeError, msgspec.MsgspecError):
        return _encoder.encode(scrub(value))


def decode_nested(text: str) -> Any:
    """The value behind up to three layers of JSON-in-a-string; the text itself where it is not JSON."""
    value: Any = text
    for _ in range(MAX_DEPTH):
        if not isinstance(value, str) or value.lstrip()[:1] not in _OPENERS:
            return value
        try:
            value = parse(value)
        except NotJson:
            return value
    return value


def scrub(value: Any) -> Any:
    """The same value with lone surrogates replaced, so that it can be written as UTF-8."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    if isinstance(value, list):
        return [scrub(item) for item in value]
    if isinstance(value, dict):
        return {str(scrub(key)): scrub(item) for key, item in value.items()}
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value
