"""The checks over real sessions: customer service, agents that write code together, and an assistant with many tools.

The counts were read by eye, hit by hit: a change of them is a change of what the report says of real sessions.
"""

from collections import Counter
from datetime import date, timedelta

import pytest

from sessions_platform.analysis.checks import read_log
from sessions_platform.analysis.model import SessionLog
from sessions_platform.analysis.sessions_of_week import SessionsOfWeek
from sessions_platform.analytics import SessionAnalytics
from sessions_platform.resources.object_store import open_store
from sessions_platform_tests.end_to_end import test_sample_truth as sample
from sessions_platform_tests.sample import needs_sample

pytestmark = needs_sample
FIRST = date(2026, 10, 12)


def logs(name: str, factory: pytest.TempPathFactory) -> list[SessionLog]:
    """Every session of the sample's four weeks, with its quotes held against its texts."""
    home = sample._made(name, factory)
    analytics, store = SessionAnalytics(home / "analytics.duckdb"), open_store(str(home / "store"))
    found = []
    for number in range(4):
        for session in SessionsOfWeek(analytics, store, FIRST + timedelta(days=7 * number)):
            log = read_log(session)
            texts = {message.index: message.text for message in session.messages}
            assert session.texts_complete and len(texts) == log.messages
            assert sorted(texts) == list(range(log.messages))
            assert all(signal.quote in texts[signal.message_index] for signal in log.signals)
            found.append(log)
    return found


def counted(found: list[SessionLog]) -> Counter[str]:
    """Sessions by check, without what only observes."""
    return Counter(
        check for log in found for check in {one.check for one in log.signals} if not check.startswith("seen:")
    )


def test_customer_service(tmp_path_factory: pytest.TempPathFactory) -> None:
    found = logs(sample.TAU, tmp_path_factory)
    assert len(found) == 156
    assert counted(found) == {
        "unrecovered_error": 8,
        "unsettled_error": 24,
        "user_corrects": 6,
        "ask_back_after_error": 5,
        "part_forgotten": 6,
        "capability_ask_back": 5,
        "repeated_call": 1,
        "false_success_claim": 1,
        "repeated_message": 1,
        "goal_forgotten": 1,
        "gave_up": 1,
    }
    (claim,) = [one for log in found for one in log.signals if one.check == "false_success_claim"]
    assert claim.shape.startswith("modify_pending_order_payment: failed error")
    (loop,) = [one for log in found for one in log.signals if one.check == "repeated_call"]
    assert (loop.tool, len(loop.also)) == ("get_details_by_id", 20)


def test_agents_that_write_code_together(tmp_path_factory: pytest.TempPathFactory) -> None:
    found = logs(sample.WHO, tmp_path_factory)
    assert len(found) == 28
    assert counted(found) == {
        "unrecovered_error": 7,
        "unsettled_error": 9,
        "capability_ask_back": 6,
        "ask_back_after_error": 4,
        "ask_back_after_denial": 1,
        "permission_dead_end": 1,
        "false_success_claim": 1,
        "gave_up": 1,
        "unexecuted_plan": 1,
    }


def test_an_assistant_with_many_tools(tmp_path_factory: pytest.TempPathFactory) -> None:
    found = logs(sample.DOJO, tmp_path_factory)
    assert len(found) == 40
    assert counted(found) == {
        "capability_ask_back": 12,
        "unrecovered_error": 4,
        "unsettled_error": 8,
        "gave_up": 3,
        "repeated_message": 1,
        "edit_without_verify": 1,
        "answer_cut": 1,
    }
    asked = [log.outcome for log in found if any(one.check == "capability_ask_back" for one in log.signals)]
    assert Counter(asked) == {"failed": 12}
