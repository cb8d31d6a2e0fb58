"""The server's configuration and folders: limits for a small box, a workspace for each model, secrets for one owner."""

import json
import stat
from pathlib import Path

import pytest

from sessions_platform.errors import PlatformError
from sessions_platform.openviking_server import OpenVikingServer, ServerOptions, process
from sessions_platform.openviking_server.config import configuration, environment, write_configuration


def options(home: Path, **changes: object) -> ServerOptions:
    return ServerOptions(home, "http://127.0.0.1:1/v1", **changes)  # type: ignore[arg-type]


def test_model_requests_are_bounded_by_the_concurrency(tmp_path: Path) -> None:
    made = configuration(options(tmp_path, model_concurrency=3), 1933)
    assert (made["vlm"]["max_concurrent"], made["embedding"]["max_concurrent"]) == (3, 12)
    assert made["queue_workers"]["session_commit"]["max_concurrent"] == 16
    assert made["server"]["host"] == "127.0.0.1" and made["server"]["root_api_key"]
    assert made["embedding"]["dense"]["dimension"] == 2048


def test_a_workspace_is_named_after_model_and_dimension(tmp_path: Path) -> None:
    made = options(tmp_path, embedding_model="acme/embed v2", embedding_dimension=64).workspace
    assert made == tmp_path / "openviking" / "acme-embed-v2-64"


def test_keys_are_made_once_and_readable_by_their_owner_alone(tmp_path: Path) -> None:
    first, second = options(tmp_path), options(tmp_path)
    write_configuration(first, 1933)
    assert first.root_key == second.root_key
    for path in (first.configuration, first.workspace / "root.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(first.configuration.read_text())["server"]["root_api_key"] == first.root_key
    assert first.root_key not in repr(first)


def test_variables_that_would_overrule_the_file_are_not_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENVIKING_CONFIG_FILE", "/elsewhere")
    monkeypatch.setenv("NO_PROXY", "example.org")
    passed = environment(options(tmp_path))
    assert "OPENVIKING_CONFIG_FILE" not in passed
    assert passed["NO_PROXY"] == "example.org,127.0.0.1,localhost"


def test_a_process_that_ends_while_starting_gives_its_last_words_and_frees_the_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "openviking-server"
    script.write_text("print('no such backend'); raise SystemExit(3)", encoding="utf-8")
    monkeypatch.setattr(process, "console_script", lambda: script)
    for _ in range(2):
        server = OpenVikingServer(options(tmp_path))
        with pytest.raises(PlatformError, match="ended while starting .*no such backend"):
            server.start()
        assert server.pid is None
