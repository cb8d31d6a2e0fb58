from collections.abc import Iterator

import httpx
import pytest

from sessions_platform.gateway import Gateway, GatewayOptions


@pytest.fixture(scope="session")
def running_gateway() -> Iterator[Gateway]:
    with Gateway() as running:
        yield running


@pytest.fixture
def gateway(running_gateway: Gateway) -> Gateway:
    """The running gateway as new."""
    running_gateway.options = GatewayOptions()
    running_gateway.ledger.reset()
    return running_gateway


@pytest.fixture
def http(gateway: Gateway) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=gateway.url, timeout=10) as client:
        yield client
