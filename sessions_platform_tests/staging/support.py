"""A store with one date's raw rows, put there as extraction puts them."""

import json
from pathlib import Path
from typing import Any

import msgspec
import zstandard

from sessions_platform.resources.object_store import ObjectStore, open_store
from sessions_platform.sessions.layout import raw_manifest_key, raw_scores_key, raw_slice_key
from sessions_platform.sessions.model import Observation
from sessions_platform.staging import StageReport, stage_date
from sessions_platform_tests.rows import DAY, TAXONOMY


def wire(row: Observation) -> dict[str, Any]:
    """The row as the API names its fields."""
    return msgspec.json.decode(msgspec.json.encode(row))


def put_raw(store: ObjectStore, rows: list[dict[str, Any]], scores: list[dict[str, Any]] | None = None) -> None:
    """Put rows into the slices of DAY by their hour, those of other days into the context, and the manifest."""
    slices: dict[str, list[bytes]] = {}
    for row in rows:
        part = row["startTime"][11:13] if row["startTime"][:10] == DAY else "context"
        slices.setdefault(part, []).append(json.dumps(row).encode())
    for part, lines in slices.items():
        store.put(raw_slice_key(DAY, part), zstandard.compress(b"\n".join(lines) + b"\n"))
    if scores is not None:
        lines = b"".join(json.dumps(score).encode() + b"\n" for score in scores)
        store.put(raw_scores_key(DAY), zstandard.compress(lines))
    manifest = {
        "project_id": "p",
        "key_fingerprint": "k",
        "complete": True,
        "fetched_rows": len(rows),
        "redactions": {},
    }
    store.put(raw_manifest_key(DAY), json.dumps(manifest | {"rows": hash(json.dumps(rows))}).encode())


def store_in(folder: Path) -> ObjectStore:
    """A store in a folder."""
    return open_store(str(folder / "store"))


def stage(store: ObjectStore, folder: Path, **options: Any) -> StageReport:
    """Stage DAY."""
    return stage_date(store, DAY, TAXONOMY, taxonomy_hash="t", scratch=folder / "tmp", **options)


def files(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Content and time of every file below the store."""
    root = folder / "store"
    return {str(p.relative_to(root)): (p.read_bytes(), p.stat().st_mtime_ns) for p in root.rglob("*") if p.is_file()}
