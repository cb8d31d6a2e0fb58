"""Langfuse's read API as the platform uses it: pages of rows and scores, and a fingerprint of a date.

Three endpoints only, because the current API has no others: v2/observations, v3/scores, v2/metrics (v3 servers lack
them). Rows are plain dicts as received. Grouping, redaction and storage are not here (see `extraction`).
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit

import httpx

from sessions_platform.errors import ConfigurationError, SourceError
from sessions_platform.resources._langfuse_errors import MetricsUnavailable, Refusal
from sessions_platform.resources._langfuse_http import LangfuseHttp
from sessions_platform.resources._langfuse_limits import Clock, PageSize, Sleep
from sessions_platform.sessions import jsontext

__all__ = ["ALL_FIELDS", "LIGHT_FIELDS", "Fingerprint", "LangfuseClient", "MetricsUnavailable", "Project", "batches"]

ALL_FIELDS = "core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context"
LIGHT_FIELDS = "core,basic,metadata,trace_context,time"
EXPANDED_METADATA = ",".join(
    (
        *("attributes.session.id", "attributes.gen_ai.conversation.id", "attributes.gen_ai.agent.name"),
        *("attributes.gen_ai.tool.name", "attributes.gen_ai.tool.call.id", "attributes.error.type"),
    )
)
"""With `io` asked for, servers so far give all metadata uncut; only keys named here are promised uncut."""
OBSERVATIONS = "/api/public/v2/observations"
SCORE_FIELDS = "details,subject,annotation"
SCORE_VIEWS = ("scores-numeric", "scores-boolean", "scores-categorical")
MOST_IDS = 100
MOST_ID_CHARACTERS = 6000
"""Longest encoded list of ids in one URL; servers and proxies refuse URLs from 8 KB on."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Project:
    """The project that the keys belong to. `retention_days` is None where rows are kept for ever."""

    id: str
    name: str
    retention_days: int | None


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What v2/metrics says of a date, by hour `00`..`23`; hours without rows are absent.

    `observations`: rows (duplicates included), tokens, USD. `scores`: numeric, boolean and categorical scores.
    """

    observations: Mapping[str, tuple[int, int, float]] = field(default_factory=dict)
    scores: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Rows of the date, duplicates included."""
        return sum(row[0] for row in self.observations.values())

    def as_json(self) -> dict[str, dict[str, list[float]]]:
        """The form in which manifests keep it."""
        return {
            "observations": {hour: list(self.observations[hour]) for hour in sorted(self.observations)},
            "scores": {hour: list(self.scores[hour]) for hour in sorted(self.scores)},
        }


