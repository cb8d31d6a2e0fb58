"""Rows of the daily fact tables from staged sessions, written in bounded memory.

Pure: one staged session gives its rows, whatever other slices its session has. What depends on the neighbours (offsets,
whether history counts, status, outcome) is done at publication, by the files in `sql/`. Previews and sizes only: the
text stays in the staged files. Source: CONTRACT sections 1 and 5.
"""

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from types import TracebackType
from typing import IO, Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from sessions_platform.sessions.model import Message, Part, Score, StagedSession
from sessions_platform.sessions.table_schemas import FACT_SCHEMAS, HEALTH_SCHEMA, SIDE_COLUMNS

PREVIEW_CHARACTERS = 200
ERROR_CHARACTERS = 500
BATCH_ROWS = 16_384
"""Rows a table holds in memory before they are written: about 10 MB of messages."""

Row = tuple[Any, ...]
Rows = dict[str, list[Row]]
_RAN = frozenset({"completed", "error"})


def slice_rows(staged: StagedSession) -> Rows:
    """Rows of every fact table for one staged session, in the columns' order of `FACT_SCHEMAS`."""
    key = (_clean(staged.session_id), date.fromisoformat(staged.date))
    sides = {"history": staged.history, "row": staged.messages}
    return {
        "session_slices": [_slice_row(key, staged)],
        "session_segments": [
            (*key, *pair, basis)
            for pair, basis in {
                (_clean(part.key), _clean(part.value)): _clean(part.basis) for part in reversed(staged.session.segments)
            }.items()
        ],
        "messages": [row for origin, side in sides.items() for row in _message_rows(key, origin, side)],
        "tool_calls": [row for origin, side in sides.items() for row in _call_rows(key, origin, side)],
        "model_calls": list(_model_call_rows(key, staged)),
        "scores": [score_row(key, score) for score in staged.scores],
    }


def _slice_row(key: tuple[str, date], staged: StagedSession) -> Row:
    facts, calls = staged.session, staged.model_calls
    rows, history = _side(staged.messages), _side(staged.history)
    return (
        *key,
        _time(facts.start_time),
        _time(facts.end_time),
        _time(facts.last_row_time),
        facts.row_count,
        _clean(facts.end_state),
        _clean(facts.end_reason),
        *(rows[name] for name, _ in SIDE_COLUMNS),
        *(history[name] for name, _ in SIDE_COLUMNS),
        len(calls),
        sum(call.input_tokens for call in calls),
        sum(call.output_tokens for call in calls),
        float(sum(call.cost_usd for call in calls)),
        all(call.cost_known for call in calls),
        _clean(facts.user_id),
        _clean(facts.environment),
        _clean(facts.release),
        _clean(facts.version),
        _clean(facts.title),
        [_clean(trace) for trace in dict.fromkeys(facts.trace_ids)],
        _clean(facts.session_id_basis),
        staged.content_hash,
        _clean(facts.imported_status),
        facts.imported_turns,
    )


def _side(messages: Sequence[Message]) -> dict[str, Any]:
    """Sums and ends of a run of messages; see `SIDE_COLUMNS`."""
    utterances = [(index, message) for index, message in enumerate(messages) if message.is_utterance]
    systems = [(index, message) for index, message in enumerate(messages) if message.role == "system"]
    calls = [part for message in messages for part in _calls(message)]
    starts, ends = _turn_ends(messages)
    agents = dict.fromkeys(_clean(message.agent_name) for _, message in utterances)
    return {
        "message_count": len(messages),
        "utterance_count": len(utterances),
        "turns": max((message.turn_index for message in messages), default=0),
        "tool_call_count": len(calls),
        "tool_error_count": sum(not _succeeded(part) for part in calls),
        "starts_turn": starts,
        "ends_in_turn": ends,
        "first_agent": _clean(utterances[0][1].agent_name) if utterances else None,
        "last_agent": _clean(utterances[-1][1].agent_name) if utterances else None,
        "last_utterance_index": utterances[-1][0] if utterances else None,
        "agents": [name for name in agents if name and name != "user"],
        "system_hashes": [_text_hash(message_text(message)) for _, message in systems],
        "system_indices": [index for index, _ in systems],
    }


