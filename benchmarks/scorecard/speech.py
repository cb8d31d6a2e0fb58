"""Wording by grammar: templates with alternatives in brackets and slots in braces, expanded by a seeded draw.

`[a|b [c|d]]` is one of its alternatives, nested ones too; `{name}` is a slot: first the session's own value, then one
that is drawn anew each time. What is said, and by whom, is not known here.
"""

import random
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

_PIECE = re.compile(r"[\[\]|]|\{\w+\}|[^\[\]|{]+|\{")
_MARKS = frozenset("[]{")
_HEX = "0123456789abcdef"
Node = Any
"""Text, ('slot', name), or ('one', alternatives), each alternative being a tuple of nodes."""

DRAWN: dict[str, Callable[[random.Random], str]] = {
    "n": lambda draw: str(draw.randint(2, 40)),
    "n3": lambda draw: str(draw.randint(101, 999)),
    "n4": lambda draw: str(draw.randint(1_001, 9_899)),
    "s": lambda draw: str(draw.choice((10, 15, 20, 30, 30, 45, 60, 90, 120))),
    "ms": lambda draw: str(draw.randint(12, 950)),
    "pct": lambda draw: f"{draw.uniform(0.4, 97):.1f}",
    "hex": lambda draw: "".join(draw.choices(_HEX, k=7)),
    "clock": lambda draw: f"{draw.randint(0, 23):02d}:{draw.randint(0, 59):02d}",
    "weekday": lambda draw: draw.choice(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")),
    "money": lambda draw: f"{draw.uniform(4, 480):.2f}",
}


class Speech:
    """Says templates with one draw and the slots of one session."""

    def __init__(self, draw: random.Random, slots: Mapping[str, str]) -> None:
        self.draw = draw
        self.slots = dict(slots)

    def say(self, template: str, **more: str) -> str:
        """A text of the template."""
        if not _MARKS.intersection(template):
            return template
        out: list[str] = []
        self._add(_parsed(template), more, out)
        return "".join(out)

    def fill(self, value: Any, **more: str) -> Any:
        """A JSON value whose strings are templates."""
        if isinstance(value, str):
            return self.say(value, **more)
        if isinstance(value, dict):
            return {name: self.fill(item, **more) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.fill(item, **more) for item in value]
        return value

    def _add(self, nodes: tuple[Node, ...], more: Mapping[str, str], out: list[str]) -> None:
        for node in nodes:
            if isinstance(node, str):
                out.append(node)
            elif node[0] == "one":
                self._add(self.draw.choice(node[1]), more, out)
            else:
                out.append(self._slot(node[1], more))

    def _slot(self, name: str, more: Mapping[str, str]) -> str:
        if name in more:
            return more[name]
        if name in self.slots:
            return self.slots[name]
        return DRAWN[name](self.draw)


@lru_cache(maxsize=4096)
def _parsed(template: str) -> tuple[Node, ...]:
    pieces = _PIECE.findall(template)
    nodes, at = _sequence(pieces, 0)
    if at != len(pieces):
        raise ValueError(f"a bracket closes that was not opened: {template!r}")
    return nodes


def _sequence(pieces: list[str], at: int, *, inside: bool = False) -> tuple[tuple[Node, ...], int]:
    nodes: list[Node] = []
    while at < len(pieces) and pieces[at] != "]" and not (inside and pieces[at] == "|"):
        piece = pieces[at]
        if piece == "[":
            alternatives = []
            while True:
                one, at = _sequence(pieces, at + 1, inside=True)
                alternatives.append(one)
                if pieces[at] == "]":
                    break
            nodes.append(("one", tuple(alternatives)))
        elif len(piece) > 2 and piece[0] == "{" and piece[-1] == "}":
            nodes.append(("slot", piece[1:-1]))
        else:
            nodes.append(piece)
        at += 1
    return tuple(nodes), at
