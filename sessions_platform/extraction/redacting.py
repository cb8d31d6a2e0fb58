"""One row through the redactor at a time, whatever threads ask.

A redactor shares what it remembers among traces and is not made for threads. One row at a time loses nothing:
redaction holds the interpreter anyway, and fetching and compressing go on beside it. How text is redacted stands in
`sessions.redact`.
"""

import threading
from collections import Counter
from typing import Literal

from sessions_platform.extraction.shapes import Identity, Redacting, Row

_ONE = threading.Lock()


def redact(
    redactor: Redacting,
    identity: Identity,
    row: Row,
    counts: Counter[str],
    kind: Literal["observation", "score"] = "observation",
) -> Row:
    """The row with every string redacted as one of a trace of this identity; `counts` takes what was replaced."""
    with _ONE:
        trace = redactor.trace(identity.names, identity.users)
        redacted = trace.observation(row) if kind == "observation" else trace.score(row)
        counts.update(trace.counts)
    return redacted
