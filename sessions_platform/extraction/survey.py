"""What is known of a date's traces after a pass without inputs and outputs.

A walk goes backwards in time, so a trace's root, which names the user and the session, comes last: without this pass
texts would be written before it is known which names to redact. State is a few machine words a row and a few hundred
bytes a trace; no row is kept.
"""

import threading
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta

from sessions_platform.extraction.marks import MASK, RowMarks, mark, trace_of
from sessions_platform.extraction.redacting import redact
from sessions_platform.extraction.shapes import NOBODY, ExtractOptions, Identity, Redacting, Row, day_start
from sessions_platform.sessions.layout import HOURS

ROOT, OPEN, BEYOND, EDGE, SEVERAL_ROOTS, ORPHAN = (1 << bit for bit in range(6))
_CUT = OPEN | BEYOND | EDGE | SEVERAL_ROOTS | ORPHAN
_SESSION_KEYS = ("attributes.session.id", "attributes.gen_ai.conversation.id")


class Trace:
    """What is known of one trace."""

    __slots__ = ("flags", "hours", "identity", "root", "session")

    def __init__(self, identity: Identity) -> None:
        self.flags = 0
        self.hours = 0
        """A bit for each hour that has rows."""
        self.identity = identity
        self.root = 0
        self.session: str | None = None

    @property
    def may_be_cut(self) -> bool:
        """Whether rows of other days may belong to it, or say whose session it is."""
        return not self.flags & ROOT or bool(self.flags & _CUT) or self.session is None


class Survey:
    """The traces of a date, and marks of its hours. `carried`: identities that an earlier pass learned."""

    def __init__(self, date: str, options: ExtractOptions, carried: Mapping[str, Identity] | None = None) -> None:
        self.date = date
        self.traces: dict[str, Trace] = {}
        self.hours: dict[str, RowMarks] = {hour: RowMarks() for hour in HOURS}
        self.carried = dict(carried or {})
        self._options = options
        self._last_moment = (day_start(date) + timedelta(days=1)).date().isoformat()
        self._parents = array("Q")
        self._owners: list[Trace] = []
        self._shared: dict[Identity, Identity] = {}
        self._sessions: dict[str, str] = {}
        self._lock = threading.Lock()

    @property
    def fetched(self) -> int:
        """Rows of the date, duplicates included."""
        return sum(marks.fetched for marks in self.hours.values())

    @property
    def distinct(self) -> int:
        """Distinct (traceId, id), each counted in the hours it has rows in."""
        return sum(marks.distinct for marks in self.hours.values())

    @property
    def sessions_without_id(self) -> int:
        """Traces that no row gives a session id."""
        return sum(trace.session is None for trace in self.traces.values())

    def add(self, rows: Iterable[Row]) -> None:
        """Take in rows of the date."""
        for row in rows:
            hour = str(row.get("startTime"))[11:13]
            own = self.hours[hour].add(row)
            trace_id = trace_of(row)
            trace = self.traces.get(trace_id)
            if trace is None:
                trace = self.traces[trace_id] = Trace(self.carried.get(trace_id, NOBODY))
            trace.hours |= 1 << int(hour)
            if hour in ("00", "23"):
                trace.flags |= EDGE
            self._note_end(trace, row)
            self._note_place(trace, trace_id, own, row)
            self.note_identity(trace, row)

    def note_identity(self, trace: Trace, row: Row) -> None:
        """Take in what a row, of this or another day, says of whose trace it is."""
        if trace.session is None and (session := session_id_of(row)):
            trace.session = self._sessions.setdefault(session, session)
        if not trace.identity.covers(told := self._told_by(row)):
            merged = trace.identity | told
            trace.identity = self._shared.setdefault(merged, merged)

    def finish(self) -> None:
        """After the last row: mark the traces whose rows name a parent that is nowhere in the date."""
        import numpy as np

        if not self._parents:
            return
        ids = np.concatenate([np.frombuffer(marks.ids, dtype=np.uint64) for marks in self.hours.values() if marks.ids])
        parents = np.frombuffer(self._parents, dtype=np.uint64)
        for index in np.flatnonzero(~np.isin(parents, ids)):
            self._owners[int(index)].flags |= ORPHAN
        del parents
        self._parents, self._owners = array("Q"), []

    def cut_traces(self) -> list[str]:
        """Traces that may be cut by midnight, sorted, so that the same date asks the same questions."""
        return sorted(trace_id for trace_id, trace in self.traces.items() if trace_id and trace.may_be_cut)

    def identity(self, trace_id: str) -> Identity:
        """Who a trace is about."""
        trace = self.traces.get(trace_id)
        return trace.identity if trace else NOBODY

    def identities_by_session(self) -> dict[str, Identity]:
        """Who the sessions of the date's traces are about."""
        found: dict[str, Identity] = {}
        for trace in self.traces.values():
            if trace.session:
                found[trace.session] = found.get(trace.session, NOBODY) | trace.identity
        return found

    def reveals(self, row: Row) -> bool:
        """Whether a row tells what this survey should have known: a new trace, a new name. Carries the name on."""
        trace_id = trace_of(row)
        trace = self.traces.get(trace_id)
        told = self._told_by(row)
        if (trace.identity if trace else NOBODY).covers(told):
            return trace is None
        with self._lock:
            self.carried[trace_id] = self.carried.get(trace_id, NOBODY) | told
        return True

    def _told_by(self, row: Row) -> Identity:
        names, users = self._options.known_values(row), self._options.user_ids(row)
        return Identity(frozenset(names), frozenset(users)) if names or users else NOBODY

    def _note_end(self, trace: Trace, row: Row) -> None:
        end = row.get("endTime")
        if end is None:
            # An EVENT is a moment: it has no end and is not open.
            trace.flags |= OPEN if row.get("type") != "EVENT" else 0
        elif str(end)[:10] >= self._last_moment:
            trace.flags |= BEYOND

    def _note_place(self, trace: Trace, trace_id: str, own: int, row: Row) -> None:
        parent = row.get("parentObservationId")
        if row.get("isRootObservation") or not parent:
            # A root may name a parent that was never exported (the caller's own span): there is nothing to look for.
            trace.flags |= SEVERAL_ROOTS if trace.flags & ROOT and trace.root != own else ROOT
            trace.root = own
        else:
            self._parents.append(mark(trace_id, str(parent)))
            self._owners.append(trace)


