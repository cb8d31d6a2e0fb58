"""Staged sessions as the next steps read them: by the manifest, each object held against its hash."""

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec
import zstandard

from sessions_platform.errors import StoreError
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.sessions.layout import staged_manifest_key
from sessions_platform.sessions.model import StagedSession

_decoder = msgspec.json.Decoder(StagedSession)


def read_manifest(store: ObjectStore, date: str) -> dict[str, Any] | None:
    """The manifest of a date's staged sessions, or None where the date was never staged whole."""
    try:
        data = store.get(staged_manifest_key(date))
    except FileNotFoundError:
        return None
    try:
        return msgspec.json.decode(data, type=dict[str, Any])
    except msgspec.DecodeError as error:
        key = staged_manifest_key(date)
        raise StoreError(f"{key}: not valid JSON ({error}); run {date} again with --force") from None


def read_sessions(store: ObjectStore, manifest: dict[str, Any]) -> Iterator[StagedSession]:
    """The sessions of a manifest, in the order of their ids, one in memory at a time."""
    for session_id in sorted(manifest["sessions"]):
        entry = manifest["sessions"][session_id]
        yield read_session(store, entry["key"], entry["sha256"])


def read_session(store: ObjectStore, key: str, sha256: str) -> StagedSession:
    """One staged session; an object that is missing or not what the manifest says raises StoreError naming it."""
    try:
        data = store.get(key)
    except FileNotFoundError:
        raise StoreError(f"{key}: missing though its manifest names it; run its date again with --force") from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise StoreError(f"{key}: not what its manifest says (damaged or changed); run its date again with --force")
    return _decoder.decode(zstandard.ZstdDecompressor().decompress(data))
