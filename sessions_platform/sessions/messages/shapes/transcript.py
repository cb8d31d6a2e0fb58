"""A conversation printed as text: `system: …`, `user: …`, each turn from the start of a line (autogen, agno).

Only an input is read like this, and only if it opens with the system's text and a user's line follows: people paste
logs and transcripts, and what they paste is theirs. Lines without a role continue the turn before them.
"""

import re
from typing import Any

from sessions_platform.sessions.messages.roles import role_of
from sessions_platform.sessions.messages.walk import Shape, Walk
from sessions_platform.sessions.model import ChatMessage

_SPEAKER = re.compile(r"^(system|developer|user|assistant|tool): ", re.MULTILINE)
_NOTHING = "None"  # Python's word for the content of a message that only asks for tools


def _is_transcript(text: str) -> bool:
    return text.startswith(("system: ", "developer: ")) and "\nuser: " in text


def _read_transcript(text: str, walk: Walk) -> None:
    turns = list(_SPEAKER.finditer(text))
    ends: list[Any] = [turn.start() for turn in turns[1:]] + [len(text)]
    for turn, end in zip(turns, ends, strict=True):
        words = text[turn.end() : end].removesuffix("\n")
        role = role_of(turn.group(1), walk.role)
        walk.messages.append(ChatMessage(role, "" if words == _NOTHING and role == "assistant" else words))


TEXT_SHAPES = (Shape("transcript", _is_transcript, _read_transcript, input_only=True),)
