"""One slice of rows into the store: pages -> redacted lines -> one compressed object, then its note.

A page is in memory at a time. The object's bytes depend on the rows and the key alone: not on page sizes, retries or
the clock. A slice whose writing breaks off leaves nothing behind.
"""

import asyncio
import contextlib
import hashlib
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from typing import IO, TYPE_CHECKING

import msgspec
import zstandard

from sessions_platform.extraction.marks import RowMarks, trace_of
from sessions_platform.extraction.redacting import redact
from sessions_platform.extraction.shapes import Redacting, Row, SliceNote
from sessions_platform.extraction.survey import Survey
from sessions_platform.sessions import jsontext
from sessions_platform.sessions.layout import raw_slice_key, raw_slice_note_key

if TYPE_CHECKING:
    from sessions_platform.resources.object_store import ObjectStore

LEVEL = 3
CHUNK_BYTES = 1 << 18


class CompressedLines:
    """Lines into a zstd stream, handed on in equal chunks so that the output does not depend on how lines arrive."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._compressor = zstandard.ZstdCompressor(level=LEVEL).compressobj()
        self._sha = hashlib.sha256()
        self._pending = bytearray()
        self.bytes_raw = 0
        self.bytes_stored = 0

    @property
    def sha256(self) -> str:
        """Hash of the bytes handed on."""
        return self._sha.hexdigest()

    def line(self, data: bytes) -> None:
        """Add a line."""
        self._pending += data
        self._pending += b"\n"
        self.bytes_raw += len(data) + 1
        while len(self._pending) >= CHUNK_BYTES:
            self._put(self._compressor.compress(bytes(self._pending[:CHUNK_BYTES])))
            del self._pending[:CHUNK_BYTES]

    def finish(self) -> None:
        """End the stream."""
        self._put(self._compressor.compress(bytes(self._pending)) + self._compressor.flush())

    def _put(self, data: bytes) -> None:
        self._out.write(data)
        self._sha.update(data)
        self.bytes_stored += len(data)


class SliceWriter:
    """Writes one slice. Its calls run in worker threads; `abandon` waits for the one that is running."""

    def __init__(self, store: "ObjectStore", date: str, part: str, redactor: Redacting, survey: Survey) -> None:
        self.marks = RowMarks()
        self.moved = False
        self.date = date
        self._store, self._part = store, part
        self._survey = survey
        self._redactor = redactor
        self._redactions: Counter[str] = Counter()
        self._files = contextlib.ExitStack()
        self._lines: CompressedLines | None = None
        self._lock = threading.Lock()

    def add(self, rows: Iterable[Row]) -> None:
        """Redact and write a page. Stops writing at the first row that tells what the survey did not know."""
        with self._lock:
            if self._lines is None:
                self._lines = CompressedLines(
                    self._files.enter_context(self._store.writer(raw_slice_key(self.date, self._part)))
                )
            for row in rows:
                self.moved |= self._survey.reveals(row)
                if not self.moved:
                    self.marks.add(row)
                    identity = self._survey.identity(trace_of(row))
                    redacted = redact(self._redactor, identity, row, self._redactions)
                    self._lines.line(jsontext.dump_bytes(redacted))

    def finish(self, names: str, metrics: tuple[int, int, float] | None) -> SliceNote | None:
        """Put the object in place, then its note. None, and no object, for a slice without rows."""
        with self._lock:
            note_key = raw_slice_note_key(self.date, self._part)
            # The note goes first and comes last: where it stands, the object is the one it describes.
            self._store.delete([note_key])
            if self._lines is None:
                self._store.delete([raw_slice_key(self.date, self._part)])
                return None
            self._lines.finish()
            self._files.close()
            note = SliceNote(
                fetched=self.marks.fetched,
                distinct=self.marks.distinct,
                bytes_raw=self._lines.bytes_raw,
                bytes_stored=self._lines.bytes_stored,
                sha256=self._lines.sha256,
                source=self.marks.source,
                names=names,
                metrics=metrics,
                redactions={name: count for name, count in sorted(self._redactions.items()) if count},
                key_fingerprint=self._redactor.fingerprint,
            )
            self._store.put(note_key, msgspec.json.encode(note))
            return note

    def abandon(self) -> None:
        """Leave nothing of an unfinished slice."""
        with self._lock, contextlib.suppress(Unfinished), self._files:
            raise Unfinished


class Unfinished(Exception):
    """Raised inside the store's writer so that it drops what was written."""


async def write_slice(
    writer: SliceWriter, pages: AsyncIterator[list[Row]], names: str, metrics: tuple[int, int, float] | None
) -> SliceNote | None:
    """Stream pages into a slice. None where rows moved or there were none; raises Short below the metrics' count."""
    try:
        async for page in pages:
            await asyncio.to_thread(writer.add, page)
            if writer.moved:
                return None
        if metrics is not None and writer.marks.fetched < metrics[0]:
            raise Short(writer.marks.fetched, metrics[0])
        return await asyncio.to_thread(writer.finish, names, metrics)
    finally:
        # After a finish this closes nothing any more.
        writer.abandon()


class Short(Exception):
    """Fewer rows came than the fingerprint counts."""

    def __init__(self, fetched: int, counted: int) -> None:
        super().__init__(fetched, counted)
        self.fetched, self.counted = fetched, counted
