"""Agent frameworks that write their own objects down: CrewAI's results, agno's runs, and agno's messages as Python
`repr` text (`role='user' content='…' name=None tool_calls=[…] …`)."""

import ast
import re
from typing import Any

from sessions_platform.sessions.messages.roles import is_role, role_of
from sessions_platform.sessions.messages.shapes.chat import read_message
from sessions_platform.sessions.messages.walk import Shape, Walk

_REPR_START = re.compile(r"role='(\w+)' (?:content|name|id)=")
_KEY = re.compile(r"\s*(\w+)=")
_TOKEN = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[(\[{]|[)\]}]|\s+|[^\s'"()\[\]{}]+|.""", re.DOTALL)
_WANTED = frozenset(("role", "content", "name", "tool_call_id", "tool_calls", "reasoning_content", "tool_name"))
_FLAGS = frozenset(("tool_call_error",))


def _is_crew(item: dict[str, Any]) -> bool:
    return isinstance(item.get("raw"), str) and ("tasks_output" in item or "output_format" in item)


def _read_crew(item: dict[str, Any], walk: Walk) -> None:
    walk.say(item["raw"], "assistant")


def _is_run(item: dict[str, Any]) -> bool:
    return isinstance(item.get("content"), str) and "content_type" in item and "role" not in item


def _read_run(item: dict[str, Any], walk: Walk) -> None:
    walk.say(item["content"], "assistant")


def _is_repr(text: str) -> bool:
    start = _REPR_START.match(text)
    return start is not None and is_role(start.group(1))


def _read_repr(text: str, walk: Walk) -> None:
    fields = _fields(text)
    if fields.get("tool_name") and not fields.get("name"):
        fields["name"] = fields["tool_name"]
    read_message(fields, walk, role_of(fields.get("role"), walk.role))


def _fields(text: str) -> dict[str, Any]:
    """The wanted fields of a pydantic `repr`. What can't be evaluated is kept as its text."""
    fields: dict[str, Any] = {}
    position = 0
    while (key := _KEY.match(text, position)) is not None:
        position = _value_end(text, key.end())
        if key.group(1) in _WANTED or key.group(1) in _FLAGS:
            fields[key.group(1)] = _evaluate(text[key.end() : position])
    return fields


def _value_end(text: str, position: int) -> int:
    depth = 0
    for token in _TOKEN.finditer(text, position):
        word = token.group()
        if depth <= 0 and word[0].isspace():
            return token.start()
        if len(word) == 1:
            depth += (word in "([{") - (word in ")]}")
    return len(text)


def _evaluate(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return text


SHAPES = (
    Shape("crewai", _is_crew, _read_crew),
    Shape("agno", _is_run, _read_run),
)
TEXT_SHAPES = (Shape("agno_repr", _is_repr, _read_repr),)
