"""The desk: every answer from the published file passes here.

An answer is of one version of the file, whatever is published meanwhile, and says which. Work is bounded: so many
questions at a time, so many seconds each (then it is stopped), one at a time for each equal question. Bodies are kept
while the file stands, the longest unused go first. An ETag is the data version and the question. Pages are bounded in
the same way; what is kept for them, they keep themselves.
"""

import asyncio
import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from sessions_platform.analytics import PinnedAnalytics, Record, SessionAnalytics, TooLong
from sessions_platform.api.errors import Refused, near, shown

T = TypeVar("T")
Ask = Callable[[SessionAnalytics], Record]
SHAPE = "1"
"""Part of every ETag: raise it when answers to the same question on the same data change."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the desk may use. Statistics (`heavy`) go one at a time: they hold the interpreter, not DuckDB."""

    seconds: float = 20.0
    questions: int = 4
    pages: int = 4
    heavy: int = 1
    database_memory: str = "600MB"
    kept_bytes: int = 64 << 20
    largest_kept: int = 4 << 20
    gzip_from: int = 1000
    gzip_level: int = 4


@dataclass(frozen=True, slots=True)
class Body:
    """An answer as it is sent."""

    plain: bytes
    packed: bytes | None


Key = tuple[tuple[int, int, int], str, str]


class Desk:
    """Answers over one SessionAnalytics, for every route of an app."""

    def __init__(self, analytics: SessionAnalytics, limits: Limits | None = None) -> None:
        self.analytics = analytics
        self.limits = limits or Limits()
        self._pools = {
            "pin": ThreadPoolExecutor(2, "api-pin"),
            "questions": ThreadPoolExecutor(self.limits.questions, "api-question"),
            "pages": ThreadPoolExecutor(self.limits.pages, "api-page"),
            "heavy": ThreadPoolExecutor(self.limits.heavy, "api-heavy"),
        }
        self._guard = threading.Lock()
        self._under_way: dict[Key, Future[Body]] = {}
        self._kept: OrderedDict[Key, Body] = OrderedDict()
        self._size = 0
        self._first: list[Callable[[], object]] = []
        self._ready: Future[list[object]] | None = None

    def before_first(self, work: Callable[[], object]) -> None:
        """Have this done by `start`: what the first to ask for a page would wait for."""
        self._first.append(work)

    async def start(self) -> None:
        """Do what `before_first` was told of, once. Servers do it before the first request: it slows others down."""
        with self._guard:
            if self._ready is None:
                self._ready = self._pools["heavy"].submit(lambda: [work() for work in self._first])
        await asyncio.wrap_future(self._ready)

    async def answer(self, request: Request, ask: Ask, *, heavy: bool = False) -> Response:
        """What `ask` gives, with `data_version`; 304 where the client has it. TooLong after `limits.seconds`."""
        question = question_of(request)
        pin, version = await self._now()
        tag = etag(version, question)
        headers = {"etag": tag, "vary": "accept-encoding, authorization"}
        if has_tag(request.headers.get("if-none-match", ""), tag):
            return Response(status_code=304, headers=headers)
        key = (pin.identity, version, question)
        body = self._get(key)
        if body is None:
            work = self._started(key, pin, lambda: self._made(key, pin, version, ask), heavy)
            body = await self._within(work, pin)
        if body.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(body.packed, 200, headers | {"content-encoding": "gzip"}, "application/json")
        return Response(body.plain, 200, headers, "application/json")

    async def version(self) -> str:
        """Version of the file as it is now."""
        return (await self._now())[1]

    async def made(self, make: Callable[[PinnedAnalytics], T], *, heavy: bool = False) -> T:
        """What `make` makes of the file as it is now, such as a page; nothing is kept. TooLong as in `answer`."""
        await self.start()
        pin, _ = await self._now()
        return await self._within(self._pools["heavy" if heavy else "pages"].submit(make, pin), pin)

    def close(self) -> None:
        """End the threads once their questions are answered."""
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)

    async def _now(self) -> tuple[PinnedAnalytics, str]:
        """The file as it is now, and its version. Opening another one takes a while: a thread does that."""
        pin = self.analytics.pinned_if_open()
        if pin is not None:
            return pin, pin.data_version()
        return await self._within(self._pools["pin"].submit(self._pin), None)

    def _pin(self) -> tuple[PinnedAnalytics, str]:
        pin = self.analytics.pinned()
        return pin, pin.data_version()

    def _started(self, key: Key, pin: PinnedAnalytics, make: Callable[[], Body], heavy: bool) -> "Future[Body]":
        """The work on a question: begun, or what another request began."""
        with self._guard:
            work = self._under_way.get(key)
            if work is None:
                work = self._under_way[key] = self._pools["heavy" if heavy else "questions"].submit(make)
                new = True
            else:
                new = False
        if new:
            work.add_done_callback(lambda done: self._under_way.pop(key, None))
        return work

    async def _within(self, work: "Future[T]", pin: PinnedAnalytics | None) -> T:
        waiting = asyncio.wrap_future(work)
        waiting.add_done_callback(_seen)
        done, _ = await asyncio.wait({waiting}, timeout=self.limits.seconds)
        if done:
            return waiting.result()
        if pin is not None:
            pin.stop()
        raise TooLong(
            f"this took longer than {self.limits.seconds:g} seconds and was stopped: narrow it (dates, filters)"
        )

    def _made(self, key: Key, pin: PinnedAnalytics, version: str, ask: Ask) -> Body:
        plain = encoded({**ask(pin), "data_version": version})
        packed = gzip.compress(plain, self.limits.gzip_level, mtime=0) if len(plain) >= self.limits.gzip_from else None
        body = Body(plain, packed)
        self._keep(key, body)
        return body

    def _get(self, key: Key) -> Body | None:
        with self._guard:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def _keep(self, key: Key, body: Body) -> None:
        if _size(body) > self.limits.largest_kept:
            return
        with self._guard:
            if key not in self._kept:
                self._size += _size(body)
            self._kept[key] = body
            while self._size > self.limits.kept_bytes:
                self._size -= _size(self._kept.popitem(last=False)[1])


