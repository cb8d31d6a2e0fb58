"""Scores of a date: those made in its window, and those of its traces and sessions whenever they were made.

Scores are small: a date's are held in memory as redacted lines. Rows of observations are not handled here.
"""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sessions_platform.extraction.redacting import redact
from sessions_platform.extraction.shapes import NOBODY, Identity, Redacting, Row, day_start
from sessions_platform.extraction.slices import CompressedLines
from sessions_platform.extraction.survey import Survey
from sessions_platform.sessions import jsontext
from sessions_platform.sessions.layout import raw_scores_key

if TYPE_CHECKING:
    from sessions_platform.resources.langfuse import LangfuseClient
    from sessions_platform.resources.object_store import ObjectStore

_FREE_TEXT = frozenset({"TEXT", "CORRECTION"})


class DayScores:
    """Collects scores, newest version of each id, redacted as they come."""

    def __init__(self, redactor: Redacting, survey: Survey) -> None:
        self._redactor = redactor
        self._survey = survey
        self._by_session = survey.identities_by_session()
        self._rows: dict[str, tuple[str, str, bytes, Counter[str]]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, rows: list[Row]) -> None:
        """Take in a page."""
        for row in rows:
            score_id, updated = str(row.get("id")), str(row.get("updatedAt") or "")
            known = self._rows.get(score_id)
            if known is None or known[1] < updated:
                identity = self._subject_of(row)
                counts: Counter[str] = Counter()
                kept = _without_free_text(row) if identity is None else row
                redacted = redact(self._redactor, identity or NOBODY, kept, counts, "score")
                self._rows[score_id] = (str(row.get("timestamp") or ""), updated, jsontext.dump_bytes(redacted), counts)

    def redactions(self) -> Counter[str]:
        """Redactions by class in the scores kept."""
        total: Counter[str] = Counter()
        for row in self._rows.values():
            total.update(row[3])
        return total

    def write(self, store: "ObjectStore", date: str) -> str:
        """Put the scores in place, by (timestamp, id), unless they stand there; their hash, or '' for none."""
        import io

        key = raw_scores_key(date)
        if not self._rows:
            store.delete([key])
            return ""
        out = io.BytesIO()
        lines = CompressedLines(out)
        for score_id in sorted(self._rows, key=lambda score_id: (self._rows[score_id][0], score_id)):
            lines.line(self._rows[score_id][2])
        lines.finish()
        store.put_if_changed(key, out.getvalue())
        return lines.sha256

    def _subject_of(self, row: Row) -> Identity | None:
        """Who the score's subject is about; None where it is not of this date."""
        subject: dict[str, Any] = row.get("subject") or {}
        kind = subject.get("kind")
        subject_id = str(subject.get("id") or "")
        if kind == "session":
            # The session may have traces on other days whose names are not known here; those of this date are.
            return self._by_session.get(subject_id)
        trace = self._survey.traces.get(str(subject.get("traceId") or "") if kind == "observation" else subject_id)
        return trace.identity if trace else None


def _without_free_text(row: Row) -> Row:
    """A score of a trace of another day: which names stand in its words is not known here, so the words are dropped.

    The other day's own extraction asks for it by trace, and keeps them, redacted.
    """
    kept = {**row, "comment": None, "metadata": {}}
    if row.get("dataType") in _FREE_TEXT:
        kept["value"] = ""
    return kept


async def collect_scores(source: "LangfuseClient", scores: DayScores, survey: Survey, date: str) -> None:
    """Ask by window, by trace and by session."""
    start = day_start(date)
    traces = sorted(trace_id for trace_id in survey.traces if trace_id)
    sessions = sorted({trace.session for trace in survey.traces.values() if trace.session})
    walks: list[AsyncIterator[list[Row]]] = [source.scores(start, start + timedelta(days=1))]
    if traces:
        walks.append(source.scores(trace_ids=traces))
    if sessions:
        walks.append(source.scores(session_ids=sessions))
    for walk in walks:
        async for page in walk:
            scores.add(page)
