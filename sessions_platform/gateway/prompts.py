"""Which kind of prompt a chat request is, and the parts of it that an answer is taken from.

A kind is recognised by the few words that OpenViking's template opens with, or by the tool it forces: never by words
further in, which are the session's. What is answered belongs to `answers`. Source: the requests that OpenViking 0.5.2
was seen to send.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal[
    "document_summary",
    "file_summary",
    "code_summary",
    "dir_overview",
    "memory_extract",
    "wm_create",
    "wm_create_tool",
    "wm_update",
    "intent_analysis",
    "connection_test",
]

_OPENING = 420
_LANGUAGE = r"\s*(?:Output Language: [\w-]+\s+)?"
_OPENINGS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("document_summary", re.compile(_LANGUAGE + "You are a documentation analysis expert")),
    ("code_summary", re.compile(_LANGUAGE + "You are a code analysis expert")),
    ("file_summary", re.compile(_LANGUAGE + "Please generate a summary for the following file:")),
    (
        "dir_overview",
        re.compile(r"\s*Output Language: [^\n]+\n(?:[^\n]*\n){0,4}\s*Generate an overview document based on the"),
    ),
    ("memory_extract", re.compile(r"\s*You are a memory extraction and maintenance agent")),
    ("wm_create", re.compile(r"\s*You are a session note-taker")),
    ("wm_update", re.compile(r"\s*You are the Working Memory maintainer")),
    ("intent_analysis", re.compile(r"\s*You are OpenViking's context query planner")),
    ("connection_test", re.compile(r"\s*Reply only OK\.\s*\Z")),
)
_TOOLS = {"update_working_memory": "wm_update", "create_working_memory": "wm_create"}
_PYTHON_FORM = "restricted Python memory SDK"


class UnknownPrompt(Exception):
    """No kind, or a kind in a form that is not answered. The message holds nothing of the prompt."""


@dataclass(frozen=True)
class Prompt:
    """A recognised request: its kind, its first message, the other messages' texts, and its tools."""

    kind: Kind
    text: str
    others: tuple[str, ...] = ()
    tool: str | None = None

    def between(self, start: str, *ends: str) -> str:
        """What stands after the first `start` and before the last of the first found of `ends`; empty without it."""
        _, found, rest = self.text.partition(start)
        if not found:
            return ""
        at = next((place for place in map(rest.rfind, ends) if place >= 0), len(rest))
        return rest[:at].strip("\n")


def recognise(messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]] = ()) -> Prompt:
    """The prompt in a chat request's messages. Raises UnknownPrompt."""
    texts = [text_of(message.get("content")) for message in messages]
    first = texts[0] if texts else ""
    kind = next((kind for kind, mark in _OPENINGS if mark.match(first[:_OPENING])), None)
    offered = [str(tool.get("function", {}).get("name", "")) for tool in tools]
    if kind is None:
        raise UnknownPrompt("unknown prompt kind: its opening is none that OpenViking 0.5.2 was seen to send")
    tool = next((name for name in offered if _TOOLS.get(name) == kind), None)
    if kind == "wm_update" and tool is None:
        raise UnknownPrompt("unknown prompt kind: a working memory update without its tool")
    if kind == "memory_extract" and _PYTHON_FORM not in first:
        raise UnknownPrompt(
            "unknown prompt kind: memory extraction in another form than Python "
            "(set memory.extraction_output_format to python)"
        )
    return Prompt("wm_create_tool" if kind == "wm_create" and tool else kind, first, tuple(texts[1:]), tool)


def text_of(content: Any) -> str:
    """A message's text: a string, or the text parts of a list. Halves of surrogate pairs become question marks."""
    if isinstance(content, list):
        content = "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return content.encode("utf-8", "replace").decode() if isinstance(content, str) else ""


@dataclass
class Line:
    """One message of a conversation inside a prompt."""

    role: str
    text: str


@dataclass
class Entry:
    """A file or folder as an overview prompt lists it."""

    name: str
    link: str
    summary: str = field(default="")


_SPOKEN = re.compile(r"^\[(user|assistant|system|tool)\]: ", re.MULTILINE)
_NUMBERED = re.compile(r"^\[(\d+)\]\[(\w+)\]\[[^\]\n]*\]: ", re.MULTILINE)
_LISTED = re.compile(r"^- (.+?) \(link: (viking://input_sample_[fc]\d+)\): ?", re.MULTILINE)
_SECTION = re.compile(r"^### \[([^\]\n]+)\]\(([^)\n]+)\)\n", re.MULTILINE)


def spoken_lines(content: str) -> list[Line]:
    """The messages of a working memory prompt's conversation."""
    return [Line(mark[1], text) for mark, text in _cut(_SPOKEN, content)]


def numbered_lines(content: str) -> list[Line]:
    """The messages of a memory prompt's conversation; a number out of turn is text that looks like a message."""
    lines: list[Line] = []
    for mark, text in _cut(_NUMBERED, content):
        if int(mark[1]) == len(lines):
            lines.append(Line(mark[2], text))
        elif lines:
            lines[-1].text += f"\n{mark[0]}{text}"
    return lines


def listed_entries(content: str) -> list[Entry]:
    """The entries of an overview prompt: its list, or the sections of the partial overviews that are to be merged."""
    found = _cut(_LISTED, content) or [(mark, text.split("\n\n---\n")[0]) for mark, text in _cut(_SECTION, content)]
    return [Entry(mark[1], mark[2], text) for mark, text in found]


def _cut(mark: re.Pattern[str], content: str) -> list[tuple[re.Match[str], str]]:
    marks = list(mark.finditer(content))
    ends = [following.start() for following in marks[1:]] + [len(content)] * bool(marks)
    return [(found, content[found.end() : end].strip()) for found, end in zip(marks, ends, strict=True)]
