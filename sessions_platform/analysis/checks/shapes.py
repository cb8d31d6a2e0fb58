"""Exact quotes out of texts, and shapes: masked words that are equal for events of one kind.

Only both ends of a text are looked at, so that a log of megabytes costs no more than one of a few kilobytes.
"""

import re
from typing import Any

import re2

END_CHARACTERS = 8000
QUOTE_CHARACTERS = 300
SHAPE_CHARACTERS = 120
_LEAD = 60
"""Characters kept before the match where its line is longer than a quote."""
_BETWEEN = r"(?:[\s*_`\"'~]+)"
_APOSTROPHE = "(?:['’`´]|&#39;)?"
_CLASS = re.compile(r"(\[(?:\\.|[^\]\\])*\])")
_QUOTED = re.compile(r"<\w+:[A-Z0-9]+>|\"[^\"\n]{0,120}\"|'[^'\n]{0,120}'|`[^`\n]{0,120}`|“[^”\n]{0,120}”")
_PATHS = re.compile(r"(?:https?://|www\.)\S+|(?:~|\.{1,2})?/[\w.@~+-]+(?:/[\w.@~+-]*)*|[A-Za-z]:\\\S+")
_IDS = re.compile(r"\b(?=[\w-]*\d)[\w-]+(?:\.[\w-]+)*\b|\b[\w.+-]{1,64}@[\w.-]{1,64}\b|--?[a-z][\w-]+=\S+")
_HYPHENED = re.compile(r"\b[a-z]+(?:[-_][a-z]+)+\b", re.IGNORECASE)
_SIGNS = re.compile(r"[^\w#\s:%<>-]+")
_VOLATILE = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
    r"|\b\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?\b"
    r"|\b\d+(?:\.\d+)? ?(?:ms|s|sec|secs|seconds?|m|min|mins|minutes?|h|hours?|d)\b"
    r"|\b(?=[0-9a-f-]{0,40}\d)[0-9a-f]{7,64}(?:-[0-9a-f]{4,})*\b|\b(?:attempt|try|retry|request|trace|req)\W{0,3}#?\d+",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?。！？])\s+|\n+")


def words(*alternatives: str) -> Any:
    """A pattern of re2 over running text: blanks match what stands between words, markdown too; apostrophes may be any.

    Runs in time linear in the text, whatever is in it.
    """
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    # Signs inside a character class stand for themselves: every second piece is such a class.
    pieces = _CLASS.split("|".join(alternatives))
    pieces[::2] = [piece.replace("'", _APOSTROPHE).replace(" ", _BETWEEN) for piece in pieces[::2]]
    return re2.compile("".join(pieces), options)


def ends_of(text: str, most: int = END_CHARACTERS) -> str:
    """The text, or its two ends where it is longer; a lone surrogate, which no pattern can read, is a question mark."""
    if len(text) > 2 * most:
        text = f"{text[:most]}\n{text[-most:]}"
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def quote_of(text: str, pattern: Any = None) -> str:
    """An exact piece of the text, at most 300 characters: the sentence the pattern is found in, else the first line."""
    if len(text) > 2 * END_CHARACTERS:
        head = text[:END_CHARACTERS]
        tail = text[-END_CHARACTERS:]
        return _quoted(tail, pattern) if pattern and not _search(pattern, head) else _quoted(head, pattern)
    return _quoted(text, pattern)


def quote_at(text: str, words_there: str) -> str:
    """The sentence in which these exact words stand, '' where they do not stand in the text's ends."""
    for part in (text,) if len(text) <= 2 * END_CHARACTERS else (text[-END_CHARACTERS:], text[:END_CHARACTERS]):
        place = part.find(words_there)
        if place >= 0:
            start = max(part.rfind("\n", 0, place) + 1, place - _LEAD)
            end = part.find("\n", place)
            return part[start : end if end >= 0 else len(part)][:QUOTE_CHARACTERS].strip()
    return ""


def last_line(text: str) -> str:
    """The last sentence of a text, exact, at most 300 characters."""
    stripped = text[-END_CHARACTERS:].rstrip()
    start = max((found.end() for found in _SENTENCE_END.finditer(stripped)), default=0)
    return stripped[start:][:QUOTE_CHARACTERS].strip()


def sentences(text: str) -> list[str]:
    """The sentences of both ends of a text, each an exact piece of it."""
    parts = [text] if len(text) <= 2 * END_CHARACTERS else [text[:END_CHARACTERS], text[-END_CHARACTERS:]]
    return [piece for part in parts for one in _SENTENCE_END.split(part) if (piece := one.strip())]


def shape_of(text: str) -> str:
    """The words of one line, masked: quoted names, paths, numbers and ids are `#`, case and signs fall away."""
    line = " ".join(text[: 4 * SHAPE_CHARACTERS].split())
    for pattern in (_QUOTED, _PATHS, _IDS, _HYPHENED):
        line = pattern.sub("#", line)
    line = _SIGNS.sub(" ", line).lower()
    return " ".join(line.split())[:SHAPE_CHARACTERS].strip()


def steady(text: str) -> str:
    """A result without times, durations and request ids: equal for two results that say the same."""
    short = text if len(text) <= 4000 else f"{text[:2000]}{len(text)}{text[-2000:]}"
    return _VOLATILE.sub("#", " ".join(short.split()))


def _search(pattern: Any, text: str) -> Any:
    return pattern.search(text if text.isascii() else text.encode("utf-8", "replace").decode())


def _quoted(text: str, pattern: Any) -> str:
    found = _search(pattern, text) if pattern is not None else None
    at = found.start() if found else len(text) - len(text.lstrip())
    bounds = [0, *(one.end() for one in _SENTENCE_END.finditer(text)), len(text)]
    start = max(bound for bound in bounds if bound <= at)
    end = min((bound for bound in bounds if bound > max(at, found.end() - 1 if found else at)), default=len(text))
    if end - start > QUOTE_CHARACTERS:
        start = max(start, at - _LEAD)
        end = min(end, start + QUOTE_CHARACTERS)
    return text[start:end].strip()
