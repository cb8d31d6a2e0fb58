"""A backup into the store: a pack and the ledger of each date, the analytics file, and last the manifest.

Incremental: a pack is exported only where none of its name is stored, and its name follows from what the ledger says
it holds. A kill leaves no manifest; the next run uses the packs that were stored, and clears the rest.
"""

import hashlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import msgspec

from sessions_platform.errors import ConfigurationError
from sessions_platform.indexing.lease import lease
from sessions_platform.indexing.ledger import Entry, Ledger, read_ledger
from sessions_platform.indexing.payload import date_uri, digest_uri, joined_sha256, transcript_uris
from sessions_platform.lifecycle import analytics_copy
from sessions_platform.lifecycle.files import copied, stored
from sessions_platform.lifecycle.manifest import (
    SCHEMA,
    STAMP_FORMAT,
    BackupManifest,
    Blob,
    SavedDate,
    stamps,
    whole_backups,
)
from sessions_platform.lifecycle.retention import remove_old_backups
from sessions_platform.lifecycle.server import Index
from sessions_platform.resources.leftovers import own_folder
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.resources.openviking_packs import Pack
from sessions_platform.resources.platform import ProgressSink
from sessions_platform.sessions import layout
from sessions_platform.settings import Settings

STEP = "backup"


@dataclass
class BackupReport:
    """What a backup did. `changed` False: the newest backup, `stamp`, holds all of it already."""

    stamp: str = ""
    changed: bool = False
    dates: int = 0
    sessions: int = 0
    packs_exported: int = 0
    bytes_exported: int = 0
    analytics_bytes: int | None = None
    not_saved: dict[str, list[str]] = field(default_factory=dict)
    """Sessions that the ledger calls verified and the index does not hold as it says, by date."""
    removed_backups: list[str] = field(default_factory=list)
    removed_objects: int = 0
    notes: list[str] = field(default_factory=list)


