"""Raw objects as streams of lines: nothing is held but one piece of a file."""

import io
from collections.abc import Iterator
from typing import Any

import msgspec
import zstandard

from sessions_platform.errors import StoreError
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.sessions.layout import CONTEXT, HOURS, raw_manifest_key, raw_scores_key, raw_slice_key

_READ_SIZE = 1 << 20


def raw_manifest(store: ObjectStore, date: str) -> tuple[dict[str, Any], bytes] | None:
    """The raw manifest of a date and its bytes, or None where the date was never extracted whole."""
    try:
        data = store.get(raw_manifest_key(date))
    except FileNotFoundError:
        return None
    try:
        return msgspec.json.decode(data, type=dict[str, Any]), data
    except msgspec.DecodeError as error:
        key = raw_manifest_key(date)
        raise StoreError(f"{key}: not valid JSON ({error}); extract {date} again with --force") from None


def observation_lines(store: ObjectStore, date: str) -> Iterator[bytes]:
    """Every raw row of a date, then the rows of other dates that complete its traces, one JSON text each."""
    for part in (*HOURS, CONTEXT):
        yield from lines(store, raw_slice_key(date, part))


def score_lines(store: ObjectStore, date: str) -> Iterator[bytes]:
    """Every raw score of a date."""
    yield from lines(store, raw_scores_key(date))


def lines(store: ObjectStore, key: str) -> Iterator[bytes]:
    """The lines of a compressed object; none where it does not exist. A damaged object raises StoreError naming it."""
    try:
        with store.reader(key) as stream:
            yield from _split(stream, key)
    except FileNotFoundError:
        return


def _split(stream: Any, key: str) -> Iterator[bytes]:
    rest = b""
    try:
        source: Any = _Plain(stream)
        with zstandard.ZstdDecompressor().stream_reader(source, read_across_frames=True) as plain:
            while block := plain.read(_READ_SIZE):
                pieces = (rest + block).split(b"\n") if rest else block.split(b"\n")
                rest = pieces.pop()
                yield from (piece for piece in pieces if piece)
    except zstandard.ZstdError as error:
        raise StoreError(f"{key}: damaged ({error}); delete it and run its date again") from None
    if rest:
        yield rest


class _Plain(io.RawIOBase):
    """A stream whose reads are `bytes`: object store clients hand out buffers of their own."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        return bytes(self._stream.read(size))
