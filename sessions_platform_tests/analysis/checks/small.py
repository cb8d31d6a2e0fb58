"""Small whole sessions for the tests of checks, said in short."""

import json
from typing import Any

from sessions_platform.analysis.checks import SessionFacts, WholeMessage, WholeSession, read_log
from sessions_platform.analysis.model import Signal
from sessions_platform.sessions.calls import judge, operation
from sessions_platform.sessions.model import Part

Step = tuple[str, Any]


def user(text: str) -> Step:
    return "user", text


def agent(text: str, name: str = "assistant") -> Step:
    return "assistant", (name, text)


def asks(text: str, name: str) -> Step:
    """One agent's words that reach another as its input."""
    return "nested", (name, text)


def call(
    tool: str, output: str, *, ok: bool | None = None, by: str = "assistant", ms: float = 20.0, **arguments: Any
) -> Step:
    """A call with its result; `ok` is what the protocol says of it, if it says anything."""
    return "tool", (tool, output, ok, by, ms, arguments)


def shell(command: str, output: str, ok: bool | None = None) -> Step:
    return call("bash", output, ok=ok, command=command)


def whole(*steps: Step, session_id: str = "s") -> WholeSession:
    """A session of these steps; indices from 0, a turn for each run of user messages."""
    messages, turn = [], 0
    for index, (role, given) in enumerate(steps):
        if role == "user":
            turn += index == 0 or steps[index - 1][0] != "user"
            messages.append(WholeMessage(index, "user", "user", turn, given, (Part("text", text=given),), True))
        elif role == "tool":
            messages.append(_result(index, turn, *given))
        else:
            name, text = given
            spoken = "assistant" if role == "assistant" else "user"
            messages.append(WholeMessage(index, spoken, name, turn, text, (Part("text", text=text),)))
    return WholeSession(SessionFacts(session_id=session_id, user=session_id), tuple(messages))


def _result(
    index: int, turn: int, tool: str, output: str, ok: bool | None, by: str, ms: float, arguments: dict[str, Any]
) -> WholeMessage:
    text = json.dumps(arguments)
    said = judge(level="", error_type="", status_message="", response=output, said_error=None if ok is None else not ok)
    part = Part(
        "tool",
        tool_id=f"c{index}",
        tool_name=tool,
        tool_input=text,
        tool_output=output,
        tool_status="completed" if said.ok else "error",
        duration_ms=ms,
        operation=operation(tool, text),
        success=said.ok,
        success_basis=said.basis,
        error_type=said.error_type,
        error_message=said.error_message,
        caller=by,
    )
    return WholeMessage(index, "tool", by, turn, output, (part,))


def signals(check: str, *steps: Step) -> list[Signal]:
    """What one check saw in a session of these steps."""
    return [one for one in read_log(whole(*steps)).signals if one.check == check]


def fired(*steps: Step) -> set[str]:
    """Ids of the judging checks that saw something."""
    return {one.check for one in read_log(whole(*steps)).signals if not one.check.startswith("seen:")}
