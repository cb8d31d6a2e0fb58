"""Cohorts, screens and trends of a published file; and the sample's two models on the same tasks."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from sessions_platform.analytics import SessionAnalytics
from sessions_platform.demo.server import Dataset, LangfuseServer
from sessions_platform.errors import PlatformError
from sessions_platform.resources.object_store import open_store
from sessions_platform.resources.warehouse import Publisher
from sessions_platform.statistics.from_file import cohort_comparison, segment_screen, trends
from sessions_platform.statistics.matching import best_pairs
from sessions_platform.statistics.metrics import METRICS, UnknownCohort, UnknownMetric, metric_of
from sessions_platform.statistics.results import DIFFERENT, NO_EVIDENCE, NOT_ENOUGH
from sessions_platform_tests.end_to_end.support import installation, made_once, run
from sessions_platform_tests.sample import SAMPLE, needs_sample
from sessions_platform_tests.staged_sessions import agent, score, staged, tool, user, write_day

MONDAY = date(2026, 9, 7)
OLD, NEW = "model:gpt-4.1", "model:ft-gpt-4.1-tau2-full-sft"


def one_session(week: int, n: int) -> Any:
    """Session n of a week: team red or blue by turns; red fails once in four, blue once in two, and says more."""
    day, name = (MONDAY + timedelta(weeks=week)).isoformat(), f"w{week}-{n}"
    blue = n % 2 == 1
    good = n % 4 != 1 if blue else n % 8 != 0
    lines = [user("a"), agent("planner"), tool("git" if blue else "psql", "planner")]
    lines += [user("b"), agent("planner")] if blue else []
    judged = [] if n == 39 else [score("success", float(good), f"{day}T12:00:00.000Z", session_id=name)]
    made = staged(
        name,
        day,
        lines,
        user_id=f"<user:{n}>",
        scores=judged,
        segments=[("team", "blue" if blue else "red"), ("task", "deploy" if n % 3 else "cost")],
    )
    made.model_calls[0].cost_known = n != 38
    return made


@pytest.fixture(scope="module")
def analytics(tmp_path_factory: pytest.TempPathFactory) -> SessionAnalytics:
    folder = tmp_path_factory.mktemp("statistics")
    store = open_store(str(folder / "store"))
    for week in (0, 1, 2, 3, 4, 6):
        day = (MONDAY + timedelta(weeks=week)).isoformat()
        write_day(store, day, [one_session(week, n) for n in range(40)])
    Publisher(store, folder / "analytics.duckdb").publish(None)
    return SessionAnalytics(folder / "analytics.duckdb")


def test_two_teams_are_compared_by_success_on_one_mix_of_tasks(analytics: SessionAnalytics) -> None:
    found = cohort_comparison(analytics, "team:red", "team:blue")
    # 75 % against 47 %, but a user's six sessions all end alike: these are 20 users against 19, not 120 against 114.
    assert (found.verdict, found.paired, found.adjusted) == (NOT_ENOUGH, False, True)
    assert (found.sessions_a, found.sessions_b, found.n_a, found.n_b) == (120, 120, 120, 114)
    assert (found.unknown_a, found.unknown_b) == (0.0, pytest.approx(6 / 120))
    assert (found.clusters_a, found.clusters_b) == (20, 19)
    assert {s.name for s in found.strata} == {"deploy", "cost"}
    assert found.crude_effect == pytest.approx(9 / 19 - 15 / 20)
    assert "whether team:blue is associated with a different success rate from team:red" in found.explanation


def test_every_metric_answers_and_json_can_carry_it(analytics: SessionAnalytics) -> None:
    found = {name: cohort_comparison(analytics, "team:red", "team:blue", name) for name in METRICS}
    assert [found["turns"].value_a, found["turns"].value_b, found["turns"].verdict] == [1.0, 2.0, DIFFERENT]
    assert [found["messages"].value_a, found["messages"].value_b] == [3.0, 5.0]
    assert (found["tool_success_rate"].value_a, found["tool_success_rate"].verdict) == (1.0, NO_EVIDENCE)
    assert found["cost"].unknown_a == pytest.approx(6 / 120)  # incomplete costs are unknown, not low
    for one in found.values():
        assert json.loads(json.dumps(one.as_record()))["metric"] == one.metric


def test_cohorts_can_be_tools_agents_and_releases_within_dates(analytics: SessionAnalytics) -> None:
    found = cohort_comparison(analytics, "tool:psql", "tool:git", since="2026-09-14", until="2026-09-14")
    assert (found.sessions_a, found.sessions_b) == (20, 20)
    both = cohort_comparison(analytics, "agent:planner", "release:1")
    assert (both.sessions_a, both.sessions_b, both.verdict) == (0, 0, NOT_ENOUGH)
    assert both.notes == ("240 sessions belong to both cohorts and are left out.",)


def test_unknown_names_are_told_with_what_is_near(analytics: SessionAnalytics) -> None:
    def told(a: str, metric: str = "turns") -> str:
        with pytest.raises(PlatformError) as error:
            cohort_comparison(analytics, a, "team:blue", metric)
        assert isinstance(error.value, UnknownCohort | UnknownMetric)
        return str(error.value)

    assert told("taem:red") == "no session has the key 'taem': did you mean team or task?"
    assert told("team:rad") == "no session has 'team:rad': did you mean red?"
    assert told("team") == "cohort 'team': write key:value, such as version:2.1"
    assert told("team:red", "turn") == "unknown metric 'turn': did you mean turns or duration?"
    with pytest.raises(UnknownCohort, match="no session has the key 'x'"):
        segment_screen(analytics, "x")
    with pytest.raises(PlatformError, match="choose week or day"):
        trends(analytics, by="year")  # type: ignore[arg-type]
    assert metric_of("total_cost_usd").name == "cost"


def test_every_value_of_a_key_is_held_against_the_rest(analytics: SessionAnalytics) -> None:
    found = segment_screen(analytics, "team", "turns")
    assert [(one.b, one.verdict, one.n_b, one.n_a) for one in found] == [
        ("team:blue", DIFFERENT, 120, 120),
        ("team:red", DIFFERENT, 120, 120),
    ]
    assert all(one.q_value is not None and one.a == "the other sessions" for one in found)


def test_a_trend_has_every_week_and_marks_the_one_without_sessions(analytics: SessionAnalytics) -> None:
    found = trends(analytics)
    weeks = [(look.start, look.n, look.status) for look in found.looks]
    assert weeks[0] == ("2026-09-07", 39, "no band yet")
    assert weeks[4:] == [
        ("2026-10-05", 39, "within"),
        ("2026-10-12", 0, "insufficient data"),
        ("2026-10-19", 39, "within"),
    ]
    assert found.looks[0].unknown == pytest.approx(1 / 40)
    assert (found.kind, found.unit, found.data_version) == ("rate", "fraction", analytics.data_version())
    assert json.loads(json.dumps(found.as_record()))["looks"][0]["n"] == 39
    blue = trends(analytics, "turns", segment="team:blue", since="2026-09-14")
    assert [look.value for look in blue.looks] == [2.0, 2.0, 2.0, 2.0, None, 2.0]
    assert len(trends(analytics, by="day").looks) == 43


def test_task_numbers_that_begin_anew_in_each_domain_are_paired_by_both() -> None:
    ids = [[f"{side}{n}" for n in range(20)] for side in "ab"]
    tasks = {name: name[1:] if int(name[1:]) < 10 else str(int(name[1:]) - 10) for side in ids for name in side}
    domains = {name: "x" if int(name[1:]) < 10 else "y" for side in ids for name in side}
    labels = {"domain": domains, "colour": dict.fromkeys(domains, "red")}
    keys = best_pairs(tasks, labels.__getitem__, ["colour", "domain"], ids[0], ids[1])
    assert keys is not None and len(set(keys.values())) == 20
    assert best_pairs(tasks, labels.__getitem__, ["colour"], ids[0], ids[1]) is None


def test_the_assets_do_not_load_the_statistics_libraries() -> None:
    code = (
        "import sys, sessions_platform.definitions, sessions_platform.statistics.from_file;"
        "print([m for m in ('scipy', 'statsmodels') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip().splitlines()[-1] == "[]"


@pytest.fixture(scope="module")
def tau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SessionAnalytics]:
    def make(home: Path) -> Any:
        with LangfuseServer(Dataset.from_folders([SAMPLE / "langfuse" / "tau2_gpt41_ab"])) as server:
            return run(installation(server, home), "2026-10-12", "2026-11-08")

    home = made_once(tmp_path_factory, "tau2_gpt41_ab", make)
    yield SessionAnalytics(home / "analytics.duckdb")


@needs_sample
def test_two_models_on_the_same_tasks_give_the_truths_rates_and_pairs(tau: SessionAnalytics) -> None:
    truth = json.loads((SAMPLE / "truth" / "tau2_gpt41_ab.json").read_text(encoding="utf-8"))
    found = cohort_comparison(tau, OLD, NEW)
    rates = [truth["outcome"][f"model={name.partition(':')[2]}"]["rate"] for name in (OLD, NEW)]
    assert [found.value_a, found.value_b] == pytest.approx(rates, abs=1e-6)
    assert found.pairs is not None
    assert (found.pairs.both, found.pairs.only_b, found.pairs.neither, found.pairs.only_a) == (46, 17, 6, 9)
    assert sum(truth["paired_outcomes"].values()) == found.n_a == found.n_b == 78
    assert found.p_value == pytest.approx(0.168638, abs=1e-6)
    assert found.verdict == NOT_ENOUGH and found.required_n > 78
    assert found.ci_low is not None and found.ci_low < 0
    assert cohort_comparison(tau, OLD, NEW, pair_by=("task_id", "domain")) == found
    assert cohort_comparison(tau, OLD, NEW, asked=0.2).verdict == NO_EVIDENCE


@needs_sample
def test_the_same_models_differ_in_cost_and_unpaired_say_the_same_of_success(tau: SessionAnalytics) -> None:
    cost = cohort_comparison(tau, OLD, NEW, "cost")
    assert (cost.verdict, cost.paired) == (DIFFERENT, True)
    assert cost.effect is not None and cost.effect < 0
    apart = cohort_comparison(tau, OLD, NEW, pair_by=None, strata="domain")
    assert (apart.verdict, apart.paired, apart.adjusted) == (NOT_ENOUGH, False, True)
    assert {(s.name, s.n_a, s.n_b) for s in apart.strata} == {
        ("airline", 20, 20),
        ("retail", 40, 40),
        ("telecom", 18, 18),
    }
