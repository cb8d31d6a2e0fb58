import base64
import json
import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import timedelta
from typing import Any

import httpx
import numpy as np
import pytest

from sessions_platform.errors import ConfigurationError
from sessions_platform.gateway import Gateway
from sessions_platform.gateway.embeddings import embed
from sessions_platform_tests.gateway import requests_seen as seen

SECRET = "What is the capital of France? hunter2"


def chat(http: httpx.Client, body: dict[str, Any]) -> httpx.Response:
    return http.post("/v1/chat/completions", json=body)


def test_embeddings_come_as_numbers_and_as_base64(http: httpx.Client) -> None:
    plain = http.post("/v1/embeddings", json={"model": "m", "input": ["deploy", "rollback"]}).json()
    packed = http.post("/v1/embeddings", json={"model": "m", "input": "rollback", "encoding_format": "base64"}).json()
    assert [row["index"] for row in plain["data"]] == [0, 1]
    vector = np.frombuffer(base64.b64decode(packed["data"][0]["embedding"]), "<f4")
    assert np.array_equal(vector, embed("rollback"))
    assert np.allclose(plain["data"][1]["embedding"], vector)
    assert plain["usage"] == {"prompt_tokens": 4, "total_tokens": 4} and plain["model"] == "m"


def test_the_dimensions_asked_for_are_given(http: httpx.Client, gateway: Gateway) -> None:
    def length(**more: Any) -> int:
        return len(http.post("/v1/embeddings", json={"input": "x", **more}).json()["data"][0]["embedding"])

    assert (length(), length(dimensions=256)) == (2048, 256)
    gateway.options.dimensions = 512
    assert length() == 512


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"input": [1, 2, 3]}, "no tokenizer"),
        ({"input": [[1, 2]]}, "no tokenizer"),
        ({"input": []}, "input"),
        ({}, "input"),
        ({"input": "x", "dimensions": 0}, "dimensions"),
        ({"input": "x", "dimensions": True}, "dimensions"),
        ({"input": "x", "encoding_format": "int8"}, "encoding_format"),
        ([], "not a JSON object"),
    ],
)
def test_a_wrong_embedding_request_is_refused_in_openais_form(http: httpx.Client, body: Any, says: str) -> None:
    answer = http.post("/v1/embeddings", json=body)
    error = answer.json()["error"]
    assert answer.status_code == 400 and error["type"] == "invalid_request_error" and says in error["message"]


