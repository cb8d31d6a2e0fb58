"""The sessions of a database, redacted and cut at midnight, as lines in one scratch file a date.

Memory holds a session and some pending lines. What is refused is counted, with the numbers of the first rows: never
their text. Every string passes the redactor here, before anything is written; agent and tool names are exempt.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import zstandard

from sessions_platform.audit_import.audit_file import AuditFile, FoundSession
from sessions_platform.audit_import.times import utc_time
from sessions_platform.sessions.imported import AuditCall, AuditMessage, AuditSlice
from sessions_platform.sessions.redact import Redactor

EXAMPLES = 5
NAME_LENGTH = 200
_PENDING_BYTES = 16 << 20
_YES = frozenset({"1", "true", "t", "yes", "y", "ok", "success", "succeeded", "successful", "passed"})
_NO = frozenset({"0", "false", "f", "no", "n", "error", "fail", "failed", "failure"})
_encoder = msgspec.json.Encoder()


@dataclass(slots=True)
class Refused:
    """Rows of one kind of damage: how many, and the first of them as `messages 17`."""

    count: int = 0
    first: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Gathered:
    """What a database gave. `waiting`: rows of dates that are not over; `slices`: by date, sessions by id."""

    sessions: int = 0
    messages: int = 0
    tool_calls: int = 0
    waiting: int = 0
    without_session_row: int = 0
    refused: dict[str, Refused] = field(default_factory=dict)
    redactions: Counter[str] = field(default_factory=Counter)
    dates: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    def refuse(self, reason: str, table: str, row: int) -> None:
        """Count a refused row."""
        entry = self.refused.setdefault(reason, Refused())
        entry.count += 1
        if len(entry.first) < EXAMPLES:
            entry.first.append(f"{table} {row}")


def gather(
    audit: AuditFile, redactor: Redactor, folder: Path, newest: date, progress: Callable[[int, int], None]
) -> Gathered:
    """Write the sessions' slices to `folder`, one file a date. `newest`: the last date that is over."""
    gathered, lines = Gathered(), ScratchLines(folder)
    sessions = audit.sessions(redactor.session_id, EXAMPLES)
    for done, found in enumerate(sessions, 1):
        for slice_ in _Reading(found, redactor, gathered, newest.isoformat()).slices():
            lines.add(slice_.date, _encoder.encode(slice_))
        if done % 50 == 0 or done == audit.found.sessions:
            progress(done, audit.found.sessions)
    lines.flush()
    for table, row in audit.found.without_id:
        gathered.refuse("no session id", table, row)
    if audit.found.without_id_count:
        gathered.refused["no session id"].count = audit.found.without_id_count
    gathered.dates = sorted(lines.dates)
    return gathered


class ScratchLines:
    """Lines into one compressed file a date, without a file being open for each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pending: dict[str, list[bytes]] = {}
        self._bytes = 0
        self._compressor = zstandard.ZstdCompressor(level=1)
        self.dates: set[str] = set()

    def add(self, day: str, line: bytes) -> None:
        """Add a line to a date."""
        self.dates.add(day)
        self._pending.setdefault(day, []).append(line)
        self._bytes += len(line)
        if self._bytes >= _PENDING_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what is pending."""
        for day, lines in self._pending.items():
            with scratch_file(self._folder, day).open("ab") as stream:
                stream.write(self._compressor.compress(b"\n".join(lines) + b"\n"))
        self._pending, self._bytes = {}, 0


def scratch_file(folder: Path, day: str) -> Path:
    """Where a date's lines lie."""
    return folder / f"{day}.jsonl.zst"


@dataclass(slots=True)
class _Day:
    messages: list[AuditMessage] = field(default_factory=list)
    calls: list[AuditCall] = field(default_factory=list)
    redactions: Counter[str] = field(default_factory=Counter)


