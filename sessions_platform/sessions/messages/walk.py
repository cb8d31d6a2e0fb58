"""The way through an opened value: every object in it goes to the first shape that recognises it.

Knows lists, nesting and strings; knows no tracer.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sessions_platform.sessions.messages.draft import Draft
from sessions_platform.sessions.messages.opening import json_text, open_value
from sessions_platform.sessions.messages.roles import default_role, is_role, role_of
from sessions_platform.sessions.model import ChatMessage, Role, Side

_MAX_DEPTH = 16


class Shape(NamedTuple):
    """One way in which a message, or something that holds messages, is written down.

    `recognise` looks at keys only, and must be cheap: it is asked for every object. `read` appends to the walk.
    """

    name: str
    recognise: Callable[[Any], bool]
    read: Callable[[Any, "Walk"], None]
    continues: bool = False
    """Neighbours of this shape can be pieces of one message (`Walk.draft`)."""
    wraps: bool = False
    """Only holds other shapes, whose name tells more."""
    certain: frozenset[str] = frozenset()
    """An object with a role, a content and no keys but these is of this shape: no shape before it can claim it."""
    input_only: bool = False
    """Not looked for in an output, where it is more likely to be what was said."""


Table = Sequence[Shape]


class Walk:
    """The messages found so far in one input or output."""

    def __init__(self, side: Side, objects: Table, texts: Table) -> None:
        self.side: Side = side
        self.role: Role = default_role(side)
        self.messages: list[ChatMessage] = []
        self.draft: Draft | None = None
        self.name = ""
        self.wrapper = ""
        self.odd = False
        """Whether an object was met that no shape recognised."""
        self._objects = objects
        self._certain = tuple([shape for shape in objects if shape.certain])
        self._texts = texts
        self._depth = 0

    def value(self, value: Any) -> None:
        """Reads whatever stands where messages may stand."""
        if isinstance(value, str):
            self.text(value)
        elif isinstance(value, list):
            self._deeper(self._items, value)
        elif isinstance(value, dict):
            self._deeper(self._object, value)
        elif value is not None:
            self.say(json_text(value))

    def say(self, text: str, role: Role | None = None) -> None:
        """Appends a message of plain text."""
        self.finish()
        self.messages.append(ChatMessage(role or self.role, text))

    def text(self, text: str) -> None:
        """Reads a string: JSON of a known shape, a known text shape, or plain words."""
        opened = open_value(text).value if text[:1] in ("{", "[", '"') else text
        if isinstance(opened, (dict, list)) and self.knows(opened):
            self.value(opened)
            return
        for shape in self._texts:
            if (self.side == "input" or not shape.input_only) and shape.recognise(text):
                self.finish()
                self.name = self.name or shape.name
                shape.read(text, self)
                return
        self.say(text)

    def knows(self, value: Any) -> bool:
        """Whether some shape recognises this object, or the first one of this list."""
        while isinstance(value, list) and value:
            if _is_pair(value):
                return True
            value = value[0]
        return isinstance(value, dict) and self._find(value) is not None

    def within(self, role: Role, value: Any) -> None:
        """Reads a value whose speaker, if it does not say it, is `role`."""
        outer, self.role = self.role, role
        try:
            self.value(value)
        finally:
            self.finish()
            self.role = outer

    def finish(self) -> None:
        """Closes the message whose pieces were being collected."""
        if self.draft is not None:
            self.draft.close()
            self.draft = None

    def _items(self, items: list[Any]) -> None:
        if _is_pair(items):
            self.within(role_of(items[0], self.role), items[1])
            return
        for item in items:
            if item.__class__ is dict:  # nearly always, and in long histories the time it takes counts
                self._object(item)
            else:
                self.value(item)

    def _object(self, item: dict[str, Any]) -> None:
        shape = self._find(item)
        if shape is None:
            self.odd = True
            self.say(json_text(item))
            return
        if self.draft is not None and not shape.continues:
            self.finish()
        if shape.wraps:
            self.wrapper = self.wrapper or shape.name
        elif not self.name:
            self.name = shape.name
        shape.read(item, self)

    def _find(self, item: dict[str, Any]) -> Shape | None:
        for shape in self._certain:  # nearly every message of a long history is one of these
            if shape.certain >= item.keys() and item.get("role").__class__ is str and "content" in item:
                return shape
        for shape in self._objects:
            if shape.recognise(item):
                return shape
        return None

    def _deeper(self, read: Callable[[Any], None], value: Any) -> None:
        if self._depth >= _MAX_DEPTH:
            self.say(json_text(value))
            return
        self._depth += 1
        read(value)
        self._depth -= 1


def _is_pair(items: list[Any]) -> bool:
    """`["user", "hello"]`, LangChain's shorthand for a message."""
    return len(items) == 2 and isinstance(items[1], str) and is_role(items[0])
