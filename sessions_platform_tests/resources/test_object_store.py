"""The object store: the same behaviour on a folder and over the S3 protocol."""

import os

import pytest
from moto.server import ThreadedMotoServer

from sessions_platform.errors import ConfigurationError, StoreError
from sessions_platform.resources.object_store import open_store


@pytest.fixture(scope="module")
def s3():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def store(request, tmp_path, monkeypatch):
    if request.param == "folder":
        return open_store(str(tmp_path / "store"))
    endpoint = request.getfixturevalue("s3")
    for name, value in {"ACCESS_KEY_ID": "k", "SECRET_ACCESS_KEY": "s", "DEFAULT_REGION": "eu-west-1"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    import boto3

    bucket = f"bucket-{os.getpid()}-{abs(hash(request.node.name)) % 10_000_000}"
    boto3.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return open_store(f"s3://{bucket}/some/prefix")


def test_what_is_put_can_be_read_listed_and_deleted(store):
    store.put("raw/date=2026-11-03/00.x", b"one")
    store.put("raw/date=2026-11-04/00.x", b"three")
    assert store.get("raw/date=2026-11-03/00.x") == b"one"
    assert store.head("raw/date=2026-11-04/00.x").size == 5
    assert {(one.key, one.size) for one in store.objects("raw/")} == {
        ("raw/date=2026-11-03/00.x", 3),
        ("raw/date=2026-11-04/00.x", 5),
    }
    assert store.dates("raw") == ["2026-11-03", "2026-11-04"]
    store.delete(["raw/date=2026-11-03/00.x", "raw/never"])
    assert store.dates("raw") == ["2026-11-04"]
    assert store.head("raw/date=2026-11-03/00.x") is None
    with pytest.raises(FileNotFoundError, match="raw/date=2026-11-03/00.x"):
        store.get("raw/date=2026-11-03/00.x")


def test_equal_bytes_are_not_written_again(store):
    assert store.put_if_changed("a", b"1")
    changed = store.head("a").changed
    assert not store.put_if_changed("a", b"1")
    assert store.head("a").changed == changed
    assert store.put_if_changed("a", b"2")


def test_a_stream_that_fails_leaves_the_old_object_and_nothing_beside_it(store):
    store.put("a", b"old")
    with pytest.raises(RuntimeError), store.writer("a") as stream:
        stream.write(b"new, half")
        raise RuntimeError
    assert store.get("a") == b"old"
    assert [one.key for one in store.objects("")] == ["a"]


def test_a_large_object_streams_in_and_out(store):
    with store.writer("big") as stream:
        for number in range(40):
            stream.write(bytes([number]) * 1_000_000)
    with store.reader("big") as stream:
        total = 0
        while piece := bytes(stream.read(1 << 20)):
            total += len(piece)
    assert total == 40_000_000


def test_the_store_tries_itself(store):
    store.check()
    assert not list(store.objects(".check/"))


def test_a_missing_bucket_is_named(s3, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3)
    with pytest.raises(StoreError, match="SESSIONS_STORE_URL=s3://never-made/p: there is no such bucket"):
        open_store("s3://never-made/p").check()


def test_a_url_of_another_kind_is_refused():
    with pytest.raises(ConfigurationError, match="SESSIONS_STORE_URL=gs://x: give a folder or s3"):
        open_store("gs://x")
    with pytest.raises(ConfigurationError, match="the bucket's name is missing"):
        open_store("s3://")


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot make this folder"):
        open_store(str(tmp_path / "file" / "store"))


def test_leftovers_of_a_killed_process_are_not_listed_and_can_be_swept(tmp_path):
    store = open_store(str(tmp_path))
    store.put("raw/a", b"1")
    (tmp_path / "raw" / "b.tmp-123-1-abc").write_bytes(b"half")
    assert [one.key for one in store.objects("raw/")] == ["raw/a"]
    assert store.sweep("raw") == 1
    assert store.sweep("raw") == 0
