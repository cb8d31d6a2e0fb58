"""The ways of failing that the demo plants: true to the corpus' truth, and on the first page of its weekly report."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from sessions_platform.analysis.drivers.rules import Rules
from sessions_platform.analysis.week import WeekAnalysis
from sessions_platform.demo.dataset import Dataset
from sessions_platform.demo.generator import Corpus, generate
from sessions_platform.demo.patterns import PATTERNS
from sessions_platform.demo.server import LangfuseServer
from sessions_platform.demo.stack import SEED, SESSIONS_A_DAY
from sessions_platform.resources.platform import StoreResource, WarehouseResource
from sessions_platform_tests.end_to_end.support import build, installation, settings_of

MONDAY = date(2026, 11, 9)


def days(count: int) -> list[date]:
    return [MONDAY + timedelta(days=number) for number in range(count)]


def test_at_least_a_tenth_of_the_demos_sessions_has_each_pattern() -> None:
    for seed in (SEED, 1, 2):
        corpus = generate(seed, days(7), SESSIONS_A_DAY, patterns=True)
        counts = {name: len(ids) for name, ids in corpus.truth.planted.items()}
        assert counts.keys() == {pattern.name for pattern in PATTERNS}
        assert min(counts.values()) >= 0.1 * corpus.truth.sessions
        planted = [name for ids in corpus.truth.planted.values() for name in ids]
        outcomes = Counter(corpus.truth.outcome_per_session.get(name, "unknown") for name in planted)
        assert outcomes["success"] <= 0.15 * len(planted)


def test_without_patterns_nothing_is_planted_and_the_rest_of_a_corpus_is_the_same() -> None:
    plain, planted = (generate(5, days(1), 24, patterns=patterns) for patterns in (False, True))
    assert plain.truth.planted == {}
    ids = {name for found in planted.truth.planted.values() for name in found}
    assert len(ids) == 9
    rows = {row["id"] for row in planted.observations if row["sessionId"] and row["sessionId"] not in ids}
    assert rows <= {row["id"] for row in plain.observations}


def report_of(corpus: Corpus, dates: list[date], home: Path) -> dict:
    """The demo's days and week, without Dagster and without an index."""
    with LangfuseServer(Dataset(corpus.observations, corpus.scores)) as server:
        variables = installation(server, home)
        for day in dates:
            build(variables, str(day))
    settings = settings_of(variables)
    store, warehouse = StoreResource(settings).open(), WarehouseResource(settings)
    counted = warehouse.analytics().get_success_metrics()
    assert counted["total_sessions"] == corpus.truth.sessions
    status = {row["session_id"]: row["status"] for row in warehouse.analytics().records("FROM sessions")}
    assert status == corpus.truth.status_per_session
    return WeekAnalysis(
        store=store,
        publisher=warehouse.publisher(store),
        analytics=warehouse.analytics(),
        monday=MONDAY,
        driver=Rules(),
        home=settings.home,
        outcome_scores=settings.sessions_outcome_scores,
    ).report()


def assert_on_the_first_page(report: dict, planted: dict[str, list[str]]) -> None:
    """Each pattern is one of at most five decisions, by its sessions: F1 of 0.8 and more."""
    assert len(report["decisions"]) <= 5
    shown = [set(one["sessions"]) for one in report["findings"] if one["finding_id"] in report["decisions"]]
    for name, ids in planted.items():
        best = max((2 * len(seen & set(ids)) / (len(seen) + len(ids)) for seen in shown), default=0.0)
        assert best >= 0.8, name


def test_every_planted_pattern_is_on_the_first_page_of_the_report(tmp_path: Path) -> None:
    # As many sessions as a week of the demo has, on three of its days.
    corpus = generate(SEED, days(3), SESSIONS_A_DAY * 7 // 3, patterns=True)
    assert_on_the_first_page(report_of(corpus, days(3), tmp_path), corpus.truth.planted)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [SEED, 1, 2, 3, 4])
def test_every_planted_pattern_is_on_the_first_page_in_whole_weeks_of_other_seeds(tmp_path: Path, seed: int) -> None:
    corpus = generate(seed, days(7), SESSIONS_A_DAY, patterns=True)
    assert_on_the_first_page(report_of(corpus, days(7), tmp_path), corpus.truth.planted)