class _Reading:
    """One session of the database, read."""

    def __init__(self, found: FoundSession, redactor: Redactor, gathered: Gathered, newest: str) -> None:
        self._found, self._gathered, self._newest = found, gathered, newest
        self._trace = redactor.trace()
        self._days: dict[str, _Day] = {}

    def slices(self) -> Iterator[AuditSlice]:
        """Its slices, oldest first."""
        found, gathered = self._found, self._gathered
        row, start, end, turns, status = found.row or (0, None, None, None, None)
        begun, ended = utc_time(start), utc_time(end)
        self._messages()
        self._calls()
        if not self._days:
            if found.messages or found.tool_usage:
                return
            if begun is None:
                gathered.refuse("session without rows and without a start", "sessions", row)
                return
            if begun[:10] > self._newest:
                gathered.waiting += 1
                return
            self._days[begun[:10]] = _Day()
        gathered.sessions += 1
        gathered.ids.add(found.session_id)
        gathered.without_session_row += found.row is None
        first = self._days[min(self._days)]
        word = self._text(status, first)[:NAME_LENGTH]
        first.redactions["session"] += found.renamed
        for number, (day, rows) in enumerate(sorted(self._days.items()), 1):
            gathered.redactions.update(rows.redactions)
            gathered.messages += len(rows.messages)
            gathered.tool_calls += len(rows.calls)
            yield AuditSlice(
                session_id=found.session_id,
                date=day,
                start_time=begun if rows is first else None,
                end_time=ended if number == len(self._days) else None,
                total_turns=_count(turns),
                status=word or None,
                messages=rows.messages,
                calls=rows.calls,
                redactions={name: count for name, count in sorted(rows.redactions.items()) if count},
            )

    def _messages(self) -> None:
        rows = self._timed("messages", self._found.messages)
        turns = [_number(row[1]) for _, row in rows]
        if None in turns:
            turns = [0.0] * len(rows)
        ordered = sorted(
            zip(turns, rows, strict=True), key=lambda entry: (entry[0] or 0.0, entry[1][0], entry[1][1][0])
        )
        for place, (_, (time, (_, _, agent, text, _))) in enumerate(ordered):
            day = self._day(time)
            if day is not None:
                words = self._text(text, day)
                day.messages.append(AuditMessage(place, self._name("AGENT", agent, "agent", day), words, time))

    def _calls(self) -> None:
        rows = sorted(self._timed("tool_usage", self._found.tool_usage), key=lambda entry: (entry[0], entry[1][0]))
        for place, (time, (row, agent, tool, operation, success, _)) in enumerate(rows):
            day = self._day(time)
            if day is None:
                continue
            said, known = read_success(success)
            if not known:
                self._gathered.refuse("success is neither yes nor no (the call is taken)", "tool_usage", row)
            names = (self._name("AGENT", agent, "agent", day), self._name("TOOL", tool, "tool", day))
            day.calls.append(AuditCall(place, *names, self._text(operation, day)[:NAME_LENGTH], said, time))

    def _timed(self, table: str, rows: list[tuple[Any, ...]]) -> list[tuple[str, tuple[Any, ...]]]:
        """The rows with their time; those whose time is damaged are refused."""
        timed = []
        for row in rows:
            time = utc_time(row[-1])
            if time is None:
                self._gathered.refuse("timestamp not understood", table, row[0])
            else:
                timed.append((time, row))
        return timed

    def _day(self, time: str) -> _Day | None:
        """The date's part of the session; None where the date is not over."""
        if time[:10] > self._newest:
            self._gathered.waiting += 1
            return None
        return self._days.setdefault(time[:10], _Day())

    def _text(self, value: Any, day: _Day) -> str:
        text = self._trace.text(as_text(value))
        self._counted(day)
        return text

    def _name(self, kind: str, value: Any, default: str, day: _Day) -> str:
        """A name of agent or tool, which redaction leaves as it is."""
        name = str(self._trace.observation({"type": kind, "name": as_text(value).strip()})["name"])
        self._counted(day)
        return name[:NAME_LENGTH] or default

    def _counted(self, day: _Day) -> None:
        if self._trace.counts:
            day.redactions.update(self._trace.counts)
            self._trace.counts.clear()


def as_text(value: Any) -> str:
    """A column's value as text; '' for nothing."""
    if value is None:
        return ""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def read_success(value: Any) -> tuple[bool | None, bool]:
    """(whether the call succeeded or None, whether that was understood)."""
    if value is None:
        return None, True
    word = as_text(value).strip().lower()
    word = word.removesuffix(".0")
    if word == "":
        return None, True
    return (word in _YES, True) if word in _YES | _NO else (None, False)


def _number(value: Any) -> float | None:
    try:
        number = float(value) if not isinstance(value, bytes) else None
    except (TypeError, ValueError, OverflowError):
        return None
    return number if number is not None and number == number else None


def _count(value: Any) -> int | None:
    number = _number(value)
    return int(number) if number is not None and 0 <= number < 2**31 else None
