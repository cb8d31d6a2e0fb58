"""What a session is sent to OpenViking as: digest, abstract, transcript, tags, memories, messages, and the hash of all.

Pure: one staged session gives one document. What each text says is decided in `sessions`; here stand names, limits of
the server, and its schema.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from sessions_platform.indexing.estimate import usage_of
from sessions_platform.indexing.ledger import MemoryLine, Usage
from sessions_platform.resources.openviking import FileWrite
from sessions_platform.sessions import jsontext
from sessions_platform.sessions.condensed import condensed
from sessions_platform.sessions.digest import abstract_of, digest_of, outcome_of
from sessions_platform.sessions.layout import safe_id
from sessions_platform.sessions.memories import Memory, memories_of
from sessions_platform.sessions.model import Message, Part, StagedSession
from sessions_platform.sessions.transcript import transcript_parts

LOADER_VERSION = 2
"""Raised with any change of what is sent, so that sessions are loaded again."""
ROOT = "viking://resources/sessions"
DIGEST = "digest.md"
_FOLDERS = {"event": "events", "entity": "entities", "outcome": "outcomes"}
_TAGS = 24
_TAG_CHARACTERS = 64
_STATUSES = {"completed": "completed", "error": "error", "requested": "pending"}


@dataclass(frozen=True)
class Document:
    """One session on one date, ready to be sent. Texts are UTF-8; `transcript` holds parts of at most 15 MiB."""

    session_id: str
    date: str
    uri: str
    l0: str
    digest: str
    transcript: list[bytes]
    tags: list[str]
    viking_id: str
    """Id of the committed session: one for each session and date."""
    peer: str
    """Whose memories a commit extracts: a name of this session and date alone, so that memories cannot mix."""
    messages: list[dict[str, Any]]
    extraction: tuple[str, ...]
    """Kinds of memories that OpenViking extracts on top of ours."""
    memories: list[Memory]
    digest_sha256: str
    """Of the digest's bytes."""
    transcript_sha256: str
    """Of the transcript's bytes, parts joined."""
    hash: str

    @property
    def bytes(self) -> int:
        """Size of all that is written as files."""
        return len(self.digest) + sum(map(len, self.transcript))

    def transcript_files(self) -> list[FileWrite]:
        """The parts of the transcript."""
        uris = transcript_uris(self.uri, len(self.transcript))
        return [FileWrite(uri, part.decode()) for uri, part in zip(uris, self.transcript, strict=True)]

    def memory_lines(self, space: str) -> list[MemoryLine]:
        """The memories as the ledger and the tables hold them. `space`: URI of the user who loads."""
        uris = memory_uris(space, self.date, self.session_id)
        return [MemoryLine(one.kind, one.type, one.name, one.summary, uris[one.kind]) for one in self.memories]

    @cached_property
    def usage(self) -> dict[str, Usage]:
        """Model calls of loading it, by kind, computed from its texts."""
        lines = self.memory_lines("viking://user/-")
        return usage_of(self.l0, self.digest, list(memory_files(self.session_id, self.date, lines).values()))


def document(
    staged: StagedSession, extraction: Sequence[str], outcome_scores: Sequence[str], *, transcript: bool = True
) -> Document:
    """What is sent of a staged session. `transcript`: False where the date is older than SESSIONS_INDEX_DAYS."""
    date, session_id = staged.date, staged.session_id
    peer = peer_of(date, session_id)
    kinds = tuple(sorted(extraction))
    digest, l0 = digest_of(staged, outcome_scores), abstract_of(staged, outcome_scores)
    parts = transcript_parts(staged) if transcript else []
    tags = tags_of(staged, outcome_scores)
    memories = memories_of(staged, outcome_scores)
    messages = [message_of(message, peer) for message in condensed(staged)]
    hashed = [LOADER_VERSION, digest, l0, tags, kinds, messages, msgspec.to_builtins(memories)]
    transcript_sha256 = joined_sha256(parts)
    return Document(
        session_id,
        date,
        session_uri(date, session_id),
        l0,
        digest,
        parts,
        tags,
        viking_session_id(date, session_id),
        peer,
        messages,
        kinds,
        memories,
        hashlib.sha256(digest.encode()).hexdigest(),
        transcript_sha256,
        hashlib.sha256(jsontext.dump_bytes(hashed) + transcript_sha256.encode()).hexdigest(),
    )


def date_uri(date: str) -> str:
    """Directory of a date."""
    return f"{ROOT}/{date}"


def session_uri(date: str, session_id: str) -> str:
    """Directory of a session on a date."""
    return f"{date_uri(date)}/{safe_id(session_id)}"


def digest_uri(uri: str) -> str:
    """The digest in a session's directory."""
    return f"{uri}/{DIGEST}"


def transcript_uris(uri: str, parts: int) -> list[str]:
    """The transcript's files in a session's directory. Hidden names: never summarised, embedded or found, only read."""
    if parts == 1:
        return [f"{uri}/.transcript.md"]
    return [f"{uri}/.transcript.{number:03d}.md" for number in range(1, parts + 1)]


def viking_session_id(date: str, session_id: str) -> str:
    """Id under which a session's date is committed."""
    return f"{date}.{safe_id(session_id)}"


