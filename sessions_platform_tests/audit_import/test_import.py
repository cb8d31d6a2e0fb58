"""What a classic database becomes: sessions, turns, calls and the matrix, against what was written into it."""

import random

import pytest

from sessions_platform.sessions.imported import read_status
from sessions_platform_tests.audit_import.support import D1, D2, D3, at, change, database, self_join, talk

CHAT = [
    ("user", "restart the pod"),
    ("planner", "I ask ops"),
    ("ops", "done"),
    ("User", "and the other?"),
    ("ops", "too"),
]


def test_messages_tools_and_turns_stand_in_the_published_tables(home, tmp_path):
    tools = [
        ("s", "ops", "kubectl", "get", 1, at(1)),
        ("s", "ops", "kubectl", "delete", 0, at(2)),
        ("s", "ops", "kubectl", "delete", None, at(60)),
    ]
    file = database(tmp_path / "a.db", talk("s", CHAT), tools, [("s", at(0), at(90), 5, "completed")])
    report = home.take(file)
    assert (report.sessions, report.messages, report.tool_calls, report.dates) == (1, 5, 3, 1)
    assert home.ask("SELECT role, agent_name, turn_index, preview FROM messages ORDER BY message_index") == [
        ("user", "user", 1, "restart the pod"),
        ("assistant", "planner", 1, "I ask ops"),
        ("tool", "ops", 1, ""),
        ("assistant", "ops", 1, "done"),
        ("tool", "ops", 1, ""),
        ("user", "user", 2, "and the other?"),
        ("assistant", "ops", 2, "too"),
        ("tool", "ops", 2, ""),
    ]
    assert home.ask(
        "SELECT tool_name, operation, success, success_basis, message_index FROM tool_calls ORDER BY call_index"
    ) == [
        ("kubectl", "get", True, "imported", 2),
        ("kubectl", "delete", False, "imported", 4),
        ("kubectl", "delete", True, "default", 7),
    ]
    assert home.ask(
        "SELECT session_id, status, total_turns, message_count, tool_error_count, duration_seconds, title FROM sessions"
    ) == [("s", "completed", 5, 8, 1, 90.0, "restart the pod")]
    assert home.ask("SELECT source_rows, raw_rows, staged_sessions, loaded_sessions, complete FROM data_health") == [
        (8, 8, 1, 1, True)
    ]


def test_the_matrix_equals_the_self_join_where_turns_have_no_gaps(home, tmp_path):
    draw = random.Random(7)
    agents = ["user", "planner", "coder", "reviewer"]
    rows = [
        row
        for number in range(60)
        for row in talk(
            f"s{number}",
            [(draw.choice(agents), "x" * draw.randrange(4)) for _ in range(draw.randrange(1, 30))],
            draw.choice([D1, D2, D3]),
        )
    ]
    draw.shuffle(rows)
    file = database(tmp_path / "a.db", rows)
    home.take(file)
    assert home.matrix() == self_join(file)


def test_a_session_over_midnight_has_a_slice_on_each_date_and_keeps_its_order(home, tmp_path):
    late = [("s", 1, "user", "a", f"{D1}T23:59:50"), ("s", 2, "ops", "b", f"{D1}T23:59:58Z")]
    early = [("s", 3, "ops", "c", f"{D2}T00:00:02+00:00"), ("s", 4, "user", "d", f"{D2}T01:00:00+01:00")]
    early.append(("s", 5, "ops", "e", f"{D2}T00:10:00"))
    file = database(tmp_path / "a.db", late + early, (), [("s", f"{D1}T23:59:40", f"{D2}T00:10:00", 5, "completed")])
    assert home.take(file).published == [D1, D2]
    rows = home.ask("SELECT date::VARCHAR, preview, turn_index, next_agent FROM messages ORDER BY message_index")
    assert [row[:3] for row in rows] == [(D1, "a", 1), (D1, "b", 1), (D2, "c", 1), (D2, "d", 2), (D2, "e", 2)]
    assert home.matrix() == self_join(file)
    assert home.ask(
        "SELECT start_time::VARCHAR, end_time::VARCHAR, slice_count, total_turns, trace_count FROM sessions"
    ) == [(f"{D1} 23:59:40", f"{D2} 00:10:00", 2, 5, 1)]


