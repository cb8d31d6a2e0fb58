"""Exports of ten real agent frameworks, against the messages that Langfuse's own normaliser makes of them."""

import gzip
import json
from typing import Any

import pytest

from sessions_platform.sessions.messages import read, read_tool_arguments, read_tool_result
from sessions_platform.sessions.model import Side
from sessions_platform_tests.sample import SAMPLE, needs_sample
from sessions_platform_tests.sessions.messages.said import arguments, assistant, brief, system, tool, user

OTHERS = ("agno", "autogen", "claude-agent", "crewai", "google-adk", "langgraph-python", "microsoft-agent")
FRAMEWORKS = (*OTHERS, "openai-agents", "pydantic-ai", "vercel-aisdk")
SETS = ("tau2_gpt41_ab", "tau2_gpt41_ab_fullhistory", "whowhen_dev", "agentdojo_dev")
SIDES: tuple[Side, Side] = ("input", "output")

# Role, length of the text, names of the calls: enough to know a message by, and no text of the sample in the project.
Print = tuple[str, int, list[str]]

DIFFERENCES: dict[tuple[str, str, Side], list[Print]] = {
    # agno: Langfuse reads no message out of a printed object and shows the tools only; we read role, words and calls.
    ("agno", "ca136de468e156c9", "input"): [("system", 89, []), ("user", 38, [])],
    ("agno", "b38a82eaa62b551e", "input"): [
        ("system", 89, []),
        ("user", 38, []),
        ("assistant", 0, ["duckduckgo_search"]),
        ("tool", 2008, []),
    ],
    # Google carries a function response in a message of the user's; it is the tool's result, not the user's words.
    ("google-adk", "bded677884f031ce", "input"): [
        ("system", 94, []),
        ("user", 2, []),
        ("assistant", 0, ["say_hello"]),
        ("tool", 31, []),
    ],
    # Microsoft puts the result into an envelope of its own. The TOOL row has it without, and the two must be equal.
    ("microsoft-agent", "b0913e7cd82d72b8", "input"): [("tool", 58, [])],
    ("microsoft-agent", "4cd6caa32861956a", "output"): [
        ("assistant", 0, ["get_weather"]),
        ("tool", 58, []),
        ("assistant", 61, []),
    ],
    # pydantic-ai: Langfuse shows a gen_ai.choice as plain JSON; the message stands inside.
    ("pydantic-ai", "5cb389a3bdd21a6e", "output"): [("assistant", 553, [])],
}
"""(framework, observation, side) whose reading differs on purpose from Langfuse's, and ours."""

NOT_MESSAGES: dict[tuple[str, str, Side], tuple[str, list[Print]]] = {
    # A printed conversation; the same as in DIFFERENCES, where agno's other tracer wrote it as objects.
    ("agno", "fc7f61b57ecebbaf", "input"): (
        "transcript",
        [("system", 89, []), ("user", 38, []), ("assistant", 0, []), ("tool", 2008, [])],
    ),
    ("agno", "1f883bb9668167c0", "input"): ("transcript", [("system", 89, []), ("user", 38, [])]),
    ("autogen", "83517f9062f5ada4", "input"): ("transcript", [("system", 116, []), ("user", 18, [])]),
    ("agno", "fc7f61b57ecebbaf", "output"): ("text", [("assistant", 993, [])]),
    # Python's word for "no text": as it can't be told from an answer of that one word, it stays.
    ("agno", "1f883bb9668167c0", "output"): ("text", [("assistant", 4, [])]),
    ("autogen", "83517f9062f5ada4", "output"): ("text", [("assistant", 12, [])]),
    # The tracer wrote the name of a key where the turn began with tool results.
    ("claude-agent", "371496f71d82baed", "input"): ("claude_agent", []),
    ("claude-agent", "f8e8f040dc94e67e", "input"): ("claude_agent", []),
    ("claude-agent", "2cc13e77781787fd", "input"): ("claude_agent", []),
    ("claude-agent", "e9aac170e5d48125", "input"): ("chat", [("user", 47, [])]),
    ("crewai", "231c43964b7e7e63", "output"): ("text", [("assistant", 630, [])]),
    ("vercel-aisdk", "1dc6768109615657", "input"): ("prompt", [("user", 48, [])]),
}
"""What Langfuse's normaliser gives up on, with the shape and the messages that we read."""


