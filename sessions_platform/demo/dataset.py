"""The rows a demo server answers from: sorted once, replaceable while it runs.

Rows stay as the JSON text they came in (in memory, or mapped from a file); only the columns that filters and
aggregates need are decoded. No HTTP here.
"""

import contextlib
import gzip
import mmap
import shutil
import tempfile
import threading
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import msgspec

from sessions_platform.demo.query import parse_instant
from sessions_platform.sessions import jsontext

SortKey = tuple[int, int, str]


class Row(msgspec.Struct, rename="camel", kw_only=True):
    """The columns of an observation row that a request can filter on, group by or sum."""

    id: str
    trace_id: str = ""
    start_time: str
    end_time: str | None = None
    project_id: str = ""
    parent_observation_id: str | None = None
    type: str = "SPAN"
    is_root_observation: bool | None = None
    name: str | None = ""
    level: str = "DEFAULT"
    status_message: str | None = ""
    version: str | None = ""
    environment: str | None = "default"
    user_id: str | None = ""
    session_id: str | None = ""
    model: str | None = ""
    prompt_name: str | None = ""
    prompt_version: int | None = None
    release: str | None = ""
    trace_name: str | None = None
    tags: list[str] | None = None
    input_usage: float | None = None
    output_usage: float | None = None
    total_usage: float | None = None
    input_cost: float | None = None
    output_cost: float | None = None
    total_cost: float | None = None
    latency: float | None = None
    time_to_first_token: float | None = None

    @property
    def is_root(self) -> bool:
        if self.is_root_observation is None:
            return not self.parent_observation_id
        return self.is_root_observation


_decode_row = msgspec.json.Decoder(Row).decode
_decode_raw = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Entry:
    """One row: its place in the answer's order, its filter columns, and where its JSON text lies."""

    __slots__ = ("end", "key", "row", "source", "start")

    def __init__(self, source: bytes | mmap.mmap, start: int, end: int) -> None:
        self.source, self.start, self.end = source, start, end
        self.row = _decode_row(source[start:end])
        self.key = sort_key(parse_instant(self.row.start_time, "startTime"), self.row.trace_id, self.row.id)

    @property
    def start_ms(self) -> int:
        return self.key[0]

    def columns(self) -> dict[str, msgspec.Raw]:
        """Every column, each still JSON text, so that large inputs are copied and not parsed."""
        return _decode_raw(self.source[self.start : self.end])


def sort_key(start_ms: int, trace_id: str, row_id: str) -> SortKey:
    # The server hashes trace ids with xxHash32; any stable hash gives the same properties, and zlib's is at hand.
    return (start_ms, zlib.crc32(trace_id.encode("utf-8", "replace")), row_id)


def _key(entry: Entry) -> SortKey:
    return entry.key


