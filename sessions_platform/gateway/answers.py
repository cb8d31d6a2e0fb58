"""The answer to each kind of prompt: parts of the prompt's own text, in the form the kind asks for.

No sentence is made up; the few words of the gateway's own are headings and "User asked". Working memories are long
enough for a module of their own. Recognising a prompt belongs to `prompts`, HTTP to `app`.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sessions_platform.gateway import working_memory
from sessions_platform.gateway.extracts import cut, first_sentence, headline, plain_lines
from sessions_platform.gateway.prompts import Entry, Kind, Line, Prompt, listed_entries, numbered_lines

SUMMARY_WORDS = 180
OVERVIEW_CHARS = 3900
"""OpenViking cuts an overview at 4,000 characters."""
_BRIEF_CHARS = 600
_MAX_EVENTS = 8
_PLACEHOLDER = "[Directory "
_DEFINES = re.compile(
    r"^[ \t]*(?:def|class|function|fn|func|import|from|interface|struct|export)\b[^\n]{0,120}", re.MULTILINE
)
_COMMENT = re.compile(r"^[ \t]*(?:#(?!!)|//|/\*+|\"\"\"|--)[ \t]*(\S[^\n]*)", re.MULTILINE)


@dataclass(frozen=True)
class Answer:
    """What the model says: a text, or the arguments of the tool that it was told to call."""

    text: str = ""
    tool: str | None = None
    arguments: dict[str, Any] | None = None

    @property
    def written(self) -> str:
        """All that was said, for counting tokens."""
        return self.text if self.arguments is None else json.dumps(self.arguments, ensure_ascii=False)


def answer(prompt: Prompt) -> Answer:
    """The answer to a recognised prompt."""
    if prompt.tool:
        make = working_memory.update if prompt.kind == "wm_update" else working_memory.create_with_checkpoints
        return Answer(tool=prompt.tool, arguments=make(prompt))
    return Answer(_TEXTS[prompt.kind](prompt))


def _summary(prompt: Prompt) -> str:
    """The document's first paragraph line alone on the first line, then its other lines in order, as plain text."""
    content = _file_content(prompt)
    first = headline(content)
    if not first:
        return f"{_file_name(prompt)}: no text."
    words = SUMMARY_WORDS - len(first.split())
    kept: list[str] = []
    for line in plain_lines(content):
        if line == first:
            continue
        taken = line.split()[: max(words, 0)]
        words -= len(taken)
        if not taken:
            break
        kept.append(" ".join(taken))
    return "\n".join([first, *kept])


def _code_summary(prompt: Prompt) -> str:
    """The file's name, its first comment and the lines that define or import something."""
    content = _file_content(prompt)
    comment = _COMMENT.search(content)
    defines = [" ".join(match.group().split()) for match in _DEFINES.finditer(content)][:20]
    parts = [f"{_file_name(prompt)}: {cut(comment[1], 200) if comment else first_sentence(content)}", *defines]
    return "\n".join(parts)


