"""Pictures of the Dagster UI in headless Chromium.

    python -m sessions_platform_tests.end_to_end.browser http://127.0.0.1:3000 docs/asset-graph.png

takes the asset graph of a running UI, every group open. The one in docs was taken after a backfill of every date
since SESSIONS_START_DATE, a Monday, and the weekly run: what has all its partitions is green.
"""

import contextlib
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterable
from pathlib import Path

import httpx

_GROUPS = "{ assetNodes { groupName } }"
# No network but the page's own, no questions, and time that passes as fast as the page's work is done.
_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--virtual-time-budget=25000"),
)
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chromium() -> str | None:
    """The browser's program, if there is one."""
    return shutil.which("chromium")


def asset_groups(url: str) -> set[str]:
    """Names of the asset groups of a running UI."""
    answer = httpx.post(f"{url}/graphql", json={"query": _GROUPS}, timeout=60, trust_env=False).json()
    return {node["groupName"] for node in answer["data"]["assetNodes"]}


def graph_address(url: str, groups: Iterable[str]) -> str:
    """The page of the asset graph with these groups open; the others show as boxes with a name."""
    opened = ",".join(f"global@global:{group}" for group in sorted(groups))
    return f"{url}/asset-groups" + (f"?expanded={opened}" if opened else "")


def picture(
    address: str, file: Path, *, size: tuple[int, int] = (1500, 700), scale: float = 1, timeout: float = 120
) -> str:
    """Write a PNG of a page, and return the page's text as HTML. Ends every process that the browser started.

    The page is laid out in `size`; the picture is that times `scale`.
    """
    program = chromium()
    assert program is not None, "there is no chromium"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        words = [f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}", "--dump-dom"]
        words.append(f"--force-device-scale-factor={scale}")
        process = subprocess.Popen(
            [program, *_FLAGS, *words, f"--screenshot={file}", address],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            page, said = process.communicate(timeout=timeout)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert file.exists(), said.decode(errors="replace")[-2000:]
    return page.decode(errors="replace")


def size_of(file: Path) -> tuple[int, int]:
    """Width and height of a PNG; AssertionError if the file is none."""
    data = file.read_bytes()
    assert data.startswith(_SIGNATURE), data[:16]
    width, height = struct.unpack(">II", data[16:24])
    return int(width), int(height)


def has_colours(file: Path) -> bool:
    """Whether a PNG has more than one colour.

    PNG keeps differences to the pixel on the left or above: after the first pixel, one colour is zeros alone, or the
    same bytes again where a line keeps its pixels as they are.
    """
    data, at, packed = file.read_bytes(), len(_SIGNATURE), b""
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            packed += data[at + 8 : at + 8 + length]
        at += length + 12
    depth, kind = data[24], data[25]
    assert depth == 8 and kind in (2, 6), f"neither RGB nor RGBA of 8 bits: {depth}, {kind}"
    pixel, width = {2: 3, 6: 4}[kind], size_of(file)[0]
    plain = zlib.decompress(packed)
    line = 1 + width * pixel
    first = plain[1 : 1 + pixel]
    flat = {bytes(width * pixel), first * width, first + bytes((width - 1) * pixel)}
    return any(plain[start + 1 : start + line] not in flat for start in range(0, len(plain), line))


def main() -> None:
    url, file = sys.argv[1].rstrip("/"), Path(sys.argv[2])
    picture(graph_address(url, asset_groups(url)), file, size=(2400, 1120), scale=0.65)


if __name__ == "__main__":
    main()
