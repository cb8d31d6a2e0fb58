"""The real OpenViking server, a process of its own spoken to over HTTP, with the gateway as its only model."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sessions_platform.gateway import CHAT_MODEL, DIMENSIONS, EMBEDDING_MODEL, Gateway

SERVER = Path(sys.executable).with_name("openviking-server")
ROOT_KEY = "root-key-of-this-test"
DAY = "viking://resources/sessions/2026-01-01"
# 30 s on two shared cores, 16 of them the server's start and 5 its end; a start alone can take 90 s on a busy machine.
pytestmark = [
    # Every suite of the index runs the server on the gateway: this one, which looks at the gateway alone, may wait.
    pytest.mark.slow,
    pytest.mark.timeout(400),
    pytest.mark.skipif(not SERVER.exists(), reason="openviking-server is not installed"),
]


def abstract(number: int) -> str:
    return f"Rollback number {number} of service-{number * 7919} after a failed deployment; the customer confirmed."


def configuration(folder: Path, port: int, api_base: str) -> dict[str, Any]:
    model = {"provider": "openai", "api_key": "x", "api_base": api_base}
    return {
        "server": {"host": "127.0.0.1", "port": port, "root_api_key": ROOT_KEY},
        "storage": {
            "workspace": str(folder / "data"),
            "vectordb": {"name": "context", "backend": "local"},
            "agfs": {"backend": "local"},
        },
        "embedding": {"dense": {**model, "model": EMBEDDING_MODEL, "dimension": DIMENSIONS}},
        "vlm": {**model, "model": CHAT_MODEL, "max_retries": 1},
    }


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    with Gateway() as running:
        yield running


@pytest.fixture(scope="module")
def viking(gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a new server, with the key of an account's administrator."""
    folder = tmp_path_factory.mktemp("openviking")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    file = folder / "ov.conf"
    file.write_text(json.dumps(configuration(folder, port, gateway.api_base)))
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [SERVER, "--config", file], cwd=folder, stdout=log, stderr=log, env={**os.environ, "HOME": str(folder)}
        )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
            wait_until_ready(client, process)
            account = {"account_id": "acme", "admin_user_id": "loader"}
            made = client.post("/api/v1/admin/accounts", json=account, headers={"X-API-Key": ROOT_KEY}).json()
            client.headers["X-API-Key"] = made["result"]["user_key"]
            yield client
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_ready(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the server ended"
        try:
            if client.get("/ready", timeout=3).json().get("status") == "ready":
                return
        except httpx.HTTPError:
            pass
        time.sleep(1)
    raise AssertionError("the server was not ready in 300 s")


def result(answer: httpx.Response) -> Any:
    body = answer.json()
    assert answer.status_code == 200 and body["status"] == "ok", body
    return body["result"]


def post(viking: httpx.Client, path: str, body: dict[str, Any]) -> Any:
    return result(viking.post(f"/api/v1{path}", json=body))


def read(viking: httpx.Client, what: str, uri: str) -> str:
    return str(result(viking.get(f"/api/v1/content/{what}", params={"uri": uri})))


def commit(viking: httpx.Client, session: str, asked: str) -> dict[str, Any]:
    messages = [
        {"role": "user", "created_at": "2026-01-01T10:00:00Z", "parts": [{"type": "text", "text": asked}]},
        {
            "role": "assistant",
            "created_at": "2026-01-01T10:00:05Z",
            "parts": [
                {"type": "text", "text": "I restored build 41 of checkout."},
                {"type": "tool", "tool_id": "c", "tool_name": "kubectl", "tool_output": "no", "tool_status": "error"},
            ],
        },
    ]
    post(viking, f"/sessions/{session}/messages/batch", {"messages": messages})
    task = post(viking, f"/sessions/{session}/commit", {"enable_working_memory": True})["task_id"]
    for _ in range(240):
        state: dict[str, Any] = result(viking.get(f"/api/v1/tasks/{task}"))
        if state["status"] in ("completed", "failed"):
            return state
        time.sleep(0.25)
    raise AssertionError("the commit did not end in 60 s")


def test_the_real_server_needs_no_other_model(viking: httpx.Client, gateway: Gateway) -> None:
    """One test, so that parallel workers start one server."""
    digests_keep_their_abstracts_and_are_found_by_them(viking, gateway)
    a_commit_gives_an_abstract_a_working_memory_and_events(viking, gateway)
    files_of_every_sort_and_all_memory_types_are_answered(viking, gateway)


def digests_keep_their_abstracts_and_are_found_by_them(viking: httpx.Client, gateway: Gateway) -> None:
    gateway.ledger.reset()
    for number in range(5):
        uri = f"{DAY}/s{number}"
        post(viking, "/fs/mkdir", {"uri": uri, "description": abstract(number)})
    operations = [
        {
            "uri": f"{DAY}/s{number}/digest.md",
            "content": f"# s{number}: rollback\n\n{abstract(number)}\n\n## Turns\n\n1. user: roll back {number}\n",
            "mode": "upsert",
        }
        for number in range(5)
    ]
    post(viking, "/content/batch-write", {"root_uri": DAY, "wait": True, "operations": operations})
    for number in range(5):
        assert read(viking, "abstract", f"{DAY}/s{number}") == abstract(number)
        overview = read(viking, "overview", f"{DAY}/s{number}")
        assert overview.startswith(f"# s{number}\n\n{abstract(number)}\n\n## ") and "input_sample" not in overview
        query = {"query": abstract(number), "target_uri": DAY, "level": 0, "limit": 5}
        found = post(viking, "/search/find", query)["resources"]
        assert found[0]["uri"].startswith(f"{DAY}/s{number}")
    # The abstracts came back unchanged, so no folder above was written anew.
    kinds = gateway.ledger.kinds()
    assert kinds["document_summary"].calls == kinds["dir_overview"].calls == 5
    reindex = {"uri": DAY, "mode": "semantic_and_vectors", "recursive": False, "wait": True}
    post(viking, "/content/reindex", reindex)
    assert "[Directory " not in read(viking, "overview", DAY)
    assert gateway.ledger.total().refused == 0


def a_commit_gives_an_abstract_a_working_memory_and_events(viking: httpx.Client, gateway: Gateway) -> None:
    gateway.ledger.reset()
    policy = {"memory_types": ["events"], "working_memory": {"enabled": True}}
    post(viking, "/sessions", {"session_id": "ops-1", "memory_policy": policy})
    first = commit(viking, "ops-1", "Please roll checkout back, see deploy/checkout.yaml.")
    second = commit(viking, "ops-1", "Now roll billing back.")
    assert [first["status"], second["status"]] == ["completed", "completed"]
    assert [state["result"]["memories_extracted"] for state in (first, second)] == [{"memory_write": 1}] * 2
    archive = result(viking.get("/api/v1/sessions/ops-1/archives/archive_001"))
    said = "Please roll checkout back, see deploy/checkout.yaml. I restored build 41 of checkout."
    assert archive["abstract"] == said
    memory = result(viking.get("/api/v1/sessions/ops-1/archives/archive_002"))["overview"]
    assert "deploy/checkout.yaml" in memory and "- Now roll billing back." in memory and "- kubectl: no" in memory
    found = post(viking, "/search/find", {"query": "roll billing back", "target_uri": "viking://user", "limit": 3})
    assert "/memories/events/2026/01/01/roll_billing_" in found["memories"][0]["uri"]
    post(viking, "/search/search", {"query": "roll billing back", "session_id": "ops-1", "limit": 3})
    kinds = gateway.ledger.kinds()
    assert {"wm_create", "wm_update", "memory_extract", "intent_analysis", "embedding"} <= set(kinds)
    assert gateway.ledger.total().refused == 0


def files_of_every_sort_and_all_memory_types_are_answered(viking: httpx.Client, gateway: Gateway) -> None:
    gateway.ledger.reset()
    contents = {"run.py": "# Runs it.\nprint(1)\n", "run.sh": "echo 1\n", "LICENSE": "Free.\n", "a.json": '{"a": 1}'}
    post(viking, "/fs/mkdir", {"uri": f"{DAY}/files", "description": "Files."})
    operations = [{"uri": f"{DAY}/files/{name}", "content": text, "mode": "upsert"} for name, text in contents.items()]
    post(viking, "/content/batch-write", {"root_uri": DAY, "wait": True, "operations": operations})
    assert "[Directory " not in read(viking, "overview", f"{DAY}/files")
    post(viking, "/sessions", {"session_id": "ops-2"})
    assert commit(viking, "ops-2", "Please deploy search.")["status"] == "completed"
    assert {"code_summary", "dir_overview", "memory_extract"} <= set(gateway.ledger.kinds())
    assert gateway.ledger.total().refused == 0
