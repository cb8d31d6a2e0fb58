"""The table of `patterns.toml`, read and compiled.

What belongs here: the form of a rule and of a door, and the borders their expressions share. What does not: the shapes
themselves (patterns.toml), judging a candidate (validators), using the table on a text (engine).
"""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import re2

from sessions_platform.sessions.redact import normalisers, validators

Validator = Callable[[bytes, int, int], tuple[int, int] | None]

BASE64 = r"[A-Za-z0-9+/_-]"
_MACROS = {
    "<<L>>": r"(?:^|[^A-Za-z0-9]|\\[nrtbf]|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|%[0-9A-Fa-f]{2})",
    "<<B>>": r"(?:[\s,]|\\+[nrt])",
    "<<S>>": BASE64,
    # The sextets of three ASCII characters are not free: a quarter of the alphabet each, so random text rarely passes.
    "<<Q>>": r"[CDI-Za-f][A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589]" + BASE64,
}


@dataclass(frozen=True)
class Rule:
    """One shape of one class; `expression` is kept as text so that a test can compile it with another engine."""

    name: str
    class_: str
    expression: str
    gates: frozenset[str]
    validator: Validator | None
    normalise: Callable[[str], str]
    rank: int
    exempt_in_names: bool
    unmistakable: bool
    catches: tuple[str, ...]
    spares: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """All rules in the order of the file (the earlier wins a draw); expressions of gates and doors by name."""

    rules: tuple[Rule, ...]
    gates: dict[str, str]
    doors: dict[str, str]


def compile_re2(expression: str) -> Any:
    """The expression over bytes, each byte one character: offsets need no translation and lone surrogates no care."""
    return re2.compile(expression.encode("latin-1"), options())


def options() -> Any:
    """Options of every RE2 object here; the automaton may take memory, or it falls back to a slow one on long texts."""
    chosen = re2.Options()
    chosen.encoding = re2.Options.Encoding.LATIN1
    chosen.max_mem = 256 << 20
    chosen.log_errors = False
    return chosen


@lru_cache(maxsize=1)
def table() -> Table:
    """The one table of the package, read at first use."""
    document = tomllib.loads((Path(__file__).parent / "patterns.toml").read_text(encoding="utf-8"))
    gates = {name: _expand(expression) for name, expression in document["gates"].items()}
    doors = {entry["name"]: _expand(entry["regex"]) for entry in document["door"]}
    return Table(tuple(_rule(entry) for entry in document["rule"]), gates, doors)


def _rule(entry: dict[str, Any]) -> Rule:
    expression = _expand(entry["regex"])
    validator = getattr(validators, entry["validator"]) if "validator" in entry else None
    return Rule(
        name=entry["name"],
        class_=entry.get("class", entry["name"]),
        expression=expression,
        gates=frozenset([entry["gate"]] if isinstance(entry["gate"], str) else entry["gate"]),
        validator=validator,
        normalise=getattr(normalisers, entry.get("normaliser", "plain")),
        rank=entry.get("rank", 1),
        exempt_in_names=entry.get("exempt_in_names", False),
        unmistakable=entry.get("unmistakable", False),
        catches=_texts(entry["catches"]),
        spares=_texts(entry["spares"]),
    )


def _texts(entries: list[Any]) -> tuple[str, ...]:
    return tuple(entry if isinstance(entry, str) else "".join(entry) for entry in entries)


def _expand(expression: str) -> str:
    for name, meaning in _MACROS.items():
        expression = expression.replace(name, meaning)
    return expression
