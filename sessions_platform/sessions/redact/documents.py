"""Walks JSON, and JSON in a string in JSON, and redacts every key and string of it.

What belongs here: what place in a document means for a value. What does not: single texts (engine.py), the fields
of rows (redactor.py).
"""

from collections.abc import Callable
from typing import Any

from sessions_platform.sessions import jsontext
from sessions_platform.sessions.redact.engine import TextEngine, is_token
from sessions_platform.sessions.redact.keys import kind
from sessions_platform.sessions.redact.memo import Memo
from sessions_platform.sessions.redact.secret_validators import plausible_secret

TEXT = 0
NAMES = 1
_OPENERS = ("{", "[", '"')
_SHORTEST = 4
_MANY_KEYS = 10_000
_SPEAKERS = frozenset(("assistant", "system", "tool", "function", "developer", "model", "ai", "agent"))
_CALL_KEYS = frozenset(
    ["arguments", "args", "tool_call_id", "toolCallId", "call_id", "tool_use_id", "parameters", "input_schema",
    "inputSchema"]
)  # fmt: skip
_CALL_TYPES = frozenset(
    ["tool_call", "tool-call", "tool_use", "tool-use", "tool_result", "tool-result", "tool_call_response",
    "function", "function_call", "tool", "server_tool_use"]
)  # fmt: skip


