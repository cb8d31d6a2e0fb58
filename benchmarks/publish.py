"""How long publication takes: a year of synthetic daily Parquet, a full rebuild, a day more, a day restated.

    python benchmarks/publish.py [--days 365] [--messages 41000] [--folder DIR] [--keep]

Prints a table of seconds by phase, and the peak memory of the process. Messages have previews cut from random words,
ids as Langfuse gives them, and one session in twenty goes on over midnight, so that sizes and work are as in real days.
"""

import argparse
import random
import resource
import shutil
import sys
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sessions_platform.resources.object_store import ObjectStore, open_store
from sessions_platform.resources.warehouse import Publisher, PublishReport
from sessions_platform.sessions import layout
from sessions_platform.sessions.table_schemas import FACT_SCHEMAS
from sessions_platform.sessions.tables import health_row

FIRST = date(2025, 11, 1)
PER_SESSION = 60
AGENTS = ["user", "planner", "coder", "reviewer", "operator", "researcher"]
TOOLS = ["kubectl", "git", "terraform", "search", "read_file", "psql"]


def words(size: int) -> str:
    """Text of random words with a natural skew."""
    draw = np.random.default_rng(1)
    letters = np.array(list("etaoinshrdlcumwfgypbvk"))
    vocabulary = np.array(["".join(draw.choice(letters, draw.integers(2, 11))) for _ in range(20_000)])
    return " ".join(vocabulary[np.minimum(draw.zipf(1.3, size) - 1, 19_999)])


def ids(draw: np.random.Generator, count: int) -> list[str]:
    """Span ids: 16 hexadecimal digits."""
    return [f"{value:016x}" for value in draw.integers(0, 2**63, count)]


