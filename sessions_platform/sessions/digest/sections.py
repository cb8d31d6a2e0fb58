"""The sections of the digest above its turns. Each gives its lines, what matters most first; who puts them fits them.

A line begins with words of ours, so that no text of a session can begin one.
"""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sessions_platform.sessions.digest.failures import Failure, calls, error_text, is_failed, label_of, tool_of
from sessions_platform.sessions.digest.failures import verbatim as in_own_words
from sessions_platform.sessions.digest.goals import earlier_goal, goals, task_of
from sessions_platform.sessions.digest.outcomes import basis_words, ending_words, outcome_of, score_words
from sessions_platform.sessions.digest.words import clip, flat, listed, plural
from sessions_platform.sessions.endings import text_of
from sessions_platform.sessions.model import Message, ModelCall, Part, StagedSession

_LINE = 300
_DERIVED = ("platform", "task")
_OWN_LINES = frozenset({"environment", "release", "version", *_DERIVED})
_TOOLS = 14
_ERRORS = 12
_LAST = 6
_SHORT_VALUE = 48
_LONG_FRACTION = re.compile(r"(?<![\w.])(\d+\.\d{4})\d+(?![\w.])")
_REPEATED = 40
"""Longer words are not said again."""


def facts(staged: StagedSession) -> Iterator[str]:
    """When, how much, who, which models at what cost, and the properties by which sessions are compared."""
    about = staged.session
    yield f"- date: {staged.date}, {_clock(about.start_time)} to {_clock(about.end_time)} UTC, {_duration(about)}"
    derived = {one.key: one for one in about.segments if one.key in _DERIVED}
    for key in _DERIVED:
        if key in derived:
            one = derived[key]
            yield f"- {key}: {flat(one.value, 80)} (basis: {flat(one.basis, 40)})"
    yield _counts(staged)
    if names := _agents(staged):
        yield clip(f"- agents: {listed([f'{name} ({count})' for name, count in names], 8)}", _LINE)
    yield from _models(staged.model_calls)
    own = [(key, flat(getattr(about, key), 60)) for key in ("environment", "release", "version")]
    if named := ", ".join(f"{key} {value}" for key, value in own if value):
        yield f"- {named}"
    if staged.history:
        yield f"- history: {plural(len(staged.history), 'message')} from before this slice"
    if others := _other_segments(staged):
        yield clip(f"- segments: {others}", 2 * _LINE)


def goal(staged: StagedSession) -> Iterator[str]:
    """What the user asked for, in the user's words."""
    asked = goals(staged)
    for index, words in asked:
        yield f"- m{index}: {clip(words, 700 if index == asked[0][0] else 250)}"
    if words := earlier_goal(staged):
        yield f"- before this slice: {clip(words, 300 if asked else 700)}"
    elif not asked:
        yield f"- (no request of a user) {clip(task_of(staged), 300)}"


def tools(staged: StagedSession) -> Iterator[str]:
    """Each tool with its calls and failures, most used first, and its sub-commands."""
    called: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    operations: dict[str, Counter[str]] = {}
    for _, _, part in calls(staged):
        name = tool_of(part)
        if part.tool_status == "requested":
            asked[name] += 1
            continue
        called[name] += 1
        failed[name] += is_failed(part)
        if part.operation:
            operations.setdefault(name, Counter())[label_of(part)] += 1
    names = sorted({*called, *asked}, key=lambda name: (-called[name], name))
    for name in names[:_TOOLS]:
        counts = [plural(called[name], "call")] if called[name] else []
        counts += [f"{failed[name]} failed"] if failed[name] else []
        counts += [f"{asked[name]} unanswered"] if asked[name] else []
        uses = sorted(operations.get(name, Counter()).items(), key=lambda use: (-use[1], use[0]))
        of_which = f" ({listed([f'{use} {count}' for use, count in uses], 6)})" if uses else ""
        yield f"- tool {name}: {', '.join(counts)}{of_which}"
    if len(names) > _TOOLS:
        yield f"- {plural(len(names) - _TOOLS, 'more tool')}"
    if not names:
        yield "- none called"


def outcome(staged: StagedSession, outcome_scores: Sequence[str]) -> Iterator[str]:
    """The outcome and the score it stands on, the end state and its reason, the other scores."""
    yield f"- outcome: {outcome_of(staged.scores, outcome_scores)} ({basis_words(staged, outcome_scores)})"
    yield f"- end state: {ending_words(staged)}"
    others = dict.fromkeys(score_words(score) for score in staged.scores if score.name not in outcome_scores)
    if others:
        yield f"- other scores: {listed(others, 6)}"


