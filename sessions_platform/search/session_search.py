"""SessionSearch: the one door to searching and reading sessions, for commands, the API and the analyst.

Each question has two names: `find` for those who wait, `afind` for those who run in an event loop.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import date
from functools import cached_property, wraps
from typing import Any, ParamSpec, TypeVar

from sessions_platform.analytics import SessionAnalytics
from sessions_platform.errors import ConfigurationError
from sessions_platform.resources.object_store import ObjectStore, open_store
from sessions_platform.resources.openviking import OpenVikingClient
from sessions_platform.resources.platform import OpenVikingResource
from sessions_platform.search.answers import (
    Answer,
    BadSearch,
    Document,
    ExactAnswer,
    SessionView,
    Span,
    checked_limit,
)
from sessions_platform.search.meaning import checked_tags, find_by_meaning
from sessions_platform.search.reading import Kind, SessionReader
from sessions_platform.search.strings import Progress, find_string
from sessions_platform.settings import Settings

Day = date | str | None
_LEVELS = (0, 1, 2)
Asked = ParamSpec("Asked")
Answered = TypeVar("Answered")


def _waiting(ask: Callable[Asked, Coroutine[Any, Any, Answered]]) -> Callable[Asked, Answered]:
    """The same question for those outside an event loop."""

    @wraps(ask)
    def answer(*given: Asked.args, **how: Asked.kwargs) -> Answered:
        return asyncio.run(ask(*given, **how))

    return answer


class SessionSearch:
    """Search over one installation. The store is opened when it is first needed, a client for each question.

    `client` makes an OpenVikingClient that is not yet entered, or is None where there is no index.
    """

    def __init__(
        self,
        analytics: SessionAnalytics,
        store: Callable[[], ObjectStore],
        client: Callable[[], OpenVikingClient] | None = None,
        *,
        outcome_scores: Sequence[str] = (),
    ) -> None:
        self._analytics = analytics
        self._open_store = store
        self._client = client
        self._reader = SessionReader(analytics, lambda: self._store, client, outcome_scores)

    @classmethod
    def of(cls, settings: Settings) -> "SessionSearch":
        """The search of an installation."""
        index = OpenVikingResource(settings)
        return cls(
            SessionAnalytics(settings.database),
            lambda: open_store(settings.store_url),
            index.client if index.configured else None,
            outcome_scores=settings.sessions_outcome_scores,
        )

    @cached_property
    def _store(self) -> ObjectStore:
        return self._open_store()

    async def afind(
        self,
        words: str,
        *,
        since: Day = None,
        until: Day = None,
        tags: Sequence[str] = (),
        limit: int = 10,
        level: int | None = None,
    ) -> Answer:
        """Sessions by meaning, best first, each once, at most `limit` (1 to 100).

        `since` and `until` are UTC dates, both included; `tags` (`key=value`) must all be there; `level` 0 looks at
        abstracts alone. Empty words with tags give what has the tags, in no order. Raises BadSearch, ConfigurationError
        where there is no index, OpenVikingError.
        """
        span, wanted = Span.of(since, until), checked_tags(tags)
        checked_limit(limit)
        if level is not None and level not in _LEVELS:
            raise BadSearch(f"level {level}: give 0 (abstracts), 1 (overviews), 2 (digests), or none for all")
        if not words.strip() and not wanted:
            raise BadSearch("a search needs words, or a tag such as outcome=failed")
        if self._client is None:
            raise ConfigurationError(
                "OPENVIKING_URL is not set, so there is no search by meaning: set it and OPENVIKING_API_KEY, or search"
                " for an exact string (in double quotes)"
            )
        return await find_by_meaning(
            self._client(), self._analytics, words.strip(), span=span, tags=wanted, limit=limit, level=level
        )

    find = _waiting(afind)

    async def aexact(
        self, text: str, *, since: Day = None, until: Day = None, limit: int = 10, progress: Progress | None = None
    ) -> ExactAnswer:
        """As `exact`, in a thread."""
        return await asyncio.to_thread(self.exact, text, since=since, until=until, limit=limit, progress=progress)

    def exact(
        self, text: str, *, since: Day = None, until: Day = None, limit: int = 10, progress: Progress | None = None
    ) -> ExactAnswer:
        """Sessions that hold this string (upper or lower case), newest date first, each once, at most `limit`.

        Looks into the tables and into the staged texts of the dates. Raises BadSearch, StoreError, NotPublished where
        there is no data at all.
        """
        span, tell = Span.of(since, until), progress or (lambda day, read: None)
        return find_string(self._analytics, self._store, text, span=span, limit=checked_limit(limit), progress=tell)

    async def asession(self, session_id: str) -> SessionView:
        """One session: columns, L0 and L1 of each date, timeline. Raises UnknownSession, NotPublished."""
        return await self._reader.view(_checked_id(session_id))

    session = _waiting(asession)

    async def adocuments(self, session_id: str, kind: Kind) -> list[Document]:
        """The whole `digest` or `transcript` of a session, one for each date. Raises UnknownSession, StoreError."""
        return await self._reader.documents(_checked_id(session_id), kind)

    documents = _waiting(adocuments)


def _checked_id(session_id: str) -> str:
    if not session_id.strip():
        raise BadSearch("give the id of a session; `search` finds ids")
    return session_id
