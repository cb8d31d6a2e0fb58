"""The analytics file into a backup and out of one: one state of it, compressed as a stream, put in place whole."""

import hashlib
from pathlib import Path
from typing import IO

import duckdb
import zstandard

from sessions_platform.errors import StoreError
from sessions_platform.lifecycle.files import copied
from sessions_platform.lifecycle.manifest import Blob
from sessions_platform.resources._publish_file import PublishedFile
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.sql import quoted

_PIECE = 1 << 20


def measured(stream: IO[bytes], key: str) -> Blob:
    """Hash and size of the opened file, which is read again from its beginning afterwards."""
    sha256, size = copied(stream)
    stream.seek(0)
    return Blob(key, sha256, size)


def save(store: ObjectStore, stream: IO[bytes], blob: Blob) -> None:
    """Store the opened file under the blob's key. A publication meanwhile replaces the name, not what is open."""
    with store.writer(blob.key) as target:
        with zstandard.ZstdCompressor(level=3).stream_writer(target, closefd=False) as to:
            found = copied(stream, to)
        if found != (blob.sha256, blob.bytes):
            raise StoreError("the analytics file was changed in place while it was saved; run the backup again")


def put_back(store: ObjectStore, blob: Blob, database: Path, *, force: bool) -> bool:
    """Put the saved file in place; False where a readable one stands there already (unless `force`).

    Raises StoreError where the saved one is missing or damaged: then nothing is changed.
    """
    file = PublishedFile(database)
    with file.locked():
        if not force and database.exists() and _opens(database):
            return False
        if _unpacked(store, blob, file.next) != (blob.sha256, blob.bytes) or not _opens(file.next):
            raise StoreError(f"{blob.key}: damaged (its content is not what was saved)")
        file.replace()
        return True


def _unpacked(store: ObjectStore, blob: Blob, path: Path) -> tuple[str, int]:
    """Write the saved file's content to a path; its hash and size."""
    hashed, size = hashlib.sha256(), 0
    unpacking = zstandard.ZstdDecompressor().decompressobj()
    try:
        with store.reader(blob.key) as source, path.open("wb") as target:
            # Streams of S3 give buffers that are no bytes, on which zstandard's own reading of streams crashes.
            while packed := bytes(source.read(_PIECE)):
                piece = unpacking.decompress(packed)
                hashed.update(piece)
                size += len(piece)
                target.write(piece)
    except FileNotFoundError:
        raise StoreError(f"{blob.key}: missing though a backup names it") from None
    except zstandard.ZstdError as error:
        raise StoreError(f"{blob.key}: damaged ({error})") from None
    return hashed.hexdigest(), size


def _opens(path: Path) -> bool:
    """Whether it is a database that says which dates it holds."""
    con = duckdb.connect(":memory:")
    try:
        con.execute(f"ATTACH {quoted(str(path))} AS published (READ_ONLY)")
        con.execute("SELECT count(*) FROM published.data_health")
    except duckdb.Error:
        return False
    finally:
        con.close()
    return True
