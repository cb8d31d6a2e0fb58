"""The key facts of words: names, ids, numbers and quoted values that a task turns on, in lower case."""

import re
from collections.abc import Iterable

_FACT = re.compile(
    r"<\w+:[A-Z0-9]+>|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.[\w.]{2,64}|\"([^\"\n]{2,60})\"|`([^`\n]{2,60})`|“([^”\n]{2,60})”"
    r"|(?<![\w])#?(?=[\w./:@#-]{0,60}[\d_/]|[A-Za-z][\w]{0,60}-[\w]|[\w]{1,60}\.[a-z]{2,5}\b)[A-Za-z0-9][\w./:@-]{2,60}[\w]"
)
_PLAIN = re.compile(
    r"\d{1,3}(?:[.,:]\d{1,3})?(?:st|nd|rd|th|%|am|pm|h|m|s|ms|min|gb|mb|k|x)?|e\.g|i\.e|and/or|etc"
    r"|(?:re|pre|non|self|follow|set|log|sign|check|back|roll|up|well|long|short|high|low|real|end|one|two|first|last|day|full|part|on|off|in|out|all|semi|multi|post|co|cross)-[a-z]+(?:-[a-z]+)*"
    r"|[a-z]+-(?:up|in|out|off|on|to|of|by|based|related|friendly|only|free|time|date|end|wise|by-step)"
)
_MOST = 60
_LOOKED_AT = 8000


def facts_in(text: str) -> set[str]:
    """The facts of one text, at most 60."""
    found: set[str] = set()
    for one in _FACT.finditer(text[:_LOOKED_AT]):
        value = next((group for group in one.groups() if group), one.group()).lower().strip(".,:;#/")
        if len(value) >= 3 and not _PLAIN.fullmatch(value):
            found.add(value)
            if len(found) >= _MOST:
                break
    return found


def held_in(facts: Iterable[str], text: str) -> set[str]:
    """Those of the facts that a text holds."""
    low = text[: 3 * _LOOKED_AT].lower()
    return {fact for fact in facts if fact in low}
