"""Sessions by exact strings: in previews, arguments and errors of the tables, then in the whole staged texts.

The tables tell of many sessions without a file being read, so only the others are looked through: newest date first,
one at a time, as bytes and in pieces (a text of gigabytes costs a few megabytes). Only what holds the string is
decoded. Upper and lower case are the same.
"""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass

import msgspec
import re2
import zstandard

from sessions_platform.analytics import SessionAnalytics
from sessions_platform.errors import StoreError
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.search.answers import BadSearch, ExactAnswer, Found, Span, columns_of
from sessions_platform.search.meaning import indexed_slices, published, sessions_by_id, version_of
from sessions_platform.sessions.model import Message, StagedSession
from sessions_platform.sessions.tables import message_text
from sessions_platform.staging.staged_reader import read_manifest, read_session

_AROUND = 80
_PIECE = 4 << 20
_MOST_CHARACTERS = 1000
_FOLDED = 4
"""A text can be so many times longer in bytes in its other case (the Kelvin sign is a k)."""

Progress = Callable[[str, int], None]
"""Called with the date under way and the staged sessions read so far."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Where a session holds the string."""

    session_id: str
    date: str
    found_in: str
    message_index: int | None
    agent_name: str | None
    snippet: str


def find_string(
    analytics: SessionAnalytics, store: ObjectStore, text: str, *, span: Span, limit: int, progress: Progress
) -> ExactAnswer:
    """At most `limit` sessions, newest date first. Raises BadSearch, StoreError, NotPublished (no data)."""
    needle = _Needle(text)
    known = _in_tables(analytics, needle, span, limit)
    staged = _StagedTexts(analytics, store, needle, progress)
    found: dict[str, Passage] = {}
    days = {*store.dates("staged"), *(one.date for one in known)}
    if not days:
        analytics.data_version()  # raises where there is nothing at all to look into
    for passage in _newest_first(sorted((day for day in days if day in span), reverse=True), known, staged, found):
        found[passage.session_id] = passage
        if len(found) == limit:
            break
    return ExactAnswer(
        text,
        _described(analytics, list(found.values())),
        staged.read,
        len(found) < limit,
        staged.unreadable,
        version_of(analytics),
    )


class _Needle:
    """A string as it is looked for: in texts, and in the bytes of a staged file, where JSON escapes some characters."""

    def __init__(self, text: str) -> None:
        if not text.strip():
            raise BadSearch("an exact search needs a string to look for")
        if len(text) > _MOST_CHARACTERS:
            raise BadSearch(f"a string of {len(text):,} characters: give at most {_MOST_CHARACTERS:,}")
        self.text = text.encode("utf-8", "replace").decode()
        escaped = msgspec.json.encode(self.text)[1:-1]
        self.overlap = _FOLDED * len(escaped)
        options = re2.Options()
        options.case_sensitive = False
        options.literal = True
        self.in_bytes = re2.compile(escaped, options)
        self._in_text = re2.compile(self.text, options)

    def snippet(self, text: str | None) -> str | None:
        """The first place in a text with what stands around it; None where there is none."""
        place = self._in_text.search(text) if text else None
        if place is None or text is None:
            return None
        start, end = max(0, place.start() - _AROUND), min(len(text), place.end() + _AROUND)
        return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


