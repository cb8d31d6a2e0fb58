"""The Markdown that reports are written in, as blocks of plain text for a template to escape: never markup itself.

Headings, paragraphs, lists, tables and code fences. What is not understood is shown as it is written.
"""

import re
from typing import Any

Block = dict[str, Any]
_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+(.*)")
_RULE = re.compile(r"\|?[\s:|-]+\|[\s:|-]*")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_STRESSED = re.compile(r"(?<![\\*\w])\*([^*\n]+)(?<!\\)\*(?![*\w])|(?<!\\)`([^`\n]+)`")
_STRONG = re.compile(r"(?<!\\)\*\*(.+?)(?<!\\)\*\*")


def blocks(text: str) -> list[Block]:
    """Blocks in order: `kind` is heading (with `level`), text, list, table (with `head` and `rows`) or code."""
    made: list[Block] = []
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            at += 1
        elif line.startswith("```"):
            end = next((i for i in range(at + 1, len(lines)) if lines[i].startswith("```")), len(lines))
            made.append({"kind": "code", "text": "\n".join(lines[at + 1 : end])})
            at = end + 1
        elif heading := _HEADING.fullmatch(line):
            made.append({"kind": "heading", "level": min(4, len(heading[1]) + 1), "text": _plain(heading[2])})
            at += 1
        else:
            end = next((i for i in range(at, len(lines)) if not lines[i].strip()), len(lines))
            made.append(_block(lines[at:end]))
            at = end
    return made


def _block(lines: list[str]) -> Block:
    if len(lines) > 1 and lines[0].startswith("|") and _RULE.fullmatch(lines[1].strip()):
        return {"kind": "table", "head": _cells(lines[0]), "rows": [_cells(line) for line in lines[2:]]}
    items = [_ITEM.fullmatch(line) for line in lines]
    if all(items):
        return {"kind": "list", "items": [_plain(item[1]) for item in items if item]}
    return {"kind": "text", "text": _plain("\n".join(lines))}


def _cells(line: str) -> list[str]:
    parts = re.split(r"(?<!\\)\|", line.strip())
    return [_plain(part.strip()) for part in parts[1 : -1 if line.rstrip().endswith("|") else None]]


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\1", _STRESSED.sub(lambda found: found[1] or found[2], _STRONG.sub(r"\1", text)))
