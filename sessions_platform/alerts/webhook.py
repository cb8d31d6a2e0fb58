"""Posting a text to a Slack-compatible webhook. Its address is a secret: no answer, error or log here says it."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx

from sessions_platform.errors import ConfigurationError

TRIES, FIRST_WAIT, LONGEST_WAIT = 3, 1.0, 10.0
TIMEOUT = httpx.Timeout(5.0)
_AGAIN = {408, 425, 429, *range(500, 600)}


def check_address(url: str) -> None:
    """ConfigurationError where SESSIONS_WEBHOOK_URL is no address; the message does not repeat it."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise ConfigurationError("SESSIONS_WEBHOOK_URL: give an address that begins with https://")


class Webhook:
    """Posts texts to one address. `transport` and `sleep` are for tests."""

    def __init__(
        self,
        url: str,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url, self._transport, self._sleep = url, transport, sleep

    def post(self, text: str) -> str | None:
        """None if the other side took it; else why not. Tries again after a failure that may pass."""
        reason = ""
        with _silent(), httpx.Client(timeout=TIMEOUT, transport=self._transport) as client:
            for attempt in range(TRIES):
                reason, wait = self._tried(client, text)
                if not reason or wait is None or attempt == TRIES - 1:
                    break
                self._sleep(min(LONGEST_WAIT, max(wait, FIRST_WAIT * 2**attempt)))
        return reason or None

    def _tried(self, client: httpx.Client, text: str) -> tuple[str, float | None]:
        """Why it was not taken (empty: it was), and how long the other side wants us to wait; None: no use."""
        try:
            answer = client.post(self._url, json={"text": text})
        except httpx.TimeoutException:
            return "no answer in time", 0.0
        except httpx.TransportError as error:
            return f"could not be reached ({type(error).__name__})", 0.0
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            return f"could not be posted to ({type(error).__name__})", None
        if answer.is_success:
            return "", None
        asked = answer.headers.get("Retry-After", "")
        wait = float(asked) if asked.isascii() and asked.isdigit() else 0.0
        return f"answered {answer.status_code}", wait if answer.status_code in _AGAIN else None


@contextmanager
def _silent() -> Iterator[None]:
    """Nothing that httpx and httpcore log of this thread gets out: their lines name the address."""
    own = threading.get_ident()

    def foreign(record: logging.LogRecord) -> bool:
        return record.thread != own

    names = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy", "httpcore.socks")
    loggers = [logging.getLogger(name) for name in names]
    for logger in loggers:
        logger.addFilter(foreign)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(foreign)
