"""Files that cannot be imported, and the command: one clear line, exit 2, nothing written."""

import sqlite3
import sys
from contextlib import closing

import pytest
import typer

from sessions_platform import cli_import
from sessions_platform.analytics import SessionAnalytics
from sessions_platform.audit_import import audit_file
from sessions_platform.audit_import.audit_file import UnreadableFile
from sessions_platform.audit_import.sample import SESSIONS
from sessions_platform.errors import ConfigurationError, PlatformError
from sessions_platform_tests.audit_import.support import Home, change, database, talk

MANY = [row for number in range(400) for row in talk(f"s{number}", [("user", "x" * 300), ("ops", "y" * 300)])]


def _refused(home: Home, path, match: str) -> None:
    with pytest.raises(UnreadableFile, match=match) as refusal:
        home.take(path)
    assert "\n" not in str(refusal.value)
    assert not home.contents("store/")
    assert not home.settings.database.exists()


def test_a_file_that_is_not_there_a_folder_and_an_empty_file(home, tmp_path):
    _refused(home, tmp_path / "none.db", "none.db: cannot be read .No such file")
    _refused(home, tmp_path, "cannot be read .Is a directory")
    (tmp_path / "empty.db").touch()
    _refused(home, tmp_path / "empty.db", "empty.db: the file is empty")


def test_no_sqlite_file_and_an_encrypted_one(home, tmp_path):
    (tmp_path / "a.db").write_bytes(b"\x93\x1f" * 4096)
    _refused(home, tmp_path / "a.db", "not an SQLite database, or an encrypted one")


@pytest.mark.parametrize("table", ["sessions", "messages", "tool_usage"])
def test_a_missing_table_or_column_is_named(home, tmp_path, table):
    file = database(tmp_path / "a.db", talk("s", [("user", "hi")]))
    change(file, f"ALTER TABLE {table} RENAME COLUMN session_id TO session")
    _refused(home, file, f"table {table} has no column session_id")
    change(file, f"DROP TABLE {table}")
    _refused(home, file, f"has no table {table}")


def test_a_view_is_refused(home, tmp_path):
    file = database(tmp_path / "a.db", talk("s", [("user", "hi")]))
    change(file, "ALTER TABLE messages RENAME TO m")
    change(file, "CREATE VIEW messages AS SELECT * FROM m")
    _refused(home, file, "messages is a view or has no row numbers")


def test_a_cut_file_and_one_with_broken_pages(home, tmp_path):
    file = database(tmp_path / "a.db", MANY)
    data = file.read_bytes()
    (tmp_path / "cut.db").write_bytes(data[: len(data) // 2])
    _refused(home, tmp_path / "cut.db", "damaged or not readable by SQLite")
    broken = bytearray(data)
    for page in range(20, len(data) // 4096, 7):
        broken[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    (tmp_path / "broken.db").write_bytes(broken)
    _refused(home, tmp_path / "broken.db", "damaged or not readable by SQLite")


def test_changes_that_still_stand_in_a_log_beside_it_are_not_missed(home, tmp_path):
    file = database(tmp_path / "a.db", talk("s", [("user", "hi")]))
    with closing(sqlite3.connect(file)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("INSERT INTO messages VALUES ('s', 2, 'ops', 'more', '2026-11-02')")
        writer.commit()
        _refused(home, file, "a.db-wal still holds changes")
    assert home.take(file).messages == 2


def test_a_file_that_changes_while_it_is_read_is_refused(home, tmp_path, monkeypatch):
    file = database(tmp_path / "a.db", talk("s", [("user", "hi")]))
    stamps = iter([(1, 1), (1, 2)])
    monkeypatch.setattr(audit_file, "_stamp", lambda path: next(stamps))
    _refused(home, file, "was changed while it was read")


def test_a_file_is_only_read(home, tmp_path):
    file = database(tmp_path / "a.db", talk("s", [("user", "hi")]))
    before = (file.read_bytes(), file.stat().st_mtime_ns, sorted(tmp_path.iterdir()))
    file.chmod(0o444)
    home.take(file)
    after = sorted(path for path in tmp_path.iterdir() if path.name != "home")
    assert (file.read_bytes(), file.stat().st_mtime_ns, after) == before


def test_another_key_than_the_stores_is_refused(home, tmp_path):
    file = database(tmp_path / "a.db", talk("s", [("user", "hi")]))
    home.take(file)
    other = Home(tmp_path)
    other.settings = other.settings.model_copy(
        update={"sessions_redaction_key": type(other.settings.sessions_redaction_key)("another key for tests")}
    )
    before = home.files()
    with pytest.raises(ConfigurationError, match="SESSIONS_REDACTION_KEY has changed"):
        other.take(file)
    assert home.files() == before


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Runs the command as `cli` does."""
    monkeypatch.setenv("SESSIONS_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    app = typer.Typer(add_completion=False)
    app.command()(cli_import.import_sqlite)
    return lambda *words: app([str(word) for word in words], standalone_mode=False)


def test_the_sample_answers_the_classic_questions(command, tmp_path, capsys):
    command("--sample")
    assert "3 sessions, 20 messages, 11 tool calls; 2025-11-03; 3 new, 0 changed" in capsys.readouterr().out
    analytics = SessionAnalytics(tmp_path / "home" / "analytics.duckdb")
    listed = analytics.list_sessions()
    assert {(one["session_id"], one["status"], one["total_turns"]) for one in listed} == {
        (SESSIONS[0], "completed", 8),
        (SESSIONS[1], "error", 7),
        (SESSIONS[2], "active", 5),
    }
    details = analytics.get_session_details("demo_session_001")
    assert details is not None and len(details["messages"]) == 14
    assert [(one["operation"], one["total_calls"], one["success_rate"]) for one in details["tool_usage"]][0] == (
        "apply",
        2,
        0.5,
    )
    assert analytics.get_tool_statistics("demo_session_002")[0]["success_rate"] == 0.0
    assert analytics.get_agent_activity("demo_session_003")["interaction_matrix"]
    compared = analytics.compare_sessions(["demo_session_001", "demo_session_002"])
    assert [one["session_id"] for one in compared["sessions"]] == ["demo_session_001", "demo_session_002"]
    assert analytics.get_success_metrics()["completed_sessions"] == 1
    command("--sample", "--json")
    assert '"unchanged": true' in capsys.readouterr().out


def test_a_sample_never_replaces_another_file(command, tmp_path):
    file = database(tmp_path / "mine.db", talk("s", [("user", "hi")]))
    before = file.read_bytes()
    with pytest.raises(PlatformError, match="exists and is not the sample"):
        command(file, "--sample")
    assert file.read_bytes() == before
    command(tmp_path / "new.db", "--sample")
    assert (tmp_path / "new.db").exists()


def test_refused_rows_are_warnings_and_name_no_text(command, tmp_path, capsys):
    file = database(tmp_path / "a.db", [*talk("s", [("user", "hi")]), ("s", 2, "ops", "private words", "never")])
    command(file)
    shown = capsys.readouterr()
    assert "warning: 1 rows: timestamp not understood (such as messages 2)" in shown.err
    assert "private" not in shown.out + shown.err


def test_without_a_file_the_command_says_what_it_wants(command):
    with pytest.raises(typer.BadParameter, match="give a FILE, or --sample"):
        command()


def test_nothing_heavy_is_imported_before_the_command_runs():
    import subprocess

    code = "import sessions_platform.cli_import, sys; assert not {'duckdb', 'numpy', 'sqlite3'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
