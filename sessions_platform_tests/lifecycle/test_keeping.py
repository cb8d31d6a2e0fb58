"""Orphans and old transcripts on the real server: what belongs to nobody goes, what a user put there stays."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from sessions_platform.assets.maintenance import JOB
from sessions_platform.definitions import build_defs
from sessions_platform.errors import ConfigurationError
from sessions_platform.indexing.commits import SessionCommitter
from sessions_platform.indexing.ledger import Entry, read_ledger, write_ledger
from sessions_platform.indexing.memories import Remembered, write_memories
from sessions_platform.indexing.payload import date_uri, document, peer_of, session_uri, transcript_uris
from sessions_platform.lifecycle.orphans import find_orphans, remove_orphans
from sessions_platform.lifecycle.server import Index
from sessions_platform.lifecycle.transcripts import expire_transcripts
from sessions_platform.resources.object_store import ObjectStore, open_store
from sessions_platform.resources.openviking import FileWrite, OpenVikingClient
from sessions_platform.sessions.layout import ledger_key
from sessions_platform_tests.indexing.support import DAY, assert_once, entries, put_staged, session
from sessions_platform_tests.lifecycle.conftest import Box, emptied

NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)


@pytest.fixture
async def index(box: Box, store: ObjectStore) -> AsyncIterator[Index]:
    """An index with three sessions of one date."""
    put_staged(store, [session(number) for number in range(3)])
    async with box.opened(store) as index:
        assert (await box.load(index, store, DAY)).verified == 3
        yield index
        await emptied(index)


def forget(store: ObjectStore, session_id: str) -> None:
    ledger = read_ledger(store, DAY)
    del ledger.sessions[session_id]
    write_ledger(store, ledger)


async def records(client: OpenVikingClient, line: Entry) -> list[tuple[str, int]]:
    """(URI, level) of every index record of a session's directory."""
    tag = [one for one in line.tags if one.startswith("session_key=")]
    found = [await client.find("", target="viking://resources", tags=tag, level=level, limit=9) for level in (0, 1, 2)]
    return [(hit.uri, hit.level) for hits in found for hit in hits]


async def test_orphans_of_each_kind_are_found_and_removed_and_a_users_own_files_stay(
    index: Index, store: ObjectStore
) -> None:
    client, space = index.client, index.space
    gone = entries(store)["session-2"]
    peer = f"{space}/peers/{peer_of(DAY, 'session-2')}"
    notes = f"{date_uri(DAY)}/notes"
    own = [f"{notes}/mine.md", f"{space}/memories/events/2026/11/02/birthday.md"]
    for uri in (*own, f"{peer}/memories/events/asked.md"):
        folder = uri.rpartition("/")[0]
        await client.mkdir(folder)
        await client.batch_write(folder, [FileWrite(uri, "Mine.")])
    await client.create_session("mine", {"memory_types": []})
    found = await find_orphans(client, store)
    assert (found.uris, found.directories_seen, found.ledgers) == ([], 4, 1)

    forget(store, "session-2")
    found = await find_orphans(client, store)
    assert found.directories == [gone.uri] and found.sessions == [gone.session_uri]
    assert sorted(found.memories) == sorted(gone.memory_uris) and found.peers == [peer]
    removed = await remove_orphans(client, store, found)
    assert sorted(removed) == sorted(found.uris) and len(removed) == 6
    assert (await find_orphans(client, store)).uris == []
    assert await records(client, gone) == []
    for uri in own:
        assert await client.read(uri)
        await client.delete(uri)
    await client.delete(notes)
    assert await client.session("mine") is not None
    await assert_once(client, store)


async def test_orphans_of_a_date_without_a_ledger_go_with_its_directory(index: Index, store: ObjectStore) -> None:
    client = index.client
    other = session("elsewhere", day="2026-10-30")
    made = document(other, (), ())
    await client.mkdir(made.uri, made.l0)
    await client.batch_write(date_uri(made.date), [FileWrite(f"{made.uri}/digest.md", made.digest)])
    committer = SessionCommitter(client, concurrency=2)
    await committer.commit(made, await committer.prepare(made))
    await write_memories(
        client, index.space, made.date, [Remembered("elsewhere", made.tags, made.memory_lines(index.space))]
    )
    found = await find_orphans(client, store)
    assert len(found.uris) == 5
    assert len(await remove_orphans(client, store, found)) == 5
    assert await client.names("viking://resources/sessions") == [DAY]
    await assert_once(client, store)