class LangfuseClient:
    """A reader of one project. Use as `async with`; may be entered again later, and keeps what it has learned."""

    def __init__(
        self,
        host: str,
        public_key: str,
        secret_key: str,
        *,
        requests_per_minute: int | None = None,
        concurrency: int = 4,
        timeout: float = 60.0,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
        clock: Clock = time.monotonic,
    ) -> None:
        self.host = _checked_host(host)
        for name, value in (("LANGFUSE_PUBLIC_KEY", public_key), ("LANGFUSE_SECRET_KEY", secret_key)):
            if not value.strip() or not value.isascii():
                raise ConfigurationError(f"{name} is not set, or is not a Langfuse key")
        self._auth = (public_key.strip(), secret_key.strip())
        self._settings: dict[str, Any] = {
            "requests_per_minute": requests_per_minute,
            "concurrency": concurrency,
            "timeout": timeout,
            "transport": transport,
            "sleep": sleep,
            "clock": clock,
        }
        self.pages = PageSize(500)
        self.light_pages = PageSize(1000)
        self.score_pages = PageSize(100, most=100)
        self._past_requests = 0
        self._http: LangfuseHttp | None = None
        self._project: Project | None = None

    async def __aenter__(self) -> Self:
        # Locks and connections belong to one event loop, so they are made where it runs.
        self._http = LangfuseHttp(self.host, self._auth, **self._settings)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        http, self._http = self._open, None
        self._past_requests += http.requests
        await http.close()

    @property
    def requests(self) -> int:
        """Requests sent so far, repeated ones included."""
        return self._past_requests + (self._http.requests if self._http else 0)

    @property
    def _open(self) -> LangfuseHttp:
        if self._http is None:
            raise RuntimeError("LangfuseClient is used outside `async with`")
        return self._http

    async def health(self) -> str:
        """The server's version."""
        return str((await self._open.get("/api/public/health", {})).get("version", ""))

    async def project(self) -> Project:
        """The project of the keys, asked for once."""
        if self._project is None:
            data = (await self._open.get("/api/public/projects", {})).get("data") or []
            if not data or not isinstance(data[0], dict) or not data[0].get("id"):
                raise ConfigurationError(
                    f"LANGFUSE_HOST={self.host} knows no project for LANGFUSE_PUBLIC_KEY: use a project's key pair"
                )
            days = data[0].get("retentionDays")
            days = days if isinstance(days, int) and days > 0 else None
            self._project = Project(str(data[0]["id"]), str(data[0].get("name", "")), days)
        return self._project

    async def observations(
        self, start: datetime, end: datetime, *, fields: str = ALL_FIELDS, trace_ids: Iterable[str] | None = None
    ) -> AsyncIterator[list[Row]]:
        """Pages of rows with start <= startTime < end, newest first; of the given traces only, in batches."""
        window = {"fields": fields, "fromStartTime": _instant(start), "toStartTime": _instant(end)}
        light = "io" not in fields.split(",")
        if not light:
            window["expandMetadata"] = EXPANDED_METADATA
        for ids in [None] if trace_ids is None else batches(trace_ids):
            params = window if ids is None else {**window, "filter": _any_of("traceId", ids)}
            wanted = None if ids is None else frozenset(ids)
            async for page in self._walk(OBSERVATIONS, params, light):
                if wanted is not None and any(row.get("traceId") not in wanted for row in page):
                    # Early builds ignore parameters they do not know, and would answer with the whole window.
                    raise SourceError(f"LANGFUSE_HOST={self.host} ignores the filter by traceId: upgrade the server")
                yield page

    async def sample(self, start: datetime, end: datetime, *, fields: str, rows: int) -> list[Row]:
        """The newest rows of a window, at most so many."""
        window = {"fields": fields, "fromStartTime": _instant(start), "toStartTime": _instant(end)}
        return list((await self._open.get(OBSERVATIONS, window, PageSize(rows, most=rows))).get("data") or [])

    async def scores(
        self,
        start: datetime | None = None,
        end: datetime | None = None,
        trace_ids: Iterable[str] | None = None,
        session_ids: Iterable[str] | None = None,
    ) -> AsyncIterator[list[Row]]:
        """Pages of scores with start <= timestamp < end, or of the given traces or sessions whenever they were made.

        The API takes ids as a comma list, so ids that hold a comma are left out.
        """
        window: dict[str, str] = {"fields": SCORE_FIELDS}
        if start is not None:
            window["fromTimestamp"] = _instant(start)
        if end is not None:
            window["toTimestamp"] = _instant(end)
        name, ids = ("sessionId", session_ids) if trace_ids is None else ("traceId", trace_ids)
        for batch in [None] if ids is None else batches(i for i in ids if "," not in i):
            params = window if batch is None else {**window, name: ",".join(batch)}
            async for page in self._walk("/api/public/v3/scores", params, None):
                yield page

    async def fingerprint(self, day: str) -> Fingerprint:
        """Rows, tokens, cost and scores of a date by hour. Raises MetricsUnavailable."""
        sums = (("count", "count"), ("totalTokens", "sum"), ("totalCost", "sum"))
        rows = await self._by_hour("observations", day, sums)
        scores = await asyncio.gather(*(self._score_counts(view, day) for view in SCORE_VIEWS))
        # Sums of decimals may differ in their last digits from one query to the next.
        hours = {hour: (int(n), int(tokens), round(usd, 6)) for hour, (n, tokens, usd) in rows.items() if n}
        counts: dict[str, list[int]] = {}
        for index, view in enumerate(scores):
            for hour, (n,) in view.items():
                if n:
                    counts.setdefault(hour, [0, 0, 0])[index] = int(n)
        return Fingerprint(hours, {hour: (c[0], c[1], c[2]) for hour, c in counts.items()})

    async def _score_counts(self, view: str, day: str) -> dict[str, list[float]]:
        try:
            return await self._by_hour(view, day, (("count", "count"),))
        except Refusal:
            # Early v4 servers have no scores-boolean; a view that is never there never changes either.
            return {}

    async def _by_hour(self, view: str, day: str, sums: Iterable[tuple[str, str]]) -> dict[str, list[float]]:
        start = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
        query = {
            "view": view,
            "dimensions": [],
            "metrics": [{"measure": measure, "aggregation": aggregation} for measure, aggregation in sums],
            "filters": [],
            "timeDimension": {"granularity": "hour"},
            "fromTimestamp": _instant(start),
            "toTimestamp": _instant(start + timedelta(days=1)),
            "config": {"row_limit": 100},
        }
        try:
            answer = await self._open.get("/api/public/v2/metrics", {"query": jsontext.dump(query)})
        except Refusal as error:
            if view == "observations":
                raise SourceError(str(error)) from error
            raise
        names = [f"{aggregation}_{measure}" for measure, aggregation in sums]
        hours: dict[str, list[float]] = {}
        for row in answer.get("data") or []:
            moment = str(row.get("time_dimension") or "")
            # toTimestamp is inclusive on some servers: their extra hour belongs to the next date.
            if moment[:10] == day:
                hours[moment[11:13]] = [float(row.get(name) or 0) for name in names]
        return hours

    async def _walk(self, path: str, params: Mapping[str, str], light: bool | None) -> AsyncIterator[list[Row]]:
        """Follow the cursor; it is a position only, so the page size may change on the way."""
        size = self.score_pages if light is None else self.light_pages if light else self.pages
        cursor: str | None = None
        while True:
            answer = await self._open.get(path, {**params, "cursor": cursor} if cursor else params, size)
            if rows := answer.get("data"):
                yield rows
            meta = answer.get("meta")
            following = meta.get("cursor") if isinstance(meta, dict) else None
            del answer, rows
            if not following:
                return
            if following == cursor:
                raise SourceError(
                    f"LANGFUSE_HOST={self.host}: {path} answered the same cursor twice; upgrade the server"
                )
            cursor = str(following)


def batches(ids: Iterable[str]) -> Iterator[list[str]]:
    """The ids in groups that fit into one URL."""
    batch: list[str] = []
    length = 0
    for item in ids:
        size = len(quote(jsontext.dump(item), safe="")) + 3
        if batch and (len(batch) >= MOST_IDS or length + size > MOST_ID_CHARACTERS):
            yield batch
            batch, length = [], 0
        batch.append(item)
        length += size
    if batch:
        yield batch


def _any_of(column: str, values: list[str]) -> str:
    return jsontext.dump([{"type": "stringOptions", "column": column, "operator": "any of", "value": values}])


def _instant(moment: datetime) -> str:
    """ISO-8601 with Z: the server refuses a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _checked_host(host: str) -> str:
    host = host.strip().rstrip("/")
    try:
        parts = urlsplit(host)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username
    except ValueError:
        good = False
    if not good:
        # Not repeated: what stands there may be a key put into the wrong variable.
        raise ConfigurationError("LANGFUSE_HOST is not an address such as https://cloud.langfuse.com")
    return host