def _overview(prompt: Prompt) -> str:
    """Title, a paragraph of the entries' first lines, coverage, links, and a section an entry."""
    name = prompt.between("[Directory Name]\n", "\n\n[Directory Scale and Coverage]")
    name = name.splitlines()[0] if name else "directory"
    body = prompt.between("[Files and Their Summaries in Directory]\n", "\n\nRelationship rules:")
    files, _, folders = body.rpartition("\n\n[Subdirectories and Their Summaries]\n")
    files = files[: files.rfind("\nNote: Each entry above")] if "\nNote: Each entry above" in files else files
    entries = [entry for part in (files, folders) for entry in listed_entries(part)]
    for entry in entries:
        if _PLACEHOLDER in entry.summary:  # a failure below must not look like one of this folder
            entry.summary = ""
    coverage = prompt.text.partition("[Directory Scale and Coverage]\n")[2].partition("\n\n")[0].strip()
    sampled = "sampl" in coverage
    text = f"# {name}\n\n{_brief(entries, name, sampled)}\n\n## Directory Coverage\n{coverage}"
    text += "\nTaken from the entries' own words offline, without a language model.\n\n## Quick Navigation\n"
    gist = max(24, min(80, 900 // max(len(entries), 1)))
    text += "\n".join(f"- {cut(_first_line(entry), gist)} → [{entry.name}]({entry.link})" for entry in entries[:32])
    text += "\n\n## Detailed Description\n"
    room = max(120, (OVERVIEW_CHARS - len(text)) // max(len(entries), 1) - 80)
    for entry in entries:
        section = f"\n### [{entry.name}]({entry.link})\n{cut(entry.summary, room) or entry.name}\n"
        if len(text) + len(section) > OVERVIEW_CHARS:
            break
        text += section
    return text.rstrip()


def _brief(entries: list[Entry], name: str, sampled: bool) -> str:
    """One entry: its first line as it is, so that a session's own abstract comes back unchanged."""
    lines = list(dict.fromkeys(line for entry in entries if (line := _first_line(entry))))
    if len(lines) == 1 and not sampled:
        return lines[0]
    if not lines:
        return f"{name}: {', '.join(entry.name for entry in entries[:20]) or 'no entries'}."
    text = " ".join(cut(line, 160) for line in lines)
    return cut(f"The sample shows: {text}" if sampled else text, _BRIEF_CHARS)


def _first_line(entry: Entry) -> str:
    return next(plain_lines(entry.summary), "")


def _memories(prompt: Prompt) -> str:
    """One event for each request that was answered, where the prompt offers events; else nothing to commit."""
    lines: list[Line] = []
    if "sdk.create_events(" in prompt.text:
        history = next((text for text in prompt.others if text.lstrip().startswith("## Conversation History")), "")
        lines = numbered_lines(history.rpartition("\n\nAfter exploring, analyze")[0])
    calls = [_event(lines, start, end) for start, end in _requests(lines)][:_MAX_EVENTS]
    return "\n".join([*calls, "sdk.commit()"])


def _requests(lines: list[Line]) -> Iterator[tuple[int, int]]:
    """From each user message to the last message before the next, where something was answered."""
    starts = [at for at, line in enumerate(lines) if line.role == "user"]
    for start, following in pairwise([*starts, len(lines)]):
        if following - start > 1:
            yield start, following - 1


def _event(lines: list[Line], start: int, end: int) -> str:
    asked, said = first_sentence(lines[start].text, 300), first_sentence(lines[end].text, 300)
    summary = f"User asked: {asked} Answer: {said}"
    words = [word for word in re.findall(r"[a-z]+", asked.lower()) if len(word) > 3][:2] or ["request"]
    # Names must hold no number, and two sessions of one day must not write to one file.
    key = hashlib.blake2b("\n".join(line.text for line in lines[: end + 1]).encode("utf-8", "replace"), digest_size=8)
    letters = "".join(chr(ord("a") + byte % 26) for byte in key.digest())
    goal = " ".join(asked.split()[:5])
    arguments = {
        "event_name": "_".join([*words, letters]),
        "goal": goal,
        "summary": summary,
        "ranges": f"{start}-{end}",
    }
    return f"sdk.create_events({', '.join(f'{name}={_quoted(value)}' for name, value in arguments.items())})"


def _quoted(text: str) -> str:
    """A Python string literal on one line; JSON's escapes are Python's."""
    return json.dumps(text.encode("utf-8", "replace").decode(), ensure_ascii=True)


def _intent(prompt: Prompt) -> str:
    """The current message itself, as the query."""
    message = prompt.between("### Current Message\n", "\n\nExternal information takes priority")
    restricted = re.search(r"\n\n## Search Scope Constraints\s+\*\*Restricted Context Type\*\*: (\w+)", message)
    query = cut(message[: restricted.start()] if restricted else message, 1000)
    kinds = [restricted[1]] if restricted else ["resource", "memory"]
    queries = [{"query": query, "context_type": kind, "priority": 3} for kind in kinds if query]
    return json.dumps({"queries": queries}, ensure_ascii=False)


def _file_name(prompt: Prompt) -> str:
    return prompt.between("【File Name】\n").partition("\n")[0].strip() or "file"


def _file_content(prompt: Prompt) -> str:
    return prompt.between("【File Content】\n", "\n\nOutput requirements:")


_TEXTS: dict[Kind, Callable[[Prompt], str]] = {
    "document_summary": _summary,
    "file_summary": _summary,
    "code_summary": _code_summary,
    "dir_overview": _overview,
    "memory_extract": _memories,
    "wm_create": working_memory.create,
    "intent_analysis": _intent,
    "connection_test": lambda prompt: "OK",
}
