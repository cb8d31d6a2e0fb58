"""A day is never in memory: 200 MB of rows pass through a process that grows by a fraction of it."""

import subprocess
import sys
from pathlib import Path

MOST_MEGABYTES = 120
_PROGRAM = """
import asyncio, json, resource, sys
from datetime import UTC, datetime
import httpx
from sessions_platform.extraction import ExtractOptions, extract_date
from sessions_platform.resources.langfuse import LangfuseClient
from sessions_platform.resources.object_store import open_store
from sessions_platform_tests.extraction.conftest import DAY

ROWS, SIZE = 1000, 9000   # an hour; 24 hours give 216 MB

class Plain:
    fingerprint = "none"
    def trace(self, known=(), users=()): return self
    counts = {}
    def observation(self, row): return row
    score = observation

def answer(request):
    q = request.url.params
    if request.url.path.endswith("projects"):
        return httpx.Response(200, json={"data": [{"id": "p", "name": "p"}]})
    if request.url.path.endswith("metrics"):
        hours = [{"time_dimension": f"{DAY}T{h:02d}:00:00Z", "count_count": ROWS} for h in range(24)]
        return httpx.Response(200, json={"data": hours if "observations" in q["query"] else []})
    if "scores" in request.url.path or "filter" in q:
        return httpx.Response(200, json={"data": [], "meta": {}})
    first, last = int(q["fromStartTime"][11:13]) * ROWS, (int(q["toStartTime"][11:13]) or 24) * ROWS
    top = int(q.get("cursor", last)); low = max(first, top - int(q["limit"]))
    def row(n):
        hour, second = divmod(n, ROWS)
        start = f"{DAY}T{hour:02d}:{second // 60:02d}:{second % 60:02d}.000Z"
        text = {"input": format(n, "09d") * (SIZE // 9)} if "io" in q["fields"].split(",") else {}
        parent = None if n % 30 == 0 else str(n - n % 30)
        return {"id": str(n), "traceId": f"t{n // 30}", "startTime": start, "endTime": start, "updatedAt": start,
                "sessionId": f"s{n // 150}", "parentObservationId": parent, **text}
    data = [row(n) for n in range(top - 1, low - 1, -1)]
    return httpx.Response(200, json={"data": data, "meta": {"cursor": str(low)} if low > first else {}})

async def main():
    store = open_store(sys.argv[1])
    client = LangfuseClient("http://x", "pk", "sk", transport=httpx.MockTransport(answer))
    async with client:
        await client.project()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        report = await extract_date(client, store, Plain(), DAY, now=datetime(2026, 11, 20, tzinfo=UTC))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    raw = sum(note.bytes_raw for note in report.manifest.hours.values())
    print(json.dumps({"raw": raw, "rows": report.manifest.distinct_rows, "grown": after - before}))

asyncio.run(main())
"""


def test_two_hundred_megabytes_pass_through_little_memory(tmp_path: Path) -> None:
    import json

    command = [sys.executable, "-c", _PROGRAM, str(tmp_path / "store")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout)
    assert seen["rows"] == 24_000 and seen["raw"] > 200 << 20
    assert seen["grown"] < MOST_MEGABYTES << 10, seen
