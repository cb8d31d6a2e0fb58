"""The ASGI application of the demo server: routes, auth, limits and faults around the endpoint modules."""

import asyncio
import base64
import json
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from sessions_platform.demo import metrics, observations, scores
from sessions_platform.demo.dataset import Dataset
from sessions_platform.demo.options import Exceeded, Fault, FaultPlan, Seen, ServerOptions, Stats, Window
from sessions_platform.demo.query import Refused, not_found

_log = logging.getLogger(__name__)
OBSERVATIONS = "/api/public/v2/observations"
SCORES = "/api/public/v3/scores"
METRICS = "/api/public/v2/metrics"
_DATA = (OBSERVATIONS, SCORES, METRICS)
_LEGACY = tuple(
    f"/api/public/{name}" for name in ("sessions", "traces", "observations", "scores", "v2/scores", "metrics")
)
_V3_ONLY = "This endpoint is only available in a Langfuse v4 write mode."
_GONE = "This endpoint is not available in the events_only write mode. Use the v2 observations and v3 scores endpoints."
_TOO_LARGE = {"message": "Response payload is too large", "error": "PayloadTooLargeError"}


class LangfuseApp:
    """An ASGI application over a data set; `dataset` and `options` may be replaced while it runs."""

    def __init__(self, dataset: Dataset, options: ServerOptions) -> None:
        self.dataset = dataset
        self.stats = Stats()
        self.options = options

    @property
    def options(self) -> ServerOptions:
        return self._options

    @options.setter
    def options(self, options: ServerOptions) -> None:
        """New options begin the counts of faults and rate windows anew; a changed attribute does not."""
        self._options = options
        self._faults = FaultPlan()
        self._windows = {"general": Window(), "metrics": Window()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        if request.url.path == "/__stats":
            await JSONResponse(self.stats.as_dict())(scope, receive, send)
            return
        if self.options.latency:
            await asyncio.sleep(self.options.latency.total_seconds())
        answer, rows, fault = self._answer(request)
        if fault == "timeout":
            await _silence(receive, self.options.hang)
        broken = fault in ("cut", "timeout")
        path, query = request.url.path, tuple(request.query_params.multi_items())
        body_bytes = len(answer.body)
        self.stats.note(
            Seen(path, query, 0 if broken else answer.status_code, fault, 0 if broken else rows, body_bytes)
        )
        if broken:
            await _half(answer, send, 0 if fault == "timeout" else body_bytes // 2)
        else:
            await answer(scope, receive, send)

    def _answer(self, request: Request) -> tuple[Response, int, Fault | None]:
        path = request.url.path
        fault: Fault | None = None
        try:
            if path == "/api/public/health":
                return JSONResponse({"status": "OK", "version": self.options.version}), 0, None
            self._check_route(request)
            self._check_key(request)
            if path == "/api/public/projects":
                return JSONResponse(self._projects()), 0, None
            fault = self._faults.next(self.options, path)
            if fault not in (None, "cut", "timeout"):
                return self._faulty(fault), 0, fault
            self._check_rate(path)
            body, rows = self._data(path, request.query_params)
        except Refused as refused:
            return JSONResponse(refused.body, refused.status, refused.headers), 0, fault
        except Exception as error:
            # As the real server does: an odd request must not take the connection down with it.
            _log.exception("%s failed", request.url)
            return JSONResponse({"message": "Internal Server Error", "error": str(error)}, 500), 0, fault
        if self.options.max_body_bytes is not None and len(body) > self.options.max_body_bytes:
            return JSONResponse(_TOO_LARGE, 422), 0, fault
        return Response(body, media_type="application/json"), rows, fault

    def _check_route(self, request: Request) -> None:
        path = request.url.path
        if path in _DATA or path == "/api/public/projects":
            if request.method not in ("GET", "HEAD"):
                raise Refused(405, {"message": "Method not allowed"})
            if self.options.mode == "v3" and path in (OBSERVATIONS, METRICS):
                raise not_found(_V3_ONLY)
            return
        legacy = any(path == name or path.startswith(f"{name}/") for name in _LEGACY)
        raise not_found(_GONE if legacy and self.options.mode == "v4" else "Not Found")

    def _check_key(self, request: Request) -> None:
        kind, _, credentials = request.headers.get("authorization", "").partition(" ")
        if not kind:
            raise Refused(401, {"message": "No authorization header"})
        expected = f"{self.options.public_key}:{self.options.secret_key}".encode()
        if kind.lower() != "basic" or credentials.strip() != base64.b64encode(expected).decode():
            raise Refused(401, {"message": "Invalid credentials. Confirm that you've configured the correct host."})

    def _check_rate(self, path: str) -> None:
        options, now = self.options, self.options.monotonic()
        if path == METRICS:
            over = self._windows["metrics"].take(options.metrics_rate_limit, options.metrics_rate_window, now)
        else:
            over = self._windows["general"].take(options.rate_limit, options.rate_window, now)
        if over:
            raise Refused(429, *_rate_limited(over))

    def _data(self, path: str, params: QueryParams) -> tuple[bytes, int]:
        options = self.options
        if path == METRICS:
            body, rows = metrics.answer(self.dataset, params.get("query"), options.oldest_ms)
            return _counts_as_text(body) if options.counts_as_text else body, rows
        page = observations.page if path == OBSERVATIONS else scores.page
        return page(self.dataset, params, options.project_id, options.oldest_ms)

    def _projects(self) -> dict[str, Any]:
        project: dict[str, Any] = {
            "id": self.options.project_id or self.dataset.project_id or "proj-demo",
            "name": self.options.project_name,
            "organization": {"id": "org-demo", "name": "Demo"},
            "metadata": {},
        }
        if self.options.retention_days is not None:
            project["retentionDays"] = self.options.retention_days
        return {"data": [project]}

    def _faulty(self, fault: Fault | None) -> Response:
        if fault == "429":
            body, headers = _rate_limited(Exceeded(self.options.rate_limit or 30, self.options.fault_retry_after))
            return JSONResponse(body, 429, headers)
        return _FAULTY[str(fault)]()


_FAULTY: dict[str, Callable[[], Response]] = {
    "429-text": lambda: PlainTextResponse("429 - rate limit exceeded", 429),
    "500": lambda: JSONResponse({"message": "Internal Server Error", "error": "Something went wrong"}, 500),
    "503": lambda: JSONResponse({"message": "Service Unavailable"}, 503),
    "422": lambda: JSONResponse(
        {"message": "Query exceeded the time or memory it may use.", "error": "Request timed out"}, 422
    ),
    "524": lambda: HTMLResponse("<!DOCTYPE html><html><head><title>524: A timeout occurred</title></head></html>", 524),
}


def _rate_limited(over: Exceeded) -> tuple[dict[str, Any], dict[str, str]]:
    reset = datetime.now(UTC) + timedelta(seconds=over.retry_after)
    body = {
        "message": "Rate limit exceeded",
        "code": "rate_limited",
        "details": {
            "retryAfterSeconds": over.retry_after,
            "limit": over.limit,
            "remaining": 0,
            "resetAt": reset.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        },
    }
    headers: Mapping[str, str] = {
        "Retry-After": str(over.retry_after),
        "X-RateLimit-Limit": str(over.limit),
        "X-RateLimit-Remaining": "0",
        # A date as JavaScript prints it, not seconds: that is what the server really sends.
        "X-RateLimit-Reset": reset.strftime("%a %b %d %Y %H:%M:%S GMT+0000 (Coordinated Universal Time)"),
    }
    return body, dict(headers)


def _counts_as_text(body: bytes) -> bytes:
    answer = json.loads(body)
    for row in answer["data"]:
        row.update({key: str(value) for key, value in row.items() if key.startswith("count_")})
    return json.dumps(answer).encode()


async def _silence(receive: Receive, length: timedelta) -> None:
    """Wait, but not longer than the client does."""

    async def until_the_client_leaves() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    try:
        await asyncio.wait_for(until_the_client_leaves(), length.total_seconds())
    except TimeoutError:
        return


async def _half(answer: Response, send: Send, sent_bytes: int) -> None:
    """Promise the whole body and send part of it: the server closes a connection whose answer stays incomplete."""
    await send({"type": "http.response.start", "status": answer.status_code, "headers": answer.raw_headers})
    await send({"type": "http.response.body", "body": answer.body[:sent_bytes], "more_body": True})
