"""Some sessions of one date into the index together: directories, memory files and commits side by side, then verified.

What is loaded, in which order and until when is decided in `day`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sessions_platform.indexing.attempts import Failures, each, in_halves, together
from sessions_platform.indexing.commits import Committed, SessionCommitter
from sessions_platform.indexing.directories import DirectoryLoader
from sessions_platform.indexing.estimate import tokens_of, total_usage
from sessions_platform.indexing.ledger import Entry, MemoryLine
from sessions_platform.indexing.memories import Remembered, remove_memories, write_memories
from sessions_platform.indexing.payload import LOADER_VERSION, Document, peer_of, viking_session_id
from sessions_platform.indexing.verify import Expected, Verified, verify
from sessions_platform.resources.openviking import OpenVikingClient


@dataclass
class _Chunk:
    documents: Sequence[Document]
    before: Mapping[str, Entry]
    lines: dict[str, list[MemoryLine]]
    failures: Failures = field(default_factory=dict)
    prepared: dict[str, str] = field(default_factory=dict)
    """URIs of sessions that have their messages, and wait to be committed."""
    committed: dict[str, Committed] = field(default_factory=dict)
    verified: Verified = field(default_factory=Verified)


class ChunkLoader:
    """Loads chunks of one date. `space` (URI of the loading user) and `server_version` are set before the first.

    `concurrency` bounds model requests in flight; `deep` are the sessions to verify thoroughly.
    """

    def __init__(
        self, client: OpenVikingClient, date: str, *, concurrency: int, extraction: Sequence[str], deep: set[str]
    ) -> None:
        self._client = client
        self._date = date
        self._deep = deep
        self._extraction = tuple(extraction)
        self._directories = DirectoryLoader(client, date, concurrency=concurrency)
        self._committer = SessionCommitter(client, concurrency=concurrency, extraction=extraction)
        self.space = ""
        self.server_version = ""

    async def load(self, documents: Sequence[Document], before: Mapping[str, Entry]) -> dict[str, Entry]:
        """Ledger lines of the sessions, `verified` or `failed`, given the lines they had. Raises OpenVikingDown."""
        chunk = _Chunk(documents, before, {one.session_id: one.memory_lines(self.space) for one in documents})
        await self._remove_former_memories(chunk)
        await each(documents, chunk.failures, lambda one: self._prepare(one, chunk))
        await self._client.forget_values(one.viking_id for one in documents)
        work = [self._make_directories(chunk), self._remember(chunk)]
        if not self._extraction:
            # Such commits ask no model; the others wait, or too many requests would be in flight.
            work.append(self._commit(chunk))
        await together(*work)
        if self._extraction:
            await self._commit(chunk)
        await self._verify(chunk)
        return {one.session_id: self._line(one, chunk) for one in documents}

    async def _remove_former_memories(self, chunk: _Chunk) -> None:
        """Old memories go before the new ones come; what is written over stays, and what another user loaded."""
        old = {uri for one in chunk.documents for uri in chunk.before[one.session_id].memory_uris}
        new = {line.uri for lines in chunk.lines.values() for line in lines}
        await remove_memories(self._client, sorted(uri for uri in old - new if uri.startswith(f"{self.space}/")))

    async def _prepare(self, document: Document, chunk: _Chunk) -> None:
        chunk.prepared[document.session_id] = await self._committer.prepare(document)

    async def _make_directories(self, chunk: _Chunk) -> None:
        over = {one.session_id for one in chunk.documents if _written_over(one, chunk.before[one.session_id])}
        chunk.failures.update(await self._directories.load(chunk.documents, over))

    async def _remember(self, chunk: _Chunk) -> None:
        async def write(sessions: Sequence[Remembered]) -> None:
            await write_memories(self._client, self.space, self._date, sessions)

        sessions = [Remembered(one.session_id, one.tags, chunk.lines[one.session_id]) for one in chunk.documents]
        await in_halves(sessions, chunk.failures, write)

    async def _commit(self, chunk: _Chunk) -> None:
        async def one(document: Document) -> None:
            uri = chunk.prepared[document.session_id]
            chunk.committed[document.session_id] = await self._committer.commit(document, uri)

        await each([one for one in chunk.documents if one.session_id in chunk.prepared], chunk.failures, one)

    async def _verify(self, chunk: _Chunk) -> None:
        """Read back; what is not as written is written once more, for a load of another date may have been in it."""
        sound = [one for one in chunk.documents if one.session_id not in chunk.failures]
        chunk.verified = await self._verified(sound, chunk)
        again = [one for one in chunk.documents if one.session_id in chunk.verified.failures]
        if again:
            failures = await self._directories.load(again, {one.session_id for one in again})
            second = await self._verified([one for one in again if one.session_id not in failures], chunk)
            chunk.verified.failures = {**failures, **second.failures}
            chunk.verified.l0_read |= second.l0_read
        chunk.failures.update(chunk.verified.failures)

    async def _verified(self, documents: Sequence[Document], chunk: _Chunk) -> Verified:
        expected = [
            Expected(
                one.session_id,
                one.uri,
                one.l0,
                one.digest_sha256,
                one.transcript_sha256,
                len(one.transcript),
                sorted({line.uri for line in chunk.lines[one.session_id]}),
            )
            for one in documents
        ]
        read = self._directories.l0_read
        return await verify(self._client, self._date, self.space, expected, deep=self._deep, read=read)

    def _line(self, document: Document, chunk: _Chunk) -> Entry:
        session_id, lines = document.session_id, chunk.lines[document.session_id]
        if session_id in chunk.failures:
            entry = chunk.before[session_id]
            entry.status, entry.reason, entry.loaded_before = "failed", chunk.failures[session_id], False
            # Whatever of them was written is removed or written over by the next attempt.
            entry.memory_uris = sorted({*entry.memory_uris, *(line.uri for line in lines)})
            return entry
        committed = chunk.committed[session_id]
        usage = total_usage([document.usage, committed.usage])
        memories = [*lines, *committed.extracted]
        return Entry(
            uri=document.uri,
            content_hash=document.hash,
            staged_sha256="",
            status="verified",
            l0=document.l0,
            l0_read=chunk.verified.l0_read[session_id],
            l0_source="own" if session_id in self._directories.written_back else "generated",
            digest_sha256=document.digest_sha256,
            transcript_sha256=document.transcript_sha256,
            transcript_parts=len(document.transcript),
            tags=document.tags,
            session_id=document.viking_id,
            session_uri=committed.session_uri,
            commit_task=committed.task_id,
            memory_uris=sorted({line.uri for line in memories}),
            memories=memories,
            usage=usage,
            index_tokens=tokens_of(usage),
            checked="all" if session_id in chunk.verified.searched else "light",
            loader_version=LOADER_VERSION,
            server_version=self.server_version,
        )


async def remove_session(client: OpenVikingClient, space: str, date: str, session_id: str, entry: Entry) -> None:
    """Take everything of a session's date out of the index: directory, memories, committed session."""
    await remove_memories(client, entry.memory_uris)
    await client.delete(entry.uri)
    committer = SessionCommitter(client, concurrency=1)
    await committer.remove(viking_session_id(date, session_id), space, peer_of(date, session_id))


def _written_over(document: Document, before: Entry) -> bool:
    """Whether a verified directory stands there whose files will be those of the new version."""
    return before.loaded_before and before.transcript_parts in {0, len(document.transcript)}
