"""What a backup is: a manifest that names a pack and a ledger for each date, and a copy of the analytics file.

Packs and ledgers are named by what they hold and shared between backups; the manifest is written last, so a backup
without one is none. Nothing is made or removed here.
"""

import re
from collections.abc import Iterator

import msgspec

from sessions_platform.errors import ConfigurationError, StoreError
from sessions_platform.indexing.ledger import Ledger
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.sessions.layout import BACKUPS, backup_manifest_key

SCHEMA = 1
STAMP_FORMAT = "%Y%m%dT%H%M%SZ"
_STAMP = re.compile(r"\d{8}T\d{6}Z")


class Blob(msgspec.Struct, frozen=True):
    """A stored object: hash and size of its content, uncompressed."""

    key: str
    sha256: str
    bytes: int


class SavedDate(msgspec.Struct, frozen=True):
    """A date: its ledger, and the pack of its directory where the index held sessions of it."""

    ledger: Blob
    pack: Blob | None
    sessions: int
    """Verified sessions, which are in the pack."""


class BackupManifest(msgspec.Struct, frozen=True):
    """A backup. `index` and `server_version` say where its packs come from."""

    schema: int
    stamp: str
    index: str
    server_version: str
    dates: dict[str, SavedDate]
    analytics: Blob | None

    def holds(self) -> object:
        """All but its name: equal for two backups of the same."""
        analytics = self.analytics and (self.analytics.sha256, self.analytics.bytes)
        return self.index, self.server_version, self.dates, analytics


def stamps(store: ObjectStore) -> list[str]:
    """Names of all folders of backups, whole or not, newest first."""
    return sorted((name for name in store.folders(BACKUPS) if _STAMP.fullmatch(name)), reverse=True)


def read_backup(store: ObjectStore, stamp: str) -> BackupManifest | None:
    """A backup, or None where it is not whole. Raises StoreError for a damaged manifest."""
    key = backup_manifest_key(stamp)
    try:
        return msgspec.json.decode(store.get(key), type=BackupManifest)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise StoreError(f"{key}: damaged ({error}); remove it to be rid of this backup") from None


def whole_backups(store: ObjectStore) -> Iterator[BackupManifest]:
    """Backups that can be restored, newest first."""
    for stamp in stamps(store):
        if found := read_backup(store, stamp):
            yield found


def chosen_backup(store: ObjectStore, stamp: str | None) -> BackupManifest:
    """The named backup, else the newest. Raises ConfigurationError where there is none."""
    if stamp is None:
        found = next(whole_backups(store), None)
        if found is None:
            raise ConfigurationError(f"SESSIONS_STORE_URL={store.url} holds no backup: make one with `backup`")
        return found
    named = read_backup(store, stamp) if _STAMP.fullmatch(stamp) else None
    if named is None:
        known = [one.stamp for one in whole_backups(store)]
        there = f"there are {', '.join(known[:5])}" if known else "there are none"
        raise ConfigurationError(f"--stamp {stamp}: {store.url} holds no such backup; {there}")
    return named


def read_saved_ledger(store: ObjectStore, saved: SavedDate) -> Ledger:
    """The ledger of a date as the backup found it. Raises StoreError where it is missing or damaged."""
    key = saved.ledger.key
    try:
        return msgspec.json.decode(store.get(key), type=Ledger)
    except FileNotFoundError:
        raise StoreError(f"{key}: missing though a backup names it") from None
    except msgspec.DecodeError as error:
        raise StoreError(f"{key}: damaged ({error})") from None
