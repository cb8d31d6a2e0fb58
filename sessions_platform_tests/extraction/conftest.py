import asyncio
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sessions_platform.demo.server import Dataset, LangfuseServer, ServerOptions
from sessions_platform.extraction import ExtractOptions, ExtractReport, extract_date, stored_rows
from sessions_platform.resources.langfuse import LangfuseClient
from sessions_platform.resources.object_store import ObjectStore, open_store
from sessions_platform.sessions.layout import raw_prefix, raw_slice_key

DAY = "2026-11-18"
NOW = datetime(2026, 11, 19, 4, tzinfo=UTC)
_EMAIL = re.compile(r"[\w.]+@[\w.]+")


class FakeTime:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


class FakeTraceRedactor:
    def __init__(self, known: Iterable[str], key: str) -> None:
        self.counts: Counter[str] = Counter()
        self._known = sorted(known, key=len, reverse=True)
        self._key = key

    def observation(self, row: dict[str, Any]) -> dict[str, Any]:
        return {name: self._redact(value) for name, value in row.items()}

    def score(self, row: dict[str, Any]) -> dict[str, Any]:
        return self.observation(row)

    def _redact(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._redact(item) for name, item in value.items()}
        if not isinstance(value, str):
            return value
        for name in self._known:
            self.counts["name"] += value.count(name)
            value = value.replace(name, self._token("name", name))
        self.counts["email"] += len(_EMAIL.findall(value))
        return _EMAIL.sub(lambda found: self._token("email", found.group()), value)

    def _token(self, kind: str, text: str) -> str:
        return f"<{kind}:{hashlib.sha256((self._key + text).encode()).hexdigest()[:8]}>"


class FakeRedactor:
    def __init__(self, key: str = "key") -> None:
        self._key = key
        self.fingerprint = f"fp-{key}"

    def trace(self, known: Iterable[str] = (), users: Iterable[str] = ()) -> FakeTraceRedactor:
        return FakeTraceRedactor(known, self._key)


def known_values(row: dict[str, Any]) -> set[str]:
    names = {row.get("userId"), (row.get("metadata") or {}).get("attributes.user.name")}
    return {name for name in names if name}


def row(trace: str, row_id: str, start: str, **columns: Any) -> dict[str, Any]:
    """An observation row; `start` is `HH:MM:SS` of the day, or a whole time."""
    moment = start if "T" in start else f"{DAY}T{start}.000Z"
    end = moment.replace(".000Z", ".500Z")
    return {
        "id": row_id,
        "traceId": trace,
        "startTime": moment,
        "endTime": end,
        "projectId": "proj-1",
        "parentObservationId": None,
        "type": "SPAN",
        "updatedAt": end,
        "input": f"words of {row_id}",
        "totalUsage": 10,
        "totalCost": 0.25,
        **columns,
    }


def day_rows(traces: int = 12) -> list[dict[str, Any]]:
    """Traces over the day, two an hour from 08:00: a root with session and user, and two children that name him."""
    rows = []
    for n in range(traces):
        trace, hour, half = f"t{n:02d}", 8 + n // 2, 30 * (n % 2)
        user = f"Petra{n:02d}"
        rows.append(row(trace, f"{trace}-r", f"{hour:02d}:{half:02d}:00", sessionId=f"s{n // 3}", userId=user))
        for c in (1, 2):
            text = f"{user} wrote to a{n}@example.com " + f"line {c} " * 20
            start = f"{hour:02d}:{half:02d}:{c:02d}"
            rows.append(row(trace, f"{trace}-{c}", start, parentObservationId=f"{trace}-r", input=text))
    return rows


def score(score_id: str, subject: dict[str, Any], at: str, **columns: Any) -> dict[str, Any]:
    base = {
        "id": score_id,
        "projectId": "proj-1",
        "name": "success",
        "value": 1,
        "dataType": "NUMERIC",
        "source": "API",
    }
    return {**base, "timestamp": at, "updatedAt": at, "comment": None, "metadata": {}, "subject": subject, **columns}


class Bench:
    """A server, a store, and extractions from one into the other."""

    def __init__(self, server: LangfuseServer, store: ObjectStore, folder: Path) -> None:
        self.server, self.store, self.folder = server, store, folder
        self.time = FakeTime()
        self.redactor = FakeRedactor()

    def client(self, **settings: Any) -> LangfuseClient:
        keys = {"public_key": self.server.public_key, "secret_key": self.server.secret_key} | settings
        return LangfuseClient(self.server.url, **keys, sleep=self.time.sleep, clock=self.time.clock)

    async def run(
        self,
        date: str = DAY,
        *,
        now: datetime = NOW,
        client: LangfuseClient | None = None,
        progress: Any = None,
        **options: Any,
    ) -> ExtractReport:
        self.server.stats.reset()
        async with client or self.client() as source:
            return await extract_date(
                source,
                self.store,
                self.redactor,
                date,
                now=now,
                options=ExtractOptions(known_values=known_values, **options),
                progress=progress,
            )

    def objects(self, date: str = DAY) -> dict[str, bytes]:
        return {info.key: self.store.get(info.key) for info in self.store.objects(raw_prefix(date))}

    def changes(self) -> dict[str, int]:
        return {str(path): path.stat().st_mtime_ns for path in self.folder.rglob("*") if path.is_file()}

    def text(self, *hours: str) -> str:
        """Everything stored in these hours."""
        return json.dumps([line for hour in hours for line in stored_rows(self.store, raw_slice_key(DAY, hour))])

    def ids(self, key: str) -> list[str]:
        return [line["id"] for line in stored_rows(self.store, key)]

    def asked(self, path: str, **query: str) -> list[dict[str, str]]:
        """Queries of the requests to a path that hold these parameters."""
        found = [dict(seen.query) for seen in self.server.stats.log if seen.path.endswith(path)]
        return [q for q in found if all(q.get(name, "").find(text) >= 0 for name, text in query.items())]

    def hours_asked(self) -> set[str]:
        return {q["fromStartTime"][11:13] for q in self.asked("v2/observations", fields="io") if "filter" not in q}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    scores = [
        score("sc-window", {"kind": "trace", "id": "t00"}, f"{DAY}T09:00:00.000Z", comment="Petra00 was glad"),
        score("sc-late", {"kind": "trace", "id": "t01"}, "2026-11-19T02:00:00.000Z"),
        score("sc-session", {"kind": "session", "id": "s2"}, "2026-11-19T03:00:00.000Z"),
        score("sc-other", {"kind": "trace", "id": "elsewhere"}, f"{DAY}T10:00:00.000Z", comment="Otto Secret said so"),
    ]
    with LangfuseServer(Dataset(day_rows(), scores), ServerOptions(project_id="proj-1")) as server:
        yield Bench(server, open_store(str(tmp_path / "store")), tmp_path / "store")
