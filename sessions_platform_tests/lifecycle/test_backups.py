"""Backups without a server: what is kept how long, the analytics file, and how bad input is said."""

import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import duckdb
import msgspec
import pytest
from moto.server import ThreadedMotoServer

from sessions_platform import cli
from sessions_platform.errors import StoreError
from sessions_platform.indexing.ledger import LEDGER_SCHEMA, Entry, Ledger, MemoryLine, write_ledger
from sessions_platform.lifecycle import analytics_copy
from sessions_platform.lifecycle.backup import make_backup
from sessions_platform.lifecycle.files import fetched, stored
from sessions_platform.lifecycle.manifest import BackupManifest, Blob, SavedDate, chosen_backup, stamps
from sessions_platform.lifecycle.retention import remove_old_backups
from sessions_platform.lifecycle.returning import in_space
from sessions_platform.resources.object_store import ObjectStore, open_store
from sessions_platform.sessions.layout import (
    BACKUPS,
    backup_analytics_key,
    backup_manifest_key,
    pack_key,
    saved_ledger_key,
)
from sessions_platform.settings import Settings, load_settings

NOW = datetime(2026, 11, 20, 11, 45, tzinfo=UTC)
DAY = "2026-11-02"


def stamp_of(days_ago: int) -> str:
    return (NOW - timedelta(days=days_ago)).strftime("%Y%m%dT%H%M%SZ")


def put_backup(store: ObjectStore, days_ago: int, pack: str) -> str:
    """A backup whose one pack and ledger are named `pack`."""
    stamp, blob = stamp_of(days_ago), Blob(saved_ledger_key(DAY, pack), "", 1)
    saved = SavedDate(blob, Blob(pack_key(DAY, pack), "", 1), 1)
    for key in (blob.key, pack_key(DAY, pack), backup_analytics_key(stamp)):
        store.put(key, b"x")
    made = BackupManifest(1, stamp, "i", "0.5.2", {DAY: saved}, None)
    store.put(backup_manifest_key(stamp), msgspec.json.encode(made))
    return stamp


def names(store: ObjectStore) -> set[str]:
    return {info.key.removeprefix(BACKUPS) for info in store.objects(BACKUPS)}


def settings_in(home: Path, store: ObjectStore, **more: Any) -> Settings:
    return load_settings(sessions_home=home, sessions_store_url=store.url, openviking_url="", **more)


def database(path: Path, rows: int = 1000) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE TABLE data_health AS SELECT range AS date FROM range(?)", [rows])


def test_backups_past_their_days_go_with_packs_that_nothing_names_and_the_newest_stays(store: ObjectStore) -> None:
    old, kept = put_backup(store, 120, "aaaa"), put_backup(store, 89, "bbbb")
    shared = put_backup(store, 91, "bbbb")
    store.put(backup_analytics_key(stamp_of(1)), b"killed before its manifest")
    store.put(pack_key(DAY, "cccc"), b"killed before its manifest")
    removed = remove_old_backups(store, 90, NOW)
    assert removed.backups == [shared, old] and removed.objects == 3
    ledger, pack = (f"{kind}/date={DAY}/bbbb" for kind in ("ledgers", "packs"))
    assert names(store) == {f"{kept}/manifest.json", f"{kept}/analytics.duckdb.zst", f"{ledger}.json", f"{pack}.ovpack"}
    assert remove_old_backups(store, 90, NOW + timedelta(days=500)).backups == []
    assert stamps(store) == [kept]


def test_a_damaged_manifest_keeps_all_packs_and_is_named(store: ObjectStore) -> None:
    put_backup(store, 1, "aaaa")
    store.put(backup_manifest_key(stamp_of(2)), b"{")
    store.put(pack_key(DAY, "whose"), b"x")
    removed = remove_old_backups(store, 90, NOW)
    assert removed.objects == 0 and f"{stamp_of(2)}/manifest.json: damaged" in removed.notes[0]
    assert chosen_backup(store, None).stamp == stamp_of(1)


async def test_the_analytics_file_goes_and_comes_whole_and_only_a_change_makes_another_backup(
    store: ObjectStore, tmp_path: Path
) -> None:
    old, new = settings_in(tmp_path / "old", store), settings_in(tmp_path / "new", store)
    database(old.database)
    first = await make_backup(store, old, None, now=lambda: NOW)
    assert (first.stamp, first.changed, first.dates) == ("20261120T114500Z", True, 0)
    later = await make_backup(store, old, None, now=lambda: NOW + timedelta(days=1))
    assert (later.stamp, later.changed) == (first.stamp, False) and stamps(store) == [first.stamp]
    blob = chosen_backup(store, None).analytics
    assert blob is not None and blob.bytes == old.database.stat().st_size
    assert analytics_copy.put_back(store, blob, new.database, force=False)
    assert new.database.read_bytes() == old.database.read_bytes()
    assert not analytics_copy.put_back(store, blob, new.database, force=False)
    old.database.unlink()
    database(old.database, rows=2000)
    assert (await make_backup(store, old, None, now=lambda: NOW)).stamp == "20261120T114501Z"


