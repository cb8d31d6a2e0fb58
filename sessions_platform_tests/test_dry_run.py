"""`run --dry-run`: requests, rows, bytes, sessions, index tokens and dollars, and nothing written."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sessions_platform.demo.dataset import Dataset
from sessions_platform.demo.generator import generate
from sessions_platform.demo.server import LangfuseServer
from sessions_platform.dry_run import RunPlan, plan_days
from sessions_platform.errors import ConfigurationError
from sessions_platform.indexing.estimate import USUAL_BYTES, USUAL_MESSAGES, predicted_usage, tokens_of
from sessions_platform.runner import RunOrder
from sessions_platform_tests.end_to_end.support import (
    build,
    command,
    days_between,
    files,
    installation,
    run_command,
    settings_of,
    states,
)

FIRST, LAST = "2026-10-20", "2026-10-21"
INDEX = {"OPENVIKING_URL": "http://127.0.0.1:9"}
PRICED = INDEX | {"SESSIONS_CHAT_MODEL": "gpt-4o-mini", "SESSIONS_EMBEDDING_MODEL": "text-embedding-3-small"}
USUAL = predicted_usage(USUAL_BYTES, USUAL_MESSAGES, False)


@pytest.fixture(scope="module")
def server() -> Iterator[LangfuseServer]:
    corpus = generate(5, days_between(FIRST, LAST), 6)
    with LangfuseServer(Dataset(corpus.observations, corpus.scores)) as running:
        yield running


@pytest.fixture(scope="module")
def staged_home(server: LangfuseServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose first date is staged; nothing is in an index."""
    home = tmp_path_factory.mktemp("staged") / "home"
    build(installation(server, home), FIRST)
    return home


def plan(server: LangfuseServer, home: Path, variables: dict[str, str], **order: Any) -> RunPlan:
    dates = date.fromisoformat(FIRST), date.fromisoformat(LAST)
    return plan_days(RunOrder(*dates, **order), settings_of(installation(server, home, **variables)))


def test_tokens_and_dollars_of_dates_never_seen_are_those_of_usual_sessions(
    server: LangfuseServer, tmp_path: Path
) -> None:
    found = plan(server, tmp_path / "home", PRICED)
    assert [one.date for one in found.dates] == [FIRST, LAST]
    for one in found.dates:
        assert one.sessions_to_index == one.sessions_estimate > 0
        assert one.index_tokens == one.sessions_estimate * tokens_of(USUAL)
        chat = [USUAL["document_summary"], USUAL["dir_overview"]]
        a_session = (
            sum(calls.prompt_tokens for calls in chat) * 0.15
            + sum(calls.completion_tokens for calls in chat) * 0.60
            + USUAL["embedding"].prompt_tokens * 0.02
        ) / 1e6
        assert one.usd == pytest.approx(one.sessions_estimate * a_session)
    assert found.total["usd"] == pytest.approx(sum(one.usd or 0 for one in found.dates))
    assert found.total["rows"] == sum(one.rows for one in found.dates)
    assert [text for text in found.notes if "as nothing is staged" in text and "(2 of 2 dates)" in text]
    assert [text for text in found.notes if "gpt-4o-mini 0.15 in, 0.6 out; text-embedding-3-small 0.02 in" in text]


def test_a_staged_date_is_estimated_by_its_sessions(server: LangfuseServer, staged_home: Path) -> None:
    found = plan(server, staged_home, INDEX)
    assert [one.index_basis for one in found.dates] == ["staged", "default"]
    assert found.dates[0].sessions_to_index == len(list((staged_home / "store").glob(f"staged/date={FIRST}/*.zst")))
    assert (found.dates[0].usd, found.total["usd"]) == (0, 0)


def test_a_model_without_a_price_leaves_dollars_unknown_and_is_named(server: LangfuseServer, tmp_path: Path) -> None:
    found = plan(server, tmp_path / "home", INDEX | {"SESSIONS_CHAT_MODEL": "house-model"})
    assert [one.usd for one in found.dates] + [found.total["usd"]] == [None, None, None]
    (said,) = [text for text in found.notes if "no price" in text]
    assert "house-model" in said and str(tmp_path / "home" / "prices.yaml") in said


