"""One request to OpenViking, brought to an answer: connection pool, retries, envelope, errors that say what to do.

What is asked for and what answers mean is in `openviking`. The key stays in a header: not in URLs, logs or errors.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from sessions_platform.errors import ConfigurationError
from sessions_platform.resources._openviking_errors import (
    OpenVikingDown,
    OpenVikingError,
    explain,
    unreachable,
    words_of,
)

Sleep = Callable[[float], Awaitable[object]]
PREFIX = "/api/v1"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_CONNECT_ATTEMPTS = 3
_BUSY_ATTEMPTS = 8
"""Locks are held for as long as a directory is worked on; together about 45 seconds."""
_FAULT_ATTEMPTS = 2


@dataclass(frozen=True, slots=True)
class Call:
    """A request. `repeatable`: sending it twice does what sending it once does; `timeout` in seconds."""

    method: str
    path: str
    json: Any = None
    params: Mapping[str, Any] | None = None
    timeout: float = 60.0
    repeatable: bool = True
    conflict_is_final: bool = False


class OpenVikingHttp:
    """Requests with one connection pool and one concurrency limit."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        concurrency: int,
        transport: httpx.AsyncBaseTransport | None,
        sleep: Sleep,
    ) -> None:
        self.url = url
        self.requests = 0
        self._sleep = sleep
        self._slots = asyncio.Semaphore(concurrency)
        headers = {"Accept": "application/json", "User-Agent": "sessions-platform"}
        if key:
            headers["X-API-Key"] = key
        self._client = httpx.AsyncClient(
            base_url=url,
            headers=headers,
            transport=transport,
            limits=httpx.Limits(max_connections=concurrency),
            trust_env=by_proxy(url),
        )

    async def close(self) -> None:
        """Give connections back."""
        await self._client.aclose()

    async def result(self, call: Call) -> Any:
        """`result` of the envelope answered. Raises ConfigurationError, OpenVikingDown, OpenVikingRefusal."""
        body = (await self._answer(call))[1]
        return body.get("result") if isinstance(body, dict) else body

    async def content(self, call: Call) -> bytes:
        """The bytes answered, where the endpoint gives a file."""
        return (await self._answer(call))[0].content

    async def bare(self, call: Call) -> Any:
        """The JSON answered, where the endpoint has no envelope."""
        return (await self._answer(call))[1]

    async def _answer(self, call: Call) -> tuple[httpx.Response, Any]:
        failures = 0
        while True:
            try:
                response = await self._send(call)
            except OpenVikingDown:
                failures += 1
                if failures >= _CONNECT_ATTEMPTS or not call.repeatable:
                    raise
            else:
                body = parsed(response)
                if response.status_code < 300:
                    return response, body
                failures += 1
                if failures >= _attempts(call, response, body):
                    raise explain(self.url, call.path, response.status_code, body)
            await self._sleep(_backoff(failures))

    async def _send(self, call: Call) -> httpx.Response:
        self.requests += 1
        timeout = httpx.Timeout(call.timeout, connect=10.0, pool=None)
        slow = "; its models (SESSIONS_GATEWAY_URL) may be slow or away"
        with explained(self.url, call.path, call.timeout, slow):
            async with self._slots:
                return await self._client.request(
                    call.method, call.path, json=call.json, params=call.params, timeout=timeout
                )


@contextmanager
def explained(url: str, path: str, seconds: float, slow: str = "") -> Iterator[None]:
    """Turn the failures of httpx into ours. `slow`: what else is said where no answer came within so many seconds."""
    try:
        yield
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise _bad_url(url) from error
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
        raise unreachable(url, str(error).strip()[:200] or "no connection") from error
    except httpx.TimeoutException as error:
        raise OpenVikingError(
            f"OPENVIKING_URL={url}: no answer to {path} within {seconds:.0f} seconds{slow}"
        ) from error
    except httpx.TransportError as error:
        raise OpenVikingDown(f"OPENVIKING_URL={url}: the connection broke off during {path}") from error


def checked_url(url: str) -> str:
    """The base address. Raises ConfigurationError for something else."""
    url = url.strip().rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise _bad_url(url)
    return url


def _bad_url(url: str) -> ConfigurationError:
    return ConfigurationError(f"OPENVIKING_URL={url}: give an address such as http://127.0.0.1:1933")


def by_proxy(url: str) -> bool:
    """Whether a proxy of the environment may stand before it: never before this machine itself."""
    return urlsplit(url).hostname not in LOOPBACK


def _attempts(call: Call, response: httpx.Response, body: Any) -> int:
    """How often a request with this answer is sent in all."""
    status = response.status_code
    code, said = words_of(body)
    if status == 409:
        return 1 if call.conflict_is_final or code == "ALREADY_EXISTS" else _BUSY_ATTEMPTS
    if status == 503 or (status == 429 and "size limit" not in said):
        return _BUSY_ATTEMPTS
    return _FAULT_ATTEMPTS if status >= 500 and call.repeatable else 1


def parsed(response: httpx.Response) -> Any:
    """The JSON of an answer; None where it is none."""
    if "json" not in response.headers.get("content-type", ""):
        return None
    try:
        return response.json()
    except ValueError:
        return None


def _backoff(failures: int) -> float:
    """Seconds before the next attempt: doubling from a quarter of a second to eight, jittered to its half."""
    longest = min(8.0, 0.25 * 2**failures)
    return float(longest * random.uniform(0.5, 1.0))  # noqa: S311 - spreads requests, guards nothing
