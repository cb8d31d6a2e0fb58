"""Gathered sessions among what each date holds of imports already: which win, what changed, what is written.

An object is named by what it holds and put before the note that names it, so a kill leaves the old note with its old
object, or the new with the new.
"""

import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import merge
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import zstandard

from sessions_platform.audit_import.gather import scratch_file
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.sessions.layout import raw_import_key, raw_import_note_key, raw_prefix, table_key
from sessions_platform.staging.imported import ImportedSession, ImportNote, import_lines, import_note
from sessions_platform.staging.raw_reader import raw_manifest
from sessions_platform.staging.staged_reader import read_manifest

_READ_SIZE = 1 << 20


class _Head(msgspec.Struct):
    """What is needed of a line."""

    session_id: str
    redactions: dict[str, int]
    messages: list[msgspec.Raw]
    calls: list[msgspec.Raw]


@dataclass(slots=True)
class Kept:
    """What one import changed: dates by whether their imports changed, sessions by what happened to them."""

    changed: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    new: set[str] = field(default_factory=set)
    updated: set[str] = field(default_factory=set)
    taken_over: dict[str, str] = field(default_factory=dict)
    """Sessions that another file had before, with that file's name."""


_heads = msgspec.json.Decoder(_Head)


class Keeper:
    """Puts one file's gathered sessions into the store, date by date."""

    def __init__(self, store: ObjectStore, folder: Path, source: str, fingerprint: str, ids: set[str]) -> None:
        self._store, self._folder, self._source, self._fingerprint = store, folder, source, fingerprint
        self._ids = ids
        self.kept = Kept()

    def keep(self, day: str) -> bool:
        """Bring a date's imports up to date; whether the date can be staged."""
        known = import_note(self._store, day)
        before = known[0] if known else ImportNote(day, "", self._fingerprint, {}, {})
        found = {
            head.session_id: ImportedSession(self._source, _digest(line), len(head.messages) + len(head.calls))
            for head, line in self._gathered(day)
        }
        stay = {one: entry for one, entry in before.sessions.items() if one not in self._ids}
        same = {
            one
            for one, entry in found.items()
            if one in before.sessions and before.sessions[one].sha256 == entry.sha256
        }
        if same == set(found) and len(stay) + len(found) == len(before.sessions):
            return bool(before.sessions)
        if lost := _would_lose(self._store, day, set(stay) | set(found)):
            self.kept.refused[day] = f"{lost} sessions of its tables have expired elsewhere and would be lost"
            return False
        sessions = stay | {one: before.sessions[one] if one in same else entry for one, entry in found.items()}
        self._note_changes(before, found, same)
        self._write(before, sessions)
        self.kept.changed.append(day)
        return True

    def _note_changes(self, before: ImportNote, found: dict[str, ImportedSession], same: set[str]) -> None:
        for one in set(found) - same:
            former = before.sessions.get(one)
            (self.kept.new if former is None else self.kept.updated).add(one)
        for one, former in before.sessions.items():
            if one in self._ids and one not in same and former.source != self._source:
                self.kept.taken_over[one] = former.source
            if one in self._ids and one not in found:
                self.kept.updated.add(one)

    def _write(self, before: ImportNote, sessions: dict[str, ImportedSession]) -> None:
        """The object, then its note, then nothing of the former object."""
        day = before.date
        content = json.dumps([(one, sessions[one].sha256) for one in sorted(sessions)])
        key = raw_import_key(day, hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:20])
        redactions: Counter[str] = Counter()
        with self._store.writer(key) as stream:
            compressor = zstandard.ZstdCompressor(level=3).compressobj()
            for head, line in self._merged(before):
                redactions.update(head.redactions)
                stream.write(compressor.compress(line + b"\n"))
            stream.write(compressor.flush())
        ordered = {one: sessions[one] for one in sorted(sessions)}
        counts = {name: redactions[name] for name in sorted(redactions)}
        note = ImportNote(day, key, self._fingerprint, ordered, counts)
        self._store.put(raw_import_note_key(day), msgspec.json.encode(note))
        former = [info.key for info in self._store.objects(raw_prefix(day)) if _is_import(info.key) and info.key != key]
        self._store.delete(former)

    def _merged(self, before: ImportNote) -> Iterator[tuple[_Head, bytes]]:
        """Lines that stay and lines that came, in the order of ids."""
        old = ((_heads.decode(line), line) for line in (import_lines(self._store, before) if before.sessions else ()))
        stay = ((head, line) for head, line in old if head.session_id not in self._ids)
        yield from merge(stay, self._gathered(before.date), key=lambda entry: entry[0].session_id)

    def _gathered(self, day: str) -> Iterator[tuple[_Head, bytes]]:
        path = scratch_file(self._folder, day)
        if not path.exists():
            return
        rest = b""
        with (
            path.open("rb") as stream,
            zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True) as plain,
        ):
            while block := plain.read(_READ_SIZE):
                *lines, rest = (rest + block).split(b"\n")
                for line in lines:
                    yield _heads.decode(line), line


def dates_of(store: ObjectStore, ids: set[str]) -> list[str]:
    """Dates on which imports of some sessions are stored."""
    found = []
    for day in store.dates("raw"):
        known = import_note(store, day)
        if known and not ids.isdisjoint(known[0].sessions):
            found.append(day)
    return found


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()[:32]


def _is_import(key: str) -> bool:
    name = key.rsplit("/", 1)[-1]
    return name.startswith("import-") and name.endswith(".jsonl.zst")


def _would_lose(store: ObjectStore, day: str, sessions: set[str]) -> int:
    """Sessions of a date's tables of which nothing else is left: raw and staged objects expire, tables do not."""
    if raw_manifest(store, day) is not None or read_manifest(store, day) is not None:
        return 0
    key = table_key("session_slices", day)
    if store.head(key) is None:
        return 0
    with store.reader(key) as stream:
        table = pq.read_table(io.BytesIO(bytes(stream.read())), columns=["session_id"])
    return len(set(table.column("session_id").to_pylist()) - sessions)
