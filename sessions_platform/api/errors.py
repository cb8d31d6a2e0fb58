"""What is answered when there is no answer: `{"detail": one plain sentence}`, and the fitting status.

Sentences of the platform's own errors are meant for users and are passed on; of all others only the log has the words.
"""

import difflib
import logging
from collections.abc import Iterable
from typing import Any

import duckdb
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from sessions_platform.analytics import NotPublished, TooLong
from sessions_platform.errors import ConfigurationError, PlatformError, StoreError
from sessions_platform.resources.openviking import OpenVikingError
from sessions_platform.search import BadSearch
from sessions_platform.statistics.metrics import UnknownCohort, UnknownMetric

LOG = logging.getLogger("sessions_platform.api")
UNREADABLE = "the analytics file cannot be read now; try again, and see the log of this server if it stays so"
INTERNAL = "this server made a mistake; its log says more"
_STATUS: tuple[tuple[type[PlatformError], int], ...] = (
    (BadSearch, 422),
    (UnknownMetric, 422),
    (UnknownCohort, 404),
    (NotPublished, 503),
    (TooLong, 503),
    (ConfigurationError, 503),
    (OpenVikingError, 503),
    (StoreError, 503),
)
_SHOWN = 80


class Refused(HTTPException):
    """A status and its sentence."""


def shown(text: str) -> str:
    """What somebody sent, short enough to be said back."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def near(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.75)), None)


def answer_for(error: Exception) -> JSONResponse:
    """The answer for an error. Those that nobody foresaw are logged and say nothing of what is inside."""
    if isinstance(error, HTTPException):
        return _told(error.status_code, str(error.detail), dict(error.headers or {}))
    if isinstance(error, RequestValidationError):
        return _told(422, _sentence(error.errors()[0]))
    if isinstance(error, PlatformError):
        status = next((status for kind, status in _STATUS if isinstance(error, kind)), 422)
        return _told(status, str(error), {"retry-after": "5"} if status == 503 else {})
    LOG.error("a request failed", exc_info=error)
    if isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException):
        return _told(503, UNREADABLE, {"retry-after": "5"})
    return _told(500, INTERNAL)


def install(app: FastAPI) -> None:
    """Let `app` answer errors so."""

    async def handle(request: Request, error: Exception) -> JSONResponse:
        if isinstance(error, HTTPException) and error.detail in ("Not Found", "Method Not Allowed"):
            return answer_for(
                Refused(error.status_code, _missing(request, error.status_code), dict(error.headers or {}))
            )
        return answer_for(error)

    for kind in (HTTPException, RequestValidationError, PlatformError, duckdb.Error):
        app.add_exception_handler(kind, handle)


def _missing(request: Request, status: int) -> str:
    if status == 405:
        return f"this API only reads: ask with GET, not {shown(request.method)}"
    return f"there is nothing at {shown(request.url.path)}; /docs lists what there is"


def _sentence(error: Any) -> str:
    """One sentence that names the parameter."""
    where = [str(part) for part in error["loc"] if part not in ("query", "path", "body", "header")]
    name = where[0] if where else "the request"
    said = str(error["msg"]).removeprefix("Value error, ")
    given = error.get("input")
    got = f" (got {shown(given)!r})" if isinstance(given, str) and error["type"] != "missing" else ""
    return f"{name}: {said[:1].lower()}{said[1:]}{got}"


def _told(status: int, sentence: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"detail": sentence}, status, {"cache-control": "no-store", **(headers or {})})
