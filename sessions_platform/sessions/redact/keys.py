"""What the key of a JSON object or of metadata says about its value.

What belongs here: sorting keys into the few kinds that change how a value is redacted. What does not: the values
(documents.py).
"""

import re
from functools import lru_cache
from typing import Literal

Kind = Literal["plain", "user", "session", "name", "secret", "told"]

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_USER = re.compile(r"(?:^|\.)(?:(?:end)?user\.?id|langfuse\.user\.id|userid)$")
_SESSION = re.compile(r"(?:^|\.)(?:session\.?id|conversation\.id|langfuse\.session\.id|thread\.id)$")
_NAME = re.compile(
    r"(?:^|\.)(?:agent\.name|tool\.name|(?:request|response)\.model|model(?:\.name|\.id)?|service\.(?:name|version)"
    r"|scope\.(?:name|version)"
    r"|telemetry\.sdk\.[a-z.]+|provider\.name|operation\.name|function\.name|toolname|tool|agent)$"
)
_SECRET = re.compile(
    r"(?:^|\.)(?:[a-z0-9]*pass(?:word|wd|phrase|code)|pwd|[a-z0-9.]*secret(?:\.(?:access\.)?key|\.value)?|api\.?key"
    r"|access\.?key|auth\.?key"
    r"|private\.?key|(?:[a-z0-9]+\.)*token|credentials?|authorization)$"
)
_TOLD = re.compile(
    r"phone|tel\b|mobile|cell|fax|whatsapp|msisdn|ssn|social|account|subscription|tenant|project|version|release|secret|token|key|passw|pwd"
    r"|authorization|owner|card"
)


def words(key: str) -> list[str]:
    """The words of a key in lower case: attributes.user_fullName -> attributes, user, full, name."""
    return [word for word in re.split(r"[^A-Za-z0-9]+", _CAMEL.sub(".", key).casefold()) if word]


@lru_cache(maxsize=16384)
def kind(key: str) -> Kind:
    """`user` and `session` ids, `name` of agent, tool or model, `secret`, a key that tells (`phone`), or `plain`."""
    if len(key) > 200:
        return "plain"
    dotted = ".".join(words(key))
    for expression, name in _KINDS:
        if expression.search(dotted):
            return name
    return "plain"


_KINDS: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (_USER, "user"),
    (_SESSION, "session"),
    (_NAME, "name"),
    (_SECRET, "secret"),
    (_TOLD, "told"),
)


def is_user_key(key: str) -> bool:
    """user.id, user_id, userId, attributes.enduser.id, langfuse_user_id."""
    return kind(key) == "user"
