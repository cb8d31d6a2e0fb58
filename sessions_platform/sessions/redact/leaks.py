"""The check before an object is put in place: does anything unmistakable still stand in it?

What belongs here: looking, independent of the redactor's memory and of its walk over JSON. What does not: replacing
(engine.py).
"""

import re
from functools import lru_cache

from sessions_platform.sessions.redact import encodings
from sessions_platform.sessions.redact.engine import Scanner, crosses, token_spans
from sessions_platform.sessions.redact.table import table

_DEPTH = 5
# Ids of rows are left as they are, and may by chance look like a card number.
_ID_BEFORE = re.compile(rb"[iI]d\\*\"\s*:\s*\\*\"$")


@lru_cache(maxsize=1)
def _scanner() -> Scanner:
    return Scanner(tuple(rule for rule in table().rules if rule.unmistakable))


def leaks(data: bytes | str) -> list[str]:
    """Classes of unmistakable secrets and personal data that stand in a text, also behind escapes and base64;
    sorted.
    """
    found: set[str] = set()
    _look(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data, found, 0)
    return sorted(found)


def _look(data: bytes, found: set[str], depth: int) -> None:
    scanner = _scanner()
    tokens: list[tuple[int, int]] | None = None
    for index in scanner.open(data):
        if index < len(scanner.rules):
            tokens = token_spans(data) if tokens is None else tokens
            _by_rule(scanner, index, data, tokens, found)
        elif depth < _DEPTH:
            _behind(scanner.doors[index - len(scanner.rules)], data, found, depth)


def _by_rule(scanner: Scanner, index: int, data: bytes, tokens: list[tuple[int, int]], found: set[str]) -> None:
    rule = scanner.rules[index]
    if rule.class_ in found:
        return
    for start, end, match_start, match_end in scanner.matches(index, data):
        if not crosses(tokens, match_start, match_end, start, end) and not _ID_BEFORE.search(
            data[max(0, start - 16) : start]
        ):
            found.add(rule.class_)
            return


def _behind(door: str, data: bytes, found: set[str], depth: int) -> None:
    if door == "base64":
        for start, end in encodings.base64_runs(data):
            for text in encodings.stretches(data[start:end]):
                _look(text, found, depth + 1)
        return
    view = encodings.Unescaped(data).data
    if view != data:
        _look(view, found, depth + 1)