@pytest.mark.parametrize(
    ("word", "published"),
    [
        ("completed", "completed"),
        ("Completed", "completed"),
        ("active", "active"),
        ("in progress", "active"),
        ("FAILED", "error"),
        ("timed-out", "abandoned"),
        ("unknown", "unknown"),
        ("escalated", "escalated"),
        ("", None),
        (None, None),
    ],
)
def test_a_status_is_kept_in_the_contracts_words_or_its_own(word, published):
    assert read_status(word) == published


def test_imported_statuses_win_over_our_own_rules_and_without_one_the_rules_decide(home, tmp_path):
    unanswered = [("user", "hello, anyone there?")]
    rows = [row for name in "abcd" for row in talk(name, unanswered)]
    kept = [("a", at(0), None, 9, "completed"), ("b", at(0), None, None, "failed"), ("c", at(0), None, "x", "paused")]
    report = home.take(database(tmp_path / "a.db", rows, (), kept))
    assert report.warnings == ["1 sessions have rows, but stand not in table sessions"]
    assert home.ask("SELECT session_id, status, outcome, total_turns FROM sessions ORDER BY 1") == [
        ("a", "completed", "unknown", 9),
        ("b", "error", "failed", 1),
        ("c", "paused", "unknown", 1),
        ("d", "abandoned", "unknown", 1),
    ]
    assert home.ask("SELECT value FROM session_segments WHERE key = 'imported_status'") == [("failed",)]
    assert home.ask("SELECT completed_sessions, total_sessions FROM daily_metrics") == [(1, 4)]


def test_turn_ids_order_messages_whatever_their_row_and_without_them_the_time_does(home, tmp_path):
    rows = [
        ("n", 10, "ops", "third", at(9)),
        ("n", 2, "ops", "second", at(5)),
        ("n", 1, "user", "first", at(7)),
        ("t", None, "ops", "later", at(9)),
        ("t", 1, "user", "earlier", at(3)),
    ]
    home.take(database(tmp_path / "a.db", rows))
    assert home.ask("SELECT session_id, preview FROM messages ORDER BY session_id, message_index") == [
        ("n", "first"),
        ("n", "second"),
        ("n", "third"),
        ("t", "earlier"),
        ("t", "later"),
    ]


def test_every_way_to_write_a_time_is_the_same_time(home, tmp_path):
    times = [1793613600, "1793613600", 1793613600000, 1793613600000000.0, "2026-11-02 10:00:00", "2026-11-02T10:00:00Z"]
    times += ["2026-11-02 12:00:00 +0200", "2026-11-02 10:00:00 UTC", "20261102100000", "2026-11-02T10:00:00,000"]
    home.take(database(tmp_path / "a.db", [("s", n, "ops", "x", time) for n, time in enumerate(times)]))
    assert home.ask("SELECT timestamp::VARCHAR, count(*) FROM messages GROUP BY 1") == [(f"{D1} 10:00:00", len(times))]


def test_damaged_rows_are_refused_by_number_and_the_rest_goes_on(home, tmp_path):
    good = talk("s", CHAT)
    bad = [
        ("s", 9, "ops", "secret words", bad) for bad in (None, "yesterday", 0, b"\x00", "2026-13-01", "", 10**18 * 9)
    ]
    orphan = [(None, 1, "ops", "lost", at(1)), ("", 1, "ops", "lost", at(1))]
    tools = [("s", "ops", "git", "push", "perhaps", at(1)), ("s", "ops", "git", "push", 1, "never")]
    report = home.take(database(tmp_path / "a.db", good + bad + orphan, tools))
    assert (report.messages, report.tool_calls) == (5, 1)
    assert {reason: (entry.count, entry.first) for reason, entry in report.refused.items()} == {
        "timestamp not understood": (7, [f"messages {n}" for n in range(6, 11)]),
        "success is neither yes nor no (the call is taken)": (1, ["tool_usage 1"]),
        "no session id": (2, ["messages 13", "messages 14"]),
    }
    assert home.ask("SELECT count(*) FROM messages WHERE preview LIKE '%secret%'") == [(0,)]


