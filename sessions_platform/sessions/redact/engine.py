"""Finds the spans of a text that the table, the known names, and what stands behind encodings give away.

What belongs here: running rules over bytes, settling overlaps, and going on until nothing is left. What does not:
single shapes (patterns.toml), undoing encodings (encodings.py), rows and JSON (redactor.py).
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import re2

from sessions_platform.sessions.redact import encodings
from sessions_platform.sessions.redact.known import KnownNames
from sessions_platform.sessions.redact.normalisers import plain
from sessions_platform.sessions.redact.table import Rule, compile_re2, options, table

MAX_DEPTH = 6
MAX_PASSES = 8
# A candidate longer than this that is turned down is skipped whole: trying again one character on would be quadratic.
_RETRY_LENGTH = 64
_NUMERIC = frozenset(("digits", "colon", "octets", "iban"))
# From this length on, the passes after the first look only at the lines around what they changed.
_LONG = 4096
_AROUND = 256
_TOKEN = re.compile(rb"<[a-z0-9_]{2,24}:[A-Z2-7]{13}>")

Classes = tuple[str, ...]


class Candidate(NamedTuple):
    """What shall stand instead of data[start:end]; a door's candidate counts all that was found behind it."""

    rank: int
    start: int
    end: int
    order: int
    replacement: bytes
    classes: Classes


class Scanner:
    """The compiled rules behind the table's gates. Indices below `len(rules)` are rules, those after it `doors`."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        self.doors = ("escapes", "base64")
        self._compiled = [compile_re2(rule.expression) for rule in rules]
        self._gates = re2.Set.SearchSet(options())
        self._numeric = tuple(index for index, rule in enumerate(rules) if rule.gates <= _NUMERIC)
        self._numbers = re2.Set.SearchSet(options())
        for index in self._numeric:
            self._numbers.Add(rules[index].expression.encode("latin-1"))
        self._numbers.Compile()
        self._behind: dict[int, tuple[int, ...]] = {}
        needed = [*(rule.gates for rule in rules), *(frozenset((door,)) for door in self.doors)]
        for name, expression in table().gates.items():
            behind = tuple(index for index, gates in enumerate(needed) if name in gates)
            if behind:
                self._behind[self._gates.Add(expression.encode("latin-1"))] = behind
        self._gates.Compile()

    def open(self, data: bytes) -> list[int]:
        """The rules and doors worth trying, ascending; mostly none.

        All gates are one automaton, which reads the text once.
        """
        opened = self._gates.Match(data)
        if not opened:
            return []
        indices = {index for gate in opened for index in self._behind[gate]}
        if not indices.isdisjoint(self._numeric):
            # Every log has figures, few have one of these: a second automaton tells which, in the time of one rule.
            indices.difference_update(self._numeric)
            indices.update(self._numeric[place] for place in self._numbers.Match(data) or ())
        return sorted(indices)

    def matches(self, index: int, data: bytes) -> Iterator[tuple[int, int, int, int]]:
        """(value start, value end, match start, match end) of one rule, look-alikes turned down."""
        rule, search = self.rules[index], self._compiled[index].search
        position, size = 0, len(data)
        while position <= size and (match := search(data, position)) is not None:
            start, end = value_span(match)
            span = (start, end) if rule.validator is None else rule.validator(data, start, end)
            if span is not None:
                yield span[0], span[1], match.start(), match.end()
                position = max(span[1], position + 1)
            elif match.end() - match.start() > _RETRY_LENGTH:
                position = max(end, position + 1)
            else:
                position = match.start() + 1


def value_span(match: Any) -> tuple[int, int]:
    """The last group that took part, else the whole match; of a match of RE2 or `re`."""
    for group in range(len(match.groups()), 0, -1):
        span: tuple[int, int] = match.span(group)
        if span[0] >= 0:
            return span
    whole: tuple[int, int] = match.span()
    return whole


@lru_cache(maxsize=1)
def scanner() -> Scanner:
    """The scanner of the whole table; it has no state, so one serves all."""
    return Scanner(table().rules)


class TextEngine:
    """Redacts bytes, given a way to make tokens and the names known in the trace."""

    def __init__(self, token: Callable[[str, str], str], known: KnownNames) -> None:
        self._token = token
        self._known = known
        self._scanner = scanner()

    def redact(self, data: bytes, names: bool = False, depth: int = 0) -> tuple[bytes, Classes]:
        """The text without what was found, and the classes replaced.

        Runs until nothing more is found: so it is idempotent.
        """
        found: Classes = ()
        windows = [(0, len(data))]
        for _ in range(MAX_PASSES):
            candidates = self._in_windows(data, windows, names, depth)
            chosen = _settle(candidates, data) if candidates else []
            if not chosen:
                return data, found
            data, places = _splice(data, chosen)
            windows = _lines_around(data, places)
            found += tuple(name for candidate in chosen for name in candidate.classes)
        return self._make("opaque", data, plain), (*found, "opaque")

    def _in_windows(self, data: bytes, windows: list[tuple[int, int]], names: bool, depth: int) -> list[Candidate]:
        if len(windows) == 1 and windows[0] == (0, len(data)):
            return self._candidates(data, names, depth)
        return [
            found._replace(start=found.start + first, end=found.end + first)
            for first, last in windows
            for found in self._candidates(data[first:last], names, depth)
        ]

    def _make(self, class_: str, value: bytes, normalise: Callable[[str], str]) -> bytes:
        return self._token(class_, normalise(value.decode("utf-8", "surrogateescape"))).encode()

    def _candidates(self, data: bytes, names: bool, depth: int) -> list[Candidate]:
        candidates: list[Candidate] = []
        rules = self._scanner.rules
        tokens = token_spans(data)
        for index in self._scanner.open(data):
            if index >= len(rules):
                candidates += self._behind(self._scanner.doors[index - len(rules)], data, names, depth)
            elif not (names and rules[index].exempt_in_names):
                candidates += self._by_rule(index, data, tokens)
        if not names:
            for start, end, class_, value in self._known.find(data):
                candidates.append(Candidate(1, start, end, 500, self._make(class_, value, plain), (class_,)))
        return candidates

    def _by_rule(self, index: int, data: bytes, tokens: list[tuple[int, int]]) -> Iterator[Candidate]:
        rule = self._scanner.rules[index]
        for start, end, match_start, match_end in self._scanner.matches(index, data):
            # The words before a value must be the text's own, not those of a token made in an earlier pass.
            if not crosses(tokens, match_start, match_end, start, end):
                replacement = self._make(rule.class_, data[start:end], rule.normalise)
                yield Candidate(rule.rank, start, end, index, replacement, (rule.class_,))

    def _behind(self, door: str, data: bytes, names: bool, depth: int) -> Iterator[Candidate]:
        if depth >= MAX_DEPTH:
            return
        if door == "base64":
            yield from self._behind_base64(data, names, depth)
            return
        view = encodings.Unescaped(data)
        if view.data == data:
            return
        for found in self._candidates(view.data, names, depth + 1):
            start, end = view.source(found.start, found.end)
            yield found._replace(start=start, end=end, order=found.order - 1000)

    def _behind_base64(self, data: bytes, names: bool, depth: int) -> Iterator[Candidate]:
        for start, end in encodings.base64_runs(data):
            classes: Classes = ()

            def inner(text: bytes) -> bytes:
                nonlocal classes
                text, found = self.redact(text, names, depth + 1)
                classes += found
                return text

            replacement = encodings.rewrite_base64(data[start:end], inner)
            if replacement is not None:
                yield Candidate(1, start, end, 900, replacement, classes)


def token_spans(data: bytes) -> list[tuple[int, int]]:
    """Where tokens stand already."""
    return [match.span() for match in _TOKEN.finditer(data)] if b"<" in data else []


def crosses(tokens: list[tuple[int, int]], first: int, last: int, start: int, end: int) -> bool:
    """Whether a match first..last reaches into a token;
    one whose value start..end encloses the token is a find of its own.
    """
    place = max(0, bisect_right(tokens, (first, 0)) - 1)
    while place < len(tokens) and tokens[place][0] < last:
        t0, t1 = tokens[place]
        if first < t1 and (t0 < start or end < t1 or (t0, t1) == (start, end)):
            return True
        place += 1
    return False


def _settle(candidates: list[Candidate], data: bytes) -> list[Candidate]:
    """Candidates that don't overlap, by place: lower rank wins, then the longer, then the earlier rule."""
    tokens = token_spans(data)
    taken: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda c: (c.rank, c.start - c.end, c.order, c.start)):
        start, end = candidate.start, candidate.end
        if data[start:end] == candidate.replacement or crosses(tokens, start, end, start, end):
            continue
        taken.append(candidate)
    return _disjoint(taken)


