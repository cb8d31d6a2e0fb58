"""A whole import: read, redact, keep, stage, load, publish. What was decided stands in the package's docstring.

The later steps are the functions that the assets call, so an imported date is made as any other.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sessions_platform.audit_import.audit_file import open_audit_file
from sessions_platform.audit_import.gather import Gathered, Refused, gather
from sessions_platform.audit_import.keep import Keeper, dates_of
from sessions_platform.errors import CheckFailed, ConfigurationError, StoreError
from sessions_platform.health import write_health
from sessions_platform.loading import load_date
from sessions_platform.resources.leftovers import own_folder
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.resources.platform import (
    RedactionResource,
    StoreResource,
    WarehouseResource,
    WorkspaceResource,
)
from sessions_platform.sessions.layout import table_key
from sessions_platform.sessions.redact import Redactor
from sessions_platform.sessions.segments import Taxonomy
from sessions_platform.sessions.table_schemas import DAY_MARTS
from sessions_platform.settings import Settings, last_complete_date
from sessions_platform.staging import StageReport, read_manifest, stage_date
from sessions_platform.staging.imported import import_note
from sessions_platform.staging.raw_reader import raw_manifest

Progress = Callable[[str, int, int], None]
"""Called with the step, and how many of how many (sessions or dates) are done."""


@dataclass(slots=True)
class ImportReport:
    """What an import did. `unchanged`: the store held all of it already. Sessions are counted over all dates.

    `refused`: rows that were not taken, by reason; `failed`: dates that could not be made, with the reason.
    """

    source: str
    unchanged: bool = False
    sessions: int = 0
    messages: int = 0
    tool_calls: int = 0
    first_date: str | None = None
    last_date: str | None = None
    dates: int = 0
    new_sessions: int = 0
    updated_sessions: int = 0
    refused: dict[str, Refused] = field(default_factory=dict)
    waiting_rows: int = 0
    redactions: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    published: list[str] = field(default_factory=list)
    data_version: str = ""

    @property
    def ok(self) -> bool:
        """Whether every date was made."""
        return not self.failed


def import_audit_file(
    path: Path, settings: Settings, *, now: datetime, progress: Progress | None = None
) -> ImportReport:
    """Import a classic audit database.

    Raises UnreadableFile before anything is written, ConfigurationError for another key, StoreError.
    """
    tell = progress or (lambda step, done, total: None)
    with open_audit_file(path) as audit:
        store = StoreResource(settings).open()
        redactor = RedactionResource(settings).redactor()
        _check_key(store, redactor)
        source = redactor.trace().text(path.name)
        report = ImportReport(source)
        try:
            with own_folder(settings.scratch, "import-") as folder:
                newest = last_complete_date(now)
                found = gather(audit, redactor, folder, newest, lambda done, total: tell("reading", done, total))
                audit.check_unchanged()
                keeper = Keeper(store, folder, source, redactor.fingerprint, found.ids)
                days = sorted({*found.dates, *dates_of(store, found.ids)})
                ready = _keep(keeper, days, tell)
        except OSError as error:
            raise StoreError(f"SESSIONS_HOME: {settings.scratch}: {error.strerror or error}") from error
    _describe(report, found, keeper, audit.found.doubled, newest)
    _make(ready, store, settings, report, tell)
    return report


def _check_key(store: ObjectStore, redactor: Redactor) -> None:
    """The newest manifests must be of this pseudonym key."""
    for stage, read in (("raw", _raw_key), ("staged", _staged_key)):
        for day in reversed(store.dates(stage)):
            stored = read(store, day)
            if stored and stored != redactor.fingerprint:
                raise ConfigurationError(
                    f"SESSIONS_REDACTION_KEY has changed (its fingerprint is {redactor.fingerprint}, {store.url} was"
                    f" made with {stored}): pseudonyms would no longer match. Set the former key, or use another store"
                )
            if stored:
                break


def _raw_key(store: ObjectStore, day: str) -> str:
    manifest, note = raw_manifest(store, day), import_note(store, day)
    if manifest is not None:
        return str(manifest[0].get("key_fingerprint") or "")
    return note[0].key_fingerprint if note else ""


def _staged_key(store: ObjectStore, day: str) -> str:
    return str((read_manifest(store, day) or {}).get("key_fingerprint") or "")


def _keep(keeper: Keeper, days: list[str], tell: Progress) -> list[str]:
    """Put the sessions among the dates' raw objects; the dates that can be staged."""
    ready = []
    for done, day in enumerate(days, 1):
        if keeper.keep(day):
            ready.append(day)
        tell("keeping", done, len(days))
    return ready


def _describe(report: ImportReport, found: Gathered, keeper: Keeper, doubled: int, newest: date) -> None:
    kept = keeper.kept
    report.sessions, report.messages, report.tool_calls = found.sessions, found.messages, found.tool_calls
    report.dates = len(found.dates)
    report.first_date, report.last_date = min(found.dates, default=None), max(found.dates, default=None)
    report.new_sessions, report.updated_sessions = len(kept.new - kept.updated), len(kept.updated)
    report.refused, report.waiting_rows = found.refused, found.waiting
    report.redactions = dict(sorted(found.redactions.items()))
    report.failed = dict(kept.refused)
    report.unchanged = not kept.changed and not kept.refused
    if found.waiting:
        report.warnings.append(
            f"{found.waiting} rows lie after {newest}, the newest date that is over in UTC; import the file again later"
        )
    if found.without_session_row:
        report.warnings.append(f"{found.without_session_row} sessions have rows, but stand not in table sessions")
    if doubled:
        report.warnings.append(f"{doubled} rows of table sessions repeat an id; the last one of each counts")
    if kept.taken_over:
        one, former = min(kept.taken_over.items())
        report.warnings.append(
            f"{len(kept.taken_over)} sessions were imported from another file before, as {one} from {former}: replaced"
        )


def _make(days: list[str], store: ObjectStore, settings: Settings, report: ImportReport, tell: Progress) -> None:
    """Stage, load and publish the dates; one that fails stops no other."""
    made, superseded = [], 0
    for done, day in enumerate(days, 1):
        try:
            staged = _make_date(store, day, settings)
        except (StoreError, CheckFailed) as error:
            report.failed[day] = str(error)
        else:
            made.append(day)
            superseded += len(staged.superseded)
            _note_errors(report, staged)
        tell("tables", done, len(days))
    if superseded:
        report.warnings.append(f"{superseded} imported sessions were left out: Langfuse has them on the same date")
    tell("publishing", 0, 1)
    published = WarehouseResource(settings).publisher(store).publish(made)
    report.published, report.data_version = published.published, published.data_version
    report.failed |= published.skipped
    report.unchanged = report.unchanged and not published.wrote
    tell("publishing", 1, 1)


def _make_date(store: ObjectStore, day: str, settings: Settings) -> StageReport:
    """What the assets staged_sessions, session_tables, the marts and data_health do."""
    text, name = WorkspaceResource(settings).taxonomy_text()
    taxonomy_hash = hashlib.sha256(text.encode()).hexdigest()
    staged = stage_date(store, day, Taxonomy.parse(text, name), taxonomy_hash=taxonomy_hash, scratch=settings.scratch)
    loaded = load_date(store, day)
    if not loaded.unchanged or any(store.head(table_key(mart, day)) is None for mart in DAY_MARTS):
        WarehouseResource(settings).day_marts(store, day)
    write_health(store, day)
    return staged


def _note_errors(report: ImportReport, staged: StageReport) -> None:
    if staged.errors:
        report.warnings.append(f"{staged.date}: {len(staged.errors)} sessions could not be read; see its manifest")
