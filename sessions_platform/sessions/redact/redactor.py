"""The redactor of a run, and of each trace in it.

What belongs here: keyed tokens, and rows of the Langfuse API field by field. What does not: walking JSON
(documents.py), finding personal data in a text (engine.py, patterns.toml), knowing the names of a trace (known.py).
"""

import base64
import hmac
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import count
from typing import Any

from sessions_platform.sessions.redact.documents import NAMES, TEXT, Documents
from sessions_platform.sessions.redact.engine import TextEngine, is_token
from sessions_platform.sessions.redact.known import KnownNames
from sessions_platform.sessions.redact.memo import Memo
from sessions_platform.sessions.redact.normalisers import plain

_UNTOUCHED = frozenset(
    ["id", "traceId", "parentObservationId", "observationId", "projectId", "startTime", "endTime",
    "completionStartTime", "createdAt", "updatedAt", "timestamp", "type", "level", "dataType", "source",
    "configId", "queueId", "internalModelId", "modelId", "promptId"]
)  # fmt: skip
_NAMES = frozenset(("model", "providedModelName"))
_VERSIONS = ("version", "release")
# Four numbers with dots are a version here if the first is small, and an address everywhere else.
_VERSION = re.compile(r"v?(?:\d{1,5}(?:\.\d{1,6}){0,2}|\d(?:\.\d{1,6}){3})(?:[-+][0-9A-Za-z.]{1,16})?")
_NAMED_BY_CODE = frozenset(("AGENT", "TOOL"))
_MANY = 4096


class Redactor:
    """Redacts the rows of one run with one key. Tokens of two runs are the same if their keys are."""

    def __init__(self, key: bytes) -> None:
        if not key:
            raise ValueError("the redaction key is empty")
        self._key = key
        self.fingerprint = hmac.digest(key, b"fingerprint", "sha256").hex()[:16]
        self._hash = lru_cache(maxsize=65536)(self._hashed)
        self._memo = Memo()
        self._scopes: dict[tuple[frozenset[str], frozenset[str]], tuple[int, TextEngine]] = {}
        self._scope_numbers = count()
        self._plain = self.trace()
        self._session_id = lru_cache(maxsize=65536)(self._session_token)

    def token(self, class_: str, value: str) -> str:
        """`<class:…>`, 13 characters that depend on the key and the value, not on the class, case or outer blanks."""
        return f"<{class_}:{self._hash(plain(value))}>"

    def _hashed(self, normalised: str) -> str:
        digest = hmac.digest(self._key, normalised.encode("utf-8", "surrogatepass"), "sha256")
        return base64.b32encode(digest[:8]).decode().rstrip("=")

    def trace(self, known: Iterable[str] = (), users: Iterable[str] = ()) -> "TraceRedactor":
        """The redactor of one trace. `known`: `known_values` of all its rows; `users`: `user_ids` of all its rows."""
        return TraceRedactor(self, frozenset(known), frozenset(users))

    def session_id(self, value: str) -> str:
        """As it is, or `<session:…>` whole if personal data is found inside."""
        return self._session_id(value) if value else value

    def _session_token(self, value: str) -> str:
        if is_token(value) or self._plain.text(value) == value:
            return value
        return self.token("session", value)

    def documents(self, known: frozenset[str], users: frozenset[str], found: list[str]) -> Documents:
        """The walker for a set of known names; its memory is shared by all traces that know the same."""
        scope = self._scopes.get((known, users))
        if scope is None:
            if len(self._scopes) >= _MANY:
                self._scopes.clear()
                self._memo.clear()
            # A number never returns: a redactor made before the memory was emptied must not share its successor's.
            scope = (next(self._scope_numbers), TextEngine(self.token, KnownNames(known, users)))
            self._scopes[known, users] = scope
        return Documents(scope[0], scope[1], self._memo, self.token, self.session_id, users, found)


class TraceRedactor:
    """Redacts the rows of one trace. `counts`: replacements by class, also of texts seen before."""

    def __init__(self, redactor: Redactor, known: frozenset[str], users: frozenset[str]) -> None:
        self._redactor = redactor
        self._known = known
        self._users = users
        self._found: list[str] = []
        self._documents = redactor.documents(known, users, self._found)
        self.counts: Counter[str] = Counter()

    def text(self, value: str) -> str:
        """The text with personal data and secrets replaced by tokens; JSON inside stays JSON."""
        try:
            return self._documents.leaf(value, TEXT)
        finally:
            self._count()

    def observation(self, row: dict[str, Any]) -> dict[str, Any]:
        """A redacted copy of a row of GET /api/public/v2/observations, or of the older forms."""
        return self._row(row, _NAMES | {"name"} if row.get("type") in _NAMED_BY_CODE else _NAMES)

    def score(self, row: dict[str, Any]) -> dict[str, Any]:
        """A redacted copy of a row of GET /api/public/v3/scores."""
        return self._row(row, frozenset())

    def _row(self, row: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
        documents = self._documents_of(row)
        try:
            # Most of a row's columns are empty or exempt: they are passed over before anything is asked of them.
            return {
                documents.key(key): value
                if value is None or value == "" or key in _UNTOUCHED
                else self._field(documents, key, value, names)
                for key, value in row.items()
            }
        finally:
            self._count()

    def _field(self, documents: Documents, key: str, value: Any, names: frozenset[str]) -> Any:
        if key in ("userId", "authorUserId"):
            return documents.user(value)
        if not isinstance(value, (str, dict, list)):
            return value
        if key == "sessionId":
            return documents.session(value)
        if key in ("input", "output") and isinstance(value, str):
            return documents.whole(value)
        if key == "subject" and isinstance(value, dict):
            return self._subject(documents, value)
        if key == "metadata":
            return documents.metadata(value)
        if key == "tags" and isinstance(value, list):
            return [self._tag(documents, tag) for tag in value]
        if key in _VERSIONS and isinstance(value, str) and len(value) <= 40 and _VERSION.fullmatch(value):
            return value
        return documents.value(value, NAMES if key in names else TEXT)

    @staticmethod
    def _tag(documents: Documents, tag: Any) -> Any:
        """A tag; of `key:value` each side stands for itself, so that the colon is no part of a value."""
        if not isinstance(tag, str):
            return documents.value(tag, TEXT)
        whole = documents.leaf(tag, TEXT)
        key, colon, value = whole.partition(":")
        return f"{key}:{documents.leaf(value, TEXT)}" if colon and "<" not in key else whole

    def _subject(self, documents: Documents, subject: dict[str, Any]) -> dict[str, Any]:
        """What a score is about: ids stay, but that of a session is treated as session ids are."""
        rest = {key: value for key, value in subject.items() if key != "id"}
        own = {key: value if key in _UNTOUCHED else documents.value(value, TEXT) for key, value in rest.items()}
        identity = subject.get("id")
        return own | {"id": documents.session(identity) if subject.get("kind") == "session" else identity}

    def _documents_of(self, row: dict[str, Any]) -> Documents:
        """The trace's walker; one that knows one user id more if only this row has it."""
        user = row.get("userId")
        if not isinstance(user, str) or not user or user in self._users:
            return self._documents
        return self._redactor.documents(self._known, self._users | {user}, self._found)

    def _count(self) -> None:
        self.counts.update(self._found)
        self._found.clear()