class Dataset:
    """Observation rows and scores. Reads see a snapshot; `add`, `update` and `delete` may be called from any thread."""

    def __init__(
        self, observations: Iterable[Mapping[str, Any]] = (), scores: Iterable[Mapping[str, Any]] = ()
    ) -> None:
        self._lock = threading.RLock()
        self._entries: list[Entry] = []
        self._by_trace: dict[str, list[Entry]] | None = None
        self._scores: list[dict[str, Any]] = []
        self.add(observations)
        self.add_scores(scores)

    @classmethod
    def from_folders(cls, paths: Iterable[Path | str]) -> "Dataset":
        """Rows of `observations.jsonl[.gz]` and `scores.jsonl[.gz]` in each folder, left on disk until asked for."""
        dataset = cls()
        entries: list[Entry] = []
        scores: list[dict[str, Any]] = []
        for path in map(Path, paths):
            found = [
                file for name in ("observations.jsonl", "observations.jsonl.gz") if (file := path / name).is_file()
            ]
            if not found:
                raise FileNotFoundError(f"{path} holds neither observations.jsonl nor observations.jsonl.gz")
            for file in found:
                entries.extend(_entries_of_file(file))
            for file in (path / "scores.jsonl", path / "scores.jsonl.gz"):
                if file.is_file():
                    scores.extend(_read_scores(file))
        dataset._put(entries)
        dataset.add_scores(scores)
        return dataset

    @property
    def entries(self) -> Sequence[Entry]:
        """Every row in ascending order; the list is never changed in place."""
        return self._entries

    @property
    def scores(self) -> Sequence[dict[str, Any]]:
        """Every score, ascending by (timestamp, id); the list is never changed in place."""
        return self._scores

    @property
    def project_id(self) -> str:
        entries = self._entries
        return entries[0].row.project_id if entries else ""

    def window(self, since: int | None, until: int | None, before: SortKey | None = None) -> Iterator[Entry]:
        """Rows with since <= startTime < until (ms), newest first, that stand after the position `before`."""
        entries = self._entries
        low = 0 if since is None else bisect_left(entries, (since, -1, ""), key=_key)
        high = len(entries) if until is None else bisect_left(entries, (until, -1, ""), key=_key)
        if before is not None:
            high = min(high, bisect_left(entries, before, key=_key))
        return (entries[index] for index in range(high - 1, low - 1, -1))

    def of_traces(self, trace_ids: Iterable[str]) -> list[Entry]:
        """Every row of the traces, newest first."""
        with self._lock:
            if self._by_trace is None:
                self._by_trace = {}
                for entry in self._entries:
                    self._by_trace.setdefault(entry.row.trace_id, []).append(entry)
            rows = [entry for trace in set(trace_ids) for entry in self._by_trace.get(trace, ())]
        return sorted(rows, key=_key, reverse=True)

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """More rows; one with a known id stands beside the old one, as the API repeats rows."""
        texts = (jsontext.dump_bytes(dict(row)) for row in rows)
        self._put([Entry(text, 0, len(text)) for text in texts])

    def update(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """New versions of rows: every old row with the same (traceId, id) goes."""
        rows = list(rows)
        with self._lock:
            self._drop({(row.get("traceId", ""), row["id"]) for row in rows})
            self.add(rows)

    def delete(self, ids: Iterable[str]) -> None:
        """Take away the rows with these ids, in whatever trace."""
        gone = set(ids)
        with self._lock:
            self._drop({(e.row.trace_id, e.row.id) for e in self._entries if e.row.id in gone})

    def add_scores(self, scores: Iterable[Mapping[str, Any]]) -> None:
        with self._lock:
            merged = [*self._scores, *(dict(score) for score in scores)]
            self._scores = sorted(merged, key=lambda s: (parse_instant(s["timestamp"], "timestamp"), s["id"]))

    def update_scores(self, scores: Iterable[Mapping[str, Any]]) -> None:
        scores = list(scores)
        with self._lock:
            self.delete_scores(score["id"] for score in scores)
            self.add_scores(scores)

    def delete_scores(self, ids: Iterable[str]) -> None:
        gone = set(ids)
        with self._lock:
            self._scores = [score for score in self._scores if score["id"] not in gone]

    def _put(self, entries: Iterable[Entry]) -> None:
        with self._lock:
            self._entries = sorted([*self._entries, *entries], key=_key)
            self._by_trace = None

    def _drop(self, gone: set[tuple[str, str]]) -> None:
        self._entries = [entry for entry in self._entries if (entry.row.trace_id, entry.row.id) not in gone]
        self._by_trace = None


def _entries_of_file(path: Path) -> Iterator[Entry]:
    if path.stat().st_size == 0:
        return
    with contextlib.ExitStack() as stack:
        file: IO[bytes] = stack.enter_context(path.open("rb"))
        if path.suffix == ".gz":
            # A gzip file cannot be read from the middle: its plain text goes to an unnamed file, not to memory.
            plain = stack.enter_context(tempfile.TemporaryFile())
            shutil.copyfileobj(stack.enter_context(gzip.open(file)), plain, 1 << 20)
            plain.flush()
            file = plain
            if plain.tell() == 0:
                return
        text = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    start = 0
    while start < len(text):
        end = text.find(b"\n", start)
        end = len(text) if end < 0 else end
        if text[start:end].strip():
            yield Entry(text, start, end)
        start = end + 1


def _read_scores(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        for line in file:
            if line.strip():
                yield jsontext.parse(line)
