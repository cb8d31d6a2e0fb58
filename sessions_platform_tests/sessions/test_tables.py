"""Rows of the daily fact tables, and the builder that writes them."""

import io
import tracemalloc
from datetime import date, datetime

import pyarrow.parquet as pq
import pytest

from sessions_platform.sessions.model import Message, Part
from sessions_platform.sessions.table_schemas import FACT_SCHEMAS, FACT_TABLES, HEALTH_SCHEMA
from sessions_platform.sessions.tables import TableBuilder, health_row, message_text, slice_rows
from sessions_platform.sql import catalog
from sessions_platform_tests.staged_sessions import agent, score, staged, system, tool, user

D = "2026-11-03"


def rows(table: str, *args: object, **more: object) -> list[dict[str, object]]:
    names = FACT_SCHEMAS[table].names
    return [dict(zip(names, row, strict=True)) for row in slice_rows(staged(*args, **more))[table]]  # type: ignore[arg-type]


def test_messages_know_the_agents_of_the_utterances_around_them() -> None:
    found = rows("messages", "s", D, [user("hi"), agent("planner"), tool("git", "planner"), agent("coder")])
    assert [(m["message_index"], m["prev_agent"], m["next_agent"]) for m in found] == [
        (0, None, "planner"),
        (1, "user", "coder"),
        (2, None, None),
        (3, "planner", None),
    ]


def test_a_preview_is_200_characters_and_char_count_is_of_the_whole_text() -> None:
    (message,) = rows("messages", "s", D, [user("ä" * 450)])
    assert (message["char_count"], message["preview"]) == (450, "ä" * 200)


def test_a_message_that_only_asks_for_tools_has_no_text_and_its_request_is_no_call() -> None:
    slice_ = staged("s", D, [agent("planner", "")])
    slice_.messages[0].parts.append(Part("tool", tool_id="1", tool_name="git", tool_status="requested"))
    made = slice_rows(slice_)
    assert made["messages"][0][FACT_SCHEMAS["messages"].get_field_index("preview")] == ""
    assert made["tool_calls"] == []


def test_a_tool_message_shows_its_result_and_its_call_points_to_it() -> None:
    lines = [user("hi"), agent("planner"), tool("git", "planner", "refused", ok=False, ms=12.5)]
    assert rows("messages", "s", D, lines)[2]["preview"] == "refused"
    (call,) = rows("tool_calls", "s", D, lines)
    assert (call["message_index"], call["call_index"], call["turn_index"]) == (2, 0, 1)
    assert (call["success"], call["error_message"], call["duration_ms"]) == (False, "refused", 12.5)


def test_history_counts_from_zero_by_itself() -> None:
    found = rows("messages", "s", D, [user("again")], history=[user("hi"), agent("planner")])
    assert [(m["origin"], m["message_index"], m["turn_index"]) for m in found] == [
        ("history", 0, 1),
        ("history", 1, 1),
        ("row", 0, 1),
    ]
    (slice_,) = rows("session_slices", "s", D, [user("again")], history=[user("hi"), agent("planner")])
    assert (slice_["message_count"], slice_["history_message_count"], slice_["history_turns"]) == (1, 2, 1)


def test_system_texts_that_differ_in_white_space_have_one_hash() -> None:
    (slice_,) = rows("session_slices", "s", D, [system("be kind"), user("x"), system("be  kind\n"), system("be brief")])
    first, second, third = slice_["system_hashes"]  # type: ignore[misc]
    assert first == second != third
    assert slice_["system_indices"] == [0, 2, 3]


def test_whether_a_run_of_user_messages_is_open_is_said_by_users_and_assistants_alone() -> None:
    def ends(*lines: object) -> tuple[object, object]:
        (slice_,) = rows("session_slices", "s", D, list(lines))
        return slice_["starts_turn"], slice_["ends_in_turn"]

    assert ends(system("s"), user("hi"), tool("git", "planner")) == (True, True)
    assert ends(agent("planner"), user("hi")) == (False, True)
    assert ends(user("hi"), agent("planner"), user("outer", opens=False)) == (True, False)
    assert ends(tool("git", "planner")) == (False, None)


