"""A process that is killed leaves whole slices or none; the next one fetches what is missing."""

import subprocess
import sys
import time
from datetime import timedelta

from sessions_platform.sessions.layout import HOURS, raw_manifest_key, raw_slice_key, raw_slice_note_key
from sessions_platform_tests.extraction.conftest import DAY, Bench

_PROGRAM = """
import sys
from sessions_platform.extraction import ExtractOptions, extract_date_sync
from sessions_platform.resources.langfuse import LangfuseClient
from sessions_platform.resources.object_store import open_store
from sessions_platform_tests.extraction.conftest import DAY, NOW, FakeRedactor, known_values
options = ExtractOptions(known_values=known_values, hours_in_flight=1)
client = LangfuseClient(*sys.argv[1:4])
extract_date_sync(client, open_store(sys.argv[4]), FakeRedactor(), DAY, now=NOW, options=options)
"""


async def test_after_a_kill_only_the_missing_hours_are_fetched(bench: Bench) -> None:
    await bench.run()
    clean = bench.objects()
    bench.store.delete(clean)
    server = bench.server
    server.options.latency = timedelta(seconds=0.2)
    keys = (server.public_key, server.secret_key)
    command = [sys.executable, "-c", _PROGRAM, server.url, *keys, str(bench.folder)]
    with subprocess.Popen(command) as running:  # noqa: S603
        try:
            deadline = time.monotonic() + 40
            while running.poll() is None and time.monotonic() < deadline:
                if bench.store.head(raw_slice_note_key(DAY, "09")):
                    break
                time.sleep(0.01)
        finally:
            running.kill()
    assert running.returncode < 0
    server.options.latency = timedelta(0)
    stored = {hour for hour in HOURS if bench.store.head(raw_slice_note_key(DAY, hour))}
    assert {"08", "09"} <= stored < set(["08", "09", "10", "11", "12", "13"])
    assert bench.store.head(raw_manifest_key(DAY)) is None
    assert all(bench.store.get(key) == clean[key] for hour in stored for key in [raw_slice_key(DAY, hour)])
    await bench.run()
    assert bench.hours_asked().isdisjoint(stored) and bench.objects() == clean
