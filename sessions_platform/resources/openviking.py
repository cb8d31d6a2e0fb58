"""OpenViking's HTTP API as the platform uses it: sessions, directories and their texts, search, health, accounts.

Spoken to over HTTP only: its packages are AGPL-3.0 and nothing here imports them. Which calls make a loaded session,
and in which order, is `indexing`; accounts and keys are in `openviking_admin`. As measured on server 0.5.2.
"""

import asyncio
import hashlib
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from sessions_platform.resources._openviking_errors import (
    OpenVikingDown,
    OpenVikingError,
    OpenVikingRefusal,
)
from sessions_platform.resources._openviking_http import PREFIX, Call, OpenVikingHttp, Sleep, checked_url

__all__ = [
    "BatchResult",
    "FileWrite",
    "Hit",
    "OpenVikingClient",
    "OpenVikingDown",
    "OpenVikingError",
    "OpenVikingRefusal",
    "Task",
    "is_placeholder",
]

MOST_MESSAGES = 100
"""Messages that the server takes at once."""
_BATCH_BYTES = 4 << 20
_PRIVACY_TARGET = re.compile(r"(?!_[0-9a-f]{24}\Z)[A-Za-z0-9_.@-]{1,128}", re.ASCII)
"""Session ids that the server uses as names of its own; others are hashed."""
_FINISHED = frozenset({"completed", "failed", "cancelled"})
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """A background task: its status (`pending`, `running`, `completed`, `failed`, `cancelled`), result and error."""

    id: str
    status: str
    result: Json
    error: str

    @property
    def finished(self) -> bool:
        """Whether it will not change any more."""
        return self.status in _FINISHED


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What a batch write did: URIs it created, changed and left alone, and errors of the queues it waited for."""

    created: list[str]
    updated: list[str]
    unchanged: list[str]
    errors: list[str]


@dataclass(frozen=True, slots=True)
class FileWrite:
    """A file to write: its text, and tags for its own record (those of a directory are set with `set_tags`)."""

    uri: str
    text: str
    tags: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One found text. `level` 0 is an abstract, 1 an overview, 2 a file."""

    uri: str
    level: int
    score: float
    abstract: str
    tags: list[str]