async def test_another_indexs_store_removes_nothing_unless_forced(
    index: Index, store: ObjectStore, tmp_path: Path
) -> None:
    empty = open_store(str(tmp_path / "empty"))
    found = await find_orphans(index.client, empty)
    assert len(found.directories) == 3
    with pytest.raises(ConfigurationError, match="SESSIONS_STORE_URL=.* holds no ledger at all"):
        await remove_orphans(index.client, empty, found)
    forget(store, "session-0")
    forget(store, "session-1")
    found = await find_orphans(index.client, store)
    with pytest.raises(ConfigurationError, match="know nothing of 2 of the 3 sessions"):
        await remove_orphans(index.client, store, found)
    assert len(await index.client.names(date_uri(DAY))) == 3
    await remove_orphans(index.client, store, found, force=True)
    assert await index.client.names(date_uri(DAY)) == ["session-2"]


async def test_a_line_written_since_the_listing_keeps_its_session(index: Index, store: ObjectStore) -> None:
    ledger = store.get(ledger_key(DAY))
    forget(store, "session-2")
    found = await find_orphans(index.client, store)
    store.put(ledger_key(DAY), ledger)
    assert found.directories and await remove_orphans(index.client, store, found) == []
    await assert_once(index.client, store)


async def test_old_transcripts_go_without_a_model_and_everything_else_is_found_as_before(
    box: Box, index: Index, store: ObjectStore
) -> None:
    client = index.client
    line = entries(store)["session-1"]
    before = await client.abstract(line.uri), await client.overview(line.uri), await records(client, line)
    young = box.settings(store, sessions_index_days=18)
    requests = client.requests
    assert await expire_transcripts(client, store, young, NOW) == {} and client.requests == requests

    box.gateway.calls.clear()
    due = box.settings(store, sessions_index_days=17)
    assert await expire_transcripts(client, store, due, NOW) == {DAY: 3}
    await client.wait_for_queues(30)
    assert box.gateway.calls["chat"] == 0 and box.gateway.calls["embedding"] == 0
    requests = client.requests
    assert await expire_transcripts(client, store, due, NOW) == {} and client.requests == requests

    text = await client.read(transcript_uris(line.uri, 1)[0])
    assert "SESSIONS_INDEX_DAYS" in text and "connection refused" not in text
    assert entries(store)["session-1"].transcript_parts == 0
    assert (await client.abstract(line.uri), await client.overview(line.uri), await records(client, line)) == before
    await assert_once(client, store)
    assert (await box.load(index, store, DAY)).verified == 0


async def test_the_job_reports_and_removes_and_can_be_told_only_to_report(
    box: Box, index: Index, store: ObjectStore
) -> None:
    forget(store, "session-2")
    repository = build_defs(box.settings(store, sessions_index_days=7)).get_repository_def()
    job = repository.get_job(JOB)

    def run(**config: bool) -> str:
        ops = {"ops": {"maintain_index": {"config": config}}}
        with dg.DagsterInstance.ephemeral() as instance:
            result = job.execute_in_process(run_config=ops, instance=instance)
        assert result.success
        handled = next(event for event in result.all_node_events if event.is_successful_output)
        return str(handled.step_output_data.metadata["figures"].value)

    told = await asyncio.to_thread(run, remove=False)
    assert "| orphaned directories | 1 |" in told and "| orphans removed | 0 |" in told
    assert "| transcripts removed | 2 |" in told
    done = await asyncio.to_thread(run)
    assert "| orphans removed | 5 |" in done and "| transcripts removed | 0 |" in done
    assert session_uri(DAY, "session-2") not in [line.uri for line in entries(store).values()]
    assert await index.client.names(date_uri(DAY)) == ["session-0", "session-1"]
