"""Planted data of every class, encoding and place in a row: none of it is in any file that a run writes."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import zstandard
from pydantic import SecretStr

from sessions_platform.analytics import SessionAnalytics
from sessions_platform.demo.server import Dataset, LangfuseServer
from sessions_platform.runner import RunOrder, run_days
from sessions_platform.sessions.redact.canaries import CANARIES, encodings
from sessions_platform.settings import load_settings

DAY = date(2026, 11, 3)
PLANTED = [value for values in CANARIES.values() for value in values]
PERSON = "Ottilie Brandsma"


def planted_row(number: int, text: str, owner: str) -> dict[str, Any]:
    """A row that holds the text wherever a row can hold text."""
    call = {"id": "c", "function": {"name": "f", "arguments": json.dumps({text: text})}}
    messages = [{"role": "user", "content": f"hello {text} bye", "tool_calls": json.dumps([call])}]
    return {
        "id": f"row-{number}",
        "traceId": f"trace-{number}",
        "sessionId": f"session {text}" if number % 2 else f"session-{number}",
        "startTime": f"{DAY}T12:00:00.000Z",
        "endTime": f"{DAY}T12:00:01.000Z",
        "type": "GENERATION",
        "name": f"span {text}",
        "userId": owner,
        "statusMessage": f"bad {text}",
        "tags": [f"t:{text}"],
        "release": text,
        "version": text,
        "environment": text,
        "metadata": {f"k {text}": "x", "note": text, "deep": json.dumps({"a": [{"b": json.dumps({text: text})}]})},
        "input": json.dumps(messages),
        "output": f"plain {text} text",
    }


def named_rows() -> list[dict[str, Any]]:
    """A trace whose root alone knows the user's name, and whose child, answered first, speaks of her."""
    root = {"id": "named-root", "traceId": "named", "startTime": f"{DAY}T09:00:00.000Z", "type": "SPAN"}
    root |= {"sessionId": "named", "metadata": {"user.name": PERSON}, "input": "who am I?"}
    child = {"id": "named-child", "traceId": "named", "startTime": f"{DAY}T10:30:00.000Z", "type": "GENERATION"}
    child |= {"parentObservationId": "named-root", "output": f"You are {PERSON}, {PERSON.split()[0]} for short."}
    return [root, child]


def scores() -> list[dict[str, Any]]:
    """Scores whose comments and values hold planted data."""
    base = {"timestamp": f"{DAY}T13:00:00.000Z", "source": "API", "subject": {"kind": "trace", "id": "trace-0"}}
    return [
        base | {"id": f"s{n}", "name": "note", "dataType": "TEXT", "value": f"call {text}", "comment": f"see {text}"}
        for n, text in enumerate(PLANTED)
    ]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("canaries")
    texts = [encoded for value in PLANTED for encoded in encodings(value).values()]
    rows = [planted_row(number, text, PLANTED[number % len(PLANTED)]) for number, text in enumerate(texts)]
    with LangfuseServer(Dataset(rows + named_rows(), scores())) as server:
        settings = load_settings(
            langfuse_host=server.url,
            langfuse_public_key=server.public_key,
            langfuse_secret_key=SecretStr(server.secret_key),
            sessions_home=folder,
            sessions_store_url="",
            dagster_home=None,
        )
        (outcome,) = run_days(RunOrder(DAY, DAY), settings)
    assert outcome.ok, outcome.message
    return folder


def plain(path: Path) -> bytes:
    """What a file says, unpacked."""
    if path.suffix == ".zst":
        with path.open("rb") as stream:
            return zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True).read()
    if path.suffix == ".parquet":
        return str(pq.read_table(path).to_pylist()).encode()
    if path.suffix == ".duckdb":
        analytics = SessionAnalytics(path)
        tables = analytics.frame("SELECT table_name FROM duckdb_tables()")["table_name"]
        return "".join(analytics.frame(f"FROM {table}").to_csv() for table in tables).encode()  # noqa: S608
    return path.read_bytes()


def test_no_planted_value_is_in_any_file_or_file_name(home):
    wanted = {form.encode() for value in PLANTED for form in (value, *encodings(value).values()) if len(form) >= 7}
    files = [path for path in home.rglob("*") if path.is_file()]
    assert len(files) > 100
    for path in files:
        text = plain(path)
        found = [form[:4] for form in wanted if form in text]
        assert not found, f"{path.relative_to(home)} holds {len(found)} planted values"
        assert not [value for value in PLANTED if value in str(path)]


def test_a_name_known_to_the_root_alone_is_gone_from_the_child_that_was_answered_first(home):
    text = b"".join(plain(path) for path in home.rglob("*") if path.is_file())
    assert PERSON.encode() not in text and PERSON.split()[0].encode() not in text
    assert b"<name:" in text


def test_the_same_person_stays_joinable(home):
    frame = SessionAnalytics(home / "analytics.duckdb").frame(
        "SELECT DISTINCT user_id FROM sessions WHERE user_id <> ''"
    )
    assert len(frame) == len(PLANTED)
    assert frame["user_id"].str.fullmatch(r"<user:[A-Z2-7]{13}>").all()
