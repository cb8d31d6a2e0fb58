"""From a full box to an empty one, over the real server: what comes back is what was there, once."""

from collections.abc import AsyncIterator
from pathlib import Path

import duckdb
import pytest

from sessions_platform.errors import ConfigurationError
from sessions_platform.indexing.ledger import read_ledger
from sessions_platform.indexing.payload import digest_uri, key_tag, transcript_uris
from sessions_platform.lifecycle.backup import make_backup
from sessions_platform.lifecycle.manifest import chosen_backup
from sessions_platform.lifecycle.restore import restore
from sessions_platform.lifecycle.server import Index
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.resources.platform import WarehouseResource
from sessions_platform.sessions.layout import staged_prefix
from sessions_platform_tests.indexing.support import assert_once, entries, put_staged, session
from sessions_platform_tests.lifecycle.conftest import Box, emptied
from sessions_platform_tests.staged_sessions import write_day

MONDAY, TUESDAY = "2026-11-02", "2026-11-03"
DAYS = {MONDAY: (0, 1, 2, "中文"), TUESDAY: (5, "a b/c:d")}


@pytest.fixture
async def old(boxes: tuple[Box, Box], store: ObjectStore) -> AsyncIterator[Index]:
    """The index of a box with two loaded dates; both boxes are empty again afterwards."""
    box, new = boxes
    for day, names in DAYS.items():
        sessions = [session(name, day=day) for name in names]
        put_staged(store, sessions, day)
        write_day(store, day, sessions)
    async with box.opened(store) as index:
        for day, names in DAYS.items():
            assert (await box.load(index, store, day)).verified == len(names)
        WarehouseResource(box.settings(store)).publisher(store).publish(list(DAYS))
        yield index
        await emptied(index)
    for one in boxes:
        one.settings(store).database.unlink(missing_ok=True)
    async with new.opened(store) as index:
        await emptied(index)


def staged_gone(store: ObjectStore, day: str) -> None:
    store.delete([info.key for info in list(store.objects(staged_prefix(day)))])


async def texts(index: Index, store: ObjectStore, day: str) -> dict[str, tuple[str, str, bytes, bytes]]:
    """L0, L1, digest and transcript of each session."""
    client = index.client
    return {
        one: (
            await client.abstract(line.uri),
            await client.overview(line.uri),
            await client.download(digest_uri(line.uri)),
            await client.download(transcript_uris(line.uri, line.transcript_parts)[0]),
        )
        for one, line in entries(store, day).items()
    }


async def test_an_empty_box_gets_back_what_the_old_one_held_and_a_second_restore_does_nothing(
    boxes: tuple[Box, Box], store: ObjectStore, old: Index
) -> None:
    box, new = boxes
    settings = new.settings(store)
    before = {day: await texts(old, store, day) for day in DAYS}
    made = await make_backup(store, box.settings(store), old)
    assert (made.changed, made.dates, made.sessions, made.packs_exported, made.not_saved) == (True, 2, 6, 2, {})
    again = await make_backup(store, box.settings(store), old)
    assert (again.changed, again.stamp, again.packs_exported) == (False, made.stamp, 0)

    staged_gone(store, TUESDAY)
    async with new.opened(store) as index:
        new.gateway.calls.clear()
        report = await restore(store, settings, index)
        assert report.ok and report.notes == [] and report.analytics == "restored"
        figures = [(one.date, one.how, one.verified, one.not_committed, one.waiting) for one in report.dates]
        assert figures == [(TUESDAY, "pack", 2, 2, 0), (MONDAY, "pack", 4, 0, 0)]
        assert new.gateway.calls["chat"] == 0
        assert {day: await texts(index, store, day) for day in DAYS} == before
        await assert_once(index.client, store, MONDAY)
        line = entries(store, TUESDAY)["a b/c:d"]
        assert (line.status, line.reason, line.session_uri) == ("verified", "", "")
        hits = await index.client.find("checkout", target=f"{index.space}/memories", tags=[key_tag("a b/c:d")])
        assert {hit.uri for hit in hits} == set(line.memory_uris) and len(line.memory_uris) == 3

        new.gateway.calls.clear()
        requests, ledgers = index.client.requests, {day: read_ledger(store, day) for day in DAYS}
        second = await restore(store, settings, index)
        assert second.ok and {one.how for one in second.dates} == {"unchanged"} and second.analytics.startswith("kept")
        assert {day: read_ledger(store, day) for day in DAYS} == ledgers
        assert new.gateway.calls["chat"] == 0 and index.client.requests > requests
        nothing = await new.load(index, store, MONDAY)
        assert (nothing.verified, nothing.unchanged) == (0, 4)
    with duckdb.connect(str(settings.database), read_only=True) as con:
        rows = con.execute("SELECT status, count(*) FROM openviking_commits GROUP BY ALL").fetchall()
    assert rows == [("verified", 6)]


