"""Who may ask, what browsers are told, and what is never told."""

import base64
import logging
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from fastapi.testclient import TestClient

from sessions_platform.analytics import SessionAnalytics
from sessions_platform_tests.api.conftest import client_of

TOKEN = "correct-horse-battery-staple"


@pytest.fixture(scope="module")
def guarded(home: Path) -> TestClient:
    return client_of(home, sessions_api_token=TOKEN)


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(
    "path", ["/", "/api/sessions", "/api/metrics", "/docs", "/openapi.json", "/nothing", "/health/"]
)
def test_with_a_token_everything_but_health_wants_it(guarded: TestClient, path: str) -> None:
    answer = guarded.get(path)
    assert answer.status_code == 401
    assert "SESSIONS_API_TOKEN" in answer.json()["detail"]
    assert [one.split()[0] for one in answer.headers.get_list("www-authenticate")] == ["Bearer", "Basic"]
    assert guarded.get("/health").status_code == 200


@pytest.mark.parametrize("given", [f"Bearer {TOKEN}", f"bearer {TOKEN}", basic("anyone", TOKEN), basic("", TOKEN)])
def test_the_token_opens_as_bearer_and_as_a_browsers_password(guarded: TestClient, given: str) -> None:
    assert guarded.get("/api/metrics", headers={"authorization": given}).status_code == 200


@pytest.mark.parametrize(
    "given",
    ["Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", TOKEN, "Basic %%%", basic(TOKEN, "x"), "Digest a",
     "Bearer \u00e9", f"Token {TOKEN}"],
)  # fmt: skip
def test_a_wrong_token_opens_nothing(guarded: TestClient, given: str) -> None:
    answer = guarded.get("/api/metrics", headers={"authorization": given.encode("utf-8")})
    assert answer.status_code == 401
    assert TOKEN not in answer.text


def test_a_token_may_hold_any_sign(home: Path) -> None:
    client = client_of(home, sessions_api_token="pässwört")
    for given in ("Bearer pässwört", basic("x", "pässwört")):
        assert client.get("/api/metrics", headers={"authorization": given.encode()}).status_code == 200


def test_a_token_in_the_address_opens_nothing(guarded: TestClient) -> None:
    assert guarded.get("/api/metrics", params={"token": TOKEN, "access_token": TOKEN}).status_code == 401


@pytest.mark.parametrize(
    "path", ["/api/sessions", "/api/sessions/nobody", "/nothing", "/api/sessions?limit=x", "/health"]
)
def test_every_answer_tells_browsers_to_run_and_embed_nothing(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; frame-ancestors 'none'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "no-" in headers["cache-control"]


def test_no_other_site_is_let_in(client: TestClient) -> None:
    headers = {"origin": "https://evil.example", "access-control-request-method": "GET"}
    assert client.options("/api/sessions", headers=headers).status_code == 405
    answer = client.get("/api/sessions", headers={"origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8007", 200),
        ("127.0.0.1:8007", 200),
        ("[::1]:8007", 200),
        ("192.168.1.5", 200),
        ("api:8007", 200),
        ("evil.example", 403),
        ("127.0.0.1.evil.example:8007", 403),
    ],
)
def test_without_a_token_a_name_from_the_internet_is_refused(client: TestClient, host: str, status: int) -> None:
    assert client.get("/api/metrics", headers={"host": host}).status_code == status


def test_with_a_token_any_name_will_do(guarded: TestClient) -> None:
    headers = {"host": "sessions.example.org", "authorization": f"Bearer {TOKEN}"}
    assert guarded.get("/api/metrics", headers=headers).status_code == 200


@pytest.mark.parametrize("error", [duckdb.Error("secret words"), RuntimeError("secret words"), RecursionError()])
def test_a_mistake_of_the_server_tells_nothing_of_what_is_inside(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def fail(self: SessionAnalytics) -> None:
        raise error

    monkeypatch.setattr(SessionAnalytics, "get_success_metrics", fail)
    with caplog.at_level(logging.ERROR):
        answer = client_of(home).get("/api/metrics")
    assert (answer.status_code, list(answer.json())) == (500, ["detail"])
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert [record.name for record in caplog.records] == ["sessions_platform.api"]


def test_definitions_do_not_bring_the_web_server_along() -> None:
    code = "import sys, sessions_platform.definitions; print('fastapi' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
