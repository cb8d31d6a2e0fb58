"""What a session is sent to OpenViking as: names, digest, abstract, tags, messages, and the hash of all of it. Pure."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sessions_platform.sessions import jsontext
from sessions_platform.sessions.digest import abstract_of, digest_of, outcome_of
from sessions_platform.sessions.layout import safe_id
from sessions_platform.sessions.model import Message, Part, StagedSession

LOADER_VERSION = 1
"""Raised with any change of what is sent, so that sessions are loaded again."""
ROOT = "viking://resources/sessions"
_TEXT_CHARACTERS = 200_000
"""Longer texts are cut in the committed messages; the staged file keeps them whole."""
_TAGS = 24
_TAG_CHARACTERS = 64
_STATUSES = {"completed": "completed", "error": "error", "requested": "pending"}
_SUMMARY_TOKENS = 390 + 1100 + 400
"""Prompts of the two summaries around the digest itself, and their answers, as measured on server 0.5.2."""


@dataclass(frozen=True)
class Document:
    """One session on one date, ready to be sent."""

    session_id: str
    uri: str
    digest: str
    l0: str
    tags: list[str]
    viking_id: str
    """Id of the committed session: one for each session and date."""
    peer: str
    """Whose memories the commit makes: a name of this session and date alone, so that memories cannot mix."""
    messages: list[dict[str, Any]]
    memories: tuple[str, ...]
    hash: str

    @property
    def estimated_tokens(self) -> int:
        """Tokens that summaries of the directory cost, estimated."""
        return _SUMMARY_TOKENS + len(self.digest) // 4


def date_uri(date: str) -> str:
    """Directory of a date."""
    return f"{ROOT}/{date}"


def session_uri(date: str, session_id: str) -> str:
    """Directory of a session on a date."""
    return f"{date_uri(date)}/{safe_id(session_id)}"


def viking_session_id(date: str, session_id: str) -> str:
    """Id under which a session's date is committed."""
    return f"{date}.{safe_id(session_id)}"


def session_key(session_id: str) -> str:
    """A short name of a session that survives the index's lower-casing of tags."""
    return hashlib.sha256(session_id.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def document(staged: StagedSession, memories: Sequence[str], outcome_scores: Sequence[str]) -> Document:
    """What is sent of a staged session. `memories` are the kinds that the commit extracts (`events`, `entities`)."""
    date, session_id = staged.date, staged.session_id
    peer = f"s-{session_key(session_id)}-{date}"
    digest, l0 = digest_of(staged, outcome_scores), abstract_of(staged, outcome_scores)
    tags = tags_of(staged, outcome_scores)
    kinds = tuple(sorted(memories))
    messages = [message_of(message, peer) for message in staged.messages]
    hashed = jsontext.dump_bytes([LOADER_VERSION, digest, l0, tags, kinds, messages])
    return Document(
        session_id,
        session_uri(date, session_id),
        digest,
        l0,
        tags,
        viking_session_id(date, session_id),
        peer,
        messages,
        kinds,
        hashlib.sha256(hashed).hexdigest(),
    )


def tags_of(staged: StagedSession, outcome_scores: Sequence[str]) -> list[str]:
    """Tags `key=value`: date, session, how it ended, segments. The index keeps one value a key, in lower case."""
    facts = staged.session
    fixed = [
        ("date", staged.date),
        ("session_key", session_key(staged.session_id)),
        ("end_state", facts.end_state or "unknown"),
        ("outcome", outcome_of(staged.scores, outcome_scores)),
    ]
    own = [(segment.key, segment.value) for segment in facts.segments]
    tags: dict[str, str] = {}
    for key, value in (*fixed, *own):
        name, text = _tag_text(key), _tag_text(value)
        if name and text and name != "memory_type" and len(tags) < _TAGS:
            tags.setdefault(name, text)
    return [f"{key}={value}" for key, value in tags.items()]


def _tag_text(text: str) -> str:
    printable = "".join(sign if sign.isprintable() and sign != "=" else " " for sign in text[:1000])
    clean = printable.encode("utf-8", "replace").decode()
    return " ".join(clean.split()).lower()[:_TAG_CHARACTERS].strip()


def message_of(message: Message, peer: str) -> dict[str, Any]:
    """A staged message in OpenViking's schema. A tool's result is the assistant's there; reasoning is left out."""
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
        "tool_output": _text(part.tool_output),
        "tool_status": _STATUSES.get(part.tool_status or "", "completed"),
    }
    if part.duration_ms is not None:
        sent["duration_ms"] = part.duration_ms
    return sent


def _input(text: str | None) -> dict[str, Any]:
    """Arguments as an object; what is none, or is too long, stands under one name."""
    if not text:
        return {}
    if len(text) > _TEXT_CHARACTERS:
        return {"arguments": _text(text)}
    value = jsontext.scrub(jsontext.decode_nested(text))
    return value if isinstance(value, dict) else {"arguments": value}


def _text(text: str | None) -> str:
    if not text:
        return ""
    cut = text if len(text) <= _TEXT_CHARACTERS else f"{text[:_TEXT_CHARACTERS]}… ({len(text)} characters)"
    return cut.encode("utf-8", "replace").decode()


def total_tokens(documents: Iterable[Document]) -> int:
    """Estimated tokens of several."""
    return sum(document.estimated_tokens for document in documents)
