"""What is sent of a session: OpenViking's message schema, tags the index takes, a hash of all of it."""

import hashlib
from datetime import UTC, datetime

from sessions_platform.indexing import CommitOptions
from sessions_platform.indexing.payload import document, memory_files, message_of, tags_of
from sessions_platform.sessions.model import Message, Part
from sessions_platform_tests.indexing.support import DAY, session
from sessions_platform_tests.staged_sessions import staged, user


def message(role: str, *parts: Part) -> Message:
    return Message(role, "planner", f"{DAY}T10:00:00.000Z", "t", "o", 1, True, list(parts))


def test_a_tool_result_is_a_tool_part_of_the_assistant_with_its_time() -> None:
    part = Part(
        "tool", tool_id="c", tool_name="kubectl", tool_input='{"a": 1}', tool_output="ok", tool_status="error",
        duration_ms=3.5,
    )  # fmt: skip
    assert message_of(message("tool", part), "p") == {
        "role": "assistant",
        "peer_id": "p",
        "created_at": f"{DAY}T10:00:00.000Z",
        "parts": [
            {
                "type": "tool",
                "tool_id": "c",
                "tool_name": "kubectl",
                "tool_input": {"a": 1},
                "tool_output": "ok",
                "tool_status": "error",
                "duration_ms": 3.5,
            }
        ],
    }


def test_arguments_that_are_no_object_stand_under_a_name_and_an_open_call_is_pending() -> None:
    asked = Part("tool", tool_id="c", tool_name="sh", tool_input="ls -l", tool_status="requested")
    sent = message_of(message("assistant", asked, Part("reasoning", text="hm")), "p")["parts"]
    assert [part["tool_input"] for part in sent] == [{"arguments": "ls -l"}] and sent[0]["tool_status"] == "pending"


def test_an_empty_message_stays_a_message() -> None:
    assert message_of(message("user"), "p")["parts"] == [{"type": "text", "text": ""}]


def test_tags_are_what_the_index_takes() -> None:
    made = staged("S", DAY, [user("hi")], segments=[("Team", "Red=Blue\n"), ("memory_type", "x"), ("empty", " ")])
    tags = tags_of(made, ())
    key = hashlib.sha256(b"S").hexdigest()[:16]
    assert tags == [
        *("date=2026-11-02", f"session_key={key}", "session=s", "outcome=unknown", "end_state=completed"),
        *("release=1", "environment=production", "team=red blue"),
    ]
    assert all(tag.count("=") == 1 and tag == tag.lower() for tag in tags)


def test_two_sessions_never_write_one_memory_file() -> None:
    files: dict[str, str] = {}
    for one in (session(1), session(2), session("1"), session("é"), session("É")):
        made = document(one, (), ())
        written = memory_files(one.session_id, DAY, made.memory_lines("viking://user/u"))
        assert len(written) == 3 and not files.keys() & written.keys()
        files |= written
    assert all(uri.startswith("viking://user/u/memories/") and "/2026/11/02/" in uri for uri in files)


def test_a_date_past_the_index_days_is_sent_without_its_transcript() -> None:
    options = CommitOptions(index_days=30, now=lambda: datetime(2026, 11, 20, tzinfo=UTC))
    assert options.keeps_transcripts("2026-10-21") and not options.keeps_transcripts("2026-10-20")
    assert CommitOptions().keeps_transcripts("2001-01-01")
    assert document(session(1), (), (), transcript=False).transcript == []


def test_the_hash_follows_what_is_sent() -> None:
    hashes = [
        document(session(1), (), ()).hash,
        document(session(1, words="other words"), (), ()).hash,
        document(session(1), ("events",), ()).hash,
    ]
    assert len(set(hashes)) == 3 and document(session(1), (), ()).hash == hashes[0]
