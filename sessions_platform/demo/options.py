"""How a demo server behaves: keys, limits, faults; and what it counted. All of it may change while the server runs."""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any, Literal

from sessions_platform.demo.query import to_ms

Fault = Literal["429", "429-text", "500", "503", "cut", "timeout", "524", "422"]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class ServerOptions:
    """Everything a test or the demo may want to be otherwise. Attributes are read at each request."""

    public_key: str = "pk-lf-demo"
    secret_key: str = "sk-lf-demo"  # noqa: S105 - the demo server's own key, on loopback
    project_id: str = ""
    """Answered in every row and by /projects; empty: the rows' own."""
    project_name: str = "demo"
    retention_days: int | None = None
    version: str = "4.16.0"
    mode: Literal["v4", "v3"] = "v4"
    max_body_bytes: int | None = None
    """A longer body is answered with 422 PayloadTooLargeError."""
    rate_limit: int | None = None
    """Requests in a window, over observations and scores; the last of them is already refused, as at Langfuse."""
    rate_window: timedelta = timedelta(minutes=1)
    metrics_rate_limit: int | None = None
    metrics_rate_window: timedelta = timedelta(hours=1)
    faults: Mapping[Fault, int] = field(default_factory=dict)
    """{"500": 7}: every seventh data request fails so. Of two that are due at once, the first named comes."""
    next_faults: deque[Fault | None] = field(default_factory=deque)
    """What the next data requests get, one each, before `faults` is asked; None lets one through."""
    fault_paths: tuple[str, ...] = ()
    """Only requests whose path ends with one of these count for faults; empty: all data endpoints."""
    hang: timedelta = timedelta(seconds=60)
    """How long a "timeout" fault keeps silent before it closes the connection."""
    fault_retry_after: int = 1
    """Seconds in the Retry-After of a "429" fault."""
    access_window: timedelta | None = None
    """Rows and scores older than this are left out without a word, as on plans with limited history."""
    latency: timedelta = timedelta(0)
    counts_as_text: bool = False
    """Metrics answer counts as JSON strings, as ClickHouse quotes 64-bit integers."""
    clock: Callable[[], datetime] = _now
    """The date against which `access_window` is measured."""
    monotonic: Callable[[], float] = time.monotonic

    @property
    def oldest_ms(self) -> int | None:
        return None if self.access_window is None else to_ms(self.clock() - self.access_window)


@dataclass(frozen=True)
class Seen:
    """One request as the server saw it."""

    path: str
    query: tuple[tuple[str, str], ...]
    status: int
    """The status answered; 0 where the connection was closed instead."""
    fault: Fault | None
    rows: int
    body_bytes: int


class Stats:
    """Counters of a server's life; `reset` begins anew. Safe to read from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        with self._lock:
            self.requests: Counter[str] = Counter()
            self.statuses: Counter[int] = Counter()
            self.rows: Counter[str] = Counter()
            self.faults: Counter[str] = Counter()
            self.log: deque[Seen] = deque(maxlen=10_000)

    def note(self, seen: Seen) -> None:
        with self._lock:
            self.requests[seen.path] += 1
            self.statuses[seen.status] += 1
            self.rows[seen.path] += seen.rows
            if seen.fault:
                self.faults[seen.fault] += 1
            self.log.append(seen)

    def as_dict(self) -> dict[str, Any]:
        with self._lock:
            return {
                "requests": dict(self.requests),
                "statuses": {str(status): count for status, count in self.statuses.items()},
                "rows": dict(self.rows),
                "faults": dict(self.faults),
            }


class FaultPlan:
    """Which request gets which fault."""

    def __init__(self) -> None:
        self._count = 0

    def next(self, options: ServerOptions, path: str) -> Fault | None:
        if options.fault_paths and not path.endswith(options.fault_paths):
            return None
        if options.next_faults:
            return options.next_faults.popleft()
        self._count += 1
        return next((fault for fault, every in options.faults.items() if every and self._count % every == 0), None)


@dataclass(frozen=True)
class Exceeded:
    """A refused request's account: what a 429 tells the client."""

    limit: int
    retry_after: int


class Window:
    """A fixed window of requests, as one Langfuse organization has for one bucket."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._used = 0

    def take(self, limit: int | None, width: timedelta, now: float) -> Exceeded | None:
        """Count one request; what to answer where the window is used up."""
        if limit is None:
            return None
        if self._began is None or now - self._began >= width.total_seconds():
            self._began, self._used = now, 0
        self._used += 1
        if limit - self._used >= 1:
            return None
        return Exceeded(limit, max(1, ceil(self._began + width.total_seconds() - now)))
