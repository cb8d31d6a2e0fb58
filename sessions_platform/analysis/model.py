"""The shapes of the weekly analysis: what a check saw, what was read, and a finding. Shapes only, no work.

A week's sessions are those whose `first_date` lies in it. `message_index` is always that of the published table
`messages`. A quote is an exact piece of that message's staged text (of the result, for a tool message).
"""

from typing import Any, Literal

import msgspec

Kind = Literal["failure_mode", "task", "capability_gap", "regression", "cost", "platform"]
Tier = Literal["L0", "L1", "L2"]
TELLTALE = "telltale"
"""The check, so to speak, of labels that were learnt from the week itself."""
Status = Literal["new", "ongoing", "improving", "resolved", "regressed", "insufficient data"]
Confidence = Literal["high", "medium", "low"]


class Signal(msgspec.Struct, frozen=True):
    """Something that one check saw in a session, with the place and the exact words.

    `shape` is equal for events of one kind: masked words, or what was done; '' where nothing tells events of this
    check apart. `also` are further messages that belong to it (the other attempts of a loop).
    """

    check: str
    message_index: int
    quote: str
    shape: str = ""
    turn: int = 0
    agent: str = ""
    tool: str = ""
    operation: str = ""
    also: tuple[int, ...] = ()


SENTENCES = ("said", "result")
"""Sorts of remarks that are sentences."""


class Remark(msgspec.Struct, frozen=True, array_like=True):
    """What can be said of one message without judging it: `words` are a sentence, or tokens of a form.

    `sort` is said (by an agent), result, form (the fields of a result), argument, or repeat; `about` the call's label.
    """

    message_index: int
    sort: Literal["said", "result", "form", "argument", "repeat"]
    about: str
    words: str
    tool: str = ""
    operation: str = ""
    agent: str = ""
    after: str = ""
    """What was called before it in its turn, for what was said."""


class SessionLog(msgspec.Struct, frozen=True):
    """One session of the week as the constraint log has it: figures of the tables, segments, and signals in order."""

    session_id: str
    user: str
    """Pseudonym; the session's id where no user is known, so that it counts for one."""
    outcome: str
    status: str
    turns: int
    calls: int
    failed_calls: int
    messages: int
    cost_usd: float
    cost_complete: bool
    input_tokens: int
    segments: dict[str, tuple[str, ...]]
    """Values by key; `task`, `platform`, `version` among them where known."""
    abstract: str
    """Its L0: the index's if it is verified there, else made from the staged session."""
    signals: tuple[Signal, ...]
    remarks: tuple[Remark, ...] = ()
    """What its messages are like, in order: among these a week's telltales are looked for."""
    last_call: int = -1
    """Where its last call's result stands; what is said after it closes the session."""


class Planned(msgspec.Struct, frozen=True):
    """A session that is to be read, why, and how many sessions of its stratum it stands for (1 if all are read)."""

    session_id: str
    reason: str
    stratum: str
    weight: float


class Label(msgspec.Struct, frozen=True):
    """A row of `session_labels`: a session was seen to do something, at a tier, by a source."""

    session_id: str
    label: str
    tier: Tier
    source: Literal["constraint", "taxonomy", "cluster", "model"]
    check: str = ""
    tool_name: str = ""
    operation: str = ""
    agent_name: str = ""
    message_index: int | None = None
    weight: float = 1.0


class Evidence(msgspec.Struct, frozen=True):
    """A quote; `sha256` is that of its UTF-8 bytes."""

    session_id: str
    message_index: int
    quote: str
    sha256: str
    verified: bool = False


class Finding(msgspec.Struct, kw_only=True):
    """What the week says, before and after verification. See `docs/weekly-analysis.md` for the fields in words."""

    finding_id: str
    kind: Kind
    code: str
    """MAST-style code of what goes wrong."""
    title: str
    statement: str
    label: str
    """The label in `session_labels` that its sessions carry; '' where the metric needs none."""
    segment: str
    """`key=value`, several joined with ` & `, or ''."""
    metric: str
    """What `value` is, in words with its denominator."""
    metric_sql: str
    """Runs on the published file; first cell of the first row is `value`, the second, if any, is `n`."""
    value: float
    n: int
    unit: Literal["share", "usd", "sessions", "turns", "seconds", "difference"]
    ci_low: float | None = None
    ci_high: float | None = None
    p_value: float | None = None
    q_value: float | None = None
    lift: float | None = None
    """Share of failed sessions among its sessions over that of matched ones without it."""
    lift_low: float | None = None
    lift_high: float | None = None
    sessions: tuple[str, ...] = ()
    """All sessions it was seen in, in the order of their ids."""
    users: int = 0
    evidence: tuple[Evidence, ...] = ()
    counter_evidence: tuple[Evidence, ...] = ()
    hypothesis: str = ""
    action: str = ""
    confidence: Confidence = "low"
    impact: float = 0.0
    """By what findings are ranked: sessions concerned, times what the failure costs them."""
    single_case: bool = False
    first_week: str = ""
    status: Status = "new"
    notes: tuple[str, ...] = ()
    """Caveats in sentences: estimated from a sample, mix-adjusted, unpriced models, ..."""
    extra: dict[str, Any] = msgspec.field(default_factory=dict)
    """What only its kind has: adjusted difference, baseline, strata shown, ..."""
