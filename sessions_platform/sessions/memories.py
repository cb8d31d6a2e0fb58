"""What is remembered of a slice: events, entities and its outcome, each in a sentence or two with its evidence.

Pure and bounded; texts are redacted by now. The words that decide are data, in `memory_phrases`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from sessions_platform.sessions import memory_phrases as phrases
from sessions_platform.sessions.digest.failures import Failure, calls, failures, is_failed, label_of, tool_of
from sessions_platform.sessions.digest.goals import goals, task_of, without_greeting, without_phrases
from sessions_platform.sessions.digest.outcomes import basis_words, ending_words, outcome_of
from sessions_platform.sessions.digest.words import clip, flat, inner, listed, plural
from sessions_platform.sessions.endings import text_of
from sessions_platform.sessions.model import Message, StagedSession

SUMMARY_CHARACTERS = 600
NAME_CHARACTERS = 80
EVIDENCE = 5
_FAILURES, _MISSING, _ASKED, _TOOLS, _SERVICES = 5, 4, 4, 24, 8
_LOOKED_AT = 3000
"""Characters of a text's beginning in which phrases are searched, and as many of its end."""
_QUOTE = 220
_SENTENCE = re.compile(r"[^.!?\n]*")


class Memory(msgspec.Struct, frozen=True):
    """One thing worth remembering. `messages` are the indices of its evidence within the slice, at most 5.

    Types: `task_attempted`, `failure`, `capability_missing`, `asked_for_help` (events); `platform`, `service`, `tool`
    (entities); `outcome`.
    """

    kind: Literal["event", "entity", "outcome"]
    type: str
    name: str
    summary: str
    messages: list[int]


class Said(msgspec.Struct, frozen=True):
    """A sentence in which a phrase stands, and its words from there on: they name it."""

    sentence: str
    name: str


def memories_of(staged: StagedSession, outcome_scores: Sequence[str] = ()) -> list[Memory]:
    """The memories of a slice, at most 60, in the same order for the same slice."""
    found = failures(staged)
    ending = f"ended {ending_words(staged)}; outcome {outcome_of(staged.scores, outcome_scores)}"
    return [
        *_attempts(staged, ending),
        *_failures(staged, found),
        *_missing(staged, found),
        *_asked(staged, found),
        *_platforms(staged),
        *_services(staged),
        *_tools(staged),
        _outcome(staged, found, outcome_scores),
    ]


def _memory(kind: Literal["event", "entity", "outcome"], type_: str, name: str, text: str, seen: list[int]) -> Memory:
    short = inner(name, NAME_CHARACTERS) or "unnamed"
    return Memory(
        kind, type_, short, clip(text, SUMMARY_CHARACTERS - 1).rstrip(".") + ".", sorted(set(seen))[-EVIDENCE:]
    )


def _attempts(staged: StagedSession, ending: str) -> Iterator[Memory]:
    for index, words in goals(staged):
        text = f"m{index}: the user asked: {inner(without_greeting(words), 350)}. The session {inner(ending, 180)}."
        yield _memory("event", "task_attempted", without_phrases(words), text, [index])


def _failures(staged: StagedSession, found: Sequence[Failure]) -> Iterator[Memory]:
    groups: dict[tuple[str, str], list[Failure]] = {}
    for failure in found:
        groups.setdefault(failure.shape, []).append(failure)
    last_good = {label_of(part): index for index, _, part in calls(staged) if part.success and not is_failed(part)}
    order = sorted(groups.values(), key=lambda group: (-len(group), -group[-1].index))
    for group in order[:_FAILURES]:
        last = group[-1]
        by = inner(last.agent, 60)
        times = "failed once" if len(group) == 1 else f"failed {len(group)} times"
        good = last_good.get(last.label, -1)
        after = f"m{good}: a later call succeeded." if good > last.index else ""
        text = f"m{last.index}: {inner(last.label, 80)} {times}{f', called by {by}' if by else ''}: "
        yield _memory(
            "event",
            "failure",
            last.label,
            f"{text}{inner(last.essence, 350)}. {after}".strip(),
            [failure.index for failure in group],
        )


def _missing(staged: StagedSession, found: Sequence[Failure]) -> Iterator[Memory]:
    groups: dict[str, list[tuple[int, str]]] = {}
    for failure in found:
        words = _searchable(failure.essence)
        if phrases.REFUSED.search(words) or phrases.REFUSED.search(_searchable(failure.text[:400])):
            groups.setdefault(failure.label, []).append(
                (failure.index, f"{inner(failure.label, 80)} was refused: {inner(failure.essence, _QUOTE)}")
            )
    for index, message in _spoken(staged, "assistant"):
        if said := _phrase(_ends(text_of(message)), phrases.CANNOT):
            who = inner(message.agent_name, 60) or "the agent"
            groups.setdefault(said.name, []).append((index, f'{who} said: "{inner(said.sentence, _QUOTE)}"'))
    for name, seen in list(groups.items())[:_MISSING]:
        index, text = seen[-1]
        yield _memory("event", "capability_missing", name, f"m{index}: {text}", [index for index, _ in seen])


