"""Which asset of which date a run over several dates makes when, and what the index may cost of it.

The index itself is played: each session takes the same tokens, within the budget that the step was given.
"""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from sessions_platform import indexing, runner
from sessions_platform.demo.dataset import Dataset
from sessions_platform.demo.generator import generate
from sessions_platform.demo.server import LangfuseServer
from sessions_platform.errors import ConfigurationError
from sessions_platform.indexing import CommitReport, Entry, read_ledger
from sessions_platform.indexing.ledger import write_ledger
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.runner import DayOutcome, RunOrder, run_days
from sessions_platform.settings import Settings
from sessions_platform.staging import read_manifest
from sessions_platform_tests.end_to_end.support import days_between, files, installation, settings_of

FIRST, MIDDLE, LAST = DATES = ("2026-10-20", "2026-10-21", "2026-10-22")
SESSIONS = 4
COST = 100
INDEX = "openviking_commits"


@dataclass
class PlayedIndex:
    """Stands in for loading a date. `calls`: dates with their budgets, and the dates that had tables by then."""

    calls: list[tuple[str, int | None]] = field(default_factory=list)
    tables: list[list[str]] = field(default_factory=list)
    before: Callable[[str], None] = lambda date: None
    """Called before a date is loaded; may raise."""

    def commit(self, client: Any, store: ObjectStore, date: str, *, options: Any, **how: Any) -> CommitReport:
        self.calls.append((date, options.token_budget))
        self.tables.append(store.dates("tables/messages"))
        self.before(date)
        manifest = read_manifest(store, date)
        assert manifest is not None
        ledger, report = read_ledger(store, date), CommitReport(date, sessions=len(manifest["sessions"]))
        for one in manifest["sessions"]:
            entry = ledger.sessions.setdefault(one, Entry(one, "", "", "pending", "not loaded yet"))
            if entry.status == "verified":
                report.unchanged += 1
            elif report.index_tokens + COST <= options.token_budget:
                ledger.sessions[one] = Entry(one, "hash", "hash", "verified", index_tokens=COST)
                report.verified += 1
                report.index_tokens += COST
            else:
                report.pending += 1
                report.stopped = "SESSIONS_INDEX_TOKEN_BUDGET: the next session would pass it"
        write_ledger(store, ledger)
        how["progress"](report.sessions, report.sessions)
        return report


@pytest.fixture(scope="module")
def server() -> Iterator[LangfuseServer]:
    corpus = generate(5, days_between(FIRST, LAST), SESSIONS)
    with LangfuseServer(Dataset(corpus.observations, corpus.scores)) as running:
        yield running


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> PlayedIndex:
    played = PlayedIndex()
    monkeypatch.setattr(indexing, "commit_date_sync", played.commit)
    return played


@pytest.fixture
def settings(server: LangfuseServer, tmp_path: Path) -> Settings:
    address = {"OPENVIKING_URL": "http://127.0.0.1:9", "OPENVIKING_API_KEY": "key"}
    return settings_of(installation(server, tmp_path / "home", **address))