def test_rows_of_dates_that_are_not_over_wait_for_a_later_import(home, tmp_path):
    today = ("s", 9, "ops", "now", "2026-11-20T08:00:00")
    report = home.take(database(tmp_path / "a.db", [*talk("s", CHAT), today, ("u", 1, "ops", "now", today[4])]))
    assert (report.messages, report.sessions, report.waiting_rows) == (5, 1, 2)
    assert "import the file again later" in report.warnings[0]


def test_a_session_without_rows_stands_on_the_date_it_began(home, tmp_path):
    home.take(
        database(tmp_path / "a.db", sessions=[("s", at(0, D2), at(5, D2), 0, "completed"), ("t", None, None, 0, "")])
    )
    assert home.ask("SELECT session_id, first_date::VARCHAR, message_count, status FROM sessions") == [
        ("s", D2, 0, "completed")
    ]


def test_a_changed_file_updates_its_sessions_and_no_others(home, tmp_path):
    file = database(tmp_path / "a.db", talk("s", CHAT) + talk("t", CHAT, D2), (), [("s", at(0), None, 5, "active")])
    home.take(file)
    before = home.contents()
    database(file, [("s", 6, "ops", "and done", at(0, D3))])
    change(file, "UPDATE sessions SET status = 'completed' WHERE session_id = 's'")
    report = home.take(file)
    assert (report.new_sessions, report.updated_sessions, report.published) == (0, 1, [D1, D3])
    after = home.contents()
    assert {name for name in before if D2 in name and before[name] != after.get(name)} == set()
    assert home.ask("SELECT status, message_count, slice_count FROM sessions WHERE session_id = 's'") == [
        ("completed", 6, 2)
    ]


def test_a_row_that_moved_to_another_date_leaves_the_first(home, tmp_path):
    file = database(tmp_path / "a.db", talk("s", CHAT))
    home.take(file)
    change(file, "UPDATE messages SET timestamp = replace(timestamp, '2026-11-02', '2026-11-04')")
    home.take(file)
    assert home.ask("SELECT date::VARCHAR, count(*) FROM messages GROUP BY 1") == [(D3, 5)]
    assert home.ask("SELECT date::VARCHAR, staged_sessions, complete FROM data_health ORDER BY 1") == [
        (D1, 0, True),
        (D3, 1, True),
    ]


def test_a_session_that_left_its_file_stays(home, tmp_path):
    file = database(tmp_path / "a.db", talk("s", CHAT) + talk("t", CHAT))
    home.take(file)
    change(file, "DELETE FROM messages WHERE session_id = 't'")
    home.take(file)
    assert home.ask("SELECT session_id FROM sessions ORDER BY 1") == [("s",), ("t",)]


def test_of_two_files_with_one_id_the_later_import_has_it_and_says_so(home, tmp_path):
    first = database(tmp_path / "a.db", talk("s", CHAT) + talk("s", [("ops", "next day")], D2) + talk("t", CHAT))
    second = database(tmp_path / "b.db", talk("s", [("user", "other words")]))
    home.take(first)
    report = home.take(second)
    assert report.warnings[1:] == ["1 sessions were imported from another file before, as s from a.db: replaced"]
    assert home.ask("SELECT date::VARCHAR, preview FROM messages WHERE session_id = 's'") == [(D1, "other words")]
    assert home.ask("SELECT message_count FROM sessions WHERE session_id = 't'") == [(5,)]
    assert "replaced" in home.take(first).warnings[1]
    assert home.ask("SELECT message_count FROM sessions WHERE session_id = 's'") == [(6,)]


@pytest.mark.slow
def test_a_large_file_is_imported_whole(home, tmp_path):
    agents = ["user", "planner", "coder", "reviewer", "ops"]
    rows = (
        (
            f"s{number:05d}",
            turn + 1,
            agents[(number * 7 + turn * turn) % 5],
            f"step {turn}",
            at(turn, [D1, D2][number % 2]),
        )
        for turn in range(50)
        for number in range(2000)
    )
    file = database(tmp_path / "a.db", rows)
    report = home.take(file)
    assert (report.sessions, report.messages, report.dates) == (2000, 100_000, 2)
    assert home.ask("SELECT count(*), sum(message_count), sum(total_turns) FROM sessions") == [
        (2000, 100_000, home.ask("SELECT sum(turns) FROM session_slices")[0][0])
    ]
    assert home.matrix() == self_join(file)
