"""Memories say what happened in a sentence with its evidence; what only sounds like it gives none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions_platform.sessions.memories import EVIDENCE, NAME_CHARACTERS, SUMMARY_CHARACTERS, Memory, memories_of
from sessions_platform.sessions.model import StagedSession
from sessions_platform_tests.staged_sessions import Line, agent, score, staged, tool, user

DAY = "2026-11-02"
AT = f"{DAY}T11:00:00.000Z"


def _of(made: StagedSession, type_: str) -> list[Memory]:
    return [memory for memory in memories_of(made, ["success"]) if memory.type == type_]


def _names(lines: list[Line], type_: str) -> list[str]:
    return [memory.name for memory in _of(staged("s", DAY, lines), type_)]


def test_each_distinct_request_is_a_task_attempted() -> None:
    lines = [user("Hi! Deploy build 7 of search."), agent("a"), user("yes please"), agent("a")]
    lines += [user("Could you also scale billing?"), agent("a"), user("Could you also scale billing?")]
    made = staged("s", DAY, lines, scores=[score("success", 1, AT)])
    assert _of(made, "task_attempted") == [
        Memory(
            "event",
            "task_attempted",
            "Deploy build 7 of search",
            "m0: the user asked: Deploy build 7 of search. The session ended completed, because; outcome success.",
            [0],
        ),
        Memory(
            "event",
            "task_attempted",
            "Could you also scale billing",
            "m4: the user asked: Could you also scale billing. The session ended completed, because; outcome success.",
            [4],
        ),
    ]


def test_failures_are_one_a_shape_with_their_count_and_what_came_after() -> None:
    get = {"operation": "kubectl get"}
    lines = [tool("kubectl", "ops", f"pod {n} is gone", ok=False, extra=get) for n in range(7)]
    lines += [tool("sh", "ops", "no space", ok=False), tool("sh", "ops", "fine")]
    assert _of(staged("s", DAY, lines), "failure") == [
        Memory(
            "event",
            "failure",
            "kubectl get",
            "m6: kubectl get failed 7 times, called by ops: pod 6 is gone.",
            [2, 3, 4, 5, 6],
        ),
        Memory(
            "event",
            "failure",
            "sh",
            "m7: sh failed once, called by ops: no space. m8: a later call succeeded.",
            [7],
        ),
    ]


@pytest.mark.parametrize(
    "error",
    [
        "Error: tool 'page_team' not found",
        'unknown command "rollout" for kubectl',
        "bash: helm: command not found",
        "AccessDenied: not authorized to perform rds:Reboot",
        "Permission denied (publickey)",
        "ModuleNotFoundError: No module named 'boto'",
        "Operation not supported on this cluster",
    ],
)
def test_a_tool_that_is_not_there_or_not_permitted_is_a_missing_capability(error: str) -> None:
    (memory,) = _of(
        staged("s", DAY, [user("do it now please"), tool("sh", "a", error, ok=False)]), "capability_missing"
    )
    assert memory.name == "sh" and memory.summary.startswith("m1: sh was refused: ") and memory.messages == [1]


@pytest.mark.parametrize("error", ["Error: order not found", "timeout after 30 s", "file notes.txt does not exist"])
def test_other_errors_are_no_missing_capability(error: str) -> None:
    assert _names([tool("sh", "a", error, ok=False)], "capability_missing") == []


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Sorry. I don’t have access to the billing account.", "I don’t have access to the billing account"),
        ("I do not have a tool that restarts nodes!", "I do not have a tool that restarts nodes"),
        ("I can't restart it because I lack the rights.", "I can't restart it because I lack the rights"),
        ("I'm not authorized to change production.", "I'm not authorized to change production"),
    ],
)
def test_an_agent_that_says_what_it_lacks_names_it(words: str, name: str) -> None:
    assert _names([agent("a", words)], "capability_missing") == [name]


@pytest.mark.parametrize(
    "words",
    [
        "I don't have enough information yet.",
        "I can't cancel it because the order has shipped.",
        "If I don't have access to it, I will say so.",
        "You do not have access to that folder.",
    ],
)
def test_rules_facts_and_conditions_are_no_missing_capability(words: str) -> None:
    assert _names([agent("a", words)], "capability_missing") == []


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("Two ways are open. How would you like to proceed?", "a decision"),
        ("Should I roll search out to the second region too?", "a decision"),
        ("Please provide the API key of the registry.", "credentials"),
        ("I'm stuck: the plan never ends.", "help, being stuck"),
        ("You are being transferred to a human agent.", "a human to take over"),
    ],
)
def test_an_agent_that_asks_is_remembered_with_what_it_asked_for(words: str, what: str) -> None:
    (memory,) = _of(staged("s", DAY, [user("restart it now"), agent("ops", words)]), "asked_for_help")
    assert memory.name == f"ops asked for {what}" and memory.summary.startswith(f"m1: ops asked for {what}: ")


@pytest.mark.parametrize(
    "words",
    [
        "Could you please provide your order number?",
        "Is there anything else I can help you with?",
        "If you like, I can transfer you to a human agent.",
        "Do you confirm (yes/no)?",
    ],
)
def test_asking_for_facts_or_offering_help_is_no_asking_for_help(words: str) -> None:
    assert _names([agent("a", words)], "asked_for_help") == []


def test_a_user_asks_for_a_human_at_any_time_and_for_help_only_after_a_failure() -> None:
    failed = tool("sh", "a", "broken", ok=False)
    assert _names([user("Can you help me with this?"), agent("a")], "asked_for_help") == []
    assert _names([failed, user("Can you help me with this?")], "asked_for_help") == ["the user asked for help"]
    assert _names([failed, user("Thanks for your help!")], "asked_for_help") == []
    assert _names([user("Let me talk to a human.")], "asked_for_help") == ["the user asked for a human"]
    assert _names([user("I don't want to talk to a human.")], "asked_for_help") == []


def test_a_call_of_a_tool_that_hands_over_is_asking_for_help() -> None:
    lines = [user("unlock my account now"), tool("transfer_to_human_agents", "desk", "ok")]
    (memory,) = _of(staged("s", DAY, lines), "asked_for_help")
    assert memory.name == "desk asked for a human to take over" and memory.messages == [1]


def _commanded(*commands: str) -> StagedSession:
    made = staged("s", DAY, [tool("bash", "a") for _ in commands])
    for message, command in zip(made.messages, commands, strict=True):
        message.parts[0].tool_input = f'{{"command": "{command}"}}'
    return made


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("kubectl logs deploy/check-out --tail=20", "check-out"),
        ("kubectl rollout restart deployment billing", "billing"),
        ("kubectl get svc/search -n web", "search"),
        ("sudo systemctl restart nginx.service", "nginx"),
        ("journalctl -u postgres -n 20", "postgres"),
        ('x", "service": "media', "media"),
    ],
)
def test_services_are_named_by_what_commands_do_to_them(command: str, name: str) -> None:
    assert [memory.name for memory in _of(_commanded(command), "service")] == [name]


@pytest.mark.parametrize("command", ["kubectl get pods -n web", "cat deploy/values.yaml", "ls src/service/main.go"])
def test_namespaces_and_paths_are_no_services(command: str) -> None:
    assert _of(_commanded(command), "service") == []


def test_a_service_in_a_users_words_needs_a_word_that_makes_it_one() -> None:
    assert _names([user("Please restart the checkout service.")], "service") == ["checkout"]
    assert _names([user("Look at the check-out service.")], "service") == ["check-out"]
    assert _names([user("I want my phone service back, get service back!")], "service") == []


def test_tools_platform_and_outcome_are_remembered_once_with_their_counts() -> None:
    get = {"operation": "kubectl get"}
    lines = [user("is it up?"), *[tool("kubectl", "a", "late", ok=n > 0, extra=get) for n in range(3)], tool("sh", "a")]
    made = staged("s", DAY, lines, segments=[("platform", "kubernetes")], scores=[score("success", 0, AT)])
    assert [(m.name, m.summary, m.messages) for m in _of(made, "tool")] == [
        ("kubectl", "kubectl: 3 calls (kubectl get 3), 1 failed (m1).", [1]),
        ("sh", "sh: 1 call.", [4]),
    ]
    (platform,), (outcome,) = _of(made, "platform"), _of(made, "outcome")
    assert platform.summary == "The session was about kubernetes (basis: tag): is it up." and platform.messages == [0]
    assert outcome.summary == (
        "Outcome failed (by score success = 0), ended completed, because. Last error m1 kubectl get: late."
    )
    assert outcome.name == "failed" and outcome.messages == [1, 4]


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from("uatf"), st.text(st.characters(), max_size=80)), max_size=40), st.integers(1, 9)
)
def test_memories_of_any_session_are_bounded_and_the_same_each_time(said: list[tuple[str, str]], times: int) -> None:
    lines: list[Line] = []
    for kind, text in said * times:
        spoken = {"u": user(text), "a": agent(text, text), "t": tool(text, text, text)}
        lines.append(spoken.get(kind) or tool(text, text, text, ok=False))
    made = staged("s", DAY, lines)
    found = memories_of(made)
    assert found == memories_of(made) and len(found) <= 60
    assert [memory.kind for memory in found][-1] == "outcome"
    for memory in found:
        assert 0 < len(memory.name) <= NAME_CHARACTERS and 0 < len(memory.summary) <= SUMMARY_CHARACTERS
        assert memory.summary.endswith(".") and memory.summary.encode() and memory.name.encode()
        assert len(memory.messages) <= EVIDENCE and memory.messages == sorted(set(memory.messages))
        assert all(0 <= index < len(made.messages) for index in memory.messages)