class OpenVikingClient:
    """A user of one server. Use as `async with`; may be entered again later."""

    def __init__(
        self,
        url: str,
        api_key: str,
        *,
        concurrency: int = 4,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.url = checked_url(url)
        self._key = api_key.strip()
        self._concurrency = concurrency
        self._transport = transport
        self._sleep = sleep
        self._clock = clock
        self._past_requests = 0
        self._space = ""
        self._http: OpenVikingHttp | None = None

    async def __aenter__(self) -> Self:
        # Connections belong to one event loop, so they are made where it runs.
        self._http = OpenVikingHttp(
            self.url, self._key, concurrency=self._concurrency, transport=self._transport, sleep=self._sleep
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        http, self._http, self._space = self._open, None, ""
        self._past_requests += http.requests
        await http.close()

    @property
    def requests(self) -> int:
        """Requests sent so far, repeated ones included."""
        return self._past_requests + (self._http.requests if self._http else 0)

    @property
    def _open(self) -> OpenVikingHttp:
        if self._http is None:
            raise RuntimeError("OpenVikingClient is used outside `async with`")
        return self._http

    async def _get(self, path: str, **params: Any) -> Any:
        return await self._open.result(Call("GET", PREFIX + path, params=params or None))

    async def _post(self, path: str, body: Json, **how: Any) -> Any:
        return await self._open.result(Call("POST", PREFIX + path, json=body, **how))

    async def _found(self, call: Call) -> Any:
        """What is answered; None where there is no such thing."""
        try:
            return await self._open.result(call)
        except OpenVikingRefusal as refusal:
            if refusal.status == 404:
                return None
            raise

    # Health

    async def health(self) -> Json:
        """Version and mode of the server; needs no key. Raises OpenVikingDown."""
        answer = await self._open.bare(Call("GET", "/health", timeout=10.0))
        return answer if isinstance(answer, dict) else {}

    async def check(self) -> str:
        """Try address and key; the server's version. Raises ConfigurationError for a root key or a refused one."""
        version = str((await self.health()).get("version", ""))
        await self.names("viking://resources")
        return version

    async def user_space(self) -> str:
        """URI of the key's own user: its sessions and memories lie below. Asked once while the client is entered."""
        if not self._space:
            self._space = f"viking://user/{(await self._get('/system/status')).get('user') or 'default'}"
        return self._space

    async def check_models(self, *, tries: int = 1) -> None:
        """Try the models behind the server with one embedding. Raises OpenVikingError where they do not answer.

        After an outage the server refuses to ask them for some seconds more: several tries, 3 seconds apart, see that.
        """
        for left in range(tries - 1, -1, -1):
            try:
                await self._post("/search/find", {"query": "model check", "limit": 1}, timeout=30.0, repeatable=False)
                return
            except OpenVikingDown:
                raise
            except OpenVikingError as error:
                if not left:
                    message = f"the models behind OPENVIKING_URL={self.url} do not answer (SESSIONS_GATEWAY_URL)"
                    raise OpenVikingError(f"{message}: {error}") from error
            await self._sleep(3.0)

    async def wait_for_queues(self, seconds: float) -> bool:
        """Whether everything queued on the server (summaries, vectors) was done within so many seconds."""
        try:
            await self._post("/system/wait", {"timeout": seconds}, timeout=seconds + 30)
        except OpenVikingRefusal as refusal:
            if refusal.status == 504:
                return False
            raise
        return True

    # Sessions

    async def create_session(self, session_id: str, memory_policy: Json) -> str | None:
        """Make a session; its URI, or None where it exists already."""
        body = {"session_id": session_id, "memory_policy": memory_policy}
        try:
            # Not repeated on a broken connection: the second answer would be "exists" for our own session.
            return str((await self._post("/sessions", body, repeatable=False))["uri"])
        except OpenVikingRefusal as refusal:
            if refusal.code == "ALREADY_EXISTS":
                return None
            raise

    async def session(self, session_id: str) -> Json | None:
        """What the server knows of a session, or None."""
        found: Json | None = await self._found(Call("GET", f"{PREFIX}/sessions/{quote(session_id, safe='')}"))
        return found

    async def add_messages(self, session_id: str, messages: Sequence[Json]) -> int:
        """Append messages in batches of at most 100 (and 4 MB); how many. A broken call is not repeated: it appends."""
        path = f"/sessions/{quote(session_id, safe='')}/messages/batch"
        for batch in message_batches(messages):
            await self._post(path, {"messages": batch}, timeout=120.0, repeatable=False)
        return len(messages)

    async def forget_values(self, session_ids: Iterable[str]) -> None:
        """Remove what the server took for credentials in messages of these sessions.

        It keeps such values and writes references in their place into every later text, ours among them, which then
        are not what was written. All our texts are redacted before: what looks like a credential is a pseudonym.
        """
        ours = {one if _PRIVACY_TARGET.fullmatch(one) else f"_{_sha256(one)[:24]}" for one in session_ids}
        for target in sorted(ours.intersection(await self._get("/privacy-configs/session"))):
            body = {"selector": f"{await self.user_space()}/privacy/session/{target}"}
            await self._open.result(Call("DELETE", f"{PREFIX}/privacy-configs/selector", json=body))

    async def commit(self, session_id: str, *, tags: Sequence[str] = (), working_memory: bool = False) -> str | None:
        """Commit what was added; the task's id, or None where there was nothing to commit."""
        body = {"enable_working_memory": working_memory, "extraction_metadata": {"event": {"tags": list(tags)}}}
        path = f"/sessions/{quote(session_id, safe='')}/commit"
        task = (await self._post(path, body, timeout=120.0, repeatable=False)).get("task_id")
        return str(task) if task else None

    async def task(self, task_id: str) -> Task:
        """A background task as it stands."""
        return _task(await self._get(f"/tasks/{quote(task_id, safe='')}"))

    async def tasks(self, resource_id: str) -> list[Task]:
        """The newest tasks of a session id or URI."""
        return [_task(found) for found in await self._get("/tasks", resource_id=resource_id, limit=20)]

    async def wait_for_task(self, task_id: str, seconds: float) -> Task:
        """The task when it has finished. Raises OpenVikingError after so many seconds."""
        # The server looks for commits once a second.
        begun, pause = self._clock(), 1.0
        while True:
            await self._sleep(pause)
            task = await self.task(task_id)
            if task.finished:
                return task
            if self._clock() - begun > seconds:
                raise OpenVikingError(
                    f"OPENVIKING_URL={self.url}: task {task_id} is {task.status} after {seconds:.0f} s"
                )
            pause = min(2.0, pause + 0.25)

    async def delete_session(self, session_id: str) -> bool:
        """Remove a session, not its memories; False where there was none."""
        call = Call("DELETE", f"{PREFIX}/sessions/{quote(session_id, safe='')}")
        try:
            await self._open.result(call)
        except OpenVikingRefusal as refusal:
            if refusal.status == 404:
                return False
            raise
        return True

    # Directories and files

    async def mkdir(self, uri: str, abstract: str = "") -> bool:
        """Make a directory whose L0 is `abstract`; False where it exists (and keeps the L0 it has)."""
        body = {"uri": uri, "description": abstract} if abstract else {"uri": uri}
        try:
            await self._post("/fs/mkdir", body, conflict_is_final=True)
        except OpenVikingRefusal as refusal:
            if refusal.status == 409 and "already exists" in str(refusal):
                return False
            raise
        return True

    async def batch_write(
        self, root: str, files: Sequence[FileWrite], *, seconds: float = 600.0, deferred: bool = False
    ) -> BatchResult:
        """Write files below `root`, and wait until summaries and vectors are made, at most so long.

        `deferred`: only keep the bytes; nothing is summarised or embedded (and the server takes no tags for them).
        """
        operations = [
            {
                "uri": file.uri,
                "content": file.text,
                "mode": "upsert",
                **({"tags": list(file.tags)} if file.tags else {}),
            }
            for file in files
        ]
        body = {"root_uri": root, "operations": operations, "wait": True, "defer_processing": deferred}
        answer = await self._post("/content/batch-write", body, timeout=seconds)
        queues = (answer.get("queue_status") or {}).items()
        errors = [f"{name}: {error}" for name, queue in queues for error in queue.get("errors") or []]
        created, updated, unchanged = (list(answer.get(key) or []) for key in ("created", "updated", "unchanged"))
        return BatchResult(created, updated, unchanged, errors)

    async def set_tags(self, uri: str, tags: Sequence[str]) -> int:
        """Set the tags of a directory and all below it; how many index records took them (3 for one file)."""
        body = {"uri": uri, "tags": list(tags), "recursive": True}
        return int((await self._post("/content/set_tags", body)).get("success_count") or 0)

    async def abstract(self, uri: str) -> str:
        """L0 of a directory; '' where there is none."""
        return await self._text("/content/abstract", uri)

    async def overview(self, uri: str) -> str:
        """L1 of a directory; '' where there is none."""
        return await self._text("/content/overview", uri)

    async def read(self, uri: str) -> str:
        """A file's text as the server shows it. Raises OpenVikingRefusal (404) where it is missing."""
        return str(await self._get("/content/read", uri=uri) or "")

    async def download(self, uri: str) -> bytes:
        """A file's bytes."""
        return await self._open.content(Call("GET", f"{PREFIX}/content/download", params={"uri": uri}))

    async def names(self, uri: str) -> list[str]:
        """Names directly below a directory, sorted; none where it is missing."""
        found: list[str] = []
        while True:
            params = {"uri": uri, "simple": True, "limit": 1000, "offset": len(found)}
            try:
                body = await self._open.bare(Call("GET", f"{PREFIX}/fs/ls", params=params))
            except OpenVikingRefusal as refusal:
                if refusal.status == 404:
                    return []
                raise
            found += [str(entry).rstrip("/").rsplit("/", 1)[-1] for entry in body.get("result") or []]
            if not body.get("has_more"):
                return sorted(found)

    async def delete(self, uri: str) -> None:
        """Remove a directory or file with all below it, and its vectors; a missing one is no error."""
        await self._found(Call("DELETE", f"{PREFIX}/fs", params={"uri": uri, "recursive": True}))

    async def _text(self, path: str, uri: str) -> str:
        return str(await self._found(Call("GET", PREFIX + path, params={"uri": uri})) or "")

    # Search

    async def find(
        self,
        query: str,
        *,
        target: str | Sequence[str] = "",
        limit: int = 10,
        level: int | Sequence[int] | None = None,
        tags: Sequence[str] = (),
    ) -> list[Hit]:
        """Semantic search, best first. An empty query with tags lists what has the tags."""
        uris = target if isinstance(target, str) else list(target)
        body: Json = {"query": query, "target_uri": uris, "limit": limit}
        if level is not None:
            body["level"] = level if isinstance(level, int) else list(level)
        if tags:
            body["tags"] = list(tags)
        answer = await self._post("/search/find", body)
        found = [hit for kind in ("resources", "memories") for hit in answer.get(kind) or []]
        return sorted((_hit(hit) for hit in found), key=lambda hit: -hit.score)


def is_placeholder(text: str) -> bool:
    """Whether an L0 or L1 is what the server writes where no model answered; success statuses do not tell."""
    return not text.strip() or "[Directory " in text


def message_batches(messages: Sequence[Json]) -> list[list[Json]]:
    """The messages in runs of at most 100 and about 4 MB."""
    batches: list[list[Json]] = []
    size = 0
    for message in messages:
        weight = sum(len(str(value)) for part in message.get("parts", ()) for value in part.values())
        if not batches or len(batches[-1]) == MOST_MESSAGES or size + weight > _BATCH_BYTES:
            batches.append([])
            size = 0
        batches[-1].append(message)
        size += weight
    return batches


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _task(found: Json) -> Task:
    error = found.get("error")
    result = found.get("result")
    return Task(
        str(found.get("task_id", "")),
        str(found.get("status", "")),
        result if isinstance(result, dict) else {},
        " ".join(str(error).split())[:300] if error else "",
    )


def _hit(found: Json) -> Hit:
    return Hit(
        str(found.get("uri", "")),
        int(found.get("level", 2)),
        float(found.get("score") or 0.0),
        str(found.get("abstract") or ""),
        [str(tag) for tag in found.get("tags") or []],
    )
