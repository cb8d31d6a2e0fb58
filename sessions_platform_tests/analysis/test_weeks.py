"""What becomes of a finding: each status by counts that a reader can check, and none without a test."""

from hypothesis import given
from hypothesis import strategies as st

from sessions_platform.analysis.model import Status
from sessions_platform.analysis.weeks import Observed, status_of


def seen(week: int, k: int, n: int = 1000, *, detected: bool = True, status: Status = "ongoing") -> Observed:
    """k of n sessions in a week."""
    return Observed(f"2026-W{week:02d}", k / n if n else 0.0, n, detected=detected, status=status)


def test_a_finding_without_earlier_weeks_is_new() -> None:
    assert status_of([], seen(45, 50), "share") == "new"


def test_a_share_that_moved_within_chance_is_ongoing() -> None:
    assert status_of([seen(44, 50)], seen(45, 58), "share") == "ongoing"


def test_a_share_that_fell_by_more_than_chance_is_improving_while_it_is_still_found() -> None:
    assert status_of([seen(44, 100)], seen(45, 40), "share") == "improving"


def test_a_share_that_fell_and_is_not_found_any_more_is_resolved() -> None:
    assert status_of([seen(44, 100)], seen(45, 2, detected=False), "share") == "resolved"


def test_absence_in_too_few_sessions_resolves_nothing() -> None:
    assert status_of([seen(44, 5)], seen(45, 0, detected=False), "share") == "ongoing"
    assert status_of([seen(44, 100)], seen(45, 0, 10, detected=False), "share") == "insufficient data"


def test_what_was_resolved_and_comes_back_has_regressed() -> None:
    before = [seen(42, 100), seen(43, 0, detected=False, status="resolved"), seen(44, 1, status="resolved")]
    assert status_of(before, seen(45, 60), "share") == "regressed"
    assert status_of(before, seen(45, 2), "share") == "resolved"


def test_what_got_worse_by_more_than_chance_has_regressed() -> None:
    assert status_of([seen(44, 20)], seen(45, 80), "share") == "regressed"


def test_weeks_after_the_asked_one_do_not_count() -> None:
    assert status_of([seen(46, 500)], seen(45, 50), "share") == "new"


def test_amounts_change_only_when_their_intervals_part() -> None:
    before = Observed("2026-W44", 2.0, 100, 1.5, 2.5)
    assert status_of([before], Observed("2026-W45", 2.6, 100, 2.2, 3.0), "usd") == "ongoing"
    assert status_of([before], Observed("2026-W45", 4.0, 100, 3.0, 5.0), "usd") == "regressed"
    assert status_of([before], Observed("2026-W45", 1.0, 100), "usd") == "ongoing"


@given(st.integers(20, 3000), st.integers(0, 100), st.integers(1, 5))
def test_the_same_share_week_after_week_is_never_a_change(n: int, percent: int, weeks: int) -> None:
    k = n * percent // 100
    before = [seen(40 + week, k, n) for week in range(weeks)]
    assert status_of(before, seen(50, k, n), "share") == "ongoing"