class Documents:
    """The walker for one set of known names and user ids.

    What is replaced is noted in `found`, one class a replacement.
    """

    def __init__(
        self,
        scope: int,
        engine: TextEngine,
        memo: Memo,
        token: Callable[[str, str], str],
        session_id: Callable[[str], str],
        users: frozenset[str],
        found: list[str],
    ) -> None:
        self._scope = scope
        self._engine = engine
        self._memo = memo
        self._token = token
        self._session_id = session_id
        self._users = users
        self._found = found
        self._strings = 0
        self._clean_keys: set[str] = set()

    def user(self, value: Any) -> str | None:
        """The token of a user id, always."""
        return self._whole("user", str(value)) if value is not None and str(value) else value

    def session(self, value: Any) -> Any:
        """A session id: as it is, or a token."""
        if not isinstance(value, str) or not value:
            return value
        redacted = self._session_id(value)
        if redacted != value:
            self._found.append("session")
        return redacted

    def metadata(self, value: Any) -> Any:
        """Metadata, in which user and session ids are told by their keys; as an object or as JSON text."""
        if isinstance(value, str):
            return self._document(value, TEXT, metadata=True)
        return self.value(value, TEXT, metadata=True)

    def whole(self, value: str) -> str:
        """An input or output. It is not remembered: it grows with every generation, its leaves are what comes again."""
        return self._document(value, TEXT) if value.lstrip()[:1] in _OPENERS[:2] else self.leaf(value, TEXT)

    def leaf(self, value: str, mode: int | str) -> str:
        """One string, the same object if nothing changed.

        `mode`: TEXT, NAMES, or the key that stands before the value.
        """
        if len(value) < _SHORTEST:
            return value
        key = (self._scope, mode, value)
        entry = self._memo.young.get(key) or self._memo.get(key)
        if entry is None:
            before = len(self._found)
            redacted = self._document(value, mode) if value.lstrip()[:1] in _OPENERS else self._plain(value, mode)
            self._memo.put(key, (None if redacted == value else redacted, tuple(self._found[before:])))
            return redacted
        if entry[1]:
            self._found.extend(entry[1])
        return value if entry[0] is None else entry[0]

    def value(self, value: Any, mode: int, metadata: bool = False) -> Any:
        """Any JSON value, the same object if nothing changed."""
        if isinstance(value, str):
            self._strings += 1
            return self.leaf(value, mode)
        if isinstance(value, dict):
            return self._object(value, metadata)
        if isinstance(value, list):
            items = [self.value(item, mode, metadata) for item in value]
            return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
        return self._number(value, TEXT)

    def _whole(self, class_: str, value: str) -> str:
        if is_token(value):
            return value
        self._found.append(class_)
        return self._token(class_, value)

    def _plain(self, value: str, mode: int | str) -> str:
        lead = f"{mode}: " if isinstance(mode, str) else ""
        data = (lead + value).encode("utf-8", "surrogatepass")
        redacted, classes = self._engine.redact(data, names=mode == NAMES)
        if not classes:
            return value
        text = redacted.decode("utf-8", "surrogatepass")
        if not text.startswith(lead):  # the key itself was personal: it says nothing then
            return self.leaf(value, TEXT)
        self._found.extend(classes)
        return text[len(lead) :]

    def _document(self, text: str, mode: int | str, metadata: bool = False) -> str:
        """JSON text with its strings redacted; as it was, byte for byte, if nothing changed."""
        before, strings = len(self._found), self._strings
        self._strings = 0
        try:
            value = jsontext.parse(text)
            redacted = self.value(value, mode if isinstance(mode, int) else TEXT, metadata)
            lost = _quoted(text) != self._strings
        except (jsontext.NotJson, RecursionError):
            del self._found[before:]
            return self._plain(text, mode)
        finally:
            self._strings = strings
        # A key given twice hides its first value from every reader but those of the raw text: it goes.
        return jsontext.dump(redacted) if lost or redacted is not value else text

    def _object(self, value: dict[str, Any], metadata: bool) -> dict[str, Any]:
        redacted: dict[str, Any] = {}
        changed = False
        self._strings += len(value)
        for key, item in value.items():
            new_key = key if key in self._clean_keys else self.key(key)
            new_item = self._member(value, key, item, metadata)
            if new_key is not key or new_item is not item:
                changed = True
                while new_key in redacted:
                    new_key += "#"
            redacted[new_key] = new_item
        return redacted if changed else value

    def key(self, key: str) -> str:
        """The key of an object: keys come again and again, so those that stay are known by heart."""
        if key in self._clean_keys:
            return key
        redacted = self.leaf(key, TEXT)
        if redacted is key and len(key) <= 64 and len(self._clean_keys) < _MANY_KEYS:
            self._clean_keys.add(key)
        return redacted

    def _member(self, parent: dict[str, Any], key: str, item: Any, metadata: bool) -> Any:
        if isinstance(item, (dict, list)):
            return self.value(item, TEXT, metadata)
        if item is None or item == "" or isinstance(item, bool):
            self._strings += item == ""
            return item
        meaning = kind(key)
        if meaning == "plain":
            if key == "value" and isinstance(told := parent.get("name", parent.get("key")), str):
                key, meaning = told, kind(told)
            elif key == "name" and _names_code(parent):
                meaning = "name"
        if isinstance(item, str):
            self._strings += 1
            return self._told_string(meaning, key, item, metadata)
        return self._told_number(meaning, key, item, metadata)

    def _told_string(self, meaning: str, key: str, item: str, metadata: bool) -> str:
        if meaning == "plain":
            return self.leaf(item, TEXT)
        if meaning == "user" and (metadata or item in self._users):
            return self._whole("user", item)
        if meaning == "session" and metadata:
            return str(self.session(item))
        if meaning == "secret" and plausible_secret(key, item):
            return self._whole("secret", item)
        if meaning in ("secret", "told"):
            return self.leaf(item, key)
        return self.leaf(item, NAMES if meaning == "name" else TEXT)

    def _told_number(self, meaning: str, key: str, item: Any, metadata: bool) -> Any:
        if meaning == "user" and (metadata or str(item) in self._users):
            return self._whole("user", str(item))
        if meaning == "secret" and plausible_secret(key, str(item)):
            return self._whole("secret", str(item))
        return self._number(item, key if meaning in ("secret", "told") else TEXT)

    def _number(self, value: Any, mode: int | str) -> Any:
        """Whole numbers that are as long as a card's, or that their key calls a telephone or account number."""
        if type(value) is not int or not (
            10**6 <= value < 10**19 if isinstance(mode, str) else 10**14 <= value < 10**16
        ):
            return value
        text = str(value)
        redacted = self.leaf(text, mode)
        return value if redacted == text else redacted


def _names_code(parent: dict[str, Any]) -> bool:
    """Whether `name` stands beside a role or the parts of a tool call: then it is an agent's or a tool's."""
    role = parent.get("role")
    if isinstance(role, str):
        return role in _SPEAKERS
    return not _CALL_KEYS.isdisjoint(parent) or parent.get("type") in _CALL_TYPES


def _quoted(text: str) -> int:
    """How many strings stand in valid JSON text."""
    if "\\" not in text:
        return text.count('"') // 2
    plain = text.replace("\\\\", "")
    return (plain.count('"') - plain.count('\\"')) // 2
