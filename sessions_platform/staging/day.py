"""One date from raw to staged: assemble every session, check the day, then put objects in place, manifest last.

New objects wait in a local folder until the day's checks have passed; a failed check leaves the previous version. A
killed run leaves the old manifest, and the next run finishes the same bytes. Imported sessions (`imported`) are a
second source of the same date; a session that Langfuse has on that date is Langfuse's. Source: CONTRACT section 4.
"""

import hashlib
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import zstandard

from sessions_platform.errors import CheckFailed, PlatformError, StoreError
from sessions_platform.resources.leftovers import own_folder
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.sessions.assemble import assemble, newest, normalise
from sessions_platform.sessions.imported import stage_import
from sessions_platform.sessions.layout import staged_manifest_key, staged_prefix, staged_session_key
from sessions_platform.sessions.model import SCHEMA_VERSION, Observation, Score, StagedSession
from sessions_platform.sessions.redact import leaks
from sessions_platform.sessions.scores import read_score
from sessions_platform.sessions.segments import Taxonomy
from sessions_platform.staging.imported import OF_IMPORTS, ImportNote, figures, import_lines, import_note, read_slice
from sessions_platform.staging.raw_reader import observation_lines, raw_manifest, score_lines
from sessions_platform.staging.shuffle import Buckets, SessionOfTrace, head_of, row_hash, time_on
from sessions_platform.staging.staged_reader import read_manifest

TRANSFORM_VERSION = 2
"""Raised with any change of what staged files hold, so that days are staged again."""
LATE_SCORES = "late_scores"
_PUTS_AT_ONCE = 8
_rows = msgspec.json.Decoder(Observation)
_encoder = msgspec.json.Encoder()


@dataclass
class StageReport:
    """What staging a date did. `unchanged`: the inputs were staged before, nothing was read or written."""

    date: str
    unchanged: bool = False
    sessions: int = 0
    messages: int = 0
    tool_calls: int = 0
    rows: int = 0
    written: int = 0
    removed: int = 0
    bytes_written: int = 0
    errors: list[dict[str, str]] = field(default_factory=list)
    shapes: dict[str, int] = field(default_factory=dict)
    without_id: int = 0
    late_sessions: int = 0
    imported: int = 0
    """Sessions of imported databases, among `sessions`."""
    superseded: list[str] = field(default_factory=list)
    """Imported sessions that were not taken, because Langfuse has them on this date."""

    @property
    def unknown_shapes(self) -> int:
        """Inputs and outputs of no known shape, kept as text."""
        return self.shapes.get("unknown", 0)


