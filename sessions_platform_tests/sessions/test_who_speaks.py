"""Agents, order, enclosing rows, turns: who spoke, and when."""

from hypothesis import given
from hypothesis import strategies as st

from sessions_platform.sessions.traces import Trace, clean_agent_name
from sessions_platform_tests.rows import at, row, said, staged, told


def test_names_lose_their_prefixes_and_trailing_ids():
    assert clean_agent_name("invoke_agent support") == "support"
    assert clean_agent_name("agent_run [hello_agent]") == "hello_agent"
    assert clean_agent_name("planner 171105b7-59dd-49c0-9677-0b95395aa46a") == "planner"
    assert clean_agent_name("invoke_agent 171105b7-59dd-49c0-9677-0b95395aa46a") == ""
    assert clean_agent_name("Research_Expert") == "Research_Expert"
    assert clean_agent_name("gpt4_agent_2") == "gpt4_agent_2"


def test_an_agent_is_named_by_its_row_then_the_agent_above_then_the_service_then_the_trace():
    agent = row("AGENT", at(0), id="agent", name="invoke_agent support")
    own = row("GENERATION", at(1), id="own", agent="writer", parent_observation_id="agent")
    below = row("GENERATION", at(2), id="below", parent_observation_id="agent")
    service = row("GENERATION", at(3), id="service", metadata={"resourceAttributes.service.name": "billing-bot"})
    nobody = row("GENERATION", at(4), id="nobody", metadata={"resourceAttributes.service.name": "unknown_service:py"})
    trace = Trace("trace-1", [agent, own, below, service, nobody])
    agent.trace_name = "nightly run"
    names = {key: trace.agent_name(node) for key, node in trace.nodes.items()}
    assert names == {
        "agent": "support",
        "own": "writer",
        "below": "support",
        "service": "billing-bot",
        "nobody": "nightly run",
    }


def test_at_one_start_time_a_call_is_asked_then_runs_then_is_read():
    ask = row("GENERATION", at(5), id="z-asks", agent="a", gave=[said("assistant", calls={"c1": "t", "c2": "t"})])
    first = row("TOOL", at(5), id="y-first", call="c1", tool="t", output="one")
    second = row("TOOL", at(5), id="x-second", call="c2", tool="t", output="two")
    reads = row(
        "GENERATION",
        at(5),
        id="a-reads",
        agent="a",
        asked=[said("tool", "one", answers="c1"), said("tool", "two", answers="c2")],
        gave=[said("assistant", "both")],
    )
    assert [one[2] for one in told(staged(reads, second, first, ask))] == ["", "one", "two", "both"]


def test_results_without_ids_are_ordered_by_their_text():
    tool = row("TOOL", at(5), id="b", tool="t", output="exactly this")
    reads = row(
        "GENERATION", at(5), id="a", agent="a", asked=[said("tool", "exactly this")], gave=[said("assistant", "ok")]
    )
    assert [one[0] for one in told(staged(reads, tool))] == ["tool", "assistant"]


def test_a_root_gives_only_roles_that_no_row_below_gives():
    root = row("SPAN", at(0), id="root", asked=[said("user", "the question")], gave=[said("assistant", "final")])
    answer = row("GENERATION", at(1), agent="solver", parent_observation_id="root", gave=[said("assistant", "final")])
    assert told(staged(root, answer)) == [("user", "user", "the question"), ("assistant", "solver", "final")]


def test_a_root_whose_generations_capture_nothing_tells_the_conversation():
    rows = []
    for turn, (asked, gave) in enumerate([("yes", "ok"), ("yes", "ok again")]):
        rows.append(
            row(
                "SPAN",
                at(turn * 10),
                id=f"root{turn}",
                trace_id=f"t{turn}",
                name="bot",
                input=asked,
                output=gave,
                end_time=at(turn * 10 + 5),
            )
        )
        rows.append(row("GENERATION", at(turn * 10 + 1), trace_id=f"t{turn}", parent_observation_id=f"root{turn}"))
    assert [one[2] for one in told(staged(*rows))] == ["yes", "ok", "yes", "ok again"]


def test_a_function_span_with_arbitrary_values_says_nothing():
    root = row("SPAN", at(0), id="root", input="hello", output="bye")
    inner = row("SPAN", at(1), id="inner", parent_observation_id="root", input='{"sql": "select 1"}', output="7")
    row_below = row("SPAN", at(2), parent_observation_id="inner")
    assert [one[2] for one in told(staged(root, inner, row_below))] == ["hello", "bye"]


