"""Differences over time and between versions: on one mix, with interval and q, and none where there is too little."""

from typing import Any

import pytest

from sessions_platform.analysis.changes import concurrent, interaction_changes, over_time


def cell(now: bool, key: str, value: str, task: str, judged: int, failed: int) -> dict[str, Any]:
    return {
        "now": now,
        "key": key,
        "value": value,
        "task": task,
        "platform": "p",
        "sessions": judged,
        "judged": judged,
        "failed": failed,
    }


def test_a_share_that_doubles_is_different_with_its_interval() -> None:
    (found,) = over_time([cell(False, "tool", "git", "t", 400, 40), cell(True, "tool", "git", "t", 200, 60)])
    assert (found["share"], found["share_before"], found["verdict"]) == (0.3, 0.1, "different")
    assert found["difference"] == pytest.approx(0.2)
    assert 0.1 < found["ci_low"] < 0.2 < found["ci_high"] < 0.3


def test_a_mix_that_shifts_to_hard_tasks_is_no_difference() -> None:
    cells = [
        cell(False, "version", "2", "hard", 50, 30),
        cell(False, "version", "2", "easy", 450, 45),
        cell(True, "version", "2", "hard", 450, 270),
        cell(True, "version", "2", "easy", 50, 5),
    ]
    (found,) = over_time(cells)
    assert found["crude"] == pytest.approx(0.55 - 0.15)
    assert found["difference"] == pytest.approx(0.0) and found["verdict"] != "different"


def test_five_against_five_is_not_enough_and_says_how_many_it_takes() -> None:
    found = concurrent([cell(True, "version", "a", "t", 5, 0), cell(True, "version", "b", "t", 5, 5)], ("version",))
    assert [one["verdict"] for one in found] == ["not enough data"] * 2
    assert all(one["required_n"] > 100 and one["p_value"] is None for one in found)


def test_a_new_version_without_a_past_is_listed_and_not_tested() -> None:
    (found,) = over_time([cell(True, "version", "3", "t", 100, 50)])
    assert (found["n_before"], found["p_value"], found["verdict"]) == (0, None, "not enough data")


def test_interactions_that_shift_by_less_than_five_points_are_no_change() -> None:
    rows = [
        {"from_agent": "a", "to_agent": "b", "times": 30, "times_before": 10, "of_all": 100, "of_all_before": 100},
        {"from_agent": "a", "to_agent": "c", "times": 70, "times_before": 67, "of_all": 100, "of_all_before": 100},
    ]
    (found,) = interaction_changes(rows)
    assert (found["to_agent"], found["shift"]) == ("b", pytest.approx(0.2))