def session_key(session_id: str) -> str:
    """A short name of a session that survives the index's lower-casing of tags."""
    return hashlib.sha256(session_id.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def peer_of(date: str, session_id: str) -> str:
    """The peer that owns what OpenViking extracts of a session's date."""
    return f"s-{session_key(session_id)}-{date}"


def key_tag(session_id: str) -> str:
    """The tag that all records of a session have, on all its dates."""
    return f"session_key={session_key(session_id)}"


def joined_sha256(parts: Sequence[bytes]) -> str:
    """Hash of bytes that come in parts."""
    hashed = hashlib.sha256()
    for part in parts:
        hashed.update(part)
    return hashed.hexdigest()


def memory_folders(space: str, date: str) -> dict[str, str]:
    """Where the memory files of a date lie, by kind."""
    return {kind: f"{space}/memories/{folder}/{date.replace('-', '/')}" for kind, folder in _FOLDERS.items()}


def memory_uris(space: str, date: str, session_id: str) -> dict[str, str]:
    """A session's memory file of each kind, named by kind and session, so that two sessions never write one file."""
    name = session_key(session_id)[:12]
    return {kind: f"{folder}/{kind}_{name}.md" for kind, folder in memory_folders(space, date).items()}


def memory_files(session_id: str, date: str, lines: Sequence[MemoryLine]) -> dict[str, str]:
    """Text of each memory file, by URI: a line each. Made from the ledger's lines, so that it can be made again."""
    texts: dict[str, list[str]] = {}
    for line in lines:
        heading = f"# {line.kind.capitalize()} memories of session {tag_text(session_id) or 'unnamed'} on {date}"
        texts.setdefault(line.uri, [heading, ""]).append(f"- {line.type} {line.name}: {line.summary}")
    return {uri: "\n".join(text) + "\n" for uri, text in texts.items()}


def tags_of(staged: StagedSession, outcome_scores: Sequence[str]) -> list[str]:
    """Tags `key=value`: session, date, platform, task, outcome, version, release, agent, how it ended, other segments.

    The index keeps one value a key, in lower case, and compares for equality only.
    """
    facts = staged.session
    agents = Counter(m.agent_name for m in staged.messages if m.role == "assistant" and m.is_utterance)
    fixed = [
        ("date", staged.date),
        ("session_key", session_key(staged.session_id)),
        ("session", staged.session_id),
        ("outcome", outcome_of(staged.scores, outcome_scores)),
        ("end_state", facts.end_state or "unknown"),
        ("version", facts.version),
        ("release", facts.release),
        ("environment", facts.environment),
        ("agent", agents.most_common(1)[0][0] if agents else ""),
    ]
    segments = sorted(facts.segments, key=lambda one: one.key not in {"platform", "task"})
    tags: dict[str, str] = {}
    for key, value in (*fixed, *((segment.key, segment.value) for segment in segments)):
        name, text = tag_text(key), tag_text(value)
        # `memory_type` is the server's own.
        if name and text and name != "memory_type" and len(tags) < _TAGS:
            tags.setdefault(name, text)
    return [f"{key}={value}" for key, value in tags.items()]


def memory_tags(tags: Sequence[str], kind: str) -> list[str]:
    """Tags of a memory file: those of its session that one filters by, and its kind."""
    kept = ("session_key=", "session=", "date=", "platform=", "task=", "outcome=", "version=", "release=", "agent=")
    return [*(tag for tag in tags if tag.startswith(kept)), f"kind={kind}"]


def tag_text(text: str) -> str:
    """A tag's key or value as the index holds it: printable, white space collapsed, lower case, short."""
    printable = "".join(sign if sign.isprintable() and sign != "=" else " " for sign in text[:1000])
    clean = printable.encode("utf-8", "replace").decode()
    return " ".join(clean.split()).lower()[:_TAG_CHARACTERS].strip()


def message_of(message: Message, peer: str) -> dict[str, Any]:
    """A message in OpenViking's schema. A tool's result is the assistant's there; reasoning is left out."""
    parts = [_part(part) for part in message.parts if part.type in {"text", "tool"}]
    return {
        "role": "assistant" if message.role == "tool" else message.role,
        "peer_id": peer,
        "created_at": message.created_at,
        "parts": parts or [{"type": "text", "text": ""}],
    }


def _part(part: Part) -> dict[str, Any]:
    if part.type == "text":
        return {"type": "text", "text": _text(part.text)}
    sent: dict[str, Any] = {
        "type": "tool",
        "tool_id": _text(part.tool_id),
        "tool_name": _text(part.tool_name),
        "tool_input": _input(part.tool_input),
        "tool_output": _text(part.tool_output) or _text(part.error_message),
        "tool_status": _STATUSES.get(part.tool_status or "", "completed"),
    }
    if part.duration_ms is not None and part.duration_ms >= 0:
        sent["duration_ms"] = part.duration_ms
    return sent


def _input(text: str | None) -> dict[str, Any]:
    """Arguments as an object; what is none stands under one name."""
    if not text:
        return {}
    value = jsontext.scrub(jsontext.decode_nested(text))
    return value if isinstance(value, dict) else {"arguments": value}


def _text(text: str | None) -> str:
    return (text or "").encode("utf-8", "replace").decode()
