"""Packs of OpenViking: a directory with all below it, hidden files too, as one file; out of a server and into one.

A pack holds neither tags nor vectors: the server that imports it makes the vectors anew. Files are streamed both ways.
What is packed, and what has to follow an import, is decided in `lifecycle`. As measured on server 0.5.2.
"""

import asyncio
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from sessions_platform.resources._openviking_errors import OpenVikingRefusal, explain
from sessions_platform.resources._openviking_http import PREFIX, Sleep, by_proxy, checked_url, explained, parsed

_SECONDS = 900.0
_ATTEMPTS = 6
_BUSY = frozenset({409, 429, 503})
Answer = TypeVar("Answer")


class PackClient:
    """Exports and imports with a user's key. Use as `async with`."""

    def __init__(
        self,
        url: str,
        api_key: str,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.url = checked_url(url)
        self._sleep = sleep
        self._http = httpx.AsyncClient(
            base_url=self.url + PREFIX,
            headers={"X-API-Key": api_key.strip(), "User-Agent": "sessions-platform"},
            timeout=httpx.Timeout(_SECONDS, connect=10.0),
            transport=transport,
            trust_env=by_proxy(self.url),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def export(self, uri: str, path: Path) -> bool:
        """Write the pack of a directory to a file; False where there is no such directory. Raises OpenVikingError."""

        async def once() -> bool:
            with explained(self.url, "/pack/export", _SECONDS):
                async with self._http.stream("POST", "/pack/export", json={"uri": uri}) as answer:
                    if answer.status_code == 200:
                        with path.open("wb") as stream:
                            async for piece in answer.aiter_bytes(1 << 20):
                                stream.write(piece)
                        return True
                    await answer.aread()
            error = explain(self.url, "/pack/export", answer.status_code, parsed(answer))
            if isinstance(error, OpenVikingRefusal) and error.status == 404:
                return False
            raise error

        return await self._patiently(once)

    async def import_(self, path: Path, parent: str) -> None:
        """Put a packed directory below `parent`, in place of the one of its name; vectors are made after it returned.

        Raises OpenVikingError.
        """

        async def once() -> None:
            with path.open("rb") as stream:
                files = {"file": (path.name, stream, "application/zip")}
                uploaded = await self._post("/resources/temp_upload", files=files)
            body = {"temp_file_id": uploaded["temp_file_id"], "parent": parent, "on_conflict": "overwrite"}
            await self._post("/pack/import", json=body)

        await self._patiently(once)

    async def _post(self, path: str, **how: Any) -> Any:
        with explained(self.url, path, _SECONDS):
            answer = await self._http.post(path, **how)
        body = parsed(answer)
        if answer.status_code >= 300 or not isinstance(body, dict):
            raise explain(self.url, path, answer.status_code, body)
        return body.get("result")

    async def _patiently(self, work: Callable[[], Awaitable[Answer]]) -> Answer:
        """The work's answer; a busy server (locks of a directory) is asked again."""
        for attempt in range(1, _ATTEMPTS):
            try:
                return await work()
            except OpenVikingRefusal as refusal:
                if refusal.status not in _BUSY:
                    raise
            await self._sleep(min(8.0, 0.5 * 2**attempt))
        return await work()


class Pack:
    """A pack's file, read without a server: which files it holds, and their bytes."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path)
        self._names = set(self._zip.namelist())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def file(self, directory: str, path: str) -> bytes | None:
        """A file by its path below the packed directory (named by its last part), or None."""
        name = f"{directory}/files/{path}"
        return self._zip.read(name) if name in self._names else None
