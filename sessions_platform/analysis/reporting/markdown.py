"""Blocks as plain Markdown. Marks inside of texts are escaped: no words of a session make a heading or a link."""

import re
from collections.abc import Iterable
from urllib.parse import quote

from sessions_platform.analysis.reporting.blocks import Block, Cell, Chart, Items, Link, Quote, Section, Table, Text
from sessions_platform.analysis.reporting.words import figure

_MARKS = str.maketrans({mark: "\\" + mark for mark in "\\`*_{}[]<>()#+!|~"})
_LIST = re.compile(r"^(\s*\d+)([.)])")
_CELL = 200


def markdown(title: str, sections: Iterable[Section]) -> str:
    """A document with a heading of its own."""
    parts = [f"# {_text(title)}"]
    for section in sections:
        parts.append(f"{'#' * section.level} {_text(section.title)}")
        parts += [written for block in section.blocks if (written := _block(block))]
    return "\n\n".join(parts) + "\n"


def _block(block: Block) -> str:
    match block:
        case Text(text, strong):
            said = _text(text)
            return f"**{_text(strong)}** {said}".rstrip() if strong else said
        case Items(items):
            return "\n".join(f"- {_text(item)}" for item in items)
        case Table(heads, rows, empty):
            if not rows:
                return _text(empty)
            rule = ["---:" if _numeric(column) else "---" for column in zip(*rows, strict=True)]
            return "\n".join([_line(heads), "| " + " | ".join(rule) + " |", *map(_line, rows)])
        case Quote(text, where):
            return f"> “{_text(text)}” ({_link(where)})"
        case Chart(title, _):
            return f"*Chart: {_text(title)}. Its figures are in the table.*"


def _line(cells: Iterable[Cell]) -> str:
    return (
        "| "
        + " | ".join(_link(cell) if isinstance(cell, Link) else _text(figure(cell))[:_CELL] for cell in cells)
        + " |"
    )


def _numeric(column: Iterable[Cell]) -> bool:
    return all(isinstance(cell, int | float) or cell is None for cell in column)


def _link(link: Link) -> str:
    # Brackets and blanks would end the address.
    return f"[{_text(link.text)}]({quote(link.href, safe='/:?=&#%.-_~')})"


def _text(text: str) -> str:
    said = " ".join(text.split()).translate(_MARKS)
    said = _LIST.sub(r"\1\\\2", said)
    return "\\" + said if said[:1] in {"-", "=", "&"} else said
