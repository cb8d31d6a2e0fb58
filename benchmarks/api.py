"""How fast API and pages answer while the file is replaced: p50 and p95 of each, failures, memory.

    python -m benchmarks --api                        at 20,000 and at 200,000 sessions (12 million messages)
    python -m benchmarks.api [--sessions 20000] [--seconds 60] [--clients 4] [--file PATH] [--folder DIR] [--json]

The server is `sessions-platform api` in a process of its own, over a file that the publisher made of synthetic days (60
messages a session, one session in twenty over midnight). Clients ask one question after the other, as fast as they are
answered, of sessions drawn from 5,000, so most answers about sessions are made and not kept; first of the API, then of
the pages. All the while the file is replaced every ten seconds by one with another data version, copied as a publisher
does. `most` is the slowest answer: of a file that nobody has asked yet, or of one asked while it was replaced.
Clients, copying and server share the machine. Not a timed test: nothing fails for being slow.
"""

import argparse
import http.client
import json
import multiprocessing
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
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import duckdb

from benchmarks.publish import words, write_day
from sessions_platform.loopback import HOST, free_port
from sessions_platform.resources.object_store import open_store
from sessions_platform.resources.warehouse import Publisher

SIZES = (20_000, 200_000)
SECONDS, CLIENTS = 60.0, 4
A_DAY = 1000
REPLACED_EVERY = 10.0
LIMITS_MS = {
    "metrics": 100,
    "tool-stats": 100,
    "tool-stats of one": 100,
    "compare": 100,
    "timeline": 100,
    "matrix": 300,
    "matrix of days": 300,
}
Questions = Callable[[random.Random, list[str]], list[tuple[str, str]]]


def api_questions(draw: random.Random, ids: list[str]) -> list[tuple[str, str]]:
    """Every endpoint that reads the file, by name: one of them is asked."""
    one, other, third = draw.sample(ids, 3)
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


def page_questions(draw: random.Random, ids: list[str]) -> list[tuple[str, str]]:
    """Every page whose figures are of the file, and a chart's data; the cohorts last, which are statistics."""
    one, other = draw.sample(ids, 2)
    back = draw.randrange(7, 60)
    return [
        ("page overview", "/"),
        ("page sessions", "/sessions"),
        ("page sessions, filtered", f"/sessions?tool=git&segment=team:team-{draw.randrange(7)}"),
        ("page session", f"/sessions/{one}"),
        ("page tools", f"/tools?days={back}"),
        ("page tool", f"/tools/git?days={back}"),
        ("page agents", f"/agents?days={back}"),
        ("page compare", f"/compare?{urlencode({'session_ids': [one, other]}, doseq=True)}"),
        ("page data", "/data"),
        ("chart data", "/pages/data/rates.json"),
        *([("page cohorts", "/compare/cohorts?a=team:team-1&b=team:team-2")] if draw.random() < 0.1 else []),
    ]


PHASES: dict[str, Questions] = {"api": api_questions, "pages": page_questions}


