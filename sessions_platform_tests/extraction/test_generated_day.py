"""A generated day with the real redactor: figures are true, nothing planted comes through, faults leave no trace."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from sessions_platform.demo.generator import Corpus, generate
from sessions_platform.demo.server import Dataset, LangfuseServer
from sessions_platform.extraction import ExtractReport, extract_date, stored_rows
from sessions_platform.resources.langfuse import LangfuseClient
from sessions_platform.resources.object_store import ObjectStore, open_store
from sessions_platform.sessions import jsontext
from sessions_platform.sessions.layout import raw_prefix, raw_slice_key
from sessions_platform.sessions.redact import Redactor
from sessions_platform_tests.extraction.conftest import FakeTime

DAY = "2026-11-03"


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return generate(11, [date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 4)], 15, canaries=True)


async def extract(corpus: Corpus, store: ObjectStore, **options: Any) -> ExtractReport:
    time = FakeTime()
    with LangfuseServer(Dataset(corpus.observations, corpus.scores)) as server:
        for name, value in options.items():
            setattr(server.options, name, value)
        keys = (server.public_key, server.secret_key)
        async with LangfuseClient(server.url, *keys, sleep=time.sleep, clock=time.clock) as source:
            return await extract_date(source, store, Redactor(b"k" * 32), DAY, now=datetime(2026, 11, 5, 4, tzinfo=UTC))


def rows_of_day(corpus: Corpus) -> set[tuple[str, str]]:
    return {(row["traceId"], row["id"]) for row in corpus.observations if row["startTime"].startswith(DAY)}


async def test_every_row_of_the_day_is_stored_and_every_trace_is_whole(corpus: Corpus, tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    report = await extract(corpus, store)
    stored = {
        (row["traceId"], row["id"])
        for hour in report.manifest.hours
        for row in stored_rows(store, raw_slice_key(DAY, hour))
    }
    assert stored == rows_of_day(corpus) and report.manifest.distinct_rows == len(stored)
    traces = {trace for trace, _ in stored}
    beyond = {(r["traceId"], r["id"]) for r in corpus.observations if r["traceId"] in traces} - stored
    context = (
        {(row["traceId"], row["id"]) for row in stored_rows(store, raw_slice_key(DAY, "context"))} if beyond else set()
    )
    assert context == beyond


async def test_nothing_planted_comes_through(corpus: Corpus, tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    await extract(corpus, store)
    planted = [canary.value for canary in corpus.truth.canaries]
    keys = [info.key for info in store.objects(raw_prefix(DAY)) if info.key.endswith(".zst")]
    text = "\n".join(jsontext.dump(row) for key in keys for row in stored_rows(store, key))
    assert len(planted) > 20 and [value for value in planted if value in text] == []


async def test_faults_on_every_seventh_request_leave_the_same_bytes(corpus: Corpus, tmp_path: Path) -> None:
    found = []
    for name, options in {"clean": {}, "faulty": {"faults": {"500": 7, "cut": 5, "429": 11}}}.items():
        store = open_store(str(tmp_path / name))
        await extract(corpus, store, **options)
        found.append({info.key: store.get(info.key) for info in store.objects(raw_prefix(DAY))})
    assert found[0] == found[1] and len(found[0]) > 10