def test_a_damaged_analytics_file_changes_nothing(store: ObjectStore, tmp_path: Path) -> None:
    path, target = tmp_path / "a.duckdb", tmp_path / "home" / "analytics.duckdb"
    database(path)
    database(target, rows=3)
    with path.open("rb") as stream:
        blob = analytics_copy.measured(stream, backup_analytics_key("20261120T114500Z"))
        analytics_copy.save(store, stream, blob)
    before = target.read_bytes()
    for data in (store.get(blob.key)[:-200], b"not zstd"):
        store.put(blob.key, data)
        with pytest.raises(StoreError, match=r"analytics\.duckdb\.zst: damaged"):
            analytics_copy.put_back(store, blob, target, force=True)
    assert target.read_bytes() == before and len(list(target.parent.iterdir())) == 2


def test_a_file_that_is_written_to_while_it_is_saved_is_no_backup(store: ObjectStore) -> None:
    stream = io.BytesIO(b"before")
    blob = analytics_copy.measured(stream, "k")
    with pytest.raises(StoreError, match="changed in place"):
        analytics_copy.save(store, io.BytesIO(b"after!"), blob)
    assert store.head("k") is None


def test_a_line_moves_to_the_space_of_the_user_who_loads_now() -> None:
    memory = MemoryLine("event", "failure", "x", "y", "viking://user/old/memories/events/2026/11/02/event_a.md")
    entry = Entry(f"viking://resources/sessions/{DAY}/s", "h", "s", "verified", memories=[memory])
    entry.memory_uris, entry.session_uri = [memory.uri], f"viking://user/old/sessions/{DAY}.s"
    moved = in_space(entry, "viking://user/new")
    assert moved.memory_uris == [moved.memories[0].uri] == ["viking://user/new/memories/events/2026/11/02/event_a.md"]
    assert moved.session_uri == f"viking://user/new/sessions/{DAY}.s" and moved.uri == entry.uri
    assert memory.uri.startswith("viking://user/old/")


@pytest.fixture
def command(
    store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Any:
    """Runs a command line; its exit code and what it said on stderr."""
    monkeypatch.chdir(tmp_path)
    for name in ("OPENVIKING_URL", "OPENVIKING_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SESSIONS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SESSIONS_STORE_URL", store.url)

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["sessions-platform", *words])
        with pytest.raises(SystemExit) as left:
            cli.main()
        return int(left.value.code or 0), capsys.readouterr().err

    return run


def test_bad_input_is_one_line_and_exit_2(command: Any, store: ObjectStore) -> None:
    for words, said in (
        (["restore"], "holds no backup"),
        (["restore", "--stamp", "yesterday"], "--stamp yesterday: .* holds no such backup; there are none"),
        (["rebuild-index", "--from", "2026-11-05", "--to", "2026-11-01"], "--from 2026-11-05 is after --to 2026-11-01"),
        (["rebuild-index"], "OPENVIKING_URL is not set"),
    ):
        code, text = command(*words)
        assert code == 2 and len(text.splitlines()) == 1
        assert re.search(said, text)
    entry = Entry(f"viking://resources/sessions/{DAY}/s", "h", "s", "verified")
    write_ledger(store, Ledger(LEDGER_SCHEMA, DAY, {"s": entry}))
    code, text = command("backup")
    assert code == 2 and "OPENVIKING_URL is not set, but 2026-11-02 has 1 sessions in an index" in text
    assert stamps(store) == []


def test_a_backup_without_an_index_says_what_it_does_not_hold(command: Any, store: ObjectStore) -> None:
    code, text = command("backup", "--json")
    assert code == 0 and "analytics.duckdb does not exist" in text and len(stamps(store)) == 1


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectStore]:
    """A store in an empty bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "us-east-1")
    boto3.client("s3").create_bucket(Bucket="backups-of-tests")
    yield open_store("s3://backups-of-tests/prefix")
    server.stop()


async def test_a_bucket_keeps_backups_as_a_folder_does(bucket: ObjectStore, tmp_path: Path) -> None:
    old, new = settings_in(tmp_path / "old", bucket), settings_in(tmp_path / "new", bucket)
    database(old.database)
    made = await make_backup(bucket, old, None, now=lambda: NOW - timedelta(days=120))
    pack = stored(bucket, pack_key(DAY, "aaaa"), old.database)
    fetched(bucket, pack, tmp_path / "pack")
    assert (tmp_path / "pack").read_bytes() == old.database.read_bytes()
    blob = chosen_backup(bucket, made.stamp).analytics
    assert blob is not None and analytics_copy.put_back(bucket, blob, new.database, force=False)
    assert new.database.read_bytes() == old.database.read_bytes()
    again = await make_backup(bucket, old, None, now=lambda: NOW)
    assert (again.changed, again.removed_objects, stamps(bucket)) == (False, 1, [made.stamp])
