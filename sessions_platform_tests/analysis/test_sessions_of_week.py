"""Whole sessions of a week: published indices over all slices, from staged files that may be gone or damaged."""

import hashlib
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import msgspec
import pytest
import zstandard

from sessions_platform.analysis.sessions_of_week import SessionsOfWeek
from sessions_platform.analytics import SessionAnalytics
from sessions_platform.errors import StoreError
from sessions_platform.resources.object_store import ObjectStore, open_store
from sessions_platform.resources.warehouse import Publisher
from sessions_platform.sessions.layout import staged_manifest_key, staged_session_key
from sessions_platform.sessions.model import StagedSession
from sessions_platform_tests.staged_sessions import agent, staged, system, tool, user, write_day

MONDAY = date(2026, 11, 2)
SUNDAY_BEFORE, FIRST, SECOND, LAST, AFTER = "2026-11-01", "2026-11-02", "2026-11-03", "2026-11-08", "2026-11-09"
LINES = [system("You are careful."), user("restart web"), agent("planner"), tool("kubectl", "planner", "restarted")]


class Week:
    """A store and a published file over days of staged sessions."""

    def __init__(self, folder: Path) -> None:
        self.store: ObjectStore = open_store(str(folder / "store"))
        self.database = folder / "analytics.duckdb"

    def put(self, day: str, *sessions: StagedSession, tables: bool = True) -> None:
        entries = {}
        for session in sessions:
            key, data = staged_session_key(day, session.session_id), packed(session)
            self.store.put(key, data)
            entries[session.session_id] = {"key": key, "sha256": hashlib.sha256(data).hexdigest()}
        self.store.put(staged_manifest_key(day), msgspec.json.encode({"date": day, "sessions": entries}))
        if tables:
            write_day(self.store, day, sessions)

    def publish(self) -> "Week":
        Publisher(self.store, self.database).publish(None)
        return self

    @property
    def analytics(self) -> SessionAnalytics:
        return SessionAnalytics(self.database)

    def read(self) -> SessionsOfWeek:
        return SessionsOfWeek(self.analytics, self.store, MONDAY)


def packed(session: StagedSession) -> bytes:
    return zstandard.compress(msgspec.json.encode(session))


@pytest.fixture
def week(tmp_path: Path) -> Week:
    return Week(tmp_path)


def published(week: Week, session_id: str) -> list[tuple[int, int, str, str]]:
    rows = week.analytics.records(
        "SELECT message_index, turn_index, role, preview FROM messages WHERE session_id = $id ORDER BY message_index",
        {"id": session_id},
    )
    return [tuple(row.values()) for row in rows]  # type: ignore[misc]


def said(messages: Iterable) -> list[tuple[int, int, str, str]]:
    return [(one.index, one.turn, one.role, one.text) for one in messages]


def test_sessions_that_began_in_the_week_come_in_the_order_of_their_ids(week: Week) -> None:
    week.put(SUNDAY_BEFORE, staged("before", SUNDAY_BEFORE, LINES))
    week.put(FIRST, staged("b", FIRST, LINES), staged("d", FIRST, LINES))
    week.put(LAST, staged("a", LAST, LINES), staged("c/with slash", LAST, LINES, user_id=None))
    week.put(AFTER, staged("after", AFTER, LINES))
    reading = week.publish().read()
    sessions = list(reading)
    assert [one.facts.session_id for one in sessions] == ["a", "b", "c/with slash", "d"]
    assert (reading.read.sessions, reading.read.slices, reading.read.realigned) == (4, 4, 0)
    first = sessions[0]
    assert (first.facts.calls, first.facts.messages, first.facts.turns, first.facts.cost_usd) == (1, 4, 1, 0.25)
    assert first.facts.segments["team"] == ("red",)
    assert first.abstract.startswith("restart web: ended completed")
    assert [one.facts.user for one in sessions[1:3]] == ["<user:A>", "c/with slash"]
    assert said(first.messages) == published(week, "a")
    assert first.messages[3].parts[0].tool_input == '{"x": 1}'
    assert list(week.read()) == sessions


def test_a_session_over_three_dates_is_one_with_history_and_each_system_text_once(week: Week) -> None:
    more = [system("You  are careful."), user("and api"), agent("planner", "both run"), user("thanks")]
    week.put(FIRST, staged("s", FIRST, LINES, history=[user("hi"), agent("planner", "hello")]))
    week.put(SECOND, staged("s", SECOND, more, history=LINES))
    week.put(AFTER, staged("s", AFTER, [system("You are careful."), user("bye")]))
    reading = week.publish().read()
    (session,) = reading
    assert said(session.messages) == published(week, "s")
    assert [one.text for one in session.messages] == [
        "hi", "hello", "You are careful.", "restart web", "on it", "restarted", "and api", "both run", "thanks", "bye",
    ]  # fmt: skip
    assert (reading.read.slices, reading.read.realigned, len(session.model_calls)) == (3, 2, 3)


def test_a_session_whose_file_is_gone_comes_by_what_is_left(week: Week) -> None:
    week.put(FIRST, staged("s", FIRST, LINES), staged("whole", FIRST, LINES))
    week.put(SECOND, staged("s", SECOND, [user("and api")]), staged("gone", SECOND, LINES))
    week.publish()
    week.store.delete([staged_session_key(FIRST, "s"), staged_session_key(SECOND, "gone")])
    reading = week.read()
    gone, left, whole = reading
    assert reading.read.without_texts == ["gone", "s"]
    assert (gone.messages, gone.texts_complete, gone.facts.messages) == ((), False, 4)
    assert said(left.messages) == published(week, "s")[-1:]
    assert whole.texts_complete


def test_a_date_whose_staged_files_expired_with_their_manifest_is_no_error(week: Week) -> None:
    week.put(FIRST, staged("s", FIRST, LINES))
    week.publish()
    week.store.delete([staged_session_key(FIRST, "s"), staged_manifest_key(FIRST)])
    reading = week.read()
    assert [one.texts_complete for one in reading] == [False]


def test_a_damaged_file_is_named(week: Week) -> None:
    week.put(FIRST, staged("s", FIRST, LINES))
    week.publish()
    week.store.put(staged_session_key(FIRST, "s"), packed(staged("s", FIRST, LINES[:2])))
    with pytest.raises(StoreError, match="staged/date=2026-11-02/s.json.zst"):
        list(week.read())


def test_a_slice_that_was_staged_again_since_gives_only_messages_that_the_tables_have(week: Week) -> None:
    week.put(FIRST, staged("s", FIRST, LINES))
    week.publish()
    week.put(FIRST, staged("s", FIRST, [*LINES, user("and another thing")]), tables=False)
    reading = week.read()
    (session,) = reading
    assert said(session.messages) == published(week, "s")
    assert reading.read.realigned == 1


def test_a_week_without_sessions_is_empty(week: Week) -> None:
    week.put(AFTER, staged("after", AFTER, LINES))
    assert list(week.publish().read()) == []