@pytest.fixture(autouse=True)
def instance(monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """Every run's instance: in memory, because each day is hundreds of commits to disk."""
    with dg.DagsterInstance.ephemeral() as made:
        monkeypatch.setattr(runner, "open_instance", lambda settings: nullcontext(made))
        yield made


def run(settings: Settings, first: str = FIRST, last: str = LAST, **order: Any) -> list[DayOutcome]:
    sink = order.pop("sink", None)
    dates = date.fromisoformat(first), date.fromisoformat(last)
    return list(run_days(RunOrder(*dates, **order), settings, sink=sink))


def budget(settings: Settings, tokens: int) -> Settings:
    return settings.model_copy(update={"sessions_index_token_budget": tokens})


def materialized(instance: dg.DagsterInstance) -> list[tuple[str, str]]:
    """(asset, date) of every materialization that the instance remembers, in order."""
    names = ("raw_sessions", "staged_sessions", "session_tables", "analytics_database", INDEX)
    found = [one for name in names for one in instance.fetch_materializations(dg.AssetKey(name), limit=100).records]
    found.sort(key=lambda record: record.storage_id)
    return [(one.asset_key.to_user_string(), str(one.partition_key)) for one in found if one.asset_key]


def statuses(settings: Settings) -> dict[str, dict[str, int]]:
    """Sessions by date and status, as published."""
    with duckdb.connect(str(settings.database), read_only=True) as con:
        rows = con.execute(
            "SELECT date::VARCHAR, status, count(*) FROM openviking_commits GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    found: dict[str, dict[str, int]] = {}
    for day, status, count in rows:
        found.setdefault(day, {})[status] = count
    return found


def test_tables_of_all_dates_come_first_and_then_the_index_newest_date_first(
    settings: Settings, index: PlayedIndex, instance: dg.DagsterInstance
) -> None:
    shown: list[tuple[str, str]] = []
    outcomes = run(settings, sink=lambda asset, day, done, total: shown.append((asset, day)))
    assert [(one.date, one.ok, one.message, one.warnings) for one in outcomes] == [(day, True, "", []) for day in DATES]
    order = materialized(instance)
    assert [one for one in order if one[0] == "session_tables"] == [("session_tables", day) for day in DATES]
    assert order[-3:] == [(INDEX, day) for day in reversed(DATES)]
    assert [one for one in order[:-3] if one[0] == INDEX] == []
    assert index.tables == [list(DATES)] * 3
    assert list(dict.fromkeys(day for asset, day in shown if asset == INDEX)) == list(reversed(DATES))
    # An outcome holds what both passes did.
    for one in outcomes:
        assert one.figures["staged_sessions"] == one.figures[INDEX] > 0
        assert one.figures["index_tokens"] == one.figures[INDEX] * COST
        assert not one.budget_used


def test_the_budget_is_the_runs_and_goes_to_the_newest_sessions(settings: Settings, index: PlayedIndex) -> None:
    counts = {one.date: one.figures["staged_sessions"] for one in run(settings, select="*staged_sessions")}
    assert index.calls == []
    tokens = (counts[LAST] + 1) * COST + 50
    outcomes = run(budget(settings, tokens))
    # Half a session's tokens are left after the middle date's first; they are no older date's.
    assert index.calls == [(LAST, tokens), (MIDDLE, COST + 50), (FIRST, 0)]
    assert statuses(settings) == {
        FIRST: {"pending": counts[FIRST]},
        MIDDLE: {"verified": 1, "pending": counts[MIDDLE] - 1},
        LAST: {"verified": counts[LAST]},
    }
    assert [one.figures["index_tokens"] for one in outcomes] == [0, COST, counts[LAST] * COST]
    assert [(one.ok, one.budget_used) for one in outcomes] == [(True, True), (True, True), (True, False)]
    said = [[text for text in one.warnings if INDEX in text] for one in outcomes]
    assert [len(texts) for texts in said] == [1, 1, 0]
    assert f"{counts[FIRST]} of {counts[FIRST]} sessions are not in the index" in said[0][0]
    assert f"{counts[MIDDLE] - 1} stay pending" in said[1][0]
    assert all("SESSIONS_INDEX_TOKEN_BUDGET is used up: raise it" in texts[0] for texts in said[:2])

    index.calls.clear()
    again = run(settings)
    assert [call[0] for call in index.calls] == [LAST, MIDDLE, FIRST]
    assert [one.figures["index_tokens"] for one in again] == [
        counts[FIRST] * COST,
        (counts[MIDDLE] - 1) * COST,
        0,
    ]
    assert statuses(settings) == {day: {"verified": counts[day]} for day in DATES}


def test_one_date_is_one_pass_with_the_whole_budget(
    settings: Settings, index: PlayedIndex, instance: dg.DagsterInstance
) -> None:
    (outcome,) = run(budget(settings, 12_345), MIDDLE, MIDDLE)
    assert index.calls == [(MIDDLE, 12_345)]
    assert materialized(instance)[-1] == (INDEX, MIDDLE)
    assert outcome.figures["index_tokens"] == outcome.figures[INDEX] * COST
    assert len(instance.get_runs()) == 1


def test_a_selection_of_the_index_alone_is_one_pass_newest_first(
    settings: Settings, index: PlayedIndex, instance: dg.DagsterInstance
) -> None:
    run(settings, select="*staged_sessions")
    before = len(materialized(instance))
    outcomes = run(settings, select=INDEX)
    assert [one.date for one in outcomes] == list(DATES)
    assert materialized(instance)[before:] == [(INDEX, day) for day in reversed(DATES)]


def test_a_selection_without_the_index_tells_of_each_date_as_it_is_done(
    settings: Settings, index: PlayedIndex, instance: dg.DagsterInstance
) -> None:
    dates = date.fromisoformat(FIRST), date.fromisoformat(LAST)
    outcomes = run_days(RunOrder(*dates, select="*session_tables"), settings)
    for number, outcome in enumerate(outcomes, 1):
        assert outcome.date == DATES[number - 1]
        assert [day for asset, day in materialized(instance) if asset == "session_tables"] == list(DATES[:number])
    assert index.calls == []


def test_a_date_that_could_not_be_staged_is_not_loaded_and_stops_no_other(
    settings: Settings, index: PlayedIndex
) -> None:
    run(settings, select="*session_tables")
    (damaged,) = (settings.home / "store" / "raw" / f"date={MIDDLE}").glob("manifest.json")
    damaged.write_bytes(b"\x00")
    outcomes = run(settings, select="staged_sessions*")
    assert [one.ok for one in outcomes] == [True, False, True]
    assert [day for day, _ in index.calls] == [LAST, FIRST]
    assert outcomes[1].message and INDEX not in outcomes[1].figures
    assert statuses(settings).keys() == {FIRST, LAST}


def test_a_wrong_key_of_the_index_is_said_once_and_every_table_is_made(settings: Settings, index: PlayedIndex) -> None:
    def refuse(day: str) -> None:
        raise ConfigurationError("OPENVIKING_API_KEY is not accepted")

    index.before = refuse
    outcomes = run(settings)
    assert [day for day, _ in index.calls] == [LAST]
    assert [(one.date, one.ok, one.message) for one in outcomes] == [
        (FIRST, True, ""),
        (MIDDLE, True, ""),
        (LAST, False, "OPENVIKING_API_KEY is not accepted"),
    ]
    assert [one.warnings for one in outcomes] == [[], [], []]
    with duckdb.connect(str(settings.database), read_only=True) as con:
        assert con.execute("SELECT count(DISTINCT date) FROM messages").fetchall() == [(3,)]


def test_a_run_interrupted_between_dates_of_the_index_is_completed_by_the_same_command(
    settings: Settings, index: PlayedIndex
) -> None:
    def interrupt(day: str) -> None:
        if day == MIDDLE:
            raise KeyboardInterrupt

    index.before = interrupt
    with pytest.raises(KeyboardInterrupt):
        run(settings)
    assert list(statuses(settings)) == [LAST]
    store = settings.home / "store"
    before = {name: data for name, data in files(store).items() if name.startswith(("raw", "staged", "tables"))}
    index.before = lambda day: None
    outcomes = run(settings)
    assert [(one.ok, one.warnings) for one in outcomes] == [(True, [])] * 3
    assert [one.figures["index_tokens"] for one in outcomes][2] == 0
    assert list(statuses(settings)) == list(DATES)
    assert {kind for day in statuses(settings).values() for kind in day} == {"verified"}
    assert before == {name: data for name, data in files(store).items() if name in before}


def test_without_an_address_of_the_index_a_run_is_as_it_was(
    settings: Settings, index: PlayedIndex, instance: dg.DagsterInstance
) -> None:
    outcomes = run(settings.model_copy(update={"openviking_url": ""}))
    assert [one.ok for one in outcomes] == [True] * 3
    assert index.calls == [] and not any(INDEX in one.figures or "index_tokens" in one.figures for one in outcomes)
    order = materialized(instance)
    assert [day for _, day in order] == sorted(day for _, day in order)