async def make_backup(
    store: ObjectStore,
    settings: Settings,
    index: Index | None,
    *,
    progress: ProgressSink = lambda step, date, done, total: None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> BackupReport:
    """Back up, then remove old backups. `index` None: no server is configured, which is right without sessions alone.

    Raises ConfigurationError, StoreError, OpenVikingError.
    """
    async with lease(store, layout.backup_lease_key()):
        store.sweep(layout.BACKUPS)
        with own_folder(settings.scratch, "backup-") as scratch:
            return await _Backup(store, settings, index, scratch, progress).run(now())


class _Backup:
    def __init__(
        self, store: ObjectStore, settings: Settings, index: Index | None, scratch: Path, progress: ProgressSink
    ) -> None:
        self._store = store
        self._settings = settings
        self._index = index
        self._scratch = scratch
        self._progress = progress
        self._newest = next(whole_backups(store), None)
        self.report = BackupReport()

    async def run(self, now: datetime) -> BackupReport:
        stamp = self._free_stamp(now)
        with ExitStack() as stack:
            # Opened once: a publication replaces the file's name, and this one stays what it is.
            stream, analytics = self._analytics(stack, stamp)
            dates = await self._save_dates()
            version = self._index.version if self._index else ""
            made = BackupManifest(SCHEMA, stamp, self._settings.index_name, version, dates, analytics)
            if self._newest is not None and self._newest.holds() == made.holds():
                self.report.stamp = self._newest.stamp
            else:
                self._progress(STEP, "analytics", len(dates), len(dates))
                if stream is not None and analytics is not None:
                    analytics_copy.save(self._store, stream, analytics)
                self._store.put(layout.backup_manifest_key(stamp), msgspec.json.format(msgspec.json.encode(made)))
                self.report.stamp, self.report.changed = stamp, True
        self.report.analytics_bytes = analytics.bytes if analytics else None
        self._clear(now)
        return self.report

    def _free_stamp(self, now: datetime) -> str:
        taken = set(stamps(self._store))
        while (stamp := now.astimezone(UTC).strftime(STAMP_FORMAT)) in taken:
            now += timedelta(seconds=1)
        return stamp

    def _analytics(self, stack: ExitStack, stamp: str) -> tuple[IO[bytes] | None, Blob | None]:
        database = self._settings.database
        try:
            stream = stack.enter_context(database.open("rb"))
        except FileNotFoundError:
            self.report.notes.append(f"{database} does not exist: the backup holds no analytics file")
            return None, None
        return stream, analytics_copy.measured(stream, layout.backup_analytics_key(stamp))

    async def _save_dates(self) -> dict[str, SavedDate]:
        dates = sorted(self._store.dates("commits"), reverse=True)
        saved = {}
        for number, date in enumerate(dates):
            self._progress(STEP, date, number, len(dates))
            if one := await self._save_date(date):
                saved[date] = one
                self.report.dates += 1
                self.report.sessions += one.sessions
        return saved

    async def _save_date(self, date: str) -> SavedDate | None:
        ledger = read_ledger(self._store, date)
        if not ledger.sessions:
            return None
        verified = ledger.verified()
        if not verified:
            return self._saved(ledger, None)
        if pack := self._stored_pack(layout.pack_key(date, _name(verified))):
            return self._saved(ledger, pack)
        if self._index is None:
            raise ConfigurationError(
                f"OPENVIKING_URL is not set, but {date} has {len(verified)} sessions in an index: set it, to save them"
            )
        async with lease(self._store, layout.lease_key(date)):
            return await self._export(self._index, read_ledger(self._store, date))

    async def _export(self, index: Index, ledger: Ledger) -> SavedDate:
        path = self._scratch / f"{ledger.date}.ovpack"
        there = await index.packs.export(date_uri(ledger.date), path)
        lost = _lost(path, ledger) if there else sorted(ledger.verified())
        if lost:
            self.report.not_saved[ledger.date] = lost
            for one in lost:
                entry = ledger.sessions[one]
                entry.status, entry.reason = "pending", "it was not in the index as its ledger said at the last backup"
        verified = ledger.verified()
        pack = None
        if verified:
            key = layout.pack_key(ledger.date, _name(verified))
            pack = self._stored_pack(key)
            if pack is None:
                pack = stored(self._store, key, path)
                self.report.packs_exported += 1
                self.report.bytes_exported += pack.bytes
        path.unlink(missing_ok=True)
        return self._saved(ledger, pack)

    def _saved(self, ledger: Ledger, pack: Blob | None) -> SavedDate:
        data = msgspec.json.encode(ledger)
        sha256 = hashlib.sha256(data).hexdigest()
        key = layout.saved_ledger_key(ledger.date, sha256[:16])
        self._store.put_if_changed(key, data)
        return SavedDate(Blob(key, sha256, len(data)), pack, len(ledger.verified()))

    def _stored_pack(self, key: str) -> Blob | None:
        """A pack that an earlier run stored, if it still has the size it had."""
        info = self._store.head(key)
        if info is None:
            return None
        known = [one.pack for one in self._newest.dates.values()] if self._newest else []
        for pack in known:
            if pack is not None and pack.key == key:
                return pack if pack.bytes == info.size else None
        with self._store.reader(key) as source:
            return Blob(key, *copied(source))

    def _clear(self, now: datetime) -> None:
        removed = remove_old_backups(self._store, self._settings.sessions_backup_days, now)
        self.report.removed_backups, self.report.removed_objects = removed.backups, removed.objects
        self.report.notes += removed.notes


def _name(verified: dict[str, Entry]) -> str:
    """Name of the pack that holds these sessions, as they are."""
    held = sorted((entry.uri, entry.content_hash, entry.transcript_parts) for entry in verified.values())
    return hashlib.sha256(msgspec.json.encode(held)).hexdigest()[:16]


def _lost(path: Path, ledger: Ledger) -> list[str]:
    """Verified sessions whose digest and transcript the pack does not hold as the ledger says."""
    with Pack(path) as pack:

        def held(uri: str) -> bytes:
            return pack.file(ledger.date, uri.removeprefix(f"{date_uri(ledger.date)}/")) or b""

        return [
            one
            for one, entry in sorted(ledger.verified().items())
            if hashlib.sha256(held(digest_uri(entry.uri))).hexdigest() != entry.digest_sha256
            or (entry.transcript_parts and _transcript(entry, held) != entry.transcript_sha256)
        ]


def _transcript(entry: Entry, held: Callable[[str], bytes]) -> str:
    return joined_sha256([held(uri) for uri in transcript_uris(entry.uri, entry.transcript_parts)])
