"""What went wrong in a slice: calls that failed, model calls that failed, and an error only the last result speaks of.

The digest, the condensed session and the memories all take their failures from here, so that they agree.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator

import msgspec

from sessions_platform.sessions.digest.words import clip_middle, flat
from sessions_platform.sessions.endings import text_of
from sessions_platform.sessions.jsontext import NotJson, parse
from sessions_platform.sessions.model import Message, Part, StagedSession

MODEL_CALL = "model call"
_JSON_LENGTH = 20_000
_ENDS_LENGTH = 8000
_RAISED = re.compile(r"^[ \t]*((?:\w+\.)*[A-Z]\w*(?:Error|Exception|Exit|Interrupt|Timeout)\b.*)", re.MULTILINE)
_SAID = re.compile(
    r"^[ \t]*(?:(?:fatal|panic|error|critical)(?:\[\w+\])?: .+|npm ERR! .+|E: .+|Error from server.*|Traceback \(most.*"
    r"|.{1,80}: (?:command not found|permission denied|no such file or directory|connection refused)[ \t]*)$",
    re.MULTILINE | re.IGNORECASE,
)
_VARYING = re.compile(r"<\w+:[A-Z0-9]+>|\b(?=\w*\d)[\w-]+\b|\d+|\"[^\"]{0,80}\"|'[^']{0,80}'")


class Failure(msgspec.Struct, frozen=True):
    """One failure. `index` is the message's within the slice, `text` its words as staged, `essence` its one line."""

    index: int
    turn: int
    agent: str
    tool: str
    label: str
    """`kubectl get` where the sub-command is known, else the tool."""
    text: str

    @property
    def essence(self) -> str:
        """What the error says at its core: the exception of a traceback, the message of a JSON error."""
        return essence_of(self.text)

    @property
    def shape(self) -> tuple[str, str]:
        """Equal for failures of one tool that differ only in numbers, names and ids."""
        return self.label, _VARYING.sub("#", flat(self.essence, 200)).lower()[:120]


def failures(staged: StagedSession) -> list[Failure]:
    """Every failure of a slice in the order of its messages."""
    found = [
        _of_call(index, message, part, error_text(part)) for index, message, part in calls(staged) if is_failed(part)
    ]
    found += _model_failures(staged)
    if (said := _said_at_the_end(staged)) is not None:
        found.append(said)
    return sorted(found, key=lambda failure: failure.index)


def calls(staged: StagedSession) -> Iterator[tuple[int, Message, Part]]:
    """Every tool part with its message and the message's index."""
    for index, message in enumerate(staged.messages):
        for part in message.parts:
            if part.type == "tool":
                yield index, message, part


def label_of(part: Part) -> str:
    """`kubectl get` where the sub-command is known, else the tool."""
    return flat(part.operation or part.tool_name or "", 80) or "tool"


def tool_of(part: Part) -> str:
    """The tool's name."""
    return flat(part.tool_name or "", 80) or "tool"


def is_failed(part: Part) -> bool:
    """Whether a tool part is a call that failed."""
    return part.tool_status == "error" or part.success is False


def error_text(part: Part) -> str:
    """The words of a failed call: the whole result where the message only repeats its beginning."""
    message, output = (part.error_message or "").strip(), part.tool_output or ""
    if message and not output[:4000].lstrip().startswith(message):
        return message
    return output if output.strip() else message or (part.error_type or "").strip() or "failed"


def essence_of(text: str) -> str:
    """One line of an error's words, at most 1,000 characters."""
    if "Traceback (most recent" in text[:_ENDS_LENGTH]:
        raised = _RAISED.findall(text[-_ENDS_LENGTH:]) or _RAISED.findall(text[:_ENDS_LENGTH])
        if raised:
            return flat(raised[-1])
    if len(text) <= _JSON_LENGTH and text.lstrip()[:1] == "{":
        return flat(_message_in(text) or text)
    return flat(text)


def verbatim(text: str, most: int) -> str:
    """An error's own words on one line; both ends of a long one."""
    if len(text) <= 4 * most:
        return clip_middle(flat(text, 4 * most), most)
    return clip_middle(f"{flat(text[: 2 * most], 2 * most)} … {flat(text[-2 * most :], 2 * most)}", most)


def _message_in(text: str) -> str:
    """The message inside a JSON error."""
    try:
        value = parse(text)
    except NotJson:
        return ""
    for _ in range(3):
        if isinstance(value, list) and value:
            value = value[0]
        if not isinstance(value, dict):
            break
        keys = ("error", "message", "detail", "error_message", "stderr", "content", "text")
        value = next((value[key] for key in keys if value.get(key)), None)
    return value if isinstance(value, str) else ""


def _of_call(index: int, message: Message, part: Part, words: str) -> Failure:
    agent = part.caller or message.agent_name
    return Failure(index, message.turn_index, agent, part.tool_name or "", label_of(part), words)


def _model_failures(staged: StagedSession) -> Iterator[Failure]:
    failed = [call for call in staged.model_calls if call.level == "ERROR"]
    if not failed:
        return
    by_row = {message.observation_id: index for index, message in enumerate(staged.messages)}
    times = [message.created_at for message in staged.messages]
    for call in failed:
        index = by_row.get(call.observation_id, max(0, bisect_right(times, call.start_time) - 1))
        message = staged.messages[index] if index < len(staged.messages) else None
        own = message if message is not None and message.observation_id == call.observation_id else None
        said = flat(text_of(own), 300) if own is not None and own.role == "assistant" else ""
        turn = message.turn_index if message is not None else 0
        model = flat(call.model, 80) or "the model"
        words = f"call of {model} failed" + (f" after saying: {said}" if said else "")
        yield Failure(index, turn, call.agent_name, MODEL_CALL, MODEL_CALL, words)


def _said_at_the_end(staged: StagedSession) -> Failure | None:
    """The last tool result, where no evidence judged it but a line of it begins as errors do.

    Only the last one: in the middle, an agent that reads such lines in a log has not failed.
    """
    last = next(iter(reversed(list(calls(staged)))), None)
    if last is None:
        return None
    index, message, part = last
    output = part.tool_output or ""
    if is_failed(part) or part.success_basis not in (None, "default", "") or len(staged.messages) - index > 2:
        return None
    said = _SAID.search(output[:_ENDS_LENGTH]) or _SAID.search(output[-_ENDS_LENGTH:])
    if said is None:
        return None
    words = output if "Traceback (" in said.group() else said.group().strip()
    return _of_call(index, message, part, words)
