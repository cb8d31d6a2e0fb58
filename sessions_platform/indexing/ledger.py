"""The ledger of a date: what stands in the index for each of its sessions, and why something does not.

`commits/date=D/ledger.json` is replaced whole, so a reader sees one state or the next. Source: CONTRACT section 4.
"""

from typing import Literal

import msgspec

from sessions_platform.errors import StoreError
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.sessions.layout import ledger_key

Status = Literal["verified", "failed", "pending"]
LEDGER_SCHEMA = 1


class Entry(msgspec.Struct):
    """One session's line. `verified`: loaded and read back; `failed`: tried, see `reason`; `pending`: not yet tried.

    `hash` is of all that is sent, `staged_sha256` of the staged object it was made from. `uri` is the session's
    directory, `session_uri` the committed session, `memories_uri` the folder that holds its memories alone ('' where
    there are none). `index_tokens` counts what the commit reported, and an estimate for summaries.
    """

    uri: str
    hash: str
    staged_sha256: str
    status: Status
    reason: str = ""
    l0: str = ""
    tags: list[str] = msgspec.field(default_factory=list)
    session_id: str = ""
    session_uri: str = ""
    memories_uri: str = ""
    index_tokens: int = 0
    loader_version: int = 0
    index: str = ""
    committed_at: str | None = None
    loaded_before: bool = False
    """While pending: a verified version stands in the index, so that it is written over and not removed first."""


class Ledger(msgspec.Struct):
    """All lines of a date, by session id."""

    schema: int
    date: str
    sessions: dict[str, Entry]

    def count(self, status: Status) -> int:
        """Sessions of a status."""
        return sum(entry.status == status for entry in self.sessions.values())


def read_ledger(store: ObjectStore, date: str) -> Ledger:
    """The ledger of a date; an empty one where nothing was loaded. Raises StoreError for a damaged one."""
    try:
        data = store.get(ledger_key(date))
    except FileNotFoundError:
        return Ledger(LEDGER_SCHEMA, date, {})
    try:
        return msgspec.json.decode(data, type=Ledger)
    except msgspec.DecodeError as error:
        raise StoreError(f"{ledger_key(date)}: damaged ({error}); remove it, and {date} is loaded again") from None


def write_ledger(store: ObjectStore, ledger: Ledger) -> bool:
    """Put the ledger in place unless it stands there as it is; says whether it wrote."""
    ledger.sessions = {one: ledger.sessions[one] for one in sorted(ledger.sessions)}
    return store.put_if_changed(ledger_key(ledger.date), msgspec.json.encode(ledger))
