"""The same table under Python's `re`, without gates and prefilters: slow, and independent of RE2."""

import re
from functools import lru_cache

from sessions_platform.sessions.redact.engine import crosses, token_spans, value_span
from sessions_platform.sessions.redact.table import Rule, table


@lru_cache(maxsize=1)
def _compiled() -> list[tuple[Rule, re.Pattern[bytes]]]:
    return [(rule, re.compile(rule.expression.encode("latin-1"))) for rule in table().rules]


def still_there(text: str) -> list[tuple[str, str]]:
    """(rule, value) of all that the table finds in a text outside tokens."""
    data = text.encode("utf-8", "surrogatepass")
    tokens = token_spans(data)
    found = []
    for rule, expression in _compiled():
        position = 0
        while position <= len(data) and (match := expression.search(data, position)) is not None:
            start, end = value_span(match)
            span = (start, end) if rule.validator is None else rule.validator(data, start, end)
            if span is not None and not crosses(tokens, match.start(), match.end(), *span):
                found.append((rule.name, data[span[0] : span[1]].decode("utf-8", "replace")))
            position = match.start() + 1
    return found
