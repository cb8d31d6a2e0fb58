"""What one session's fault, a server that is gone, a used-up budget and damaged things mean for a date's ledger."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from sessions_platform.errors import StoreError
from sessions_platform.indexing import CommitOptions, commit_date
from sessions_platform.resources.openviking import OpenVikingClient
from sessions_platform.sessions.layout import ledger_key
from sessions_platform_tests.indexing.support import DAY, entries, put_staged, session, store_in


class FakeViking:
    """As much of the server as a load needs: directories, texts, sessions that are committed at once."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.sessions: dict[str, int] = {}
        self.calls: list[str] = []
        self.placeholders: set[str] = set()
        self.poison = ""
        self.down_after: int | None = None

    def client(self) -> OpenVikingClient:
        async def sleep(seconds: float) -> None:
            pass

        return OpenVikingClient("http://127.0.0.1:1", "key", transport=httpx.MockTransport(self), sleep=sleep)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v1")
        if self.down_after is not None and len(self.calls) >= self.down_after:
            raise httpx.ConnectError("refused")
        self.calls.append(f"{request.method} {path}")
        body: Any = json.loads(request.content) if request.content else {}
        status, result = self.answer(request.method, path, body, dict(request.url.params))
        kind = "result" if status == 200 else "error"
        return httpx.Response(status, json={"status": "ok", kind: result})

    def answer(self, method: str, path: str, body: Any, params: dict[str, str]) -> tuple[int, Any]:  # noqa: C901
        if path == "/fs/mkdir":
            if body["uri"] in self.texts:
                return 409, {"code": "CONFLICT", "message": "already exists"}
            self.texts[body["uri"]] = body["description"]
        elif path == "/content/batch-write":
            if any(self.poison and self.poison in one["content"] for one in body["operations"]):
                return 400, {"code": "INVALID_ARGUMENT", "message": "this text is refused"}
            self.texts |= {one["uri"].removesuffix("/.abstract.md"): one["content"] for one in body["operations"]}
        elif path == "/content/abstract":
            name = params["uri"].rpartition("/")[2]
            return 200, "[Directory abstract is not ready]" if name in self.placeholders else self.texts[params["uri"]]
        elif path == "/content/overview":
            return 200, "# overview"
        elif path == "/content/set_tags":
            return 200, {"success_count": 3}
        elif path == "/fs/ls":
            return 200, [uri for uri in self.texts if uri.rpartition("/")[0] == params["uri"]]
        elif method == "DELETE":
            gone = params.get("uri", "none")
            self.texts = {uri: text for uri, text in self.texts.items() if not uri.startswith(gone)}
            self.sessions.pop(path.rpartition("/")[2], None)
        elif path.startswith(("/sessions", "/tasks")):
            return self.of_sessions(method, path, body)
        return 200, {}

    def of_sessions(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        if path == "/sessions":
            if body["session_id"] in self.sessions:
                return 409, {"code": "ALREADY_EXISTS", "message": "exists"}
            self.sessions[body["session_id"]] = 0
            return 200, {"uri": f"viking://user/u/sessions/{body['session_id']}"}
        if path.endswith("/batch"):
            self.sessions[path.split("/")[2]] += len(body["messages"])
        elif path.endswith("/commit"):
            return 200, {"task_id": "t"}
        elif path == "/tasks":
            return 200, []
        elif path.startswith("/tasks/"):
            return 200, {
                "task_id": "t",
                "status": "completed",
                "result": {"token_usage": {"total": {"total_tokens": 5}}},
            }
        elif method == "GET":
            return 200, {"created_by_user_id": "u"}
        return 200, {}


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


@pytest.mark.parametrize("calls", [4, 7, 12, 20, 26])
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


async def test_where_nothing_works_the_rest_is_not_tried(tmp_path: Path) -> None:
    viking = FakeViking()
    viking.placeholders = {f"session-{number}" for number in range(6)}
    put_staged(store_in(tmp_path), [session(number) for number in range(6)])
    report = await load(viking, tmp_path, options=CommitOptions(chunk=2))
    assert (report.failed, report.pending) == (2, 4) and report.stopped.startswith("none of the last 2 sessions")


async def test_a_used_up_budget_leaves_the_rest_pending(tmp_path: Path) -> None:
    viking = FakeViking()
    put_staged(store_in(tmp_path), [session(number) for number in range(6)])
    report = await load(viking, tmp_path, options=CommitOptions(chunk=2, token_budget=5000))
    assert (report.verified, report.pending) == (4, 2) and "SESSIONS_INDEX_TOKEN_BUDGET" in report.stopped


async def test_another_index_loads_all_again_and_a_lost_directory_is_noticed(tmp_path: Path) -> None:
    put_staged(store_in(tmp_path), [session(0), session(1)])
    await load(FakeViking(), tmp_path, options=CommitOptions(index="a"))
    viking = FakeViking()
    assert (await load(viking, tmp_path, options=CommitOptions(index="b"))).verified == 2
    viking.texts.pop("viking://resources/sessions/2026-11-02/session-0")
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
