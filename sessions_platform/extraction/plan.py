"""What extracting a date would ask for: an estimate from its fingerprint, the store and two pages. Writes nothing."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sessions_platform.extraction.marks import trace_of
from sessions_platform.extraction.reading import is_whole, read_manifest, read_note
from sessions_platform.extraction.shapes import Row, day_start
from sessions_platform.extraction.survey import session_id_of
from sessions_platform.resources.langfuse import (
    ALL_FIELDS,
    LIGHT_FIELDS,
    Fingerprint,
    LangfuseClient,
    MetricsUnavailable,
)
from sessions_platform.sessions import jsontext
from sessions_platform.sessions.layout import HOURS

if TYPE_CHECKING:
    from sessions_platform.resources.object_store import ObjectStore

PAGE_BYTES = 2 << 20
"""Pages settle between 1 and 4 MB."""
FIXED_REQUESTS = 5
"""The project once, and four metrics views."""
CUT_SHARE = 0.2
"""Traces that are asked for on other days: those of the first and last hour, and some."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Requests to Langfuse, rows and sessions of the date, bytes to download (before compression), hours not stored."""

    date: str
    requests: int
    rows: int
    bytes_estimate: int
    sessions_estimate: int
    hours_to_fetch: list[str]


async def plan_date(source: LangfuseClient, store: "ObjectStore", date: str) -> Plan:
    """Estimate a date. `source` is entered. About six requests; a server without metrics is counted by a light walk."""
    fingerprint = await _counts(source, date)
    stored = read_manifest(store, date)
    light = await _light_sample(source, date)
    share = fingerprint.rows / len(light) if light else 0.0
    # Most rows carry no session id: a trace's rows are looked at together.
    session_of: dict[str, str | None] = {}
    for row in light:
        session_of[trace_of(row)] = session_of.get(trace_of(row)) or session_id_of(row)
    traces = round(len(session_of) * share)
    sessions = round(len({session or f"trace:{trace}" for trace, session in session_of.items()}) * share)
    if stored is not None and stored.fingerprint == fingerprint.as_json() and is_whole(store, stored):
        return Plan(date, FIXED_REQUESTS, fingerprint.rows, 0, sessions, [])
    hours = [hour for hour in HOURS if hour in fingerprint.observations and not _stored(store, date, hour, fingerprint)]
    rows = sum(fingerprint.observations[hour][0] for hour in hours)
    row_bytes = await _row_bytes(source, store, date) if rows else 0.0
    scores = sum(sum(counts) for counts in fingerprint.scores.values())
    requests = (
        FIXED_REQUESTS
        + math.ceil(fingerprint.rows / 1000)
        + 4 * math.ceil(traces * CUT_SHARE / 100)
        + max(len(hours), math.ceil(rows * row_bytes / PAGE_BYTES), math.ceil(rows / 500))
        + (1 + math.ceil(scores / 100) + math.ceil(traces / 100) + math.ceil(sessions / 100))
    )
    return Plan(date, requests, fingerprint.rows, round(rows * row_bytes), sessions, hours)


async def _counts(source: LangfuseClient, date: str) -> Fingerprint:
    try:
        return await source.fingerprint(date)
    except MetricsUnavailable:
        counts = dict.fromkeys(HOURS, 0)
        async for page in source.observations(*_window(date), fields="core"):
            for row in page:
                counts[str(row.get("startTime"))[11:13]] += 1
        return Fingerprint({hour: (count, 0, 0.0) for hour, count in counts.items() if count})


def _stored(store: "ObjectStore", date: str, hour: str, fingerprint: Fingerprint) -> bool:
    note = read_note(store, date, hour)
    return note is not None and note.metrics in (fingerprint.observations[hour], None)


async def _light_sample(source: LangfuseClient, date: str) -> list[Row]:
    return await source.sample(*_window(date), fields=LIGHT_FIELDS, rows=1000)


async def _row_bytes(source: LangfuseClient, store: "ObjectStore", date: str) -> float:
    notes = [note for hour in HOURS if (note := read_note(store, date, hour))]
    if rows := sum(note.fetched for note in notes):
        return sum(note.bytes_raw for note in notes) / rows
    sample = await source.sample(*_window(date), fields=ALL_FIELDS, rows=50)
    return sum(len(jsontext.dump_bytes(row)) for row in sample) / max(1, len(sample))


def _window(date: str) -> tuple[datetime, datetime]:
    start = day_start(date)
    return start, start + timedelta(days=1)
