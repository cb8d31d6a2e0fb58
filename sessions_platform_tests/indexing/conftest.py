"""A real OpenViking server on the fake gateway, started once for the tests of this folder that run in one process."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sessions_platform.openviking_server import OpenVikingServer
from sessions_platform_tests.indexing.fake_gateway import FakeGateway
from sessions_platform_tests.indexing.support import server_options


@dataclass
class Running:
    """A gateway and the server on it."""

    gateway: FakeGateway
    server: OpenVikingServer


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with FakeGateway() as gateway:
        options = server_options(tmp_path_factory.mktemp("openviking"), gateway)
        with OpenVikingServer(options) as server:
            yield Running(gateway, server)
