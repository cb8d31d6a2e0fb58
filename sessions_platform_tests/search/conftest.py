import pytest

from sessions_platform_tests.search.support import Installation, installed


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """All sessions staged, published and in the ledgers; tests change nothing in it."""
    return installed(tmp_path_factory.mktemp("world"))
