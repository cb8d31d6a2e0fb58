"""What one session's fault, a server that is gone, a used-up budget and damaged things mean for a date's ledger."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sessions_platform.errors import StoreError
from sessions_platform.indexing import CommitOptions, commit_date
from sessions_platform.indexing.estimate import tokens_of
from sessions_platform.indexing.payload import document
from sessions_platform.sessions.layout import ledger_key
from sessions_platform_tests.indexing.fake_viking import FakeViking
from sessions_platform_tests.indexing.support import DAY, entries, put_staged, session, store_in


async def load(viking: FakeViking, folder: Path, **how: Any) -> Any:
    async with viking.client() as client:
        return await commit_date(client, store_in(folder), DAY, **how)


async def test_loaded_sessions_are_skipped_without_a_call(tmp_path: Path) -> None:
    viking, seen = FakeViking(), []
    put_staged(store_in(tmp_path), [session(number) for number in range(3)])
    options = CommitOptions(now=lambda: datetime(2026, 11, 3, 4, 5, 6, tzinfo=UTC))
    report = await load(viking, tmp_path, options=options, progress=lambda done, total: seen.append((done, total)))
    assert (report.verified, report.complete, seen) == (3, True, [(0, 3), (3, 3)])
    line = entries(store_in(tmp_path))["session-1"]
    assert (line.status, line.committed_at, line.uri) == (
        "verified",
        "2026-11-03T04:05:06.000Z",
        "viking://resources/sessions/2026-11-02/session-1",
    )
    assert set(viking.sessions.values()) == {4}
    viking.calls.clear()
    again = await load(viking, tmp_path)
    assert (again.unchanged, again.requests, viking.calls) == (3, 0, [])


async def test_a_server_that_is_gone_leaves_all_pending(tmp_path: Path) -> None:
    viking = FakeViking()
    viking.down_after = 0
    put_staged(store_in(tmp_path), [session(number) for number in range(3)])
    report = await load(viking, tmp_path)
    assert (report.pending, report.verified, report.complete) == (3, 0, False) and "cannot be reached" in report.stopped
    assert {line.reason for line in entries(store_in(tmp_path)).values()} == {report.stopped}


@pytest.mark.parametrize("calls", [4, 7, 12, 20, 26, 35, 45, 55, 65])
async def test_a_server_that_goes_away_at_any_call_is_made_good_by_a_rerun(tmp_path: Path, calls: int) -> None:
    viking = FakeViking()
    viking.down_after = calls
    put_staged(store_in(tmp_path), [session(number) for number in range(3)])
    report = await load(viking, tmp_path, options=CommitOptions(chunk=2))
    assert report.stopped and report.pending + report.verified == 3 and not report.failed
    viking.down_after = None
    report = await load(viking, tmp_path, options=CommitOptions(chunk=2))
    assert report.complete and set(viking.sessions.values()) == {4} and len(viking.sessions) == 3


async def test_one_session_that_is_refused_fails_alone(tmp_path: Path) -> None:
    viking = FakeViking()
    viking.poison = "poison"
    put_staged(store_in(tmp_path), [session(0), session(1, words="drink poison"), session(2), session(3)])
    report = await load(viking, tmp_path)
    assert (report.verified, report.failed, report.stopped) == (3, 1, "")
    assert "this text is refused" in report.reasons["session-1"]
    viking.poison = ""
    report = await load(viking, tmp_path)
    assert (report.verified, report.unchanged, report.complete) == (1, 3, True)


async def test_a_placeholder_is_a_failure_though_the_server_said_success(tmp_path: Path) -> None:
    viking = FakeViking()
    viking.placeholders = {"session-1"}
    put_staged(store_in(tmp_path), [session(0), session(1)])
    report = await load(viking, tmp_path)
    assert (report.verified, report.failed) == (1, 1) and "placeholder" in report.reasons["session-1"]


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        ([2], ""),
        ([0, 2], "2 index records of it instead of 3: its texts were not embedded (SESSIONS_GATEWAY_URL)"),
        ([4], "4 index records of it instead of 3: something else is there"),
    ],
)
async def test_tags_are_set_once_more_where_vectors_are_missing(
    tmp_path: Path, records: list[int], reason: str
) -> None:
    viking = FakeViking()
    viking.records = records
    put_staged(store_in(tmp_path), [session(0)])
    report = await load(viking, tmp_path)
    assert (report.verified, report.reasons) == ((0, {"session-0": reason}) if reason else (1, {}))
    assert viking.calls.count("POST /system/wait") == (0 if "something else" in reason else 1)


async def test_where_nothing_works_the_rest_is_not_tried(tmp_path: Path) -> None:
    viking = FakeViking()
    viking.placeholders = {f"session-{number}" for number in range(6)}
    put_staged(store_in(tmp_path), [session(number) for number in range(6)])
    report = await load(viking, tmp_path, options=CommitOptions(chunk=2))
    assert (report.failed, report.pending) == (2, 4) and report.stopped.startswith("none of the last 2 sessions")


async def test_the_budget_is_never_passed_and_the_newest_sessions_are_loaded_first(tmp_path: Path) -> None:
    viking, store = FakeViking(), store_in(tmp_path)
    made = [session(number) for number in range(6)]
    for number, one in enumerate(made):
        one.session.start_time = f"{DAY}T0{number}:00:00.000Z"
    put_staged(store, made)
    report = await load(viking, tmp_path, options=CommitOptions(token_budget=0))
    assert (report.verified, report.pending, report.index_tokens) == (0, 6, 0)
    assert "SESSIONS_INDEX_TOKEN_BUDGET" in report.stopped
    costs = [tokens_of(document(one, (), ()).usage) for one in made]
    report = await load(viking, tmp_path, options=CommitOptions(chunk=2, token_budget=sum(costs[3:]) + 10))
    assert (report.verified, report.pending, report.index_tokens) == (3, 3, sum(costs[3:]))
    loaded = [one for one, line in entries(store).items() if line.status == "verified"]
    assert loaded == ["session-3", "session-4", "session-5"]
    assert (await load(viking, tmp_path)).verified == 3


async def test_another_index_loads_all_again_and_a_lost_directory_is_noticed(tmp_path: Path) -> None:
    put_staged(store_in(tmp_path), [session(0), session(1)])
    await load(FakeViking(), tmp_path, options=CommitOptions(index="a"))
    viking = FakeViking()
    assert (await load(viking, tmp_path, options=CommitOptions(index="b"))).verified == 2
    viking.remove("viking://resources/sessions/2026-11-02/session-0")
    report = await load(viking, tmp_path, options=CommitOptions(index="b", check_present=True))
    assert (report.verified, report.unchanged) == (1, 1)


async def test_a_date_that_is_not_staged_and_a_damaged_ledger_are_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="stage 2026-11-02 first"):
        await load(FakeViking(), tmp_path)
    store = store_in(tmp_path)
    put_staged(store, [session(0)])
    store.put(ledger_key(DAY), b"{")
    with pytest.raises(StoreError, match=r"commits/date=2026-11-02/ledger.json: damaged"):
        await load(FakeViking(), tmp_path)