def errors(found: Sequence[Failure], room: int) -> Iterator[str]:
    """The distinct failures, newest first, in their own words; each with how often it came. `room` in bytes."""
    if not found:
        yield "- none"
        return
    same: dict[tuple[str, str], list[Failure]] = {}
    for failure in reversed(found):
        same.setdefault(failure.shape, []).append(failure)
    shown = list(same.values())[:_ERRORS]
    each = max(180, min(800, room // len(shown) - 60))
    for group in shown:
        newest, first = group[0], group[-1]
        times = f" ({len(group)} times, first m{first.index})" if len(group) > 1 else ""
        by = flat(newest.agent, 40)
        yield f"- m{newest.index} {by}{' ' if by else ''}{newest.label}{times}: {_words_of(newest, each)}"
    if len(same) > _ERRORS:
        yield f"- {plural(len(same) - _ERRORS, 'more distinct error')}"


def _words_of(failure: Failure, most: int) -> str:
    """A failure in its own words; its core before them where cutting lost it."""
    words, core = in_own_words(failure.text, most), clip(failure.essence, most // 3)
    return words if core[:-1] in words else f"{core} | {in_own_words(failure.text, most - len(core) - 3)}"


def last_messages(staged: StagedSession) -> Iterator[str]:
    """The last messages, newest last, the longest share for the last that says something."""
    said = ((i, m) for i, m in enumerate(staged.messages) if m.role != "system" and (text_of(m) or _has_call(m)))
    shown = list(deque(said, _LAST))
    seen = {clip(words, _LINE): index for index, words in goals(staged)}
    for position, (index, message) in enumerate(shown):
        words = flat(text_of(message), _LINE)
        before = seen.setdefault(words, index)
        if before != index and len(words) > _REPEATED:
            words = f"(the words of m{before} again)"
        yield clip(_spoken(index, message, words), 260 if position >= len(shown) - 2 else 130)
    if not shown:
        yield "- none"


def _spoken(index: int, message: Message, words: str) -> str:
    who = f"{message.role} {flat(message.agent_name, 40)}".strip()
    part = next((part for part in message.parts if part.type == "tool"), None)
    said = [words, _result(part) if part is not None else ""]
    return f"- m{index} {who}: {' '.join(filter(None, said)) or '(nothing)'}"


def _has_call(message: Message) -> bool:
    return any(part.type == "tool" for part in message.parts)


def _result(part: Part) -> str:
    if part.tool_status == "requested":
        return f"asks {label_of(part)}, unanswered"
    if is_failed(part):
        return f"{label_of(part)} failed: {in_own_words(error_text(part), _LINE)}"
    return f"{label_of(part)} gave: {flat(part.tool_output or '', _LINE) or '(nothing)'}"


def _counts(staged: StagedSession) -> str:
    answered = sum(part.tool_status != "requested" for _, _, part in calls(staged))
    failed = sum(is_failed(part) for _, _, part in calls(staged))
    turns = sum(message.opens_turn for message in staged.messages)
    counts = [plural(len(staged.messages), "message"), plural(turns, "turn"), plural(answered, "tool call")]
    return f"- size: {', '.join(counts)}{f' ({failed} failed)' if failed else ''}"


def _agents(staged: StagedSession) -> list[tuple[str, int]]:
    """Agents with their utterances, most first; users are left out."""
    said = Counter(flat(m.agent_name, 60) for m in staged.messages if m.is_utterance and m.role != "user")
    return sorted(((name, n) for name, n in said.items() if name), key=lambda one: (-one[1], one[0]))


def _models(model_calls: Iterable[ModelCall]) -> Iterator[str]:
    by_model: dict[str, list[ModelCall]] = {}
    for call in model_calls:
        by_model.setdefault(flat(call.model, 60) or "(not named)", []).append(call)
    for name, group in sorted(by_model.items(), key=lambda one: (-len(one[1]), one[0]))[:4]:
        failed = sum(call.level == "ERROR" for call in group)
        tokens_in, tokens_out = sum(c.input_tokens for c in group), sum(c.output_tokens for c in group)
        counts = plural(len(group), "call") + (f" ({failed} failed)" if failed else "")
        tokens = (
            f"{tokens_in:,} input and {tokens_out:,} output tokens" if tokens_in or tokens_out else "no tokens known"
        )
        yield f"- model {name}: {counts}, {tokens}"
    every = [call for group in by_model.values() for call in group]
    if every:
        unpriced = sorted({flat(call.model, 60) or "(not named)" for call in every if not call.cost_known})
        bound = f" (lower bound: {listed(unpriced, 3)} {'has' if len(unpriced) == 1 else 'have'} no price)"
        yield f"- cost: {sum(call.cost_usd for call in every):.4f} USD{bound if unpriced else ''}"


def _other_segments(staged: StagedSession) -> str:
    values: dict[str, list[str]] = {}
    for one in staged.session.segments:
        key, value = flat(one.key, 40), _LONG_FRACTION.sub(r"\1", flat(one.value, _SHORT_VALUE))
        if key and key not in _OWN_LINES and value not in values.setdefault(key, []):
            values[key].append(value)
    shown = [
        key if some == [key] else f"{key}={'|'.join(some[:3])}{'|…' if len(some) > 3 else ''}"
        for key, some in values.items()
    ]
    return listed(shown, 16)


def _clock(time: str) -> str:
    return flat(time[11:19], 8)


def _duration(about: object) -> str:
    """`1 hour 2 minutes 3 seconds (3,723.0 s)`."""
    start, end = (datetime.fromisoformat(getattr(about, name)) for name in ("start_time", "end_time"))
    seconds = max(0.0, (end - start).total_seconds())
    if seconds < 60:
        return f"{seconds:.1f} seconds"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "hour"), (minutes, "minute"), (rest, "second")]
    return f"{' '.join(plural(n, unit) for n, unit in parts if n)} ({seconds:,.1f} s)"
