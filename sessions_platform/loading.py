"""From a date's staged sessions to its fact tables as Parquet: streamed, checked before anything is replaced.

What a row holds is `sessions.tables`; where the tables go from here is the publisher. Nothing here knows Dagster.
"""

import hashlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import msgspec

from sessions_platform.errors import CheckFailed, StoreError
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.sessions.layout import staged_manifest_key, table_key
from sessions_platform.sessions.table_schemas import FACT_SCHEMAS
from sessions_platform.sessions.tables import TableBuilder
from sessions_platform.staging import read_manifest, read_sessions
from sessions_platform.staging.day import late_scores

TABLES_VERSION = 1
"""Raised with any change of the fact tables' columns or meaning, so that days are loaded again."""


@dataclass
class LoadReport:
    """What loading a date did. `unchanged`: these staged sessions were loaded before, nothing was read or written."""

    date: str
    unchanged: bool = False
    sessions: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    bytes_written: int = 0


def note_key(date: str) -> str:
    """What was loaded into a date's fact tables; written after them."""
    return f"tables/session_tables/date={date}/note.json"


def read_note(store: ObjectStore, date: str) -> dict[str, Any] | None:
    """The note of a date's fact tables, or None where they were never whole."""
    try:
        return msgspec.json.decode(store.get(note_key(date)), type=dict[str, Any])
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def load_date(
    store: ObjectStore, date: str, *, force: bool = False, progress: Callable[[int, int], None] | None = None
) -> LoadReport:
    """Write the fact tables of a date. Raises StoreError for a damaged staged object, CheckFailed for lost rows."""
    manifest = read_manifest(store, date)
    if manifest is None:
        raise StoreError(f"{staged_manifest_key(date)} is missing: stage {date} first (staged_sessions)")
    staged = store.get(staged_manifest_key(date))
    inputs = hashlib.sha256(staged + str(TABLES_VERSION).encode()).hexdigest()
    note = read_note(store, date)
    if note is not None and note["inputs"] == inputs and not force and _all_there(store, date, note):
        return LoadReport(date, True, len(manifest["sessions"]), note["rows"])
    rows, row_count = _write(store, date, manifest, progress or (lambda done, total: None))
    sizes = {name: info.size for name in FACT_SCHEMAS if (info := store.head(table_key(name, date)))}
    store.put_if_changed(
        note_key(date), msgspec.json.encode({"inputs": inputs, "rows": rows, "source_rows": row_count, "bytes": sizes})
    )
    return LoadReport(date, False, rows["session_slices"], rows, sum(sizes.values()))


def _all_there(store: ObjectStore, date: str, note: dict[str, Any]) -> bool:
    infos = {name: store.head(table_key(name, date)) for name in FACT_SCHEMAS}
    return all(info is not None and info.size == note["bytes"].get(name) for name, info in infos.items())


def _write(
    store: ObjectStore, date: str, manifest: dict[str, Any], progress: Callable[[int, int], None]
) -> tuple[dict[str, int], int]:
    """Write every table; the streams become objects only when the block ends without an error."""
    row_count = 0
    with ExitStack() as stack:
        streams = {name: stack.enter_context(store.writer(table_key(name, date))) for name in FACT_SCHEMAS}
        with TableBuilder(date, streams) as builder:
            for done, staged in enumerate(read_sessions(store, manifest), 1):
                builder.add(staged)
                row_count += staged.session.row_count
                progress(done, len(manifest["sessions"]))
            builder.add_scores(late_scores(manifest))
        _check(date, manifest, builder.rows, row_count)
        return builder.rows, row_count


def _check(date: str, manifest: dict[str, Any], rows: dict[str, int], row_count: int) -> None:
    """Blocking: tables hold what the manifest says, session by session and row by row."""
    entries = manifest["sessions"].values()
    expected = {
        "sessions": (len(entries), rows["session_slices"]),
        "rows": (sum(entry["rows"] for entry in entries), row_count),
    }
    wrong = [f"{found} of {wanted} {name}" for name, (wanted, found) in expected.items() if wanted != found]
    messages = sum(entry["messages"] for entry in entries)
    if rows["messages"] < messages:
        wrong.append(f"{rows['messages']} of {messages} messages")
    if wrong:
        raise CheckFailed(f"session_tables {date}: the tables hold {', '.join(wrong)}; nothing was changed")
