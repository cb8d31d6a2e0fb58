"""A slice cut down to what a commit's models need of it: its beginning, every error, its end.

A session of 400 KB committed whole costs 113,000 prompt tokens; 24 KB of messages are about 6,000. Nothing is reworded:
texts are cut, messages left out, and both are marked.
"""

from collections.abc import Callable

import msgspec

from sessions_platform.sessions.digest.failures import failures
from sessions_platform.sessions.digest.words import clip, plural
from sessions_platform.sessions.model import Message, Part, StagedSession

CONDENSED_BYTES = 24 * 1024
FIRST, LAST = 6, 8
OUTPUT_CHARACTERS = 300
_SHORTEST = 80
"""Characters that a text keeps at least, before errors are left out."""
_NAME = 100
_PARTS = 8
_encoder = msgspec.json.Encoder()


def condensed(staged: StagedSession, most_bytes: int = CONDENSED_BYTES) -> list[Message]:
    """The first 6 messages, every error and the last 8, in order: at most `most_bytes` as JSON in UTF-8.

    A slice that fits comes whole, but for reasoning. Otherwise every text is cut to the same length, outputs to at most
    300 characters; where even that is too much, the newest errors stay. What is left out is counted in a text part of
    the message after it.
    """
    messages = staged.messages
    if sum(_least(message) for message in messages) <= most_bytes:
        whole = [_cut(message, None) for message in messages]
        if json_bytes(whole) <= most_bytes:
            return whole
    errors = sorted({failure.index for failure in failures(staged) if failure.index < len(messages)})
    first, last = list(range(len(messages)))[:FIRST], list(range(len(messages)))[-LAST:]

    def chosen(errors_kept: int, characters: int) -> list[Message]:
        return _condensed(messages, {*first, *last, *errors[len(errors) - errors_kept :]}, errors, characters)

    def fits(made: list[Message]) -> bool:
        return json_bytes(made) <= most_bytes

    kept = _most(len(errors), lambda count: fits(chosen(count, _SHORTEST)))
    characters = _most(most_bytes, lambda length: fits(chosen(kept, length)))
    made = chosen(kept, characters)
    while made and not fits(made):
        # Only where the limit is far below what ever stands in a configuration.
        made = made[1:]
    return made


def json_bytes(messages: list[Message]) -> int:
    """Size of messages as JSON in UTF-8."""
    return len(_encoder.encode(messages))


def _most(limit: int, fits: Callable[[int], bool]) -> int:
    """The largest number up to `limit` that fits, 0 if none does; what fits is taken to fit with less, too."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def _condensed(messages: list[Message], kept: set[int], errors: list[int], characters: int) -> list[Message]:
    made = []
    next_index = 0
    for index in sorted(kept):
        message = _cut(messages[index], characters)
        if index > next_index:
            lost = sum(next_index <= error < index for error in errors)
            of_which = f", {lost} of them with errors" if lost else ""
            gap = f"({plural(index - next_index, 'message')} left out{of_which})"
            message.parts.insert(0, Part("text", text=gap))
        made.append(message)
        next_index = index + 1
    return made


def _cut(message: Message, characters: int | None) -> Message:
    """A copy of the message without reasoning, its texts cut to `characters` (None: not at all)."""
    parts = [part for part in message.parts if part.type in ("text", "tool")]
    more = len(parts) - _PARTS
    if characters is not None and more > 0:
        parts = [*parts[:_PARTS], Part("text", text=f"({plural(more, 'part')} left out)")]
    return Message(
        _clean(message.role, _NAME),
        _clean(message.agent_name, _NAME),
        _clean(message.created_at, _NAME),
        _clean(message.trace_id, _NAME),
        _clean(message.observation_id, _NAME),
        message.turn_index,
        message.is_utterance,
        [_part(part, characters) for part in parts],
        opens_turn=message.opens_turn,
    )


def _part(part: Part, characters: int | None) -> Part:
    if part.type == "text":
        return Part("text", text=_clean(part.text or "", characters))
    output = characters if characters is None else min(characters, OUTPUT_CHARACTERS)
    return Part(
        "tool",
        tool_id=_clean(part.tool_id or "", _NAME),
        tool_name=_clean(part.tool_name or "", _NAME),
        tool_input=_clean(part.tool_input or "", output),
        tool_output=_clean(part.tool_output or "", output),
        tool_status=_clean(part.tool_status or "", _NAME),
        duration_ms=part.duration_ms,
        success=part.success,
        error_message=_clean(part.error_message, output) if part.error_message else None,
    )


def _clean(text: str, most: int | None) -> str:
    """The text, cut, without lone surrogates: they could not be sent."""
    cut = text if most is None else clip(text[: most + 2], max(1, most))
    return cut if cut.isascii() else cut.encode("utf-8", "replace").decode()


def _least(message: Message) -> int:
    """Bytes that a message has at least: enough to see that a large session does not fit without encoding it."""
    return 120 + sum(len(p.text or "") + len(p.tool_output or "") + len(p.tool_input or "") for p in message.parts)
