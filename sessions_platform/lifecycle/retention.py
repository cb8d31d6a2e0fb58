"""Old backups removed: those past SESSIONS_BACKUP_DAYS, what killed runs left, then packs that no backup names.

The newest backup stays whatever its age. Runs under the lease of `backup`.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sessions_platform.errors import StoreError
from sessions_platform.lifecycle.manifest import STAMP_FORMAT, BackupManifest, read_backup, stamps
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.sessions.layout import PACKS, SAVED_LEDGERS, backup_manifest_key, backup_prefix


@dataclass
class Removed:
    """What was removed: backups by name, and how many shared objects. `notes`: what could not be judged."""

    backups: list[str] = field(default_factory=list)
    objects: int = 0
    notes: list[str] = field(default_factory=list)


def remove_old_backups(store: ObjectStore, days: int, now: datetime) -> Removed:
    """Remove what is older than so many days, and what nothing names any more."""
    removed = Removed()
    kept: list[BackupManifest] = []
    oldest = now - timedelta(days=days)
    for stamp in stamps(store):
        try:
            found = read_backup(store, stamp)
        except StoreError as damaged:
            removed.notes.append(str(damaged))
            continue
        if found is not None and (not kept or _made(stamp) >= oldest):
            kept.append(found)
            continue
        _remove(store, stamp)
        if found is not None:
            removed.backups.append(stamp)
    if not removed.notes:
        removed.objects = _remove_unnamed(store, kept)
    return removed


def _made(stamp: str) -> datetime:
    return datetime.strptime(stamp, STAMP_FORMAT).replace(tzinfo=UTC)


def _remove(store: ObjectStore, stamp: str) -> None:
    """The manifest first: what is left by a kill is a backup that was never whole."""
    store.delete([backup_manifest_key(stamp)])
    store.delete([info.key for info in store.objects(backup_prefix(stamp))])


def _remove_unnamed(store: ObjectStore, kept: list[BackupManifest]) -> int:
    saved = [one for manifest in kept for one in manifest.dates.values()]
    named = {one.ledger.key for one in saved} | {one.pack.key for one in saved if one.pack}
    unnamed = [info.key for prefix in (PACKS, SAVED_LEDGERS) for info in store.objects(prefix) if info.key not in named]
    store.delete(unnamed)
    return len(unnamed)