def test_what_the_budget_does_not_reach_for_is_said(server: LangfuseServer, tmp_path: Path) -> None:
    needed = sum(one.index_tokens for one in plan(server, tmp_path / "home", INDEX).dates)
    enough = plan(server, tmp_path / "home", INDEX | {"SESSIONS_INDEX_TOKEN_BUDGET": str(needed)})
    assert enough.tokens_left_pending == 0 and "pending" not in " ".join(enough.notes)
    less = plan(server, tmp_path / "home", INDEX | {"SESSIONS_INDEX_TOKEN_BUDGET": str(needed - 1234)})
    assert less.tokens_left_pending == 1234
    assert less.notes[-1].startswith(f"SESSIONS_INDEX_TOKEN_BUDGET={needed - 1234:,}: about 1,234 tokens")


def test_without_an_index_or_its_asset_no_tokens_are_planned_and_why_is_said(
    server: LangfuseServer, tmp_path: Path
) -> None:
    without = plan(server, tmp_path / "home", {})
    assert (without.total["index_tokens"], without.total["usd"]) == (0, 0)
    assert without.notes == ["OPENVIKING_URL is not set: nothing is loaded into an index"]
    unselected = plan(server, tmp_path / "home", INDEX, select="*session_tables")
    assert unselected.total["index_tokens"] == 0
    assert unselected.notes == ["openviking_commits is not selected: nothing is loaded into an index"]


def test_a_selection_without_extraction_is_planned_without_langfuse(server: LangfuseServer, staged_home: Path) -> None:
    found = plan(server, staged_home, INDEX | {"LANGFUSE_HOST": ""}, select="openviking_commits")
    assert [(one.requests, one.bytes_estimate) for one in found.dates] == [(0, 0), (0, 0)]
    assert [one.sessions_to_index for one in found.dates] == [found.dates[0].sessions_estimate, 0]
    assert found.dates[0].rows > 0


def test_a_wrong_selection_is_refused_before_anything_is_asked(server: LangfuseServer, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="--select 'no_such_asset'"):
        plan(server, tmp_path / "home", {"LANGFUSE_HOST": ""}, select="no_such_asset")


def test_the_command_prints_a_row_a_date_a_total_and_the_prices_and_writes_nothing(
    server: LangfuseServer, staged_home: Path, tmp_path: Path
) -> None:
    before = states(staged_home)
    result = run_command(installation(server, staged_home, COLUMNS="200", **PRICED), FIRST, LAST, "--dry-run")
    assert (result.returncode, result.stderr) == (0, "")
    lines = [line.split() for line in result.stdout.splitlines()]
    assert lines[0] == ["date", "requests", "rows", "MB", "sessions", "to", "index", "index", "tokens", "dollars"]
    assert [line[0] for line in lines[1:4]] == [FIRST, LAST, "total"]
    figures = [[float(cell.replace(",", "")) for cell in line[1:]] for line in lines[1:4]]
    assert len(figures[0]) == 7 and all(one[6] > 0 for one in figures)
    assert figures[2] == pytest.approx([sum(pair) for pair in zip(*figures[:2], strict=True)], abs=0.11)
    assert "dollars per million tokens: gpt-4o-mini 0.15 in" in result.stdout
    assert states(staged_home) == before
    fresh = tmp_path / "fresh"
    assert run_command(installation(server, fresh, **INDEX), FIRST, LAST, "--dry-run").returncode == 0
    assert files(fresh) == {}


def test_the_command_gives_the_same_as_data(server: LangfuseServer, tmp_path: Path) -> None:
    variables = installation(server, tmp_path / "home", **INDEX | {"SESSIONS_CHAT_MODEL": "house-model"})
    words = ("run", "--from", FIRST, "--to", LAST, "--dry-run", "--json")
    result = command(variables, *words)
    assert (result.returncode, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    assert [one["date"] for one in found["dates"]] == [FIRST, LAST]
    assert found["total"]["index_tokens"] == sum(one["index_tokens"] for one in found["dates"]) > 0
    assert (found["total"]["usd"], found["tokens_left_pending"], found["token_budget"]) == (None, 0, 20_000_000)
    assert found["prices"]["usd_per_million_tokens"]["house-model"] is None
    assert len(found["notes"]) == 3


def test_a_wrong_price_file_is_one_line_and_exit_2(server: LangfuseServer, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "prices.yaml").write_text(
        "as_of: 2026-11-01\nusd_per_million_tokens: {m: {input: much}}\n", encoding="utf-8"
    )
    result = run_command(installation(server, home), FIRST, LAST, "--dry-run")
    (line,) = result.stderr.splitlines()
    assert result.returncode == 2
    assert line.startswith(f"sessions-platform: {home / 'prices.yaml'}: usd_per_million_tokens: m: Expected")
