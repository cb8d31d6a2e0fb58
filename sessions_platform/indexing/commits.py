"""Sessions committed to OpenViking, condensed: created, given their messages, committed, the task followed to its end.

A commit's messages only add up, so what an earlier attempt or version left is removed first: its unfinished tasks are
waited for, then memories, then the session. Each session and date has a peer of its own, whose folder holds what
OpenViking extracts of it alone: removing it cannot touch another session's.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sessions_platform.indexing.ledger import EXTRACTED, MemoryLine, Usage
from sessions_platform.indexing.payload import Document
from sessions_platform.resources.openviking import OpenVikingClient, OpenVikingError, OpenVikingRefusal, Task

_TASK_SECONDS = 900.0
_AT_ONCE = 16
"""Commits that ask no model: the server takes a queue's worth of them once a second."""
_SUMMARY_CHARACTERS = 600


@dataclass(frozen=True)
class Committed:
    """A committed session: where it is, its task, what it was remembered by, and the model calls of that."""

    session_uri: str
    task_id: str
    extracted: list[MemoryLine]
    usage: dict[str, Usage] = field(default_factory=dict)


class SessionCommitter:
    """Commits sessions. `concurrency` bounds those that ask a model for memories: the server does not cap them."""

    def __init__(self, client: OpenVikingClient, *, concurrency: int, extraction: Sequence[str] = ()) -> None:
        self._client = client
        self._slots = asyncio.Semaphore(max(1, concurrency) if extraction else _AT_ONCE)

    async def prepare(self, document: Document) -> str:
        """Make the session anew and give it its messages; its URI. Raises OpenVikingError with the reason.

        The client's `forget_values` must follow before anything else is written.
        """
        async with self._slots:
            uri = await self._create(document)
            await self._client.add_messages(document.viking_id, document.messages)
            return uri

    async def commit(self, document: Document, uri: str) -> Committed:
        """Commit what was prepared, and follow the task to its end. Raises OpenVikingError with the reason."""
        async with self._slots:
            task_id = await self._client.commit(document.viking_id, tags=document.tags)
            if task_id is None:
                return Committed(uri, "", [])
            task = await self._client.wait_for_task(task_id, _TASK_SECONDS)
            if task.status != "completed":
                raise OpenVikingError(f"its commit {task.status}: {task.error or 'no reason given'}")
            extracted = await self._extracted(task) if document.extraction else []
            return Committed(uri, task_id, extracted, _usage(task))

    async def remove(self, viking_id: str, space: str, peer: str) -> None:
        """Remove a committed session and what was extracted of it."""
        for task in await self._client.tasks(viking_id):
            if not task.finished:
                await self._client.wait_for_task(task.id, _TASK_SECONDS)
        folder = peer_uri(space, peer)
        if await self._client.names(folder):
            await self._client.delete(folder)
        await self._client.delete_session(viking_id)

    async def _create(self, document: Document) -> str:
        policy = memory_policy(document.extraction)
        uri = await self._client.create_session(document.viking_id, policy)
        if uri is not None:
            return uri
        await self.remove(document.viking_id, await self._client.user_space(), document.peer)
        uri = await self._client.create_session(document.viking_id, policy)
        if uri is None:
            raise OpenVikingError(f"session {document.viking_id} is still there after it was removed")
        return uri

    async def _extracted(self, task: Task) -> list[MemoryLine]:
        """What OpenViking made of it, by the list that it keeps beside the archived messages."""
        archive = task.result.get("archive_uri")
        if not archive:
            return []
        try:
            found = json.loads(await self._client.read(f"{archive}/memory_diff.json"))
        except OpenVikingRefusal as refusal:
            if refusal.status == 404:
                return []
            raise
        operations = found.get("operations") or {}
        changed = [one for kind in ("adds", "updates") for one in operations.get(kind) or []]
        return [await self._line(str(one["uri"])) for one in changed if one.get("uri")]

    async def _line(self, uri: str) -> MemoryLine:
        name = uri.rsplit("/", 1)[-1].removesuffix(".md")
        summary = " ".join((await self._client.read(uri)).split())[:_SUMMARY_CHARACTERS]
        return MemoryLine("entity" if "/entities/" in uri else "event", EXTRACTED, name, summary, uri)


def memory_policy(extraction: Sequence[str]) -> dict[str, Any]:
    """What a commit extracts: these kinds, for the session's own peer. Without kinds it asks no model at all."""
    return {
        "memory_types": list(extraction),
        "self": {"enabled": False},
        "peer": {"enabled": bool(extraction)},
        "working_memory": {"enabled": False},
    }


def peer_uri(space: str, peer: str) -> str:
    """Folder of what was extracted of a session, in the space of the user who loads."""
    return f"{space}/peers/{peer}"


def _usage(task: Task) -> dict[str, Usage]:
    """Tokens that the task reports, where it asked a model. It does not report calls."""
    spent = task.result.get("token_usage") or {}
    kinds: dict[str, Usage] = {}
    for name, kind in (("llm", "memory_extract"), ("embedding", "embedding")):
        part = spent.get(name) or {}
        total = int(part.get("total_tokens") or 0)
        if total:
            written = int(part.get("completion_tokens") or 0)
            kinds[kind] = Usage(1, total - written, written)
    return kinds
