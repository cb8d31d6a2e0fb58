"""The demo server when it is told to fail, to limit, or to keep things back."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from sessions_platform.demo.generator import Corpus, stream, write_folder
from sessions_platform.demo.server import Dataset, Fault, LangfuseServer, ServerOptions
from sessions_platform_tests.demo.conftest import DAYS

PATH = "/api/public/v2/observations"


@pytest.mark.parametrize(
    ("fault", "status", "beginning"),
    [
        ("429", 429, '{"message":"Rate limit exceeded"'),
        ("429-text", 429, "429 - rate limit exceeded"),
        ("500", 500, '{"message":"Internal Server Error"'),
        ("503", 503, '{"message":"Service Unavailable"'),
        ("422", 422, '{"message":'),
        ("524", 524, "<!DOCTYPE html>"),
    ],
)
def test_every_nth_request_gets_the_fault(
    server: LangfuseServer, http: httpx.Client, fault: Fault, status: int, beginning: str
) -> None:
    server.options = ServerOptions(faults={fault: 3})
    answers = [http.get(PATH) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200, 200, status, 200, 200, status]
    assert answers[2].text.startswith(beginning)
    assert server.stats.faults[fault] == 2


def test_the_next_requests_get_the_listed_faults_in_order(server: LangfuseServer, http: httpx.Client) -> None:
    server.options.next_faults.extend(["500", None, "524"])
    assert [http.get(PATH).status_code for _ in range(4)] == [500, 200, 524, 200]


def test_faults_can_be_kept_to_one_endpoint(server: LangfuseServer, http: httpx.Client) -> None:
    server.options = ServerOptions(faults={"500": 1}, fault_paths=("/v3/scores",))
    assert http.get(PATH).status_code == 200
    assert http.get("/api/public/v3/scores").status_code == 500
    assert http.get("/api/public/projects").status_code == 200


def test_a_cut_body_ends_before_its_promised_length(server: LangfuseServer, http: httpx.Client) -> None:
    server.options.next_faults.append("cut")
    with pytest.raises(httpx.RemoteProtocolError, match="incomplete|without sending complete"):
        http.get(PATH)
    assert http.get(PATH).status_code == 200


def test_a_hanging_request_runs_into_the_clients_timeout(server: LangfuseServer, http: httpx.Client) -> None:
    server.options.next_faults.append("timeout")
    began = time.monotonic()
    with pytest.raises(httpx.ReadTimeout):
        http.get(PATH, timeout=0.3)
    assert time.monotonic() - began < 5
    assert http.get(PATH).status_code == 200


def test_a_hanging_request_is_closed_after_the_given_time(server: LangfuseServer, http: httpx.Client) -> None:
    server.options.hang = timedelta(seconds=0.2)
    server.options.next_faults.append("timeout")
    with pytest.raises(httpx.RemoteProtocolError):
        http.get(PATH)


def test_the_rate_limit_refuses_the_last_request_of_the_window_and_says_when_to_come_back(
    server: LangfuseServer, http: httpx.Client
) -> None:
    now = [100.0]
    server.options = ServerOptions(rate_limit=3, monotonic=lambda: now[0])
    assert [http.get(PATH).status_code for _ in range(2)] == [200, 200]
    now[0] += 20
    refused = http.get("/api/public/v3/scores")
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "40"
    assert refused.headers["X-RateLimit-Limit"] == "3"
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert refused.headers["X-RateLimit-Reset"].endswith("GMT+0000 (Coordinated Universal Time)")
    body = refused.json()
    assert (body["code"], body["details"]["retryAfterSeconds"]) == ("rate_limited", 40)
    assert http.get("/api/public/projects").status_code == 200
    now[0] += 40
    assert http.get(PATH).status_code == 200


def test_a_body_over_the_cap_is_422_until_the_page_is_small_enough(server: LangfuseServer, http: httpx.Client) -> None:
    server.options.max_body_bytes = 50_000
    refused = http.get(PATH, params={"limit": 1000})
    assert refused.status_code == 422
    assert refused.json() == {"message": "Response payload is too large", "error": "PayloadTooLargeError"}
    assert http.get(PATH, params={"limit": 20}).status_code == 200


def test_rows_older_than_the_access_window_are_left_out_without_a_word(
    server: LangfuseServer, http: httpx.Client, corpus: Corpus
) -> None:
    server.options = ServerOptions(
        access_window=timedelta(days=1), clock=lambda: datetime(2026, 11, 5, tzinfo=UTC), project_id="proj-other"
    )
    answer = http.get(PATH, params={"limit": 1000}).json()
    expected = [row["id"] for row in corpus.observations if row["startTime"] >= "2026-11-04"]
    assert sorted(row["id"] for row in answer["data"]) == sorted(expected)
    assert {row["projectId"] for row in answer["data"]} == {"proj-other"}
    scores = http.get("/api/public/v3/scores", params={"limit": 100}).json()["data"]
    assert {score["timestamp"] >= "2026-11-04" for score in scores} == {True}


def test_requests_and_rows_are_counted_and_can_be_read_over_http(server: LangfuseServer, http: httpx.Client) -> None:
    http.get(PATH, params={"limit": 30})
    http.get(PATH, params={"limit": 10})
    http.get("/api/public/sessions")
    assert (server.stats.requests[PATH], server.stats.rows[PATH]) == (2, 40)
    assert http.get("/__stats").json()["requests"] == {PATH: 2, "/api/public/sessions": 1}
    assert [seen.status for seen in server.stats.log] == [200, 200, 404]
    server.stats.reset()
    assert http.get("/__stats").json()["rows"] == {}


def test_the_server_runs_as_a_process_over_a_folder(tmp_path: Path) -> None:
    truth = write_folder(stream(3, DAYS[:1], 4), tmp_path)
    command = [
        sys.executable,
        "-m",
        "sessions_platform.demo.server",
        "--folder",
        str(tmp_path),
        "--port",
        "0",
        "--fault",
        "500=2",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            assert process.stdout is not None
            url = process.stdout.readline().split()[0].removeprefix("LANGFUSE_HOST=")
            auth = (ServerOptions.public_key, ServerOptions.secret_key)
            rows = httpx.get(f"{url}{PATH}", params={"limit": 1000, "fields": "usage"}, auth=auth).json()["data"]
            failed = httpx.get(f"{url}{PATH}", auth=auth)
        finally:
            # Not asked to end: where this test runs, the request may be ignored, and that is inherited.
            process.kill()
    assert failed.status_code == 500
    assert sum(row["totalCost"] for row in rows) == pytest.approx(truth.cost_usd)


def test_a_folder_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="observations.jsonl"):
        Dataset.from_folders([tmp_path])


def test_a_plain_file_is_read_like_a_compressed_one(tmp_path: Path, corpus: Corpus) -> None:
    write_folder(stream(3, DAYS[:1], 2), tmp_path / "packed")
    packed = Dataset.from_folders([tmp_path / "packed"])
    (tmp_path / "plain").mkdir()
    text = b"\n".join(entry.source[entry.start : entry.end] for entry in packed.entries)
    (tmp_path / "plain" / "observations.jsonl").write_bytes(text)
    plain = Dataset.from_folders([tmp_path / "plain"])
    assert [entry.key for entry in plain.entries] == [entry.key for entry in packed.entries]
