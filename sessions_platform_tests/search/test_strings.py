"""Exact strings are found in the tables and in whole staged texts, newest date first."""

from pathlib import Path

import pytest

from sessions_platform.analytics import NotPublished
from sessions_platform.search import BadSearch, ExactAnswer
from sessions_platform.sessions.layout import staged_session_key
from sessions_platform_tests.search.support import D1, D2, D3, HOSTILE, Installation, installed, sessions
from sessions_platform_tests.staged_sessions import agent, staged, user


def places(answer: ExactAnswer) -> list[tuple[str, str, str | None, int | None]]:
    return [(one.session_id, one.date, one.found_in, one.message_index) for one in answer.results]


def test_an_error_of_the_tables_is_found_in_either_case_with_the_columns_of_its_session(world: Installation) -> None:
    answer = world.search().exact("connection refused")
    assert places(answer) == [("database", D1, "error", 2)]
    found = answer.results[0]
    assert (found.snippet, found.outcome, found.total_cost_usd) == ("FATAL: Connection Refused by host", "failed", 0.25)
    assert (found.l0, found.agent_name, answer.complete) == (f"About database on {D1}.", "coder", True)
    assert answer.data_version == world.analytics.data_version()


def test_what_is_in_no_preview_is_found_in_the_staged_texts(world: Installation) -> None:
    answer = world.search().exact("«zanzibar-7»")
    # The repeated system text of long/1 is not counted again, so its message is the session's fourth.
    assert places(answer) == [("kitchen", D3, "text", 1), ("long/1", D2, "text", 3)]
    snippet = answer.results[1].snippet
    assert snippet.startswith("…") and snippet.endswith('«Zanzibar-7»\n"quoted" end')
    assert len(snippet) <= 1 + 80 + len("«Zanzibar-7»") + 80
    assert answer.sessions_read == len(sessions()) - 1, "long/1 was found on its newer date"


@pytest.mark.parametrize("text", ['7»\n"quoted"', HOSTILE[:9], "\u202eGNP.exe\u2028", "\\", '"'])
def test_signs_that_json_escapes_are_looked_for_as_they_are(world: Installation, text: str) -> None:
    found = {one.session_id for one in world.search().exact(text).results}
    assert found == {
        sessions_.session_id
        for sessions_ in sessions()
        for message in sessions_.messages
        for part in message.parts
        if text.lower() in f"{part.text or ''}\0{part.tool_input or ''}\0{part.tool_output or ''}".lower()
    }


def test_names_of_fields_are_no_text(world: Installation) -> None:
    assert world.search().exact("tool_status").results == []


def test_dates_bound_it_and_the_newest_come_first(world: Installation) -> None:
    search = world.search()
    assert places(search.exact("tulips", until=D2)) == []
    assert [one.date for one in search.exact("the", limit=100).results] == [D3, D3, D2, D1]
    answer = search.exact("the", since=D1, until=D1)
    assert {one.session_id for one in answer.results} == {"database", "long/1"}


def test_it_stops_at_the_limit_and_says_so(world: Installation) -> None:
    answer = world.search().exact("zanzibar", limit=1)
    assert (places(answer), answer.complete) == ([("kitchen", D3, "text", 1)], False)
    assert answer.sessions_read == 2


def test_before_anything_is_published_staged_texts_are_searched_all_the_same(tmp_path: Path) -> None:
    made = Installation(tmp_path)
    made.stage(sessions())
    answer = made.search().exact("connection refused")
    assert places(answer) == [("database", D1, "output", None)]
    assert (answer.results[0].published, answer.data_version) == (False, None)


def test_without_any_data_it_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(NotPublished, match="sessions-platform run"):
        Installation(tmp_path).search().exact("words")


def test_a_text_longer_than_the_piece_that_is_read_at_once_is_searched_to_its_end(tmp_path: Path) -> None:
    made = Installation(tmp_path)
    text = "x" * ((4 << 20) - 150)
    # Over the border of two pieces, wherever the text begins in the file.
    made.stage([staged("big", D1, [user("hi"), agent("a", text + "needle-" * 40 + "end")])])
    assert places(made.search().exact("needle-" * 40)) == [("big", D1, "text", None)]
    assert made.search().exact("needle-" * 41).results == []


def test_words_of_an_earlier_date_are_not_found_again_in_the_history_of_a_later_one(tmp_path: Path) -> None:
    made = Installation(tmp_path)
    said, more = [user("the word is abracadabra")], [agent("b")]
    made.stage([staged("s", D1, said), staged("s", D2, more, history=said), staged("t", D2, more, history=said)])
    made.publish()
    made.analytics.close()
    answer = made.search().exact("abracadabra")
    assert places(answer) == [("t", D2, "text", 0), ("s", D1, "text", 0)]


def test_missing_and_damaged_objects_are_reported_and_hide_no_others(tmp_path: Path) -> None:
    made = installed(tmp_path)
    made.store.delete([staged_session_key(D3, "garden")])
    made.store.put(staged_session_key(D2, "hostile"), b"no zstandard")
    answer = made.search().exact("zanzibar")
    assert {one.session_id for one in answer.results} == {"kitchen", "long/1"}
    assert answer.unreadable == [staged_session_key(D3, "garden"), staged_session_key(D2, "hostile")]


def test_progress_tells_date_and_sessions_read(world: Installation) -> None:
    seen: list[tuple[str, int]] = []
    world.search().exact("zanzibar", since=D3, progress=lambda day, read: seen.append((day, read)))
    assert seen == [(D3, 0), (D3, 1)]


async def test_inside_an_event_loop_it_is_awaited(world: Installation) -> None:
    assert places(await world.search().aexact("tulips")) == [("garden", D3, "text", 0)]


@pytest.mark.parametrize("text", ["", "  ", "x" * 1001])
def test_what_is_no_string_to_look_for_is_refused(world: Installation, text: str) -> None:
    with pytest.raises(BadSearch):
        world.search().exact(text)
