"""Names known from the user metadata of a trace: which they are, and where a text has them.

What belongs here: reading names and user ids off the metadata of rows, and finding them again. What does not: free
names that nothing announces (out of scope: that needs a language model), e-mail addresses and keys (patterns.toml).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import re2

from sessions_platform.sessions.jsontext import decode_nested
from sessions_platform.sessions.redact.keys import is_user_key, words

_OWNERS = frozenset(
    ["user", "users", "enduser", "customer", "client", "person", "requester", "requestor", "author", "contact",
    "account", "member", "caller", "patient", "employee", "assignee", "reporter", "owner", "profile",
    "identity", "attributes", "metadata", "langfuse", "traceloop", "resourceattributes"]
)  # fmt: skip
_NOT_PEOPLE = frozenset(
    ["agent", "agents", "tool", "tools", "model", "service", "host", "scope", "library", "gen", "ai", "llm",
    "prompt", "function", "sdk", "server", "db", "database", "file", "project", "environment", "dataset",
    "span", "trace", "session", "graph", "node", "workflow", "task", "app", "application", "process", "thread",
    "queue", "cloud", "k8s"]
)  # fmt: skip
_STOP = frozenset(
    ["user", "users", "admin", "administrator", "test", "tester", "testing", "unknown", "anonymous", "default",
    "annotator", "none", "null", "guest", "root", "system", "assistant", "agent", "bot", "customer", "client",
    "demo", "example", "human", "person", "name", "support", "info", "service", "sales", "contact", "noreply",
    "no-reply", "reply", "hello", "mail", "email", "office", "team", "help", "account", "owner", "member",
    "public", "private", "dev", "prod", "staging", "true", "false", "undefined", "n/a", "na", "local",
    "localhost", "api", "internal", "external", "operator", "developer", "manager", "employee"]
)  # fmt: skip
_MAX_WORDS = 5
_SINGLE = 4


def known_values(row: dict[str, Any]) -> set[str]:
    """Names and e-mail addresses in the row's user metadata, and its user id if that is a handle (has a digit or
    a sign).
    """
    found: set[str] = set()
    metadata = row.get("metadata")
    if isinstance(metadata, str):
        metadata = decode_nested(metadata)
    for path, value in _leaves(metadata, ()):
        if _tells_a_person(path) and _plausible(value):
            found.add(" ".join(value.split()))
    found.update(user for user in user_ids(row) if _handle(user))
    return found


def user_ids(row: dict[str, Any]) -> set[str]:
    """The ids of the row's user: its userId, and those in its metadata."""
    ids = {row["userId"]} if isinstance(row.get("userId"), str) else set()
    metadata = row.get("metadata")
    if isinstance(metadata, dict):
        ids |= {str(value) for path, value in _leaves(metadata, ()) if is_user_key(".".join(path))}
    return {user for user in ids if user.strip()}


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, str) and value[:1] in ("{", "["):
        value = decode_nested(value)
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, str(key)))
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, path)
    elif isinstance(value, str):
        yield path, value


@lru_cache(maxsize=16384)
def _tells_a_person(path: tuple[str, ...]) -> bool:
    """user.name, user_email, customerName, email, full_name: not agent.name, not service.name, not name alone."""
    parts = [word for key in path for word in words(key)]
    if not parts or _NOT_PEOPLE.intersection(parts):
        return False
    last, before = parts[-1], parts[:-1]
    if last in ("email", "mail", "username", "fullname", "surname", "firstname", "lastname", "displayname"):
        return True
    if last != "name" or not before:
        return False
    kinds = ("full", "first", "last", "display", "given", "family", "real", "nick")
    return before[-1] in kinds or (before[-1] in _OWNERS and before[-1] not in ("attributes", "metadata", "langfuse"))


def _plausible(value: str) -> bool:
    name = value.strip()
    folded = name.casefold()
    if not 3 <= len(name) <= 120 or folded in _STOP or len(name.split()) > _MAX_WORDS:
        return False
    return any(character.isalpha() for character in name) and not all(
        word in _STOP for word in re.split(r"[\s._-]+", folded)
    )


def _handle(user: str) -> bool:
    """Not a plain word, which a text may hold by chance, nor a plain number."""
    return (
        len(user) >= 5
        and user.casefold() not in _STOP
        and _plausible(user)
        and re.search(r"[\d._@:|-]", user) is not None
    )


