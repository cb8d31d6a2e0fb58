"""Sessions committed to OpenViking: created, given their messages, committed, the task followed to its end.

A commit's messages only add up, so what an earlier attempt or version left is removed first: its unfinished tasks are
waited for, then memories, then the session. Each session and date has a peer of its own, whose folder holds its
memories alone: removing it cannot touch another session's.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from sessions_platform.indexing.payload import Document
from sessions_platform.resources.openviking import OpenVikingClient, OpenVikingError

_TASK_SECONDS = 900.0


@dataclass(frozen=True)
class Committed:
    """A committed session: where it and its memories are, and the tokens it cost."""

    session_uri: str
    memories_uri: str
    tokens: int


class SessionCommitter:
    """Commits sessions, at most `concurrency` at once: each keeps a model busy, and the server does not cap them."""

    def __init__(self, client: OpenVikingClient, *, concurrency: int) -> None:
        self._client = client
        self._slots = asyncio.Semaphore(max(1, concurrency))

    async def commit(self, document: Document) -> Committed:
        """Commit a session anew. Raises OpenVikingError with the reason."""
        async with self._slots:
            uri = await self._create(document)
            await self._client.add_messages(document.viking_id, document.messages)
            task_id = await self._client.commit(document.viking_id, tags=document.tags)
            tokens = 0
            if task_id is not None:
                task = await self._client.wait_for_task(task_id, _TASK_SECONDS)
                if task.status != "completed":
                    raise OpenVikingError(f"its commit {task.status}: {task.error or 'no reason given'}")
                tokens = task.tokens
            return Committed(uri, peer_uri(uri, document.peer) if document.memories else "", tokens)

    async def remove(self, viking_id: str, session_uri: str, memories_uri: str) -> None:
        """Remove a committed session and its memories."""
        for task in await self._client.tasks(viking_id):
            if not task.finished:
                await self._client.wait_for_task(task.id, _TASK_SECONDS)
        if memories_uri and await self._client.names(memories_uri):
            await self._client.delete(memories_uri)
        if session_uri:
            await self._client.delete_session(viking_id)

    async def _create(self, document: Document) -> str:
        policy = memory_policy(document.memories)
        uri = await self._client.create_session(document.viking_id, policy)
        if uri is not None:
            return uri
        found = await self._own_uri(document)
        await self.remove(document.viking_id, found, peer_uri(found, document.peer))
        uri = await self._client.create_session(document.viking_id, policy)
        if uri is None:
            raise OpenVikingError(f"session {document.viking_id} is still there after it was removed")
        return uri

    async def _own_uri(self, document: Document) -> str:
        known = await self._client.session(document.viking_id) or {}
        user = known.get("created_by_user_id") or "default"
        return str(known.get("uri") or f"viking://user/{user}/sessions/{document.viking_id}")


def memory_policy(memories: tuple[str, ...]) -> dict[str, Any]:
    """What a commit extracts: these kinds, for the session's own peer. Without kinds it asks no model at all."""
    return {
        "memory_types": list(memories),
        "self": {"enabled": False},
        "peer": {"enabled": bool(memories)},
        "working_memory": {"enabled": False},
    }


def peer_uri(session_uri: str, peer: str) -> str:
    """Folder of a peer's memories, of the user whose session this is."""
    return f"{session_uri.partition('/sessions/')[0]}/peers/{peer}"
