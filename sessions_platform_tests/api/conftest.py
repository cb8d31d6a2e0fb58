"""An installation of five small sessions on three days, and clients of its API in this process."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from sessions_platform.api.app import create_app
from sessions_platform.loopback import LoopbackServer
from sessions_platform.settings import Settings
from sessions_platform_tests.search.support import Installation
from sessions_platform_tests.staged_sessions import agent, score, staged, tool, user

D1, D2, D3 = "2026-11-01", "2026-11-02", "2026-11-03"
ODD = "team/ü 😀?#%25&a=b"
"""A session id with everything that a URL minds."""


def installation(home: Path) -> Installation:
    """Staged and published: a/1 on two days, b abandoned, c failed, and an odd one."""
    made = Installation(home)
    first = [user("a"), agent("planner"), tool("git", "planner"), tool("git", "planner", "refused", ok=False)]
    made.stage(
        [
            staged("a/1", D1, first, scores=[score("success", 1.0, f"{D1}T12:00:00.000Z", session_id="a/1")]),
            staged("b", D1, [user("x"), agent("coder"), tool("psql", "coder")], hour=12, end_state="abandoned"),
            staged("a/1", D2, [user("b"), agent("planner"), tool("git", "planner")], segments=[("team", "blue")]),
            staged("c", D3, [user("where are the tulips"), agent("planner")], end_state="error", hour=9),
            staged(ODD, D3, [user("hi"), agent("coder")], hour=9),
        ]
    )
    made.publish()
    return made


def settings_of(home: Path, **changes: Any) -> Settings:
    """Settings of an installation, without this machine's `.env`."""
    return Settings(_env_file=None, **{"sessions_home": home, **changes})  # type: ignore[arg-type]


def client_of(home: Path, *, limits: Any = None, **changes: Any) -> TestClient:
    """A client of a new app over an installation; a mistake of the server is its answer, as on the wire."""
    app = create_app(settings_of(home, **changes), limits=limits)
    return TestClient(app, raise_server_exceptions=False, headers={"accept": "application/json"})


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of an installation that no test changes."""
    return installation(tmp_path_factory.mktemp("api")).home


@pytest.fixture(scope="package")
def client(home: Path) -> TestClient:
    return client_of(home)


@pytest.fixture(scope="package")
def wire(home: Path) -> Iterator[httpx.Client]:
    """A client over a real connection, which decodes addresses once, as servers do."""
    with LoopbackServer(create_app(settings_of(home)), name="api") as server, httpx.Client(base_url=server.url) as made:
        yield made
