"""Against the real server process: a day is loaded, read back, skipped, changed, taken out; nothing stands twice."""

import asyncio
import hashlib
from pathlib import Path

import httpx
import pytest

from sessions_platform.errors import ConfigurationError, PlatformError
from sessions_platform.indexing import CommitOptions, commit_date
from sessions_platform.indexing.payload import transcript_uris
from sessions_platform.openviking_server import OpenVikingServer
from sessions_platform.resources.openviking import OpenVikingClient
from sessions_platform.sessions.transcript import transcript_parts
from sessions_platform_tests.indexing.conftest import Running
from sessions_platform_tests.indexing.support import (
    DAY,
    assert_once,
    entries,
    put_staged,
    session,
    store_in,
)
from sessions_platform_tests.staged_sessions import agent, tool

EVENTS = CommitOptions(extraction=("events",))
IDS = ["中文 🙂", "a b/c:d", "../up", "x.md", "%41?#", "A" * 200]


def client_of(running: Running) -> OpenVikingClient:
    return OpenVikingClient(running.server.url, running.server.user_key)


async def test_a_day_is_loaded_once_and_a_change_replaces_only_what_changed(running: Running, tmp_path: Path) -> None:
    store, gateway = store_in(tmp_path), running.gateway
    put_staged(store, [*(session(number) for number in range(3)), *(session(one) for one in IDS)])
    async with client_of(running) as client:
        gateway.most.clear()
        first = await commit_date(client, store, DAY, options=EVENTS)
        assert (first.verified, first.failed, first.pending, first.stopped) == (9, 0, 0, "")
        assert gateway.most["chat"] <= 2 and gateway.most["embedding"] <= 8
        await assert_once(client, store)
        lines = entries(store)
        # This gateway does not keep our words, as a model would not: they are written back.
        assert {(line.checked, line.l0_source, line.l0_read == line.l0) for line in lines.values()} == {
            ("all", "own", True)
        }
        for line in lines.values():
            assert [one.type for one in line.memories if "/peers/" not in one.uri] == [
                *("task_attempted", "failure", "service", "tool", "outcome")
            ]
            assert len([one for one in line.memories if one.type == "extracted"]) == 1
            assert line.usage["memory_extract"].prompt_tokens > 1000

        calls = gateway.calls.copy()
        again = await commit_date(client, store, DAY, options=EVENTS)
        assert (again.unchanged, again.requests, gateway.calls) == (9, 0, calls)

        put_staged(store, [session(0, words="reboot the database"), session(1)])
        changed = await commit_date(client, store, DAY, options=EVENTS)
        assert (changed.verified, changed.unchanged, changed.removed) == (1, 1, 7)
        await assert_once(client, store)
        line = entries(store)["session-0"]
        assert "reboot the database" in line.l0 and entries(store)["session-1"] == lines["session-1"]
        peers = await client.names(f"{await client.user_space()}/peers")
        assert len([one for one in peers if one.endswith(DAY)]) == 2


async def test_a_session_of_five_megabytes_comes_back_byte_for_byte_and_asks_little_of_the_models(
    running: Running, tmp_path: Path
) -> None:
    store, day = store_in(tmp_path), "2026-11-05"
    words = " ".join(f"line {number} of the log says nothing new 🙂" for number in range(400))
    long = [
        line for number in range(300) for line in (agent("planner", f"step {number}"), tool("sh", "planner", words))
    ]
    made = session("large", lines=[*long, tool("helm", "planner", "Error: release not found", ok=False)], day=day)
    put_staged(store, [made, session("small", day=day)], day)
    async with client_of(running) as client:
        report = await commit_date(client, store, day)
        assert report.complete and report.verified == 2
        await assert_once(client, store, day)
        line = entries(store, day)["large"]
        parts = transcript_parts(made)
        assert line.transcript_parts == 1 and len(parts[0]) > 5_000_000
        (uri,) = transcript_uris(line.uri, 1)
        assert await client.download(uri) == parts[0]
        assert line.transcript_sha256 == hashlib.sha256(parts[0]).hexdigest()
        assert "release not found" in line.l0
        spent = line.usage["document_summary"].prompt_tokens + line.usage["dir_overview"].prompt_tokens
        assert spent <= 9000


async def test_what_looks_like_a_credential_stays_as_it_was_written(running: Running, tmp_path: Path) -> None:
    store, day = store_in(tmp_path), "2026-11-09"
    words = "login with password=<secret:ABCDEFGHIJKLM> and DB_PASSWORD=hunter2hunter2, api_key: 8f14e45fceea167a"
    put_staged(store, [session(f"secret-{number}", words=words, day=day) for number in range(3)], day)
    async with client_of(running) as client:
        first = await commit_date(client, store, day, options=CommitOptions(chunk=1))
        assert (first.verified, first.failed) == (3, 0), first.reasons
        await assert_once(client, store, day)
        for line in entries(store, day).values():
            assert words in (await client.download(f"{line.uri}/.transcript.md")).decode()


async def test_two_runs_at_once_of_one_date_and_of_two_leave_nothing_double(running: Running, tmp_path: Path) -> None:
    store, days = store_in(tmp_path), ["2026-11-06", "2026-11-07"]
    for day in days:
        put_staged(store, [session(f"at-once-{number}", day=day) for number in range(6)], day)

    async def load(day: str) -> int:
        async with client_of(running) as client:
            report = await commit_date(client, store, day)
            assert report.complete
            return report.verified

    assert sorted(await asyncio.gather(*(load(day) for day in [*days, *days]))) == [0, 0, 6, 6]
    async with client_of(running) as client:
        for day in days:
            await assert_once(client, store, day)


async def test_models_that_fail_in_the_middle_end_the_load_and_the_rerun_completes_it(
    running: Running, tmp_path: Path
) -> None:
    store, gateway, day = store_in(tmp_path), running.gateway, "2026-11-10"
    put_staged(store, [session(f"middle-{number}", day=day) for number in range(12)], day)
    options = CommitOptions(chunk=6)
    async with client_of(running) as client:
        calls = gateway.calls["chat"]
        loading = asyncio.create_task(commit_date(client, store, day, options=options))
        while gateway.calls["chat"] < calls + 3:
            await asyncio.sleep(0.02)
        gateway.failing = True
        try:
            report = await loading
        finally:
            gateway.failing = False
        assert (report.verified, report.failed, report.pending) == (0, 6, 6)
        assert all("SESSIONS_GATEWAY_URL" in reason for reason in report.reasons.values()), report.reasons
        assert (await commit_date(client, store, day, options=options)).verified == 12
        await assert_once(client, store, day)


@pytest.mark.slow
async def test_models_away_leave_the_day_pending_and_the_next_run_completes_it(
    running: Running, tmp_path: Path
) -> None:
    store, gateway, day = store_in(tmp_path), running.gateway, "2026-11-08"
    put_staged(store, [session(f"away-{number}", day=day) for number in range(3)], day)
    async with client_of(running) as client:
        gateway.failing = True
        try:
            report = await commit_date(client, store, day)
        finally:
            gateway.failing = False
        assert (report.verified, report.pending) == (0, 3) and "SESSIONS_GATEWAY_URL" in report.stopped
        assert {line.reason for line in entries(store, day).values()} == {report.stopped}
        report = await commit_date(client, store, day)
        assert report.complete and report.verified == 3
        await assert_once(client, store, day)


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
