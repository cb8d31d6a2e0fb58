"""Recall and false findings on weeks made of numbers, and what must never be told: shifts of the mix, benign hits."""

from collections.abc import Callable
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from sessions_platform.analysis.choice import jaccard
from sessions_platform.analysis.contrasts import contrasts
from sessions_platform.analysis.draft import CheckFacts
from sessions_platform.analysis.hits import hits_of
from sessions_platform.analysis.model import Label, SessionLog
from sessions_platform.analysis.pooled import sessions_of
from sessions_platform.analysis.population import population
from sessions_platform_tests.analysis import synthetic
from sessions_platform_tests.analysis.instrument import f1, measured


def recall(seeds: range, size: int, prevalence: float) -> float:
    found = [hit for seed in seeds for hit in measured(synthetic.week(seed, size, prevalence)).found.values()]
    return sum(found) / len(found)


def test_patterns_in_two_percent_of_a_thousand_sessions_are_found() -> None:
    assert recall(range(2), 1000, 0.02) >= 0.8


def test_a_null_week_of_a_thousand_sessions_tells_next_to_nothing() -> None:
    assert sum(len(measured(synthetic.week(seed, 1000)).told) for seed in range(5)) <= 1


@pytest.mark.slow
@pytest.mark.parametrize(("prevalence", "least"), [(0.02, 0.9), (0.005, 0.6)])
def test_patterns_in_five_thousand_sessions_are_found(prevalence: float, least: float) -> None:
    assert recall(range(10), 5000, prevalence) >= least


@pytest.mark.slow
@pytest.mark.parametrize("size", [1000, 5000])
def test_a_null_week_has_at_most_one_false_finding_on_average(size: int) -> None:
    told = [len(measured(synthetic.week(seed, size)).told) for seed in range(20)]
    assert np.mean(told) <= 1.0


def test_the_order_of_the_input_changes_nothing() -> None:
    week = synthetic.week(3, 400, 0.03)
    turned = replace(week, logs=week.logs[::-1], uses=week.uses[::-1])
    first, second = measured(week), measured(turned)
    assert [(one.name, one.p_value, one.sessions.tolist()) for one in first.told] == [
        (one.name, one.p_value, one.sessions.tolist()) for one in second.told
    ]


def test_no_two_groups_that_are_told_hold_mostly_the_same_sessions() -> None:
    told = measured(synthetic.week(5, 1000, 0.02)).told
    pairs = [(a, b) for at, a in enumerate(told) for b in told[at + 1 :]]
    assert len(told) >= 5
    assert max(jaccard(a.sessions, b.sessions) for a, b in pairs) < 0.5


def _changed(week: synthetic.Week, change: Callable[[int, SessionLog], SessionLog]) -> synthetic.Week:
    return replace(week, logs=[change(number, log) for number, log in enumerate(week.logs)])


def test_a_version_used_for_harder_tasks_is_no_regression() -> None:
    """Within each task both versions fail alike; the new one merely gets most of the hard ones."""
    rng = np.random.default_rng(1)

    def mixed(_: int, log: SessionLog) -> SessionLog:
        hard = rng.random() < 0.5
        new = rng.random() < (0.9 if hard else 0.1)
        segments = {"task": ("hard" if hard else "easy",), "platform": ("one",), "version": ("2" if new else "1",)}
        failed = rng.random() < (0.6 if hard else 0.1)
        return msgspec.structs.replace(log, segments=segments, outcome="failed" if failed else "success", signals=())

    week = _changed(synthetic.week(7, 1000), mixed)
    people = population(week.logs)
    by_version = {value: float(people.failed[at].mean()) for value, at in people.of_key("version").items()}
    assert by_version["2"] > by_version["1"] + 0.3
    assert not [one for one in measured(week).told if ("version", "2") in one.signature]
    assert min(one.p_value for one in contrasts("regressions", people)) > 0.01


def test_five_failures_of_five_against_five_successes_are_not_enough() -> None:
    def few(number: int, log: SessionLog) -> SessionLog:
        if number >= 10:
            return msgspec.structs.replace(log, signals=())
        outcome = "failed" if number < 5 else "success"
        arm = {**log.segments, "version": ("b" if number < 5 else "a",)}
        return msgspec.structs.replace(log, outcome=outcome, segments=arm, signals=())

    told = measured(_changed(synthetic.week(8, 300), few)).told
    assert not [one for one in told if any(value in "ab" for _, value in one.signature)]


