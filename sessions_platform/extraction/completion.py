"""Rows of other days that complete the traces cut by midnight, from both sides: their root, session and names.

Asked twice: without inputs and outputs before any text of the date is written, because names count for the whole trace;
then whole, into the slice `context`, for the traces that have such rows.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sessions_platform.extraction.marks import RowMarks, trace_of
from sessions_platform.extraction.shapes import LOOK_BACK, Row, SliceNote, day_start
from sessions_platform.extraction.slices import SliceWriter, write_slice
from sessions_platform.extraction.survey import Survey
from sessions_platform.resources.langfuse import ALL_FIELDS, LIGHT_FIELDS

if TYPE_CHECKING:
    from sessions_platform.resources.langfuse import LangfuseClient


@dataclass(slots=True)
class Context:
    """The traces that have rows on other days, by side, and a mark of those rows."""

    before: list[str]
    after: list[str]
    source: str

    @property
    def traces(self) -> list[str]:
        """All of them, sorted."""
        return sorted({*self.before, *self.after})


def sides(date: str, now: datetime) -> tuple[tuple[datetime, datetime], tuple[datetime, datetime]]:
    """The windows before and after a date in which its traces are completed. Nothing later than `now` is asked for."""
    start = day_start(date)
    end = start + timedelta(days=1)
    return (start - LOOK_BACK, start), (end, max(end, min(end + LOOK_BACK, now)))


async def look_for_context(source: "LangfuseClient", survey: Survey, date: str, now: datetime) -> Context:
    """Ask for the other days' rows of the traces that may be cut; the survey learns names and session ids from them."""
    marks = RowMarks()
    found: list[set[str]] = []
    candidates = survey.cut_traces()
    for start, end in sides(date, now):
        seen: set[str] = set()
        if candidates and start < end:
            async for page in source.observations(start, end, fields=LIGHT_FIELDS, trace_ids=candidates):
                for row in page:
                    marks.add(row)
                    seen.add(trace_of(row))
                    survey.note_identity(survey.traces[trace_of(row)], row)
        found.append(seen)
    return Context(sorted(found[0]), sorted(found[1]), marks.source)


async def fetch_context(
    source: "LangfuseClient",
    writer: SliceWriter,
    context: Context,
    now: datetime,
    names: str,
) -> SliceNote | None:
    """Write the context slice of the writer's date."""
    return await write_slice(writer, _pages(source, context, writer.date, now), names, None)


async def _pages(source: "LangfuseClient", context: Context, date: str, now: datetime) -> AsyncIterator[list[Row]]:
    for (start, end), traces in zip(sides(date, now), (context.before, context.after), strict=True):
        if traces:
            async for page in source.observations(start, end, fields=ALL_FIELDS, trace_ids=traces):
                yield page


def context_is_current(note: SliceNote | None, context: Context, names: str, key_fingerprint: str) -> bool:
    """Whether the stored context is what would be fetched now."""
    if note is None:
        return not context.traces
    return (note.source, note.names, note.key_fingerprint) == (context.source, names, key_fingerprint)