def red_limit(sessions: int) -> int:
    """How many sessions of a day may fail before the day is red."""
    return max(5, sessions // 100)


def stage_date(
    store: ObjectStore,
    date: str,
    taxonomy: Taxonomy,
    *,
    taxonomy_hash: str,
    scratch: Path,
    force: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> StageReport:
    """Stage a date from its raw rows. `scratch` is a folder for passing files; `progress` gets (done, all) sessions.

    Raises StoreError where the date has no whole raw rows, CheckFailed where a blocking check fails (nothing changed).
    """
    found = raw_manifest(store, date)
    imports, import_bytes = import_note(store, date) or (None, b"")
    raw, raw_bytes = found if found is not None and found[0].get("complete") else (None, b"")
    if raw is None and imports is None:
        raise StoreError(f"raw/date={date}/manifest.json is missing: extract {date} first (raw_sessions)")
    versions = f"{TRANSFORM_VERSION}|{taxonomy_hash}".encode()
    inputs = hashlib.sha256(raw_bytes + versions + import_bytes).hexdigest()
    # Where the raw rows are not here, the previous manifest is all there is of them: then it must be whole.
    previous = _previous(store, date, force and raw is not None)
    if previous and previous.get("inputs") == inputs and not force and _all_there(store, date, previous):
        return _unchanged(date, previous)
    try:
        with own_folder(scratch, f"stage-{date}-") as folder:
            return _Day(store, date, raw, imports, previous, inputs, taxonomy, folder, progress, force).run()
    except OSError as error:
        raise StoreError(f"SESSIONS_HOME: {scratch}: {error.strerror or error}") from error


def _previous(store: ObjectStore, date: str, force: bool) -> dict[str, Any] | None:
    """The manifest that stands; with `force`, a damaged one counts as none, so that it is made again."""
    try:
        return read_manifest(store, date)
    except StoreError:
        if force:
            return None
        raise


def _all_there(store: ObjectStore, date: str, manifest: dict[str, Any]) -> bool:
    """Whether every object that the manifest names lies there in its size; contents are checked where they are read."""
    sizes = {info.key: info.size for info in store.objects(staged_prefix(date))}
    return all(sizes.get(entry["key"]) == entry["bytes"] for entry in manifest["sessions"].values())


def _unchanged(date: str, manifest: dict[str, Any]) -> StageReport:
    entries = manifest["sessions"].values()
    return StageReport(
        date,
        unchanged=True,
        sessions=len(entries),
        messages=sum(entry["messages"] for entry in entries),
        tool_calls=sum(entry["tool_calls"] for entry in entries),
        rows=manifest["source_rows"],
        errors=manifest["errors"],
        shapes=manifest.get("shapes", {}),
        without_id=manifest.get("sessions_without_id", 0),
        late_sessions=manifest.get("late_sessions", 0),
        imported=manifest.get(OF_IMPORTS, {}).get("sessions", 0),
        superseded=manifest.get(OF_IMPORTS, {}).get("superseded", []),
    )


class _Day:
    def __init__(
        self,
        store: ObjectStore,
        date: str,
        raw: dict[str, Any] | None,
        imports: ImportNote | None,
        previous: dict[str, Any] | None,
        inputs: str,
        taxonomy: Taxonomy,
        folder: Path,
        progress: Callable[[int, int], None] | None,
        force: bool,
    ) -> None:
        self.force = force
        self.store, self.date, self.previous, self.imports = store, date, previous, imports
        self.raw = raw if raw is not None else _source_of(previous, imports)
        self.extracted = raw is not None
        self.inputs, self.taxonomy, self.folder = inputs, taxonomy, folder
        self.progress = progress or (lambda done, total: None)
        self.report = StageReport(date)
        self.entries: dict[str, dict[str, Any]] = {}
        self.kept: frozenset[str] = frozenset()
        self._accounted = array("Q")
        self._shapes: Counter[str] = Counter()
        self._compressor = zstandard.ZstdCompressor(level=3)

    def run(self) -> StageReport:
        late = self._langfuse() if self.extracted else self._kept()
        self._imported()
        self._check_failures()
        self._promote(late)
        return self.report

    def _langfuse(self) -> list[Score]:
        """Sessions of the date's raw rows; the scores of sessions without a row on it."""
        traces = SessionOfTrace(self.date)
        for line in observation_lines(self.store, self.date):
            traces.take(line)
        scores, late = self._scores(traces)
        buckets = Buckets(self.folder, traces.bytes)
        buckets.deal(observation_lines(self.store, self.date), traces)
        total = len(traces.sessions())
        for done, (session_id, lines) in enumerate(buckets, 1):
            self._session(session_id, lines, scores.pop(session_id, []), traces)
            self.progress(done, total)
        self._check_rows(traces)
        return late

    def _kept(self) -> list[Score]:
        """What is staged of Langfuse stays as it is while the raw rows are not here: expired, or not fetched whole."""
        before = self.previous or {"sessions": {}, "errors": []}
        self.entries = {one: entry for one, entry in before["sessions"].items() if not entry.get(OF_IMPORTS)}
        self.kept = frozenset(self.entries)
        self.report.errors = [error for error in before["errors"] if not error.get(OF_IMPORTS)]
        self.report.rows = before.get("source_rows", 0)
        self.report.without_id = before.get("sessions_without_id", 0)
        self._shapes.update(before.get("shapes", {}))
        return list(late_scores(before))

    def _imported(self) -> None:
        """Sessions of imported databases."""
        for line in import_lines(self.store, self.imports) if self.imports else ():
            given = read_slice(line)
            if given.session_id in self.entries:
                self.report.superseded.append(given.session_id)
                continue
            try:
                staged = stage_import(given, self.taxonomy)
                plain = _encoder.encode(staged)
                self._check_session(given.session_id, plain)
            except PlatformError:
                raise
            except Exception as error:
                self._fail(given.session_id, [], error)
                self.report.errors[-1][OF_IMPORTS] = "true"
                continue
            self._write(given.session_id, staged, self._compressor.compress(plain))
            self.entries[given.session_id][OF_IMPORTS] = True
            self.report.imported += 1

    def _scores(self, traces: SessionOfTrace) -> tuple[dict[str, list[Score]], list[Score]]:
        """Scores by session, and those whose session has no row on this date."""
        by_session: dict[str, list[Score]] = {}
        late = []
        todays = traces.sessions()
        for line in score_lines(self.store, self.date):
            score = read_score(msgspec.json.decode(line))
            trace_known = score.trace_id and traces.known(score.trace_id)
            session_id = traces.session(score.trace_id)[0] if trace_known else score.session_id
            if session_id in todays:
                by_session.setdefault(session_id, []).append(score)
            else:
                late.append(score)
        return by_session, late

    def _session(self, session_id: str, lines: list[bytes], scores: list[Score], traces: SessionOfTrace) -> None:
        """Assemble one session into the scratch folder; one that cannot be goes to the errors, its raw rows stay."""
        try:
            rows = [normalise(row) for row in newest(_rows.decode(line) for line in lines)]
            basis = traces.session(rows[0].trace_id or rows[0].id)[1]
            staged = assemble(session_id, self.date, rows, scores, self.taxonomy, session_id_basis=basis)
            plain = _encoder.encode(staged)
            self._check_session(session_id, plain)
        except PlatformError:
            raise
        except Exception as error:
            # Whatever a tracer sends must not stop the day: the session is listed, its rows are kept and accounted for.
            self._fail(session_id, lines, error)
            return
        self._accounted.extend(
            row_hash(row.trace_id or row.id, row.id) for row in rows if row.start_time[:10] == self.date
        )
        self._write(session_id, staged, self._compressor.compress(plain))

    def _write(self, session_id: str, staged: StagedSession, data: bytes) -> None:
        key = staged_session_key(self.date, session_id)
        (self.folder / Path(key).name).write_bytes(data)
        parts = (part for message in staged.messages for part in message.parts)
        calls = sum(part.type == "tool" and part.tool_status != "requested" for part in parts)
        self.entries[session_id] = {
            "key": key,
            "sha256": hashlib.sha256(data).hexdigest(),
            "bytes": len(data),
            "messages": len(staged.messages),
            "tool_calls": calls,
            "rows": staged.session.row_count,
            "start_time": staged.session.start_time,
        }
        self._shapes.update(staged.session.shapes)
        self.report.without_id += staged.session.session_id_basis == "trace"

    def _fail(self, session_id: str, lines: list[bytes], error: Exception) -> None:
        # The message of an error can quote the data; its kind and place say enough.
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = f" in {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
        self.report.errors.append({"session_id": session_id, "error": f"{type(error).__name__}{place}"})
        for line in lines:
            row = head_of(line)
            if time_on(row.start_time, self.date)[:10] == self.date:
                self._accounted.append(row_hash(row.trace_id or row.id, row.id))

    def _check_session(self, session_id: str, plain: bytes) -> None:
        """Blocking: no personal datum or secret stands in a staged object."""
        found = leaks(plain)
        if found:
            raise CheckFailed(
                f"staged_sessions {self.date}: a session still holds {', '.join(sorted(set(found)))} after redaction "
                f"({staged_session_key(self.date, session_id)}); nothing was changed"
            )

    def _check_rows(self, traces: SessionOfTrace) -> None:
        """Blocking: every distinct row of the date is in a session or its errors."""
        rows = set(traces.keys)
        self.report.rows = len(rows)
        unknown = sum(key not in rows for key in self._accounted)
        rows.difference_update(self._accounted)
        if rows or unknown:
            raise CheckFailed(
                f"staged_sessions {self.date}: {len(rows)} rows of the raw slices are in no session "
                f"and {unknown} rows of sessions are in no slice; nothing was changed"
            )

    def _check_failures(self) -> None:
        """Blocking: few sessions failed."""
        failed, total = len(self.report.errors), len(self.entries) + len(self.report.errors)
        if failed > red_limit(total):
            kinds = Counter(error["error"] for error in self.report.errors).most_common(3)
            raise CheckFailed(
                f"staged_sessions {self.date}: {failed} of {total} sessions could not be read "
                f"({', '.join(f'{n} x {kind}' for kind, n in kinds)}); nothing was changed"
            )

    def _promote(self, late: list[Score]) -> None:
        """Put changed objects in place, remove what left the day, and write the manifest last."""
        before = dict((self.previous or {}).get("sessions", {}))
        made = ((one, entry) for one, entry in self.entries.items() if one not in self.kept)
        changed = [one for one, entry in made if self._differs(before.get(one), entry)]
        with ThreadPoolExecutor(_PUTS_AT_ONCE) as pool:
            written = sum(pool.map(self._put, changed))
        manifest = self._manifest(before, late)
        keep = {entry["key"] for entry in self.entries.values()} | {staged_manifest_key(self.date)}
        gone = [info.key for info in self.store.objects(staged_prefix(self.date)) if info.key not in keep]
        # The manifest goes first here: it must never name an object that is no longer there.
        self.store.put_if_changed(staged_manifest_key(self.date), manifest)
        self.store.delete(gone)
        self._fill_report(written, len(gone))

    def _differs(self, known: dict[str, Any] | None, entry: dict[str, Any]) -> bool:
        if self.force or known is None or known["sha256"] != entry["sha256"] or known["key"] != entry["key"]:
            return True
        info = self.store.head(entry["key"])
        return info is None or info.size != entry["bytes"]

    def _put(self, session_id: str) -> bool:
        key = self.entries[session_id]["key"]
        return self.store.put_if_changed(key, (self.folder / Path(key).name).read_bytes())

    def _manifest(self, before: dict[str, Any], late: list[Score]) -> bytes:
        langfuse = {one for one, entry in self.entries.items() if not entry.get(OF_IMPORTS)}
        # A date that had imports alone was not complete before.
        new = len(langfuse - set(before)) if (self.previous or {}).get("project_id") else 0
        imports = {OF_IMPORTS: figures(self.imports, self.report.superseded)} if self.imports else {}
        redactions = Counter(self.raw.get("redactions", {})) + Counter(self.imports.redactions if self.imports else {})
        self.report.late_sessions = (self.previous or {}).get("late_sessions", 0) + new
        self.report.shapes = dict(sorted(self._shapes.items()))
        return _encoder.encode(
            {
                "schema": SCHEMA_VERSION,
                "date": self.date,
                "inputs": self.inputs,
                "project_id": self.raw["project_id"],
                "key_fingerprint": self.raw["key_fingerprint"],
                "source_rows": self.report.rows,
                "fetched_rows": self.raw.get("fetched_rows", self.report.rows),
                "sessions": {one: self.entries[one] for one in sorted(self.entries)},
                "redactions": {name: redactions[name] for name in sorted(redactions)},
                "errors": sorted(self.report.errors, key=lambda error: error["session_id"]),
                "shapes": self.report.shapes,
                "sessions_without_id": self.report.without_id,
                "late_sessions": self.report.late_sessions,
                **imports,
                LATE_SCORES: sorted(late, key=lambda score: (score.timestamp, score.score_id)),
                "complete": True,
            }
        )

    def _fill_report(self, written: int, removed: int) -> None:
        entries = self.entries.values()
        self.report.sessions = len(entries)
        self.report.messages = sum(entry["messages"] for entry in entries)
        self.report.tool_calls = sum(entry["tool_calls"] for entry in entries)
        self.report.written, self.report.removed = written, removed
        self.report.bytes_written = sum(entry["bytes"] for entry in entries)


def _source_of(previous: dict[str, Any] | None, imports: ImportNote | None) -> dict[str, Any]:
    """What the manifest keeps of the raw manifest, where that is not here."""
    before = previous or {}
    redactions = Counter(before.get("redactions", {}))
    redactions.subtract(before.get(OF_IMPORTS, {}).get("redactions", {}))
    return {
        "project_id": before.get("project_id", ""),
        "key_fingerprint": imports.key_fingerprint if imports else before.get("key_fingerprint", ""),
        "fetched_rows": before.get("fetched_rows", 0),
        "redactions": dict(+redactions),
    }


def late_scores(manifest: dict[str, Any]) -> Iterator[Score]:
    """Scores that came on a date for sessions that have no row on it."""
    yield from msgspec.convert(manifest.get(LATE_SCORES, []), list[Score])
