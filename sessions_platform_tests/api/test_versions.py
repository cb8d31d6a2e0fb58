"""Versions of the data: ETags, answers of one publication, and a file that is replaced while it is asked."""

import gzip
import threading
from collections import defaultdict
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from sessions_platform.api.app import create_app
from sessions_platform.loopback import LoopbackServer
from sessions_platform_tests.api.conftest import D1, D3, client_of, installation, settings_of
from sessions_platform_tests.staged_sessions import agent, staged, tool, user

PATHS = (
    "/api/metrics", "/api/tool-stats", "/api/agent-activity", "/api/timeline/b", "/api/sessions?limit=2",
    "/api/compare?session_ids=b&session_ids=a/1", "/api/interaction-matrix", "/api/sessions/b",
)  # fmt: skip


def test_who_has_the_answer_is_told_so(client: TestClient) -> None:
    for path in PATHS:
        first = client.get(path)
        tag = first.headers["etag"]
        assert first.headers["cache-control"] == "private, no-cache"
        again = client.get(path, headers={"if-none-match": f'"other", {tag}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert client.get(path, headers={"if-none-match": '"other"'}).status_code == 200


def test_another_question_has_another_tag(client: TestClient) -> None:
    tags = {client.get(path).headers["etag"] for path in PATHS}
    assert len(tags) == len(PATHS)
    one, other = (
        client.get(f"/api/sessions?{words}").headers["etag"] for words in ("limit=1&tool=git", "tool=git&limit=1")
    )
    assert one == other


def test_a_publication_changes_tag_and_answer_at_once_and_an_equal_one_does_not(tmp_path: Path) -> None:
    world = installation(tmp_path)
    client = client_of(tmp_path)
    before = client.get("/api/metrics")
    world.publish()
    assert client.get("/api/metrics", headers={"if-none-match": before.headers["etag"]}).status_code == 304
    world.stage([staged("new", "2026-11-04", [user("hi")])])
    world.publish()
    after = client.get("/api/metrics", headers={"if-none-match": before.headers["etag"]})
    assert (after.status_code, after.json()["total_sessions"]) == (200, before.json()["total_sessions"] + 1)
    assert after.json()["data_version"] != before.json()["data_version"]


def test_long_answers_are_packed_for_those_who_can_unpack(client: TestClient) -> None:
    packed = client.get("/api/sessions", headers={"accept-encoding": "gzip"})
    plain = client.get("/api/sessions", headers={"accept-encoding": "identity"})
    assert (packed.headers["content-encoding"], packed.json()) == ("gzip", plain.json())
    assert "content-encoding" not in plain.headers
    assert int(packed.headers["content-length"]) == len(gzip.compress(plain.content, 4, mtime=0))
    assert "accept-encoding" in packed.headers["vary"]
    assert client.get("/openapi.json", headers={"accept-encoding": "gzip"}).headers["content-encoding"] == "gzip"


@pytest.mark.slow
def test_eight_clients_are_answered_while_the_file_is_replaced(tmp_path: Path) -> None:
    world = installation(tmp_path)
    order: dict[str, int] = {}
    seen: dict[int, list[str]] = defaultdict(list)
    wrong: list[str] = []
    done = threading.Event()

    def ask(number: int) -> None:
        with httpx.Client(base_url=server.url, timeout=60) as client:
            turn = number
            while not done.is_set():
                turn += 1
                answer = client.get(PATHS[turn % len(PATHS)])
                if answer.status_code != 200:
                    wrong.append(f"{PATHS[turn % len(PATHS)]}: {answer.status_code} {answer.text}")
                else:
                    seen[number].append(answer.json()["data_version"])

    with LoopbackServer(create_app(settings_of(tmp_path)), name="api") as server:
        threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
        order[world.analytics.data_version()] = 0
        for thread in threads:
            thread.start()
        for number in range(1, 7):
            world.stage(
                [staged(f"n{n}", D3, [user("hi"), agent("coder"), tool("git", "coder")]) for n in range(number)]
            )
            world.stage([staged("b", D1, [user("x")] * number), staged("a/1", D1, [user("y")])])
            world.publish()
            order[world.analytics.data_version()] = number
        done.set()
        for thread in threads:
            thread.join()
    assert wrong == []
    assert len(order) == 7
    for versions in seen.values():
        places = [order[version] for version in versions]
        assert places == sorted(places), "an older version came after a newer one"
    assert len({version for versions in seen.values() for version in versions}) > 1


@pytest.mark.slow
def test_all_figures_of_an_answer_are_of_one_version(tmp_path: Path) -> None:
    world = installation(tmp_path)
    done = threading.Event()
    wrong: list[object] = []

    def ask() -> None:
        while not done.is_set():
            found = client.get("/api/compare?session_ids=b&session_ids=c").json()
            counts = {one["message_count"] for one in found["sessions"]}
            said = {sum(a["message_count"] for a in rows) for rows in found["agent_comparison"].values()}
            if len(counts | said) != 1:
                wrong.append(found)

    for number in (2, 3):
        world.stage([staged(name, D1, [user("x")] * number) for name in ("b", "c")])
        world.stage([staged("d", D3, [user("x")])])
        if number == 2:
            world.publish()
            client = client_of(tmp_path)
            thread = threading.Thread(target=ask)
            thread.start()
    for number in range(3, 9):
        world.stage([staged(name, D1, [user("x")] * number) for name in ("b", "c")])
        world.publish()
    done.set()
    thread.join()
    assert wrong == []