@pytest.mark.slow
async def test_a_damaged_pack_is_named_and_its_date_loaded_from_staged_or_named_as_lost(
    boxes: tuple[Box, Box], store: ObjectStore, old: Index
) -> None:
    box, new = boxes
    made = await make_backup(store, box.settings(store), old)
    for saved in chosen_backup(store, made.stamp).dates.values():
        assert saved.pack is not None
        data = store.get(saved.pack.key)
        store.put(saved.pack.key, data[:-1] + bytes([data[-1] ^ 1]))
    staged_gone(store, TUESDAY)
    async with new.opened(store) as index:
        report = await restore(store, new.settings(store), index)
        by_date = {one.date: one for one in report.dates}
        assert not report.ok and (by_date[MONDAY].how, by_date[MONDAY].verified) == ("staged", 4)
        assert by_date[TUESDAY].how == "lost" and "damaged" in by_date[TUESDAY].reason
        await assert_once(index.client, store, MONDAY)
    assert {line.status for line in entries(store, TUESDAY).values()} == {"pending"}


@pytest.mark.slow
async def test_sessions_loaded_after_the_backup_wait_in_the_ledger_and_the_next_load_brings_them(
    boxes: tuple[Box, Box], store: ObjectStore, old: Index
) -> None:
    box, new = boxes
    await make_backup(store, box.settings(store), old)
    put_staged(store, [session(name) for name in (*DAYS[MONDAY], "late")])
    assert (await box.load(old, store, MONDAY)).verified == 1
    async with new.opened(store) as index:
        report = await restore(store, new.settings(store), index)
        assert [one.waiting for one in report.dates if one.date == MONDAY] == [1] and report.ok
        late = entries(store)["late"]
        assert late.status == "pending" and "loaded after the backup" in late.reason
        assert (await new.load(index, store, MONDAY)).verified == 1
        await assert_once(index.client, store, MONDAY)


@pytest.mark.slow
async def test_a_box_with_other_sessions_is_refused_and_force_replaces_them(
    boxes: tuple[Box, Box], store: ObjectStore, old: Index, tmp_path: Path
) -> None:
    box, new = boxes
    await make_backup(store, box.settings(store), old)
    stranger = f"viking://resources/sessions/{MONDAY}/stranger"
    async with new.opened(store) as index:
        await index.client.mkdir(stranger, "Not of this store.")
        with pytest.raises(ConfigurationError, match=r"2026-11-02 holds 1 sessions .*\(stranger\); --force"):
            await restore(store, new.settings(store), index)
        assert not new.settings(store).database.exists()
        report = await restore(store, new.settings(store), index, force=True)
        assert report.ok and "stranger" not in await index.client.names(f"viking://resources/sessions/{MONDAY}")
        await assert_once(index.client, store, MONDAY)


@pytest.mark.slow
async def test_a_session_that_the_index_lost_is_not_called_saved(
    boxes: tuple[Box, Box], store: ObjectStore, old: Index
) -> None:
    box = boxes[0]
    await old.client.delete(entries(store)["session-1"].uri)
    made = await make_backup(store, box.settings(store), old)
    assert made.not_saved == {MONDAY: ["session-1"]} and made.sessions == 5
    assert entries(store)["session-1"].status == "verified"
    assert (await make_backup(store, box.settings(store), old)).not_saved == {MONDAY: ["session-1"]}
    assert (await box.load(old, store, MONDAY)).verified == 1
    whole = await make_backup(store, box.settings(store), old)
    assert (whole.sessions, whole.packs_exported, whole.changed) == (6, 1, True)


@pytest.mark.slow
async def test_a_restore_that_breaks_off_leaves_true_ledgers_and_the_next_one_completes_it(
    boxes: tuple[Box, Box], store: ObjectStore, old: Index
) -> None:
    box, new = boxes
    await make_backup(store, box.settings(store), old)

    def broken(step: str, date: str, done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    async with new.opened(store) as index:
        with pytest.raises(KeyboardInterrupt):
            await restore(store, new.settings(store), index, progress=broken)
        assert {line.status for line in entries(store, TUESDAY).values()} == {"verified"}
        assert {line.status for line in entries(store, MONDAY).values()} == {"pending"}
        report = await restore(store, new.settings(store), index)
        assert [(one.date, one.how) for one in report.dates] == [(TUESDAY, "unchanged"), (MONDAY, "pack")]
        for day in DAYS:
            await assert_once(index.client, store, day)
