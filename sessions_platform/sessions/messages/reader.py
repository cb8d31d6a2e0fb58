"""`read`: the messages of one input or output."""

from typing import Any

from sessions_platform.sessions.messages.linking import link_results
from sessions_platform.sessions.messages.opening import Opened, json_text, open_value
from sessions_platform.sessions.messages.roles import default_role
from sessions_platform.sessions.messages.shapes import OBJECTS, TEXTS
from sessions_platform.sessions.messages.walk import Walk
from sessions_platform.sessions.model import ChatMessage, Reading, Side

EMPTY, TEXT, UNKNOWN, TRUNCATED = "empty", "text", "unknown", "truncated"


def read(value: Any, side: Side) -> Reading:
    """The messages of a row's `input` or `output`, as it came over the wire (usually a str or None). Never raises.

    `shape` is `empty` (no messages), `text` (plain text or a scalar: one message, of the user in an input, of the
    assistant in an output), `unknown` (JSON of no known shape) or `truncated` (JSON that was cut off), both kept whole
    as the text of one message; else the name of the shape, see `shapes`.
    """
    opened = open_value(value)
    if opened.value is None or opened.value == [] or opened.value == {}:
        return Reading([], EMPTY)
    if opened.truncated:
        return _one(opened, side, TRUNCATED)
    try:
        return _read(opened, side)
    except RecursionError:  # nested deeper than any conversation
        return _one(opened, side, UNKNOWN)


def _read(opened: Opened, side: Side) -> Reading:
    content = opened.value
    walk = Walk(side, OBJECTS, TEXTS)
    if isinstance(content, (dict, list)):
        if not walk.knows(content) and not _any_known(walk, content):
            return _one(opened, side, UNKNOWN)
        walk.value(content)
    else:
        walk.text(content if isinstance(content, str) else json_text(content))
    walk.finish()
    if walk.odd and not walk.name:
        return _one(opened, side, UNKNOWN)
    link_results(walk.messages)
    return Reading(walk.messages, walk.name or walk.wrapper or TEXT)


def _one(opened: Opened, side: Side, shape: str) -> Reading:
    """The whole value as one message, in the spelling it came in."""
    text = opened.text if opened.text is not None else json_text(opened.value)
    return Reading([ChatMessage(default_role(side), text)], shape)


def _any_known(walk: Walk, content: Any) -> bool:
    """A list whose first item is odd may still be a conversation."""
    return isinstance(content, list) and any(walk.knows(_opened(item)) for item in content)


def _opened(item: Any) -> Any:
    """An item that is JSON in a string, or a text of a known shape, is known by what is inside."""
    if not isinstance(item, str):
        return item
    if any(shape.recognise(item) for shape in TEXTS if not shape.input_only):
        return {"role": "user", "content": item}
    return open_value(item).value
