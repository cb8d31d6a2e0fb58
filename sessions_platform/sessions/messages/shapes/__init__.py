"""The shapes, one module a family, in the order in which they are tried.

A new tracer is one module with its `Shape`s and one line here. Before a shape stands every shape that is narrower than
it: an object goes to the first that recognises it.
"""

from sessions_platform.sessions.messages.shapes import (
    agents,
    anthropic,
    chat,
    events,
    genai,
    google,
    langchain,
    openai,
    openinference,
    otlp,
    plain,
    pydantic_ai,
    transcript,
    vercel,
    wrappers,
)
from sessions_platform.sessions.messages.walk import Shape

OBJECTS: tuple[Shape, ...] = (
    *genai.SHAPES,
    *pydantic_ai.SHAPES,
    *google.SHAPES,
    *openai.SHAPES,
    *langchain.SHAPES,
    *anthropic.SHAPES,
    *chat.SHAPES,
    *agents.SHAPES,
    *events.SHAPES,
    *openinference.SHAPES,
    *vercel.SHAPES,
    *otlp.SHAPES,
    *wrappers.SHAPES,
    *plain.SHAPES,
)
"""For JSON objects, alone or in a list."""

TEXTS: tuple[Shape, ...] = (
    *agents.TEXT_SHAPES,
    *transcript.TEXT_SHAPES,
)
"""For strings that are not JSON."""
