"""The whole way to the index: `run` with a real server on the offline gateway, what the tables say of it, `search`.

The full size, every session of the sample with its limits, is slow; the figures it prints go into the docs.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from benchmarks import index
from sessions_platform.demo.generator import generate
from sessions_platform.demo.server import Dataset, LangfuseServer
from sessions_platform.gateway import Gateway
from sessions_platform.gateway.ledger import Entry
from sessions_platform.indexing import Ledger, read_ledger
from sessions_platform.openviking_server import OpenVikingServer, ServerOptions
from sessions_platform.resources.object_store import open_store
from sessions_platform.runner import DayOutcome
from sessions_platform_tests.end_to_end.support import command, days_between, installation, run, settings_of
from sessions_platform_tests.sample import needs_sample

FIRST, LAST = "2026-10-05", "2026-10-06"


@dataclass
class Loaded:
    """An installation with two days in its index, and what that took."""

    variables: dict[str, str]
    outcomes: list[DayOutcome]
    gateway: Gateway
    spent: dict[str, Entry]
    """What the gateway was asked while they were loaded, by kind."""

    def ledgers(self) -> list[Ledger]:
        store = open_store(settings_of(self.variables).store_url)
        return [read_ledger(store, day) for day in (FIRST, LAST)]

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(settings_of(self.variables).database), read_only=True) as con:
            return con.execute(sql).fetchall()


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    home = tmp_path_factory.mktemp("index")
    corpus = generate(31, days_between(FIRST, LAST), 11)
    with (
        LangfuseServer(Dataset(corpus.observations, corpus.scores)) as source,
        Gateway() as gateway,
        OpenVikingServer(ServerOptions(home, gateway.api_base)) as viking,
    ):
        more = {"OPENVIKING_URL": viking.url, "OPENVIKING_API_KEY": viking.user_key}
        variables = installation(source, home, **more)
        gateway.ledger.reset()
        outcomes = run(variables, FIRST, LAST)
        yield Loaded(variables, outcomes, gateway, gateway.ledger.kinds())


def test_every_session_is_verified_and_the_tables_say_what_the_ledgers_say(loaded: Loaded) -> None:
    assert [(one.date, one.ok, one.warnings) for one in loaded.outcomes] == [(FIRST, True, []), (LAST, True, [])]
    lines = [(ledger.date, one, line) for ledger in loaded.ledgers() for one, line in ledger.sessions.items()]
    assert len(lines) >= 22 and {(line.status, line.checked) for _, _, line in lines} == {("verified", "all")}
    assert {line.l0_source for _, _, line in lines} == {"generated"}
    published = loaded.ask("SELECT date::VARCHAR, session_id, uri, l0, status, index_tokens FROM openviking_commits")
    assert sorted(published) == sorted(
        (day, one, line.uri, line.l0, line.status, line.index_tokens) for day, one, line in lines
    )
    memories = loaded.ask("SELECT date::VARCHAR, session_id, kind, type, name, summary, uri FROM memories")
    assert Counter(memories) == Counter(
        (day, one, memory.kind, memory.type, memory.name, memory.summary, memory.uri)
        for day, one, line in lines
        for memory in line.memories
    )
    assert {kind for _, _, kind, *_ in memories} == {"event", "entity", "outcome"}
    assert loaded.ask("SELECT sum(committed_sessions) FROM data_health") == [(len(lines),)]


def test_the_ledgers_tokens_are_those_the_models_were_asked_for(loaded: Loaded) -> None:
    lines = [line for ledger in loaded.ledgers() for line in ledger.sessions.values()]
    for kind in ("document_summary", "dir_overview", "embedding"):
        tokens = sum(line.usage[kind].prompt_tokens for line in lines)
        assert tokens == pytest.approx(loaded.spent[kind].prompt_tokens, rel=0.15)
    # Embeddings of a date's own folders are not a session's: some tens of short texts a date.
    embeddings = sum(line.usage["embedding"].calls for line in lines)
    assert embeddings <= loaded.spent["embedding"].calls <= embeddings + 2 * 60
    assert loaded.spent["document_summary"].calls == len(lines)
    assert loaded.spent["dir_overview"].calls == len(lines) and "memory_extract" not in loaded.spent


def test_a_day_that_did_not_change_asks_no_model_and_keeps_its_ledger(loaded: Loaded) -> None:
    before = loaded.ledgers()
    calls = loaded.gateway.ledger.total().calls
    assert all(outcome.ok for outcome in run(loaded.variables, FIRST, LAST))
    assert loaded.gateway.ledger.total().calls == calls and loaded.ledgers() == before


def test_search_finds_a_session_by_its_failure_and_session_shows_it_whole(loaded: Loaded) -> None:
    (failure,) = loaded.ask(
        "SELECT session_id, name, summary FROM memories WHERE type = 'failure' ORDER BY ALL LIMIT 1"
    )
    found = command(loaded.variables, "search", failure[2].split(": ", 2)[-1], "--limit", "10", "--json")
    answer = json.loads(found.stdout)
    assert failure[0] in [one["session_id"] for one in answer["results"]], found.stderr
    assert all(FIRST <= one["date"] <= LAST for one in answer["results"])
    shown = command(loaded.variables, "session", failure[0], "--transcript")
    assert shown.returncode == 0 and "## m0 " in shown.stdout, shown.stderr


@needs_sample
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_session_of_the_sample_is_verified_within_the_limits(tmp_path: Path) -> None:
    found = index.measure(tmp_path)
    print(index.table(found))
    for one in found:
        assert (one.sessions, one.verified, one.again_calls) == (224, 224, 0)
        assert one.most_prompt_tokens <= index.LIMITS["prompt tokens a session"]
        assert one.server_mb < index.LIMITS["server MB"]
        chat = sum(spent.prompt_tokens for kind, spent in one.spent.items() if kind != "embedding")
        assert chat <= index.LIMITS["with the commit"]
