"""One GET to Langfuse, brought to an answer: budget, retries, page halving, errors that say what to do.

What is asked for and what answers mean is in `langfuse`. Secrets stay in httpx's auth: not in URLs, logs or errors.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from sessions_platform.errors import ConfigurationError, SourceError
from sessions_platform.resources._langfuse_errors import MetricsUnavailable, Refusal, explain, gave_up, unreachable
from sessions_platform.resources._langfuse_limits import Clock, PageSize, RequestBudget, Sleep, backoff, retry_after
from sessions_platform.sessions import jsontext

ATTEMPTS = 8
ATTEMPTS_BEFORE_FIRST_ANSWER = 2
"""A host that never answered is more likely a typing error than a fault."""
LONGEST_WAIT_SECONDS = 900.0
HARD_LIMIT_BYTES = 16 << 20
"""A page is given up while it is read beyond this: memory stays flat. The smallest page is taken whole."""
LARGEST_BODY_BYTES = 256 << 20
_RETRIED = frozenset({408, 409, 413, 422, 425, 429})
_TOO_MUCH = frozenset({413, 422})
_METRICS = "/api/public/v2/metrics"


@dataclass(slots=True)
class Fault:
    """Why an attempt failed. `shrink`: a smaller page may help; `large`: it will; `wait`: what the server asked for."""

    reason: str
    shrink: bool = False
    large: bool = False
    wait: float | None = None
    connect: bool = False
    limited: bool = False


class LangfuseHttp:
    """GETs with one connection pool, one concurrency limit and one budget a bucket."""

    def __init__(
        self,
        host: str,
        auth: tuple[str, str],
        *,
        requests_per_minute: int | None,
        concurrency: int,
        timeout: float,
        transport: httpx.AsyncBaseTransport | None,
        sleep: Sleep,
        clock: Clock,
    ) -> None:
        self.host = host
        self.requests = 0
        self._secrets = auth
        self._sleep = sleep
        self._answered = False
        self._slots = asyncio.Semaphore(concurrency)
        # Metrics have a bucket of their own, counted by the hour or day: only its Retry-After can be followed.
        self.budget = RequestBudget(requests_per_minute, sleep=sleep, clock=clock)
        self._metrics_budget = RequestBudget(None, sleep=sleep, clock=clock)
        self._client = httpx.AsyncClient(
            base_url=host,
            auth=auth,
            transport=transport,
            timeout=httpx.Timeout(timeout, connect=min(timeout, 10.0), pool=None),
            limits=httpx.Limits(max_connections=concurrency),
            headers={"Accept": "application/json", "User-Agent": "sessions-platform"},
        )

    async def close(self) -> None:
        """Give connections back."""
        await self._client.aclose()

    async def get(self, path: str, params: Mapping[str, str], page: PageSize | None = None) -> dict[str, Any]:
        """The JSON object answered, with `limit` set from `page`. Raises SourceError, ConfigurationError, Refusal."""
        failures = 0
        while True:
            asked = page.rows if page else 0
            outcome = await self._attempt(path, {**params, "limit": str(asked)} if page else params, page)
            if isinstance(outcome, dict):
                return outcome
            # On the way down to a page that fits there is nothing wrong yet; the smallest page ends it.
            failures += not (page and outcome.large and not page.at_least)
            if page and outcome.shrink:
                page.halve(asked)
            await self._before_next(path, outcome, failures)

    async def _before_next(self, path: str, fault: Fault, failures: int) -> None:
        attempts = ATTEMPTS if self._answered or not fault.connect else ATTEMPTS_BEFORE_FIRST_ANSWER
        if fault.wait is not None:
            # A limit shared with others of the organization may be met again after each wait: that is no failure yet.
            attempts = ATTEMPTS * 3
        if failures >= attempts:
            raise (
                unreachable(self.host, fault.reason)
                if fault.connect
                else gave_up(path, self.host, fault.reason, failures)
            )
        if fault.wait is None:
            await self._sleep(backoff(max(1, failures)))
            return
        if fault.wait > LONGEST_WAIT_SECONDS:
            message = f"LANGFUSE_HOST={self.host}: the limit of {path} is used up for {fault.wait:.0f} seconds"
            raise MetricsUnavailable(message) if path == _METRICS else SourceError(f"{message}; run again after that")
        if fault.limited:
            self._budget_of(path).pause(fault.wait)
        else:
            await self._sleep(fault.wait)

    def _budget_of(self, path: str) -> RequestBudget:
        return self._metrics_budget if path == _METRICS else self.budget

    async def _attempt(self, path: str, params: Mapping[str, str], page: PageSize | None) -> dict[str, Any] | Fault:
        if path.startswith(("/api/public/v2/", "/api/public/v3/")):
            await self._budget_of(path).take()
        self.requests += 1
        try:
            async with self._slots, self._client.stream("GET", path, params=dict(params)) as response:
                self._answered = True
                if path != _METRICS:
                    self.budget.learn(response.headers)
                body = await _read(response, HARD_LIMIT_BYTES if page and not page.at_least else LARGEST_BODY_BYTES)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise _bad_host(self.host) from error
        except httpx.TransportError as error:
            return _transport_fault(error)
        if body is None:
            return Fault("the answer is too large", shrink=True, large=True)
        return self._judge(path, response, body, page, int(params.get("limit", "0")))

    def _judge(
        self, path: str, response: httpx.Response, body: bytes, page: PageSize | None, asked: int
    ) -> dict[str, Any] | Fault:
        status = response.status_code
        if status != 200:
            return self._refused(path, response, body)
        try:
            value = jsontext.parse(body)
        except jsontext.NotJson:
            return Fault("the answer is cut or is not JSON")
        if not isinstance(value, dict) or not isinstance(value.get("data", []), list):
            return Fault("the answer has not the form of Langfuse's")
        if page:
            page.note(asked, len(body))
        return value

    def _refused(self, path: str, response: httpx.Response, body: bytes) -> Fault:
        status = response.status_code
        kind = response.headers.get("content-type", "")
        if status not in _RETRIED and status < 500:
            # A proxy that echoes a request must not bring the keys into a message.
            for secret in self._secrets:
                body = body.replace(secret.encode(), b"***")
            error = explain(status, path, body, self.host, kind)
            if status == 400 and path == _METRICS:
                raise Refusal(str(error)) from error
            raise error
        try:
            value = jsontext.parse(body) if "json" in kind else None
        except jsontext.NotJson:
            value = None
        limited = status == 429
        wait = retry_after(response.headers, value) if limited or status == 503 else None
        large = status in _TOO_MUCH
        return Fault(f"status {status}", shrink=large or status >= 500, large=large, wait=wait, limited=limited)


async def _read(response: httpx.Response, most: int) -> bytes | None:
    """The body, or None as soon as it is longer than allowed."""
    pieces: list[bytes] = []
    size = 0
    async for piece in response.aiter_bytes():
        size += len(piece)
        if size > most:
            return None
        pieces.append(piece)
    return b"".join(pieces)


def _transport_fault(error: httpx.TransportError) -> Fault:
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError):
        return Fault(str(error).strip()[:200] or "no connection", connect=True)
    if isinstance(error, httpx.TimeoutException):
        return Fault("no answer in time", shrink=True)
    return Fault("the connection broke off")


def _bad_host(host: str) -> ConfigurationError:
    return ConfigurationError(f"LANGFUSE_HOST={host}: give an address such as https://cloud.langfuse.com")
