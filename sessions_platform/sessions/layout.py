"""Names of objects in the store, and nothing else. Source: CONTRACT section 4."""

import hashlib
import re

_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
HOURS = tuple(f"{hour:02d}" for hour in range(24))
CONTEXT = "context"
BACKUPS = "backups/"
PACKS = f"{BACKUPS}packs/"
SAVED_LEDGERS = f"{BACKUPS}ledgers/"


def raw_prefix(date: str) -> str:
    """Folder of a date's raw rows."""
    return f"raw/date={date}/"


def raw_slice_key(date: str, part: str) -> str:
    """Rows of one hour (`00`..`23`), or the rows of other days that complete its traces (`context`)."""
    return f"{raw_prefix(date)}{part}.jsonl.zst"


def raw_slice_note_key(date: str, part: str) -> str:
    """What was fetched into a raw slice; written after it, so that its presence says the slice is whole."""
    return f"{raw_prefix(date)}{part}.note.json"


def raw_scores_key(date: str) -> str:
    """Scores of the date's window and of its traces."""
    return f"{raw_prefix(date)}scores.jsonl.zst"


def raw_manifest_key(date: str) -> str:
    """Written last: the date's raw rows are whole."""
    return f"{raw_prefix(date)}manifest.json"


def raw_import_key(date: str, digest: str) -> str:
    """Sessions of a date that were imported from databases; the digest is that of what it holds."""
    return f"{raw_prefix(date)}import-{digest}.jsonl.zst"


def raw_import_note_key(date: str) -> str:
    """Names the date's import object and its sessions; written after it."""
    return f"{raw_prefix(date)}import.note.json"


def staged_prefix(date: str) -> str:
    """Folder of a date's staged sessions."""
    return f"staged/date={date}/"


def staged_session_key(date: str, session_id: str) -> str:
    """One session on one date."""
    return f"{staged_prefix(date)}{safe_id(session_id)}.json.zst"


def staged_manifest_key(date: str) -> str:
    """Written last: the date's staged sessions are whole."""
    return f"{staged_prefix(date)}manifest.json"


def table_key(table: str, date: str) -> str:
    """A date of a fact table or day mart."""
    return f"tables/{table}/date={date}/part.parquet"


def ledger_key(date: str) -> str:
    """What stands in the index for each session of a date."""
    return f"commits/date={date}/ledger.json"


def lease_key(date: str) -> str:
    """Who loads a date into the index at the moment."""
    return f"commits/date={date}/lease.json"


def report_key(week: str, name: str) -> str:
    """A file of a week's report; `week` as `2026-W45`."""
    return f"reports/week={week}/{name}"


def week_step_key(week: str, step: str) -> str:
    """What a step of the weekly analysis left."""
    return f"reports/week={week}/steps/{step}.json.zst"


def decision_key(finding_id: str) -> str:
    """What was decided on a finding."""
    return f"decisions/{finding_id}.json"


def backup_prefix(stamp: str) -> str:
    """Folder of what one backup alone holds; `stamp` as `20261120T114500Z`."""
    return f"{BACKUPS}{stamp}/"


def backup_manifest_key(stamp: str) -> str:
    """Written last: the backup is whole."""
    return f"{backup_prefix(stamp)}manifest.json"


def backup_analytics_key(stamp: str) -> str:
    """The analytics file of a backup."""
    return f"{backup_prefix(stamp)}analytics.duckdb.zst"


def backup_lease_key() -> str:
    """Who makes or clears backups at the moment."""
    return f"{BACKUPS}lease.json"


def pack_key(date: str, name: str) -> str:
    """A date's directory of the index; named by what it holds, so that backups share it."""
    return f"{PACKS}date={date}/{name}.ovpack"


def saved_ledger_key(date: str, name: str) -> str:
    """A date's ledger as a backup found it; named by its hash, so that backups share it."""
    return f"{SAVED_LEDGERS}date={date}/{name}.json"


def safe_id(session_id: str) -> str:
    """The id itself where it can be a file name, else a readable prefix and a hash. Two ids never share a name.

    A hashed name holds `~`, which no plain name can hold, so the two kinds cannot meet either; ids that differ only in
    case stay apart because a name that would be ambiguous on a case-blind file system is not an aim here. `.`, `..`
    and names of the platform's own files are hashed too.
    """
    reserved = session_id in {".", "..", "manifest"} or session_id.startswith(".")
    if _SAFE_ID.fullmatch(session_id) and not reserved:
        return session_id
    digest = hashlib.sha256(session_id.encode("utf-8", "surrogatepass")).hexdigest()[:20]
    prefix = _UNSAFE.sub("-", session_id).strip("-.")[:80]
    return f"{prefix}~{digest}"
