"""Brings the rows of a session together on a disk, so that a day never sits in memory.

A first reading learns each trace's session, a second deals rows into buckets by session; a bucket (some tens of MB) is
what memory holds. Only redacted rows pass here, and the folder goes away with the run.
"""

import hashlib
import struct
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import zstandard

from sessions_platform.sessions.assemble import normal_time

BUCKET_BYTES = 48 << 20
_FLUSH_BYTES = 512 << 10
_PENDING_BYTES = 8 << 20
"""What all buckets together may hold back, so that a day of many buckets takes no more memory than one of few."""
_SMALLEST_FLUSH = 32 << 10
_FRAME = struct.Struct("<II")
_SESSION_KEYS = ("attributes.session.id", "attributes.gen_ai.conversation.id", "session.id", "gen_ai.conversation.id")


class RowHead(msgspec.Struct, rename="camel"):
    """What the first reading needs of a row."""

    id: str
    start_time: str
    trace_id: str | None = None
    session_id: str | None = None
    parent_observation_id: str | None = None
    metadata: msgspec.Raw = msgspec.Raw(b"null")


class _Key(msgspec.Struct, rename="camel"):
    id: str
    trace_id: str | None = None


_object = msgspec.json.Decoder(dict[str, msgspec.Raw])
_head = msgspec.json.Decoder(RowHead)
_key = msgspec.json.Decoder(_Key)
_text = msgspec.json.Decoder(str)


class SessionOfTrace:
    """The session of each trace: its root row's id, else its earliest row's, else metadata, else the trace itself."""

    def __init__(self, date: str) -> None:
        self._date = date
        self._best: dict[str, tuple[int, str, str, str]] = {}
        self._today: set[str] = set()
        self.keys = array("Q")
        """A 64-bit hash of (traceId, id) for each of the date's rows, doubles included."""
        self.bytes = 0

    def take(self, line: bytes) -> None:
        """Learn from one row."""
        row = _head.decode(line)
        trace = row.trace_id or row.id
        self.bytes += len(line)
        start = time_on(row.start_time, self._date)
        if start[:10] == self._date:
            self._today.add(trace)
            self.keys.append(row_hash(trace, row.id))
        candidate = (9, start, row.id, "")
        if row.session_id:
            candidate = (0 if not row.parent_observation_id else 1, start, row.id, row.session_id)
        elif found := _metadata_session(row):
            candidate = (2 if not row.parent_observation_id else 3, start, row.id, found)
        known = self._best.get(trace)
        if known is None or candidate < known:
            self._best[trace] = candidate

    def session(self, trace: str) -> tuple[str, str]:
        """(session id, basis) of a trace; basis is `row`, `metadata` or `trace`."""
        rank, _, _, session_id = self._best.get(trace, (9, "", "", ""))
        if rank >= 9:
            return f"trace:{trace}", "trace"
        return session_id, "row" if rank < 2 else "metadata"

    def touches(self, trace: str) -> bool:
        """Whether the trace has a row on the date."""
        return trace in self._today

    def known(self, trace: str) -> bool:
        """Whether any row of the trace was seen."""
        return trace in self._best

    def sessions(self) -> set[str]:
        """Ids of the sessions that have a row on the date."""
        return {self.session(trace)[0] for trace in self._today}


def time_on(text: str, date: str) -> str:
    """A row's time in one form; a time that is none counts to the date in whose window the row was answered."""
    try:
        return normal_time(text)
    except ValueError:
        return f"{date}T00:00:00.000Z"


def row_hash(trace_id: str, row_id: str) -> int:
    """64 bits that stand for (traceId, id)."""
    return int.from_bytes(hashlib.blake2b(f"{trace_id}\0{row_id}".encode(), digest_size=8).digest(), "little")


def head_of(line: bytes) -> RowHead:
    """What the first reading needs of a row."""
    return _head.decode(line)


