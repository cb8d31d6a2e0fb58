"""Verification: a finding that holds is kept; every way in which one can be wrong is caught, dropped and counted."""

import hashlib
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions_platform.analysis.model import Evidence, Finding
from sessions_platform.analysis.verification import Verifier, unexplained_numbers
from sessions_platform.analytics import SessionAnalytics
from sessions_platform.resources.object_store import open_store
from sessions_platform.resources.warehouse import Publisher
from sessions_platform_tests.staged_sessions import agent, staged, tool, user, write_day

DAY = "2026-11-03"
MONDAY = date(2026, 11, 2)
WORDS = "restart it\n  now, please"
SHARE = (
    "SELECT count(*) FILTER (tool_error_count > 0) / count(*), count(*) FROM sessions "
    "WHERE first_date BETWEEN DATE '2026-11-02' AND DATE '2026-11-08'"
)


@pytest.fixture(scope="module")
def analytics(tmp_path_factory: pytest.TempPathFactory) -> SessionAnalytics:
    """Ten sessions of four users; the first four have a failed call."""
    home = tmp_path_factory.mktemp("verification")
    store = open_store(str(home / "store"))
    made = []
    for number in range(10):
        lines = [user(WORDS), agent("planner"), tool("kubectl", "planner", ok=number >= 4)]
        made.append(staged(f"s{number}", DAY, lines))
        made[-1].session.user_id = f"<user:{number % 4}>"
    write_day(store, DAY, made)
    Publisher(store, home / "analytics.duckdb").publish(None)
    return SessionAnalytics(home / "analytics.duckdb")


def quoted(session: str, index: int, quote: str) -> Evidence:
    return Evidence(session, index, quote, hashlib.sha256(quote.encode()).hexdigest())


def finding(**changed: Any) -> Finding:
    """A finding that holds, with some of its fields changed."""
    good = Finding(
        finding_id="f-000000000001", kind="failure_mode", code="FC3.1", title="kubectl fails",
        statement="4 of 10 sessions (40 %) have a failed call of `kubectl`.",
        label="check:error", segment="tool=kubectl", metric="share of sessions", metric_sql=SHARE, value=0.4, n=10,
        unit="share", ci_low=0.17, ci_high=0.69, sessions=("s0", "s1", "s2", "s3"), users=4,
        evidence=(quoted("s0", 0, "restart it now, please"), quoted("s1", 0, "restart it")),
    )  # fmt: skip
    return msgspec.structs.replace(good, **changed)


def verify(analytics: SessionAnalytics, *findings: Finding) -> Any:
    return Verifier(analytics, lambda session: {0: WORDS}, MONDAY).verify(findings)


def test_a_finding_that_holds_is_kept_with_its_quotes_verified(analytics: SessionAnalytics) -> None:
    result = verify(analytics, finding())
    (kept,) = result.findings
    assert [one.verified for one in kept.evidence] == [True, True]
    assert (kept.users, kept.single_case, result.dropped, result.evidence) == (4, False, [], {"verified": 2})


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"value": 0.41}, "its number is not what its query gives"),
        ({"n": 11, "statement": "40 %"}, "its n is not what its query gives"),
        ({"metric_sql": "SELECT 0.4, 10 FROM nowhere"}, "its query does not run"),
        ({"metric_sql": "DELETE FROM sessions"}, "its query is not one SELECT"),
        ({"metric_sql": f"{SHARE}; SELECT 1"}, "its query is not one SELECT"),
        ({"ci_low": 0.5}, "its interval does not hold its value"),
        ({"sessions": ("s0", "s1", "s2", "elsewhere")}, "a session of it is not in the week"),
        ({"sessions": ("s0", "s0", "s1", "s2")}, "a session is counted twice"),
        ({"sessions": ("s0", "s1", "s2")}, "its sessions are not those that its number counts"),
        ({"statement": "57 % of sessions fail."}, "a number in its words is none of its figures"),
        ({"evidence": (quoted("s0", 0, "delete it"),)}, "no quote of it could be verified"),
        ({"hypothesis": "because of ghp_" + "a1B2" * 9}, "personal data or a secret in its words"),
    ],
)
def test_what_is_wrong_is_dropped_with_its_reason(
    analytics: SessionAnalytics, changed: dict[str, Any], reason: str
) -> None:
    result = verify(analytics, finding(**changed))
    assert result.findings == []
    assert [one.reason for one in result.dropped] == [reason]


@pytest.mark.parametrize(
    ("wrong", "counted"),
    [
        (quoted("s0", 7, "restart it"), "no such message"),
        (quoted("s0", 0, "restarted it"), "quote not in the message"),
        (quoted("s0", 0, "   "), "quote not in the message"),
        (quoted("s9", 0, "restart it"), "session not among the finding's"),
        (quoted("s0", 1, "restart it"), "no such message"),
        (Evidence("s0", 0, "restart it", "0" * 64), "hash differs"),
    ],
)
def test_a_wrong_quote_is_left_out_and_counted(analytics: SessionAnalytics, wrong: Evidence, counted: str) -> None:
    result = verify(analytics, finding(evidence=(wrong, quoted("s1", 0, "restart it"))))
    assert [one.session_id for one in result.findings[0].evidence] == ["s1"]
    assert result.evidence == {counted: 1, "verified": 1}


def test_a_text_that_is_not_the_published_message_verifies_nothing(analytics: SessionAnalytics) -> None:
    result = Verifier(analytics, lambda session: {0: "another text: restart it"}, MONDAY).verify([finding()])
    assert result.findings == []
    assert result.evidence == {"the text is not that message's": 2}


def test_two_sessions_or_one_user_are_a_single_case(analytics: SessionAnalytics) -> None:
    one_user = finding(
        label="", sessions=("s0", "s4", "s8"), evidence=(quoted("s0", 0, "restart it"),), statement="It fails."
    )
    (kept,) = verify(analytics, one_user).findings
    assert (kept.single_case, kept.users, kept.confidence) == (True, 1, "low")


def test_a_finding_said_twice_is_kept_once(analytics: SessionAnalytics) -> None:
    result = verify(analytics, finding(), finding())
    assert (len(result.findings), [one.reason for one in result.dropped]) == (1, ["said twice"])


def test_numbers_in_names_and_quotes_are_not_figures() -> None:
    named = finding(statement='40 % of sessions on `eks-1.29` say "error 503" in 2026-W45.', segment="tool=kubectl")
    assert unexplained_numbers(named) == []
    assert unexplained_numbers(finding(statement="It took 17 calls.")) == ["17"]


@given(st.floats(0.001, 0.999), st.integers(0, 2))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_figure_may_be_written_rounded(value: float, digits: int) -> None:
    written = f"{value * 100:.{digits}f} % of sessions."
    assert unexplained_numbers(finding(value=value, statement=written, ci_low=None, ci_high=None)) == []
