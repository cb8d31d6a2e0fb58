"""Imported sessions among a date's raw objects: one object of lines in the order of session ids, and its note.

`raw/date=D/import-<digest>.jsonl.zst` holds an `AuditSlice` a line, whatever files they came from; the note names the
object and is put after it, so that what it says is always whole. Staging takes them beside the rows of Langfuse. Which
session comes from which file is decided in `audit_import`.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from sessions_platform.errors import StoreError
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.sessions.imported import AuditSlice
from sessions_platform.sessions.layout import raw_import_note_key
from sessions_platform.staging.raw_reader import lines

_slices = msgspec.json.Decoder(AuditSlice)
OF_IMPORTS = "imported"
"""What a staged manifest says of them, and the mark of their entries."""


class ImportedSession(msgspec.Struct, array_like=True):
    """A session in the import object: the name of its file, a hash of its line, and how many messages and calls."""

    source: str
    sha256: str
    rows: int


class ImportNote(msgspec.Struct):
    """What a date's import object holds. `redactions`: replacements by class."""

    date: str
    object: str
    key_fingerprint: str
    sessions: dict[str, ImportedSession]
    redactions: dict[str, int]


def import_note(store: ObjectStore, date: str) -> tuple[ImportNote, bytes] | None:
    """The note of a date's imported sessions and its bytes; None where there are none."""
    key = raw_import_note_key(date)
    try:
        data = store.get(key)
    except FileNotFoundError:
        return None
    try:
        return msgspec.json.decode(data, type=ImportNote), data
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise StoreError(f"{key}: damaged ({error}); delete it and import its files again") from None


def import_lines(store: ObjectStore, note: ImportNote) -> Iterator[bytes]:
    """The object's lines, in the order of their sessions' ids."""
    count = 0
    for line in lines(store, note.object):
        count += 1
        yield line
    if count != len(note.sessions):
        raise StoreError(f"{note.object}: holds {count} of {len(note.sessions)} sessions; import their files again")


def read_slice(line: bytes) -> AuditSlice:
    """A line of an import object."""
    return _slices.decode(line)


def figures(note: ImportNote, superseded: list[str]) -> dict[str, Any]:
    """What a staged manifest says of the date's imports. `superseded`: Langfuse has those sessions itself."""
    taken = [entry.rows for one, entry in note.sessions.items() if one not in set(superseded)]
    return {
        "sessions": len(taken),
        "rows": sum(taken),
        "superseded": superseded,
        "redactions": note.redactions,
    }
