"""`sessions-platform alerts`: how the rules stand, as a table or as JSON; nothing is recorded."""

import json
from pathlib import Path

import pytest

from sessions_platform.cli import app
from sessions_platform.cli_shared import out
from sessions_platform_tests.alerts.test_watch import TOOLS, day, events
from sessions_platform_tests.alerts.worlds import home, rules_of


def command(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    app(["alerts", *words], standalone_mode=False)
    return capsys.readouterr().out


def test_the_command_says_how_each_rule_stands_and_records_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SESSIONS_HOME", str(tmp_path))
    # The console is made when the commands are imported, as wide as that was.
    monkeypatch.setattr(out, "width", 200)
    settings = home(tmp_path, rules_of(TOOLS, TOOLS | {"name": "few", "minimum_n": 100}))
    day(settings, 0, 6, 4)
    first, second = json.loads(command(capsys, "--json"))["alerts"]
    assert (first["alert"], first["event"], first["value"], first["n"]) == ("kubectl <b>", "fired", 0.6, 10)
    assert (second["event"], second["reading"]) == (None, "not enough data")
    table = command(capsys)
    assert "kubectl <b>" in table and "quiet; fires at the next look" in table and "60.0%" in table
    assert "quiet; not enough data" in table
    assert events(settings) == []