def _turn_ends(messages: Sequence[Message]) -> tuple[bool, bool | None]:
    """Whether a run of user messages opens this side, and whether one is still open at its end (None: it says nothing).

    A run that goes on over midnight is one turn, though each slice counts it. Tool results and system messages do not
    end a run, nor do an outer agent's words.
    """
    first: bool | None = None
    state: bool | None = None
    for message in messages:
        if message.role == "assistant":
            state = False
        elif message.role == "user" and message.opens_turn:
            state = True
        first = state if first is None else first
    return bool(first), state


def _message_rows(key: tuple[str, date], origin: str, messages: Sequence[Message]) -> Iterator[Row]:
    following = _following_agents(messages)
    previous: str | None = None
    for index, message in enumerate(messages):
        text = message_text(message)
        agent = _clean(message.agent_name)
        yield (
            *key,
            origin,
            index,
            message.turn_index,
            message.role,
            agent,
            following[index],
            previous if message.is_utterance else None,
            message.is_utterance,
            _time(message.created_at),
            _clean(message.trace_id),
            _clean(message.observation_id),
            len(text),
            _clean(text[:PREVIEW_CHARACTERS]),
            _text_hash(text) if message.role == "system" else None,
        )
        previous = agent if message.is_utterance else previous


def _following_agents(messages: Sequence[Message]) -> list[str | None]:
    """Agent of the next utterance, for each utterance; None for what is no utterance and for the last one."""
    found: list[str | None] = [None] * len(messages)
    later: str | None = None
    for index in range(len(messages) - 1, -1, -1):
        if messages[index].is_utterance:
            found[index], later = later, _clean(messages[index].agent_name)
    return found


def _call_rows(key: tuple[str, date], origin: str, messages: Sequence[Message]) -> Iterator[Row]:
    index = 0
    for place, message in enumerate(messages):
        for part in _calls(message):
            yield (
                *key,
                origin,
                index,
                message.turn_index,
                place,
                _clean(part.caller or message.agent_name),
                _clean(part.tool_name or ""),
                _clean(part.operation or ""),
                _succeeded(part),
                part.success_basis or "default",
                _clean(part.error_type),
                _clean(part.error_message[:ERROR_CHARACTERS] if part.error_message else part.error_message),
                _time(part.start_time or message.created_at),
                part.duration_ms,
                _clean(message.trace_id),
                _clean(message.observation_id),
                _clean((part.tool_input or "")[:PREVIEW_CHARACTERS]),
            )
            index += 1


def _calls(message: Message) -> Iterator[Part]:
    """The calls a message reports: those that ran. A call that is only asked for is none."""
    if message.role == "tool":
        yield from (part for part in message.parts if part.type == "tool" and part.tool_status in _RAN)


def _succeeded(part: Part) -> bool:
    return part.success if part.success is not None else part.tool_status == "completed"


def _model_call_rows(key: tuple[str, date], staged: StagedSession) -> Iterator[Row]:
    for call in staged.model_calls:
        yield (
            *key,
            _clean(call.trace_id),
            _clean(call.observation_id),
            call.type,
            _clean(call.agent_name),
            _clean(call.model),
            _time(call.start_time),
            call.latency_seconds,
            call.time_to_first_token_seconds,
            call.input_tokens,
            call.output_tokens,
            call.cost_usd,
            call.cost_known,
            call.level,
        )


def score_row(key: tuple[str, date], score: Score) -> Row:
    """Row of table `scores` for a score that came with this date."""
    return (
        *key,
        _clean(score.score_id),
        _clean(score.trace_id),
        _clean(score.observation_id),
        _clean(score.name),
        score.data_type,
        score.value_number,
        _clean(score.value_text),
        score.source,
        _time(score.timestamp),
        _time(score.updated_at or score.timestamp),
        _clean(score.comment[:PREVIEW_CHARACTERS] if score.comment else score.comment),
    )


def message_text(message: Message) -> str:
    """What a message says: a tool message its results, any other its text parts; '' where it only asks for calls."""
    if message.role == "tool":
        pieces = [part.tool_output or "" for part in message.parts if part.type == "tool"]
        if pieces:
            return "\n".join(pieces)
    return "\n".join(part.text for part in message.parts if part.type == "text" and part.text)


