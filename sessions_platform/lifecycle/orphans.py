"""What the index holds of sessions that no ledger knows: found by the names we give, and removed date by date.

A ledger's line is written before anything of its session is loaded, so the index is listed first and the ledgers are
read after it: what is being loaded is never an orphan. Anything else that a user put there is left alone.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from sessions_platform.errors import ConfigurationError
from sessions_platform.indexing.lease import lease
from sessions_platform.indexing.ledger import Ledger, read_ledger
from sessions_platform.indexing.payload import (
    DIGEST,
    ROOT,
    date_uri,
    memory_folders,
    memory_uris,
    peer_of,
    viking_session_id,
)
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.resources.openviking import OpenVikingClient, OpenVikingRefusal
from sessions_platform.sessions.layout import lease_key

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_SESSION = re.compile(r"(\d{4}-\d\d-\d\d)\.[A-Za-z0-9._~-]+")
_PEER = re.compile(r"s-[0-9a-f]{16}-(\d{4}-\d\d-\d\d)")
_MEMORY = re.compile(r"(event|entity|outcome)_[0-9a-f]{12}\.md")
SETTLED_AFTER = 60.0
"""Seconds that the server is given to finish what it was told before anything is removed."""
_MOST = 0.5
_NONE_OF_OURS = "is it the store that this index was loaded from?"


@dataclass
class Orphans:
    """URIs by kind. `directories_seen` counts all session directories, orphans or not."""

    directories: list[str] = field(default_factory=list)
    sessions: list[str] = field(default_factory=list)
    memories: list[str] = field(default_factory=list)
    peers: list[str] = field(default_factory=list)
    directories_seen: int = 0
    ledgers: int = 0
    """Ledgers that name a session."""

    @property
    def uris(self) -> list[str]:
        """All of them."""
        return [*self.directories, *self.sessions, *self.memories, *self.peers]


async def find_orphans(client: OpenVikingClient, store: ObjectStore) -> Orphans:
    """Look through the index. Reads names alone. Raises OpenVikingError, StoreError."""
    space = await client.user_space()
    seen = await _look(client, space)
    found = Orphans(directories_seen=len(seen.kinds["directories"]))
    dates, owned = seen.dates, {}
    for date in sorted(dates | set(store.dates("commits"))):
        ledger = read_ledger(store, date)
        found.ledgers += bool(ledger.sessions)
        if date in dates:
            owned[date] = _owned(ledger, space)
    for kind, uris in seen.kinds.items():
        unknown = [(date, uri) for date, uri in uris if uri not in owned[date]]
        if kind == "directories":
            unknown = [one for one in unknown if await is_session(client, one[1])]
        setattr(found, kind, sorted(uri for _, uri in unknown))
    return found


async def remove_orphans(
    client: OpenVikingClient, store: ObjectStore, orphans: Orphans, *, force: bool = False
) -> list[str]:
    """Remove what is still in no ledger; the URIs removed.

    Raises ConfigurationError, and removes nothing, where the store seems to be another index's (`force`: it is not).
    """
    if not force:
        _refuse_a_strange_store(store, orphans)
    # What the server has still to do for a directory would write it anew after it is gone.
    if orphans.uris:
        await client.wait_for_queues(SETTLED_AFTER)
    space = await client.user_space()
    by_date: dict[str, list[str]] = {}
    for uri in orphans.uris:
        by_date.setdefault(_date_of(uri, space), []).append(uri)
    removed = []
    for date, uris in sorted(by_date.items()):
        async with lease(store, lease_key(date)):
            owned = _owned(read_ledger(store, date), space)
            for uri in uris:
                if uri not in owned:
                    await _remove(client, space, uri)
                    removed.append(uri)
            if not owned and not await client.names(date_uri(date)):
                await client.delete(date_uri(date))
    return removed


def _refuse_a_strange_store(store: ObjectStore, orphans: Orphans) -> None:
    if not orphans.uris:
        return
    if not orphans.ledgers:
        raise ConfigurationError(f"SESSIONS_STORE_URL={store.url} holds no ledger at all: {_NONE_OF_OURS}")
    if len(orphans.directories) > _MOST * orphans.directories_seen:
        raise ConfigurationError(
            f"SESSIONS_STORE_URL={store.url}: its ledgers know nothing of {len(orphans.directories)} of the "
            f"{orphans.directories_seen} sessions of OPENVIKING_URL: {_NONE_OF_OURS}"
        )


class _Seen:
    def __init__(self) -> None:
        self.kinds: dict[str, list[tuple[str, str]]] = {
            kind: [] for kind in ("directories", "sessions", "memories", "peers")
        }

    def add(self, kind: str, date: str, uri: str) -> None:
        self.kinds[kind].append((date, uri))

    @property
    def dates(self) -> set[str]:
        return {date for found in self.kinds.values() for date, _ in found}


async def _look(client: OpenVikingClient, space: str) -> _Seen:
    """All that has a name as we give them."""
    seen = _Seen()
    async for date, uri in _directories(client):
        seen.add("directories", date, uri)
    for kind, form in (("sessions", _SESSION), ("peers", _PEER)):
        for name in await client.names(f"{space}/{kind}"):
            if match := form.fullmatch(name):
                seen.add(kind, match[1], f"{space}/{kind}/{name}")
    async for date, uri in _memories(client, space):
        seen.add("memories", date, uri)
    return seen


async def _directories(client: OpenVikingClient) -> AsyncIterator[tuple[str, str]]:
    for date in await client.names(ROOT):
        if _DATE.fullmatch(date):
            for name in await client.names(date_uri(date)):
                yield date, f"{date_uri(date)}/{name}"


async def is_session(client: OpenVikingClient, uri: str) -> bool:
    """Whether it is a directory with a digest, not something of a user's."""
    try:
        return DIGEST in await client.names(uri)
    except OpenVikingRefusal:
        return False


