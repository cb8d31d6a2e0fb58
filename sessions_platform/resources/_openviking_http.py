"""One request to OpenViking, brought to an answer: connection pool, retries, envelope, errors that say what to do.

What is asked for and what answers mean is in `openviking`. The key stays in a header: not in URLs, logs or errors.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from sessions_platform.errors import ConfigurationError
from sessions_platform.resources._openviking_errors import (
    OpenVikingDown,
    OpenVikingError,
    OpenVikingRefusal,
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
            # A proxy of the environment is never meant for this machine itself.
            trust_env=urlsplit(url).hostname not in LOOPBACK,
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
                body = _parsed(response)
                if response.status_code < 300:
                    return response, body
                failures += 1
                if failures >= _attempts(call, response, body):
                    raise explain(self.url, call.path, response.status_code, body)
            await self._sleep(_backoff(failures))

    async def _send(self, call: Call) -> httpx.Response:
        self.requests += 1
        timeout = httpx.Timeout(call.timeout, connect=10.0, pool=None)
        try:
            async with self._slots:
                return await self._client.request(
                    call.method, call.path, json=call.json, params=call.params, timeout=timeout
                )
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise bad_url(self.url) from error
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise unreachable(self.url, str(error).strip()[:200] or "no connection") from error
        except httpx.TimeoutException as error:
            message = f"OPENVIKING_URL={self.url}: no answer to {call.path} within {call.timeout:.0f} seconds"
            raise OpenVikingError(f"{message}; its models (SESSIONS_GATEWAY_URL) may be slow or away") from error
        except httpx.TransportError as error:
            raise OpenVikingDown(f"OPENVIKING_URL={self.url}: the connection broke off during {call.path}") from error


def bad_url(url: str) -> ConfigurationError:
    """The error for something that is no address."""
    return ConfigurationError(f"OPENVIKING_URL={url}: give an address such as http://127.0.0.1:1933")


def is_code(error: OpenVikingRefusal, *codes: str) -> bool:
    """Whether the server refused with one of these words."""
    return error.code in codes


def _attempts(call: Call, response: httpx.Response, body: Any) -> int:
    """How often a request with this answer is sent in all."""
    status = response.status_code
    code = words_of(body)[0]
    if status == 409:
        return 1 if call.conflict_is_final or code == "ALREADY_EXISTS" else _BUSY_ATTEMPTS
    if status == 503 or (status == 429 and "size limit" not in words_of(body)[1]):
        return _BUSY_ATTEMPTS
    return _FAULT_ATTEMPTS if status >= 500 and call.repeatable else 1


def _parsed(response: httpx.Response) -> Any:
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
