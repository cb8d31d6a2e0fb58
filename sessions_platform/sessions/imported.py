"""One session of an imported audit database on one UTC date, and the staged session that it makes.

Pure, as `assemble` is for rows of Langfuse: shapes, order and turns belong here. Reading SQLite is `audit_import`, the
raw object is `staging.imported`. Every string has been redacted before it stands in an `AuditSlice`.

A message of agent `user` or `human`, in any case, is the user's; every other agent's is an assistant's, and each is an
utterance, also an empty one. A row of tool usage becomes a tool message, after the last message that is not later than
it; its success has the basis `imported`, or `default` where the database doesn't say. Status and total turns of the
database are kept; turn indices are counted as CONTRACT section 1 says.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

import msgspec

from sessions_platform.sessions import endings
from sessions_platform.sessions.assemble import segments_of, title_of
from sessions_platform.sessions.model import SCHEMA_VERSION, Message, Part, Segment, SliceFacts, StagedSession
from sessions_platform.sessions.segments import Taxonomy

IMPORTED = "imported"
STATUSES = ("completed", "active", "error", "abandoned", "unknown")
_SAME_AS = {
    "completed": ("complete", "done", "finished", "ended", "closed", "success", "successful", "succeeded", "resolved"),
    "active": ("running", "in_progress", "ongoing", "open", "started"),
    "error": ("failed", "failure", "errored", "crashed"),
    "abandoned": ("cancelled", "canceled", "aborted", "interrupted", "timeout", "timed_out"),
}
_STATUS_OF = {word: status for status, words in _SAME_AS.items() for word in words} | {one: one for one in STATUSES}
_SOURCE = Segment("source", "audit_import", IMPORTED)
_encoder = msgspec.json.Encoder()


class AuditMessage(msgspec.Struct):
    """A row of `messages`; `place` counts the session's messages from 0, over all its dates."""

    place: int
    agent_name: str
    message: str
    timestamp: str


class AuditCall(msgspec.Struct):
    """A row of `tool_usage`; `success` is None where the database doesn't say. `place` as of messages."""

    place: int
    agent_name: str
    tool_name: str
    operation: str
    success: bool | None
    timestamp: str


class AuditSlice(msgspec.Struct):
    """What a database holds of a session on a date: messages in order, times as UTC ISO text.

    `start_time` stands in the session's first slice, `end_time` in its last. `redactions`: replacements by class.
    """

    session_id: str
    date: str
    start_time: str | None
    end_time: str | None
    total_turns: int | None
    status: str | None
    messages: list[AuditMessage]
    calls: list[AuditCall]
    redactions: dict[str, int]

    @property
    def rows(self) -> int:
        """Messages and calls."""
        return len(self.messages) + len(self.calls)


def read_status(word: str | None) -> str | None:
    """An imported status: in the contract's words where it means one of them, else as it is; None where there is none.

    `Failed` is `error` and `In progress` is `active`; `escalated` stays `escalated`, since none of the five says it.
    """
    known = "_".join((word or "").lower().replace("-", " ").split())
    return _STATUS_OF.get(known.replace("__", "_"), (word or "").strip() or None)


def stage_import(given: AuditSlice, taxonomy: Taxonomy) -> StagedSession:
    """The staged session of a slice."""
    messages = list(_messages(given))
    staged = StagedSession(
        schema=SCHEMA_VERSION,
        session_id=given.session_id,
        date=given.date,
        content_hash="",
        session=_facts(given, messages, taxonomy),
        history=[],
        messages=messages,
        model_calls=[],
        scores=[],
    )
    staged.content_hash = hashlib.sha256(_encoder.encode(staged)).hexdigest()
    return staged


def _facts(given: AuditSlice, messages: list[Message], taxonomy: Taxonomy) -> SliceFacts:
    times = [one.timestamp for one in given.messages] + [one.timestamp for one in given.calls]
    begun = [given.start_time] if given.start_time else []
    ended = [given.end_time] if given.end_time else []
    status = read_status(given.status)
    state, reason = endings.ended(messages, failed=False)
    if status in ("completed", "error", "abandoned"):
        state, reason = status, IMPORTED
    segments = [_SOURCE, *segments_of([], messages, taxonomy)]
    if given.status and given.status.strip() != status:
        segments.append(Segment("imported_status", given.status.strip(), IMPORTED))
    return SliceFacts(
        start_time=min(begun + times),
        end_time=max(times + ended + begun),
        last_row_time=max(times or begun),
        row_count=given.rows,
        trace_ids=[_trace_id(given)],
        user_id=None,
        environment="",
        release="",
        version="",
        title=title_of(messages, []),
        end_state=state,
        end_reason=reason,
        segments=segments,
        shapes={},
        session_id_basis="row",
        imported_status=status,
        imported_turns=given.total_turns,
    )


def _trace_id(given: AuditSlice) -> str:
    return f"import:{given.session_id}"


def _messages(given: AuditSlice) -> Iterator[Message]:
    """Messages and tool results in order, with turns counted within the slice."""
    turn, in_run = 0, False
    trace = _trace_id(given)
    for one in _in_order(given):
        if isinstance(one, AuditCall):
            part = _part(one)
            yield Message(
                "tool", one.agent_name, one.timestamp, trace, f"call-{one.place}", turn, False, [part], [], False
            )
            continue
        user = is_user(one.agent_name)
        opens = user and not in_run
        turn, in_run = turn + opens, user
        parts = [Part("text", text=one.message)] if one.message else []
        role, name = ("user", "user") if user else ("assistant", one.agent_name)
        identity = f"message-{one.place}"
        yield Message(role, name, one.timestamp, trace, identity, turn, True, parts, [], opens)


def is_user(agent_name: str) -> bool:
    """Whether an agent of the database is the user."""
    return agent_name.strip().casefold() in ("user", "human")


def _in_order(given: AuditSlice) -> list[AuditMessage | AuditCall]:
    """Each call after the last message that is not later than it; messages stay in their order."""
    by_time = sorted((one.timestamp, index) for index, one in enumerate(given.messages))
    times = [time for time, _ in by_time]
    last = list(accumulate((index for _, index in by_time), max))
    placed: list[tuple[int, int, str, int, AuditMessage | AuditCall]] = [
        (index, 0, "", 0, one) for index, one in enumerate(given.messages)
    ]
    for call in given.calls:
        before = bisect_right(times, call.timestamp)
        placed.append((last[before - 1] if before else -1, 1, call.timestamp, call.place, call))
    placed.sort(key=lambda entry: entry[:4])
    return [entry[4] for entry in placed]


def _part(call: AuditCall) -> Part:
    return Part(
        type="tool",
        tool_id=f"call-{call.place}",
        tool_name=call.tool_name,
        tool_input="",
        tool_output="",
        tool_status="error" if call.success is False else "completed",
        duration_ms=None,
        operation=call.operation,
        success=call.success is not False,
        success_basis="default" if call.success is None else IMPORTED,
        start_time=call.timestamp,
        caller=call.agent_name,
    )
