"""One date's staged sessions into OpenViking, in chunks; the ledger is replaced after each, so a kill loses one chunk.

Never raises for a session: it is `failed` with a reason, or `pending` where it was not its turn (server gone, budget
used up, nothing works any more). Raises only what no session is at fault for: settings, key, store.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

from sessions_platform.errors import StoreError
from sessions_platform.indexing.chunk import ChunkLoader, remove_session
from sessions_platform.indexing.estimate import EXTRACTION_TOKENS, staged_hash, tokens_of, total_usage
from sessions_platform.indexing.lease import lease
from sessions_platform.indexing.ledger import NOT_THERE, Entry, Ledger, Usage, read_ledger, write_ledger
from sessions_platform.indexing.payload import Document, date_uri, document, session_uri
from sessions_platform.indexing.verify import deep_sample
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.resources.openviking import (
    FileWrite,
    OpenVikingClient,
    OpenVikingDown,
    OpenVikingError,
    is_placeholder,
)
from sessions_platform.sessions.assemble import normal_time
from sessions_platform.sessions.layout import lease_key, staged_manifest_key
from sessions_platform.settings import Settings
from sessions_platform.staging import read_manifest
from sessions_platform.staging.staged_reader import read_session

CHUNK = 48
"""Sessions in one batch: a date's overview is made at most once a batch, and a kill loses at most one."""
CHUNK_BYTES = 8 << 20
_NOT_YET = "not loaded yet"
_CHANGED = "changed, or asked for again; its former version is in the index"
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class CommitOptions:
    """How to load. `extraction`: kinds of memories that OpenViking makes on top of ours, none for none. `index` names
    the workspace (its model and dimension): sessions loaded under another name are loaded again. `token_budget`:
    sessions that would pass it stay pending, the oldest first. `check_present`: look whether unchanged sessions still
    stand in the index (one call a date). `index_days`: older dates are loaded without their transcripts; 0 for none.
    """

    extraction: Sequence[str] = ()
    outcome_scores: Sequence[str] = ()
    index: str = ""
    token_budget: int | None = None
    check_present: bool = False
    index_days: int = 0
    chunk: int = CHUNK
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    @classmethod
    def of(cls, settings: Settings, token_budget: int | None = None) -> Self:
        """How an installation loads its dates. `token_budget`: what is left of it; None for none."""
        return cls(
            extraction=settings.memories,
            outcome_scores=settings.sessions_outcome_scores,
            index=settings.index_name,
            token_budget=token_budget,
            check_present=True,
            index_days=settings.sessions_index_days,
        )

    def keeps_transcripts(self, day: str) -> bool:
        """Whether transcripts of a date belong into the index."""
        oldest = self.now().date() - timedelta(days=self.index_days)
        return not self.index_days or date.fromisoformat(day) >= oldest


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
    usage: dict[str, Usage] = field(default_factory=dict)
    """Model calls of those loaded now, by kind."""
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

    Waits while another loads the same date. Raises StoreError where the date is not staged or its objects are damaged,
    ConfigurationError for address or key.
    """
    manifest = read_manifest(store, date)
    if manifest is None:
        raise StoreError(f"{staged_manifest_key(date)} is missing: stage {date} first (staged_sessions)")
    async with lease(store, lease_key(date)):
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
        self._loader = ChunkLoader(
            client, ledger.date, concurrency=concurrency, extraction=options.extraction, deep=deep_sample(self._staged)
        )
        self.report = CommitReport(ledger.date, sessions=len(self._staged))

    async def run(self, force: bool) -> None:
        todo = {one for one in self._staged if force or not self._unchanged(one)}
        gone = [one for one in self._ledger.sessions if one not in self._staged and one not in self._broken]
        self.report.unchanged = len(self._staged) - len(todo)
        for session_id in todo:
            self._expect(session_id)
        write_ledger(self._store, self._ledger)
        try:
            if todo or gone or self._options.check_present:
                self._loader.server_version = await self._client.check()
            if self._options.check_present:
                todo |= await self._missing()
            if todo or gone:
                self._loader.space = await self._client.user_space()
            await self._remove(gone)
            if todo:
                await self._client.check_models(tries=5)
                # Made with an abstract, for one that has none takes none later.
                await self._client.mkdir(date_uri(self._ledger.date), date_abstract(self._ledger))
            await self._load(sorted(todo, key=self._age), force)
            if todo or gone:
                await self._describe_date()
        except OpenVikingError as error:
            self.report.stopped = str(error)
        self._finish()

    def _age(self, session_id: str) -> tuple[float, str]:
        """Newest first: what a budget leaves out is the oldest."""
        start = self._staged[session_id].get("start_time")
        return (-datetime.fromisoformat(start).timestamp() if start else 0.0, session_id)

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
        options = self._options
        return staged_hash(self._staged[session_id]["sha256"], options.extraction, options.outcome_scores)

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

    async def _missing(self) -> set[str]:
        """Sessions that the ledger calls verified and the index does not have."""
        there = set(await self._client.names(date_uri(self._ledger.date)))
        lost = {one: entry for one, entry in self._ledger.verified().items() if entry.name not in there}
        for entry in lost.values():
            entry.status, entry.reason = "pending", NOT_THERE
        self.report.unchanged -= len(lost)
        return set(lost)

    async def _remove(self, session_ids: Sequence[str]) -> None:
        """Take out what is no longer staged."""
        for session_id in session_ids:
            entry = self._ledger.sessions[session_id]
            try:
                await remove_session(self._client, self._loader.space, self._ledger.date, session_id, entry)
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
        for documents, passed in self._chunks(session_ids, force):
            succeeded = await self._load_chunk(documents)
            write_ledger(self._store, self._ledger)
            done += passed
            self._progress(done, len(self._staged))
            if documents and not succeeded:
                last = self._ledger.sessions[documents[-1].session_id].reason
                self.report.stopped = f"none of the last {len(documents)} sessions could be loaded: {last}"
                return

    def _chunks(self, session_ids: Sequence[str], force: bool) -> Iterator[tuple[list[Document], int]]:
        """Documents to load together, and how many sessions were looked at for them. Ends where the budget does."""
        documents: list[Document] = []
        passed = size = tokens = 0
        for session_id in session_ids:
            made = self._document(session_id, force)
            if made is not None:
                cost = tokens_of(made.usage) + (EXTRACTION_TOKENS if made.extraction else 0)
                if self.report.stopped or not self._fits(tokens + cost):
                    # The others are still looked at: what did not change costs nothing.
                    continue
                if documents and (len(documents) == self._options.chunk or size + made.bytes > CHUNK_BYTES):
                    yield documents, passed
                    documents, passed, size, tokens = [], 0, 0, 0
                documents.append(made)
                size += made.bytes
                tokens += cost
            passed += 1
        if passed:
            yield documents, passed

    def _fits(self, tokens: int) -> bool:
        """Whether so many more tokens stay within the budget; what does not ends the loading of this date."""
        budget, used = self._options.token_budget, self.report.index_tokens
        if budget is None or used + tokens <= budget:
            return True
        self.report.stopped = f"SESSIONS_INDEX_TOKEN_BUDGET: the next session would pass it ({used} of {budget} used)"
        return False

    def _document(self, session_id: str, force: bool) -> Document | None:
        """What to send of a session; None where nothing of it changed though its staged object did."""
        staged = self._staged[session_id]
        options = self._options
        session = read_session(self._store, staged["key"], staged["sha256"])
        keeps = options.keeps_transcripts(self._ledger.date)
        made = document(session, options.extraction, options.outcome_scores, transcript=keeps)
        entry = self._ledger.sessions[session_id]
        if entry.loaded_before and entry.content_hash == made.hash and entry.reason == _CHANGED and not force:
            entry.status, entry.reason, entry.staged_sha256 = "verified", "", self._staged_hash(session_id)
            self.report.unchanged += 1
            return None
        return made

    async def _load_chunk(self, documents: Sequence[Document]) -> int:
        """Load sessions and write what became of them into the ledger; how many are verified."""
        entries = {one.session_id: self._ledger.sessions[one.session_id] for one in documents}
        try:
            loaded = await self._loader.load(documents, entries)
        except OpenVikingDown as down:
            for entry in entries.values():
                entry.reason = f"the server went away while it was loaded: {down}"
            write_ledger(self._store, self._ledger)
            raise
        now = normal_time(self._options.now().isoformat())
        for session_id, entry in loaded.items():
            self._ledger.sessions[session_id] = entry
            if entry.status != "verified":
                continue
            entry.staged_sha256, entry.index = self._staged_hash(session_id), self._options.index
            entry.committed_at = entry.verified_at = now
            self.report.usage = total_usage([self.report.usage, entry.usage])
            self.report.index_tokens += entry.index_tokens
            self.report.verified += 1
        return sum(entry.status == "verified" for entry in loaded.values())

    async def _describe_date(self) -> None:
        """The date's own L0: how many sessions it holds and how they ended. Ours, so that no model is asked."""
        text, uri = date_abstract(self._ledger), date_uri(self._ledger.date)
        now = await self._client.abstract(uri)
        # The directory of an older version has no abstract, and the server lets none be made later.
        if now.strip() != text and not is_placeholder(now):
            await self._client.batch_write(uri, [FileWrite(f"{uri}/.abstract.md", text)])

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


def date_abstract(ledger: Ledger) -> str:
    """One sentence on a date: sessions, outcomes and platforms by the tags of its ledger."""
    lines = ledger.verified().values()
    parts = [f"Sessions of {ledger.date}: {len(lines)} loaded"]
    for key in ("outcome", "platform", "task"):
        values = Counter(tag.partition("=")[2] for entry in lines for tag in entry.tags if tag.startswith(f"{key}="))
        if values:
            parts.append(f"{key} " + ", ".join(f"{value} {count}" for value, count in values.most_common(4)))
    return "; ".join(parts)[:255].replace(". ", ", ") + "."
