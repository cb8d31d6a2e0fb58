"""Properties by which sessions are compared: tags, metadata, release and version, and derived platform and task.

The taxonomy is data (`taxonomy.yaml`): its rules are read here, its file by who calls. Source: CONTRACT section 1.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import yaml

from sessions_platform.errors import ConfigurationError
from sessions_platform.sessions.model import Observation, Segment

VALUE_LENGTH = 1000
"""Longest value by which sessions are still compared; what is longer is a text, not a property."""
MOST_SEGMENTS = 64
_TECHNICAL = ("attributes", "resourceAttributes", "scope")


@dataclass(frozen=True, slots=True)
class Rule:
    """A value of a derived segment, and the words that speak for it."""

    value: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Rules for the derived segments `platform` and `task`, in order of preference."""

    platform: tuple[Rule, ...]
    task: tuple[Rule, ...]

    @classmethod
    def parse(cls, text: str, name: str = "taxonomy.yaml") -> "Taxonomy":
        """The taxonomy in a YAML text: `platform` and `task`, each a mapping from a value to its list of words."""
        try:
            data = yaml.safe_load(text) or {}
        except yaml.YAMLError as error:
            raise ConfigurationError(f"{name}: not valid YAML ({' '.join(str(error).split())})") from None
        if not isinstance(data, dict) or not set(data) <= {"platform", "task"}:
            raise ConfigurationError(f"{name}: expected the keys platform and task")
        return cls(_rules(data.get("platform"), f"{name}: platform"), _rules(data.get("task"), f"{name}: task"))

    def derive(self, evidence: "Evidence") -> list[Segment]:
        """`platform` and `task` of a session, each with the basis that decided."""
        return [_derive("platform", self.platform, evidence), _derive("task", self.task, evidence)]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a session shows of its subject: tags and metadata, tools and operations used, the user's first words."""

    declared: dict[str, str]
    tools: Counter[str]
    request: str


def of_rows(roots: Iterable[Observation]) -> list[Segment]:
    """Segments that the root rows declare: tags, scalar metadata, environment, release, version; without doubles."""
    found: dict[tuple[str, str], str] = {}
    for row in roots:
        for tag in row.tags or []:
            key, colon, value = tag.partition(":")
            pair = (key.strip(), value.strip()) if colon and key.strip() and value.strip() else (tag, tag)
            found.setdefault(pair, "tag")
        for key, value in _scalars(row.metadata):
            found.setdefault((key, value), "metadata")
        for key in ("environment", "release", "version"):
            if value := getattr(row, key):
                found.setdefault((key, value), "row")
    pairs = list(found.items())[:MOST_SEGMENTS]
    return [Segment(key, value, basis) for (key, value), basis in pairs]


def _scalars(metadata: Any) -> list[tuple[str, str]]:
    if not isinstance(metadata, dict):
        return []
    pairs = []
    for key, value in metadata.items():
        if key.split(".", 1)[0] in _TECHNICAL or isinstance(value, dict | list) or value in (None, ""):
            continue
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if len(text) <= VALUE_LENGTH:
            pairs.append((key, text))
    return pairs


def _rules(values: Any, name: str) -> tuple[Rule, ...]:
    if not isinstance(values, dict) or not all(isinstance(words, list) for words in values.values()):
        raise ConfigurationError(f"{name}: expected a mapping from a value to its list of words")
    rules = []
    for value, words in values.items():
        joined = "|".join(re.escape(str(word).lower()).replace(r"\ ", r"\s+") for word in words)
        rules.append(Rule(str(value), re.compile(rf"(?<![a-z0-9])(?:{joined})(?![a-z0-9])")))
    return tuple(rules)


def _derive(key: str, rules: tuple[Rule, ...], evidence: Evidence) -> Segment:
    """A declared value wins, then tools used and the user's words; most hits win, the file's order parts ties."""
    declared = evidence.declared.get(key)
    if declared:
        # Who says what it is knows better; a second value would count the session twice.
        return Segment(key, declared, "declared")
    tools = {rule.value: sum(n for tool, n in evidence.tools.items() if rule.pattern.search(tool)) for rule in rules}
    request = evidence.request.lower()
    words = {rule.value: len(rule.pattern.findall(request)) for rule in rules}
    order = [("words", words), ("tools", tools)] if key == "task" else [("tools", tools), ("words", words)]
    for basis, hits in order:
        best = max(hits, key=lambda value: hits[value], default=None)
        if best is not None and hits[best]:
            return Segment(key, best, f"rule:{basis}")
    return Segment(key, "other", "rule:none")
