"""What is sent of a session: OpenViking's message schema, tags the index takes, a hash of all of it."""

from sessions_platform.indexing.payload import document, message_of, tags_of
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


def test_an_empty_message_stays_a_message_and_a_very_long_text_is_cut() -> None:
    assert message_of(message("user"), "p")["parts"] == [{"type": "text", "text": ""}]
    long = message_of(message("user", Part("text", text="x" * 300_000)), "p")["parts"][0]["text"]
    assert len(long) < 200_100 and long.endswith("(300000 characters)")


def test_tags_are_what_the_index_takes() -> None:
    made = staged("S", DAY, [user("hi")], segments=[("Team", "Red=Blue\n"), ("memory_type", "x"), ("empty", " ")])
    tags = tags_of(made, ())
    assert tags[0] == "date=2026-11-02" and tags[1].startswith("session_key=") and tags[4:] == ["team=red blue"]
    assert all(tag.count("=") == 1 and tag == tag.lower() for tag in tags)


def test_the_hash_follows_what_is_sent() -> None:
    hashes = [
        document(session(1), (), ()).hash,
        document(session(1, words="other words"), (), ()).hash,
        document(session(1), ("events",), ()).hash,
    ]
    assert len(set(hashes)) == 3 and document(session(1), (), ()).hash == hashes[0]
