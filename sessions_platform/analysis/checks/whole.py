"""A whole session as checks are given it: its facts from the tables, its messages with their published indices.

Shapes only. Where the texts come from is in `analysis/sessions_of_week.py`.
"""

import msgspec

from sessions_platform.sessions.model import ModelCall, Part


class SessionFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the published tables say of a session. USD, seconds, tokens."""

    session_id: str
    user: str
    """Pseudonym; the session's id where no user is known, so that it counts for one."""
    outcome: str = "unknown"
    status: str = "unknown"
    turns: int = 0
    calls: int = 0
    failed_calls: int = 0
    messages: int = 0
    cost_usd: float = 0.0
    cost_complete: bool = True
    input_tokens: int = 0
    title: str = ""
    duration_seconds: float = 0.0
    segments: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)


class WholeMessage(msgspec.Struct, frozen=True):
    """One message. `index` and `turn` are the published ones; `text` is what quotes are taken from."""

    index: int
    role: str
    agent: str
    turn: int
    text: str
    """Of a tool message its results, of any other its text parts."""
    parts: tuple[Part, ...] = ()
    opens_turn: bool = False


class WholeSession(msgspec.Struct, frozen=True):
    """A session over all its dates. Messages stand in the order of their indices."""

    facts: SessionFacts
    messages: tuple[WholeMessage, ...]
    model_calls: tuple[ModelCall, ...] = ()
    abstract: str = ""
    """Its L0: the index's if it is verified there, else made from the last staged slice."""
    texts_complete: bool = True
    """False where a staged file is gone: then only what the other slices hold is here, or nothing but the facts."""
