"""A date back into the index from its pack: imported, tagged, remembered and committed again, then verified.

A pack carries neither tags nor vectors nor what lies in the user's space. Tags and memories are set from the ledger;
sessions are committed from their staged files, where these are still kept. Vectors are made by the importing server,
of visible files alone: a reindex would embed hidden transcripts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from sessions_platform.errors import StoreError
from sessions_platform.indexing.attempts import Failures, each, in_halves, together
from sessions_platform.indexing.commits import Committed, SessionCommitter
from sessions_platform.indexing.directories import set_tags
from sessions_platform.indexing.ledger import EXTRACTED, Entry, Ledger
from sessions_platform.indexing.memories import Remembered, write_memories
from sessions_platform.indexing.payload import ROOT, date_uri, document
from sessions_platform.indexing.verify import Expected, deep_sample, verify
from sessions_platform.lifecycle.orphans import is_session
from sessions_platform.lifecycle.server import Index
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.resources.openviking import OpenVikingError
from sessions_platform.sessions.assemble import normal_time
from sessions_platform.settings import Settings
from sessions_platform.staging import read_manifest
from sessions_platform.staging.staged_reader import read_session

_GROUP = 48
_QUEUE_SECONDS = 60.0
_TRIES = 3


@dataclass
class Returned:
    """What became of a date's sessions, by id: reasons of the failed, and those whose messages were not committed."""

    failures: Failures = field(default_factory=dict)
    not_committed: list[str] = field(default_factory=list)
    memories_lost: int = 0


def in_space(entry: Entry, space: str) -> Entry:
    """A copy of a line whose memories and session lie in the space of the user who loads now."""
    moved = msgspec.convert(msgspec.to_builtins(entry), Entry)
    moved.session_uri = _moved(entry.session_uri, space)
    moved.memory_uris = sorted(_moved(uri, space) for uri in entry.memory_uris)
    for line in moved.memories:
        line.uri = _moved(line.uri, space)
    return moved


def _moved(uri: str, space: str) -> str:
    if not uri.startswith("viking://user/"):
        return uri
    return f"{space}/{'/'.join(uri.split('/')[4:])}"


async def missing(index: Index, date: str, entries: Mapping[str, Entry]) -> Failures:
    """What the index does not hold as these lines say, with reasons. Raises OpenVikingDown."""
    there = set(await index.client.names(date_uri(date)))
    failures: Failures = {one: "it is not in the index" for one, entry in entries.items() if entry.name not in there}
    present = [Expected.of(one, entry) for one, entry in entries.items() if one not in failures]
    found = await verify(index.client, date, index.space, present, deep=deep_sample(entries))
    return failures | found.failures


async def return_date(
    index: Index, store: ObjectStore, settings: Settings, pack: Path, ledger: Ledger, entries: dict[str, Entry]
) -> Returned:
    """Import a pack over its date's directory and make it whole.

    `ledger` is the one saved with the pack; `entries` are its verified lines in this space, and brought up to date.
    The date's lease is held by the caller. Raises OpenVikingDown, and OpenVikingError for a pack that is refused.
    """
    returned, date = Returned(), ledger.date
    await index.client.mkdir(ROOT)
    await index.packs.import_(pack, ROOT)
    # Commits need nothing of the directories, and little of what the vectors keep busy.
    await together(_idle(index, len(entries)), _Committing(index, store, settings, date, returned).run(entries))
    await _remove_strangers(index, ledger)
    sessions = [Expected.of(one, entry) for one, entry in entries.items()]

    async def tag(one: Expected) -> None:
        await set_tags(index.client, one.uri, entries[one.session_id].tags, tries=_TRIES, seconds=_QUEUE_SECONDS)

    await each(sessions, returned.failures, tag)
    await _remember(index, date, entries, returned)
    sound = {one: entry for one, entry in entries.items() if one not in returned.failures}
    returned.failures.update(await missing(index, date, sound))
    _note(entries, returned, settings, index)
    return returned


