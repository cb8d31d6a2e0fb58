"""Importing twice, in any order, and beside Langfuse: nothing changes, nothing is lost."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions_platform.resources.platform import RedactionResource
from sessions_platform.sessions.layout import raw_manifest_key, staged_manifest_key
from sessions_platform.staging import read_manifest, read_sessions
from sessions_platform_tests.audit_import.support import D1, D2, Home, at, database, talk
from sessions_platform_tests.rows import DAY
from sessions_platform_tests.staging.support import put_raw, stage
from sessions_platform_tests.staging.test_stage_date import chat

AGENTS = st.sampled_from(["user", "Human", "planner", "ops", ""])
ROW = st.tuples(
    st.integers(1, 9) | st.none(), AGENTS, st.text(max_size=20), st.sampled_from([D1, D2]), st.integers(0, 900)
)


def _rows(session: str, drawn: list) -> list[tuple]:
    return [(session, turn, agent, text, at(second, day)) for turn, agent, text, day, second in drawn]


@pytest.mark.slow
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    first=st.dictionaries(st.sampled_from(["a", "b c", "x/y"]), st.lists(ROW, max_size=6), min_size=1),
    second=st.dictionaries(st.sampled_from(["d", "e", "Ä"]), st.lists(ROW, max_size=6), min_size=1),
)
def test_two_files_give_the_same_bytes_in_any_order_and_again(first, second):
    with tempfile.TemporaryDirectory() as folder:
        files = [
            database(Path(folder) / name, [row for one, drawn in given.items() for row in _rows(one, drawn)])
            for name, given in (("a.db", first), ("b.db", second))
        ]
        stored = []
        for number, order in enumerate((files, files[::-1])):
            home = Home(Path(folder) / str(number))
            for file in order:
                home.take(file)
            before = home.files()
            for file in (*order, *order[::-1]):
                assert home.take(file).unchanged
            assert home.files() == before
            stored.append(home.contents())
        assert stored[0].keys() == stored[1].keys()
        for name in stored[0]:
            assert stored[0][name] == stored[1][name], name


def _extracted(home: Home, rows: list) -> None:
    put_raw(home.store, rows)
    manifest = json.loads(home.store.get(raw_manifest_key(DAY)))
    manifest["key_fingerprint"] = RedactionResource(home.settings).redactor().fingerprint
    home.store.put(raw_manifest_key(DAY), json.dumps(manifest).encode())


def _staged(home: Home, **options) -> None:
    stage(home.store, home.settings.home, **options)


def test_sessions_of_langfuse_stay_and_staging_again_keeps_the_imported_ones(home, tmp_path):
    _extracted(home, chat("s-1", "restart"))
    _staged(home)
    untouched = home.store.get(read_manifest(home.store, DAY)["sessions"]["s-1"]["key"])
    home.take(database(tmp_path / "a.db", talk("old", [("user", "hi"), ("ops", "hello")], DAY)))
    manifest = read_manifest(home.store, DAY)
    assert sorted(manifest["sessions"]) == ["old", "s-1"]
    assert home.store.get(manifest["sessions"]["s-1"]["key"]) == untouched
    assert (manifest["source_rows"], manifest["late_sessions"], manifest["imported"]["rows"]) == (2, 0, 2)
    _extracted(home, chat("s-1", "restart") + chat("s-2", "late"))
    _staged(home)
    manifest = read_manifest(home.store, DAY)
    assert sorted(manifest["sessions"]) == ["old", "s-1", "s-2"]
    assert manifest["late_sessions"] == 1
    assert [one.session_id for one in read_sessions(home.store, manifest)] == ["old", "s-1", "s-2"]


def test_a_date_that_was_imported_first_takes_the_rows_of_langfuse_later(home, tmp_path):
    home.take(database(tmp_path / "a.db", talk("old", [("user", "hi")], DAY)))
    assert read_manifest(home.store, DAY)["project_id"] == ""
    _extracted(home, chat("s-1", "restart"))
    _staged(home)
    manifest = read_manifest(home.store, DAY)
    assert (sorted(manifest["sessions"]), manifest["late_sessions"], manifest["project_id"]) == (["old", "s-1"], 0, "p")


def test_without_raw_rows_what_is_staged_of_langfuse_stays(home, tmp_path):
    _extracted(home, chat("s-1", "restart"))
    _staged(home)
    before = read_manifest(home.store, DAY)
    home.store.delete([info.key for info in home.store.objects(f"raw/date={DAY}/")])
    report = home.take(database(tmp_path / "a.db", talk("old", [("user", "hi")], DAY)))
    assert report.ok
    manifest = read_manifest(home.store, DAY)
    assert manifest["sessions"]["s-1"] == before["sessions"]["s-1"]
    kept = ("source_rows", "project_id", "shapes", "errors", "late_scores", "redactions")
    assert {name: manifest[name] for name in kept} == {name: before[name] for name in kept}
    assert home.ask("SELECT session_id FROM sessions ORDER BY 1") == [("old",), ("s-1",)]
    assert home.take(tmp_path / "a.db").unchanged


def test_a_date_of_which_only_tables_are_left_is_refused(home, tmp_path):
    _extracted(home, chat("s-1", "restart"))
    home.take(database(tmp_path / "a.db", talk("old", [("user", "hi")], DAY)))
    for prefix in (f"raw/date={DAY}/", f"staged/date={DAY}/"):
        home.store.delete([info.key for info in home.store.objects(prefix)])
    before = home.files()
    report = home.take(
        database(tmp_path / "b.db", talk("other", [("user", "hi")], DAY) + talk("fine", [("user", "x")]))
    )
    assert report.failed == {DAY: "2 sessions of its tables have expired elsewhere and would be lost"}
    assert report.published == [D1]
    assert {name: entry for name, entry in home.files().items() if DAY in name} == {
        name: entry for name, entry in before.items() if DAY in name
    }


def test_expired_imports_come_back_when_their_file_is_imported_again(home, tmp_path):
    file = database(tmp_path / "a.db", talk("old", [("user", "hi")], DAY))
    home.take(file)
    rows = home.ask("SELECT * FROM messages")
    for prefix in (f"raw/date={DAY}/", f"staged/date={DAY}/"):
        home.store.delete([info.key for info in home.store.objects(prefix)])
    assert home.take(file).ok
    assert home.store.head(staged_manifest_key(DAY)) is not None
    assert home.ask("SELECT * FROM messages") == rows


def test_a_session_that_langfuse_has_on_the_date_is_langfuses(home, tmp_path):
    _extracted(home, chat("s-1", "restart"))
    report = home.take(
        database(tmp_path / "a.db", talk("s-1", [("user", "other")], DAY) + talk("t", [("ops", "x")], DAY))
    )
    assert report.warnings[-1] == "1 imported sessions were left out: Langfuse has them on the same date"
    assert home.ask("SELECT preview FROM messages WHERE session_id = 's-1' ORDER BY message_index") == [
        ("restart",),
        ("restart done",),
    ]
    assert read_manifest(home.store, DAY)["imported"]["superseded"] == ["s-1"]


def test_a_killed_import_is_finished_by_the_next(home, tmp_path, monkeypatch):
    from sessions_platform.audit_import import importing

    file = database(tmp_path / "a.db", talk("s", [("user", "hi")]) + talk("t", [("user", "hi")], D2))

    def killed(*arguments, **options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(importing, "load_date", killed)
        with pytest.raises(KeyboardInterrupt):
            home.take(file)
    assert not home.settings.database.exists()
    report = home.take(file)
    assert (report.published, report.unchanged) == ([D1, D2], False)
    assert home.ask("SELECT session_id FROM sessions ORDER BY 1") == [("s",), ("t",)]
    assert not list(home.settings.scratch.iterdir())
