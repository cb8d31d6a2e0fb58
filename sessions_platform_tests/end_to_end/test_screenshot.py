"""The asset graph as a browser shows it, served by the real webserver."""

import struct
import zlib
from pathlib import Path

import pytest

from sessions_platform.demo.server import LangfuseServer
from sessions_platform_tests.end_to_end.browser import (
    asset_groups,
    chromium,
    graph_address,
    has_colours,
    picture,
    size_of,
)
from sessions_platform_tests.end_to_end.daemon import Deployment
from sessions_platform_tests.end_to_end.support import installation

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.skipif(
    chromium() is None, reason="there is no `chromium` to take a picture with (apt-get install chromium)"
)
def test_the_browser_shows_the_asset_graph_with_every_asset(tmp_path: Path) -> None:
    file = tmp_path / "asset-graph.png"
    with LangfuseServer() as server, Deployment(installation(server, tmp_path / "home")) as platform:
        groups = asset_groups(platform.url)
        page = picture(graph_address(platform.url, groups), file)
    assert size_of(file) == (1500, 700)
    assert has_colours(file)
    assert {"raw", "staged", "tables", "analytics", "weekly"} <= groups
    assert [group for group in groups if f">{group}<" not in page] == []
    for asset in ("raw_sessions", "staged_sessions", "session_tables", "analytics_database", "weekly_report"):
        assert f">{asset}<" in page


def test_the_picture_of_the_docs_is_one_and_small() -> None:
    file = DOCS / "asset-graph.png"
    assert has_colours(file)
    assert file.stat().st_size < 150_000


@pytest.mark.parametrize(("other", "colours"), [(b"\x10\x20\x30", False), (b"\x10\x20\x31", True)])
def test_one_pixel_of_another_colour_is_seen(other: bytes, colours: bool, tmp_path: Path) -> None:
    colour = b"\x10\x20\x30"
    lines = b"\x00" + colour * 4 + b"\x00" + colour * 3 + other

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    file = tmp_path / "drawn.png"
    header = struct.pack(">IIBBBBB", 4, 2, 8, 2, 0, 0, 0)
    file.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
    )
    assert has_colours(file) is colours