def test_times_with_an_offset_become_utc_without_zone() -> None:
    slice_ = staged("s", D, [user("hi")])
    slice_.messages[0].created_at = "2026-11-03T12:00:00.250+02:00"
    (row,) = slice_rows(slice_)["messages"]
    assert row[FACT_SCHEMAS["messages"].get_field_index("timestamp")] == datetime.fromisoformat(
        "2026-11-03T10:00:00.250"
    )


def test_a_segment_that_is_given_twice_is_one_row_with_the_first_basis() -> None:
    assert [
        (s["key"], s["value"]) for s in rows("session_segments", "s", D, [], segments=[("a", "b"), ("a", "b")])
    ] == [("a", "b")]


def test_text_with_a_lone_surrogate_is_stored() -> None:
    (message,) = rows("messages", "s", D, [user("a\ud800b")])
    assert (message["preview"], message["char_count"]) == ("a?b", 3)


def build(sessions: list[object], **more: object) -> dict[str, bytes]:
    streams = {table: io.BytesIO() for table in FACT_TABLES}
    with TableBuilder(D, streams, **more) as builder:  # type: ignore[arg-type]
        for session in sessions:
            builder.add(session)  # type: ignore[arg-type]
    return {table: stream.getvalue() for table, stream in streams.items()}


def test_every_table_is_written_with_its_schema_even_without_rows() -> None:
    for table, data in build([]).items():
        found = pq.read_table(io.BytesIO(data))
        assert (found.schema, found.num_rows) == (FACT_SCHEMAS[table], 0)


def test_equal_sessions_give_equal_bytes_however_they_are_batched_into_rows() -> None:
    def sessions() -> list[object]:
        return [staged(f"s{n}", D, [user("hi"), agent("planner"), tool("git", "planner")]) for n in range(50)]

    assert build(sessions()) == build(sessions())
    small = pq.read_table(io.BytesIO(build(sessions(), batch_rows=7)["messages"]))
    assert small.equals(pq.read_table(io.BytesIO(build(sessions())["messages"])))
    assert small.num_rows == 150


def test_rows_are_counted_and_another_dates_session_is_refused() -> None:
    streams = {table: io.BytesIO() for table in FACT_TABLES}
    with TableBuilder(D, streams) as builder:
        builder.add(staged("s", D, [user("hi")], scores=[score("success", 1.0, f"{D}T10:00:00.000Z")]))
        builder.add_scores([score("success", 0.0, f"{D}T11:00:00.000Z", session_id="earlier")])
        assert (builder.rows["messages"], builder.rows["scores"]) == (1, 2)
        with pytest.raises(ValueError, match="2026-11-04"):
            builder.add(staged("s", "2026-11-04", []))
    assert pq.read_table(io.BytesIO(streams["scores"].getvalue()))["session_id"].to_pylist() == ["s", "earlier"]


def test_five_hundred_large_sessions_pass_through_in_bounded_memory() -> None:
    """Each is 400 KB of text; what stays is previews, and of these only a batch."""
    streams = {table: io.BytesIO() for table in FACT_TABLES}
    tracemalloc.start()
    with TableBuilder(D, streams, batch_rows=2000) as builder:
        for number in range(500):
            big = [agent("planner", f"{number:06d}" * 1100) for _ in range(60)]
            builder.add(staged(f"s{number:04d}", D, big))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40e6
    assert pq.read_metadata(io.BytesIO(streams["messages"].getvalue())).num_rows == 30_000


def test_a_health_row_keeps_unknown_figures_empty() -> None:
    found = pq.read_table(io.BytesIO(health_row(D, complete=True, raw_rows=7)))
    assert found.schema == HEALTH_SCHEMA
    (row,) = found.to_pylist()
    assert (row["date"], row["raw_rows"], row["source_rows"], row["complete"]) == (date(2026, 11, 3), 7, None, True)


def test_every_column_of_the_daily_tables_has_a_published_home_or_a_reason_to_have_none() -> None:
    homes = {"session_segments": "slice_segments", "scores": "score_versions"}
    left = {"messages": {"text_hash"}}
    for table, schema in FACT_SCHEMAS.items():
        columns = {column.name for column in catalog()[homes.get(table, table)].columns}
        assert set(schema.names) - columns == left.get(table, set()), table


def test_a_tool_message_without_parts_of_type_tool_shows_its_text() -> None:
    message = Message("tool", "p", f"{D}T10:00:00Z", "t", "o", 1, False, [Part("text", text="bare")])
    assert message_text(message) == "bare"
