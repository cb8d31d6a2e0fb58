"""Looks at the rules: each crossing recorded and posted once, whatever fails or is started again in between."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sessions_platform.alerts.watch import Looked, look, standings
from sessions_platform.analytics import SessionAnalytics
from sessions_platform.resources.object_store import open_store
from sessions_platform.resources.warehouse import Publisher
from sessions_platform.settings import Settings
from sessions_platform_tests.alerts.worlds import Hook, day_of, home, publish, put_day, rules_of, webhook

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TOOLS: dict[str, Any] = {
    "name": "kubectl <b>",
    "metric": "tool_success",
    "segment": {"tool": "kubectl"},
    "window": "1d",
    "threshold": "below 0.7",
    "resolve_at": 0.9,
    "minimum_n": 5,
}


def looked(settings: Settings, now: datetime = NOW) -> Looked:
    store = open_store(settings.store_url)
    return look(store, Publisher(store, settings.database), SessionAnalytics(settings.database), settings, now)


def day(settings: Settings, number: int, good: int, bad: int) -> None:
    put_day(settings, day_of(number), good, bad)
    publish(settings, [day_of(number)])


def events(settings: Settings) -> list[tuple[Any, ...]]:
    sql = "SELECT date, event, value, n, delivery, posted_at IS NOT NULL AS posted FROM alerts ORDER BY recorded_at"
    return [tuple(row.values()) for row in SessionAnalytics(settings.database).records(sql)]


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("sessions_platform.alerts.webhook.FIRST_WAIT", 0.0)
    with webhook() as made:
        yield made


def test_each_crossing_is_recorded_published_and_posted_once(tmp_path: Path, hook: Hook) -> None:
    settings = home(tmp_path, rules_of(TOOLS), sessions_webhook_url=hook.url)
    for number, (good, bad) in enumerate([(10, 0), (6, 4), (8, 2), (9, 1), (10, 0), (3, 0), (6, 4)]):
        day(settings, number, good, bad)
        looked(settings)
        # As after a restart: nothing is remembered but what is stored.
        again = looked(settings)
        assert (again.recorded, again.posted) == (0, 0)
    assert events(settings) == [
        ("2026-11-03", "fired", 0.6, 10, "posted", True),
        ("2026-11-05", "resolved", 0.9, 10, "posted", True),
        ("2026-11-08", "fired", 0.6, 10, "posted", True),
    ]
    fired, resolved, last = hook.texts
    assert fired == (
        "kubectl &lt;b&gt; (warning) fired: share of tool calls that succeeded of tool:kubectl is 60.0% on 2026-11-03"
        " (95 % interval 31.3% to 83.2%, n = 10 calls); rule: below 0.7."
    )
    assert "is resolved" in resolved and "on 2026-11-08" in last


def test_what_could_not_be_posted_is_recorded_and_posted_at_the_next_look(tmp_path: Path, hook: Hook) -> None:
    settings = home(tmp_path, rules_of(TOOLS), sessions_webhook_url=hook.url)
    day(settings, 0, 0, 10)
    hook.answers = [404]
    first = looked(settings)
    assert (first.recorded, first.posted, first.waiting, first.reason) == (1, 0, 1, "answered 404")
    assert events(settings) == [("2026-11-02", "fired", 0.0, 10, "waiting", False)]
    day(settings, 1, 10, 0)
    second = looked(settings)
    assert (second.recorded, second.posted, second.waiting) == (1, 2, 0)
    assert ["fired" in text for text in hook.texts] == [True, False]
    assert [row[4:] for row in events(settings)] == [("posted", True)] * 2


def test_who_is_stopped_before_posting_posts_after_the_start(
    tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = home(tmp_path, rules_of(TOOLS), sessions_webhook_url=hook.url)
    day(settings, 0, 0, 10)
    with monkeypatch.context() as patch:

        def stopped(*_: Any) -> None:
            raise KeyboardInterrupt

        patch.setattr("sessions_platform.alerts.watch.post_waiting", stopped)
        with pytest.raises(KeyboardInterrupt):
            looked(settings)
    assert hook.texts == []
    again = looked(settings)
    assert (again.recorded, again.posted, len(hook.texts)) == (0, 1, 1)


def test_an_event_that_was_stored_but_not_published_is_not_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = home(tmp_path, rules_of(TOOLS))
    day(settings, 0, 0, 10)
    with monkeypatch.context() as patch:
        patch.setattr(Publisher, "publish", lambda *_: None)
        assert looked(settings).recorded == 1
    assert looked(settings).recorded == 0
    assert events(settings) == [("2026-11-02", "fired", 0.0, 10, "recorded", False)]


def test_without_a_webhook_alerts_are_recorded_only_and_never_posted_later(tmp_path: Path, hook: Hook) -> None:
    settings = home(tmp_path, rules_of(TOOLS))
    day(settings, 0, 0, 10)
    assert looked(settings).recorded == 1
    later = home(tmp_path, sessions_webhook_url=hook.url)
    assert looked(later).posted == 0
    assert [row[4] for row in events(later)] == ["recorded"] and hook.texts == []


def test_a_rule_that_was_taken_away_while_it_fired_is_resolved(tmp_path: Path) -> None:
    settings = home(tmp_path, rules_of(TOOLS))
    day(settings, 0, 0, 10)
    looked(settings)
    (tmp_path / "alerts.yaml").write_text("alerts: []")
    assert (looked(settings).recorded, looked(settings).recorded) == (1, 0)
    assert [row[1] for row in events(settings)] == ["fired", "resolved"]


def test_how_rules_stand_can_be_asked_without_recording_anything(tmp_path: Path) -> None:
    few = TOOLS | {"name": "few", "minimum_n": 11}
    settings = home(tmp_path, rules_of(TOOLS, few))
    assert not settings.database.exists()
    day(settings, 0, 0, 10)
    analytics = SessionAnalytics(settings.database)
    looked(settings)
    (tools, other) = (one.as_record() for one in standings(analytics, [one.rule for one in _all(settings)], NOW))
    assert (tools["firing_since"], tools["event"], tools["value"], tools["n"]) == ("2026-11-02", None, 0.0, 10)
    assert (other["reading"], other["firing_since"]) == ("not enough data", None)
    assert len(events(settings)) == 1


def _all(settings: Settings) -> Any:
    return looked(settings).standings
