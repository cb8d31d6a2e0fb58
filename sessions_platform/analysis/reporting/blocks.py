"""What a report consists of, before it is Markdown or HTML: headed sections of blocks, all of plain text."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Align = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. `strong` words stand before it."""

    text: str
    strong: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list of sentences."""

    items: Sequence[str]


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere."""

    text: str
    href: str


Cell = str | int | float | None | Link


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under heads, which may all be empty; numbers are aligned to the right. `empty` is said without rows."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    empty: str = "None."


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a session, and every place where they were said."""

    text: str
    where: Sequence[Link]


@dataclass(frozen=True, slots=True)
class Chart:
    """A Vega-Lite specification with what it shows in a sentence. Its figures are in the table after it."""

    title: str
    spec: dict[str, Any]


Block = Text | Items | Table | Quote | Chart


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, an anchor by which it is linked to, and what stands under it; `level` 2 to 4."""

    title: str
    blocks: Sequence[Block] = field(default_factory=tuple)
    anchor: str = ""
    level: int = 2
