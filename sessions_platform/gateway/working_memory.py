"""Working memories: the seven sections that OpenViking asks for when a session is committed, filled with extracts.

The sections' headings and the lines below them are read from the prompt, so that they are the server's own. The other
kinds of answers belong to `answers`.
"""

import re
from typing import Any

from sessions_platform.gateway.extracts import cut, first_sentence, first_sentences, headline, resources, title_words
from sessions_platform.gateway.prompts import Line, Prompt, spoken_lines

TITLE, STATE, TASK, FACTS, FILES, ERRORS, OPEN = SECTIONS = (
    "Session Title",
    "Current State",
    "Task & Goals",
    "Key Facts & Decisions",
    "Files & Context",
    "Errors & Corrections",
    "Open Issues",
)
_FAILED_TOOL = re.compile(r"^\[tool:([^\]\n(]+) \((?:error|failed)\)\] ?(.*)", re.MULTILINE)
_TOOL = re.compile(r"^\[tool:[^\]\n]+\].*(?:\n(?!\[(?:tool:|context\])).*)*", re.MULTILINE)
_CHECKPOINT = re.compile(r'<checkpoint_source index="(\d+)">\n(.*?)\n</checkpoint_source>', re.DOTALL)
_PREVIOUS = re.compile(r'<checkpoint_previous index="(\d+)">\n(.*?)\n</checkpoint_previous>', re.DOTALL)
_MAX_ITEMS = 30


def create(prompt: Prompt) -> str:
    """The whole document, with the line **Overview** from which OpenViking takes a session's abstract."""
    lines = spoken_lines(_conversation(prompt))
    bodies = _bodies(lines)
    described = dict(re.findall(r"^\s*## ([^\n]+)\n\s*(_[^\n]+_)\s*$", _form(prompt), re.MULTILINE))
    parts = ["# Working Memory"]
    for name in SECTIONS:
        parts.append("\n".join(filter(None, (f"## {name}", described.get(name, ""), bodies[name]))))
    return "\n\n".join(parts)


def create_with_checkpoints(prompt: Prompt) -> dict[str, Any]:
    return {"working_memory": create(prompt), "checkpoint_summaries": _checkpoints(prompt)}


def update(prompt: Prompt) -> dict[str, Any]:
    """What the new messages add. Nothing that stands is rewritten but the current state."""
    current = prompt.between("<current_wm>\n", "\n</current_wm>\n\n<new_content>", "\n</current_wm>")
    lines = spoken_lines(_conversation(prompt))
    ops: dict[str, dict[str, Any]] = {TITLE: {"op": "KEEP"}, TASK: {"op": "KEEP"}}
    state = _state(lines)
    ops[STATE] = {"op": "UPDATE", "content": state} if state else {"op": "KEEP"}
    new = {FACTS: _facts(lines), FILES: _files(lines), ERRORS: _errors(lines), OPEN: _open(lines)}
    for name, items in new.items():
        items = [item for item in items if item not in current]
        ops[name] = {"op": "APPEND", "items": items} if items else {"op": "KEEP"}
    answer: dict[str, Any] = {"sections": {name: ops[name] for name in SECTIONS}}
    if checkpoints := _checkpoints(prompt):
        answer["checkpoint_summaries"] = checkpoints
    return answer


def _bodies(lines: list[Line]) -> dict[str, str]:
    asked = next((line.text for line in lines if line.role == "user"), "")
    state = _state(lines)
    overview = cut(" ".join(filter(None, (first_sentence(asked, 160), first_sentence(state, 160)))), 250)
    title = title_words(asked, 10) or "Session without a user message"
    lists = {FACTS: _facts(lines), FILES: _files(lines), ERRORS: _errors(lines), OPEN: _open(lines)}
    return {
        TITLE: f"{title}\n\n**Overview**: {overview or title}",
        STATE: state,
        TASK: first_sentences(asked, 8, 800),
        **{name: "\n".join(f"- {item}" for item in items) for name, items in lists.items()},
    }


def _state(lines: list[Line]) -> str:
    """The last thing that the assistant said."""
    said = (_TOOL.sub("", line.text) for line in reversed(lines) if line.role == "assistant")
    return next((state for text in said if (state := first_sentences(text, 4, 700))), "")


def _facts(lines: list[Line]) -> list[str]:
    return _distinct(first_sentence(line.text, 300) for line in lines if line.role == "user")


def _files(lines: list[Line]) -> list[str]:
    return resources((line.text for line in lines), _MAX_ITEMS)


def _errors(lines: list[Line]) -> list[str]:
    found = (match for line in lines for match in _FAILED_TOOL.finditer(line.text))
    return _distinct(f"{match[1]}: {cut(match[2], 300)}" for match in found)


def _open(lines: list[Line]) -> list[str]:
    """A last message of the user's that nobody answered."""
    unanswered = lines[-1].text if lines and lines[-1].role == "user" else ""
    return _distinct([first_sentence(unanswered, 300)])


def _distinct(items: Any) -> list[str]:
    return list(dict.fromkeys(item for item in items if item))[:_MAX_ITEMS]


def _checkpoints(prompt: Prompt) -> list[str]:
    """A text for each numbered block: what was kept of it before, and the block's first and last words."""
    if "# CHECKPOINT OUTPUT" not in prompt.text:
        return []
    content = _conversation(prompt)
    before = {int(number): text for number, text in _PREVIOUS.findall(content)}
    blocks = {int(number): text for number, text in _CHECKPOINT.findall(content)}
    texts = []
    for number in range(max(blocks, default=-1) + 1):
        lines = spoken_lines(blocks.get(number, ""))
        said = [first_sentence(line.text, 200) for line in (*lines[:1], *lines[-1:])]
        texts.append(" ".join(filter(None, [cut(headline(before.get(number, "")), 600), *dict.fromkeys(said)])))
    return texts


def _conversation(prompt: Prompt) -> str:
    tag = "new_content" if prompt.kind == "wm_update" else "session_content"
    return prompt.between(f"<{tag}>\n", f"\n</{tag}>")


def _form(prompt: Prompt) -> str:
    """The empty document at the end of the prompt."""
    return prompt.text.rpartition("# Working Memory\n")[2]