def _metadata_session(row: RowHead) -> str:
    metadata = _object.decode(row.metadata) if _is_object(row.metadata) else {}
    for name in _SESSION_KEYS:
        raw = metadata.get(name)
        if raw is None and "attributes" in metadata and not name.startswith("attributes."):
            nested = metadata["attributes"]
            raw = _object.decode(nested).get(name) if _is_object(nested) else None
        if raw is not None:
            return _as_text(raw)
    return ""


def _is_object(raw: msgspec.Raw) -> bool:
    return bytes(raw).lstrip()[:1] == b"{"


def _as_text(raw: msgspec.Raw) -> str:
    try:
        return _text.decode(raw)
    except msgspec.ValidationError:
        return bytes(raw).decode()


class Buckets:
    """Rows dealt by session into files below a folder."""

    def __init__(self, folder: Path, expected_bytes: int) -> None:
        self._folder = folder
        self._count = max(1, -(-expected_bytes // BUCKET_BYTES))
        self._flush_at = min(_FLUSH_BYTES, max(_SMALLEST_FLUSH, _PENDING_BYTES // self._count))
        self._in_memory: dict[int, list[bytes]] = {}
        self._pending: list[list[bytes]] = [[] for _ in range(self._count)]
        self._pending_bytes = [0] * self._count
        self._numbers: dict[str, int] = {}
        self._names: list[str] = []
        self._compressor = zstandard.ZstdCompressor(level=1)

    def deal(self, lines: Iterable[bytes], sessions: SessionOfTrace) -> None:
        """Put each row with its session; rows of traces that do not touch the date are left out."""
        for line in lines:
            key = _key.decode(line)
            trace = key.trace_id or key.id
            if sessions.touches(trace):
                self._put(sessions.session(trace)[0], line)
        for bucket in range(self._count):
            self._flush(bucket)

    def __iter__(self) -> Iterator[tuple[str, list[bytes]]]:
        """(session id, its rows), one bucket in memory at a time; sessions of a bucket in order of their id."""
        for bucket in range(self._count):
            by_session = self._load(bucket)
            for number in sorted(by_session, key=lambda one: self._names[one]):
                yield self._names[number], by_session.pop(number)

    def _put(self, session_id: str, line: bytes) -> None:
        number = self._numbers.get(session_id)
        if number is None:
            number = self._numbers[session_id] = len(self._names)
            self._names.append(session_id)
        if self._count == 1:
            self._in_memory.setdefault(number, []).append(line)  # a small day needs no disk
            return
        bucket = number % self._count
        self._pending[bucket].append(_FRAME.pack(number, len(line)) + line)
        self._pending_bytes[bucket] += len(line)
        if self._pending_bytes[bucket] >= self._flush_at:
            self._flush(bucket)

    def _flush(self, bucket: int) -> None:
        if not self._pending[bucket]:
            return
        block = self._compressor.compress(b"".join(self._pending[bucket]))
        with (self._folder / f"bucket-{bucket}").open("ab") as stream:
            plain = self._pending_bytes[bucket] + _FRAME.size * len(self._pending[bucket])
            stream.write(_FRAME.pack(len(block), plain))
            stream.write(block)
        self._pending[bucket], self._pending_bytes[bucket] = [], 0

    def _load(self, bucket: int) -> dict[int, list[bytes]]:
        if self._count == 1:
            return self._in_memory
        by_session: dict[int, list[bytes]] = {}
        for block in self._blocks(bucket):
            view, at = memoryview(block), 0
            while at < len(view):
                number, size = _FRAME.unpack_from(view, at)
                at += _FRAME.size
                by_session.setdefault(number, []).append(bytes(view[at : at + size]))
                at += size
        return by_session

    def _blocks(self, bucket: int) -> Iterator[bytes]:
        path = self._folder / f"bucket-{bucket}"
        if not path.exists():
            return
        decompressor = zstandard.ZstdDecompressor()
        with path.open("rb") as stream:
            while header := stream.read(_FRAME.size):
                size, plain = _FRAME.unpack(header)
                yield decompressor.decompress(stream.read(size), max_output_size=plain)
        path.unlink()
