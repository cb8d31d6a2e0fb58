"""What loading sessions into the context index costs: time, model calls and tokens by kind, memory of the server.

    python -m benchmarks --index

The sample's 224 sessions where they stand beside the checkout, else generated ones, staged by the platform and loaded
date by date into an OpenViking server of its own on the offline gateway, whose models answer at once. Tokens are what
the gateway counted (characters / 4); beside them stands what the ledgers computed without asking it.
"""

import asyncio
import contextlib
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from benchmarks import subjects
from benchmarks.retrieval import DAYS, SAMPLE_DAYS, SEED, stage
from sessions_platform.resources.object_store import ObjectStore

GENERATED_A_DAY = 28
_EXTRACTION = ("events",)
LIMITS = {"prompt tokens a session": 9000, "with the commit": 15_000, "sessions a second": 3, "server MB": 700}


class Spent(msgspec.Struct):
    """Model calls of one kind a session, and prompt tokens: as the gateway counted, and as the ledgers say."""

    calls: float
    prompt_tokens: float
    ledger_tokens: float


class Loaded(msgspec.Struct):
    """A corpus, loaded. `again` is the same once more: nothing changed."""

    extraction: bool
    sessions: int
    dates: int
    verified: int
    seconds: float
    again_seconds: float
    again_calls: int
    requests: int
    most_prompt_tokens: int
    """Of summary and overview, of the session that needed most."""
    server_mb: float
    spent: dict[str, Spent]

    @property
    def a_second(self) -> float:
        """Sessions a second, verification included."""
        return self.sessions / self.seconds


def measure(folder: Path) -> list[Loaded]:
    """Load without and with OpenViking's own extraction of memories, each into a server of its own."""
    with tempfile.TemporaryDirectory(dir=folder, prefix="index-") as name:
        home = Path(name)
        store = _staged(home)
        return [_measure(home / "plain", store, ()), _measure(home / "extraction", _copied(home, store), _EXTRACTION)]


def _staged(home: Path) -> ObjectStore:
    print("index: stage", file=sys.stderr, flush=True)
    if subjects.SAMPLE.is_dir():
        return stage(home / "data", [subjects.SAMPLE / "langfuse" / one for one in subjects.SETS], SAMPLE_DAYS)
    from sessions_platform.demo.generator import stream, write_folder

    write_folder(list(stream(SEED, DAYS, GENERATED_A_DAY)), home / "corpus")
    return stage(home / "data", [home / "corpus"], DAYS)


def _copied(home: Path, store: ObjectStore) -> ObjectStore:
    """The staged files without ledgers."""
    from sessions_platform.resources.object_store import open_store

    copy = open_store(str(home / "copy"))
    for info in store.objects("staged/"):
        copy.put(info.key, store.get(info.key))
    return copy


def _measure(home: Path, store: ObjectStore, extraction: tuple[str, ...]) -> Loaded:
    from sessions_platform.gateway import Gateway
    from sessions_platform.openviking_server import OpenVikingServer, ServerOptions

    home.mkdir()
    with Gateway() as gateway, OpenVikingServer(ServerOptions(home, gateway.api_base)) as server:
        with _peak_mb(server.pid or 0) as peak:
            print(f"index: load, extraction {extraction or 'none'}", file=sys.stderr, flush=True)
            gateway.ledger.reset()
            begun = time.perf_counter()
            loaded = _load(store, server.url, server.user_key, extraction)
            loaded.seconds = time.perf_counter() - begun
            for kind, entry in gateway.ledger.kinds().items():
                known = loaded.spent.setdefault(kind, Spent(0, 0, 0))
                known.calls = entry.calls / loaded.sessions
                known.prompt_tokens = entry.prompt_tokens / loaded.sessions
            before = gateway.ledger.total().calls
            begun = time.perf_counter()
            _load(store, server.url, server.user_key, extraction)
            loaded.again_seconds = time.perf_counter() - begun
            loaded.again_calls = gateway.ledger.total().calls - before
        loaded.server_mb = peak[0]
        return loaded


def _load(store: ObjectStore, url: str, key: str, extraction: tuple[str, ...]) -> Loaded:
    from sessions_platform.indexing import CommitOptions, commit_date, read_ledger
    from sessions_platform.resources.openviking import OpenVikingClient

    days = store.dates("staged")
    loaded = Loaded(bool(extraction), 0, len(days), 0, 0.0, 0.0, 0, 0, 0, 0.0, {})

    async def run() -> None:
        async with OpenVikingClient(url, key) as client:
            for day in days:
                report = await commit_date(client, store, day, options=CommitOptions(extraction=extraction))
                if not report.complete:
                    why = report.stopped or next(iter(report.reasons.values()), "")
                    raise SystemExit(f"{day}: {report.failed} failed, {report.pending} pending: {why}")
                loaded.requests += report.requests

    asyncio.run(run())
    lines = [line for day in days for line in read_ledger(store, day).sessions.values()]
    loaded.sessions = len(lines)
    loaded.verified = sum(line.status == "verified" and line.checked == "all" for line in lines)
    for line in lines:
        shown = sum(line.usage[kind].prompt_tokens for kind in ("document_summary", "dir_overview"))
        loaded.most_prompt_tokens = max(loaded.most_prompt_tokens, shown)
        for kind, usage in line.usage.items():
            spent = loaded.spent.setdefault(kind, Spent(0, 0, 0))
            spent.ledger_tokens += usage.prompt_tokens / len(lines)
    return loaded


@contextlib.contextmanager
def _peak_mb(pid: int) -> Iterator[list[float]]:
    """The highest resident memory of a process while the block runs, in MB; looked at ten times a second."""
    peak, done = [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
            peak[0] = max(peak[0], int(text.split("VmRSS:")[1].split()[0]) / 1024)

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield peak
    finally:
        done.set()
        watching.join()


def table(found: list[Loaded]) -> str:
    """The figures as text."""
    lines = []
    for one in found:
        title = "with OpenViking's own extraction of events" if one.extraction else "summaries and our memories"
        lines.append(
            f"{title}: {one.verified} of {one.sessions} sessions verified ({one.dates} dates), {one.seconds:.1f} s ="
            f" {one.a_second:.2f} a second, {one.requests} requests; again: {one.again_seconds:.1f} s,"
            f" {one.again_calls} model calls; server at most {one.server_mb:.0f} MB"
        )
        lines += [
            f"  {kind:<17} {spent.calls:6.2f} calls {spent.prompt_tokens:7.0f} prompt tokens a session"
            f" (ledger: {spent.ledger_tokens:.0f})"
            for kind, spent in sorted(one.spent.items())
        ]
        lines.append(f"  summary and overview of the largest: {one.most_prompt_tokens} prompt tokens")
    return "\n".join(lines)
