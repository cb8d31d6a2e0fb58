"""Searches for the API: whole strings in double quotes, else by meaning; bounded in number and in time."""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

from sessions_platform.analytics import NotPublished, PinnedAnalytics, Record, SessionAnalytics, TooLong
from sessions_platform.search import SessionSearch


class Finder:
    """`over` makes a search over a reader. Exact searches read staged texts: two at a time, so many seconds each."""

    def __init__(
        self,
        analytics: SessionAnalytics,
        over: Callable[[SessionAnalytics], SessionSearch],
        *,
        seconds: float,
        at_once: int = 2,
    ) -> None:
        self._analytics, self._over, self._seconds = analytics, over, seconds
        self._pool = ThreadPoolExecutor(at_once, "api-search")

    async def find(
        self, words: str, since: str | None, until: str | None, tags: Sequence[str], limit: int, level: int | None
    ) -> Record:
        """The answer with its `kind`. Raises what SessionSearch raises, and TooLong."""
        string = quoted_string(words)
        if string is None:
            meant = self._over(self._analytics).afind(
                words, since=since, until=until, tags=tags, limit=limit, level=level
            )
            try:
                return {"kind": "meaning", **asdict(await asyncio.wait_for(meant, self._seconds))}
            except TimeoutError:
                raise self._too_long() from None
        pin = await asyncio.to_thread(self._pinned)
        ends = time.monotonic() + self._seconds

        def watch(day: str, read: int) -> None:
            if time.monotonic() > ends:
                raise self._too_long()

        def exact() -> Record:
            watch("", 0)
            search = self._over(pin or self._analytics)
            return {
                "kind": "exact",
                **asdict(search.exact(string, since=since, until=until, limit=limit, progress=watch)),
            }

        found = asyncio.wrap_future(self._pool.submit(exact))
        done, _ = await asyncio.wait({found}, timeout=self._seconds)
        if done:
            return found.result()
        found.add_done_callback(lambda late: late.cancelled() or late.exception())
        if pin is not None:
            pin.stop()
        raise self._too_long()

    def _pinned(self) -> PinnedAnalytics | None:
        """The file as it is now; None where nothing is published, but perhaps staged."""
        try:
            return self._analytics.pinned()
        except NotPublished:
            return None

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _too_long(self) -> TooLong:
        return TooLong(f"this search took longer than {self._seconds:g} seconds and was stopped: narrow its dates")


def quoted_string(words: str) -> str | None:
    """What stands in double quotes, if that is all there is."""
    stripped = words.strip()
    inner = stripped[1:-1]
    return inner if len(stripped) > 2 and stripped[0] == stripped[-1] == '"' and '"' not in inner else None
