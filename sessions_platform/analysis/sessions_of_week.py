"""The sessions of a week, whole: facts from the published file, texts from the staged files, one in memory at a time.

A staged message learns its published index from what the table says of its slice: where count and characters agree it
is the n-th of its slice, else both are walked together. Nothing is judged here.

A session whose staged file is gone (staged files expire, the tables do not) comes by its tables alone, with
`texts_complete` false and the messages that are still there; `ReadWeek` counts them. A file that is there but is not
what its manifest says raises StoreError: the week must not be analysed on damaged texts.
"""

import hashlib
from collections import deque
from collections.abc import Container, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

import msgspec
import zstandard

from sessions_platform.analysis.checks.whole import SessionFacts, WholeMessage, WholeSession
from sessions_platform.analytics import Record, SessionAnalytics
from sessions_platform.errors import StoreError
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.sessions.digest.abstract import abstract_of
from sessions_platform.sessions.model import Message, ModelCall, StagedSession
from sessions_platform.sessions.tables import message_text
from sessions_platform.sql import statement
from sessions_platform.staging.staged_reader import read_manifest

_AHEAD = 8
"""Sessions whose files are fetched while others are read: hides the store's latency, costs a few megabytes."""
_FACTS = frozenset(SessionFacts.__struct_fields__) - {"segments"}

_decoder = msgspec.json.Decoder(StagedSession)


class _Entry(NamedTuple):
    key: str
    sha256: str


@dataclass
class ReadWeek:
    """What was read of a week, filled while it is streamed."""

    sessions: int = 0
    slices: int = 0
    without_texts: list[str] = field(default_factory=list)
    """Sessions of which at least one staged slice is gone; they come with what is left."""
    realigned: int = 0
    """Slices that were held against the table row by row."""


class SessionsOfWeek:
    """Streams the sessions that began in the week of a Monday, in the order of their ids.

    `read` says afterwards what there was; `only` leaves all other sessions out. `outcome_scores` are the
    names by which a missing abstract tells the outcome.
    """

    def __init__(
        self,
        analytics: SessionAnalytics,
        store: ObjectStore,
        monday: date,
        *,
        outcome_scores: Sequence[str] = (),
        only: Container[str] | None = None,
    ) -> None:
        self.read = ReadWeek()
        self._analytics = analytics
        self._store = store
        self._bounds = {"first": monday.isoformat(), "last": (monday + timedelta(days=6)).isoformat()}
        self._outcome_scores = outcome_scores
        self._only = only

    def __iter__(self) -> Iterator[WholeSession]:
        self.read = ReadWeek()
        sessions = [
            row
            for row in self._analytics.records(statement("weekly/whole_sessions"), self._bounds)
            if self._only is None or row["session_id"] in self._only
        ]
        pieces: dict[str, list[Record]] = {}
        for row in self._analytics.records(statement("weekly/whole_session_pieces"), self._bounds):
            if self._only is None or row["session_id"] in self._only:
                pieces.setdefault(row["session_id"], []).append(row)
        entries = self._entries(pieces)
        with ThreadPoolExecutor(2) as pool:
            waiting: deque[tuple[Record, list[Record], list[Future[bytes | None]]]] = deque()
            for row in sessions:
                own = pieces.get(row["session_id"], [])
                keys = [entries.get((row["session_id"], piece["date"])) for piece in own]
                waiting.append((row, own, [pool.submit(self._bytes, key) for key in keys]))
                if len(waiting) > _AHEAD:
                    yield self._whole(*waiting.popleft())
            while waiting:
                yield self._whole(*waiting.popleft())

    def _entries(self, pieces: dict[str, list[Record]]) -> dict[tuple[str, str], _Entry]:
        """Object and hash of every slice that is asked for and that its date's manifest has."""
        wanted: dict[str, list[str]] = {}
        for session_id, own in pieces.items():
            for piece in own:
                wanted.setdefault(piece["date"], []).append(session_id)
        found: dict[tuple[str, str], _Entry] = {}
        for day, ids in sorted(wanted.items()):
            manifest = read_manifest(self._store, day)
            listed = manifest["sessions"] if manifest else {}
            for session_id in ids:
                if entry := listed.get(session_id):
                    found[session_id, day] = _Entry(entry["key"], entry["sha256"])
        return found

    def _bytes(self, entry: _Entry | None) -> bytes | None:
        """A slice's JSON, held against its hash; None where it is gone."""
        if entry is None:
            return None
        try:
            data = self._store.get(entry.key)
        except FileNotFoundError:
            return None
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            raise StoreError(f"{entry.key}: not what its manifest says (damaged); run its date again with --force")
        return zstandard.ZstdDecompressor().decompress(data)

    def _whole(self, row: Record, pieces: list[Record], slices: list[Future[bytes | None]]) -> WholeSession:
        messages: list[WholeMessage] = []
        calls: list[ModelCall] = []
        abstract, complete = row["abstract"] or "", bool(pieces)
        for piece, future in zip(pieces, slices, strict=True):
            data = future.result()
            if data is None:
                complete = False
                continue
            staged = _decoder.decode(data)
            self.read.slices += 1
            messages += self._aligned(staged, piece)
            calls += staged.model_calls
            if not row["abstract"]:
                abstract = abstract_of(staged, self._outcome_scores)
        self.read.sessions += 1
        if not complete:
            self.read.without_texts.append(row["session_id"])
        messages.sort(key=lambda message: message.index)
        return WholeSession(_facts(row), tuple(messages), tuple(calls), abstract, complete)

    def _aligned(self, staged: StagedSession, piece: Record) -> Iterator[WholeMessage]:
        """The slice's messages that the table has, with their places there."""
        for origin, messages in (("history", staged.history), ("row", staged.messages)):
            count, first = piece[f"{origin}_count"], piece[f"{origin}_first"]
            if not count:
                continue
            texts = [message_text(message) for message in messages]
            turns = piece[f"{origin}_turns"]
            if count == len(messages) and sum(map(len, texts)) == piece[f"{origin}_characters"]:
                places: Sequence[int | None] = range(first, first + count)
            else:
                self.read.realigned += 1
                places = self._places(piece, origin, messages, texts)
            for place, message, text in zip(places, messages, texts, strict=True):
                if place is not None:
                    yield _message(place, turns[place - first], message, text)

    def _places(
        self, piece: Record, origin: str, messages: Sequence[Message], texts: Sequence[str]
    ) -> list[int | None]:
        """Published index of each message, None where the table left it out: both are walked together."""
        about = {"session_id": piece["session_id"], "date": piece["date"], "origin": origin}
        published = iter(self._analytics.records(statement("queries/message_places"), about))
        row, places = next(published, None), list[int | None]()
        for message, text in zip(messages, texts, strict=True):
            own = (message.observation_id, message.role, len(text))
            same = row is not None and (row["observation_id"], row["role"], row["char_count"]) == own
            places.append(row["message_index"] if row is not None and same else None)
            row = next(published, None) if same else row
        return places


def _facts(row: Record) -> SessionFacts:
    segments: dict[str, list[str]] = {}
    for segment in row["segments"] or ():
        segments.setdefault(segment["key"], []).append(segment["value"])
    known: dict[str, Any] = {name: row[name] for name in _FACTS if row[name] is not None}
    return SessionFacts(segments={key: tuple(values) for key, values in segments.items()}, **known)


def _message(index: int, turn: int, message: Message, text: str) -> WholeMessage:
    return WholeMessage(index, message.role, message.agent_name, turn, text, tuple(message.parts), message.opens_turn)
