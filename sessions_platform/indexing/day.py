"""One date's staged sessions into OpenViking, in chunks; the ledger is replaced after each, so a kill loses one chunk.

Never raises for a session: it is `failed` with a reason, or `pending` where it was not its turn (server gone, budget
used up, nothing works any more). Raises only what no session is at fault for: settings, key, store.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sessions_platform.errors import StoreError
from sessions_platform.indexing.commits import Committed, SessionCommitter
from sessions_platform.indexing.directories import DirectoryLoader
from sessions_platform.indexing.ledger import Entry, Ledger, read_ledger, write_ledger
from sessions_platform.indexing.payload import (
    LOADER_VERSION,
    Document,
    date_uri,
    document,
    session_uri,
    viking_session_id,
)
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.resources.openviking import OpenVikingClient, OpenVikingDown, OpenVikingError
from sessions_platform.sessions.layout import staged_manifest_key
from sessions_platform.staging import read_manifest
from sessions_platform.staging.staged_reader import read_session

CHUNK = 32
"""Sessions in one batch: a date's overview is made once a batch, and a kill loses at most one."""
_NOT_YET = "not loaded yet"
_CHANGED = "changed, or asked for again; its former version is in the index"
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class CommitOptions:
    """How to load. `memories`: kinds to extract, none for none. `index` names the workspace (its model and dimension):
    sessions loaded under another name are loaded again. `token_budget`: what is left when it is used up stays pending.
    `check_present`: look whether unchanged sessions still stand in the index (one call a date).
    """

    memories: Sequence[str] = ()
    outcome_scores: Sequence[str] = ()
    index: str = ""
    token_budget: int | None = None
    check_present: bool = False
    chunk: int = CHUNK
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


@dataclass
class CommitReport:
    """What loading a date did. `verified` counts those loaded now, `unchanged` those that were so before."""

    date: str
    sessions: int = 0
    verified: int = 0
    unchanged: int = 0
    failed: int = 0
    pending: int = 0
    removed: int = 0
    index_tokens: int = 0
    requests: int = 0
    seconds: float = 0.0
    stopped: str = ""
    """Why sessions were left pending: server gone, nothing works, budget used up."""
    reasons: dict[str, str] = field(default_factory=dict)
    """Reasons of failed sessions, by id."""

    @property
    def complete(self) -> bool:
        """Whether every staged session is in the index."""
        return not self.failed and not self.pending


def commit_date_sync(client: OpenVikingClient, store: ObjectStore, date: str, **how: Any) -> CommitReport:
    """`commit_date` in an event loop of its own; the client is entered here."""

    async def run() -> CommitReport:
        async with client:
            return await commit_date(client, store, date, **how)

    return asyncio.run(run())


async def commit_date(
    client: OpenVikingClient,
    store: ObjectStore,
    date: str,
    *,
    concurrency: int = 2,
    force: bool = False,
    progress: Progress | None = None,
    options: CommitOptions | None = None,
) -> CommitReport:
    """Load what is new or changed of a date. `client` is entered; `concurrency` bounds model requests in flight.

    Raises StoreError where the date is not staged or its objects are damaged, ConfigurationError for address or key.
    """
    manifest = read_manifest(store, date)
    if manifest is None:
        raise StoreError(f"{staged_manifest_key(date)} is missing: stage {date} first (staged_sessions)")
    day = _Day(client, store, manifest, read_ledger(store, date), concurrency, options or CommitOptions(), progress)
    begun, requests = time.monotonic(), client.requests
    await day.run(force)
    day.report.seconds = time.monotonic() - begun
    day.report.requests = client.requests - requests
    return day.report


