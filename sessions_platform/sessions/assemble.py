"""Rows to sessions: one slice (session, UTC date) from the rows of every trace that touches the date.

Pure and independent of order: the same rows give the same bytes. Reading rows from the store and writing sessions to it
is `staging`. Source: CONTRACT sections 1 and 4.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from sessions_platform.sessions import endings, segments
from sessions_platform.sessions.model import (
    SCHEMA_VERSION,
    Message,
    ModelCall,
    Observation,
    Part,
    Score,
    Segment,
    SliceFacts,
    StagedSession,
)
from sessions_platform.sessions.segments import Evidence, Taxonomy
from sessions_platform.sessions.speaking import Session, Told
from sessions_platform.sessions.traces import OPEN_END, Trace

TITLE_LENGTH = 120
_EVIDENCE_LENGTH = 4000
_encoder = msgspec.json.Encoder()


def assemble(
    session_id: str,
    date: str,
    rows: Iterable[Observation],
    scores: Iterable[Score],
    taxonomy: Taxonomy,
    *,
    session_id_basis: str = "row",
) -> StagedSession:
    """The slice of a session on a date. `rows` are distinct and hold the whole of each trace that touches the date."""
    traces = build_traces(rows)
    session = Session()
    for trace in traces:
        session.tell(trace)
    today = [node.row for trace in traces for node in trace.nodes.values() if node.row.start_time[:10] == date]
    if not today:
        raise ValueError(f"no row of the session lies on {date}")
    messages = _messages(session.told, date)
    history = _messages(session.history, date)
    _add_requests(session, messages, date)
    facts = _facts(session, traces, today, messages, history, taxonomy, session_id_basis)
    staged = StagedSession(
        schema=SCHEMA_VERSION,
        session_id=session_id,
        date=date,
        content_hash="",
        session=facts,
        history=history,
        messages=messages,
        model_calls=_model_calls(today, traces),
        scores=sorted(scores, key=lambda score: (score.timestamp, score.score_id)),
    )
    staged.content_hash = hashlib.sha256(_encoder.encode(staged)).hexdigest()
    return staged


_MODEL_TYPES = ("GENERATION", "EMBEDDING")


def build_traces(rows: Iterable[Observation]) -> list[Trace]:
    """The traces of a session in order."""
    by_trace: dict[str, list[Observation]] = {}
    for row in rows:
        by_trace.setdefault(row.trace_id or row.id, []).append(row)
    return sorted((Trace(trace_id, group) for trace_id, group in by_trace.items()), key=lambda trace: trace.sort_key)


def normal_time(text: str) -> str:
    """A timestamp as UTC ISO text with milliseconds and Z, so that text order is time order."""
    if len(text) == 24 and text[-1] == "Z" and text[10] == "T":
        return text
    moment = datetime.fromisoformat(text)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def normalise(row: Observation) -> Observation:
    """The row with its times in one form."""
    row.start_time = normal_time(row.start_time)
    row.end_time = normal_time(row.end_time) if row.end_time else None
    return row


def newest(rows: Iterable[Observation]) -> list[Observation]:
    """One row for each (traceId, id): the one updated last. Equal updates keep the one that says most."""
    best: dict[tuple[str | None, str], Observation] = {}
    for row in rows:
        key = (row.trace_id, row.id)
        known = best.get(key)
        if known is None or _freshness(row) > _freshness(known):
            best[key] = row
    return list(best.values())


def _freshness(row: Observation) -> tuple[str, str, int, str]:
    size = len(str(row.input or "")) + len(str(row.output or ""))
    updated = normal_time(row.updated_at) if row.updated_at else ""
    return (updated, row.end_time or "", size, f"{row.input}{row.output}" if size < 10_000 else "")


def _by_start(row: Observation) -> tuple[str, str, str, str]:
    return (row.start_time, row.end_time or OPEN_END, row.trace_id or "", row.id)


def _messages(told: list[Told], date: str) -> list[Message]:
    """The staged messages of a date. Earlier messages of the context only say whether a user's run goes on."""
    result = []
    turn, in_run = 0, False
    for one in told:
        today = one.node.row.start_time[:10] == date
        opens = False
        if one.message.role == "user" and one.opens_turn:
            opens = not in_run
            in_run = True
        elif one.message.role in ("assistant", "user"):
            in_run = False
        if today:
            turn += opens
            result.append(_message(one, turn, opens))
    return result


def _message(one: Told, turn: int, opens: bool) -> Message:
    parts = []
    if one.message.reasoning:
        parts.append(Part(type="reasoning", text=one.message.reasoning))
    if one.tool is not None:
        parts.append(one.tool)
    elif one.message.text:
        parts.append(Part(type="text", text=one.message.text))
    return Message(
        role=one.message.role,
        agent_name=one.agent,
        created_at=one.at,
        trace_id=one.trace.id,
        observation_id=one.node.row.id,
        turn_index=turn,
        is_utterance=one.is_utterance,
        parts=parts,
        asks=[call.id for call in one.message.calls],
        opens_turn=opens,
    )


def _add_requests(session: Session, messages: list[Message], date: str) -> None:
    """Put the calls that nobody answered into the messages that ask for them, as parts with status `requested`."""
    answered = Counter(one.message.call_id for one in (*session.history, *session.told) if one.tool is not None)
    asked = {call.id for one in session.told for call in one.message.calls}
    # A result whose id nobody asked for answers, by its name, a call that was asked without an id.
    nameless = Counter(
        one.message.name for one in session.told if one.tool is not None and one.message.call_id not in asked
    )
    todays = iter(messages)
    for one in session.told:
        staged = next(todays) if one.node.row.start_time[:10] == date else None
        for call in one.message.calls:
            pool, key = (answered, call.id) if call.id and answered[call.id] else (nameless, call.name)
            if pool[key] > 0:
                pool[key] -= 1
            elif staged is not None:
                staged.parts.append(_request(call.id, call.name, call.arguments, one.agent))


