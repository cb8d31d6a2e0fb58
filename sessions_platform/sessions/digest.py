"""What the search index is given of a session: a first short digest (markdown) and its one-sentence abstract (L0).

Pure: one staged session gives its text. Errors and the last words stand before the turns, because only the first
16,000 characters of a file are embedded and a reader looks for them first. All text is redacted by now.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice

from sessions_platform.sessions.endings import text_of
from sessions_platform.sessions.model import Message, Part, Score, StagedSession

L0_CHARACTERS = 256
"""The server cuts abstracts there."""
DIGEST_BYTES = 6 * 1024
_TASK_CHARACTERS = 110
_ERROR_CHARACTERS = 80
_LINE_CHARACTERS = 240
_ERRORS = 6
_LAST = 4
_SENTENCE_END = re.compile(r"[.!?…]+(?=\s|$)|[。！？]+")
_SUCCESS = frozenset(
    {"true", "yes", "y", "success", "successful", "succeeded", "pass", "passed", "resolved", "solved", "fixed"}
    | {"complete", "completed", "done", "correct", "good", "positive", "accepted"}
)
_PARTIAL = frozenset(
    {"partial", "partially", "partly", "mixed", "incomplete", "partial success", "partial_success"}
    | {"partially resolved", "partially_resolved"}
)
_FAILED = frozenset(
    {"false", "no", "n", "fail", "failed", "failure", "unresolved", "unsolved", "unsuccessful", "incorrect", "wrong"}
    | {"bad", "negative", "rejected", "error"}
)


def abstract_of(staged: StagedSession, outcome_scores: Sequence[str] = ()) -> str:
    """The L0: task, outcome, last error. One sentence of at most 256 characters, ending in its only full stop."""
    error = last_error(staged)
    ending = f"ended {staged.session.end_state or 'unknown'}, outcome {outcome_of(staged.scores, outcome_scores)}"
    if error:
        ending += f", last error {clip(_inner(error), _ERROR_CHARACTERS)}"
    agents = _agents(staged)
    by = f" ({clip(_inner(', '.join(agents[:3])), 40)})" if agents else ""
    # Each piece is bounded, so the sentence is too; the last cut guards the sum.
    return clip(f"{clip(_inner(task_of(staged)), _TASK_CHARACTERS)}{by}: {ending}", L0_CHARACTERS - 1).rstrip(".") + "."


def digest_of(staged: StagedSession, outcome_scores: Sequence[str] = ()) -> str:
    """The digest as markdown, at most 6 KB of UTF-8: abstract, facts, errors, last messages, then turns while they fit.

    The paragraph after the title is the abstract: a summariser that takes the first paragraph gives it back.
    """
    facts = staged.session
    tools = Counter(part.tool_name or "unknown" for part in _calls(staged))
    lines = [f"# {clip(_flat(staged.session_id), 100)}", "", abstract_of(staged, outcome_scores), "", "## Facts"]
    lines.append(f"- date {staged.date}, from {facts.start_time} to {facts.end_time}")
    lines.append(f"- {len(staged.messages)} messages, {sum(m.opens_turn for m in staged.messages)} turns")
    _add_list(lines, "agents", _agents(staged))
    _add_list(lines, "tools", [f"{name} ({count})" for name, count in tools.most_common(12)])
    _add_list(lines, "segments", [f"{one.key}={one.value}" for one in facts.segments[:12]])
    errors = [f"- {_flat(part.tool_name or 'tool')}: {_error_text(part)}" for part in _failed(staged)]
    _add_section(lines, "Errors", [clip(line, _LINE_CHARACTERS) for line in _newest_distinct(errors, _ERRORS)])
    _add_section(lines, "Last messages", [_line(message) for message in staged.messages[-_LAST:]])
    return _fitted(lines, _turns(staged))


def task_of(staged: StagedSession) -> str:
    """What was asked: the first words of a user in this slice or its history, else the title, else the id."""
    for message in (*staged.messages, *staged.history):
        if message.role == "user" and (words := _flat(text_of(message))):
            return words
    return _flat(staged.session.title) or _flat(staged.session_id)


def last_error(staged: StagedSession) -> str:
    """Tool and words of the last call that failed; '' where none did."""
    last = next(iter(reversed(list(_failed(staged)))), None)
    return "" if last is None else f"{_flat(last.tool_name or 'tool')}: {_error_text(last)}"


def outcome_of(scores: Iterable[Score], names: Sequence[str]) -> str:
    """`success`, `partial`, `failed` or `unknown`, as `sql/session_outcomes.sql` decides it for a whole session."""
    named = [score for score in scores if score.name in names]
    if not named:
        return "unknown"
    first = min((score.name for score in named), key=names.index)
    newest = max((s for s in named if s.name == first), key=lambda s: (s.timestamp, s.updated_at, s.score_id))
    if newest.value_number is not None and newest.data_type != "CATEGORICAL":
        return "success" if newest.value_number >= 1 else "partial" if newest.value_number > 0 else "failed"
    label = (newest.value_text or "").strip().lower()
    words = {"success": _SUCCESS, "partial": _PARTIAL, "failed": _FAILED}
    return next((outcome for outcome, known in words.items() if label in known), "unknown")


def clip(text: str, most: int) -> str:
    """The text, cut at a word where it is longer than `most` characters; `…` marks the cut and ends no sentence."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    at_word = cut.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > most // 2 else cut).rstrip(" ,;:.") + "…"


