"""A date from raw to staged: what is written, when nothing is, and what a failed check leaves."""

import hashlib
import json

import pytest

from sessions_platform.errors import CheckFailed, StoreError
from sessions_platform.sessions.layout import raw_slice_key, staged_manifest_key, staged_session_key
from sessions_platform.staging import day as day_module
from sessions_platform.staging import read_manifest, read_sessions, shuffle
from sessions_platform_tests.rows import DAY, at, row, said
from sessions_platform_tests.staging.support import files, put_raw, stage, store_in, wire


def chat(session: str, words: str, *, second: int = 1, **fields):
    """A trace of one generation under a root that alone names the session."""
    root = row("SPAN", at(second), id=f"root-{session}-{second}", trace_id=f"t-{session}-{second}", session_id=session)
    generation = row(
        "GENERATION",
        at(second + 1),
        id=f"gen-{session}-{second}",
        trace_id=f"t-{session}-{second}",
        parent_observation_id=root.id,
        asked=[said("user", words)],
        gave=[said("assistant", f"{words} done")],
        **fields,
    )
    return [wire(root), wire(generation)]


def score(identity: str, *, trace: str = "", session: str = "", value=1):
    subject = {"kind": "trace", "id": trace} if trace else {"kind": "session", "id": session}
    return {
        "id": identity,
        "name": "success",
        "dataType": "NUMERIC",
        "value": value,
        "timestamp": at(9),
        "subject": subject,
    }


def test_sessions_are_staged_with_a_manifest_that_names_hash_size_and_counts(tmp_path):
    store = store_in(tmp_path)
    put_raw(
        store, chat("s-1", "restart") + chat("s/2", "deploy"), [score("a", trace="t-s-1-1"), score("b", session="gone")]
    )
    report = stage(store, tmp_path)
    assert (report.sessions, report.messages, report.rows, report.written) == (2, 4, 4, 2)
    manifest = read_manifest(store, DAY)
    assert sorted(manifest["sessions"]) == ["s-1", "s/2"]
    entry = manifest["sessions"]["s-1"]
    data = store.get(entry["key"])
    assert entry["sha256"] == hashlib.sha256(data).hexdigest()
    assert (entry["bytes"], entry["messages"], entry["tool_calls"]) == (len(data), 2, 0)
    assert [one["score_id"] for one in manifest["late_scores"]] == ["b"]
    first, second = read_sessions(store, manifest)
    assert (first.session_id, [one.score_id for one in first.scores]) == ("s-1", ["a"])
    assert second.session_id == "s/2"


def test_the_same_rows_again_write_nothing(tmp_path):
    store = store_in(tmp_path)
    put_raw(store, chat("s-1", "restart"))
    stage(store, tmp_path)
    before = files(tmp_path)
    assert stage(store, tmp_path).unchanged
    forced = stage(store, tmp_path, force=True)
    assert (forced.unchanged, forced.written) == (False, 0)
    assert files(tmp_path) == before


def test_one_changed_session_rewrites_one_object(tmp_path):
    store = store_in(tmp_path)
    put_raw(store, chat("s-1", "restart") + chat("s-2", "deploy"))
    stage(store, tmp_path)
    before = files(tmp_path)
    put_raw(store, chat("s-1", "restart") + chat("s-2", "deploy again"))
    assert stage(store, tmp_path).written == 1
    after = files(tmp_path)
    assert before[staged_session_key(DAY, "s-1")] == after[staged_session_key(DAY, "s-1")]
    assert before[staged_session_key(DAY, "s-2")] != after[staged_session_key(DAY, "s-2")]


def test_a_session_that_left_the_day_is_removed_and_one_that_came_later_is_counted(tmp_path):
    store = store_in(tmp_path)
    put_raw(store, chat("s-1", "restart") + chat("s-2", "deploy"))
    stage(store, tmp_path)
    put_raw(store, chat("s-1", "restart") + chat("s-3", "late"))
    report = stage(store, tmp_path)
    assert (report.removed, report.late_sessions) == (1, 1)
    assert store.head(staged_session_key(DAY, "s-2")) is None


def test_many_buckets_give_the_same_bytes_as_one(tmp_path, monkeypatch):
    rows = [line for n in range(30) for line in chat(f"s-{n}", f"restart {n} " + "x" * 500, second=n * 3)]
    one, many = store_in(tmp_path / "one"), store_in(tmp_path / "many")
    put_raw(one, rows)
    put_raw(many, rows)
    stage(one, tmp_path / "one")
    monkeypatch.setattr(shuffle, "BUCKET_BYTES", 4_000)
    monkeypatch.setattr(shuffle, "_FLUSH_BYTES", 1_500)
    stage(many, tmp_path / "many")
    contents = [{key: data for key, (data, _) in files(tmp_path / name).items()} for name in ("one", "many")]
    assert contents[0] == contents[1]
    assert len(contents[0]) > 30


def test_doubles_of_a_row_count_once_and_the_newest_is_taken(tmp_path):
    store = store_in(tmp_path)
    rows = chat("s-1", "restart")
    old = rows[1] | {"updatedAt": at(1), "output": "[]"}
    new = rows[1] | {"updatedAt": at(5)}
    put_raw(store, [rows[0], new, old, new])
    assert stage(store, tmp_path).rows == 2
    (session,) = read_sessions(store, read_manifest(store, DAY))
    assert [one.role for one in session.messages] == ["user", "assistant"]


