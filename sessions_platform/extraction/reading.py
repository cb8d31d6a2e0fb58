"""Raw objects read back: manifests, notes and rows. Writing is elsewhere."""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeVar

import msgspec
import zstandard

from sessions_platform.errors import StoreError
from sessions_platform.extraction.shapes import Manifest, Row, SliceNote
from sessions_platform.sessions import jsontext
from sessions_platform.sessions.layout import (
    raw_manifest_key,
    raw_prefix,
    raw_scores_key,
    raw_slice_key,
    raw_slice_note_key,
)

T = TypeVar("T")

if TYPE_CHECKING:
    from sessions_platform.resources.object_store import ObjectStore


def stored_rows(store: "ObjectStore", key: str) -> Iterator[Row]:
    """Rows of a raw object (an hour, the context, the scores), one at a time, duplicates included."""
    try:
        with store.reader(key) as stream, zstandard.ZstdDecompressor().stream_reader(stream) as plain:
            for line in io.BufferedReader(plain, 1 << 20):
                yield jsontext.parse(line)
    except (zstandard.ZstdError, jsontext.NotJson) as error:
        raise StoreError(f"{key} cannot be read ({error}): delete it and extract its date again") from error


def read_manifest(store: "ObjectStore", date: str) -> Manifest | None:
    """The raw manifest of a date; the former one, as not complete, while the date is being replaced."""
    return _read(store, raw_manifest_key(date), Manifest) or _read(store, _former_key(date), Manifest)


def set_aside(store: "ObjectStore", manifest: Manifest) -> None:
    """Before objects of a whole date are replaced: nobody reads it as whole, and what it held stays known."""
    former = msgspec.structs.replace(manifest, complete=False)
    store.put(_former_key(manifest.date), msgspec.json.encode(former))
    store.delete([raw_manifest_key(manifest.date)])


def put_manifest(store: "ObjectStore", manifest: Manifest) -> None:
    """The date is whole. Nothing is written where this manifest stands."""
    store.put_if_changed(raw_manifest_key(manifest.date), msgspec.json.encode(manifest))
    store.delete([_former_key(manifest.date)])


def _former_key(date: str) -> str:
    return f"{raw_prefix(date)}manifest.former.json"


def read_note(store: "ObjectStore", date: str, part: str) -> SliceNote | None:
    """The note of a slice whose object stands beside it as the note says."""
    note = _read(store, raw_slice_note_key(date, part), SliceNote)
    info = store.head(raw_slice_key(date, part)) if note else None
    return note if note and info and info.size == note.bytes_stored else None


def is_whole(store: "ObjectStore", manifest: Manifest) -> bool:
    """Whether every object that a complete manifest names is there, in its size."""
    sizes = {info.key: info.size for info in store.objects(raw_prefix(manifest.date))}
    slices = {**manifest.hours, **({"context": manifest.context} if manifest.context else {})}
    return (
        manifest.complete
        and (not manifest.scores or raw_scores_key(manifest.date) in sizes)
        and all(sizes.get(raw_slice_key(manifest.date, part)) == note.bytes_stored for part, note in slices.items())
    )


def _read(store: "ObjectStore", key: str, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(store.get(key), type=kind)
    except FileNotFoundError:
        return None
    except msgspec.MsgspecError:
        # Half-written or of another version: as if it were not there, so that it is made again.
        return None
