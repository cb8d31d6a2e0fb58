"""Small staged sessions for tests, and a day of them written to a store as the assets write it.

`say(...)` makes messages in short; turns and what opens them are counted here as CONTRACT section 1 says, for each run
of messages by itself.
"""

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.sessions import layout
from sessions_platform.sessions.model import Message, ModelCall, Part, Score, Segment, SliceFacts, StagedSession
from sessions_platform.sessions.table_schemas import FACT_TABLES
from sessions_platform.sessions.tables import TableBuilder, health_row


@dataclass
class Line:
    """One message in short. `tool` makes it a result of that tool; `ok` and `ms` are the call's."""

    role: str
    agent: str
    text: str = ""
    tool: str = ""
    ok: bool = True
    ms: float | None = 10.0
    utterance: bool | None = None
    opens: bool = True
    extra: dict[str, Any] = field(default_factory=dict)


def user(text: str, **more: Any) -> Line:
    return Line("user", "user", text, **more)


def agent(name: str, text: str = "on it", **more: Any) -> Line:
    return Line("assistant", name, text, **more)


def tool(name: str, caller: str, text: str = "done", **more: Any) -> Line:
    return Line("tool", caller, text, tool=name, **more)


def system(text: str) -> Line:
    return Line("system", "assistant", text)


def say(date: str, lines: Sequence[Line], *, hour: int = 10) -> list[Message]:
    """Messages of one run, a second apart, with turns counted from 1 within it."""
    made, turn, in_run = [], 0, False
    for number, line in enumerate(lines):
        opens = line.role == "user" and line.opens and not in_run
        turn += opens
        in_run = (in_run or opens) and line.role != "assistant"
        spoken = line.utterance if line.utterance is not None else line.role in {"user", "assistant"}
        at = f"{date}T{hour:02d}:{number // 60:02d}:{number % 60:02d}.000Z"
        made.append(
            Message(line.role, line.agent, at, f"t-{date}", f"o-{number}", turn, spoken, _parts(line, at), [], opens)
        )
    return made


def _parts(line: Line, at: str) -> list[Part]:
    if not line.tool:
        return [Part("text", text=line.text)] if line.text else []
    return [
        Part(
            "tool",
            tool_id="c",
            tool_name=line.tool,
            tool_input=line.extra.get("input", '{"x": 1}'),
            tool_output=line.text,
            tool_status="completed" if line.ok else "error",
            duration_ms=line.ms,
            operation=line.extra.get("operation", ""),
            success=line.ok,
            success_basis="level",
            error_message=None if line.ok else line.text,
            start_time=at,
            caller=line.agent,
        )
    ]


def score(name: str, value: float | str, at: str, *, session_id: str = "s", score_id: str = "", **more: Any) -> Score:
    """A score of a session: a number, or a label."""
    number, label = (value, None) if isinstance(value, float | int) else (None, value)
    kind = more.pop("data_type", "NUMERIC" if number is not None else "CATEGORICAL")
    return Score(score_id or f"{name}-{at}", name, kind, number, label, "API", at, at, "", "", session_id, **more)


def staged(
    session_id: str,
    date: str,
    lines: Sequence[Line],
    *,
    history: Sequence[Line] = (),
    hour: int = 10,
    end_state: str | None = "completed",
    cost: float = 0.25,
    user_id: str | None = "<user:A>",
    scores: Sequence[Score] = (),
    segments: Sequence[tuple[str, str]] = (("team", "red"),),
    **facts: Any,
) -> StagedSession:
    """A slice with one trace and one model call."""
    last = f"{date}T{hour:02d}:{len(lines) // 60:02d}:{len(lines) % 60:02d}.000Z"
    about = SliceFacts(
        start_time=f"{date}T{hour:02d}:00:00.000Z",
        end_time=last,
        last_row_time=last,
        row_count=len(lines) + 1,
        trace_ids=[f"t-{date}"],
        user_id=user_id,
        environment="production",
        release="1",
        version="",
        title=f"{session_id} on {date}",
        end_state=end_state,
        end_reason="because",
        segments=[Segment(key, value, "tag") for key, value in segments],
        shapes={},
        session_id_basis="row",
    )
    for name, value in facts.items():
        setattr(about, name, value)
    call = ModelCall("g", f"t-{date}", "GENERATION", "planner", "m-1", last, 1.5, 0.2, 100, 10, cost, True, "DEFAULT")
    return StagedSession(
        1,
        session_id,
        date,
        "hash",
        about,
        say(date, history, hour=hour),
        say(date, lines, hour=hour),
        [call],
        list(scores),
    )


def write_day(
    store: ObjectStore,
    date: str,
    sessions: Iterable[StagedSession],
    *,
    complete: bool = True,
    late_scores: Iterable[Score] = (),
) -> None:
    """The date's fact tables and health row, as the assets write them."""
    with contextlib.ExitStack() as stack:
        streams = {table: stack.enter_context(store.writer(layout.table_key(table, date))) for table in FACT_TABLES}
        count = 0
        with TableBuilder(date, streams) as builder:
            for session in sorted(sessions, key=lambda slice_: slice_.session_id):
                builder.add(session)
                count += 1
            builder.add_scores(late_scores)
    store.put(layout.table_key("data_health", date), health_row(date, complete=complete, staged_sessions=count))