def test_a_generation_around_generations_is_told_once():
    outer = row("GENERATION", at(0), id="outer", asked=[said("user", "hi")], gave=[said("assistant", "yo")])
    inner = row(
        "GENERATION", at(1), parent_observation_id="outer", asked=[said("user", "hi")], gave=[said("assistant", "yo")]
    )
    assert [one[2] for one in told(staged(outer, inner))] == ["hi", "yo"]


def test_an_agent_that_only_executes_speaks_through_its_result():
    agent = row("AGENT", at(0), id="agent", name="Computer_terminal")
    tool = row("TOOL", at(1), parent_observation_id="agent", tool="run", output="exitcode: 1 (failed)")
    session = staged(agent, tool)
    (message,) = session.messages
    assert (message.role, message.agent_name, message.is_utterance) == ("tool", "Computer_terminal", True)
    assert (message.parts[0].success, message.parts[0].success_basis) == (False, "protocol")


def nested(outer_speaks: bool):
    outer = row("AGENT", at(0), id="outer", name="lead")
    inner = row("AGENT", at(2), id="inner", name="worker", parent_observation_id="outer")
    speaks = row(
        "GENERATION",
        at(1),
        parent_observation_id="outer",
        asked=[said("user", "please")],
        gave=[said("assistant", "I delegate")],
    )
    works = row(
        "GENERATION",
        at(3),
        parent_observation_id="inner",
        asked=[said("user", "do the part")],
        gave=[said("assistant", "part done")],
    )
    return staged(outer, inner, *([speaks] if outer_speaks else []), works)


def test_a_nested_agent_is_addressed_by_the_outer_one_and_no_turn_opens():
    session = nested(outer_speaks=True)
    assert told(session) == [
        ("user", "user", "please"),
        ("assistant", "lead", "I delegate"),
        ("user", "lead", "do the part"),
        ("assistant", "worker", "part done"),
    ]
    assert [one.turn_index for one in session.messages] == [1, 1, 1, 1]


def test_a_wrapper_that_never_speaks_addresses_nobody():
    assert told(nested(outer_speaks=False))[0] == ("user", "user", "do the part")


def test_a_run_of_user_messages_is_one_turn_also_over_tool_results():
    simulator = dict(agent="user_simulator")
    rows = [
        row("GENERATION", at(1), gave=[said("assistant", "hello")], agent="bot"),
        row("GENERATION", at(2), gave=[said("user", calls={"c1": "look"})], **simulator),
        row("TOOL", at(3), call="c1", tool="look", output="red"),
        row("GENERATION", at(4), gave=[said("user", "it is red")], **simulator),
        row("GENERATION", at(5), gave=[said("assistant", "thanks")], agent="bot"),
        row("GENERATION", at(6), gave=[said("user", "bye")], **simulator),
    ]
    session = staged(*rows)
    assert [one.turn_index for one in session.messages] == [0, 1, 1, 1, 1, 2]
    assert {one.agent_name for one in session.messages if one.role == "user"} == {"user_simulator"}


def test_parents_in_a_circle_do_not_hang_the_reading():
    one = row("SPAN", at(0), id="one", parent_observation_id="two", input="hello")
    two = row("SPAN", at(1), id="two", parent_observation_id="one")
    assert staged(one, two).session.row_count == 2


@given(st.permutations(range(6)))
def test_the_order_in_which_rows_arrive_does_not_matter(order):
    rows = [
        row("SPAN", at(0), id="r", asked=[said("user", "go")]),
        row("AGENT", at(0), id="a", parent_observation_id="r", name="bot"),
        row(
            "GENERATION", at(1), id="g", parent_observation_id="a", gave=[said("assistant", calls={"1": "t", "2": "t"})]
        ),
        row("TOOL", at(2), id="t2", call="2", tool="t", output="b", parent_observation_id="a"),
        row("TOOL", at(2), id="t1", call="1", tool="t", output="a", parent_observation_id="a"),
        row("GENERATION", at(2), id="h", parent_observation_id="a", gave=[said("assistant", "end")], end_time=at(4)),
    ]
    assert staged(*(rows[index] for index in order)).content_hash == staged(*rows).content_hash