def _text_hash(text: str) -> int:
    """64 bits by which two system texts are equal after white space is collapsed."""
    collapsed = " ".join(text.split()).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(collapsed, digest_size=8).digest(), "big")


def _clean(text: str | None) -> Any:
    """Text that can be UTF-8: a lone surrogate, which JSON can carry, becomes a question mark."""
    if text is None or text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8")


def _time(text: str | None) -> datetime | None:
    """UTC time without zone; text without zone is UTC already; None where there is none."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


class _Sink(io.RawIOBase):
    """What pyarrow needs of a stream, over anything that only has `write`; never closes it: its owner does."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self._stream = stream
        self._written = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._written

    def write(self, data: Any) -> int:
        self._stream.write(data)
        self._written += len(data)
        return len(data)


class _Table:
    """One Parquet file on its way: rows wait in columns until there are enough for a row group."""

    def __init__(self, schema: pa.Schema, stream: IO[bytes], batch_rows: int) -> None:
        self.rows = 0
        self._schema = schema
        self._batch_rows = batch_rows
        self._waiting: list[Row] = []
        self._writer = pq.ParquetWriter(_Sink(stream), schema, compression="zstd", compression_level=3)

    def add(self, rows: list[Row]) -> None:
        self.rows += len(rows)
        self._waiting.extend(rows)
        while len(self._waiting) >= self._batch_rows:
            self._flush(self._waiting[: self._batch_rows])
            del self._waiting[: self._batch_rows]

    def close(self) -> None:
        if self._waiting:
            self._flush(self._waiting)
            self._waiting = []
        self._writer.close()

    def _flush(self, rows: list[Row]) -> None:
        columns = zip(*rows, strict=True)
        arrays = [pa.array(list(values), field.type) for values, field in zip(columns, self._schema, strict=True)]
        self._writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=self._schema))


class TableBuilder:
    """The fact tables of one date, from its staged sessions one at a time.

    `streams` maps each name of `FACT_TABLES` to an open binary stream (`ObjectStore.writer`); they are left open. Give
    sessions in the order of their ids: equal sessions then give equal bytes, by which publication sees that nothing
    changed. `rows` tells how many rows each table has so far.
    """

    def __init__(self, day: str, streams: Mapping[str, IO[bytes]], *, batch_rows: int = BATCH_ROWS) -> None:
        self._day = day
        self._tables = {name: _Table(schema, streams[name], batch_rows) for name, schema in FACT_SCHEMAS.items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def rows(self) -> dict[str, int]:
        """Rows of each table so far."""
        return {name: table.rows for name, table in self._tables.items()}

    def add(self, staged: StagedSession) -> None:
        """Add one slice. ValueError if it belongs to another date."""
        if staged.date != self._day:
            raise ValueError(f"session {staged.session_id} is staged for {staged.date}, not {self._day}")
        for name, rows in slice_rows(staged).items():
            self._tables[name].add(rows)

    def add_scores(self, scores: Iterable[Score]) -> None:
        """Add scores that came on this date for sessions without a slice on it (late scores)."""
        day = date.fromisoformat(self._day)
        self._tables["scores"].add([score_row((_clean(score.session_id), day), score) for score in scores])

    def close(self) -> None:
        """Write what is left and the files' footers."""
        for table in self._tables.values():
            table.close()


def health_row(
    day: str,
    *,
    complete: bool,
    source_rows: int | None = None,
    raw_rows: int | None = None,
    staged_sessions: int | None = None,
    loaded_sessions: int | None = None,
    committed_sessions: int | None = None,
    redactions: int | None = None,
    late_sessions: int | None = None,
) -> bytes:
    """Parquet bytes of `tables/data_health/date=D/part.parquet`: one row. None stands where a figure is not known."""
    row = {
        "date": date.fromisoformat(day),
        "source_rows": source_rows,
        "raw_rows": raw_rows,
        "staged_sessions": staged_sessions,
        "loaded_sessions": loaded_sessions,
        "committed_sessions": committed_sessions,
        "redactions": redactions,
        "late_sessions": late_sessions,
        "complete": complete,
    }
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([row], HEALTH_SCHEMA), stream, compression="zstd")
    return stream.getvalue()
