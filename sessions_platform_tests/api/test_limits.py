"""What is bounded: time, work for equal questions, memory; and what is said while nothing is published."""

import asyncio
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from sessions_platform.analytics import Record, SessionAnalytics
from sessions_platform.api.desk import Limits
from sessions_platform_tests.api.conftest import client_of

ENDLESS = "SELECT sum(a.range * b.range) AS s FROM range(1000000000) AS a, range(1000000) AS b"


def test_without_a_file_every_question_says_what_to_run(tmp_path: Path) -> None:
    client = client_of(tmp_path)
    for path in ("sessions", "metrics", "tool-stats", "compare?session_ids=a&session_ids=b", "search?q=%22x%22"):
        answer = client.get(f"/api/{path}")
        assert (answer.status_code, "sessions-platform run" in answer.json()["detail"]) == (503, True), path
    assert client.get("/health").json() == {"status": "unpublished", "published": False, "data_version": None}


def test_a_file_that_is_none_is_an_answer_too(tmp_path: Path) -> None:
    (tmp_path / "analytics.duckdb").write_bytes(b"not a database" * 100)
    answer = client_of(tmp_path).get("/api/metrics")
    assert (answer.status_code, "cannot be read" in answer.json()["detail"]) == (503, True)


def test_a_question_that_takes_too_long_is_stopped_and_others_go_on(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SessionAnalytics, "get_success_metrics", lambda self: self.records(ENDLESS)[0])
    client = client_of(home, limits=Limits(seconds=0.5, questions=1))
    answer = client.get("/api/metrics")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "took longer than 0.5 seconds" in answer.json()["detail"]
    # The one place for questions is free again, as DuckDB was interrupted.
    for _ in range(50):
        if client.get("/api/tool-stats").status_code == 200:
            return
        time.sleep(0.1)
    pytest.fail("the question that was stopped still holds its place")


def test_equal_questions_at_one_time_are_asked_once_and_kept(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    together = threading.Barrier(8)
    whole = SessionAnalytics.get_success_metrics

    def slowly(self: SessionAnalytics) -> Record:
        asked.append(1)
        time.sleep(0.3)
        return whole(self)

    monkeypatch.setattr(SessionAnalytics, "get_success_metrics", slowly)
    client, found = client_of(home), list[Any]()

    def ask() -> None:
        together.wait()
        found.append(client.get("/api/metrics").json())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(asked), len(found)) == (1, 8)
    assert all(one == found[0] for one in found)
    client.get("/api/metrics")
    assert len(asked) == 1


def test_what_is_kept_is_bounded(home: Path) -> None:
    client: TestClient = client_of(home, limits=Limits(kept_bytes=20_000, largest_kept=8_000))
    for limit in range(1, 60):
        client.get(f"/api/sessions?limit={limit}&text=a")
    desk = client.app.state.desk  # type: ignore[attr-defined]
    assert 0 < desk._size <= 20_000
    assert desk._size == sum(len(b.plain) + len(b.packed or b"") + 500 for b in desk._kept.values())
    assert not desk._under_way


def test_a_refusal_is_not_kept(home: Path) -> None:
    client = client_of(home)
    assert [client.get("/api/sessions/nobody").status_code for _ in range(2)] == [404, 404]
    assert not client.app.state.desk._kept  # type: ignore[attr-defined]


def test_asking_and_going_away_leaves_nothing_behind(home: Path) -> None:
    client = client_of(home)

    async def leave() -> None:
        scope = {"type": "http", "method": "GET", "path": "/api/metrics", "raw_path": b"/api/metrics", "headers": [],
                 "query_string": b"", "http_version": "1.1", "scheme": "http"}  # fmt: skip

        async def receive() -> Any:
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            raise OSError("gone")

        await client.app(scope, receive, send)  # type: ignore[arg-type]

    with pytest.raises(OSError, match="gone"):
        asyncio.run(leave())
    assert client.get("/api/metrics").status_code == 200
