"""One UTC date from Langfuse into raw objects: which step comes when, what is fetched, what is left alone.

Order: guards, fingerprint, survey, context of other days, loss check, hours, context, scores, manifest. Nothing stored
changes before the loss check has passed; the manifest comes last.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sessions_platform.errors import SourceError
from sessions_platform.extraction import guards
from sessions_platform.extraction.completion import Context, context_is_current, fetch_context, look_for_context
from sessions_platform.extraction.day_scores import DayScores, collect_scores
from sessions_platform.extraction.reading import is_whole, put_manifest, read_manifest, read_note, set_aside
from sessions_platform.extraction.shapes import (
    ExtractOptions,
    ExtractReport,
    Identity,
    Manifest,
    Progress,
    Redacting,
    SliceNote,
    day_start,
    hour_window,
)
from sessions_platform.extraction.slices import Short, SliceWriter, write_slice
from sessions_platform.extraction.survey import NameMarks, Survey
from sessions_platform.resources.langfuse import LIGHT_FIELDS, Fingerprint, LangfuseClient, MetricsUnavailable, Project
from sessions_platform.sessions.layout import CONTEXT, HOURS, raw_slice_key, raw_slice_note_key

if TYPE_CHECKING:
    from sessions_platform.resources.object_store import ObjectStore

ROWS_A_LIGHT_PAGE = 1000
PASSES = 2
Metrics = tuple[int, int, float]


async def extract_date(
    source: LangfuseClient,
    store: "ObjectStore",
    redactor: Redacting,
    date: str,
    *,
    now: datetime,
    options: ExtractOptions | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> ExtractReport:
    """Bring the raw objects of a date up to what Langfuse answers now.

    `source` is entered. `now` tells which later rows can exist, and must not be before the date's end. Raises
    ConfigurationError (keys), SourceError (Langfuse), WouldShrink (less than is stored), StoreError. After any of them
    the same call goes on where this one stopped.
    """
    if now < day_start(date) + timedelta(days=1):
        raise ValueError(f"{date} is not over in UTC")
    day = _Day(source, store, redactor, date, now, options or ExtractOptions(), progress or (lambda _: None))
    return await day.extract()


def extract_date_sync(
    source: LangfuseClient,
    store: "ObjectStore",
    redactor: Redacting,
    date: str,
    *,
    now: datetime,
    options: ExtractOptions | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> ExtractReport:
    """As `extract_date`, from code without an event loop; enters `source`."""

    async def run() -> ExtractReport:
        async with source:
            return await extract_date(source, store, redactor, date, now=now, options=options, progress=progress)

    return asyncio.run(run())


@dataclass(slots=True)
class _Pass:
    """What one pass over a date goes by."""

    survey: Survey
    context: Context
    names: NameMarks
    fingerprint: Fingerprint | None


class _Day:
    def __init__(
        self,
        source: LangfuseClient,
        store: "ObjectStore",
        redactor: Redacting,
        date: str,
        now: datetime,
        options: ExtractOptions,
        progress: Callable[[Progress], None],
    ) -> None:
        self.source, self.store, self.redactor = source, store, redactor
        self.date, self.now, self.options = date, now, options
        self.report_progress = progress
        self.warnings: list[str] = []
        self.fetched_hours: set[str] = set()
        self.metrics_missing = False

    async def extract(self) -> ExtractReport:
        requests = self.source.requests
        project = await self.source.project()
        guards.check_same_source(self.store, project, self.redactor.fingerprint)
        stored = read_manifest(self.store, self.date)
        fingerprint = await self._fingerprint()
        if stored is not None and self._unchanged(stored, fingerprint):
            return ExtractReport(self.date, False, stored, requests=self.source.requests - requests)
        before = guards.rows_before(self.store, self.date, stored, self.options)
        guards.check_retention(project, self.date, self.now, before, self.options)
        manifest = await self._passes(project, stored, before, fingerprint)
        put_manifest(self.store, manifest)
        return ExtractReport(
            self.date,
            manifest != stored,
            manifest,
            sorted(self.fetched_hours),
            self.source.requests - requests,
            list(dict.fromkeys(self.warnings)),
        )

    def _unchanged(self, stored: Manifest, fingerprint: Fingerprint | None) -> bool:
        if self.options.force or fingerprint is None:
            return False
        return stored.fingerprint == fingerprint.as_json() and is_whole(self.store, stored)

    async def _fingerprint(self) -> Fingerprint | None:
        try:
            return await self.source.fingerprint(self.date)
        except MetricsUnavailable as error:
            self.metrics_missing = error.missing
            self.warnings.append(f"{self.date}: {error}; row counts could not be checked against it")
            return None

    async def _passes(
        self, project: Project, stored: Manifest | None, before: int | None, fingerprint: Fingerprint | None
    ) -> Manifest:
        carried: dict[str, Identity] = {}
        for number in range(PASSES):
            if number:
                fingerprint = await self._fingerprint()
            step = await self._look(fingerprint, carried)
            guards.check_not_expired(project, self.date, self.now, step.survey)
            guards.check_no_loss(self.date, step.survey, before, stored, self.options)
            self._check_seen(step)
            notes = await self._fetch(step, stored)
            if notes is not None:
                return await self._finish(project, step, notes)
            # Rows arrived between the survey and the rows themselves, or a name stood where the survey could not see.
            carried = step.survey.carried
        raise SourceError(f"{self.date}: rows of this date are still arriving in Langfuse; run it again later")

    async def _look(self, fingerprint: Fingerprint | None, carried: dict[str, Identity]) -> _Pass:
        survey = await self._survey(fingerprint, carried)
        if fingerprint is not None and guards.check_counts(self.date, survey, fingerprint):
            survey = await self._survey(fingerprint, carried)
        context = await look_for_context(self.source, survey, self.date, self.now)
        names = await asyncio.to_thread(NameMarks, survey, self.redactor)
        return _Pass(survey, context, names, fingerprint)

    async def _survey(self, fingerprint: Fingerprint | None, carried: dict[str, Identity]) -> Survey:
        """Read the date without inputs and outputs, in as many parallel walks as its rows fill."""
        survey = Survey(self.date, self.options, carried)
        spans = _spans(fingerprint, self.options.hours_in_flight)

        async def walk(first: int, last: int) -> None:
            start, end = hour_window(self.date, HOURS[first])[0], hour_window(self.date, HOURS[last])[1]
            async for page in self.source.observations(start, end, fields=LIGHT_FIELDS):
                survey.add(page)
                self.report_progress(Progress(self.date, "survey", 0, len(spans), survey.fetched))

        await _all(walk(first, last) for first, last in spans)
        survey.finish()
        return survey

    def _check_seen(self, step: _Pass) -> None:
        if step.fingerprint is None:
            if step.survey.fetched == 0 and self.metrics_missing:
                raise SourceError(
                    f"LANGFUSE_HOST={self.source.host} answers no rows for {self.date} and has no v2/metrics:"
                    " a misconfigured server (on self-hosted v4 set LANGFUSE_MIGRATION_V4_WRITE_MODE=events_only)"
                )
            return
        if missing := guards.check_counts(self.date, step.survey, step.fingerprint):
            raise SourceError(
                f"{self.date}: rows are missing: v2/metrics counts {step.fingerprint.rows}, v2/observations answered"
                f" {step.survey.fetched} (fewer in the hours {', '.join(missing)}); run again later"
            )

    async def _fetch(self, step: _Pass, stored: Manifest | None) -> dict[str, SliceNote] | None:
        """Fetch the slices that are not stored as they are now. None where rows moved meanwhile."""
        notes: dict[str, SliceNote] = {}
        stale: list[str] = []
        for hour in HOURS:
            note = read_note(self.store, self.date, hour)
            if note is not None and self._is_current(note, hour, step):
                notes[hour] = note
            elif note is not None or step.survey.hours[hour].fetched or self._metrics(step, hour):
                stale.append(hour)
        names = step.names.of_traces(step.context.traces)
        context = read_note(self.store, self.date, CONTEXT)
        fingerprint = self.redactor.fingerprint
        context_stale = self.options.force or not context_is_current(context, step.context, names, fingerprint)
        if stored is not None and stored.complete and (stale or context_stale):
            set_aside(self.store, stored)
        moved = await self._fetch_hours(step, stale, notes)
        if context_stale and not moved:
            writer = SliceWriter(self.store, self.date, CONTEXT, self.redactor, step.survey)
            context = await fetch_context(self.source, writer, step.context, self.now, names)
            moved = writer.moved
        if context is not None:
            notes[CONTEXT] = context
        return None if moved else notes

    async def _fetch_hours(self, step: _Pass, stale: list[str], notes: dict[str, SliceNote]) -> bool:
        slots = asyncio.Semaphore(max(1, self.options.hours_in_flight))
        moved: list[str] = []
        rows = 0

        async def fetch(hour: str) -> None:
            nonlocal rows
            async with slots:
                writer = await self._fetch_hour(step, hour, notes)
            if writer.moved:
                moved.append(hour)
            else:
                self.fetched_hours.add(hour)
            rows += writer.marks.fetched
            done = len(self.fetched_hours & set(stale))
            self.report_progress(Progress(self.date, "hours", done, len(stale), rows))

        await _all(fetch(hour) for hour in stale)
        return bool(moved)

    async def _fetch_hour(self, step: _Pass, hour: str, notes: dict[str, SliceNote]) -> SliceWriter:
        start, end = hour_window(self.date, hour)
        short: Short | None = None
        for _ in range(2):
            writer = SliceWriter(self.store, self.date, hour, self.redactor, step.survey)
            try:
                note = await write_slice(
                    writer,
                    self.source.observations(start, end),
                    step.names.of_hour(hour),
                    self._metrics(step, hour),
                )
            except Short as error:
                short = error
                continue
            if note is not None:
                notes[hour] = note
            return writer
        assert short is not None  # noqa: S101 - the loop returned otherwise
        raise SourceError(
            f"{self.date} {hour}:00: rows are missing: v2/metrics counts {short.counted}, v2/observations answered"
            f" {short.fetched}, twice; run again later"
        )

    def _is_current(self, note: SliceNote, hour: str, step: _Pass) -> bool:
        if self.options.force and hour not in self.fetched_hours:
            return False
        metrics = self._metrics(step, hour) if step.fingerprint is not None else note.metrics
        now = (step.survey.hours[hour].source, step.names.of_hour(hour), self.redactor.fingerprint)
        # A slice fetched while metrics were away has none noted: then the rows' own mark decides.
        return (note.source, note.names, note.key_fingerprint) == now and note.metrics in (metrics, None)

    @staticmethod
    def _metrics(step: _Pass, hour: str) -> Metrics | None:
        return step.fingerprint.observations.get(hour) if step.fingerprint is not None else None

    async def _finish(self, project: Project, step: _Pass, notes: dict[str, SliceNote]) -> Manifest:
        self._drop_empty(notes)
        scores = DayScores(self.redactor, step.survey)
        await collect_scores(self.source, scores, step.survey, self.date)
        sha256 = await asyncio.to_thread(scores.write, self.store, self.date)
        context = notes.pop(CONTEXT, None)
        redactions: Counter[str] = scores.redactions()
        for note in [*notes.values(), *([context] if context else [])]:
            redactions.update(note.redactions)
        return Manifest(
            date=self.date,
            project_id=project.id,
            key_fingerprint=self.redactor.fingerprint,
            complete=True,
            fetched_rows=sum(note.fetched for note in notes.values()),
            distinct_rows=sum(note.distinct for note in notes.values()),
            context_rows=context.distinct if context else 0,
            scores=len(scores),
            hours={hour: notes[hour] for hour in sorted(notes)},
            context=context,
            scores_sha256=sha256,
            fingerprint=step.fingerprint.as_json() if step.fingerprint else None,
            redactions={name: redactions[name] for name in sorted(redactions)},
            traces=len(step.survey.traces),
            sessions_without_id=step.survey.sessions_without_id,
        )

    def _drop_empty(self, notes: dict[str, SliceNote]) -> None:
        """Slices that no longer have rows lose their objects."""
        for part in (*HOURS, CONTEXT):
            if part not in notes and self.store.head(raw_slice_key(self.date, part)):
                self.store.delete([raw_slice_note_key(self.date, part), raw_slice_key(self.date, part)])


def _spans(fingerprint: Fingerprint | None, most: int) -> list[tuple[int, int]]:
    """First and last hours of the survey's walks: few requests for a small day, parallel ones for a large."""
    if fingerprint is None:
        return [(0, 23)]
    counts = [fingerprint.observations.get(hour, (0, 0, 0.0))[0] for hour in HOURS]
    walks = max(1, min(most, sum(counts) // ROWS_A_LIGHT_PAGE))
    share = sum(counts) / walks
    spans: list[tuple[int, int]] = []
    first, seen = 0, 0
    for hour, count in enumerate(counts):
        seen += count
        if seen >= share * (len(spans) + 1) and len(spans) < walks - 1 and hour < 23:
            spans.append((first, hour))
            first = hour + 1
    return [*spans, (first, 23)]


async def _all(work: Iterable[Coroutine[None, None, None]]) -> None:
    """Run together; at the first failure stop the rest and raise that failure itself."""
    try:
        async with asyncio.TaskGroup() as group:
            for item in work:
                group.create_task(item)
    except BaseExceptionGroup as errors:
        first: BaseException = errors
        while isinstance(first, BaseExceptionGroup):
            first = first.exceptions[0]
        raise first from None
