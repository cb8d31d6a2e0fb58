"""Bytes between the store and this machine's disk, hashed on their way. No knowledge of what they mean."""

import hashlib
from pathlib import Path
from typing import IO

from sessions_platform.errors import StoreError
from sessions_platform.lifecycle.manifest import Blob
from sessions_platform.resources.object_store import ObjectStore

_PIECE = 1 << 20


def copied(source: IO[bytes], target: IO[bytes] | None = None) -> tuple[str, int]:
    """Hash and size of a stream's bytes, written to `target` on the way."""
    hashed, size = hashlib.sha256(), 0
    while piece := source.read(_PIECE):
        hashed.update(piece)
        size += len(piece)
        if target is not None:
            target.write(piece)
    return hashed.hexdigest(), size


def stored(store: ObjectStore, key: str, path: Path) -> Blob:
    """A file put into the store."""
    with path.open("rb") as source, store.writer(key) as target:
        sha256, size = copied(source, target)
    return Blob(key, sha256, size)


def fetched(store: ObjectStore, blob: Blob, path: Path) -> None:
    """An object fetched to a file. Raises StoreError where it is missing or not what the backup says."""
    try:
        with store.reader(blob.key) as source, path.open("wb") as target:
            found = copied(source, target)
    except FileNotFoundError:
        raise StoreError(f"{blob.key}: missing though a backup names it") from None
    if found != (blob.sha256, blob.bytes):
        raise StoreError(f"{blob.key}: damaged (its content is not what was saved)")
