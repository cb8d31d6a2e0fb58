"""What is new in an input: whole histories, last parts and deltas give the same messages."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from sessions_platform_tests.rows import at, row, said, staged, told


def generation(second: float, asked: list, gave: list, **fields):
    return row("GENERATION", at(second), asked=asked, gave=gave, agent=fields.pop("agent", "helper"), **fields)


U1, A1, U2, A2 = (
    said("user", "restart it"),
    said("assistant", "which one?"),
    said("user", "the gateway"),
    said("assistant", "done"),
)
WANTED = [
    ("user", "user", "restart it"),
    ("assistant", "helper", "which one?"),
    ("user", "user", "the gateway"),
    ("assistant", "helper", "done"),
]


def test_a_tracer_that_sends_the_whole_conversation_tells_each_message_once():
    assert told(staged(generation(1, [U1], [A1]), generation(2, [U1, A1, U2], [A2]))) == WANTED


def test_a_tracer_that_sends_only_what_is_new_tells_the_same():
    assert told(staged(generation(1, [U1], [A1]), generation(2, [U2], [A2]))) == WANTED


def test_a_tracer_that_sends_the_last_part_tells_the_same():
    assert told(staged(generation(1, [U1], [A1]), generation(2, [A1, U2], [A2]))) == WANTED


def test_a_user_who_says_yes_twice_has_said_it_twice():
    yes = said("user", "yes")
    first = generation(1, [yes], [said("assistant", "sure?")])
    second = generation(2, [yes, said("assistant", "sure?"), yes], [said("assistant", "ok")])
    assert [one[2] for one in told(staged(first, second))] == ["yes", "sure?", "yes", "ok"]
    delta = generation(3, [yes], [said("assistant", "ok")])
    assert [one[2] for one in told(staged(first, delta))] == ["yes", "sure?", "yes", "ok"]


def test_a_retry_with_the_same_input_adds_nothing():
    failed = generation(2, [U1, A1, U2], [], level="ERROR")
    session = staged(generation(1, [U1], [A1]), failed, generation(3, [U1, A1, U2], [A2]))
    assert told(session) == WANTED


def test_white_space_and_the_receivers_role_do_not_make_a_message_new():
    other = generation(1, [], [said("assistant", "look   at\nthe logs")], agent="planner")
    reader = generation(2, [said("user", "look at the logs")], [said("assistant", "seen")], agent="worker")
    assert told(staged(other, reader)) == [
        ("assistant", "planner", "look   at\nthe logs"),
        ("assistant", "worker", "seen"),
    ]


def test_a_system_text_counts_once_per_session():
    rules = said("system", "be brief")
    first = generation(1, [rules, U1], [A1], trace_id="t-1", id="a")
    second = generation(2, [rules, U2], [A2], trace_id="t-2", id="b")
    assert [one[0] for one in told(staged(first, second))] == ["system", "user", "assistant", "user", "assistant"]


def test_a_tool_row_gives_its_result_and_the_reading_generation_does_not_give_it_again():
    ask = said("assistant", calls={"c1": "kubectl"})
    tool = row("TOOL", at(2), call="c1", tool="kubectl", output="3 pods", input='{"command": "get pods"}')
    reads = generation(3, [U1, ask, said("tool", '{"result":"3 pods"}', answers="c1")], [A2])
    session = staged(generation(1, [U1], [ask]), tool, reads)
    assert [one[0] for one in told(session)] == ["user", "assistant", "tool", "assistant"]
    (part,) = session.messages[2].parts
    assert (part.tool_name, part.tool_output, part.operation, part.caller) == (
        "kubectl",
        "3 pods",
        "kubectl get",
        "helper",
    )


def test_recurring_call_ids_give_every_result():
    ask = said("assistant", calls={"call_0": "probe"})
    rows = []
    for turn in range(3):
        rows.append(generation(turn * 10 + 1, [said("user", f"go {turn}")], [ask]))
        rows.append(row("TOOL", at(turn * 10 + 2), call="call_0", tool="probe", output=f"reading {turn}"))
        rows.append(generation(turn * 10 + 3, [said("tool", f"reading {turn}", answers="call_0")], [A2]))
    results = [one[2] for one in told(staged(*rows)) if one[0] == "tool"]
    assert results == ["reading 0", "reading 1", "reading 2"]


def test_a_response_without_a_tool_row_is_a_message_and_a_call():
    ask = said("assistant", calls={"c1": "search"})
    session = staged(
        generation(1, [U1], [ask]), generation(2, [U1, ask, said("tool", "Error: nothing", answers="c1")], [A2])
    )
    (part,) = session.messages[2].parts
    assert (part.tool_name, part.success, part.success_basis, part.duration_ms) == ("search", False, "text", None)


def test_an_unanswered_call_is_a_requested_part_of_the_asking_message():
    session = staged(generation(1, [U1], [said("assistant", "let me see", calls={"c1": "search"})]))
    assert [(part.type, part.tool_status) for part in session.messages[-1].parts] == [
        ("text", None),
        ("tool", "requested"),
    ]
    assert session.session.end_reason == "call_without_response"


def test_a_tool_part_has_every_field_of_the_schema_and_a_text_part_has_two():
    ask = said("assistant", "let me see", calls={"c1": "search", "c2": "search"})
    answer = generation(2, [U1, ask, said("tool", "found", answers="c1")], [A2])
    session = msgspec.json.decode(msgspec.json.encode(staged(generation(1, [U1], [ask]), answer)))
    fields = {"type", "tool_id", "tool_name", "tool_input", "tool_output", "tool_status", "duration_ms"}
    text, requested = session["messages"][1]["parts"]
    assert set(text) == {"type", "text"}
    assert fields <= set(requested) and requested["duration_ms"] is None
    assert fields <= set(session["messages"][2]["parts"][0])


def test_what_was_said_before_the_context_is_history_and_what_follows_is_new():
    session = staged(generation(1, [U1, A1, U2], [A2]))
    assert [one.parts[0].text for one in session.history] == ["restart it", "which one?"]
    assert told(session) == WANTED[2:]


def test_a_silent_output_is_a_message_and_its_repetition_is_not():
    silent = said("assistant")
    session = staged(generation(1, [U1], [silent]), generation(2, [silent], [A2]))
    assert [(one[0], one[2]) for one in told(session)] == [
        ("user", "restart it"),
        ("assistant", ""),
        ("assistant", "done"),
    ]


words = st.sampled_from(["yes", "no", "again", "restart", "why?"])


@given(st.lists(st.tuples(words, words, st.booleans()), min_size=1, max_size=8))
def test_whole_history_and_delta_tracers_tell_the_same_story(turns):
    whole, delta, past = [], [], []
    for number, (user, answer, uses_tool) in enumerate(turns):
        second = number * 10.0
        asked = [said("user", user)]
        if uses_tool:
            call = f"c{number}"
            ask = said("assistant", calls={call: "probe"})
            whole.append(generation(second + 1, [*past, *asked], [ask]))
            delta.append(generation(second + 1, asked, [ask]))
            tool = dict(call=call, tool="probe", output=f"result {user}")
            whole.append(row("TOOL", at(second + 2), **tool))
            delta.append(row("TOOL", at(second + 2), **tool))
            past += [*asked, ask]
            asked = [said("tool", f"result {user}", answers=call)]
        reply = said("assistant", f"{answer} {number}")
        whole.append(generation(second + 3, [*past, *asked], [reply]))
        delta.append(generation(second + 3, asked, [reply]))
        past += [*asked, reply]
    one, other = staged(*whole), staged(*delta)
    assert told(one) == told(other)
    assert not one.history and not other.history
    assert len(one.messages) == len(past)
    assert max(m.turn_index for m in one.messages) == len(turns)
