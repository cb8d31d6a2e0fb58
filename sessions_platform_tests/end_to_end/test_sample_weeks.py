"""The weekly analysis of the sample's four weeks: what it says is so, and it says the same twice.

Which findings there are is not asserted: nobody knows the truth of real sessions.
"""

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from sessions_platform.analysis.drivers.rules import Rules
from sessions_platform.analysis.sessions_of_week import SessionsOfWeek
from sessions_platform.analysis.week import WeekAnalysis
from sessions_platform.analytics import SessionAnalytics
from sessions_platform.resources.object_store import open_store
from sessions_platform.resources.warehouse import Publisher
from sessions_platform.settings import Settings
from sessions_platform_tests.end_to_end.test_sample_truth import DOJO, TAU, WHO, _made
from sessions_platform_tests.sample import needs_sample

pytestmark = needs_sample


def weeks_of(home: Path) -> list[date]:
    """Mondays of the weeks that have sessions."""
    rows = SessionAnalytics(home / "analytics.duckdb").records("SELECT DISTINCT first_date::VARCHAR AS d FROM sessions")
    days = {date.fromisoformat(row["d"]) for row in rows}
    return sorted({day - timedelta(days=day.weekday()) for day in days})


def week(home: Path, monday: date, scores: tuple[str, ...]) -> WeekAnalysis:
    at = Settings(_env_file=None, SESSIONS_HOME=str(home))  # type: ignore[call-arg]
    store = open_store(at.store_url)
    publisher = Publisher(store, at.database, idle_hours=at.sessions_idle_hours, outcome_scores=list(scores))
    analytics = SessionAnalytics(at.database)
    return WeekAnalysis(store, publisher, analytics, monday, Rules(), home, scores)


def objects(home: Path) -> dict[str, bytes]:
    store = open_store(str(home / "store"))
    prefixes = ("reports/", "tables/findings/", "tables/finding_weeks/", "tables/session_labels/")
    return {info.key: store.get(info.key) for prefix in prefixes for info in store.objects(prefix)}


@pytest.mark.parametrize(
    "name", [TAU, pytest.param(WHO, marks=pytest.mark.slow), pytest.param(DOJO, marks=pytest.mark.slow)]
)
def test_of_four_real_weeks_every_quote_and_number_holds_and_a_second_run_says_the_same(
    name: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path / "home"
    shutil.copytree(_made(name, tmp_path_factory), home)
    default = Settings(_env_file=None, SESSIONS_HOME=str(home)).sessions_outcome_scores  # type: ignore[call-arg]
    scores = ("utility",) if name == DOJO else tuple(default)
    reports = [week(home, monday, scores).report() for monday in weeks_of(home)]
    assert len(reports) == 4
    for report in reports:
        assert report["dropped"] == {} and set(report["evidence"]) <= {"verified"}
        assert report["reading"][0]["sessions"] == report["facts"]["scorecard"]["sessions"] > 0
        assert_it_holds(report, home)
    before = objects(home)
    for monday in weeks_of(home):
        week(home, monday, scores).report()
    assert objects(home) == before


def assert_it_holds(report: dict[str, Any], home: Path) -> None:
    """Every number is its query's and every quote its message's, read anew."""
    analytics = SessionAnalytics(home / "analytics.duckdb")
    monday = date.fromisoformat(report["first"])
    quotes = [quote for one in report["findings"] for quote in (*one["evidence"], *one["counter_evidence"])]
    asked = {quote["session_id"] for quote in quotes}
    whole = SessionsOfWeek(analytics, open_store(str(home / "store")), monday, only=asked)
    texts = {one.facts.session_id: {message.index: message.text for message in one.messages} for one in whole}
    for finding in report["findings"]:
        assert tuple(analytics.records(finding["metric_sql"])[0].values()) == (finding["value"], finding["n"])
    for quote in quotes:
        text = texts[quote["session_id"]][quote["message_index"]]
        assert " ".join(quote["quote"].split()) in " ".join(text.split())