def _disjoint(candidates: list[Candidate]) -> list[Candidate]:
    """In the order given, each that touches none taken before; sorted by place at the end.

    Places are kept in a byte map.
    """
    if not candidates:
        return []
    low = min(candidate.start for candidate in candidates)
    covered = bytearray(max(candidate.end for candidate in candidates) - low)
    chosen = []
    for candidate in candidates:
        start, end = candidate.start - low, candidate.end - low
        if start < end and not covered.find(1, start, end) >= 0:
            covered[start:end] = b"\x01" * (end - start)
            chosen.append(candidate)
    return sorted(chosen, key=lambda candidate: candidate.start)


def _splice(data: bytes, chosen: list[Candidate]) -> tuple[bytes, list[tuple[int, int]]]:
    """The new text, and where in it the replacements stand."""
    pieces, places, last, size = [], [], 0, 0
    for candidate in chosen:
        pieces += [data[last : candidate.start], candidate.replacement]
        size += candidate.start - last
        places.append((size, size + len(candidate.replacement)))
        size += len(candidate.replacement)
        last = candidate.end
    pieces.append(data[last:])
    return b"".join(pieces), places


def _lines_around(data: bytes, places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The lines near the places; all of a short text, or where the lines would be most of it."""
    whole = [(0, len(data))]
    if len(data) < _LONG or len(places) * _AROUND > len(data):
        return whole
    windows: list[tuple[int, int]] = []
    for start, end in places:
        first = data.rfind(b"\n", 0, max(0, start - _AROUND)) + 1
        last = data.find(b"\n", min(len(data), end + _AROUND))
        last = len(data) if last < 0 else last
        if windows and first <= windows[-1][1]:
            windows[-1] = (windows[-1][0], max(last, windows[-1][1]))
        else:
            windows.append((first, last))
    return windows if sum(last - first for first, last in windows) * 2 < len(data) else whole


def is_token(text: str) -> bool:
    """Whether the whole text is one token."""
    return text[:1] == "<" and _TOKEN.fullmatch(text.encode("utf-8", "replace")) is not None
