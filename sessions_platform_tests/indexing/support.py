"""A store with one date's staged sessions, a fake gateway's server, and counts of what stands in its index."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import zstandard

from sessions_platform.indexing import Entry, read_ledger
from sessions_platform.openviking_server import ServerOptions
from sessions_platform.resources.object_store import ObjectStore, open_store
from sessions_platform.resources.openviking import OpenVikingClient
from sessions_platform.sessions.layout import staged_manifest_key, staged_session_key
from sessions_platform.sessions.model import StagedSession
from sessions_platform_tests.indexing.fake_gateway import DIMENSION, FakeGateway
from sessions_platform_tests.staged_sessions import Line, agent, staged, tool, user

DAY = "2026-11-02"


def session(
    number: int | str, words: str = "restart the checkout service", lines: Sequence[Line] = ()
) -> StagedSession:
    """A session with a failing tool call."""
    talk = [
        user(f"Please {words} of team {number}. It is down!"),
        agent("planner", "I look at it"),
        tool("kubectl", "planner", "connection refused to api server", ok=False),
        agent("planner", "It could not be restarted."),
        *lines,
    ]
    return staged(f"session-{number}" if isinstance(number, int) else number, DAY, talk)


def put_staged(store: ObjectStore, sessions: Iterable[StagedSession]) -> None:
    """Put a date's staged sessions and its manifest as staging puts them."""
    entries = {}
    for one in sessions:
        data = zstandard.compress(msgspec.json.encode(one))
        key = staged_session_key(DAY, one.session_id)
        store.put(key, data)
        entries[one.session_id] = {"key": key, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    manifest = {"schema": 1, "date": DAY, "sessions": entries, "errors": [], "complete": True}
    store.put(staged_manifest_key(DAY), msgspec.json.encode(manifest))


def store_in(folder: Path) -> ObjectStore:
    """A store in a folder."""
    return open_store(str(folder / "store"))


def entries(store: ObjectStore) -> dict[str, Entry]:
    """The date's ledger lines."""
    return read_ledger(store, DAY).sessions


def server_options(home: Path, gateway: FakeGateway) -> ServerOptions:
    """A server below `home` on the fake gateway."""
    return ServerOptions(home, gateway.url, embedding_dimension=DIMENSION, chat_timeout_seconds=20.0)


async def records(client: OpenVikingClient, entry: Entry) -> list[tuple[str, int]]:
    """(URI, level) of every index record that has the session's tag: three for a session that was loaded once."""
    tag = [one for one in entry.tags if one.startswith("session_key=")]
    found = []
    for level in (0, 1, 2):
        hits = await client.find("", target="viking://resources", tags=tag, level=level, limit=50)
        found += [(hit.uri, level) for hit in hits]
    return sorted(found)
