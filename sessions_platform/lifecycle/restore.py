"""A backup into an empty box: the analytics file, then date by date the pack, tags, memories and the ledger.

What the index holds already as the backup says is left alone, so a restore that was killed goes on where it ended. What
was loaded after the backup waits in its ledger for the next load.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from sessions_platform.errors import ConfigurationError, PlatformError, StoreError
from sessions_platform.indexing import CommitOptions, CommitReport, commit_date
from sessions_platform.indexing.lease import lease
from sessions_platform.indexing.ledger import Entry, Ledger, read_ledger
from sessions_platform.indexing.payload import date_uri
from sessions_platform.lifecycle import analytics_copy
from sessions_platform.lifecycle.books import settle
from sessions_platform.lifecycle.files import fetched
from sessions_platform.lifecycle.manifest import BackupManifest, SavedDate, chosen_backup, read_saved_ledger
from sessions_platform.lifecycle.returning import Returned, in_space, missing, return_date
from sessions_platform.lifecycle.server import Index
from sessions_platform.resources.leftovers import own_folder
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.resources.openviking import OpenVikingDown, OpenVikingError
from sessions_platform.resources.platform import ProgressSink, WarehouseResource
from sessions_platform.sessions.layout import lease_key
from sessions_platform.settings import Settings

STEP = "restore"
_LATER = "it is not in the index: a restore did not reach it, or it was loaded after the backup"


@dataclass
class DateReport:
    """What became of a date. `how`: `unchanged` (all there already), `pack`, `staged` (loaded anew), `lost`."""

    date: str
    how: str = "unchanged"
    sessions: int = 0
    verified: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    waiting: int = 0
    """Sessions that the next load brings back: loaded after the backup, or not reached."""
    not_committed: int = 0
    """Sessions whose messages were not committed again, as their staged files are gone."""
    memories_lost: int = 0
    """Memories that OpenViking's model had made, and that no commit made again."""
    reason: str = ""

    @classmethod
    def loaded(cls, done: CommitReport) -> Self:
        """A date that was loaded from its staged files."""
        verified = done.verified + done.unchanged
        return cls(done.date, "staged", done.sessions, verified, done.reasons, done.pending, reason=done.stopped)


@dataclass
class RestoreReport:
    """What a restore did. `ok`: everything that the backup names is in the index, verified."""

    stamp: str = ""
    analytics: str = ""
    dates: list[DateReport] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not any(one.how == "lost" or one.failed for one in self.dates)


async def restore(
    store: ObjectStore,
    settings: Settings,
    index: Index,
    *,
    stamp: str | None = None,
    force: bool = False,
    progress: ProgressSink = lambda step, date, done, total: None,
) -> RestoreReport:
    """Restore a backup, the newest by default. Raises ConfigurationError where the box is not empty (see `force`)."""
    manifest = chosen_backup(store, stamp)
    report = RestoreReport(manifest.stamp)
    if not force:
        await _refuse_strangers(index, store, settings, manifest)
    report.analytics = _put_analytics(store, settings, manifest, force, report)
    dates = sorted({*manifest.dates, *store.dates("commits")}, reverse=True)
    await _say_what_waits(index, store, dates)
    with own_folder(settings.scratch, "restore-") as scratch:
        for number, date in enumerate(dates):
            progress(STEP, date, number, len(dates))
            if one := await _restore_date(index, store, settings, scratch, date, manifest.dates.get(date)):
                report.dates.append(one)
    progress(STEP, "analytics", len(dates), len(dates))
    publish(store, settings, dates, report.notes)
    return report


async def _say_what_waits(index: Index, store: ObjectStore, dates: list[str]) -> None:
    """Make the ledgers true for this box before anything is imported: a restore that is killed leaves the truth."""
    for date in dates:
        async with lease(store, lease_key(date)):
            await settle(index, store, date, _LATER)


async def _refuse_strangers(index: Index, store: ObjectStore, settings: Settings, manifest: BackupManifest) -> None:
    """Raise ConfigurationError where the index holds sessions that the import would remove or take back."""
    for date, saved in manifest.dates.items():
        there = set(await index.client.names(date_uri(date)))
        if not there or saved.pack is None:
            continue
        ledger, now = read_saved_ledger(store, saved), read_ledger(store, date)
        wanted = ledger.verified()
        if _standing(now, wanted, settings) is not None and there >= {entry.name for entry in wanted.values()}:
            continue
        own = {entry.name for entry in ledger.sessions.values()}
        newer = {
            entry.name
            for one, entry in now.verified().items()
            if one in ledger.sessions and _differs(entry, ledger.sessions[one])
        }
        if strangers := sorted((there - own) | (there & newer)):
            raise ConfigurationError(
                f"OPENVIKING_URL={index.client.url} is not empty: {date} holds {len(strangers)} sessions that are not "
                f"those of the backup {manifest.stamp} ({strangers[0]}); --force replaces them"
            )