def _asked(staged: StagedSession, found: Sequence[Failure]) -> Iterator[Memory]:
    first_failure = found[0].index if found else len(staged.messages)
    groups: dict[str, list[tuple[int, str]]] = {}
    for index, message in (*_spoken(staged, "assistant"), *_spoken(staged, "user")):
        table, who = phrases.AGENT_ASKS, message.agent_name
        if message.role == "user":
            after = phrases.USER_ASKS_AFTER_FAILURE if index > first_failure else ()
            table, who = (*phrases.USER_ASKS, *after), "the user"
        ends = _ends(text_of(message))
        for phrase in table:
            if said := _phrase(ends, phrase):
                name = f"{inner(who, 60) or 'the agent'} asked for {phrase.shows}"
                groups.setdefault(name, []).append((index, f'"{inner(said.sentence, _QUOTE)}"'))
    for index, message, part in calls(staged):
        if phrases.HUMAN_TOOLS.fullmatch((part.tool_name or "").lower()):
            who = inner(part.caller or message.agent_name, 60) or "the agent"
            words = f"{label_of(part)} {inner(part.tool_input or '', _QUOTE)}"
            groups.setdefault(f"{who} asked for a human to take over", []).append((index, words))
    for name, seen in sorted(groups.items(), key=lambda group: min(group[1]))[:_ASKED]:
        index, words = min(seen)
        yield _memory("event", "asked_for_help", name, f"m{index}: {name}: {words}", [index for index, _ in seen])


def _platforms(staged: StagedSession) -> Iterator[Memory]:
    request = [index for index, _ in goals(staged, 1)]
    basis = {one.value: one.basis for one in staged.session.segments if one.key == "platform" and one.value != "other"}
    for value, how in list(basis.items())[:3]:
        text = f"The session was about {inner(value, 80)} (basis: {inner(how, 60)}): {inner(task_of(staged), 200)}"
        yield _memory("entity", "platform", value, text, request)


def _services(staged: StagedSession) -> Iterator[Memory]:
    named: dict[str, dict[int, str]] = {}
    for index, message in enumerate(staged.messages):
        in_calls = (*phrases.SERVICES, *phrases.SERVICES_IN_CALLS)
        texts = [(part.tool_input or "", label_of(part), in_calls) for part in message.parts if part.type == "tool"]
        if message.role == "user":
            texts.append((text_of(message), "the user's words", phrases.SERVICES))
        for text, where, patterns in texts:
            looked_at = text[:_LOOKED_AT].lower()
            if not any(word in looked_at for word in phrases.SERVICES_NEED):
                continue
            for name in (name for pattern in patterns for name in pattern.findall(looked_at)):
                if name not in phrases.NO_SERVICES and not name.isdigit():
                    named.setdefault(name, {}).setdefault(index, where)
    order = sorted(named.items(), key=lambda one: (-len(one[1]), min(one[1]), one[0]))
    for name, seen in order[:_SERVICES]:
        first = min(seen)
        where = listed(dict.fromkeys(seen.values()), 4)
        text = f"The service {name} is named in {plural(len(seen), 'message')}, first in m{first} ({where})"
        yield _memory("entity", "service", name, text, list(seen)[:EVIDENCE])


def _tools(staged: StagedSession) -> Iterator[Memory]:
    used: dict[str, list[tuple[int, str, bool]]] = {}
    for index, _, part in calls(staged):
        if part.tool_status != "requested":
            used.setdefault(tool_of(part), []).append((index, label_of(part), is_failed(part)))
    for name, uses in sorted(used.items(), key=lambda one: (-len(one[1]), one[0]))[:_TOOLS]:
        failed = [index for index, _, bad in uses if bad]
        kinds = Counter(label for _, label, _ in uses if label != name).most_common(5)
        of_which = f" ({', '.join(f'{label} {count}' for label, count in kinds)})" if kinds else ""
        at = f", {len(failed)} failed ({', '.join(f'm{index}' for index in failed[-EVIDENCE:])})" if failed else ""
        text = f"{inner(name, 80)}: {plural(len(uses), 'call')}{of_which}{at}"
        seen = failed[-EVIDENCE:] or [index for index, _, _ in uses[:EVIDENCE]]
        yield _memory("entity", "tool", name, text, seen)


def _outcome(staged: StagedSession, found: Sequence[Failure], outcome_scores: Sequence[str]) -> Memory:
    value = outcome_of(staged.scores, outcome_scores)
    last = len(staged.messages) - 1
    how = (
        f"Outcome {value} ({inner(basis_words(staged, outcome_scores), 120)}), ended {inner(ending_words(staged), 120)}"
    )
    error = (
        f" Last error m{found[-1].index} {inner(found[-1].label, 80)}: {inner(found[-1].essence, 200)}" if found else ""
    )
    seen = [*([found[-1].index] if found else []), *([last] if last >= 0 else [])]
    return _memory("outcome", "outcome", value, f"{how}.{error}", seen)


def _spoken(staged: StagedSession, role: str) -> Iterator[tuple[int, Message]]:
    return ((index, message) for index, message in enumerate(staged.messages) if message.role == role)


def _ends(text: str) -> list[tuple[str, str]]:
    """The beginning and end of a text as they are, each with what is searched."""
    ends = (text,) if len(text) <= 2 * _LOOKED_AT else (text[:_LOOKED_AT], text[-_LOOKED_AT:])
    return [(end, _searchable(end)) for end in ends if end]


def _phrase(ends: list[tuple[str, str]], phrase: phrases.Phrase) -> Said | None:
    """The first sentence in which a phrase stands, unless it is a condition or a refusal."""
    for text, searched in ends:
        if not any(word in searched for word in phrase.needs):
            continue
        for met in phrase.pattern.finditer(searched):
            start = max(searched.rfind(end, 0, met.start()) for end in (". ", "! ", "? ", "\n")) + 1
            rest = _SENTENCE.match(searched, met.end())
            end = rest.end() if rest else met.end()
            if not phrases.NOT_ASKED.search(searched[start:end]):
                return Said(flat(text[start:end], _QUOTE + 80), flat(text[met.start() : end], NAME_CHARACTERS))
    return None


def _searchable(text: str) -> str:
    """Lower case with straight apostrophes, sign for sign."""
    lower = text.lower()
    return (lower if len(lower) == len(text) else text).replace("’", "'")
