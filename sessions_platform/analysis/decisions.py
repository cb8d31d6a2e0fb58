"""What people decided of findings: one object a finding in the store, with every decision that was made on it.

A rejected finding is not shown again by itself; accepting it later brings it back. Nothing here publishes: `decide` of
the command line does, after it. Source: CONTRACT sections 4 and 5.
"""

from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from sessions_platform.errors import ConfigurationError, StoreError
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.sessions.layout import decision_key
from sessions_platform.sessions.redact.leaks import leaks

Verdict = Literal["accept", "reject"]
NOTE_CHARACTERS = 1000
PREFIX = "decisions/"


def decide(store: ObjectStore, finding_id: str, verdict: Verdict, note: str, now: datetime) -> dict[str, Any]:
    """Record a decision; the object as it stands now. The same verdict and note again change nothing.

    ConfigurationError where the note holds what must not be stored.
    """
    if classes := leaks(note):
        raise ConfigurationError(f"--note: it holds {', '.join(classes)}; write it without")
    if len(note) > NOTE_CHARACTERS:
        raise ConfigurationError(f"--note: {len(note)} characters; at most {NOTE_CHARACTERS}")
    old = read_decision(store, finding_id)
    if old and (old["verdict"], old.get("note", "")) == (verdict, note):
        return old
    history = [*old.get("history", []), {name: old[name] for name in ("decided_at", "verdict", "note")}] if old else []
    made = {
        "finding_id": finding_id,
        "decided_at": now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "verdict": verdict,
        "note": note,
        "history": history,
    }
    store.put_if_changed(decision_key(finding_id), msgspec.json.encode(made))
    return made


def read_decision(store: ObjectStore, finding_id: str) -> dict[str, Any]:
    """The newest decision on a finding with its history; empty where there is none."""
    key = decision_key(finding_id)
    try:
        found = msgspec.json.decode(store.get(key), type=dict[str, Any])
    except FileNotFoundError:
        return {}
    except msgspec.DecodeError:
        raise StoreError(f"{key}: not valid JSON; restore it from a backup, or remove it and decide again") from None
    return found


def rejected(store: ObjectStore) -> set[str]:
    """Ids of the findings that were last rejected."""
    ids = (info.key.removeprefix(PREFIX).removesuffix(".json") for info in store.objects(PREFIX))
    return {one for one in ids if read_decision(store, one).get("verdict") == "reject"}
