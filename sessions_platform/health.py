"""Whether a date is whole: raw, staged and loaded belong together, step by step. Nothing here knows Dagster."""

import hashlib
from typing import Any

from sessions_platform.loading import TABLES_VERSION, read_note
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.sessions.layout import staged_manifest_key, table_key
from sessions_platform.sessions.tables import health_row
from sessions_platform.staging import read_manifest
from sessions_platform.staging.imported import OF_IMPORTS
from sessions_platform.staging.raw_reader import raw_manifest


def date_health(store: ObjectStore, date: str) -> dict[str, Any]:
    """The row of data_health of a date. `complete` only if the tables were made from what is staged now."""
    raw = raw_manifest(store, date)
    staged = read_manifest(store, date)
    note = read_note(store, date)
    row: dict[str, Any] = {"source_rows": None, "raw_rows": None, "staged_sessions": None, "loaded_sessions": None}
    row |= {"committed_sessions": 0, "redactions": None, "late_sessions": None, "complete": False}
    if raw is not None:
        manifest = raw[0]
        counted = ((manifest.get("fingerprint") or {}).get("observations") or {}).values()
        row["source_rows"] = int(sum(hour[0] for hour in counted)) or manifest["fetched_rows"]
        row["redactions"] = sum(manifest["redactions"].values())
    if staged is not None:
        imports = staged.get(OF_IMPORTS, {})
        row["raw_rows"] = staged["source_rows"] + imports.get("rows", 0)
        if imports:
            row["source_rows"] = (staged["source_rows"] if raw is None else row["source_rows"]) + imports["rows"]
            row["redactions"] = sum(staged["redactions"].values())
        row["staged_sessions"] = len(staged["sessions"])
        row["late_sessions"] = staged["late_sessions"]
    if note is not None:
        row["loaded_sessions"] = note["rows"]["session_slices"]
    if staged is not None and note is not None:
        made_from = hashlib.sha256(store.get(staged_manifest_key(date)) + str(TABLES_VERSION).encode()).hexdigest()
        row["complete"] = bool(staged["complete"]) and note["inputs"] == made_from
    return row


def write_health(store: ObjectStore, date: str) -> dict[str, Any]:
    """Put `tables/data_health` of a date in place; the row."""
    row = date_health(store, date)
    store.put_if_changed(table_key("data_health", date), health_row(date, **row))
    return row