def day_tables(number: int, messages: int, text: str) -> dict[str, dict[str, Any]]:
    """Columns of one day's fact tables; every twentieth session was there the day before, too."""
    draw = np.random.default_rng(number)
    day = FIRST + timedelta(days=number)
    sessions = max(1, messages // PER_SESSION)
    names = sorted(
        {
            f"sess-{(number - 1 if i % 20 == 0 and number else number):04d}-{i * 20 if i % 20 == 0 else i:06d}"
            for i in range(sessions)
        }
        | {f"sess-{number:04d}-{i * 20:06d}" for i in range(0, sessions, 20)}
    )[:sessions]
    midnight = datetime.fromisoformat(day.isoformat())
    at = [midnight + timedelta(seconds=int(seconds)) for seconds in draw.integers(0, 80_000, len(names))]
    return _facts(day, names, at, draw, text)


def _facts(
    day: date, names: list[str], at: list[datetime], draw: np.random.Generator, text: str
) -> dict[str, dict[str, Any]]:
    count = len(names) * PER_SESSION
    place = np.tile(np.arange(PER_SESSION), len(names))
    session = np.repeat(np.array(names, dtype=object), PER_SESSION)
    when = np.repeat(np.array(at, dtype="datetime64[us]"), PER_SESSION) + place.astype("timedelta64[s]")
    role = np.where(place % 10 == 0, "user", np.where(place % 5 < 2, "tool", "assistant")).astype(object)
    speaks = role != "tool"
    agent = np.where(role == "user", "user", np.array(AGENTS[1:], dtype=object)[draw.integers(0, 5, count)])
    begin, size = draw.integers(0, len(text) - 300, count), draw.integers(20, 300, count)
    traces = np.repeat(np.array(ids(draw, count // 10), dtype=object), 10)
    spans = np.array(ids(draw, count), dtype=object)
    key = {"session_id": session, "date": np.full(count, day)}
    neighbour = np.where(speaks, np.roll(agent, -1), None)
    messages = {
        **key, "origin": ["row"] * count, "message_index": place, "turn_index": place // 10 + 1, "role": role,
        "agent_name": agent, "next_agent": np.where(place == PER_SESSION - 1, None, neighbour),
        "prev_agent": np.where(speaks & (place > 0), np.roll(agent, 1), None), "is_utterance": speaks,
        "timestamp": when,
        "trace_id": traces, "observation_id": spans, "char_count": size * 3,
        "preview": [text[b : b + min(n, 200)] for b, n in zip(begin, size, strict=True)], "text_hash": [None] * count,
    }  # fmt: skip
    ran = np.flatnonzero(~speaks)
    calls = {
        "session_id": session[ran], "date": key["date"][ran], "origin": ["row"] * len(ran),
        "turn_index": place[ran] // 10 + 1,
        "message_index": place[ran], "call_index": np.tile(np.arange(len(ran) // len(names)), len(names)),
        "agent_name": agent[ran], "tool_name": np.array(TOOLS, dtype=object)[draw.integers(0, 6, len(ran))],
        "operation": [""] * len(ran), "success": draw.random(len(ran)) < 0.93, "success_basis": ["level"] * len(ran),
        "error_type": [None] * len(ran), "error_message": [None] * len(ran), "start_time": when[ran],
        "duration_ms": draw.random(len(ran)) * 2000, "trace_id": traces[ran], "observation_id": spans[ran],
        "arguments_preview": [text[b : b + 60] for b in begin[ran]],
    }  # fmt: skip
    asked = np.flatnonzero(role == "assistant")
    models = {
        "session_id": session[asked], "date": np.full(len(asked), day), "trace_id": traces[asked],
        "observation_id": spans[asked], "type": ["GENERATION"] * len(asked), "agent_name": agent[asked],
        "model": ["large-1"] * len(asked), "start_time": when[asked], "latency_seconds": draw.random(len(asked)) * 9,
        "time_to_first_token_seconds": draw.random(len(asked)), "input_tokens": draw.integers(1, 9000, len(asked)),
        "output_tokens": draw.integers(1, 900, len(asked)), "cost_usd": draw.random(len(asked)) / 50,
        "cost_known": [True] * len(asked), "level": ["DEFAULT"] * len(asked),
    }  # fmt: skip
    return {"messages": messages, "tool_calls": calls, "model_calls": models, **_slices(day, names, at, agent, text)}


def _slices(
    day: date, names: list[str], at: list[datetime], agent: np.ndarray[Any, Any], text: str
) -> dict[str, dict[str, Any]]:
    many = len(names)
    side = {
        "message_count": PER_SESSION, "utterance_count": 36, "turns": 6, "tool_call_count": 24, "tool_error_count": 1,
        "starts_turn": True, "ends_in_turn": False, "first_agent": "user", "last_agent": "coder",
        "last_utterance_index": PER_SESSION - 1, "agents": AGENTS[1:], "system_hashes": [], "system_indices": [],
    }  # fmt: skip
    none: dict[str, Any] = {f"history_{name}": (0 if isinstance(value, int) else None) for name, value in side.items()}
    constant = {
        **side, **none, "history_agents": [], "history_starts_turn": False, "history_ends_in_turn": None,
        "history_system_hashes": [],
        "history_system_indices": [],
        "row_count": 100, "end_state": "completed", "end_reason": "closing",
        "model_call_count": 30, "input_tokens": 90_000, "output_tokens": 9_000, "total_cost_usd": 0.4,
        "cost_complete": True,
        "environment": "production", "release": "1.2", "version": "", "session_id_basis": "row",
        "content_hash": "0" * 64, "imported_status": None, "imported_turns": None,
    }  # fmt: skip
    end = [moment + timedelta(seconds=PER_SESSION) for moment in at]
    slices = {name: [value] * many for name, value in constant.items()} | {
        "session_id": names, "date": [day] * many, "start_time": at, "end_time": end, "last_row_time": end,
        "user_id": [f"<user:{i % 500:016d}>" for i in range(many)],
        "title": [text[i * 50 : i * 50 + 60] for i in range(many)],
        "trace_ids": [[f"{name}-{i}" for i in range(6)] for name in names],
    }  # fmt: skip
    keys = ["environment", "release", "platform", "task", "team", "region", "tier", "customer"]
    segments = {
        "session_id": [n for n in names for _ in keys], "date": [day] * many * len(keys), "key": keys * many,
        "value": [f"{k}-{i % 7}" for i in range(many) for k in keys], "basis": ["tag"] * many * len(keys),
    }  # fmt: skip
    scores: dict[str, Any] = {
        "session_id": names, "date": [day] * many, "score_id": [f"score-{name}" for name in names],
        "trace_id": [""] * many, "observation_id": [""] * many, "name": ["success"] * many,
        "data_type": ["NUMERIC"] * many,
        "value_number": [random.random() for _ in names], "value_text": [None] * many, "source": ["API"] * many,
        "timestamp": at, "updated_at": at, "comment": [None] * many,
    }  # fmt: skip
    return {"session_slices": slices, "session_segments": segments, "scores": scores}


def write_day(store: ObjectStore, number: int, messages: int, text: str) -> str:
    """Write one synthetic day; its date."""
    day = (FIRST + timedelta(days=number)).isoformat()
    for table, columns in day_tables(number, messages, text).items():
        schema = FACT_SCHEMAS[table]
        arrays = [pa.array(list(columns[field.name]), field.type) for field in schema]
        with store.writer(layout.table_key(table, day)) as stream:
            pq.write_table(
                pa.Table.from_arrays(arrays, schema=schema), stream, compression="zstd", row_group_size=16_384
            )
    store.put(layout.table_key("data_health", day), health_row(day, complete=True))
    return day


def row(name: str, report: PublishReport, begun: float) -> None:
    """Print one publication."""
    phases = "  ".join(f"{phase} {seconds:.2f}" for phase, seconds in report.seconds.items())
    print(f"{name:<22} {time.perf_counter() - begun:7.2f} s   {report.bytes / 1e6:7.0f} MB   {phases}", flush=True)


def main() -> None:
    """Run the benchmark."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--days", type=int, default=365)
    options.add_argument("--messages", type=int, default=41_000, help="messages a day")
    options.add_argument("--folder", type=Path, help="where to work (default: a temporary folder)")
    options.add_argument("--keep", action="store_true", help="keep the folder, and use the days already in it")
    options.add_argument("--no-rebuild", action="store_true", help="publish into the file that is there")
    chosen = options.parse_args()
    folder = chosen.folder or Path(tempfile.mkdtemp(prefix="sessions-bench-"))
    store, text = open_store(str(folder / "store")), words(1_000_000)
    begun, present = time.perf_counter(), set(store.dates("tables/data_health"))
    for number in range(chosen.days):
        if (FIRST + timedelta(days=number)).isoformat() not in present:
            write_day(store, number, chosen.messages, text)
    print(
        f"{chosen.days} days of {chosen.messages} messages written in {time.perf_counter() - begun:.0f} s", flush=True
    )
    publisher = Publisher(store, folder / "analytics.duckdb")
    if not chosen.no_rebuild:
        begun = time.perf_counter()
        row("rebuild", publisher.publish(None, rebuild=True), begun)
    measure(store, publisher, chosen.days, chosen.messages, text)
    if not chosen.keep:
        shutil.rmtree(folder)


def measure(store: ObjectStore, publisher: Publisher, days: int, messages: int, text: str) -> None:
    """One day more, the same again, a day in the middle restated."""
    for name, number, size in (
        ("one day more", days, messages),
        ("the same day again", days, messages),
        ("a middle day restated", days // 2, messages - 600),
        ("a middle day back", days // 2, messages),
    ):
        day = write_day(store, number, size, text)
        begun = time.perf_counter()
        row(name, publisher.publish([day]), begun)
    begun = time.perf_counter()
    row("nothing, all dates", publisher.publish(None), begun)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB (with the generator's data)")


if __name__ == "__main__":
    sys.exit(main())
