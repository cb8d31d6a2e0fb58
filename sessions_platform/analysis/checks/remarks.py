"""What each message of a session is like, in small pieces that can be counted over a week. Nothing is judged.

Sentences of agents and results, the fields of results and arguments, calls that are made again. What comes after the
last call is left out: how a session ends tells that it failed, not why. What users say is left out for the same reason.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from sessions_platform.analysis.checks.shapes import QUOTE_CHARACTERS, sentences
from sessions_platform.analysis.checks.trail import Call, Trail
from sessions_platform.analysis.model import Remark
from sessions_platform.sessions.jsontext import NotJson, parse

MOST = 240
_SENTENCES, _RESULT_SENTENCES = 12, 6
_RESULT_MOST, _PARSED_MOST = 600, 3000
_FIELDS, _DEPTH = 20, 2
_VALUE = 16
"""A short word as an argument says which variant was called; a longer one is content."""
_TIMES = (2, 3, 5, 8)
_VARIANTS = ("endpoint", "op", "method", "function", "procedure", "route", "resource", "kind", "type", "mode")
_VARIANT, _VARIANT_MOST = re.compile(r"[A-Za-z][A-Za-z._/-]{1,30}"), 80
_LINES = ("command", "cmd", "args")
_PLAIN = re.compile(r"[a-z][a-z_-]{1,20}")


def remarks_of(trail: Trail) -> Iterator[Remark]:
    """At most 240, in the order of messages; equal ones once."""
    known: set[tuple[str, str, str]] = set()
    for one in _all(trail):
        key = (one.sort, one.about, one.words)
        if key not in known:
            known.add(key)
            yield one
        if len(known) == MOST:
            return


def _all(trail: Trail) -> Iterator[Remark]:
    last = trail.calls[-1].index if trail.calls else -1
    said = iter([one for one in trail.said if one.index < last])
    ahead, before = next(said, None), (-1, "")
    again, of_turn = Counter[tuple[str, str]](), Counter[tuple[str, int]]()
    for call in trail.calls:
        while ahead is not None and ahead.index < call.index:
            for words in sentences(ahead.text)[:_SENTENCES]:
                after = before[1] if before[0] == ahead.turn else ""
                yield Remark(ahead.index, "said", "", words[:QUOTE_CHARACTERS], agent=ahead.agent, after=after)
            ahead = next(said, None)
        name = about(call)
        again[call.key] += 1
        of_turn[name, call.turn] += 1
        if again[call.key] in _TIMES:
            yield _remark(call, name, "repeat", f"same call {again[call.key]} times")
        if of_turn[name, call.turn] in _TIMES:
            yield _remark(call, name, "repeat", f"{of_turn[name, call.turn]} calls in a turn")
        yield from _of_result(call, name)
        yield from _of_arguments(call, name)
        before = call.turn, name


def _of_result(call: Call, name: str) -> Iterator[Remark]:
    if len(call.output) > _PARSED_MOST:
        return
    value = _parsed(call.output)
    if value is None:
        texts = [call.output]
    else:
        texts = list(_sentences_in(value))
        for fields in _forms(value):
            yield _remark(call, name, "form", fields)
    for text in texts:
        for words in sentences(text[:_RESULT_MOST])[:_RESULT_SENTENCES]:
            yield _remark(call, name, "result", words[:QUOTE_CHARACTERS])


def _of_arguments(call: Call, name: str) -> Iterator[Remark]:
    if len(call.arguments) > _PARSED_MOST or not isinstance(value := _parsed(call.arguments), dict):
        return
    for fields in _forms(value):
        yield _remark(call, name, "argument", fields)
    for key, one in value.items():
        if isinstance(one, str) and len(one) <= _VALUE and one.isalpha():
            yield _remark(call, name, "argument", f"{key}={one}")


def _remark(call: Call, name: str, sort: Any, words: str) -> Remark:
    return Remark(call.index, sort, name, words, call.tool, call.operation, call.agent)


def about(call: Call) -> str:
    """What was called: its label, and which of its variants where arguments say so (`endpoint`, a command's words)."""
    if call.operation:
        return call.label
    value = _parsed(call.arguments[:_PARSED_MOST])
    if not isinstance(value, dict):
        return call.label
    for key in _VARIANTS:
        if isinstance(one := value.get(key), str) and _VARIANT.fullmatch(one):
            return f"{call.label} {one}"
    line = next((one for key in _LINES if isinstance(one := value.get(key), str)), "")
    leading = takewhile(lambda word: bool(_PLAIN.fullmatch(word)), line[:_VARIANT_MOST].split()[:2])
    return " ".join((call.label, *leading))


def _parsed(text: str) -> Any:
    if text[:1] not in ("{", "["):
        return None
    try:
        return parse(text)
    except NotJson:
        return None


def _sentences_in(value: Any, depth: int = 0) -> Iterator[str]:
    """Strings of several words inside a value."""
    if isinstance(value, str) and " " in value:
        yield value
    elif isinstance(value, dict | list) and depth <= _DEPTH:
        for one in list(value.values() if isinstance(value, dict) else value)[:_FIELDS]:
            yield from _sentences_in(one, depth + 1)


def _forms(value: Any, above: str = "", depth: int = 0) -> Iterator[str]:
    """The names of a value's fields together, and each with what sort of value it has."""
    if isinstance(value, list):
        value, above = (value[0] if value else None), f"{above}[]."
    if not isinstance(value, dict) or depth > _DEPTH:
        return
    names = sorted(map(str, value))[:_FIELDS]
    yield f"{above}{{{' '.join(names)}}}"
    for name in names:
        yield f"{above}{name}: {_sort_of(value.get(name))}"
        yield from _forms(value.get(name), f"{above}{name}.", depth + 1)


def _sort_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return "text" if value.strip() else "no text"
    if isinstance(value, int | float):
        return "number" if value else "zero"
    return ("list" if value else "empty list") if isinstance(value, list) else "fields"