class NameMarks:
    """Marks of which names each slice is redacted with, so that a slice redacted with fewer is made again.

    A mark is made from the pseudonyms that the names become, never from names: hashes of names could be guessed.
    """

    def __init__(self, survey: Survey, redactor: Redacting) -> None:
        self._hours = dict.fromkeys(HOURS, 0)
        self._traces: dict[str, int] = {}
        tokens: dict[Identity, str] = {}
        for trace_id, trace in survey.traces.items():
            if not trace.identity:
                continue
            if trace.identity not in tokens:
                tokens[trace.identity] = _pseudonyms(trace.identity, redactor)
            value = self._traces[trace_id] = mark(trace_id, tokens[trace.identity])
            for index, hour in enumerate(HOURS):
                if trace.hours >> index & 1:
                    self._hours[hour] = (self._hours[hour] + value) & MASK

    def of_hour(self, hour: str) -> str:
        """The mark of an hour."""
        return f"{self._hours[hour]:016x}"

    def of_traces(self, trace_ids: Iterable[str]) -> str:
        """The mark of a set of traces."""
        return f"{sum(self._traces.get(trace_id, 0) for trace_id in trace_ids) & MASK:016x}"


def _pseudonyms(identity: Identity, redactor: Redacting) -> str:
    rows: list[Row] = [{"input": "\n".join(sorted(identity.names))}]
    rows += [{"userId": user} for user in sorted(identity.users)]
    redacted = (redact(redactor, identity, row, Counter()) for row in rows)
    return "\n".join(str(value) for row in redacted for value in row.values())


def session_id_of(row: Row) -> str | None:
    """The session id that a row has, in its column or its metadata."""
    if session := row.get("sessionId"):
        return str(session)
    metadata = row.get("metadata")
    if isinstance(metadata, dict):
        for key in _SESSION_KEYS:
            if session := metadata.get(key):
                return str(session)
    return None
