"""The value behind a wire text: JSON, JSON in a string (in a string), a Python literal, or just text.

What the value means is not decided here.
"""

import ast
import json
from typing import Any, NamedTuple

from sessions_platform.sessions import jsontext

TRUNCATION_MARK = "[TRUNCATED"
_LITERAL_LIMIT = 200_000
_JSON_STARTS = ('{"', '[{"', "[[{", '"{\\', '"[{')
_LITERAL_STARTS = ("{'", "[{'", "[[{'")


class Opened(NamedTuple):
    """A wire value, opened."""

    value: Any
    """None where there is nothing; a str where it is plain text."""
    text: str | None
    """The innermost text that `value` was parsed from; None if it arrived parsed."""
    truncated: bool = False
    """The text began as JSON but is cut off; `value` is the text."""


def open_value(value: Any) -> Opened:
    """Undoes up to three layers of encoding. Empty and null in any layer are None. Never raises."""
    text: str | None = None
    for _ in range(jsontext.MAX_DEPTH):
        if not isinstance(value, str):
            break
        start = value.lstrip()[:3]
        if start[:1] not in ("{", "[", '"'):
            break
        try:
            parsed = jsontext.parse(value)
        except jsontext.NotJson:
            return _not_json(value, start)
        text, value = value, parsed
    if isinstance(value, str):
        return Opened(None if value.strip() in ("", "null") else value, value)
    return Opened(value, text)


def json_text(value: Any) -> str:
    """Compact JSON; for what JSON has no word for, Python's."""
    try:
        return jsontext.dump(value)
    except (TypeError, ValueError, OverflowError, RecursionError):
        pass
    try:
        return json.dumps(value, default=str, skipkeys=True, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return f"[unreadable {type(value).__name__}]"


def literal(text: str) -> Any:
    """The value of a Python literal that JSON can hold; None if it is none. For tracers that write `str(dict)`."""
    if len(text) > _LITERAL_LIMIT:
        return None
    try:
        return jsontext.parse(jsontext.dump_bytes(ast.literal_eval(text.strip())))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError, OverflowError):
        return None


def parse_object(text: str) -> Any:
    """The dict or list that a text holds; None for any other text."""
    value = open_value(text).value
    return value if isinstance(value, (dict, list)) else None


def _not_json(text: str, start: str) -> Opened:
    if start.startswith(_LITERAL_STARTS):
        value = literal(text)
        if isinstance(value, (dict, list)):
            return Opened(value, text)
    cut = start.startswith(_JSON_STARTS) or (start[0] != '"' and TRUNCATION_MARK in text[-60:])
    return Opened(text, text, truncated=cut)
