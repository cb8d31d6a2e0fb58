"""The SQL behind a finding's number: one SELECT with its own date bounds, value in its first cell and n in its second.

Templates stand in sql/weekly/metric_*.sql; what is filled in are literals and the clauses below, in one pass, so that
no value is ever read as SQL. Nothing is run here.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from sessions_platform.analysis.population import Pair
from sessions_platform.partitions import week_name
from sessions_platform.sql import quoted, statement

_PLACE = re.compile(r"\{(\w+)\}")
_CARRIED = {"tool": "tool_name", "operation": "operation", "agent": "agent_name"}
_USED = {
    "tool": "SELECT session_id FROM tool_calls WHERE tool_name = ",
    "operation": "SELECT session_id FROM tool_calls WHERE operation = ",
    "agent": "SELECT session_id FROM messages WHERE role = 'assistant' AND agent_name = ",
    "model": "SELECT session_id FROM model_calls WHERE model = ",
}


class Week(msgspec.Struct, frozen=True):
    """A week's bounds of first_date, both included, and its ISO name."""

    first: date

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.first + timedelta(days=6)

    @property
    def name(self) -> str:
        """As `2026-W45`."""
        return week_name(self.first)


def label_share(week: Week, label: str, signature: Sequence[Pair], carried: Sequence[str]) -> str:
    """Share of the sessions in reach of the signature that carry the label.

    `carried` are keys whose value the label's own row names; its sessions are in reach, whatever the tables say they
    used.
    """
    own = [pair for pair in signature if pair[0] in carried]
    rest = [pair for pair in signature if pair[0] not in carried]
    in_reach = "".join(f"\n    AND (l.session_id IS NOT NULL OR {having(*pair)})" for pair in own)
    return _filled(
        "metric_label",
        week,
        label=quoted(label),
        carried="".join(f" AND l.{_CARRIED[key]} = {quoted(value)}" for key, value in own),
        within=in_reach + _within(rest),
    )


def failed_share(week: Week, measure: str, signature: Sequence[Pair]) -> str:
    """Share of the segment's sessions that failed (`failed`) or broke off (`broken off`)."""
    return _filled(f"metric_{measure.replace(' ', '_')}", week, within=_within(signature))


def having(key: str, value: str) -> str:
    """The condition that session `s` has a segment's value, or used a tool, operation, agent or model."""
    if key in _USED:
        return f"s.session_id IN ({_USED[key]}{quoted(value)})"
    chosen = f"key = {quoted(key)} AND value = {quoted(value)}"
    return f"s.session_id IN (SELECT session_id FROM session_segments WHERE {chosen})"  # noqa: S608 - quoted above


def _within(signature: Sequence[Pair]) -> str:
    return "".join(f"\n    AND {having(*pair)}" for pair in signature)


def _filled(name: str, week: Week, **texts: str) -> str:
    bounds = {"first": week.first.isoformat(), "last": week.last.isoformat(), "week": week.name}
    texts |= {name: quoted(bound) for name, bound in bounds.items()}
    lines = [line for line in statement(f"weekly/{name}").splitlines() if not line.startswith("--")]
    return _PLACE.sub(lambda place: texts[place[1]], "\n".join(lines))
