"""The server is killed, or gets another embedding model: the ledger says what is missing, a rerun completes."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from sessions_platform.indexing import CommitOptions, commit_date
from sessions_platform.openviking_server import OpenVikingServer
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.resources.openviking import OpenVikingClient
from sessions_platform_tests.indexing.fake_gateway import FakeGateway
from sessions_platform_tests.indexing.support import (
    DAY,
    assert_once,
    entries,
    put_staged,
    server_options,
    session,
    store_in,
)

OPTIONS = CommitOptions(extraction=("events",), chunk=6)


async def test_after_a_kill_the_rerun_verifies_all_without_doubles(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    put_staged(store, [session(number) for number in range(20)])
    with FakeGateway() as gateway:
        server = OpenVikingServer(server_options(tmp_path, gateway))
        server.start()
        try:
            async with OpenVikingClient(server.url, server.user_key) as client:
                loading = asyncio.create_task(commit_date(client, store, DAY, options=OPTIONS))
                while sum(line.status == "verified" for line in entries(store).values()) < 6:
                    await asyncio.sleep(0.05)
                await asyncio.sleep(1.0)
                server.kill()
                killed = await loading
            assert killed.verified >= 6 and killed.pending == 20 - killed.verified and killed.stopped
            assert all(line.reason for line in entries(store).values() if line.status == "pending")
            server.start()
            async with OpenVikingClient(server.url, server.user_key) as client:
                report = await commit_date(client, store, DAY, options=OPTIONS)
                assert report.complete and report.verified == 20 - killed.verified
                await assert_once(client, store)
        finally:
            server.stop()


@pytest.mark.slow
async def test_another_embedding_model_is_another_index_and_all_is_loaded_into_it(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    put_staged(store, [session(number) for number in range(4)])
    with FakeGateway() as gateway:
        for model in ("hashed-a", "hashed-b"):
            with OpenVikingServer(server_options(tmp_path, gateway, model)) as server:
                assert await _load(server, store, model) == (4, 0)
                assert await _load(server, store, model) == (0, 4)
        assert {line.index for line in entries(store).values()} == {"hashed-b"}
        assert len(list((tmp_path / "openviking").iterdir())) == 2


async def _load(server: OpenVikingServer, store: ObjectStore, model: str) -> tuple[int, int]:
    async with OpenVikingClient(server.url, server.user_key) as client:
        report = await commit_date(client, store, DAY, options=replace(OPTIONS, extraction=(), index=model))
        await assert_once(client, store)
        return report.verified, report.unchanged
