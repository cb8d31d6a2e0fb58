"""One writer a date: a lease beside the ledger, for commands and runs that no pool of Dagster keeps apart.

It is renewed while its holder lives and runs out when that was killed. A holder on this machine that is gone is seen
at once.
"""

import asyncio
import os
import socket
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import msgspec

from sessions_platform.resources.object_store import ObjectStore

_SECONDS = 120.0
_RENEWED_AFTER = 30.0
_PAUSE = 1.0


class _Holder(msgspec.Struct):
    token: str
    host: str
    pid: int
    until: float


@asynccontextmanager
async def lease(store: ObjectStore, key: str, *, waiting: Callable[[], None] = lambda: None) -> AsyncIterator[None]:
    """Hold `key` while the block runs; waits as long as another holds it. `waiting` is called once then."""
    token, said = uuid.uuid4().hex, False
    while not await _taken(store, key, token):
        if not said:
            waiting()
            said = True
        await asyncio.sleep(_PAUSE)
    renewing = asyncio.create_task(_renew(store, key, token))
    try:
        yield
    finally:
        renewing.cancel()
        with suppress(asyncio.CancelledError):
            await renewing
        store.delete([key])


async def _taken(store: ObjectStore, key: str, token: str) -> bool:
    if store.put_new(key, _line(token)):
        return True
    holder = _holder(store, key)
    if holder is not None and not _over(holder):
        return False
    store.delete([key])
    if not store.put_new(key, _line(token)):
        return False
    # Another that found it run out may have removed ours: who stands there after a moment has it.
    await asyncio.sleep(_PAUSE)
    now = _holder(store, key)
    return now is not None and now.token == token


def _over(holder: _Holder) -> bool:
    if time.time() > holder.until:
        return True
    if holder.host != socket.gethostname() or holder.pid == os.getpid():
        return False
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _holder(store: ObjectStore, key: str) -> _Holder | None:
    try:
        return msgspec.json.decode(store.get(key), type=_Holder)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def _line(token: str) -> bytes:
    return msgspec.json.encode(_Holder(token, socket.gethostname(), os.getpid(), time.time() + _SECONDS))


async def _renew(store: ObjectStore, key: str, token: str) -> None:
    while True:
        await asyncio.sleep(_RENEWED_AFTER)
        store.put(key, _line(token))
