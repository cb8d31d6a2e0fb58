"""The server is killed in the middle of a load: the ledger says what is missing, and a rerun completes it once."""

import asyncio
from pathlib import Path

import pytest

from sessions_platform.indexing import CommitOptions, commit_date
from sessions_platform.openviking_server import OpenVikingServer
from sessions_platform.resources.openviking import OpenVikingClient
from sessions_platform_tests.indexing.fake_gateway import FakeGateway
from sessions_platform_tests.indexing.support import (
    DAY,
    entries,
    put_staged,
    records,
    server_options,
    session,
    store_in,
)

OPTIONS = CommitOptions(memories=("events",), chunk=6)


@pytest.mark.slow
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
                for line in entries(store).values():
                    assert await client.abstract(line.uri) == line.l0
                    assert [level for _, level in await records(client, line)] == [0, 1, 2]
                    assert len(await client.names(f"{line.memories_uri}/memories/events/2026/11/02")) == 1
                    known = await client.session(line.session_id)
                    assert known is not None and known["commit_count"] == 1
                assert len(await client.names(f"viking://resources/sessions/{DAY}")) == 20
        finally:
            server.stop()


@pytest.mark.slow
async def test_models_that_fail_in_the_middle_end_the_load_and_the_rerun_completes_it(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    put_staged(store, [session(number) for number in range(12)])
    with FakeGateway() as gateway, OpenVikingServer(server_options(tmp_path, gateway)) as server:
        async with OpenVikingClient(server.url, server.user_key) as client:
            loading = asyncio.create_task(commit_date(client, store, DAY, options=OPTIONS))
            while gateway.calls["chat"] < 3:
                await asyncio.sleep(0.02)
            gateway.failing = True
            report = await loading
            assert (report.verified, report.failed, report.pending) == (0, 6, 6)
            assert all("SESSIONS_GATEWAY_URL" in reason for reason in report.reasons.values())
            gateway.failing = False
            assert (await commit_date(client, store, DAY, options=OPTIONS)).verified == 12
            for line in entries(store).values():
                assert await client.abstract(line.uri) == line.l0
                assert [level for _, level in await records(client, line)] == [0, 1, 2]