def _fitted(lines: list[str], turns: Iterable[str]) -> str:
    """The lines, then turns while they fit."""
    kept = [*lines, "", "## Turns"]
    size = len("\n".join(kept).encode("utf-8", "replace")) + 1
    left_out = 0
    for line in turns:
        size += len(line.encode("utf-8", "replace")) + 1
        if size > DIGEST_BYTES - 40:
            left_out += 1
        else:
            kept.append(line)
    if left_out:
        kept.append(f"({left_out} more)")
    text = "\n".join(kept) + "\n"
    # Text of four-byte characters can pass the line limits and still be too much.
    return text.encode("utf-8", "replace")[:DIGEST_BYTES].decode("utf-8", "ignore")


def _turns(staged: StagedSession) -> Iterable[str]:
    return (_line(message) for message in staged.messages if message.role != "system")


def _line(message: Message) -> str:
    tool = next((part for part in message.parts if part.type == "tool"), None)
    if tool is None:
        return clip(f"- {message.role} {_flat(message.agent_name)}: {_flat(text_of(message))}", _LINE_CHARACTERS)
    words = _error_text(tool) if _is_failed(tool) else _flat(tool.tool_output or "")
    return clip(f"- tool {_flat(tool.tool_name or '')} ({tool.tool_status}): {words}", _LINE_CHARACTERS)


def _calls(staged: StagedSession) -> Iterable[Part]:
    return (part for message in staged.messages for part in message.parts if part.type == "tool")


def _failed(staged: StagedSession) -> Iterable[Part]:
    return (part for part in _calls(staged) if _is_failed(part))


def _is_failed(part: Part) -> bool:
    return part.tool_status == "error" or part.success is False


def _error_text(part: Part) -> str:
    return _flat(part.error_message or "") or _flat(part.tool_output or "") or _flat(part.error_type or "") or "failed"


def _agents(staged: StagedSession) -> list[str]:
    names = (_flat(m.agent_name) for m in staged.messages if m.role == "assistant" and m.is_utterance)
    return [name for name in dict.fromkeys(names) if name]


def _newest_distinct(lines: Iterable[str], most: int) -> list[str]:
    return list(islice(dict.fromkeys(reversed(list(lines))), most))


def _add_list(lines: list[str], name: str, values: Iterable[str]) -> None:
    if joined := ", ".join(_flat(value) for value in values):
        lines.append(f"- {name}: {clip(joined, 400)}")


def _add_section(lines: list[str], name: str, entries: Iterable[str]) -> None:
    if listed := list(entries):
        lines.extend(["", f"## {name}", *listed])


def _flat(text: str) -> str:
    """One line of clean text: white space collapsed, control characters and lone surrogates gone.

    Only the beginning is looked at: nothing here keeps more than a few hundred characters.
    """
    clean = text[:4000].encode("utf-8", "replace").decode("utf-8")
    return " ".join("".join(sign if sign.isprintable() else " " for sign in clean).split())


def _inner(text: str) -> str:
    """Text that can stand inside a sentence: without sentence ends, and without what the server takes for markup."""
    without_ends = _SENTENCE_END.sub(",", text).rstrip(" ,;:.!?")
    return without_ends.replace("[Directory ", "(Directory ").lstrip("#*-> ") or "nothing said"
