"""A store with one date's staged sessions, a fake gateway's server, and counts of what stands in its index."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import zstandard

from sessions_platform.indexing import Entry, read_ledger
from sessions_platform.indexing.payload import memory_folders
from sessions_platform.indexing.verify import Expected, verify
from sessions_platform.openviking_server import ServerOptions
from sessions_platform.resources.object_store import ObjectStore, open_store
from sessions_platform.resources.openviking import OpenVikingClient
from sessions_platform.sessions.layout import staged_manifest_key, staged_session_key
from sessions_platform.sessions.model import StagedSession
from sessions_platform_tests.indexing.fake_gateway import DIMENSION, FakeGateway
from sessions_platform_tests.staged_sessions import Line, agent, staged, tool, user

DAY = "2026-11-02"


def session(
    number: int | str, words: str = "restart the checkout service", lines: Sequence[Line] = (), day: str = DAY
) -> StagedSession:
    """A session with a failing tool call."""
    talk = [
        user(f"Please {words} of team {number}. It is down!"),
        agent("planner", "I look at it"),
        tool("kubectl", "planner", "connection refused to api server", ok=False),
        agent("planner", "It could not be restarted."),
        *lines,
    ]
    return staged(f"session-{number}" if isinstance(number, int) else number, day, talk)


def put_staged(store: ObjectStore, sessions: Iterable[StagedSession], day: str = DAY) -> None:
    """Put a date's staged sessions and its manifest as staging puts them."""
    entries = {}
    for one in sessions:
        data = zstandard.compress(msgspec.json.encode(one))
        key = staged_session_key(day, one.session_id)
        store.put(key, data)
        entries[one.session_id] = {
            "key": key,
            "sha256": hashlib.sha256(data).hexdigest(),
            "bytes": len(data),
            "messages": len(one.messages),
            "start_time": one.session.start_time,
        }
    manifest = {"schema": 1, "date": day, "sessions": entries, "errors": [], "complete": True}
    store.put(staged_manifest_key(day), msgspec.json.encode(manifest))


def store_in(folder: Path) -> ObjectStore:
    """A store in a folder."""
    return open_store(str(folder / "store"))


def entries(store: ObjectStore, day: str = DAY) -> dict[str, Entry]:
    """The date's ledger lines."""
    return read_ledger(store, day).sessions


def server_options(home: Path, gateway: FakeGateway, model: str = "hashed-a") -> ServerOptions:
    """A server below `home` on the fake gateway; each embedding model has a workspace of its own there."""
    return ServerOptions(
        home, gateway.url, embedding_model=model, embedding_dimension=DIMENSION, chat_timeout_seconds=20.0
    )


async def assert_once(client: OpenVikingClient, store: ObjectStore, day: str = DAY) -> None:
    """Everything the ledger says of a date stands in the index, once, and nothing of the date stands beside it."""
    lines = entries(store, day)
    space = await client.user_space()
    assert {line.status for line in lines.values()} == {"verified"}, [line.reason for line in lines.values()]
    found = await verify(client, day, space, [Expected.of(one, line) for one, line in lines.items()])
    assert found.failures == {} and found.searched == set(lines)
    folders = memory_folders(space, day).values()
    memories = [f"{folder}/{name}" for folder in folders for name in await client.names(folder)]
    ours = sorted(uri for line in lines.values() for uri in line.memory_uris if "/peers/" not in uri)
    assert sorted(uri for uri in memories if not uri.rpartition("/")[2].startswith(".")) == ours
    assert len(await client.names(f"viking://resources/sessions/{day}")) == len(lines)
    for line in lines.values():
        known = await client.session(line.session_id)
        assert known is not None and known["commit_count"] == 1
    committed = await client.names(f"{space}/sessions")
    assert len([one for one in committed if one.startswith(f"{day}.")]) == len(lines)