def test_what_is_a_fault_in_itself_is_told_though_its_sessions_do_not_fail_more() -> None:
    week = synthetic.week(9, 1000)

    def asks_back(number: int, log: SessionLog) -> SessionLog:
        if number % 60:
            return log
        one = synthetic.Drawn(number, "", "", "", "", [], [], 0, 0)
        synthetic.signal(one, "asks_back", ("", ""), "", "planner")
        return msgspec.structs.replace(log, signals=tuple(one.signals))

    certain = CheckFacts("asks_back", specific=True, certain=True, analysis="capability_gaps")
    changed = _changed(week, asks_back)
    (told,) = [one for one in measured(changed, {"asks_back": certain}).told if one.label == "asks_back"]
    assert (len(told.sessions), told.signature) == (17, ())
    specific = CheckFacts("asks_back", specific=True, analysis="capability_gaps")
    assert not [one for one in measured(changed, {"asks_back": specific}).told if one.label == "asks_back"]


def test_a_way_of_failing_of_an_eighth_of_a_small_week_is_told_beside_harmless_hits() -> None:
    """Fifteen claims after one error, all of them failures, among as many after others that did no harm."""
    week = synthetic.week(4, 120)

    def claims(number: int, log: SessionLog) -> SessionLog:
        if number % 4:
            return msgspec.structs.replace(log, outcome="failed" if number % 8 < 3 else "success", signals=())
        one = synthetic.Drawn(number, "", "", "", "", [], [], 0, 0)
        bad = number % 8 == 0
        shape = "rollout failed" if bad else f"odd {synthetic.TASKS[number % 7]} {number % 5}"
        synthetic.signal(one, "false_claim", ("", ""), shape, "planner")
        return msgspec.structs.replace(log, outcome="failed" if bad else "success", signals=tuple(one.signals))

    told = [one for one in measured(_changed(week, claims)).told if one.label.startswith("false_claim")]
    assert [len(one.sessions) for one in told] == [15]


def test_sessions_that_cost_many_times_as_much_are_seen_where_they_are_a_third_of_their_task() -> None:
    week = synthetic.week(6, 1000)
    rng = np.random.default_rng(3)
    dear: set[str] = set()

    def blown_up(_: int, log: SessionLog) -> SessionLog:
        if log.segments["task"] != (synthetic.TASKS[2],) or rng.random() > 0.35:
            return log
        dear.add(log.session_id)
        return msgspec.structs.replace(log, cost_usd=log.cost_usd * 60)

    made = measured(_changed(week, blown_up))
    best = max(f1(frozenset(sessions_of(one, made.people)), frozenset(dear)) for one in made.told)
    assert best >= 0.8


def test_a_check_is_told_as_a_whole_where_its_places_do_not_hold_it() -> None:
    week = synthetic.week(9, 1000)
    operations = synthetic.OPERATIONS[:6]

    def slow(number: int, log: SessionLog) -> SessionLog:
        if number % 16:
            return log
        one = synthetic.Drawn(number, "", "", "", "", [], [], 0, 0)
        synthetic.signal(one, "timeout_chain", operations[number // 16 % 6], "", "planner")
        return msgspec.structs.replace(log, signals=tuple(one.signals), outcome="failed")

    told = [one for one in measured(_changed(week, slow)).told if one.label == "timeout_chain"]
    assert [(len(one.sessions), one.signature) for one in told] == [(63, ())]


def test_two_rows_that_name_one_thing_each_are_no_row_that_names_both() -> None:
    people = population(synthetic.week(1, 50).logs)
    first, second = people.logs[0].session_id, people.logs[1].session_id
    rows = [
        Label(first, "a", "L0", "constraint", "a", tool_name="shell", agent_name="maker"),
        Label(second, "a", "L0", "constraint", "a", tool_name="shell", agent_name="tester"),
        Label(second, "a", "L0", "constraint", "a", tool_name="grep", agent_name="maker"),
    ]
    hits = hits_of(rows, people)["a"]
    assert hits.together([("tool", "shell"), ("agent", "maker")]).tolist() == [0]
    assert hits.together([("tool", "shell")]).tolist() == [0, 1]


def test_a_specific_check_that_sees_as_much_in_successes_is_common_not_causal() -> None:
    week = synthetic.week(9, 1000)
    rng = np.random.default_rng(2)

    def benign(number: int, log: SessionLog) -> SessionLog:
        if number % 20:
            return log
        one = synthetic.Drawn(number, "", "", "", "", [], [], 0, 0)
        synthetic.signal(one, "timeout_chain", synthetic.OPERATIONS[0], "", "planner")
        outcome = "failed" if rng.random() < 0.2 else "success"
        return msgspec.structs.replace(log, signals=tuple(one.signals), outcome=outcome)

    told = measured(_changed(week, benign)).told
    assert not [one for one in told if one.label.startswith("timeout_chain")]
