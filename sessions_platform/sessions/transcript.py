"""Everything that was said in a slice, as markdown: the file that a reader opens after the digest.

Texts stand verbatim between fences longer than any run of backticks within them, not indented: nothing of a text
changes, whatever line ends it has, and no line of it can end the fence. So a text is what lies between the line that
opens a fence and the line break before the one that closes it.
"""

import re
from collections.abc import Iterator

from sessions_platform.sessions.digest.words import flat
from sessions_platform.sessions.model import Message, Part, StagedSession

PART_BYTES = 15 * 2**20
"""The index refuses files above 16 MiB."""
_RUNS = re.compile(r"`{3,}")
_NAME = 120


def transcript_parts(staged: StagedSession, most_bytes: int = PART_BYTES) -> list[bytes]:
    """The transcript as UTF-8, in parts of at most `most_bytes` (at least 4) that joined are the whole.

    A part ends where a message does, if it can; a message that is longer than a part is cut at a character. Lone
    surrogates, which UTF-8 does not know, become `?`.
    """
    parts: list[bytes] = []
    pieces: list[bytes] = []
    held = 0
    for text in _texts(staged):
        data = text.encode("utf-8", "replace")
        if pieces and held + len(data) > most_bytes:
            parts.append(b"".join(pieces))
            pieces, held = [], 0
        if len(data) > most_bytes:
            *whole, data = _cut(data, max(4, most_bytes))
            parts += whole
        pieces.append(data)
        held += len(data)
    parts.append(b"".join(pieces))
    return parts


def _cut(data: bytes, most_bytes: int) -> list[bytes]:
    """Pieces of at most `most_bytes`, none of which ends inside a character."""
    pieces = []
    start = 0
    while len(data) - start > most_bytes:
        end = start + most_bytes
        while data[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(data[start:end])
        start = end
    return [*pieces, data[start:]]


def _texts(staged: StagedSession) -> Iterator[str]:
    yield f"# Transcript of {flat(staged.session_id, 300)} on {flat(staged.date, 20)}\n\n"
    for index, message in enumerate(staged.history):
        yield _message(f"h{index}", message)
    for index, message in enumerate(staged.messages):
        yield _message(f"m{index}", message)


def _message(name: str, message: Message) -> str:
    words = (name, flat(message.role, 20), flat(message.agent_name, _NAME) or "-", flat(message.created_at, 40))
    lines = [f"## {' '.join(words)}", ""]
    if message.asks:
        lines += [f"asks: {', '.join(flat(one, _NAME) for one in message.asks)}", ""]
    for part in message.parts:
        lines += _tool(part) if part.type == "tool" else _fenced(part.type, part.text)
    return "\n".join(lines) + "\n"


def _tool(part: Part) -> list[str]:
    """A line of what the call was, then its texts."""
    known = [
        ("tool", part.tool_name),
        ("operation", part.operation),
        ("id", part.tool_id),
        ("status", part.tool_status),
        ("caller", part.caller),
        ("error type", part.error_type),
    ]
    said = [f"{name} {flat(value, _NAME)}" for name, value in known if value]
    if part.duration_ms is not None and part.duration_ms >= 0:
        said.append(f"{part.duration_ms:.0f} ms")
    lines = [f"call: {' | '.join(said)}", "", *_fenced("input", part.tool_input), *_fenced("output", part.tool_output)]
    message, output = (part.error_message or "").strip(), part.tool_output or ""
    # What only repeats the beginning of the output is not said twice.
    repeated = output[: len(message) + 1000].lstrip().startswith(message)
    return lines if repeated else [*lines, *_fenced("error", part.error_message)]


def _fenced(name: str, text: str | None) -> list[str]:
    if not text:
        return []
    fence = "`" * max(3, 1 + max(map(len, _RUNS.findall(text)), default=0))
    return [f"{fence}{flat(name, 20)}", text, fence, ""]