async def _memories(client: OpenVikingClient, space: str) -> AsyncIterator[tuple[str, str]]:
    """Files with our names in the folders by date."""
    for template in memory_folders(space, "Y-M-D").values():
        folder = template.removesuffix("/Y/M/D")
        for year in await _numbers(client, folder, 4):
            for month in await _numbers(client, f"{folder}/{year}", 2):
                days = await _numbers(client, f"{folder}/{year}/{month}", 2)
                listed = await asyncio.gather(*(client.names(f"{folder}/{year}/{month}/{day}") for day in days))
                for day, names in zip(days, listed, strict=True):
                    for name in filter(_MEMORY.fullmatch, names):
                        yield f"{year}-{month}-{day}", f"{folder}/{year}/{month}/{day}/{name}"


async def _numbers(client: OpenVikingClient, folder: str, digits: int) -> list[str]:
    return [name for name in await client.names(folder) if re.fullmatch(rf"\d{{{digits}}}", name)]


def _owned(ledger: Ledger, space: str) -> set[str]:
    """Every URI that belongs to a session of a ledger."""
    owned: set[str] = set()
    for session_id, entry in ledger.sessions.items():
        owned |= {entry.uri, f"{space}/sessions/{viking_session_id(ledger.date, session_id)}"}
        owned |= {f"{space}/peers/{peer_of(ledger.date, session_id)}", *entry.memory_uris}
        owned |= _possible_memories(space, ledger.date, session_id)
    return owned


def _possible_memories(space: str, date: str, session_id: str) -> set[str]:
    """What a load that was killed may have written before its line said so."""
    return set(memory_uris(space, date, session_id).values())


def _date_of(uri: str, space: str) -> str:
    if uri.startswith(f"{ROOT}/"):
        return uri.removeprefix(f"{ROOT}/").split("/")[0]
    if uri.startswith(f"{space}/memories/"):
        return "-".join(uri.split("/")[-4:-1])
    name = uri.rsplit("/", 1)[-1]
    match = _SESSION.fullmatch(name) or _PEER.fullmatch(name)
    return match[1] if match else ""


async def _remove(client: OpenVikingClient, space: str, uri: str) -> None:
    if uri.startswith(f"{space}/sessions/"):
        await client.delete_session(uri.rsplit("/", 1)[-1])
    else:
        await client.delete(uri)


def counts(orphans: Orphans) -> Mapping[str, int]:
    """How many of each kind."""
    return {
        "directories": len(orphans.directories),
        "committed sessions": len(orphans.sessions),
        "memory files": len(orphans.memories),
        "extracted memories": len(orphans.peers),
    }
