"""Finding sessions and reading one: by meaning in the index, by exact strings in tables and staged texts.

    search = SessionSearch.of(load_settings())
    for found in search.find("checkout does not answer", since="2026-11-01", tags=["outcome=failed"]).results: ...

`session_search` is what others use; `meaning`, `strings` and `reading` are its three answers, `answers` their shapes.
Nothing here writes. Pages, the API and the analyst show what comes from here and ask nothing of the index themselves.
"""

from sessions_platform.search.answers import (
    Answer,
    BadSearch,
    Document,
    ExactAnswer,
    Found,
    SessionView,
    SliceView,
    UnknownSession,
)
from sessions_platform.search.session_search import SessionSearch

__all__ = [
    "Answer",
    "BadSearch",
    "Document",
    "ExactAnswer",
    "Found",
    "SessionSearch",
    "SessionView",
    "SliceView",
    "UnknownSession",
]