def test_a_chat_answer_has_openais_form_and_counts_tokens(http: httpx.Client, gateway: Gateway) -> None:
    body = seen.document("# T\n\nCheckout was rolled back.")
    answer = chat(http, body).json()
    assert answer["choices"][0]["message"] == {"role": "assistant", "content": "Checkout was rolled back.\nT"}
    assert answer["choices"][0]["finish_reason"] == "stop" and answer["model"] == "m"
    prompt_tokens = -(-len(body["messages"][0]["content"]) // 4)
    assert answer["usage"] == {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": 7,
        "total_tokens": prompt_tokens + 7,
    }
    entry = gateway.ledger.kinds()["document_summary"]
    assert (entry.calls, entry.refused, entry.prompt_tokens, entry.completion_tokens) == (1, 0, prompt_tokens, 7)


def test_a_tool_that_is_forced_is_called(http: httpx.Client) -> None:
    choice = chat(http, seen.working_memory_update("# Working Memory", "[user]: Hi.")).json()["choices"][0]
    assert choice["finish_reason"] == "tool_calls" and choice["message"]["content"] is None
    function = choice["message"]["tool_calls"][0]["function"]
    assert function["name"] == "update_working_memory"
    assert json.loads(function["arguments"])["sections"]["Session Title"] == {"op": "KEEP"}


def test_a_stream_says_the_same(http: httpx.Client) -> None:
    body = seen.document("# T\n\nCheckout was rolled back.")
    answer = chat(http, {**body, "stream": True, "stream_options": {"include_usage": True}})
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = [line.removeprefix("data: ") for line in answer.text.splitlines() if line]
    assert events[-1] == "[DONE]"
    chunks = [json.loads(event) for event in events[:-1]]
    assert chunks[0]["choices"][0]["delta"]["content"] == "Checkout was rolled back.\nT"
    assert chunks[1]["choices"][0]["finish_reason"] == "stop"
    assert chunks[2]["usage"]["completion_tokens"] == 7


def test_an_unknown_prompt_is_an_error_counted_and_not_logged(
    http: httpx.Client, gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = chat(http, seen.user(SECRET))
    error = answer.json()["error"]
    assert answer.status_code == 400
    assert error["type"] == error["code"] == "unknown_prompt"
    assert error["message"].startswith("offline gateway: unknown prompt kind")
    ledger = http.get("/ledger").text
    assert not any("hunter2" in text for text in (caplog.text, answer.text, ledger))
    assert json.loads(ledger)["kinds"]["unknown_prompt"]["refused"] == gateway.ledger.calls("unknown_prompt") == 1


@pytest.mark.parametrize(
    "more",
    [
        {"messages": []},
        {"messages": "x"},
        {"response_format": {"type": "json_object"}},
        {"n": 2},
        {"tools": [1]},
    ],
)
def test_a_chat_request_that_cannot_be_met_is_refused(http: httpx.Client, more: dict[str, Any]) -> None:
    answer = chat(http, {**seen.document("x"), **more})
    assert answer.status_code == 400 and answer.json()["error"]["type"] == "invalid_request_error"


def test_every_answer_says_that_it_is_offline_and_extractive(http: httpx.Client) -> None:
    assert http.get("/health").json() == {
        "status": "ok",
        "models": "offline, extractive: no language model",
        "dimensions": 2048,
    }
    assert [model["id"] for model in http.get("/v1/models").json()["data"]] == [
        "offline-extractive",
        "offline-hashed-words",
    ]
    assert "offline, extractive" in http.get("/ledger").json()["models"]
    for answer in (http.get("/health"), chat(http, seen.document("x")), chat(http, seen.user("?"))):
        assert answer.headers["x-sessions-gateway"] == "offline; extractive"


def test_the_next_calls_fail_as_told(http: httpx.Client, gateway: Gateway) -> None:
    gateway.options.fail_next = 2
    assert [chat(http, seen.document("x")).status_code for _ in range(3)] == [500, 500, 200]
    gateway.options.fail_next, gateway.options.fail_status = 1, 429
    limited = http.post("/v1/embeddings", json={"input": "x"})
    assert limited.status_code == 429 and limited.headers["retry-after"] == "1"
    gateway.options.fail_next, gateway.options.fail_path = 1, "/embeddings"
    assert chat(http, seen.document("x")).status_code == 200
    assert http.post("/v1/embeddings", json={"input": "x"}).status_code == 429
    assert gateway.ledger.total().refused == 4


def test_a_slow_and_a_paused_gateway_answer_late(http: httpx.Client, gateway: Gateway) -> None:
    gateway.options.latency = timedelta(milliseconds=80)
    began = time.monotonic()
    assert chat(http, seen.document("x")).status_code == 200
    assert time.monotonic() - began >= 0.08
    gateway.options.latency, gateway.options.paused = timedelta(0), True
    threading.Timer(0.1, lambda: setattr(gateway.options, "paused", False)).start()
    began = time.monotonic()
    assert chat(http, seen.document("x")).json()["choices"][0]["message"]["content"] == "x"
    assert time.monotonic() - began >= 0.08


def test_a_paused_gateway_lets_a_client_go_and_can_be_stopped() -> None:
    with Gateway() as gateway:
        gateway.options.paused = True
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{gateway.api_base}/embeddings", json={"input": "x"}, timeout=0.1)
        assert httpx.get(f"{gateway.url}/health").status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{gateway.url}/health")


def test_a_port_that_is_taken_is_a_clear_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"cannot listen on 127.0.0.1:{port}"):
            Gateway(port=port).start()


def test_main_serves_as_a_process_of_its_own() -> None:
    # Where the tests run in the background of a shell, SIGINT is ignored, and that is inherited.
    listens = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    script = f"{listens}; from sessions_platform.gateway import main; main(0)"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            assert "(offline, extractive: no language model)" in line
            api_base = line.split()[0].removeprefix("SESSIONS_GATEWAY_URL=")
            assert httpx.get(f"{api_base}/models").status_code == 200
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def test_half_of_a_surrogate_pair_does_no_harm(http: httpx.Client) -> None:
    for path, body in (("embeddings", {"input": "\ud800 x"}), ("chat/completions", seen.document("a \ud800 b"))):
        raw = json.dumps({**body, "model": "\udfff"})
        assert http.post(f"/v1/{path}", content=raw).status_code == 200
