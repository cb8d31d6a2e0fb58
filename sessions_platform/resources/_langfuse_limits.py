"""How fast and how much at a time: the request budget of a minute, the page size, how long to wait after a refusal.

Pure bookkeeping with time passed in; no HTTP and no Langfuse fields here.
"""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

WINDOW_SECONDS = 60.0
GROW_AFTER_PAGES = 8
Sleep = Callable[[float], Awaitable[object]]
Clock = Callable[[], float]


class RequestBudget:
    """Requests of one server-side bucket: at most so many in any minute, none before a pause is over.

    The server counts fixed windows and refuses the request that would use the last unit, so a learned limit of N gives
    N - 1. A sliding minute holds every fixed one, which makes this count never smaller than the server's.
    """

    def __init__(self, per_minute: int | None, *, sleep: Sleep, clock: Clock) -> None:
        self._limit = per_minute
        self._given = per_minute is not None
        self._sleep = sleep
        self._clock = clock
        self._sent: deque[float] = deque()
        self._not_before = 0.0
        self._turn = asyncio.Lock()

    @property
    def limit(self) -> int | None:
        """Requests a minute, set or learned; None while neither is so."""
        return self._limit

    async def take(self) -> None:
        """Return when the next request may be sent."""
        async with self._turn:
            while (wait := self._wait(self._clock())) > 0:
                await self._sleep(wait)
            self._sent.append(self._clock())

    def pause(self, seconds: float) -> None:
        """Send nothing for so long: the server said so, and it counts for every request of the bucket."""
        self._not_before = max(self._not_before, self._clock() + seconds)

    def learn(self, headers: Mapping[str, str]) -> None:
        """Read X-RateLimit-Limit and -Remaining; what others in the organization used counts as used here."""
        limit, remaining = _whole(headers.get("x-ratelimit-limit")), _whole(headers.get("x-ratelimit-remaining"))
        if limit is None or self._given:
            return
        self._limit = max(1, limit - 1)
        if remaining is not None:
            now = self._clock()
            self._forget(now)
            self._sent.extend([now] * max(0, min(limit - remaining, self._limit) - len(self._sent)))

    def _wait(self, now: float) -> float:
        self._forget(now)
        full = self._limit is not None and len(self._sent) >= self._limit
        until_free = self._sent[0] + WINDOW_SECONDS - now if full else 0.0
        return max(self._not_before - now, until_free)

    def _forget(self, now: float) -> None:
        while self._sent and self._sent[0] + WINDOW_SECONDS <= now:
            self._sent.popleft()


class PageSize:
    """Rows asked for at once: halved when the server cannot, grown slowly when pages stay small."""

    def __init__(self, start: int, *, least: int = 10, most: int = 1000, aim_bytes: int = 4 << 20) -> None:
        self.rows = start
        self._least, self._most, self._aim = least, most, aim_bytes
        self._good = 0

    @property
    def at_least(self) -> bool:
        """Whether no smaller page can be asked for."""
        return self.rows <= self._least

    def halve(self, asked: int) -> None:
        """A page of `asked` rows was too much. Requests in flight that were asked before do not halve again."""
        self._good = 0
        self.rows = max(self._least, min(self.rows, asked // 2))

    def note(self, asked: int, body_bytes: int) -> None:
        """A page of `asked` rows came whole."""
        if body_bytes > self._aim:
            self.halve(asked)
            return
        # A quarter more must still fit, or sizes would swing around the limit.
        self._good = self._good + 1 if body_bytes * 2 < self._aim else 0
        if self._good >= GROW_AFTER_PAGES:
            self._good = 0
            self.rows = min(self._most, self.rows + max(1, self.rows // 4))


def backoff(attempt: int) -> float:
    """Seconds before the next attempt (counted from 1): doubling from half a second to 30, jittered to its half."""
    longest = min(30.0, 0.5 * 2 ** (attempt - 1))
    return float(longest * random.uniform(0.5, 1.0))  # noqa: S311 - spreads requests, guards nothing


def retry_after(headers: Mapping[str, str], body: Any, now: datetime | None = None) -> float | None:
    """Seconds that a 429 or 503 asks to wait: the header (seconds or a date), else the body's `retryAfterSeconds`."""
    text = (headers.get("retry-after") or "").strip()
    if text:
        try:
            return max(0.0, float(text))
        except ValueError:
            return _until(text, now or datetime.now(UTC))
    details = body.get("details") if isinstance(body, dict) else None
    seconds = details.get("retryAfterSeconds") if isinstance(details, dict) else None
    return float(seconds) if isinstance(seconds, int | float) else None


def _until(text: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.strip().isdigit() else None