class _StagedTexts:
    """The staged sessions of a store, looked through one at a time."""

    def __init__(self, analytics: SessionAnalytics, store: ObjectStore, needle: _Needle, progress: Progress) -> None:
        self._analytics = analytics
        self._store = store
        self._needle = needle
        self._progress = progress
        self.read = 0
        self.unreadable: list[str] = []

    def passages(self, day: str, without: Container[str]) -> Iterator[Passage]:
        """Of a date's sessions that hold the string, except those in `without`, which may grow meanwhile."""
        manifest = read_manifest(self._store, day)
        for session_id, entry in sorted(manifest["sessions"].items()) if manifest else ():
            if session_id in without:
                continue
            self._progress(day, self.read)
            try:
                passage = self._passage(entry["key"], entry["sha256"])
            except (FileNotFoundError, StoreError, zstandard.ZstdError, msgspec.DecodeError):
                # A date that is staged again meanwhile has such moments; one bad object must not hide all others.
                self.unreadable.append(entry["key"])
                continue
            self.read += 1
            if passage is not None:
                yield passage

    def _passage(self, key: str, sha256: str) -> Passage | None:
        if not self._holds(key):
            return None
        staged = read_session(self._store, key, sha256)
        if snippet := self._needle.snippet(staged.session.title):
            return Passage(staged.session_id, staged.date, "title", None, None, snippet)
        return self._first_message(staged, "row", staged.messages) or self._first_message(
            staged, "history", staged.history
        )

    def _first_message(self, staged: StagedSession, origin: str, messages: Sequence[Message]) -> Passage | None:
        for place, message in enumerate(messages):
            for found_in, text in _texts(message):
                if snippet := self._needle.snippet(text):
                    index = self._index(staged, origin, messages[: place + 1])
                    if index is None and origin == "history" and sessions_by_id(self._analytics, [staged.session_id]):
                        return None  # said on an earlier date, and found there
                    agent = message.agent_name or None
                    return Passage(staged.session_id, staged.date, found_in, index, agent, snippet)
        return None

    def _holds(self, key: str) -> bool:
        """Whether the object's bytes hold the string somewhere, names of fields included."""
        with self._store.reader(key) as packed, zstandard.ZstdDecompressor().stream_reader(packed) as stream:
            tail = b""
            while piece := stream.read(_PIECE):
                window = tail + piece
                if self._needle.in_bytes.search(window):
                    return True
                tail = window[-self._needle.overlap :]
        return False

    def _index(self, staged: StagedSession, origin: str, messages: Sequence[Message]) -> int | None:
        """Index in its session of the last of these first messages of a slice; None where the tables do not have it.

        The tables leave out repeated system texts and count earlier dates first, so that both rows are walked together.
        """
        about = {"session_id": staged.session_id, "date": staged.date, "origin": origin}
        rows = iter(published(self._analytics, "message_places", about))
        row, index = next(rows, None), None
        for message in messages:
            same = row is not None and (row["observation_id"], row["role"], row["char_count"]) == (
                message.observation_id,
                message.role,
                len(message_text(message)),
            )
            index = row["message_index"] if row is not None and same else None
            row = next(rows, None) if same else row
        return index


def _newest_first(
    days: Sequence[str], known: Sequence[Passage], staged: _StagedTexts, found: Container[str]
) -> Iterator[Passage]:
    """Passages by date: what the tables know, then what is read. `found` grows with what was given."""
    for day in days:
        yield from (one for one in known if one.date == day and one.session_id not in found)
        yield from staged.passages(day, found)


def _in_tables(analytics: SessionAnalytics, needle: _Needle, span: Span, limit: int) -> list[Passage]:
    given = {"text": needle.text, "first": span.first, "last": span.last, "limit": limit}
    return [
        Passage(
            row["session_id"],
            row["date"],
            row["found_in"],
            row["message_index"],
            row["agent_name"],
            needle.snippet(row["text"]) or row["text"],
        )
        for row in published(analytics, "exact_strings", given)
    ]


def _texts(message: Message) -> Iterator[tuple[str, str | None]]:
    for part in message.parts:
        if part.type == "tool":
            yield from (("arguments", part.tool_input), ("output", part.tool_output), ("error", part.error_message))
        else:
            yield part.type, part.text


def _described(analytics: SessionAnalytics, passages: Sequence[Passage]) -> list[Found]:
    ids = [one.session_id for one in passages]
    rows = sessions_by_id(analytics, ids)
    slices = {(one["session_id"], one["date"]): one for one in indexed_slices(analytics, ids=ids).values()}

    def described(one: Passage) -> Found:
        indexed = slices.get((one.session_id, one.date), {})
        return Found(
            one.session_id,
            one.date,
            indexed.get("uri"),
            indexed.get("l0") or "",
            one.snippet,
            found_in=one.found_in,
            message_index=one.message_index,
            agent_name=one.agent_name,
            **columns_of(rows.get(one.session_id)),
        )

    return list(map(described, passages))
