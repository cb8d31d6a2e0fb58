"""Boxes: homes with a real OpenViking server each, on one fake gateway; they share a store as machines do."""

from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sessions_platform.indexing import CommitOptions, CommitReport, commit_date
from sessions_platform.lifecycle.server import Index, open_index
from sessions_platform.openviking_server import OpenVikingServer
from sessions_platform.resources.object_store import ObjectStore, open_store
from sessions_platform.settings import Settings, load_settings
from sessions_platform_tests.indexing.fake_gateway import DIMENSION, FakeGateway
from sessions_platform_tests.indexing.support import server_options


@dataclass
class Box:
    """A machine: its home and its server."""

    home: Path
    server: OpenVikingServer
    gateway: FakeGateway

    def settings(self, store: ObjectStore, **more: Any) -> Settings:
        """Variables of this box with a store."""
        given = {
            "sessions_home": self.home,
            "sessions_store_url": store.url,
            "sessions_redaction_key": "0123456789abcdef",
            "openviking_url": self.server.url,
            "openviking_api_key": self.server.user_key,
            "sessions_embedding_model": "hashed-a",
            "sessions_embedding_dimension": DIMENSION,
        }
        return load_settings(**(given | more))

    @asynccontextmanager
    async def opened(self, store: ObjectStore) -> AsyncIterator[Index]:
        """Its index."""
        async with open_index(self.settings(store)) as index:
            yield index

    async def load(self, index: Index, store: ObjectStore, day: str) -> CommitReport:
        """Load a date's staged sessions."""
        return await commit_date(index.client, store, day, options=CommitOptions.of(self.settings(store)))


async def emptied(index: Index) -> None:
    """Leave nothing in the index."""
    client, space = index.client, index.space
    for name in await client.names(f"{space}/sessions"):
        await client.delete_session(name)
    for uri in ("viking://resources/sessions", f"{space}/memories", f"{space}/peers"):
        for name in await client.names(uri):
            await client.delete(f"{uri}/{name}")


@pytest.fixture(scope="module")
def boxes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Box, Box]]:
    with FakeGateway() as gateway, ExitStack() as stack:
        homes = [tmp_path_factory.mktemp(name) for name in ("old-box", "new-box")]
        made = [Box(home, OpenVikingServer(server_options(home, gateway)), gateway) for home in homes]
        for box in made:
            stack.callback(box.server.stop)
        # A server goes when the thread that started it does, so the threads stay.
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda box: box.server.start(), made))
            yield made[0], made[1]


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    home = tmp_path_factory.mktemp("box")
    with FakeGateway() as gateway, OpenVikingServer(server_options(home, gateway)) as server:
        yield Box(home, server, gateway)


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store(str(tmp_path / "store"))
