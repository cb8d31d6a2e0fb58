"""One session, to be read: what the tables know, what the index says of each date, and its digest and transcript.

What the index does not have, or cannot give now, is made from the staged session, and said to be.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sessions_platform.analytics import SessionAnalytics
from sessions_platform.errors import PlatformError, StoreError
from sessions_platform.indexing.ledger import read_ledger
from sessions_platform.indexing.payload import digest_uri, transcript_uris
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.resources.openviking import OpenVikingClient, is_placeholder
from sessions_platform.search.answers import Document, Record, SessionView, SliceView, UnknownSession
from sessions_platform.sessions.digest import abstract_of, digest_of
from sessions_platform.sessions.layout import staged_session_key
from sessions_platform.sessions.model import StagedSession
from sessions_platform.sessions.transcript import transcript_parts
from sessions_platform.sql import statement
from sessions_platform.staging.staged_reader import read_manifest, read_session

Kind = Literal["digest", "transcript"]
_ID_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class SessionReader:
    """Reads sessions of one installation. `client` is None where there is no index."""

    analytics: SessionAnalytics
    store: Callable[[], ObjectStore]
    client: Callable[[], OpenVikingClient] | None
    outcome_scores: Sequence[str]

    async def view(self, session_id: str) -> SessionView:
        """Everything about a session but its texts. Raises UnknownSession, NotPublished."""
        session, rows = await asyncio.to_thread(self._known, session_id)
        slices = await asyncio.gather(*(self._slice(session_id, row) for row in rows))
        timeline = await asyncio.to_thread(self.analytics.get_timeline, session_id)
        version = await asyncio.to_thread(self.analytics.data_version)
        return SessionView(session_id, session, list(slices), timeline or [], version)

    async def documents(self, session_id: str, kind: Kind) -> list[Document]:
        """Digest or transcript of each date, whole. Raises UnknownSession, NotPublished, StoreError."""
        _, rows = await asyncio.to_thread(self._known, session_id)
        return [await self._document(session_id, row, kind) for row in rows]

    def _known(self, session_id: str) -> tuple[Record, list[Record]]:
        found = self.analytics.records(statement("queries/session"), {"session_id": session_id})
        if not found:
            given = {"given": session_id[:_ID_CHARACTERS]}
            near = [row["session_id"] for row in self.analytics.records(statement("queries/near_sessions"), given)]
            meant = f"; did you mean {', '.join(near)}?" if near else ""
            raise UnknownSession(f"no session {session_id[:_ID_CHARACTERS]!r} in {self.analytics.path}{meant}")
        slices = self.analytics.records(statement("queries/slices_of_session"), {"session_id": session_id})
        return found[0], slices

    async def _slice(self, session_id: str, row: Record) -> SliceView:
        uri, l0 = row["uri"], row["l0"] or ""
        overview, note = await self._overview(row)
        source = "index" if overview else ""
        if not overview or not l0:
            staged, missing = await asyncio.to_thread(self._staged_or_why, session_id, row["date"])
            if staged is not None:
                l0 = l0 or abstract_of(staged, self.outcome_scores)
                overview, source = (overview, source) if overview else (self._digest(staged), "digest")
            note = f"{note}; {missing}" if missing else note
        parts = await asyncio.to_thread(self._transcript_uris, session_id, row)
        return SliceView(
            row["date"],
            l0,
            overview,
            source,
            uri,
            row["index_status"],
            digest_uri(uri) if uri and row["index_status"] == "verified" else None,
            parts,
            note,
        )

    async def _overview(self, row: Record) -> tuple[str, str]:
        """L1 from the index, or '' and why there is none."""
        why = self._not_in_index(row)
        if why or self.client is None:
            return "", why
        try:
            async with self.client() as client:
                overview = await client.overview(row["uri"])
        except PlatformError as error:
            return "", str(error)
        return ("", "the index has no overview of it") if is_placeholder(overview) else (overview, "")

    def _not_in_index(self, row: Record) -> str:
        if self.client is None:
            return "there is no index (OPENVIKING_URL is not set)"
        if row["index_status"] != "verified":
            reason = f": {row['index_reason']}" if row["index_reason"] else ""
            return f"not in the index ({row['index_status'] or 'not loaded'}{reason})"
        return ""

    async def _document(self, session_id: str, row: Record, kind: Kind) -> Document:
        if kind == "digest":
            uris = [digest_uri(row["uri"])] if row["uri"] else []
        else:
            uris = await asyncio.to_thread(self._transcript_uris, session_id, row)
        if uris and self.client is not None and not self._not_in_index(row):
            try:
                async with self.client() as client:
                    data = [await client.download(uri) for uri in uris]
                return Document(row["date"], uris, b"".join(data).decode("utf-8", "replace"))
            except PlatformError:
                # Removed, or the server is away: the staged session says the same.
                pass
        staged = await asyncio.to_thread(self._staged, session_id, row["date"])
        text = self._digest(staged) if kind == "digest" else b"".join(transcript_parts(staged)).decode()
        return Document(row["date"], [staged_session_key(row["date"], session_id)], text)

    def _transcript_uris(self, session_id: str, row: Record) -> list[str]:
        """By the date's ledger, which knows how many files there are; none where it says nothing."""
        if not row["uri"] or row["index_status"] != "verified":
            return []
        try:
            entry: Any = read_ledger(self.store(), row["date"]).sessions.get(session_id)
        except StoreError:
            return []
        return transcript_uris(row["uri"], entry.transcript_parts) if entry is not None else []

    def _staged_or_why(self, session_id: str, date: str) -> tuple[StagedSession | None, str]:
        try:
            return self._staged(session_id, date), ""
        except StoreError as error:
            return None, str(error)

    def _staged(self, session_id: str, date: str) -> StagedSession:
        store = self.store()
        entry = ((read_manifest(store, date) or {}).get("sessions") or {}).get(session_id)
        if entry is None:
            raise StoreError(f"{staged_session_key(date, session_id)}: not staged; run {date} again")
        return read_session(store, entry["key"], entry["sha256"])

    def _digest(self, staged: StagedSession) -> str:
        return digest_of(staged, self.outcome_scores)