def question_of(request: Request) -> str:
    """Path and known parameters, in one order. Refused (422) where an unknown one looks like a known one.

    Other unknown parameters change nothing: clients of other versions may send them.
    """
    known = _parameters(request.scope["route"])
    given = request.query_params.multi_items()
    for name, _ in given:
        meant = None if name in known else near(name, known)
        if meant:
            raise Refused(422, f"{shown(name)}: there is no such parameter; did you mean {meant}?")
    asked = sorted((pair for pair in given if pair[0] in known), key=lambda pair: pair[0])
    return msgspec.json.encode([request.url.path, asked]).decode()


def etag(version: str, question: str) -> str:
    """Weak, as the same answer may be sent packed or not."""
    return f'W/"{hashlib.sha256(f"{SHAPE} {version} {question}".encode()).hexdigest()[:32]}"'


def has_tag(if_none_match: str, tag: str) -> bool:
    """Whether the client has the answer of this tag."""
    plain = tag.removeprefix("W/")
    return any(one.strip().removeprefix("W/") == plain for one in if_none_match.split(","))


def encoded(record: Record) -> bytes:
    """As JSON. NaN is null; numbers of numpy are numbers."""
    return msgspec.json.encode(record, enc_hook=_number)


def _number(value: Any) -> Any:
    if hasattr(value, "item"):
        return value.item()
    raise NotImplementedError(type(value).__name__)


def _parameters(route: BaseRoute) -> set[str]:
    return {one.alias for one in route.dependant.query_params} if isinstance(route, APIRoute) else set()


def _size(body: Body) -> int:
    return len(body.plain) + len(body.packed or b"") + 500


def _seen(waiting: "asyncio.Future[Any]") -> None:
    """Nobody may wait for it any more: its error is no news then."""
    if not waiting.cancelled():
        waiting.exception()
