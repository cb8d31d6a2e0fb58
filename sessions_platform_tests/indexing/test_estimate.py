"""Index tokens by texts, by sizes, and of a date before it is loaded."""

from pathlib import Path

import msgspec
import pytest
import zstandard

from sessions_platform.indexing.estimate import (
    NOTES,
    USUAL_BYTES,
    USUAL_MESSAGES,
    Estimator,
    predicted_usage,
    staged_hash,
    tokens_of,
    total_usage,
    usage_of,
    usd_per_session,
)
from sessions_platform.indexing.ledger import LEDGER_SCHEMA, Entry, Ledger, Status, Usage, read_ledger, write_ledger
from sessions_platform.indexing.payload import document
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.settings import Settings
from sessions_platform.staging import read_manifest
from sessions_platform_tests.indexing.support import DAY, put_staged, session, store_in
from sessions_platform_tests.staged_sessions import agent, tool, user


def settings(home: Path, **changes: object) -> Settings:
    fields = {"sessions_home": home, "openviking_url": "http://127.0.0.1:1933", **changes}
    return Settings(_env_file=None, **fields)  # type: ignore[arg-type, call-arg]


def loaded(store: ObjectStore, options: Settings, *session_ids: str, status: Status = "verified") -> None:
    """Say in the date's ledger that sessions are in the index as they are staged now."""
    manifest = read_manifest(store, DAY)
    assert manifest is not None
    lines = read_ledger(store, DAY).sessions
    for one in session_ids:
        sha256 = manifest["sessions"][one]["sha256"]
        made_from = staged_hash(sha256, options.memories, options.sessions_outcome_scores)
        lines[one] = Entry(one, "content", made_from, status, index=options.index_name, loader_version=2)
    write_ledger(store, Ledger(LEDGER_SCHEMA, DAY, lines))


def with_usage(store: ObjectStore, date: str, *tokens: int) -> None:
    """A ledger whose sessions took so many tokens each, all of them in prompts of summaries."""
    lines = {
        f"s{number}": Entry("u", "c", "s", "verified", usage={"document_summary": Usage(1, one)})
        for number, one in enumerate(tokens)
    }
    lines["pending"] = Entry("u", "", "", "pending", usage={"document_summary": Usage(1, 999_999)})
    lines["silent"] = Entry("u", "c", "s", "verified")
    write_ledger(store, Ledger(LEDGER_SCHEMA, date, lines))


def test_usage_is_counted_from_the_texts_at_four_characters_a_token() -> None:
    usage = usage_of("a" * 80, "b" * 4_000, ["c" * 400, "d" * 40])
    assert usage == {
        "document_summary": Usage(1, 390 + 1_000, 310),
        "dir_overview": Usage(1, 1_070 + 310, 800),
        # L0 twice (also asked with when verified), overview, digest and two memory files.
        "embedding": Usage(7, 3 * 20 + 800 + 1_000 + 100 + 10),
    }
    assert tokens_of(usage) == 390 + 1_000 + 310 + 1_070 + 310 + 800 + 1_970


def test_of_long_texts_only_what_the_server_sends_is_counted() -> None:
    usage = usage_of("", "b" * 50_000, ["c" * 20_000])
    assert usage["document_summary"].prompt_tokens == 390 + 30_000 // 4
    assert usage["embedding"].prompt_tokens == 800 + 2 * 16_384 // 4


def test_a_short_digest_is_counted_as_the_server_was_measured() -> None:
    assert usage_of("", "x" * 100, [])["document_summary"].prompt_tokens == pytest.approx(416, abs=2)


def test_prediction_grows_with_the_session_and_ends_where_the_digest_is_cut() -> None:
    sizes = [(500, 2), (5_000, 20), (20_000, 100), (5_000_000, 9_000), (50_000_000, 90_000)]
    totals = [tokens_of(predicted_usage(*size, False)) for size in sizes]
    assert totals[0] < totals[1] < totals[2] < totals[3] == totals[4]
    assert totals[3] < 15_000


def test_extraction_asks_for_more_and_its_absence_for_nothing() -> None:
    plain, extracted = predicted_usage(5_000, 20, False), predicted_usage(5_000, 20, True)
    assert "memory_extract" not in plain
    assert extracted["memory_extract"].prompt_tokens == 4_500
    assert extracted["embedding"].calls > plain["embedding"].calls
    assert {kind: extracted[kind] for kind in ("document_summary", "dir_overview")} == {
        kind: plain[kind] for kind in ("document_summary", "dir_overview")
    }


