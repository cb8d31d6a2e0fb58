"""How fast the API answers while its file is replaced: p50 and p95 an endpoint, failures, memory.

    python -m benchmarks.api [--sessions 20000] [--seconds 60] [--clients 4] [--file PATH] [--folder DIR] [--json]

The server is `sessions-platform api` in a process of its own, over a synthetic file (60 messages a session). Clients
ask one question after the other, of sessions drawn from 5,000, so most answers about sessions are made and not kept.
All the while the file is replaced every ten seconds by one with another data version. `first` is the slowest answer,
of a file that nobody has asked yet. Not a timed test: nothing fails for being slow.
"""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import duckdb
import httpx

from benchmarks.publish import words, write_day
from sessions_platform.loopback import HOST, free_port
from sessions_platform.resources.object_store import open_store
from sessions_platform.resources.warehouse import Publisher

A_DAY = 1000
REPLACED_EVERY = 10.0
LIMITS_MS = {
    "metrics": 100,
    "tool-stats": 100,
    "tool-stats of one": 100,
    "compare": 100,
    "timeline": 100,
    "matrix": 300,
}


def made_file(folder: Path, sessions: int) -> Path:
    """A file of about so many sessions."""
    store, text = open_store(str(folder / "store")), words(1_000_000)
    for number in range(max(1, sessions // A_DAY)):
        write_day(store, number, A_DAY * 60, text)
    Publisher(store, folder / "analytics.duckdb").publish(None, rebuild=True)
    return folder / "analytics.duckdb"


class Replacer:
    """Puts another version in the file's place again and again, as the publisher does: written beside it, moved."""

    def __init__(self, path: Path) -> None:
        self._path, self._beside, self.times = path, path.with_suffix(".next"), 0

    def replace(self) -> None:
        """Once."""
        shutil.copyfile(self._path, self._beside)
        with duckdb.connect(str(self._beside)) as con:
            con.execute(
                "UPDATE publication_settings SET value = ? WHERE name = 'data_version'", [f"version-{self.times}"]
            )
        self._beside.replace(self._path)
        self.times += 1


class Clients:
    """Threads that ask, and what they saw."""

    def __init__(self, url: str, ids: list[str], many: int) -> None:
        self._url, self._ids = url, ids
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.failed: list[str] = []
        self._done = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(number,)) for number in range(many)]

    def run(self, seconds: float, replacer: Replacer) -> None:
        """Ask for so long, while the file is replaced."""
        ends = time.monotonic() + seconds
        for thread in self._threads:
            thread.start()
        due = time.monotonic() + REPLACED_EVERY
        while time.monotonic() < ends:
            time.sleep(max(0.0, min(due, ends) - time.monotonic()))
            if time.monotonic() < ends:
                replacer.replace()
                due += REPLACED_EVERY
        self._done.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, number: int) -> None:
        draw = random.Random(number)
        with httpx.Client(base_url=self._url, timeout=60, headers={"accept-encoding": "gzip"}) as client:
            while not self._done.is_set():
                name, path = draw.choice(self._questions(draw))
                begun = time.perf_counter()
                try:
                    answer = client.get(path)
                    if answer.status_code != 200:
                        self.failed.append(f"{path}: {answer.status_code} {answer.text[:200]}")
                except httpx.HTTPError as error:
                    self.failed.append(f"{path}: {error!r}")
                self.seconds[name].append(time.perf_counter() - begun)

    def _questions(self, draw: random.Random) -> list[tuple[str, str]]:
        one, other, third = draw.sample(self._ids, 3)
        return [
            ("metrics", "/api/metrics"),
            ("tool-stats", "/api/tool-stats"),
            ("tool-stats of one", f"/api/tool-stats?{urlencode({'session_id': one})}"),
            ("agent-activity", "/api/agent-activity"),
            ("compare", f"/api/compare?{urlencode({'session_ids': [one, other, third]}, doseq=True)}"),
            ("timeline", f"/api/timeline/{one}"),
            ("session", f"/api/sessions/{one}"),
            ("sessions", "/api/sessions"),
            ("sessions, filtered", f"/api/sessions?tool=git&segment=team:team-{draw.randrange(7)}&limit=100"),
            ("matrix", "/api/interaction-matrix"),
            ("matrix of days", f"/api/interaction-matrix?from=2025-11-{draw.randrange(1, 20):02d}"),
            ("data-health", "/api/data-health"),
        ]


