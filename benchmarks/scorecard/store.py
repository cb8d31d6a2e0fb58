"""A corpus as a home of the platform: staged objects and manifests, fact tables, marts, health, and the published file.

Everything from the manifest on is made by the platform's own code, as its assets make it. What is not here: raw rows
(the sessions are staged directly, without Langfuse) and what a session holds (`corpus`).
"""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import zstandard

from benchmarks.scorecard.corpus import Corpus
from sessions_platform.health import write_health
from sessions_platform.loading import load_date
from sessions_platform.resources.object_store import ObjectStore, open_store
from sessions_platform.resources.platform import WarehouseResource
from sessions_platform.sessions.layout import staged_manifest_key, staged_session_key
from sessions_platform.sessions.model import SCHEMA_VERSION, StagedSession
from sessions_platform.sessions.segments import Taxonomy
from sessions_platform.settings import Settings, load_settings

_encoder = msgspec.json.Encoder()


def home_settings(home: Path) -> Settings:
    """Settings of a home that nothing else configures."""
    return load_settings(_env_file=None, sessions_home=home, sessions_store_url="", langfuse_host="", openviking_url="")


def taxonomy() -> Taxonomy:
    """The packaged taxonomy."""
    return Taxonomy.parse(files("sessions_platform").joinpath("taxonomy.yaml").read_text(encoding="utf-8"))


def write_corpus(corpus: Corpus, home: Path) -> Settings:
    """Write a corpus below a home, and publish it. The home must be empty of other sessions."""
    settings = home_settings(home)
    store = open_store(settings.store_url)
    warehouse = WarehouseResource(settings)
    for day, sessions in corpus.days(taxonomy()):
        stage(store, day, sessions)
        load_date(store, day)
        warehouse.day_marts(store, day)
        write_health(store, day)
    warehouse.publisher(store).publish(None)
    return settings


def stage(store: ObjectStore, day: str, sessions: Sequence[StagedSession]) -> None:
    """Staged objects of a date and, last, the manifest, as staging leaves them."""
    compressor = zstandard.ZstdCompressor(level=3)
    entries: dict[str, Any] = {}
    objects: dict[str, bytes] = {}
    for one in sessions:
        data = compressor.compress(_encoder.encode(one))
        key = staged_session_key(day, one.session_id)
        parts = [part for message in one.messages for part in message.parts]
        objects[key] = data
        entries[one.session_id] = {
            "key": key,
            "sha256": hashlib.sha256(data).hexdigest(),
            "bytes": len(data),
            "messages": len(one.messages),
            "tool_calls": sum(part.type == "tool" and part.tool_status != "requested" for part in parts),
            "rows": one.session.row_count,
            "start_time": one.session.start_time,
        }
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda item: store.put(*item), objects.items()))
    rows = sum(entry["rows"] for entry in entries.values())
    manifest = {
        "schema": SCHEMA_VERSION,
        "date": day,
        "inputs": hashlib.sha256(b"".join(objects[key] for key in sorted(objects))).hexdigest(),
        "project_id": "scorecard",
        "key_fingerprint": "",
        "source_rows": rows,
        "fetched_rows": rows,
        "sessions": {one: entries[one] for one in sorted(entries)},
        "redactions": {},
        "errors": [],
        "shapes": {"text": sum(entry["messages"] for entry in entries.values())},
        "sessions_without_id": 0,
        "late_sessions": 0,
        "late_scores": [],
        "complete": True,
    }
    store.put(staged_manifest_key(day), _encoder.encode(manifest))