async def _idle(index: Index, sessions: int) -> None:
    """Until the vectors of so many sessions are made."""
    for _ in range(5 + sessions):
        if await index.client.wait_for_queues(_QUEUE_SECONDS):
            return
    raise OpenVikingError("the models behind OPENVIKING_URL do not get done with an imported pack")


async def _remove_strangers(index: Index, ledger: Ledger) -> None:
    """Take out what lay in the packed directory and was no session's: it would stand against the next restore."""
    own = {entry.uri for entry in ledger.sessions.values()}
    for name in await index.client.names(date_uri(ledger.date)):
        uri = f"{date_uri(ledger.date)}/{name}"
        if uri not in own and await is_session(index.client, uri):
            await index.client.delete(uri)


async def _remember(index: Index, date: str, entries: Mapping[str, Entry], returned: Returned) -> None:
    """Write our memory files again from the lines."""

    async def write(sessions: Sequence[Remembered]) -> None:
        await write_memories(index.client, index.space, date, sessions)

    for group in _groups([one for one in entries if one not in returned.failures]):
        lines = {one: [line for line in entries[one].memories if line.type != EXTRACTED] for one in group}
        sessions = [Remembered(one, entries[one].tags, lines[one]) for one in group]
        await in_halves(sessions, returned.failures, write)


class _Committing:
    """Sessions of a date committed again from their staged files; their extracted memories follow from that."""

    def __init__(self, index: Index, store: ObjectStore, settings: Settings, date: str, returned: Returned) -> None:
        self._settings = settings
        self._client = index.client
        self._store = store
        self._returned = returned
        self._committer = SessionCommitter(
            index.client, concurrency=settings.sessions_model_concurrency, extraction=settings.memories
        )
        manifest = read_manifest(store, date)
        self._staged = manifest["sessions"] if manifest else {}

    async def run(self, entries: Mapping[str, Entry]) -> None:
        committed: dict[str, Committed] = {}

        async def commit(one: Expected) -> None:
            staged = self._staged[one.session_id]
            try:
                session = read_session(self._store, staged["key"], staged["sha256"])
            except StoreError:
                # As if it had expired: the directory comes from the pack, and the next load says what is damaged.
                return
            made = document(session, self._settings.memories, self._settings.sessions_outcome_scores, transcript=False)
            uri = await self._committer.prepare(made)
            await self._client.forget_values([made.viking_id])
            committed[one.session_id] = await self._committer.commit(made, uri)

        for group in _groups([one for one in entries if one in self._staged]):
            await each([Expected.of(one, entries[one]) for one in group], self._returned.failures, commit)
        for one, entry in entries.items():
            self._settle(one, entry, committed.get(one))

    def _settle(self, session_id: str, entry: Entry, committed: Committed | None) -> None:
        before = [line for line in entry.memories if line.type == EXTRACTED]
        after = committed.extracted if committed else []
        self._returned.memories_lost += max(0, len(before) - len(after))
        if committed is None:
            self._returned.not_committed.append(session_id)
        entry.session_uri = committed.session_uri if committed else ""
        entry.commit_task = committed.task_id if committed else ""
        entry.memories = [*(line for line in entry.memories if line.type != EXTRACTED), *after]
        entry.memory_uris = sorted({line.uri for line in entry.memories})


def _note(entries: Mapping[str, Entry], returned: Returned, settings: Settings, index: Index) -> None:
    now = normal_time(datetime.now(UTC).isoformat())
    for session_id, entry in entries.items():
        entry.loaded_before = False
        if session_id in returned.failures:
            entry.status, entry.reason = "failed", f"brought back from a backup: {returned.failures[session_id]}"
        else:
            entry.status, entry.reason, entry.index = "verified", "", settings.index_name
            entry.verified_at, entry.server_version = now, index.version


def _groups(ids: Sequence[str]) -> list[list[str]]:
    return [list(ids[at : at + _GROUP]) for at in range(0, len(ids), _GROUP)]