def _utf8() -> Any:
    chosen = re2.Options()
    chosen.log_errors = False
    return chosen


class KnownNames:
    """Finds known names, word-bounded and in any case;
    single first names and surnames only where they are capitalised.
    """

    def __init__(self, known: Iterable[str] = (), users: Iterable[str] = ()) -> None:
        self._users = frozenset(user.casefold() for user in users)
        loose: set[str] = set()
        strict: set[str] = set()
        for value in known:
            _spellings(value, loose, strict)
        self._expression = self._compile(loose, strict)

    @staticmethod
    def _compile(loose: set[str], strict: set[str]) -> Any:
        parts = [f"(?i:{item})" for item in sorted(loose, key=lambda item: (-len(item), item))]
        parts += sorted(strict, key=lambda item: (-len(item), item))
        return re2.compile("|".join(parts).encode(), _utf8()) if parts else None

    def find(self, data: bytes) -> Iterator[tuple[int, int, str, bytes]]:
        """(start, end, class, value) of each known name in the text, left to right."""
        if self._expression is None:
            return
        position = 0
        while (match := self._expression.search(data, position)) is not None:
            start, end = match.span()
            if _free(data, start, end):
                value = data[start:end]
                yield start, end, self._class(value), _canonical(value)
                position = end
            else:
                position = start + 1

    def _class(self, value: bytes) -> str:
        if value.decode("utf-8", "replace").casefold() in self._users:
            return "user"
        return "email" if b"@" in value else "name"


def _canonical(value: bytes) -> bytes:
    """`Novak,  Anna` is Anna Novak."""
    last, comma, first = value.partition(b",")
    return first.strip() + b" " + last if comma else value


def _spellings(value: str, loose: set[str], strict: set[str]) -> None:
    """Adds the expressions that find a known value: loose ones in any case, strict ones as written."""
    if not _plausible(value):
        return
    local, at, _ = value.partition("@")
    for form in {unicodedata.normalize("NFC", value), unicodedata.normalize("NFD", value)}:
        loose.add(r"\s+".join(re2.escape(word) for word in form.split()))
    name = local if at else value
    parts = [part for part in re.split(r"[\s._-]+", name.strip()) if part]
    alphabetic = len(parts) >= 2 and all(part.replace("'", "").isalpha() for part in parts) and len(parts) <= _MAX_WORDS
    if at and (alphabetic or (len(local) >= 5 and local.casefold() not in _STOP and re.search(r"\d|[._-]", local))):
        loose.add(re2.escape(local))
    if alphabetic:
        _name_spellings(parts, loose, strict)


def _name_spellings(parts: list[str], loose: set[str], strict: set[str]) -> None:
    first, last = parts[0], parts[-1]
    if len(first) + len(last) < 6 or {first.casefold(), last.casefold()} & _STOP:
        return
    if len(first) > 1 and len(last) > 1:
        loose.add(rf"{re2.escape(first)}[\s._-]*{re2.escape(last)}")
        loose.add(rf"{re2.escape(last)}(?:,\s*|[._-]){re2.escape(first)}")
        loose.add(r"[\s._-]*".join(re2.escape(part) for part in parts))
    if len(last) >= _SIZE_OF_SURNAME_IN_HANDLE:
        loose.add(rf"{re2.escape(first[0])}[._-]?{re2.escape(last)}")
    for part in parts:
        if len(part) >= _SINGLE and part.casefold() not in _STOP:
            strict.update(re2.escape(spelling) for spelling in (part.capitalize(), part.upper()))


_SIZE_OF_SURNAME_IN_HANDLE = 5


def _free(data: bytes, start: int, end: int) -> bool:
    """No letter or digit on either side; the letter of an escape such as \\n is none."""
    before = data[max(0, start - 6) : start]
    if re.search(rb"(?:\\[nrtbf]|\\u[0-9A-Fa-f]{4}|%[0-9A-Fa-f]{2})$", before) is None and _alphanumeric(before, -1):
        return False
    return not _alphanumeric(data[end : end + 4], 0)


def _alphanumeric(piece: bytes, place: int) -> bool:
    text = piece.decode("utf-8", "ignore")
    return bool(text) and text[place].isalnum()
