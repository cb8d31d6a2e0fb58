"""The books of findings: one identity over weeks in which a thing goes by other names, and none where it is a guess."""

from datetime import date
from typing import Any

import msgspec
import pytest

from sessions_platform.analysis.books import Books, Row, judged, looked_at_again, recognised
from sessions_platform.analysis.model import Finding

MONDAY = date(2026, 11, 9)
SQL = "SELECT value, n FROM x WHERE l.week = '{}' AND l.label = '{}'{}"


class File:
    """Answers a query by the first entry all of whose words stand in it; any other with 0 of 100."""

    def __init__(self, *answers: tuple[tuple[str, ...], float]) -> None:
        self.answers = answers

    def records(self, sql: str, parameters: Any = None) -> list[dict[str, Any]]:
        value = next((value for words, value in self.answers if all(word in sql for word in words)), 0.0)
        return [{"value": value, "n": 100}]


def finding(name: str, label: str, segment: str = "", value: float = 0.2, **changed: Any) -> Finding:
    made = Finding(
        finding_id=name, kind="failure_mode", code="T", title=label, statement="", label=label, segment=segment,
        metric="", metric_sql=SQL.format("2026-W46", label, segment), value=value, n=100, unit="share",
    )  # fmt: skip
    return msgspec.structs.replace(made, **changed)


def row(name: str, week: str, label: str, segment: str = "", value: float = 0.2, **changed: Any) -> Row:
    made = {
        "finding_id": name, "week": week, "status": "new", "value": value, "n": 100, "ci_low": None, "ci_high": None,
        "unit": "share", "detected": True, "session_count": 20, "metric_sql": SQL.format(week, label, segment),
    }  # fmt: skip
    return made | changed


def books(*rows: Row, segments: dict[str, str] | None = None, later: tuple[Row, ...] = ()) -> Books:
    weeks: dict[str, list[Row]] = {}
    for one in rows:
        weeks.setdefault(one["finding_id"], []).append(one)
    after = {one["finding_id"]: [one] for one in later}
    told = {
        name: {"kind": "failure_mode", "segment": (segments or {}).get(name, ""), "title": name, "statement": ""}
        for name in (*weeks, *after)
    }
    return Books({name: told[name] for name in weeks}, weeks, after, told)


def ids(findings: list[Finding], known: Books) -> list[str]:
    return [one.finding_id for one in recognised(findings, known)]


def test_a_cluster_under_another_name_and_a_check_told_by_a_segment_keep_their_id() -> None:
    known = books(row("f-old", "2026-W45", "storm#aaa"))
    assert ids([finding("f-new", "storm#bbb")], known) == ["f-old"]
    assert ids([finding("f-new", "storm", "tool=helm")], known) == ["f-old"]
    assert ids([finding("f-new", "claim")], known) == ["f-new"]


def test_a_finding_of_a_later_week_is_recognised_too() -> None:
    assert ids([finding("f-new", "storm", "tool=helm")], books(later=(row("f-later", "2026-W47", "storm"),))) == [
        "f-later"
    ]


def test_what_may_be_one_of_two_is_neither() -> None:
    known = books(row("f-1", "2026-W45", "storm#a"), row("f-2", "2026-W45", "storm#b"))
    assert ids([finding("f-new", "storm#c")], known) == ["f-new"]
    one = books(row("f-1", "2026-W45", "storm#a"))
    assert ids([finding("f-x", "storm#x"), finding("f-y", "storm#y")], one) == ["f-x", "f-y"]


def test_the_same_segment_comes_before_a_wider_one_and_others_are_other_findings() -> None:
    rows = row("f-helm", "2026-W45", "storm", "tool=helm"), row("f-all", "2026-W45", "storm")
    known = books(*rows, segments={"f-helm": "tool=helm"})
    assert ids([finding("f-new", "storm#z", "tool=helm")], known) == ["f-helm"]
    git = books(row("f-git", "2026-W45", "storm", "tool=git"), segments={"f-git": "tool=git"})
    assert ids([finding("f-new", "storm", "tool=helm")], git) == ["f-new"]


def test_what_is_found_under_its_own_name_is_taken_for_no_other() -> None:
    known = books(row("f-1", "2026-W45", "storm"))
    assert ids([finding("f-1", "storm"), finding("f-new", "storm", "tool=helm")], known) == ["f-1", "f-new"]


def test_a_status_rests_on_one_query_in_all_weeks() -> None:
    # Told of all sessions then, and now of a tool's: a higher share of fewer sessions is no change.
    known = books(row("f-1", "2026-W45", "storm", value=0.1))
    file = File((("2026-W45", "tool=helm"), 0.5))
    (made,), weeks = judged([finding("f-1", "storm", "tool=helm", 0.5)], known, file, MONDAY)
    assert (made.status, made.first_week) == ("ongoing", "2026-W45")
    assert [(one["week"], one["value"], one["status"]) for one in weeks["f-1"]] == [
        ("2026-W45", 0.5, "new"), ("2026-W46", 0.5, "ongoing"),
    ]  # fmt: skip
    (worse,), _ = judged([finding("f-1", "storm", "tool=helm", 0.8)], known, file, MONDAY)
    assert worse.status == "regressed"


def test_a_cluster_that_is_named_anew_is_compared_by_all_sessions_of_its_check() -> None:
    known = books(row("f-1", "2026-W45", "storm#a", value=0.2))
    file = File((("2026-W45", "'storm'"), 0.3), (("2026-W46", "'storm'"), 0.3), (("'storm#",), 0.0))
    (made,), weeks = judged([finding("f-1", "storm#b", value=0.2)], known, file, MONDAY)
    assert (made.status, made.value) == ("ongoing", 0.2)
    assert [one["value"] for one in weeks["f-1"]] == [0.3, 0.3]


@pytest.mark.parametrize(("value", "status"), [(0.0, "resolved"), (0.2, "ongoing")])
def test_a_cluster_that_is_not_found_is_looked_for_by_its_check(value: float, status: str) -> None:
    known = books(row("f-1", "2026-W45", "storm#a", value=0.2))
    file = File((("2026-W45", "'storm'"), 0.2), (("2026-W46", "'storm'"), value))
    again = looked_at_again([], known, file, MONDAY)["f-1"][-1]
    assert (again["status"], again["value"], again["n"], again["detected"]) == (status, value, 100, False)
    assert again["metric_sql"] == SQL.format("2026-W46", "storm", "")


def test_first_week_is_the_first_that_found_it() -> None:
    known = books(row("f-1", "2026-W44", "storm", detected=False), row("f-1", "2026-W45", "storm"))
    (made,), _ = judged([finding("f-1", "storm")], known, File(), MONDAY)
    assert made.first_week == "2026-W45"
