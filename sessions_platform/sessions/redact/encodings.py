"""Looks through escapes (\\u0040, %40, &#64;) and base64, and writes base64 again.

What belongs here: undoing encodings so that places can be told in the source. What does not: what is looked for
(engine.py), JSON documents (redactor.py), which are decoded as JSON.
"""

import base64
import binascii
import html
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from sessions_platform.sessions.redact.table import compile_re2, table

# Backslashes before an escape may have been doubled by each layer of JSON: all of them are one unit.
_UNIT = re.compile(
    rb"\\+(?:u\{[0-9A-Fa-f]{1,6}\}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{2}|[nrtbf\"'/\\])"
    rb"|%[0-9A-Fa-f]{2}|&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"
)
_SIMPLE = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_READABLE = re.compile(rb"[\t\n\r\x20-\x7e]{6,}")
_WRAP = re.compile(rb"[\r\n]+|(?:\\+[rn])+")
_WRAPPED, _LONGEST_WRAP = 60, 16
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_TO_URL_SAFE = bytes.maketrans(b"+/", b"-_")


class Unescaped:
    """A text with its escapes undone once, and the way back to the places of the source."""

    def __init__(self, source: bytes) -> None:
        pieces: list[bytes] = []
        # Parallel lists: where a piece begins in the view and in the source, and whether it is an escape.
        self._view: list[int] = []
        self._source: list[int] = []
        self._unit: list[bool] = []
        at, last = 0, 0
        for match in _UNIT.finditer(source):
            meaning = _meaning(match.group())
            for piece, start, unit in ((source[last : match.start()], last, False), (meaning, match.start(), True)):
                if piece:
                    pieces.append(piece)
                    self._view.append(at)
                    self._source.append(start)
                    self._unit.append(unit)
                    at += len(piece)
            last = match.end()
        pieces.append(source[last:])
        self._view += [at, at + len(source) - last]
        self._source += [last, len(source)]
        self._unit += [False, False]
        self.data = b"".join(pieces)

    def source(self, start: int, end: int) -> tuple[int, int]:
        """The places in the source that view[start:end] came from; an escape is taken whole."""
        first = bisect_right(self._view, start) - 1
        last = bisect_right(self._view, end - 1) - 1
        begin = self._source[first] + (0 if self._unit[first] else start - self._view[first])
        if self._unit[last]:
            return begin, self._source[last + 1]
        return begin, self._source[last] + end - self._view[last]


@lru_cache(maxsize=4096)
def _meaning(unit: bytes) -> bytes:
    if unit[:1] == b"%":
        return bytes([int(unit[1:], 16)])
    if unit[:1] == b"&":
        return html.unescape(unit.decode("ascii")).encode("utf-8", "surrogatepass")
    letter = unit.lstrip(b"\\")
    if letter[:1] in (b"u", b"U", b"x"):
        code = int(letter[1:].strip(b"{}"), 16)
        return chr(code).encode("utf-8", "surrogatepass") if code < 0x110000 else unit
    return _SIMPLE.get(letter, letter or b"\\")


@lru_cache(maxsize=1)
def _runs() -> Any:
    return compile_re2(table().doors["base64"])


def base64_runs(data: bytes) -> Iterator[tuple[int, int]]:
    """Whole runs of base64 characters that somewhere stand for readable text; the lines of a wrapped one are joined."""
    position, search = 0, _runs().search
    begin = stop = -1
    while (match := search(data, position)) is not None:
        start, end = match.span()
        joined = (
            begin >= 0
            and start - stop <= _LONGEST_WRAP
            and stop - begin >= _WRAPPED
            and _WRAP.fullmatch(data, stop, start)
        )
        if not joined:
            if begin >= 0:
                yield begin, stop
            begin = start
        stop = position = end
    if begin >= 0:
        yield begin, stop


def rewrite_base64(run: bytes, change: Callable[[bytes], bytes]) -> bytes | None:
    """The run with each readable stretch behind it changed; None if nothing changed.

    Any of four alignments may be the right one.
    """
    compact = _WRAP.sub(b"", run)
    body = compact.rstrip(b"=")
    if b"=" in body:  # several padded pieces, one a line: each is a run of its own
        changed = [rewrite_base64(piece, change) for piece in re.split(rb"(?<==)(?=[^=])", compact)]
        if all(piece is None for piece in changed):
            return None
        return b"".join(new or old for new, old in zip(changed, re.split(rb"(?<==)(?=[^=])", compact), strict=True))
    url_safe = b"-" in body or b"_" in body
    padded = len(body) < len(compact)
    for phase in range(4):
        rest = (len(body) - phase) % 4
        stop = len(body) - 1 if rest == 1 else len(body)
        decoded = _decode(body[phase:stop])
        changed_text = _change_readable(decoded, change)
        if changed_text != decoded:
            encoded = base64.b64encode(changed_text)
            if not padded and (url_safe or rest):
                encoded = encoded.rstrip(b"=")
            return body[:phase] + (encoded.translate(_TO_URL_SAFE) if url_safe else encoded) + body[stop:]
    return None


def _decode(body: bytes) -> bytes:
    try:
        return base64.b64decode(body.translate(_URL_SAFE) + b"=" * (-len(body) % 4))
    except (binascii.Error, ValueError):
        return b""


def _change_readable(decoded: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Binary data may hold anything by chance: only stretches of readable characters are looked at."""
    pieces, last = [], 0
    for match in _READABLE.finditer(decoded):
        pieces += [decoded[last : match.start()], change(match.group())]
        last = match.end()
    pieces.append(decoded[last:])
    return b"".join(pieces)


def stretches(run: bytes) -> Iterator[bytes]:
    """Every readable stretch behind a run, in each alignment; for looking only."""
    for piece in re.split(rb"=+", _WRAP.sub(b"", run)):
        for phase in range(4):
            stop = len(piece) - 1 if (len(piece) - phase) % 4 == 1 else len(piece)
            yield from _READABLE.findall(_decode(piece[phase:stop]))
