"""Transcripts of old dates out of the index: overwritten with one line, as their hidden files are not embedded.

Deleting a file would make the server summarise its directory again; overwriting asks no model. L0, L1, digest, tags and
memories stay.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sessions_platform.indexing.lease import lease
from sessions_platform.indexing.ledger import Entry, read_ledger, write_ledger
from sessions_platform.indexing.payload import date_uri, transcript_uris
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.resources.openviking import FileWrite, OpenVikingClient
from sessions_platform.sessions.layout import lease_key
from sessions_platform.settings import Settings

_BATCH = 60
"""Files written at once."""


async def expire_transcripts(
    client: OpenVikingClient, store: ObjectStore, settings: Settings, now: datetime
) -> dict[str, int]:
    """Remove transcripts of dates older than SESSIONS_INDEX_DAYS; sessions by date. No request where none is due.

    Raises OpenVikingError, StoreError.
    """
    days = settings.sessions_index_days
    if not days:
        return {}
    oldest = (now.date() - timedelta(days=days)).isoformat()
    expired = {}
    for date in store.dates("commits"):
        if date < oldest and _due(read_ledger(store, date).sessions):
            async with lease(store, lease_key(date)):
                expired[date] = await _expire(client, store, date, days)
    return expired


def _due(sessions: Mapping[str, Entry]) -> list[Entry]:
    """Lines of sessions whose transcript stands in the index."""
    return [
        entry
        for entry in sessions.values()
        if entry.transcript_parts and (entry.status == "verified" or entry.loaded_before)
    ]


async def _expire(client: OpenVikingClient, store: ObjectStore, date: str, days: int) -> int:
    ledger = read_ledger(store, date)
    due = _due(ledger.sessions)
    line = f"removed from the index after {days} days (SESSIONS_INDEX_DAYS)"
    text = f"{line}; the staged file of {date} has it while that is kept\n"
    files = [FileWrite(uri, text) for entry in due for uri in transcript_uris(entry.uri, entry.transcript_parts)]
    for at in range(0, len(files), _BATCH):
        await client.batch_write(date_uri(date), files[at : at + _BATCH], deferred=True)
    for entry in due:
        entry.transcript_parts = 0
    write_ledger(store, ledger)
    return len(due)
