"""Ids and texts that try something: they are data, and come back as they were."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi.testclient import TestClient

from sessions_platform_tests.api.conftest import D1, ODD, client_of
from sessions_platform_tests.search.support import Installation
from sessions_platform_tests.staged_sessions import agent, staged, tool, user

SCRIPT = "<script>alert(1)</script>{{ 7*7 }}{% raw %}${x}"
STEERING = "\x1b]0;owned\x07\u202egnp.exe\u2028\r\u0000end\u200f"
LONG = "A" * (1 << 20)
IDS = [
    SCRIPT,
    "'; DROP TABLE sessions; --",
    "a\x1fb\u202e",
    "x" * 1500,
    "..",
    "%2e%2e",
    "ümläut 😀",
    "{{7*7}}",
    "a//b/",
]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    made = Installation(tmp_path_factory.mktemp("hostile"))
    lines = [user(SCRIPT), agent(SCRIPT, STEERING), tool("<b>rm</b>", SCRIPT, LONG, ok=False), user(LONG)]
    made.stage([staged(one, D1, lines, segments=[(SCRIPT, STEERING)], title=SCRIPT) for one in IDS])
    made.publish()
    return client_of(made.home)


def test_ids_come_back_whole_over_a_real_connection(wire: httpx.Client) -> None:
    path = quote(ODD, safe="")
    for url in (f"/api/sessions/{path}", f"/api/timeline/{path}"):
        assert wire.get(url).json()["session_id"] == ODD
    activity = wire.get("/api/agent-activity", params={"session_id": ODD}).json()["agent_activity"]
    assert activity[0]["message_count"] == 1
    both = wire.get("/api/compare", params={"session_ids": [ODD, "b"]}).json()
    assert [one["session_id"] for one in both["sessions"]] == list(both["tool_comparison"]) == [ODD, "b"]


@pytest.mark.parametrize("odd", IDS)
def test_a_hostile_id_is_only_an_id(hostile: TestClient, odd: str) -> None:
    found = hostile.get("/api/tool-stats", params={"session_id": odd})
    assert [one["tool_name"] for one in found.json()["tool_statistics"]] == ["<b>rm</b>"]
    assert hostile.get("/api/sessions", params={"text": odd[:1000]}).json()["total"] >= 1


@pytest.mark.parametrize(
    "odd", ["\x00", "a\x00b", "\ud800".encode("utf-8", "surrogatepass"), b"\xff\xfe", "y" * 20_000]
)
def test_an_id_that_nothing_can_have_is_unknown(hostile: TestClient, odd: str | bytes) -> None:
    answer = hostile.get(f"/api/sessions/{quote(odd, safe='')}")
    assert (answer.status_code, len(answer.json()["detail"]) < 200) == (404, True)


def test_hostile_texts_are_json_text_and_nothing_else(hostile: TestClient) -> None:
    answer = hostile.get(f"/api/sessions/{quote(IDS[-3])}")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not {"\x1b", "\x00", "\r", "\x07"} & set(answer.text)
    found: Any = json.loads(answer.text)
    assert found["title"] == SCRIPT
    assert found["messages"][0]["preview"] == SCRIPT
    assert found["messages"][1]["agent_name"] == SCRIPT
    assert found["messages"][3]["char_count"] == len(LONG)
    assert found["messages"][3]["preview"] == LONG[:200]
    assert len(answer.content) < 20_000


def test_a_cursor_goes_past_hostile_ids(hostile: TestClient) -> None:
    seen, cursor = [], ""
    while True:
        page = hostile.get("/api/sessions", params={"limit": 2, "cursor": cursor}).json()
        seen += [one["session_id"] for one in page["sessions"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == sorted(IDS, key=lambda one: one.encode())


def test_what_is_said_back_is_short(client: TestClient, tmp_path: Path) -> None:
    for url in (f"/api/sessions/{'z' * 5000}", f"/{'z' * 5000}", f"/api/sessions?limit={'9' * 5000}"):
        assert len(client.get(url).text) < 300