def test_the_session_of_a_trace_is_its_roots_else_its_earliest_rows_else_metadata_else_the_trace(tmp_path):
    store = store_in(tmp_path)
    rows = [
        row("SPAN", at(5), id="a-root", trace_id="a", session_id="by-root"),
        row("SPAN", at(1), id="a-child", trace_id="a", session_id="other", parent_observation_id="a-root"),
        row("SPAN", at(1), id="b-root", trace_id="b"),
        row("SPAN", at(3), id="b-late", trace_id="b", session_id="late", parent_observation_id="b-root"),
        row("SPAN", at(2), id="b-early", trace_id="b", session_id="early", parent_observation_id="b-root"),
        row("SPAN", at(1), id="c-root", trace_id="c", metadata={"attributes.session.id": "by-metadata"}),
        row("SPAN", at(1), id="d-root", trace_id="d", metadata={"attributes": {"gen_ai.conversation.id": "nested"}}),
        row("SPAN", at(1), id="e-root", trace_id="e"),
        row("SPAN", at(1, day="2026-11-02"), id="f-root", trace_id="f", session_id="yesterdays"),
        row("SPAN", at(1), id="f-child", trace_id="f", parent_observation_id="f-root"),
    ]
    put_raw(store, [wire(one) for one in rows])
    stage(store, tmp_path)
    names = sorted(read_manifest(store, DAY)["sessions"])
    assert names == ["by-metadata", "by-root", "early", "nested", "trace:e", "yesterdays"]


def test_a_session_that_cannot_be_read_is_listed_and_the_day_goes_on(tmp_path, monkeypatch):
    store = store_in(tmp_path)
    rows = chat("s-1", "restart")
    put_raw(store, rows + chat("s-2", "secret words"))
    real = day_module.assemble

    def fails_for_one(session_id, *arguments, **options):
        if session_id == "s-2":
            raise ValueError("secret words")
        return real(session_id, *arguments, **options)

    monkeypatch.setattr(day_module, "assemble", fails_for_one)
    report = stage(store, tmp_path)
    assert (report.sessions, report.rows) == (1, 4)
    (error,) = read_manifest(store, DAY)["errors"]
    assert error["session_id"] == "s-2"
    assert error["error"].startswith("ValueError in ") and "secret" not in json.dumps(error)


def test_a_row_with_an_impossible_time_costs_its_session_and_nothing_else(tmp_path):
    store = store_in(tmp_path)
    broken = chat("s-2", "deploy")
    broken[1]["startTime"] = "2026-11-03T10:00:02+99:00"
    put_raw(store, chat("s-1", "restart") + broken)
    report = stage(store, tmp_path)
    assert (report.sessions, report.rows) == (1, 4)
    assert [error["session_id"] for error in report.errors] == ["s-2"]


def test_too_many_failures_make_the_day_red_and_leave_the_previous_version(tmp_path, monkeypatch):
    store = store_in(tmp_path)
    put_raw(store, [line for n in range(8) for line in chat(f"s-{n}", "restart")])
    stage(store, tmp_path)
    before = files(tmp_path)

    def fails(*arguments, **options):
        raise KeyError("x")

    monkeypatch.setattr(day_module, "assemble", fails)
    with pytest.raises(CheckFailed, match="8 of 8 sessions could not be read"):
        stage(store, tmp_path, force=True)
    assert files(tmp_path) == before
    assert not list((tmp_path / "tmp").iterdir())


def test_a_datum_that_redaction_missed_stops_the_day_before_anything_is_written(tmp_path):
    store = store_in(tmp_path)
    put_raw(store, chat("s-1", "write to jane.roe@example.org"))
    with pytest.raises(CheckFailed, match="email") as failure:
        stage(store, tmp_path)
    assert "jane" not in str(failure.value)
    assert store.head(staged_manifest_key(DAY)) is None
    assert not [key for key in files(tmp_path) if key.startswith("staged/")]


def test_rows_that_get_lost_on_the_way_stop_the_day(tmp_path, monkeypatch):
    store = store_in(tmp_path)
    put_raw(store, chat("s-1", "restart") + chat("s-2", "deploy"))
    real = day_module.newest
    monkeypatch.setattr(day_module, "newest", lambda rows: real(rows)[:1])
    with pytest.raises(CheckFailed, match="2 rows of the raw slices are in no session"):
        stage(store, tmp_path)


def test_a_damaged_raw_object_is_named(tmp_path):
    store = store_in(tmp_path)
    put_raw(store, chat("s-1", "restart"))
    store.put(raw_slice_key(DAY, "10"), b"not zstd at all")
    with pytest.raises(StoreError, match=r"raw/date=2026-11-03/10\.jsonl\.zst: damaged"):
        stage(store, tmp_path)


def test_a_damaged_staged_object_is_named_and_forced_staging_mends_it(tmp_path):
    store = store_in(tmp_path)
    put_raw(store, chat("s-1", "restart"))
    stage(store, tmp_path)
    key = staged_session_key(DAY, "s-1")
    good = store.get(key)
    store.put(key, good[:-4] + b"oops")
    with pytest.raises(StoreError, match="s-1.json.zst: not what its manifest says"):
        list(read_sessions(store, read_manifest(store, DAY)))
    stage(store, tmp_path, force=True)
    assert store.get(key) == good


def test_staging_before_extraction_says_what_to_do(tmp_path):
    with pytest.raises(StoreError, match=r"extract 2026-11-03 first \(raw_sessions\)"):
        stage(store_in(tmp_path), tmp_path)
