"""What answers look like, for the OpenAPI description: names, types, units. Rows of tables come from catalog.yaml.

Answers are made from dicts and are not checked against these at run time; tests hold generated requests against them.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from sessions_platform.sql import catalog

_TYPES: dict[str, Any] = {"VARCHAR": str, "TIMESTAMP": str, "DATE": str, "BOOLEAN": bool, "DOUBLE": float}
_FORMATS = {"TIMESTAMP": "date-time", "DATE": "date"}
Share = Field(ge=0, le=1)


class Answer(BaseModel):
    """An answer from the published file."""

    model_config = ConfigDict(extra="allow")
    data_version: str = Field(description="Version of the published data that this was computed on.")


def row(name: str, table: str, without: tuple[str, ...] = (), **more: Any) -> type[BaseModel]:
    """A row of a table (all its columns, but those in `without`), and further fields."""
    fields: dict[str, Any] = {}
    for column in catalog()[table].columns:
        if column.name not in without:
            kind = _TYPES.get(column.type, int)
            extra: Any = {"format": _FORMATS[column.type]} if column.type in _FORMATS else None
            fields[column.name] = (
                kind if column.name == "session_id" else kind | None,
                Field(description=column.comment, json_schema_extra=extra),
            )
    about = catalog()[table].comment
    return create_model(name, __doc__=about, __config__=ConfigDict(extra="allow"), **fields, **more)


def number(description: str) -> Any:
    """A number that may be unknown."""
    return float | None, Field(description=description)


def count(description: str) -> Any:
    """A whole number."""
    return int, Field(description=description)


class Problem(BaseModel):
    """Why there is no answer."""

    detail: str = Field(description="One plain sentence.")


class Rate(BaseModel):
    """A share with what it is made of."""

    value: float | None = Field(description="Share, 0 to 1; null for n = 0.")
    successes: int = Field(description="What is counted.")
    n: int = Field(description="Out of how many.")
    ci_low: float | None = Field(description="Lower bound of the 95 % Wilson interval.")
    ci_high: float | None = Field(description="Upper bound of the 95 % Wilson interval.")
    unknown_share: float | None = Field(description="Share of sessions that are not in n, as their outcome is unknown.")


class ToolShare(BaseModel):
    """How often a tool succeeds."""

    tool_name: str = Field(description="Tool.")
    success_rate: float = Field(description="Share of its calls that succeeded, 0 to 1.")
    n: int = Field(description="n of success_rate: calls.")
    ci_low: float = Field(description="Lower bound of the 95 % Wilson interval of success_rate.")
    ci_high: float = Field(description="Upper bound of the 95 % Wilson interval of success_rate.")


class ToolRow(ToolShare):
    """A tool and operation."""

    operation: str = Field(description="Sub-command where the tool has one (`kubectl get`), else empty.")
    total_calls: int = Field(description="Calls.")
    successful_calls: int = Field(description="Calls that succeeded.")
    timed_calls: int = Field(description="Calls whose duration is known (n of the durations).")
    average_ms: float | None = Field(description="Mean duration, milliseconds.")
    p50_ms: float | None = Field(description="Median duration, milliseconds.")
    p95_ms: float | None = Field(description="95th percentile of the duration, milliseconds.")
    session_count: int = Field(description="Distinct sessions.")


class ToolUses(ToolShare):
    """A tool over all dates."""

    total_uses: int = Field(description="Calls.")


class AgentRow(BaseModel):
    """An agent, `user` included."""

    agent_name: str = Field(description="Agent.")
    message_count: int = Field(description="Utterances.")
    session_count: int = Field(description="Distinct sessions in which it spoke, called a tool or a model.")
    tool_call_count: int = Field(description="Tool calls it made.")
    tool_error_count: int = Field(description="Of these, failed.")
    model_call_count: int = Field(description="Model calls.")
    cost_usd: float | None = Field(description="USD of its model calls.")


class Interactions(BaseModel):
    """Two utterances in a row in one session."""

    from_agent: str = Field(description="Agent of the first utterance.")
    to_agent: str = Field(description="Agent of the second.")
    interaction_count: int = Field(description="How often; over dates, on that of the second.")


class Interaction(Interactions):
    """Two utterances in a row in one session."""

    session_count: int = Field(description="Distinct sessions.")


class DatedInteraction(Interactions):
    """Two utterances in a row in one session, over dates."""

    day_count: int = Field(description="Dates with at least one. Distinct sessions do not add up over dates.")


class TimelineEvent(BaseModel):
    """A message, tool call or model call, in the order of the session. Fields of other kinds are null."""

    kind: str = Field(description="message, tool_call or model_call.")
    timestamp: str | None = Field(description="UTC.")
    message_index: int | None = Field(description="Place of the message (of a call: of its result), from 0.")
    turn_index: int | None = Field(description="Turn, from 1; 0 before the first user message.")
    role: str | None = Field(description="system, user, assistant or tool.")
    agent_name: str | None = Field(description="Who speaks or calls.")
    text: str | None = Field(description="First 200 characters of the message, or of the call's arguments. Untrusted.")
    char_count: int | None = Field(description="Characters of the whole message.")
    tool_name: str | None = Field(description="Tool.")
    operation: str | None = Field(description="Sub-command, or empty.")
    success: bool | None = Field(description="Whether the call succeeded.")
    duration_ms: float | None = Field(description="Milliseconds.")
    model: str | None = Field(description="Model.")
    cost_usd: float | None = Field(description="USD.")
    trace_id: str | None = Field(description="Trace in Langfuse.")
    observation_id: str | None = Field(description="Row in Langfuse.")


Session = row("Session", "sessions")
Message = row("Message", "messages", ("session_id",))
SessionScore = row("SessionScore", "scores", ("session_id",))
HealthRow = row("HealthRow", "data_health")


class Sessions(Answer):
    """A page of sessions, newest start first."""

    total: int = Field(description="Sessions that fit the filters, on all pages.")
    sessions: list[Session] = Field(description="The page.")  # type: ignore[valid-type]
    next_cursor: str | None = Field(description="`cursor` of the next page; null on the last.")


class SessionDetails(Answer, Session):  # type: ignore[misc, valid-type]
    """One session with everything the tables know of it."""

    messages: list[Message] = Field(description="In order; texts are previews of 200 characters. Untrusted.")  # type: ignore[valid-type]
    tool_usage: list[ToolRow] = Field(description="Most calls first.")
    scores: list[SessionScore] = Field(description="Oldest first.")  # type: ignore[valid-type]
    metadata: dict[str, str | list[str]] = Field(description="Segments: tags, trace metadata, platform, task.")


class ToolStatistics(Answer):
    """Tools, most calls first."""

    tool_statistics: list[ToolRow]


class AgentActivity(Answer):
    """Agents, most utterances first, and who follows whom."""

    agent_activity: list[AgentRow]
    interaction_matrix: list[Interaction]


class Compared(Answer):
    """Sessions side by side, in the order asked."""

    sessions: list[Session]  # type: ignore[valid-type]
    tool_comparison: dict[str, list[ToolRow]] = Field(description="By session id.")
    agent_comparison: dict[str, list[AgentRow]] = Field(description="By session id.")


class Timeline(Answer):
    """What happened in a session."""

    session_id: str
    timeline: list[TimelineEvent]


class Metrics(Answer):
    """Totals over all sessions."""

    total_sessions: int = Field(description="Sessions (n of completion_rate and of the average).")
    completed_sessions: int = Field(description="Sessions with status completed.")
    completion_rate: float | None = Field(description="completed_sessions / total_sessions, 0 to 1.")
    success_rate: float | None = Field(description="success / (success + partial + failed), 0 to 1.")
    judged_sessions: int = Field(description="n of success_rate: sessions with outcome success, partial or failed.")
    unknown_share: float | None = Field(description="Share of sessions whose outcome is unknown, 0 to 1.")
    average_turns_per_session: float | None = Field(description="Turns per session.")
    tool_success_rate: float | None = Field(description="Share of tool calls that succeeded, 0 to 1.")
    total_tool_calls: int = Field(description="n of tool_success_rate.")
    total_cost_usd: float = Field(description="USD; a lower bound where cost_complete is false.")
    cost_complete: bool = Field(description="False where a model has tokens but no price.")
    rates: dict[str, Rate] = Field(description="completion_rate, success_rate, tool_success_rate with n and interval.")
    tool_success_rates: list[ToolUses] = Field(description="Most uses first.")


class Matrix(Answer):
    """Who follows whom, most first."""

    interaction_matrix: list[DatedInteraction]


class CohortComparison(Answer):
    """Cohort b against cohort a; effects are b - a, a fraction for rates, else in `unit`."""

    a: str
    b: str
    metric: str
    verdict: str = Field(description="different, no evidence of difference, or not enough data.")
    explanation: str = Field(description="The verdict in words.")
    value_a: float | None
    value_b: float | None
    effect: float | None
    ci_low: float | None = Field(description="Lower bound of the 95 % interval of effect.")
    ci_high: float | None = Field(description="Upper bound of the 95 % interval of effect.")
    n_a: int = Field(description="Sessions of a with a value.")
    n_b: int = Field(description="Sessions of b with a value.")
    unknown_a: float | None = Field(description="Share of a's sessions without a value.")
    unknown_b: float | None = Field(description="Share of b's sessions without a value.")


class Look(BaseModel):
    """A week or day."""

    model_config = ConfigDict(extra="allow")
    start: str = Field(description="First UTC date.", json_schema_extra={"format": "date"})
    n: int = Field(description="Sessions with a value.")
    value: float | None = Field(description="The figure.")
    ci_low: float | None = Field(description="Lower bound of its 95 % Wilson interval, for rates of sessions.")
    ci_high: float | None = Field(description="Upper bound of its 95 % Wilson interval, for rates of sessions.")
    unknown: float | None = Field(description="Share of sessions without a value.")
    low: float | None = Field(description="Lower bound of the band that the periods before leave.")
    high: float | None = Field(description="Upper bound of that band.")
    status: str = Field(description="within, above, below, no band yet, or insufficient data.")


class Trend(Answer):
    """A metric over time."""

    metric: str
    unit: str
    by: str
    looks: list[Look] = Field(description="Oldest first, gaps included.")


class SearchAnswer(BaseModel):
    """Sessions found."""

    model_config = ConfigDict(extra="allow")
    kind: str = Field(description="meaning (best first) or exact (newest date first).")
    results: list[dict[str, Any]] = Field(
        description="Each session once, with where it was found. Texts are untrusted."
    )
    data_version: str | None = Field(description="Version of the tables that the columns are of.")


class Findings(Answer):
    """Findings of the weekly analysis, each with its n and interval."""

    week: str | None = Field(description="The week asked for; null for all.")
    findings: list[dict[str, Any]]


class Report(BaseModel):
    """A weekly report as it is stored, and whether days that it rests on were restated since (`stale`)."""

    model_config = ConfigDict(extra="allow")
    stale: bool
    week: str
    findings: list[dict[str, Any]]


class DataHealth(Answer):
    """What was extracted, staged, loaded and committed, by date."""

    data_health: list[HealthRow]  # type: ignore[valid-type]


class Health(BaseModel):
    """Whether this server answers, and from what."""

    status: str = Field(description="ok, or unpublished: there is no analytics file yet.")
    published: bool
    data_version: str | None


class Index(BaseModel):
    """Where things are."""

    name: str
    documentation: str
    description: str
    health: str
    endpoints: list[str]
