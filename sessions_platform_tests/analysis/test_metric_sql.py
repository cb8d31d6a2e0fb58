"""The SQL of numbers: it counts what the finding speaks of, and no value is ever read as SQL."""

from sessions_platform.analysis.metric_sql import Week, failed_share, label_share
from sessions_platform.analysis.model import Label, SessionLog
from sessions_platform.analysis.population import Use
from sessions_platform_tests.analysis.published_week import MONDAY, PublishedWeek

ODD = "it's {label} -- '; DROP TABLE sessions; $first"


def log(session_id: str, outcome: str, version: str, status: str = "completed") -> SessionLog:
    segments = {"version": (version,)}
    return SessionLog(session_id, "u", outcome, status, 1, 1, 0, 4, 0.0, True, 0, segments, "", ())


LOGS = [
    log("a", "failed", "1"),
    log("b", "success", "1"),
    log("c", "failed", ODD),
    log("d", "unknown", "1", "abandoned"),
]
USES = [Use("a", "operation", "git push"), Use("b", "operation", "git push"), Use("c", "operation", "git log")]
LABELS = [
    Label("a", "loop", "L0", "constraint", "loop", "git", "git push"),
    Label("c", "loop", "L0", "constraint", "loop", "git", "git log"),
    Label("d", "loop", "L0", "constraint", "loop", "git", "git push"),
]


def value_and_n(sql: str) -> tuple[float, int]:
    (row,) = PublishedWeek(LOGS, USES, LABELS).records(sql)
    return row["value"], row["n"]


def test_a_label_is_out_of_the_weeks_sessions() -> None:
    assert value_and_n(label_share(Week(MONDAY), "loop", (), ())) == (0.75, 4)


def test_a_label_in_calls_of_an_operation_is_out_of_those_that_used_it_or_carry_it() -> None:
    """`d` carries it, though the tables know of no such call: it is counted on both sides."""
    sql = label_share(Week(MONDAY), "loop", [("operation", "git push")], ["operation"])
    assert value_and_n(sql) == (2 / 3, 3)


def test_a_label_in_a_segment_is_out_of_the_segments_sessions() -> None:
    assert value_and_n(label_share(Week(MONDAY), "loop", [("version", "1")], ())) == (2 / 3, 3)


def test_failed_sessions_are_out_of_the_judged_ones_and_broken_off_ones_out_of_all() -> None:
    assert value_and_n(failed_share(Week(MONDAY), "failed", [("version", "1")])) == (0.5, 2)
    assert value_and_n(failed_share(Week(MONDAY), "broken off", [("version", "1")])) == (1 / 3, 3)


def test_values_are_literals_whatever_they_hold() -> None:
    assert value_and_n(failed_share(Week(MONDAY), "failed", [("version", ODD)])) == (1.0, 1)
    assert value_and_n(label_share(Week(MONDAY), ODD, [("operation", ODD)], ["operation"])) == (None, 0)


def test_the_bounds_are_those_of_the_week() -> None:
    sql = label_share(Week(MONDAY), "loop", (), ())
    assert "DATE '2026-11-02' AND DATE '2026-11-08'" in sql and "l.week = '2026-W45'" in sql
