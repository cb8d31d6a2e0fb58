"""Ledgers made true for the index at hand: lines of sessions that it does not hold wait to be loaded again."""

from collections.abc import Mapping

from sessions_platform.indexing.ledger import Entry, Ledger, read_ledger, write_ledger
from sessions_platform.indexing.payload import date_uri
from sessions_platform.lifecycle.returning import in_space
from sessions_platform.lifecycle.server import Index
from sessions_platform.resources.object_store import ObjectStore


async def settle(
    index: Index, store: ObjectStore, date: str, reason: str, returned: Mapping[str, Entry] | None = None
) -> Ledger:
    """Write the date's ledger: `returned` lines as they are, others `pending` for `reason` where the index lacks them.

    The ledger as it is then. The caller holds the date's lease.
    """
    ledger, returned = read_ledger(store, date), returned or {}
    there = set(await index.client.names(date_uri(date))) if ledger.sessions else set()
    for session_id, entry in ledger.sessions.items():
        if session_id in returned:
            continue
        entry = ledger.sessions[session_id] = in_space(entry, index.space)
        if entry.name in there:
            continue
        entry.loaded_before = False
        if entry.status == "verified":
            entry.status, entry.reason = "pending", reason
    ledger.sessions |= returned
    if ledger.sessions:
        write_ledger(store, ledger)
    return ledger
