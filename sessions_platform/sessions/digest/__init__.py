"""What the search index is given of a session: its digest (markdown) and its one-sentence abstract (L0).

Pure: one staged session gives its text. What matters most stands first, because only the first 16,384 characters of a
file are embedded; each section above the turns has its own room, so a failure at the very end of a long session is
within the first 8 KB. All text is redacted by now, and stands in lines of ours: a session's words make no heading.
"""

from collections.abc import Sequence

from sessions_platform.sessions.digest.abstract import L0_CHARACTERS, abstract_of, last_error
from sessions_platform.sessions.digest.failures import failures
from sessions_platform.sessions.digest.goals import task_of
from sessions_platform.sessions.digest.outcomes import outcome_of
from sessions_platform.sessions.digest.sections import errors, facts, goal, last_messages, outcome, tools
from sessions_platform.sessions.digest.turns import turn_lines
from sessions_platform.sessions.digest.words import clip, clip_bytes, fitted, flat, size
from sessions_platform.sessions.model import StagedSession

__all__ = [
    "DIGEST_BYTES",
    "HEAD_BYTES",
    "HEADINGS",
    "L0_CHARACTERS",
    "abstract_of",
    "clip",
    "digest_of",
    "last_error",
    "outcome_of",
    "task_of",
]
DIGEST_BYTES = 16 * 1024
HEAD_BYTES = 8 * 1024
"""Everything above the turns; the rooms below, their headings and the abstract (at most 1 KB) stay within it."""
_TITLE_BYTES = 200
_ROOMS = {"Facts": 1550, "Goal": 1050, "Tools": 800, "Outcome": 450, "Errors": 1800, "Last messages": 1150}
"""Bytes of each section's lines."""
HEADINGS = (*_ROOMS, "Turns")


def digest_of(staged: StagedSession, outcome_scores: Sequence[str] = ()) -> str:
    """The digest as markdown, at most 16 KB of UTF-8; everything above `## Turns` within the first 8 KB.

    The paragraph after the title is the abstract: a summariser that takes the first paragraph gives it back. `m12` is
    the slice's message 12, counted from 0; `h0` is the first of its history.
    """
    found = failures(staged)
    sections = {
        "Facts": facts(staged),
        "Goal": goal(staged),
        "Tools": tools(staged),
        "Outcome": outcome(staged, outcome_scores),
        "Errors": errors(found, _ROOMS["Errors"]),
        "Last messages": last_messages(staged),
    }
    title = clip_bytes(flat(staged.session_id, _TITLE_BYTES), _TITLE_BYTES - 2) or "session"
    lines = [f"# {title}", "", abstract_of(staged, outcome_scores)]
    for name, entries in sections.items():
        lines += ["", f"## {name}", *fitted(entries, _ROOMS[name])]
    lines += ["", "## Turns", ""]
    head = "\n".join(lines)
    return head + "\n".join(turn_lines(staged, found, DIGEST_BYTES - size(head) - 1)) + "\n"
