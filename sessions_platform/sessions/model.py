"""The shapes that data has on its way: a Langfuse row, a message read from it, a staged session.

Only shapes and their meaning belong here; how one becomes the next is in the modules beside it. Times are UTC
ISO-8601 text with milliseconds and `Z`, as Langfuse sends them, until they reach the tables. Source: CONTRACT sections
1 and 4.
"""

from typing import Any, Literal

import msgspec

Side = Literal["input", "output"]
Role = Literal["system", "user", "assistant", "tool"]
SCHEMA_VERSION = 1


class Observation(msgspec.Struct, rename="camel", kw_only=True):
    """One row of `GET /api/public/v2/observations`, with the fields the platform reads (unknown ones are ignored)."""

    id: str
    trace_id: str | None = None
    start_time: str
    end_time: str | None = None
    parent_observation_id: str | None = None
    type: str = "SPAN"
    is_root_observation: bool | None = None
    name: str | None = None
    level: str | None = None
    status_message: str | None = None
    version: str | None = None
    environment: str | None = None
    user_id: str | None = None
    session_id: str | None = None
    input: Any = None
    output: Any = None
    metadata: Any = None
    model: str | None = None
    provided_model_name: str | None = None
    model_id: str | None = None
    internal_model_id: str | None = None
    usage_details: dict[str, Any] | None = None
    cost_details: dict[str, Any] | None = None
    input_usage: float | None = None
    output_usage: float | None = None
    total_cost: float | None = None
    latency: float | None = None
    time_to_first_token: float | None = None
    tags: list[str] | None = None
    release: str | None = None
    trace_name: str | None = None
    updated_at: str | None = None


class AskedCall(msgspec.Struct):
    """A tool call that a message asks for. `arguments` is JSON text, or whatever text the tracer gave."""

    id: str
    name: str
    arguments: str = ""


class ChatMessage(msgspec.Struct):
    """One message as a reader finds it in an input or output, before it is placed in a session.

    A `tool` message is exactly one result: `text` is the response, `call_id` the call it answers ('' if not said) and
    `name` the tool. Several results inside one wire message are read as several messages. `reasoning` is kept apart
    from `text`, because receivers drop it and equality must not depend on it.
    """

    role: Role
    text: str = ""
    name: str = ""
    calls: list[AskedCall] = msgspec.field(default_factory=list)
    call_id: str = ""
    reasoning: str = ""
    is_error: bool | None = None
    """What the protocol of a tool result says of its success (MCP isError, Anthropic is_error, LangChain status)."""


class Reading(msgspec.Struct):
    """What a reader makes of one input or output: its messages in order, and the name of the shape it had.

    `shape` is `empty` (nothing there), `text` (plain text or a scalar), `unknown` (JSON of no known shape, kept as
    text), or the name of the reader that recognised it.
    """

    messages: list[ChatMessage]
    shape: str


class Part(msgspec.Struct, omit_defaults=True):
    """A part of a staged message, in OpenViking's schema, with what the tables need beside it.

    `type` is `text`, `tool` or `reasoning`. `tool_status` is `completed`, `error` or `requested`; `duration_ms` is
    None where no TOOL row timed the call. A tool part always has the six fields of OpenViking's schema, null or not:
    that is why the default of `duration_ms`, which is left out, is none of its values.
    """

    type: str
    text: str | None = None
    tool_id: str | None = None
    tool_name: str | None = None
    tool_input: str | None = None
    tool_output: str | None = None
    tool_status: str | None = None
    duration_ms: float | None = -1.0
    operation: str | None = None
    success: bool | None = None
    success_basis: str | None = None
    error_type: str | None = None
    error_message: str | None = None
    start_time: str | None = None
    caller: str | None = None
    """Agent that made the call."""


class Message(msgspec.Struct):
    """One utterance or result, placed in its session. `turn_index` counts from 1 within the slice; 0 is before."""

    role: str
    agent_name: str
    created_at: str
    trace_id: str
    observation_id: str
    turn_index: int
    is_utterance: bool
    parts: list[Part]
    asks: list[str] = msgspec.field(default_factory=list)
    """Ids of the tool calls this message asks for."""
    opens_turn: bool = False
    """A user message that starts a turn (False inside a run of user messages, or for an outer agent's words)."""


class ModelCall(msgspec.Struct):
    """A GENERATION or EMBEDDING row of the slice. Seconds, tokens, USD."""

    observation_id: str
    trace_id: str
    type: str
    agent_name: str
    model: str
    start_time: str
    latency_seconds: float | None
    time_to_first_token_seconds: float | None
    input_tokens: int
    output_tokens: int
    cost_usd: float
    cost_known: bool
    level: str


class Score(msgspec.Struct):
    """A Langfuse score whose subject is the session, or a trace or observation of it."""

    score_id: str
    name: str
    data_type: str
    value_number: float | None
    value_text: str | None
    source: str
    timestamp: str
    updated_at: str
    trace_id: str
    observation_id: str
    session_id: str
    comment: str | None = None


class Segment(msgspec.Struct):
    """A property by which sessions are compared. `basis` says where it was read (tag, metadata, rule:<name>, ...)."""

    key: str
    value: str
    basis: str


class SliceFacts(msgspec.Struct, omit_defaults=True):
    """What is known of a slice beside its messages: the columns from which the sessions table is made."""

    start_time: str
    """Earliest startTime of the slice's rows."""
    end_time: str
    """Latest endTime (startTime where it is open) of the slice's rows."""
    last_row_time: str
    row_count: int
    """Distinct (traceId, id) of the slice."""
    trace_ids: list[str]
    user_id: str | None
    environment: str
    release: str
    version: str
    title: str
    end_state: str | None
    """How the slice ended: `error`, `abandoned`, `completed`; None where it says nothing (no utterance, no error)."""
    end_reason: str
    segments: list[Segment]
    shapes: dict[str, int]
    """How often each I/O shape was read; `unknown` ones are kept as text and warned about."""
    session_id_basis: str
    """`row`, `metadata` or `trace` (no id anywhere)."""
    imported_status: str | None = None
    """Status that an imported database gives the session; it is kept. Left out of the file where there is none."""
    imported_turns: int | None = None
    """`total_turns` of an imported database."""


class StagedSession(msgspec.Struct):
    """One session on one date: the content of `staged/date=D/<safe id>.json.zst`."""

    schema: int
    session_id: str
    date: str
    content_hash: str
    session: SliceFacts
    history: list[Message]
    messages: list[Message]
    model_calls: list[ModelCall]
    scores: list[Score]
