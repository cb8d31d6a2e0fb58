"""The ledger of a date: what stands in the index for each of its sessions, and why something does not.

`commits/date=D/ledger.json` is replaced whole, so a reader sees one state or the next. It never expires: memories and
tags are set again from it after a restore. Source: CONTRACT section 4.
"""

from typing import Literal

import msgspec

from sessions_platform.errors import StoreError
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.sessions.layout import ledger_key

Status = Literal["verified", "failed", "pending"]
LEDGER_SCHEMA = 2
EXTRACTED = "extracted"
"""Type of the memories that OpenViking's model made; a commit makes them again, nothing else does."""
NOT_THERE = "it was not in the index any more"
"""Reason of lines that a load found without their directory."""


class Usage(msgspec.Struct):
    """Model calls of one kind (`document_summary`, `dir_overview`, `embedding`, `memory_extract`) and their tokens.

    Commits report their own; of summaries and embeddings the server says nothing, so those are computed from the texts
    sent, at four characters a token.
    """

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


class MemoryLine(msgspec.Struct):
    """One memory of a session: a row of table `memories`. Those of one kind stand together in one file, `uri`."""

    kind: Literal["event", "entity", "outcome"]
    type: str
    name: str
    summary: str
    uri: str


class Entry(msgspec.Struct):
    """One session's line. `verified`: loaded and read back; `failed`: tried, see `reason`; `pending`: not yet tried."""

    uri: str
    """The session's directory."""
    content_hash: str
    """Of all that is sent: digest, transcript, L0, tags, memories, messages."""
    staged_sha256: str
    """Of the staged object it was made from, and of the options that change what is sent."""
    status: Status
    reason: str = ""
    l0: str = ""
    """Our own L0, and beside it what the server gave back."""
    l0_read: str = ""
    l0_source: Literal["generated", "own", ""] = ""
    """Whether a model's L0 was ours already, or ours had to be written back."""
    digest_sha256: str = ""
    transcript_sha256: str = ""
    """Of all parts, joined."""
    transcript_parts: int = 0
    """Files of the transcript; 0 when it was removed (SESSIONS_INDEX_DAYS)."""
    tags: list[str] = msgspec.field(default_factory=list)
    session_id: str = ""
    """Id of the committed session in OpenViking."""
    session_uri: str = ""
    commit_task: str = ""
    memory_uris: list[str] = msgspec.field(default_factory=list)
    """Every memory file of this session: ours, and those that OpenViking extracted."""
    memories: list[MemoryLine] = msgspec.field(default_factory=list)
    usage: dict[str, Usage] = msgspec.field(default_factory=dict)
    index_tokens: int = 0
    """Sum of `usage`, in tokens."""
    checked: Literal["all", "light", ""] = ""
    """`all`: searched for and compared byte by byte; `light`: abstract and overview read back (of large days)."""
    loader_version: int = 0
    server_version: str = ""
    index: str = ""
    """The index it is in: embedding model and dimension."""
    committed_at: str | None = None
    verified_at: str | None = None
    loaded_before: bool = False
    """While pending: a verified version stands in the index, so that it is written over and not removed first."""

    @property
    def name(self) -> str:
        """Name of the session's directory within that of its date."""
        return self.uri.rsplit("/", 1)[-1]


class Ledger(msgspec.Struct):
    """All lines of a date, by session id."""

    schema: int
    date: str
    sessions: dict[str, Entry]

    def count(self, status: Status) -> int:
        """Sessions of a status."""
        return sum(entry.status == status for entry in self.sessions.values())

    def verified(self) -> dict[str, Entry]:
        """Lines of the sessions that are in the index."""
        return {one: entry for one, entry in self.sessions.items() if entry.status == "verified"}

    def known(self) -> dict[str, Entry]:
        """Lines of which it is known what the index should hold, whatever became of them."""
        return {one: entry for one, entry in self.sessions.items() if entry.l0 and entry.digest_sha256}


def read_ledger(store: ObjectStore, date: str) -> Ledger:
    """The ledger of a date; an empty one where nothing was loaded. Raises StoreError for a damaged one.

    One of an older schema says only which directories there are: its sessions are loaded again, and written over.
    """
    try:
        data = store.get(ledger_key(date))
    except FileNotFoundError:
        return Ledger(LEDGER_SCHEMA, date, {})
    try:
        if msgspec.json.decode(data, type=_Versioned).schema < LEDGER_SCHEMA:
            data = data.replace(b'"hash":', b'"content_hash":')
        ledger = msgspec.json.decode(data, type=Ledger)
    except msgspec.DecodeError as error:
        raise StoreError(f"{ledger_key(date)}: damaged ({error}); remove it, and {date} is loaded again") from None
    ledger.schema = LEDGER_SCHEMA
    return ledger


class _Versioned(msgspec.Struct):
    schema: int


def write_ledger(store: ObjectStore, ledger: Ledger) -> bool:
    """Put the ledger in place unless it stands there as it is; says whether it wrote."""
    ledger.sessions = {one: ledger.sessions[one] for one in sorted(ledger.sessions)}
    return store.put_if_changed(ledger_key(ledger.date), msgspec.json.encode(ledger))
