"""Blocks as plain Markdown. Marks inside of texts are escaped: no words of a session make a heading or a link.

Only marks that mean something where they stand are escaped, so that the source reads well, too. Names in backticks stay
code, in which nothing else is markup.
"""

import re
from collections.abc import Iterable
from urllib.parse import quote

from sessions_platform.analysis.reporting.blocks import Block, Cell, Chart, Items, Link, Quote, Section, Table, Text
from sessions_platform.analysis.reporting.words import figure, spoken

_MARKS = str.maketrans({mark: "\\" + mark for mark in "\\`*_[]<|~"})
_ENTITY = re.compile(r"&(?=#?\w+;)|\$(?!\d)")
"""Entities, and what opens a formula in some renderers; an amount in dollars does not."""
_FIRST = re.compile(r"^(#{1,6}(?=\s|$)|[-+=>])")
_LIST = re.compile(r"^(\d+)([.)])(?=\s|$)")
_CELL = 200


def markdown(title: str, sections: Iterable[Section]) -> str:
    """A document with a heading of its own."""
    parts = [f"# {_inline(title)}"]
    for section in sections:
        head = f"{'#' * section.level} {_inline(section.title)}"
        # The one element in it: what makes links within the document lead somewhere, whoever renders it.
        parts.append(f'<a id="{quote(section.anchor, safe="-_")}"></a>\n\n{head}' if section.anchor else head)
        parts += [written for block in section.blocks if (written := _block(block))]
    return "\n\n".join(parts) + "\n"


def _block(block: Block) -> str:
    match block:
        case Text(text, strong):
            return f"**{_text(strong)}** {_text(text)}".rstrip() if strong else _text(text)
        case Items(items):
            return "\n".join(f"- {_text(item)}" for item in items)
        case Table(heads, rows, empty):
            if not rows:
                return _text(empty)
            rule = ["---:" if _numeric(column) else "---" for column in zip(*rows, strict=True)]
            return "\n".join([_line(heads), "| " + " | ".join(rule) + " |", *map(_line, rows)])
        case Quote(text, where):
            return f"> “{_plain(text)}” ({', '.join(map(_link, where))})"
        case Chart():
            # What it shows is in the table after it.
            return ""


def _line(cells: Iterable[Cell]) -> str:
    return "| " + " | ".join(_link(cell) if isinstance(cell, Link) else _inline(_cell(cell)) for cell in cells) + " |"


def _cell(cell: Cell) -> str:
    text = figure(cell)
    return text if len(text) <= _CELL else text[:_CELL] + "..."


def _numeric(column: Iterable[Cell]) -> bool:
    return all(isinstance(cell, int | float) or cell is None for cell in column)


def _link(link: Link) -> str:
    # Brackets and blanks would end the address.
    return f"[{_inline(link.text)}]({quote(link.href, safe='/:?=&#%.-_~')})"


def _text(text: str) -> str:
    return _at_start(_inline(text))


def _inline(text: str) -> str:
    return "".join(_code(one) if name else _escaped(one) for name, one in spoken(" ".join(text.split())))


def _escaped(text: str) -> str:
    return _ENTITY.sub(r"\\\g<0>", text.translate(_MARKS))


def _code(name: str) -> str:
    # A bar ends a cell of a table even within code, and a name of blanks is no code.
    return f"`{name}`" if name.strip() and "|" not in name else f"\\`{_escaped(name)}\\`"


def _plain(text: str) -> str:
    return _at_start(_escaped(" ".join(text.split())))


def _at_start(said: str) -> str:
    return _LIST.sub(r"\1\\\2", _FIRST.sub(r"\\\1", said))