def rows(framework: str) -> list[dict[str, Any]]:
    with (SAMPLE / "frameworks" / f"{framework}.observations.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def expectations(framework: str) -> dict[str, Any]:
    path = SAMPLE / "frameworks" / f"{framework}.chatml.json"
    return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def cases(framework: str) -> list[tuple[dict[str, Any], Side, Any]]:
    """Row, side and expectation: every GENERATION, and the AGENT rows that have one."""
    expected = expectations(framework)
    found = []
    for row in rows(framework):
        for side in SIDES:
            outcome = (expected.get(row["id"]) or {}).get(side)
            succeeded = outcome is not None and outcome["success"]
            if row["type"] == "GENERATION" or (row["type"] == "AGENT" and succeeded):
                found.append((row, side, outcome["data"] if outcome is not None and succeeded else None))
    return found


def comparable(message: dict[str, Any]) -> tuple[str, str, list[tuple[str, str, Any]]]:
    """Role, text and calls of a ChatML message."""
    role = {"model": "assistant"}.get(message["role"], message["role"])
    content = message.get("content") or ""
    if isinstance(content, list):
        calls = [(part["id"], part["name"], part["input"]) for part in content if part["type"] == "tool_use"]
        return role, "\n".join(part["text"] for part in content if part["type"] == "text"), calls
    calls = [(call["id"], call["name"], arguments(call["arguments"])) for call in message.get("tool_calls") or []]
    return role, content, calls


@needs_sample
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_model_call_reads_as_langfuse_normalises_it_or_better(framework: str) -> None:
    for row, side, expected in cases(framework):
        key = (framework, row["id"], side)
        found = read(row[side], side)
        ours = [(m.role, m.text, [(c.id, c.name, arguments(c.arguments)) for c in m.calls]) for m in found.messages]
        prints = [(role, len(text), [name for _, name, _ in calls]) for role, text, calls in ours]
        if key in DIFFERENCES:
            assert [comparable(message) for message in expected if "role" in message] != ours, f"{key} agrees now"
            assert prints == DIFFERENCES[key], key
        elif key in NOT_MESSAGES:
            assert expected is None, f"{key} has an expectation now"
            assert (found.shape, prints) == NOT_MESSAGES[key], key
        else:
            assert ours == [comparable(message) for message in expected or []], key


@needs_sample
def test_every_listed_difference_is_met() -> None:
    met = {(framework, row["id"], side) for framework in FRAMEWORKS for row, side, _ in cases(framework)}
    assert met >= DIFFERENCES.keys() | NOT_MESSAGES.keys()


RUNS_TOOLS = ("get_weather", "getWeather", "say_hello", "duckduckgo_search", "Web-Search")
TOOL_ROWS = [
    ("agno", {"query"}, 2008, "", None),
    ("claude-agent", {"city"}, 32, "", None),
    ("claude-agent", {"city"}, 31, "", None),
    ("google-adk", set(), 2, "", None),
    ("langgraph-python", {"query"}, 75, "Web-Search", False),
    ("microsoft-agent", {"location"}, 58, "", None),
    ("openai-agents", {"city"}, 30, "", None),
    ("vercel-aisdk", {"location"}, 45, "", None),
]
"""Names of the arguments, length of the result, the tool's name and verdict where the output says them."""


@needs_sample
def test_every_row_that_runs_a_tool_reads_as_arguments_and_result() -> None:
    found = []
    for framework in FRAMEWORKS:
        for row in rows(framework):
            if row["type"] in ("TOOL", "SPAN") and row["name"].endswith(RUNS_TOOLS):
                result = read_tool_result(row["output"])
                asked = set(json.loads(read_tool_arguments(row["input"])))
                found.append((framework, asked, len(result.text), result.name, result.is_error))
    assert found == TOOL_ROWS


WEATHER = ("call_1", "get_weather", {"city": "Paris"})
ASKED = [user("Weather in Paris?")]
TOLD = [assistant("57F")]
RAN = [assistant("", WEATHER, reasoning="need tool"), tool('{"temp":57}', "call_1", name="get_weather")]
TOKEN = "@@@langfuseMedia:type=image/png|id=abc|source=base64_data_uri@@@"
OTEL_ROWS: list[tuple[str, Any, Any]] = [
    ("invoke_agent support", ASKED, TOLD),
    ("chat gpt-5-mini", [system("You are helpful"), *ASKED, *RAN], TOLD),
    ("get_weather", '{"city":"Paris"}', tool('{"temp": 57}')),
    (
        "chat events-old",
        [system("sys"), user("hi"), assistant("", ("c1", "f", {"a": 1})), tool("42", "c1", name="f")],
        [assistant("ok")],
    ),
    ("chat details-event", ASKED, TOLD),
    ("chat traceloop-flat", [user("hi")], [assistant("yo")]),
    ("chat nothing captured", [], []),
    ("ChatOpenAI", [user("hi")], [assistant("yo")]),
    ("ai.streamText.doStream", [user("hi")], [assistant("", ("c1", "f", {"a": 1}))]),
    ("f", '{"a":1}', tool("text")),
    ("agent run", [*ASKED, *RAN], TOLD),
    ("get_weather", '{"city":"Paris"}', tool("57")),
    (
        "anthropic-call",
        [system("S"), user(f"hi\n[image] {TOKEN}")],
        [assistant("yo", ("tu1", "f", {"a": 1}), reasoning="...")],
    ),
    ("double", [user("x")], []),
]


@needs_sample
def test_rows_of_several_otel_instrumentations_read_as_listed() -> None:
    wire = json.loads((SAMPLE / "otel_shapes" / "v2_rows.json").read_text(encoding="utf-8"))
    assert [row["name"] for row in wire] == [name for name, _, _ in OTEL_ROWS]
    for row, (name, asked, told) in zip(wire, OTEL_ROWS, strict=True):
        if row["type"] == "TOOL":
            assert (read_tool_arguments(row["input"]), brief(read_tool_result(row["output"]))) == (asked, told), name
        else:
            assert [brief(message) for message in read(row["input"], "input").messages] == asked, name
            assert [brief(message) for message in read(row["output"], "output").messages] == told, name


@needs_sample
@pytest.mark.parametrize("name", SETS)
def test_every_row_of_the_recorded_sessions_has_a_known_shape(name: str) -> None:
    generations = results = 0
    with gzip.open(SAMPLE / "langfuse" / name / "observations.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["type"] == "TOOL":
                results += 1
                assert read_tool_result(row["output"]).role == "tool"
                continue
            shapes = {read(row[side], side).shape for side in SIDES}
            assert shapes <= {"empty", "genai"}, row["id"]
            if row["type"] == "GENERATION":
                generations += 1
                assert len(read(row["output"], "output").messages) == 1, row["id"]
    assert generations > 0
    assert results > 0
