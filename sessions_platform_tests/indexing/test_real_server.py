"""Against the real server process: a day is loaded, read back, skipped, changed, taken out; nothing stands twice."""

from pathlib import Path

import httpx
import pytest

from sessions_platform.errors import ConfigurationError, PlatformError
from sessions_platform.indexing import CommitOptions, commit_date
from sessions_platform.openviking_server import OpenVikingServer
from sessions_platform.resources.openviking import OpenVikingClient
from sessions_platform_tests.indexing.conftest import Running
from sessions_platform_tests.indexing.support import DAY, entries, put_staged, records, session, store_in

EVENTS = CommitOptions(memories=("events",))


def client_of(running: Running) -> OpenVikingClient:
    return OpenVikingClient(running.server.url, running.server.user_key)


async def test_a_day_is_loaded_once_and_a_change_replaces(running: Running, tmp_path: Path) -> None:
    store, gateway = store_in(tmp_path), running.gateway
    put_staged(store, [*(session(number) for number in range(3)), session("中文"), session("a b/c:d")])
    async with client_of(running) as client:
        gateway.most.clear()
        first = await commit_date(client, store, DAY, options=EVENTS)
        assert (first.verified, first.failed, first.pending, first.stopped) == (5, 0, 0, "")
        assert gateway.most["chat"] <= 2 and gateway.most["embedding"] <= 2
        lines = entries(store)
        for line in lines.values():
            assert line.status == "verified" and await client.abstract(line.uri) == line.l0
            assert [level for _, level in await records(client, line)] == [0, 1, 2]
            assert len(await client.names(f"{line.memories_uri}/memories/events/2026/11/02")) == 1
        assert "connection refused" in await client.read(f"{lines['中文'].uri}/digest.md")

        again = await commit_date(client, store, DAY, options=EVENTS)
        assert (again.unchanged, again.requests) == (5, 0)

        put_staged(store, [session(0, words="reboot the database"), session(1)])
        changed = await commit_date(client, store, DAY, options=EVENTS)
        assert (changed.verified, changed.unchanged, changed.removed) == (1, 1, 3)
        line = entries(store)["session-0"]
        assert "reboot the database" in line.l0 and await client.abstract(line.uri) == line.l0
        assert [level for _, level in await records(client, line)] == [0, 1, 2]
        folder = line.session_uri.rpartition("/")[0]
        assert await client.names(folder) == ["2026-11-02.session-0", "2026-11-02.session-1"]
        assert len(await client.names(folder.replace("/sessions", "/peers"))) == 2
        session_0 = await client.session(line.session_id)
        assert session_0 is not None and session_0["commit_count"] == 1


@pytest.mark.slow
async def test_models_away_leave_the_day_pending_and_the_next_run_completes_it(
    running: Running, tmp_path: Path
) -> None:
    store, gateway = store_in(tmp_path), running.gateway
    put_staged(store, [session(f"away-{number}") for number in range(3)])
    async with client_of(running) as client:
        gateway.failing = True
        try:
            report = await commit_date(client, store, DAY, options=EVENTS)
        finally:
            gateway.failing = False
        assert (report.verified, report.pending) == (0, 3) and "SESSIONS_GATEWAY_URL" in report.stopped
        assert {line.reason for line in entries(store).values()} == {report.stopped}
        report = await commit_date(client, store, DAY, options=EVENTS)
        assert report.complete and report.verified == 3
        for line in entries(store).values():
            assert [level for _, level in await records(client, line)] == [0, 1, 2]


async def test_a_root_key_and_a_wrong_key_are_told_apart(running: Running, tmp_path: Path) -> None:
    store = store_in(tmp_path)
    put_staged(store, [session("keys")])
    async with OpenVikingClient(running.server.url, running.server.options.root_key) as client:
        with pytest.raises(ConfigurationError, match="OPENVIKING_API_KEY is the root key.*user_key"):
            await commit_date(client, store, DAY)
    async with OpenVikingClient(running.server.url, "nothing") as client:
        with pytest.raises(ConfigurationError, match="does not accept OPENVIKING_API_KEY"):
            await commit_date(client, store, DAY)


def test_a_second_server_on_the_workspace_is_refused_and_names_the_first(running: Running) -> None:
    with pytest.raises(PlatformError, match=f"process {running.server.pid} at {running.server.url}"):
        OpenVikingServer(running.server.options).start()
    assert httpx.get(f"{running.server.url}/health").status_code == 200
