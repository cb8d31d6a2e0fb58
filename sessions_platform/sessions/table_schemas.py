"""Columns of the daily fact tables, as they stand in `tables/<table>/date=D/part.parquet`.

Only shapes belong here; how a staged session becomes rows is in `tables`, and the published tables (whose columns carry
their comments) are in `sql/catalog.yaml`. Dates are DATE, times are UTC without zone in microseconds. Indices count
within the slice, in its history separately. Source: CONTRACT section 5.
"""

import pyarrow as pa

TEXT = pa.string()
TIME = pa.timestamp("us")
COUNT = pa.int32()
TOTAL = pa.int64()
NUMBER = pa.float64()
FLAG = pa.bool_()

_SLICE_KEY = [("session_id", TEXT), ("date", pa.date32())]

SIDE_COLUMNS = [
    ("message_count", COUNT),
    ("utterance_count", COUNT),
    ("turns", COUNT),
    ("tool_call_count", COUNT),
    ("tool_error_count", COUNT),
    ("starts_turn", FLAG),
    ("ends_in_turn", FLAG),
    ("first_agent", TEXT),
    ("last_agent", TEXT),
    ("last_utterance_index", COUNT),
    ("agents", pa.list_(TEXT)),
    ("system_hashes", pa.list_(pa.uint64())),
    ("system_indices", pa.list_(COUNT)),
]
"""What publication must know of a run of messages without reading them: a slice has it for its rows and its history."""

FACT_SCHEMAS: dict[str, pa.Schema] = {
    "session_slices": pa.schema(
        [
            *_SLICE_KEY,
            ("start_time", TIME),
            ("end_time", TIME),
            ("last_row_time", TIME),
            ("row_count", TOTAL),
            ("end_state", TEXT),
            ("end_reason", TEXT),
            *SIDE_COLUMNS,
            *[(f"history_{name}", kind) for name, kind in SIDE_COLUMNS],
            ("model_call_count", COUNT),
            ("input_tokens", TOTAL),
            ("output_tokens", TOTAL),
            ("total_cost_usd", NUMBER),
            ("cost_complete", FLAG),
            ("user_id", TEXT),
            ("environment", TEXT),
            ("release", TEXT),
            ("version", TEXT),
            ("title", TEXT),
            ("trace_ids", pa.list_(TEXT)),
            ("session_id_basis", TEXT),
            ("content_hash", TEXT),
            ("imported_status", TEXT),
            ("imported_turns", COUNT),
        ]
    ),
    "session_segments": pa.schema([*_SLICE_KEY, ("key", TEXT), ("value", TEXT), ("basis", TEXT)]),
    "messages": pa.schema(
        [
            *_SLICE_KEY,
            ("origin", TEXT),
            ("message_index", COUNT),
            ("turn_index", COUNT),
            ("role", TEXT),
            ("agent_name", TEXT),
            ("next_agent", TEXT),
            ("prev_agent", TEXT),
            ("is_utterance", FLAG),
            ("timestamp", TIME),
            ("trace_id", TEXT),
            ("observation_id", TEXT),
            ("char_count", COUNT),
            ("preview", TEXT),
            ("text_hash", pa.uint64()),
        ]
    ),
    "tool_calls": pa.schema(
        [
            *_SLICE_KEY,
            ("origin", TEXT),
            ("call_index", COUNT),
            ("turn_index", COUNT),
            ("message_index", COUNT),
            ("agent_name", TEXT),
            ("tool_name", TEXT),
            ("operation", TEXT),
            ("success", FLAG),
            ("success_basis", TEXT),
            ("error_type", TEXT),
            ("error_message", TEXT),
            ("start_time", TIME),
            ("duration_ms", NUMBER),
            ("trace_id", TEXT),
            ("observation_id", TEXT),
            ("arguments_preview", TEXT),
        ]
    ),
    "model_calls": pa.schema(
        [
            *_SLICE_KEY,
            ("trace_id", TEXT),
            ("observation_id", TEXT),
            ("type", TEXT),
            ("agent_name", TEXT),
            ("model", TEXT),
            ("start_time", TIME),
            ("latency_seconds", NUMBER),
            ("time_to_first_token_seconds", NUMBER),
            ("input_tokens", TOTAL),
            ("output_tokens", TOTAL),
            ("cost_usd", NUMBER),
            ("cost_known", FLAG),
            ("level", TEXT),
        ]
    ),
    "scores": pa.schema(
        [
            *_SLICE_KEY,
            ("score_id", TEXT),
            ("trace_id", TEXT),
            ("observation_id", TEXT),
            ("name", TEXT),
            ("data_type", TEXT),
            ("value_number", NUMBER),
            ("value_text", TEXT),
            ("source", TEXT),
            ("timestamp", TIME),
            ("updated_at", TIME),
            ("comment", TEXT),
        ]
    ),
}

HEALTH_SCHEMA = pa.schema(
    [
        ("date", pa.date32()),
        ("source_rows", TOTAL),
        ("raw_rows", TOTAL),
        ("staged_sessions", TOTAL),
        ("loaded_sessions", TOTAL),
        ("committed_sessions", TOTAL),
        ("redactions", TOTAL),
        ("late_sessions", TOTAL),
        ("complete", FLAG),
    ]
)

FACT_TABLES = tuple(FACT_SCHEMAS)
HEALTH_TABLE = "data_health"
DAY_MARTS = ("tool_success_rates", "interaction_matrix", "agent_activity", "daily_metrics")