def measure(path: Path, seconds: float, clients: int) -> dict[str, Any]:
    """Figures of a server over this file. The file is replaced meanwhile."""
    with duckdb.connect(str(path), read_only=True) as con:
        ids = [
            name
            for (name,) in con.execute("SELECT session_id FROM sessions USING SAMPLE 5000 (reservoir, 1)").fetchall()
        ]
        (sessions,) = con.execute("SELECT count(*) FROM sessions").fetchone() or (0,)
        (messages,) = con.execute("SELECT count(*) FROM messages").fetchone() or (0,)
    port = free_port()
    environment = {**os.environ, "SESSIONS_HOME": str(path.parent), "SESSIONS_API_TOKEN": "", "OPENVIKING_URL": ""}
    code = f"from sessions_platform.cli_api import api; api({HOST!r}, {port})"
    server = subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.DEVNULL)
    try:
        url = f"http://{HOST}:{port}"
        _wait_for(url)
        asking, replacer = Clients(url, ids, clients), Replacer(path)
        asking.run(seconds, replacer)
        peak = _peak_mb(server.pid)
    finally:
        server.terminate()
        server.wait(timeout=30)
    figures = {
        name: {
            "requests": len(took),
            "p50_ms": statistics.median(took) * 1000,
            "p95_ms": sorted(took)[int(len(took) * 0.95)] * 1000,
            "first_ms": max(took) * 1000,
        }
        for name, took in sorted(asking.seconds.items())
    }
    return {
        "sessions": sessions, "messages": messages, "file_mb": path.stat().st_size / 1e6, "replaced": replacer.times,
        "clients": clients, "failed": asking.failed, "peak_rss_mb": peak, "endpoints": figures,
    }  # fmt: skip


def table(found: dict[str, Any]) -> str:
    """The figures as text."""
    lines = [
        f"{found['sessions']:,} sessions, {found['messages']:,} messages, {found['file_mb']:.0f} MB; {found['clients']}"
        f" clients, file replaced {found['replaced']} times; failed requests {len(found['failed'])};"
        f" peak RSS {found['peak_rss_mb']:.0f} MB",
        f"{'endpoint':<20}{'requests':>9}{'p50 ms':>9}{'p95 ms':>9}{'first ms':>10}",
    ]
    for name, one in found["endpoints"].items():
        limit = LIMITS_MS.get(name)
        said = "" if limit is None else f"   {'ok  ' if one['p95_ms'] < limit else 'MISS'} (p95 < {limit})"
        lines.append(
            f"{name:<20}{one['requests']:>9}{one['p50_ms']:>9.1f}{one['p95_ms']:>9.1f}{one['first_ms']:>10.0f}{said}"
        )
    return "\n".join([*lines, *found["failed"][:5]])


def _wait_for(url: str) -> None:
    for _ in range(300):
        try:
            if httpx.get(f"{url}/health", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise SystemExit("the server does not answer")


def _peak_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def main() -> int:
    """Run the benchmark and print it."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sessions", type=int, default=20_000)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--clients", type=int, default=4)
    options.add_argument("--file", type=Path, help="a published file to use instead; it is copied")
    options.add_argument("--folder", type=Path, help="where to work (default: the temporary folder)")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="sessions-api-", dir=chosen.folder) as name:
        if chosen.file:
            path = Path(name) / "analytics.duckdb"
            shutil.copyfile(chosen.file, path)
        else:
            path = made_file(Path(name), chosen.sessions)
        found = measure(path, chosen.seconds, chosen.clients)
    print(json.dumps(found) if chosen.json else table(found))
    return 1 if found["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