def _differs(now: Entry, saved: Entry) -> bool:
    return (now.content_hash, now.transcript_parts) != (saved.content_hash, saved.transcript_parts)


def _put_analytics(
    store: ObjectStore, settings: Settings, manifest: BackupManifest, force: bool, report: RestoreReport
) -> str:
    if manifest.analytics is None:
        return "none in the backup"
    try:
        if analytics_copy.put_back(store, manifest.analytics, settings.database, force=force):
            return "restored"
    except StoreError as error:
        report.notes.append(str(error))
        return "not restored"
    return "kept: the file stands there already"


async def _restore_date(
    index: Index, store: ObjectStore, settings: Settings, scratch: Path, date: str, saved: SavedDate | None
) -> DateReport | None:
    """One date; None where nothing is known of it in either ledger."""
    if saved is None or saved.pack is None:
        async with lease(store, lease_key(date)):
            ledger = await settle(index, store, date, _LATER)
        if not ledger.sessions:
            return None
        return DateReport(
            date, sessions=len(ledger.sessions), verified=ledger.count("verified"), waiting=ledger.count("pending")
        )
    try:
        return await date_from_pack(index, store, settings, scratch, date, saved)
    except OpenVikingDown:
        raise
    except (StoreError, OpenVikingError) as error:
        return await _date_anew(index, store, settings, date, str(error))


async def date_from_pack(
    index: Index,
    store: ObjectStore,
    settings: Settings,
    scratch: Path,
    date: str,
    saved: SavedDate,
    *,
    anew: bool = False,
) -> DateReport:
    """A date as a backup holds it; left alone where the index holds just that, unless `anew`.

    Raises StoreError or OpenVikingError where the backup's objects are damaged or refused.
    """
    ledger = read_saved_ledger(store, saved)
    wanted = {one: in_space(entry, index.space) for one, entry in ledger.verified().items()}
    report = DateReport(date, sessions=len(wanted))
    async with lease(store, lease_key(date)):
        standing = _standing(read_ledger(store, date), wanted, settings)
        if standing is not None and not anew and not await missing(index, date, standing):
            report.verified, wanted = len(wanted), standing
        else:
            returned = await _import(index, store, settings, scratch, saved, ledger, wanted)
            report.how, report.failed = "pack", returned.failures
            report.verified = len(wanted) - len(returned.failures)
            report.not_committed, report.memories_lost = len(returned.not_committed), returned.memories_lost
        report.waiting = (await settle(index, store, date, _LATER, wanted)).count("pending")
    return report


def _standing(now: Ledger, wanted: dict[str, Entry], settings: Settings) -> dict[str, Entry] | None:
    """The lines of this box, where they say that it holds just what the backup does."""
    lines = {one: now.sessions[one] for one in wanted if one in now.sessions}
    same = len(lines) == len(wanted) and all(
        line.status == "verified" and line.index == settings.index_name and not _differs(line, wanted[one])
        for one, line in lines.items()
    )
    return lines if same else None


async def _import(
    index: Index,
    store: ObjectStore,
    settings: Settings,
    scratch: Path,
    saved: SavedDate,
    ledger: Ledger,
    wanted: dict[str, Entry],
) -> Returned:
    assert saved.pack is not None  # noqa: S101 - dates without one do not come here
    path = scratch / f"{ledger.date}.ovpack"
    try:
        fetched(store, saved.pack, path)
        return await return_date(index, store, settings, path, ledger, wanted)
    finally:
        path.unlink(missing_ok=True)


async def _date_anew(index: Index, store: ObjectStore, settings: Settings, date: str, reason: str) -> DateReport:
    """A date whose pack is of no use: loaded from its staged files, else named as lost."""
    async with lease(store, lease_key(date)):
        ledger = await settle(index, store, date, reason)
    try:
        done = await commit_date(
            index.client,
            store,
            date,
            concurrency=settings.sessions_model_concurrency,
            options=CommitOptions.of(settings, settings.sessions_index_token_budget),
        )
    except StoreError as error:
        verified, waiting = ledger.count("verified"), ledger.count("pending")
        lost = f"{reason}; {error}"
        return DateReport(date, "lost", len(ledger.sessions), verified, waiting=waiting, reason=lost)
    report = DateReport.loaded(done)
    report.reason = "; ".join(filter(None, (reason, done.stopped)))
    return report


def publish(store: ObjectStore, settings: Settings, dates: list[str], notes: list[str]) -> None:
    """What ledgers say now into the analytics file; dates whose tables the store does not hold stay as they are."""
    held = set(store.dates("tables/data_health"))
    if not held:
        return
    try:
        WarehouseResource(settings).publisher(store).publish(sorted(set(dates) & held))
    except PlatformError as error:
        notes.append(f"the analytics file does not say what the index holds now: {error}")