@pytest.mark.parametrize("turns", [1, 8, 20])
def test_prediction_by_size_is_near_what_the_texts_say(turns: int) -> None:
    lines = [
        line
        for turn in range(turns)
        for line in (
            user(f"And what of shard {turn * 7919 % 997}, which host {turn * 104729 % 9973} was to drain?"),
            tool("kubectl", "planner", f"pod-{turn * 15485863 % 99991} Running {turn} restarts, node {turn * 31 % 17}"),
            agent("planner", f"Shard {turn} is drained; {turn * 179 % 101} connections moved to the other zone."),
        )
    ]
    staged = session(1, lines=lines)
    data = zstandard.compress(msgspec.json.encode(staged))
    real = tokens_of(document(staged, (), ("success",)).usage)
    assert tokens_of(predicted_usage(len(data), len(staged.messages), False)) == pytest.approx(real, rel=0.3)


def test_sessions_that_stand_in_the_index_cost_nothing(tmp_path: Path) -> None:
    store, options = store_in(tmp_path), settings(tmp_path)
    put_staged(store, [session(number) for number in range(4)])
    estimator = Estimator(store, options)
    everything = estimator.date(DAY, 99)
    assert (everything.sessions, everything.basis) == (4, "staged")
    loaded(store, options, "session-0", "session-1")
    half = estimator.date(DAY, 99)
    assert half.sessions == 2 and half.tokens == pytest.approx(everything.tokens / 2, rel=0.05)
    loaded(store, options, "session-2", "session-3")
    none = estimator.date(DAY, 99)
    assert (none.sessions, none.tokens, none.usage) == (0, 0, {})
    assert estimator.date(DAY, 99, force=True) == everything


def test_what_would_be_loaded_again_is_counted_again(tmp_path: Path) -> None:
    store, options = store_in(tmp_path), settings(tmp_path)
    put_staged(store, [session(1), session(2)])
    loaded(store, options, "session-1", "session-2")

    def sessions(**changes: object) -> int:
        return Estimator(store, settings(tmp_path, **changes)).date(DAY, 0).sessions

    assert sessions() == 0
    assert sessions(sessions_embedding_model="another-model") == 2
    assert sessions(openviking_memories=("events",)) == 2
    assert sessions(sessions_outcome_scores=("other",)) == 2
    put_staged(store, [session(1), session(2, "drain the payment queue")])
    assert sessions() == 1
    loaded(store, options, "session-1", status="pending")
    assert sessions() == 2
    loaded(store, options, "session-1", status="failed")
    assert sessions() == 2


def test_a_date_that_is_not_staged_has_sessions_of_the_mean_of_the_newest_ledgers(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    for day in range(1, 9):
        with_usage(store, f"2026-10-0{day}", 1_000 * day, 1_000 * day + 100)
    found = Estimator(store, settings(tmp_path)).date(DAY, 10)
    # Of 2026-10-02 to 08, whose mean is 5,050: the eighth ledger is too old.
    assert (found.sessions, found.tokens, found.basis) == (10, 50_500, "ledgers")
    assert found.usage == {"document_summary": Usage(10, 50_500, 0)}


def test_a_store_that_knows_nothing_takes_a_usual_session_and_says_so(tmp_path: Path) -> None:
    found = Estimator(store_in(tmp_path), settings(tmp_path)).date(DAY, 3)
    usual = predicted_usage(USUAL_BYTES, USUAL_MESSAGES, False)
    assert (found.sessions, found.usage, found.basis) == (3, total_usage([usual] * 3), "default")
    assert "usual session" in NOTES[found.basis]


def test_without_an_index_nothing_is_estimated(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    put_staged(store, [session(1)])
    found = Estimator(store, settings(tmp_path, openviking_url="")).date(DAY, 3)
    assert (found.sessions, found.tokens, found.basis) == (0, 0, "none")
    assert NOTES["none"].startswith("OPENVIKING_URL is not set")


def test_mean_dollars_of_a_session_are_those_of_the_loaded_ones(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    with_usage(store, DAY, 1_000_000, 3_000_000)
    ledgers = [read_ledger(store, DAY)]
    assert usd_per_session(ledgers, settings(tmp_path, sessions_chat_model="gpt-4o")) == pytest.approx(2 * 2.50)
    assert usd_per_session(ledgers, settings(tmp_path, sessions_chat_model="not-priced")) is None
    assert usd_per_session([], settings(tmp_path)) is None