def made_file(folder: Path, sessions: int) -> Path:
    """A file of about so many sessions, made by the publisher from days that two processes write."""
    days = range(max(1, sessions // A_DAY))
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn"), _prepare, (str(folder / "store"),)) as writers:
        list(writers.map(_write, days))
    store = open_store(str(folder / "store"))
    Publisher(store, folder / "analytics.duckdb").publish(None, rebuild=True)
    shutil.rmtree(folder / "store")
    return folder / "analytics.duckdb"


_writer: dict[str, Any] = {}


def _prepare(store: str) -> None:
    _writer.update(store=open_store(store), text=words(1_000_000))


def _write(number: int) -> None:
    write_day(_writer["store"], number, A_DAY * 60, _writer["text"])


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

    def __init__(self, port: int, ids: list[str], questions: Questions, many: int) -> None:
        self._port, self._ids, self._questions = port, ids, questions
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
        # Not httpx: these clients share two cores with the server, and httpx takes as much as it.
        connection = http.client.HTTPConnection(HOST, self._port, timeout=60)
        while not self._done.is_set():
            name, path = draw.choice(self._questions(draw, self._ids))
            begun = time.perf_counter()
            try:
                connection.request("GET", path, headers={"accept-encoding": "gzip"})
                answer = connection.getresponse()
                text = answer.read()
                if answer.status != 200:
                    self.failed.append(f"{path}: {answer.status} {text[:200]!r}")
            except (http.client.HTTPException, OSError) as error:
                self.failed.append(f"{path}: {error!r}")
                connection.close()
            self.seconds[name].append(time.perf_counter() - begun)
        connection.close()


def measure(
    folder: Path, sizes: tuple[int, ...] = SIZES, seconds: float = SECONDS, clients: int = CLIENTS
) -> list[dict[str, Any]]:
    """Figures at each size, of a file that is made for it and removed again."""
    found = []
    for sessions in sizes:
        with tempfile.TemporaryDirectory(prefix="sessions-api-", dir=folder) as home:
            begun = time.perf_counter()
            print(f"{sessions:,} sessions: publishing", file=sys.stderr, flush=True)
            path = made_file(Path(home), sessions)
            made = time.perf_counter() - begun
            print(f"{sessions:,} sessions: asking (file made in {made:.0f} s)", file=sys.stderr, flush=True)
            found.append({**measure_file(path, seconds, clients), "made_s": made})
    return found


def measure_file(path: Path, seconds: float, clients: int) -> dict[str, Any]:
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
    replacer, failed, endpoints = Replacer(path), list[str](), dict[str, dict[str, float]]()
    try:
        _wait_for(port)
        idle = _memory_mb(server.pid, "VmRSS")
        for questions in PHASES.values():
            asking = Clients(port, ids, questions, clients)
            asking.run(seconds, replacer)
            failed += asking.failed
            endpoints |= {name: _figures(took) for name, took in sorted(asking.seconds.items())}
        peak = _memory_mb(server.pid, "VmHWM")
    finally:
        server.terminate()
        server.wait(timeout=30)
    return {
        "sessions": sessions, "messages": messages, "file_mb": path.stat().st_size / 1e6, "replaced": replacer.times,
        "clients": clients, "failed": failed, "idle_rss_mb": idle, "peak_rss_mb": peak, "endpoints": endpoints,
    }  # fmt: skip


def _figures(took: list[float]) -> dict[str, float]:
    return {
        "requests": len(took),
        "p50_ms": statistics.median(took) * 1000,
        "p95_ms": sorted(took)[int(len(took) * 0.95)] * 1000,
        "most_ms": max(took) * 1000,
    }


def table(found: list[dict[str, Any]]) -> str:
    """The figures as text."""
    return "\n\n".join(_table(one) for one in found)


def _table(found: dict[str, Any]) -> str:
    lines = [
        f"{found['sessions']:,} sessions, {found['messages']:,} messages, {found['file_mb']:.0f} MB; {found['clients']}"
        f" clients, file replaced {found['replaced']} times; failed requests {len(found['failed'])};"
        f" RSS {found['idle_rss_mb']:.0f} MB at first, at most {found['peak_rss_mb']:.0f} MB",
        f"{'endpoint':<26}{'requests':>9}{'p50 ms':>9}{'p95 ms':>9}{'most ms':>10}",
    ]
    for name, one in found["endpoints"].items():
        limit = LIMITS_MS.get(name)
        said = "" if limit is None else f"   {'ok  ' if one['p95_ms'] < limit else 'MISS'} (p95 < {limit})"
        lines.append(
            f"{name:<26}{one['requests']:>9}{one['p50_ms']:>9.1f}{one['p95_ms']:>9.1f}{one['most_ms']:>10.0f}{said}"
        )
    return "\n".join([*lines, *found["failed"][:5]])


def _wait_for(port: int) -> None:
    for _ in range(300):
        try:
            connection = http.client.HTTPConnection(HOST, port, timeout=5)
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.2)
    raise SystemExit("the server does not answer")


def _memory_mb(pid: int, name: str) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith(name))


def main() -> int:
    """Run the benchmark and print it."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sessions", type=int, default=SIZES[0])
    options.add_argument("--seconds", type=float, default=SECONDS, help="for the API, and again for the pages")
    options.add_argument("--clients", type=int, default=CLIENTS)
    options.add_argument("--file", type=Path, help="a published file to use instead; it is copied")
    options.add_argument("--folder", type=Path, help="where to work (default: the temporary folder)")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    if chosen.file:
        with tempfile.TemporaryDirectory(prefix="sessions-api-", dir=chosen.folder) as name:
            path = Path(name) / "analytics.duckdb"
            shutil.copyfile(chosen.file, path)
            found = [measure_file(path, chosen.seconds, chosen.clients)]
    else:
        folder = chosen.folder or Path(tempfile.gettempdir())
        found = measure(folder, (chosen.sessions,), chosen.seconds, chosen.clients)
    print(json.dumps(found) if chosen.json else table(found))
    return 1 if any(one["failed"] for one in found) else 0


if __name__ == "__main__":
    sys.exit(main())
