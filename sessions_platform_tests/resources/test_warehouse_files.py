"""The published file as a file: old clients, readers under way, killed publishers, S3."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from sessions_platform.resources.object_store import ObjectStore, open_store
from sessions_platform.resources.warehouse import Publisher
from sessions_platform_tests.resources.test_warehouse_any_order import everything
from sessions_platform_tests.staged_sessions import agent, staged, system, tool, user, write_day

DAYS = [f"2026-11-{day:02d}" for day in range(1, 7)]
_PUBLISH = """
import sys
from pathlib import Path
from sessions_platform.resources.object_store import open_store
from sessions_platform.resources.warehouse import Publisher
print("ready", flush=True)
Publisher(open_store(sys.argv[1]), Path(sys.argv[2])).publish(None, rebuild=len(sys.argv) > 3)
"""


def fill(store: ObjectStore, days: list[str], sessions: int = 5) -> None:
    for day in days:
        lines = [system("be kind"), user(day), agent("planner"), tool("git", "planner"), agent("coder")]
        write_day(store, day, [staged(f"s{number}", day, lines * 3) for number in range(sessions)])


def test_the_file_says_that_clients_from_1_2_on_open_it(tmp_path: Path) -> None:
    """Bytes 12..20 of the first header hold the storage number: 64 and 65 are read by every client since 1.2."""
    fill(open_store(str(tmp_path / "store")), DAYS[:1])
    path = tmp_path / "analytics.duckdb"
    publisher = Publisher(open_store(str(tmp_path / "store")), path)
    for _ in range(2):  # the first is a rebuild, the second a copy that is added to
        publisher.publish(None)
        head = path.read_bytes()[:20]
        assert (head[8:12], int.from_bytes(head[12:20], "little")) == (b"DUCK", 65)
        with duckdb.connect() as con:
            con.execute(f"ATTACH '{path}' AS w (READ_ONLY)")
            (tags,) = con.execute("SELECT tags FROM duckdb_databases() WHERE database_name = 'w'").fetchone() or ({},)
            assert tags["storage_version"] == "v1.2.0+"
        fill(open_store(str(tmp_path / "store")), DAYS[1:2])


def test_readers_keep_reading_while_files_are_published_and_never_meet_an_error(tmp_path: Path) -> None:
    store, path = open_store(str(tmp_path / "store")), tmp_path / "analytics.duckdb"
    fill(store, DAYS[:1])
    publisher = Publisher(store, path)
    publisher.publish(None)
    kept = duckdb.connect()
    kept.execute(f"ATTACH '{path}' AS w (READ_ONLY)")
    seen, done = set(), threading.Event()

    def read() -> None:
        while not done.is_set():
            with duckdb.connect() as con:
                con.execute(f"ATTACH '{path}' AS w (READ_ONLY)")
                seen.add(con.execute("SELECT count(*) FROM w.messages").fetchone())

    reader = threading.Thread(target=read)
    reader.start()
    for day in DAYS[1:]:
        fill(store, [day])
        publisher.publish([day])
    time.sleep(0.2)
    done.set()
    reader.join()
    # 13 messages a session on each day, and its one system text.
    assert seen <= {(5 * (12 * days + 1),) for days in range(1, 7)}
    assert (5 * 73,) in seen
    assert kept.execute("SELECT count(*) FROM w.messages").fetchone() == (65,)
    kept.close()


def test_a_shell_that_opened_the_file_for_writing_does_not_stop_publication(tmp_path: Path) -> None:
    store, path = open_store(str(tmp_path / "store")), tmp_path / "analytics.duckdb"
    fill(store, DAYS[:1])
    Publisher(store, path).publish(None)
    script = f"import duckdb, sys; c = duckdb.connect({str(path)!r}); print('open', flush=True); sys.stdin.read()"
    shell = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
    with shell:
        assert shell.stdout is not None
        assert shell.stdout.readline() == b"open\n"
        fill(store, DAYS[1:2])
        report = Publisher(store, path).publish(None)
        assert (report.rebuilt, report.published) == (None, DAYS[1:2])
        shell.communicate()


def test_a_damaged_file_and_one_of_another_schema_are_built_anew(tmp_path: Path) -> None:
    store, path = open_store(str(tmp_path / "store")), tmp_path / "analytics.duckdb"
    fill(store, DAYS[:2])
    publisher = Publisher(store, path)
    publisher.publish(None)
    whole = everything(path)
    path.write_bytes(b"not a database")
    assert publisher.publish(DAYS[:1]).rebuilt == "the file could not be read"
    assert everything(path) == whole
    with duckdb.connect(str(path)) as con:
        con.execute("UPDATE publication_settings SET value = '0' WHERE name = 'schema_version'")
    assert publisher.publish(DAYS[:1]).rebuilt == "schema_version changed"
    assert everything(path) == whole


def _start(folder: Path, *more: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", _PUBLISH, str(folder / "store"), str(folder / "analytics.duckdb"), *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: S603
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def test_a_publisher_killed_at_any_moment_leaves_a_whole_file_and_the_next_run_completes(tmp_path: Path) -> None:
    store, path = open_store(str(tmp_path / "store")), tmp_path / "analytics.duckdb"
    fill(store, DAYS[:3], sessions=40)
    publisher = Publisher(store, path)
    publisher.publish(None)
    old = everything(path)
    fill(store, DAYS[3:], sessions=40)
    draw, killed = random.Random(3), 0
    for attempt in range(8):
        process = _start(tmp_path, *(["rebuild"] if attempt % 2 else []))
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=draw.uniform(0.0, 0.9))
        killed += process.poll() is None
        os.kill(process.pid, signal.SIGKILL) if process.poll() is None else None
        with process:
            process.wait()
        now = everything(path)
        assert len(now["data_health"]) in {3, 6}
        if len(now["data_health"]) == 3:
            assert now == old
    assert killed >= 3
    publisher.publish(None)
    grown = everything(path)
    assert len(grown["data_health"]) == 6
    publisher.publish(None, rebuild=True)
    assert everything(path) == grown
    names = {item.name for item in tmp_path.iterdir()}
    assert names == {"store", "analytics.duckdb", "analytics.duckdb.lock"}


def test_two_publishers_at_once_take_turns(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "store"))
    fill(store, DAYS[:2])
    for process in [_start(tmp_path), _start(tmp_path)]:
        with process:
            assert process.wait() == 0
    assert len(everything(tmp_path / "analytics.duckdb")["data_health"]) == 2


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An S3 bucket on a moto server."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    boto3.client("s3").create_bucket(Bucket="sessions")
    yield "s3://sessions/platform"
    server.stop()


@pytest.mark.filterwarnings("default")
def test_a_store_on_s3_gives_the_tables_of_a_folder(bucket: str, tmp_path: Path) -> None:
    remote, local = open_store(bucket), open_store(str(tmp_path / "store"))
    for number, store in enumerate([remote, local]):
        fill(store, DAYS[:2])
        publisher = Publisher(store, tmp_path / f"{number}.duckdb")
        publisher.publish(DAYS[:1])
        publisher.publish(None)
        assert not publisher.publish(None).wrote
    assert everything(tmp_path / "0.duckdb") == everything(tmp_path / "1.duckdb")
    assert sorted(path.name for path in tmp_path.glob("0*")) == ["0.duckdb", "0.duckdb.lock"]
