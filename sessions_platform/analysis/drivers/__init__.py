"""Drivers: who reads sessions at the three tiers. `rules` needs no model; what a driver says is never trusted.

A driver labels; findings are made of labels by tests, and every quote is verified by somebody else. The protocol and
the ledger belong here; how a driver reads, in its module.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import msgspec

from sessions_platform.analysis.model import Label, Planned, SessionLog, Tier

Texts = Callable[[str], Mapping[int, str] | None]
"""The texts of a session's messages by published index; None where its staged files are gone."""


class Spent(msgspec.Struct, frozen=True):
    """What a tier took: sessions read, calls of a model, and tokens that were billed."""

    tier: Tier
    driver: str
    sessions: int = 0
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float = 0.0


class Read(msgspec.Struct, frozen=True):
    """The labels of a tier, and what it took to get them."""

    labels: tuple[Label, ...]
    spent: Spent


class Driver(Protocol):
    """Whoever reads. Each method is given the plan of its tier alone, and the logs of those sessions."""

    name: str

    def label_l0(self, plan: Sequence[Planned], logs: Mapping[str, SessionLog]) -> Read:
        """Labels from abstracts and constraint logs."""

    def read_l1(self, plan: Sequence[Planned], logs: Mapping[str, SessionLog], texts: Texts) -> Read:
        """Labels from a session's overview."""

    def read_l2(self, plan: Sequence[Planned], logs: Mapping[str, SessionLog], texts: Texts) -> Read:
        """Labels from windows of messages around what a check saw."""