class _Day:
    def __init__(
        self,
        client: OpenVikingClient,
        store: ObjectStore,
        manifest: dict[str, Any],
        ledger: Ledger,
        concurrency: int,
        options: CommitOptions,
        progress: Progress | None,
    ) -> None:
        self._client = client
        self._store = store
        self._ledger = ledger
        self._options = options
        self._progress = progress or (lambda done, total: None)
        self._staged: dict[str, dict[str, Any]] = manifest["sessions"]
        self._broken = {error["session_id"] for error in manifest["errors"]}
        self._directories = DirectoryLoader(client, ledger.date, concurrency=concurrency)
        self._committer = SessionCommitter(client, concurrency=concurrency)
        self.report = CommitReport(ledger.date, sessions=len(self._staged))

    async def run(self, force: bool) -> None:
        todo = [one for one in sorted(self._staged) if force or not self._unchanged(one)]
        gone = [one for one in self._ledger.sessions if one not in self._staged and one not in self._broken]
        self.report.unchanged = len(self._staged) - len(todo)
        for session_id in todo:
            self._expect(session_id)
        write_ledger(self._store, self._ledger)
        try:
            if todo or gone or self._options.check_present:
                await self._client.check()
            if self._options.check_present:
                todo = sorted({*todo, *await self._missing()})
            await self._remove(gone)
            if todo:
                await self._client.check_models(tries=5)
            await self._load(todo, force)
        except OpenVikingError as error:
            self.report.stopped = str(error)
        self._finish()

    def _unchanged(self, session_id: str) -> bool:
        """By what the session was made from: nothing is read or sent for it."""
        entry = self._ledger.sessions.get(session_id)
        return (
            entry is not None
            and entry.status == "verified"
            and entry.staged_sha256 == self._staged_hash(session_id)
            and entry.index == self._options.index
        )

    def _staged_hash(self, session_id: str) -> str:
        """Hash of the staged object and of the options that change what is sent of it."""
        return "|".join(
            (
                self._staged[session_id]["sha256"],
                str(LOADER_VERSION),
                ",".join(sorted(self._options.memories)),
                ",".join(self._options.outcome_scores),
            )
        )

    def _expect(self, session_id: str) -> None:
        """Say in the ledger that a session waits, before anything is tried: a killed run leaves the truth."""
        before = self._ledger.sessions.get(session_id)
        if before is None:
            uri = session_uri(self._ledger.date, session_id)
            self._ledger.sessions[session_id] = Entry(uri, "", "", "pending", _NOT_YET)
            return
        same_index = before.index == self._options.index
        before.loaded_before = same_index and (before.loaded_before or before.status == "verified")
        if before.status == "verified":
            before.status, before.reason = "pending", _CHANGED

    async def _missing(self) -> list[str]:
        """Sessions that the ledger calls verified and the index does not have."""
        there = set(await self._client.names(date_uri(self._ledger.date)))
        verified = {one: entry for one, entry in self._ledger.sessions.items() if entry.status == "verified"}
        lost = [one for one, entry in verified.items() if entry.uri.rsplit("/", 1)[-1] not in there]
        for session_id in lost:
            self._ledger.sessions[session_id].status = "pending"
            self._ledger.sessions[session_id].reason = "it was not in the index any more"
        self.report.unchanged -= len(lost)
        return lost

    async def _remove(self, session_ids: Sequence[str]) -> None:
        """Take out what is no longer staged."""
        for session_id in session_ids:
            entry = self._ledger.sessions[session_id]
            try:
                await self._client.delete(entry.uri)
                viking_id = viking_session_id(self._ledger.date, session_id)
                await self._committer.remove(viking_id, entry.session_uri or viking_id, entry.memories_uri)
            except OpenVikingDown:
                raise
            except OpenVikingError as error:
                entry.status, entry.reason = "failed", f"no longer staged, but not removed: {error}"
            else:
                del self._ledger.sessions[session_id]
                self.report.removed += 1
        if session_ids:
            write_ledger(self._store, self._ledger)

    async def _load(self, session_ids: Sequence[str], force: bool) -> None:
        done = len(self._staged) - len(session_ids)
        self._progress(done, len(self._staged))
        for chunk in _chunks(session_ids, self._options.chunk):
            budget = self._options.token_budget
            if budget is not None and self.report.index_tokens >= budget:
                self.report.stopped = f"SESSIONS_INDEX_TOKEN_BUDGET is used up ({self.report.index_tokens} tokens)"
                return
            documents = [made for one in chunk if (made := self._document(one, force)) is not None]
            succeeded = await self._load_chunk(documents)
            write_ledger(self._store, self._ledger)
            done += len(chunk)
            self._progress(done, len(self._staged))
            if documents and not succeeded:
                last = self._ledger.sessions[documents[-1].session_id].reason
                self.report.stopped = f"none of the last {len(documents)} sessions could be loaded: {last}"
                return

    def _document(self, session_id: str, force: bool) -> Document | None:
        """What to send of a session; None where nothing of it changed though its staged object did."""
        staged = self._staged[session_id]
        options = self._options
        session = read_session(self._store, staged["key"], staged["sha256"])
        made = document(session, options.memories, options.outcome_scores)
        entry = self._ledger.sessions[session_id]
        if entry.loaded_before and entry.hash == made.hash and entry.reason == _CHANGED and not force:
            entry.status, entry.reason, entry.staged_sha256 = "verified", "", self._staged_hash(session_id)
            self.report.unchanged += 1
            return None
        return made

    async def _load_chunk(self, documents: Sequence[Document]) -> int:
        """Load sessions and write what became of them into the ledger's entries; how many are verified."""
        replaced = {one.session_id for one in documents if self._ledger.sessions[one.session_id].loaded_before}
        try:
            failures = await self._directories.load(documents, replaced)
            left = [one for one in documents if one.session_id not in failures]
            results = await asyncio.gather(*(self._committer.commit(one) for one in left), return_exceptions=True)
        except OpenVikingDown as down:
            for one in documents:
                self._ledger.sessions[one.session_id].reason = f"the server went away while it was loaded: {down}"
            write_ledger(self._store, self._ledger)
            raise
        return self._note(documents, failures, dict(zip((one.session_id for one in left), results, strict=True)))

    def _note(
        self, documents: Sequence[Document], failures: dict[str, str], results: dict[str, Committed | BaseException]
    ) -> int:
        down: BaseException | None = None
        verified = 0
        for one in documents:
            entry = self._ledger.sessions[one.session_id]
            result = results.get(one.session_id)
            if isinstance(result, Committed):
                self._ledger.sessions[one.session_id] = self._verified(one, result)
                verified += 1
            elif isinstance(result, OpenVikingDown):
                entry.reason, down = f"the server went away while it was committed: {result}", result
            elif result is None or isinstance(result, OpenVikingError):
                entry.status, entry.reason = "failed", failures.get(one.session_id) or str(result)
                entry.loaded_before = False
            else:
                raise result
        self.report.verified += verified
        if down is not None:
            write_ledger(self._store, self._ledger)
            raise down
        return verified

    def _verified(self, document: Document, committed: Committed) -> Entry:
        tokens = document.estimated_tokens + committed.tokens
        self.report.index_tokens += tokens
        return Entry(
            uri=document.uri,
            hash=document.hash,
            staged_sha256=self._staged_hash(document.session_id),
            status="verified",
            l0=document.l0,
            tags=document.tags,
            session_id=document.viking_id,
            session_uri=committed.session_uri,
            memories_uri=committed.memories_uri,
            index_tokens=tokens,
            loader_version=LOADER_VERSION,
            index=self._options.index,
            committed_at=self._options.now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        )

    def _finish(self) -> None:
        """Count the ledger as it stands; those that were not reached keep the reason of the stop."""
        for entry in self._ledger.sessions.values():
            if entry.status == "pending" and entry.reason == _NOT_YET and self.report.stopped:
                entry.reason = self.report.stopped
        write_ledger(self._store, self._ledger)
        self.report.failed = self._ledger.count("failed")
        self.report.pending = self._ledger.count("pending")
        self.report.reasons = {
            one: entry.reason for one, entry in self._ledger.sessions.items() if entry.status == "failed"
        }


def _chunks(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
