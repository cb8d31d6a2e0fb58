"""One small corpus with plants and one with traps, built once: homes as the analysis sees them, and their truths."""

from pathlib import Path

import pytest

from benchmarks.scorecard.build import build
from benchmarks.scorecard.corpus import Order
from benchmarks.scorecard.shapes import Truth


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    home = tmp_path_factory.mktemp("planted")
    return home, build(Order(seed=1, sessions=200), home)