def _request(call_id: str, name: str, arguments: str, caller: str) -> Part:
    return Part(
        type="tool",
        tool_id=call_id,
        tool_name=name,
        tool_input=arguments,
        tool_output="",
        tool_status="requested",
        duration_ms=None,
        caller=caller,
    )


def _facts(
    session: Session,
    traces: list[Trace],
    today: list[Observation],
    messages: list[Message],
    history: list[Message],
    taxonomy: Taxonomy,
    session_id_basis: str,
) -> SliceFacts:
    roots = [trace.root.row for trace in traces]
    described = [*roots, *today]
    state, reason = endings.ended(messages, failed=_failed(traces, today, messages))
    shapes: Counter[str] = Counter()
    for row in today:
        shapes.update(session.shapes.get(row.id, {}))
    title = title_of([*history, *messages], roots)
    return SliceFacts(
        start_time=min(row.start_time for row in today),
        end_time=max(row.end_time or row.start_time for row in today),
        last_row_time=max(row.start_time for row in today),
        row_count=len(today),
        trace_ids=sorted({row.trace_id or row.id for row in today}),
        user_id=_first(described, "user_id") or None,
        environment=_first(described, "environment"),
        release=_first(described, "release"),
        version=_first(described, "version"),
        title=title,
        end_state=state,
        end_reason=reason,
        segments=segments_of(roots, messages, taxonomy),
        shapes=dict(sorted(shapes.items())),
        session_id_basis=session_id_basis,
    )


def segments_of(roots: list[Observation], messages: list[Message], taxonomy: Taxonomy) -> list[Segment]:
    """What the root rows declare, and platform and task as the taxonomy derives them."""
    declared = segments.of_rows(roots)
    tools: Counter[str] = Counter()
    for message in messages:
        for part in message.parts:
            if part.type == "tool":
                tools[f"{part.tool_name} {part.operation or ''}".strip().lower()] += 1
    request = next((text for m in messages if m.role == "user" and (text := endings.text_of(m))), "")
    evidence = Evidence({one.key: one.value for one in declared}, tools, request[:_EVIDENCE_LENGTH])
    known = {(one.key, one.value) for one in declared}
    return declared + [one for one in taxonomy.derive(evidence) if (one.key, one.value) not in known]


def _failed(traces: list[Trace], today: list[Observation], messages: list[Message]) -> bool:
    """Whether the slice's last generation or root row is ERROR and no assistant utterance follows it."""
    ids = {(row.trace_id, row.id) for row in today}
    roots = [trace.root.row for trace in traces if (trace.root.row.trace_id, trace.root.row.id) in ids]
    generations = [row for row in today if row.type == "GENERATION"]
    for group in (generations, roots):
        last = max(group, key=_by_start, default=None)
        if last is None or last.level != "ERROR":
            continue
        end = last.end_time or last.start_time
        replies = (m for m in messages if m.role == "assistant" and m.observation_id != last.id)
        if not any(reply.created_at > end for reply in replies):
            return True
    return False


def title_of(messages: list[Message], roots: list[Observation]) -> str:
    """The first words of the user, on one line; else the trace's name."""
    for message in messages:
        if message.role == "user" and (words := " ".join(endings.text_of(message)[:2000].split())):
            return words if len(words) <= TITLE_LENGTH else words[: TITLE_LENGTH - 1] + "…"
    return next((name for row in roots if (name := row.trace_name or row.name)), "")


def _first(rows: Iterable[Observation], field: str) -> str:
    return next((value for row in rows if (value := getattr(row, field))), "")


def _model_calls(today: list[Observation], traces: list[Trace]) -> list[ModelCall]:
    by_id = {trace.id: trace for trace in traces}
    rows = sorted((row for row in today if row.type in _MODEL_TYPES), key=_by_start)
    return [model_call(row, by_id[row.trace_id or row.id]) for row in rows]


def model_call(row: Observation, trace: Trace) -> ModelCall:
    """A GENERATION or EMBEDDING row as the tables hold it. Tokens count every input and output kind; cost is USD."""
    tokens_in = _tokens(row, row.input_usage, ("input", "prompt"))
    tokens_out = _tokens(row, row.output_usage, ("output", "completion"))
    usage = row.usage_details or {}
    if not tokens_in and not tokens_out:
        tokens_in = int(_number(usage.get("total")))
    costs = row.cost_details or {}
    cost = row.total_cost or _number(costs.get("total")) or (0.0 if "total" in costs else _total(costs))
    return ModelCall(
        observation_id=row.id,
        trace_id=row.trace_id or row.id,
        type=row.type,
        agent_name=trace.agent_name(trace.nodes[row.id]),
        model=row.model or row.provided_model_name or "",
        start_time=row.start_time,
        latency_seconds=row.latency,
        time_to_first_token_seconds=row.time_to_first_token,
        input_tokens=tokens_in,
        output_tokens=tokens_out,
        cost_usd=cost,
        cost_known=bool(costs) or cost > 0 or not (tokens_in or tokens_out),
        level=row.level or "DEFAULT",
    )


def _tokens(row: Observation, given: float | None, words: tuple[str, ...]) -> int:
    if given:
        return int(given)
    usage = row.usage_details or {}
    return int(sum(_number(value) for key, value in usage.items() if any(word in key for word in words)))


def _total(costs: dict[str, Any]) -> float:
    return float(sum(_number(value) for value in costs.values()))


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
