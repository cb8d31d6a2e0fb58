"""The index made again on an empty server: from staged files, from packs, or the date is named."""

import pytest

from sessions_platform.indexing.ledger import read_ledger, write_ledger
from sessions_platform.indexing.payload import date_uri
from sessions_platform.lifecycle.backup import make_backup
from sessions_platform.lifecycle.rebuild import rebuild_index
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.sessions.layout import PACKS, staged_prefix
from sessions_platform_tests.indexing.support import assert_once, entries, put_staged, session
from sessions_platform_tests.lifecycle.conftest import Box, emptied

STAGED, SAVED, LOST = "2026-11-04", "2026-11-03", "2026-11-02"
DAYS = {STAGED: (1, 2), SAVED: (3, 4), LOST: (5,)}


async def test_each_date_comes_from_staged_files_or_a_backup_and_one_with_neither_is_named(
    box: Box, store: ObjectStore
) -> None:
    settings = box.settings(store)
    async with box.opened(store) as index:
        for day, names in DAYS.items():
            put_staged(store, [session(name, day=day) for name in names], day)
            await box.load(index, store, day)
        await make_backup(store, settings, index)
        store.delete([info.key for info in list(store.objects(f"{PACKS}date={LOST}/"))])
        for day in (SAVED, LOST):
            store.delete([info.key for info in list(store.objects(staged_prefix(day)))])

        calm = await rebuild_index(store, settings, index)
        assert calm.ok and [(one.date, one.how) for one in calm.dates] == [(day, "unchanged") for day in DAYS]

        await emptied(index)
        report = await rebuild_index(store, settings, index)
        assert [(one.date, one.how, one.verified) for one in report.dates] == [
            (STAGED, "staged", 2),
            (SAVED, "pack", 2),
            (LOST, "lost", 0),
        ]
        assert (report.ok, report.lost) == (False, [LOST]) and "missing though a backup names it" in report.dates[
            2
        ].reason
        await assert_once(index.client, store, STAGED)
        assert {line.status for line in entries(store, SAVED).values()} == {"verified"}
        lost = entries(store, LOST)["session-5"]
        assert lost.status == "pending" and lost.memories and "missing though" in lost.reason

        again = await rebuild_index(store, settings, index)
        assert [(one.date, one.how) for one in again.dates] == [
            (STAGED, "unchanged"),
            (SAVED, "unchanged"),
            (LOST, "lost"),
        ]
        await emptied(index)


@pytest.mark.slow
async def test_dates_of_another_embedding_model_are_loaded_again_from_their_packs(box: Box, store: ObjectStore) -> None:
    settings = box.settings(store)
    async with box.opened(store) as index:
        for day in (STAGED, SAVED):
            put_staged(store, [session(9, day=day)], day)
            await box.load(index, store, day)
        await make_backup(store, settings, index)
        store.delete([info.key for info in list(store.objects(staged_prefix(SAVED)))])
        for day in (STAGED, SAVED):
            ledger = read_ledger(store, day)
            ledger.sessions["session-9"].index = "another-1024"
            write_ledger(store, ledger)
        await index.client.delete(date_uri(SAVED))
        report = await rebuild_index(store, settings, index)
        assert report.ok and [one.how for one in report.dates] == ["staged", "pack"]
        assert {entries(store, day)["session-9"].index for day in (STAGED, SAVED)} == {settings.index_name}
        forced = await rebuild_index(store, settings, index, force=True)
        assert [one.how for one in forced.dates] == ["staged", "pack"] and forced.ok
        await emptied(index)
