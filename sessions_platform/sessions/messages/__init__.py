"""From one `input` or `output` of a Langfuse row to messages.

Tracers disagree on how a conversation is written down; here every known way becomes `ChatMessage`s. What belongs here
is the reading of *one* value. Which of the messages are new in a session, and who said them, is decided where rows
are assembled.

- `read(value, side)`: the messages of a GENERATION, EVENT or enclosing row, and the name of the shape they had.
- `read_tool_result(value)`: the output of a TOOL row, one `tool` message.
- `read_tool_arguments(value)`: the input of a TOOL row, as text.

None of them raises, whatever the value. How it works: `opening` undoes the encodings around a value, `walk` goes
through it and hands each object to the first of `shapes.SHAPES` that recognises it, `draft`, `parts`, `calls` and
`results` read what all shapes have in common, `linking` gives results the ids their tracer left out.
"""

from sessions_platform.sessions.messages.reader import read
from sessions_platform.sessions.messages.tool_io import read_tool_arguments, read_tool_result

__all__ = ["read", "read_tool_arguments", "read_tool_result"]
