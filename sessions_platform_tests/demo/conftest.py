from collections.abc import Iterator
from datetime import date

import httpx
import pytest
from langfuse.api import LangfuseAPI

from sessions_platform.demo.generator import Corpus, generate
from sessions_platform.demo.server import Dataset, LangfuseServer, ServerOptions

DAYS = [date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 4)]


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return generate(7, DAYS, 12)


@pytest.fixture(scope="session")
def dataset(corpus: Corpus) -> Dataset:
    return Dataset(corpus.observations, corpus.scores)


@pytest.fixture(scope="session")
def running_server() -> Iterator[LangfuseServer]:
    with LangfuseServer() as running:
        yield running


@pytest.fixture
def server(running_server: LangfuseServer, dataset: Dataset) -> LangfuseServer:
    """The running server as new. A test that changes rows gives it a data set of its own first."""
    running_server.dataset, running_server.options = dataset, ServerOptions()
    running_server.stats.reset()
    return running_server


@pytest.fixture
def http(server: LangfuseServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, auth=(server.public_key, server.secret_key), timeout=10) as client:
        yield client


@pytest.fixture
def official(server: LangfuseServer) -> Iterator[LangfuseAPI]:
    with httpx.Client(timeout=10) as client:
        yield LangfuseAPI(
            username=server.public_key, password=server.secret_key, base_url=server.url, httpx_client=client
        )
