"""Sessions made searchable: one directory each, with our abstract, its digest, and tags; read back before it counts.

The order is what measurement taught: directories with our L0 first, all digests of a date in one batch (the date's
overview is made once), our L0 put back where a model wrote its own, tags last (before the vectors exist they are lost).
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from sessions_platform.indexing.payload import Document, date_uri
from sessions_platform.resources.openviking import (
    OpenVikingClient,
    OpenVikingDown,
    OpenVikingError,
    OpenVikingRefusal,
    is_placeholder,
)

DIGEST = "digest.md"
_TRIES = 3
_SECONDS_A_SESSION = 60.0
_RECORDS = 3
"""Index records of a session: abstract, overview, digest."""
_IDLE_SECONDS = 30.0
_LOST_AFTER = 3
Failures = dict[str, str]
"""Reasons by session id."""


class DirectoryLoader:
    """Loads the directories of one date. `concurrency` is how many model requests the server may have in flight."""

    def __init__(self, client: OpenVikingClient, date: str, *, concurrency: int, watch_seconds: float = 10.0) -> None:
        self._client = client
        self._date = date
        self._concurrency = max(1, concurrency)
        self._watch_seconds = watch_seconds

    async def load(self, documents: Sequence[Document], replaced: set[str]) -> Failures:
        """Load directories; reasons for those that failed. Raises OpenVikingDown where the server is gone.

        `replaced` are the ids that were verified before: their directory is written over. Any other directory that
        exists was left by an attempt that failed, and is removed first.
        """
        failures: Failures = {}
        left_over: list[Document] = []

        async def make(one: Document) -> None:
            if not await self._client.mkdir(one.uri, one.l0) and one.session_id not in replaced:
                left_over.append(one)

        await _each(documents, failures, make)
        if left_over:
            # What a killed server still has queued for these directories must not come after their removal.
            await self._client.wait_for_queues(_IDLE_SECONDS)
            await _each(left_over, failures, self._make_again)
        await self._write([one for one in documents if one.session_id not in failures], failures)
        left = [one for one in documents if one.session_id not in failures]
        await self._read_back(left, failures)
        await _each([one for one in left if one.session_id not in failures], failures, self._tag)
        return failures

    async def _make_again(self, document: Document) -> None:
        await self._client.delete(document.uri)
        await self._client.mkdir(document.uri, document.l0)

    async def _write(self, documents: Sequence[Document], failures: Failures) -> None:
        """Write digests in one batch; where the content of one is refused, halves find out which."""
        if not documents:
            return
        files = [(f"{one.uri}/{DIGEST}", one.digest) for one in documents]
        try:
            await self._batch(files)
        except OpenVikingDown:
            raise
        except OpenVikingRefusal as refusal:
            if refusal.of_the_content and len(documents) > 1:
                middle = len(documents) // 2
                await self._write(documents[:middle], failures)
                await self._write(documents[middle:], failures)
                return
            failures.update({one.session_id: str(refusal) for one in documents})
        except OpenVikingError as error:
            failures.update({one.session_id: str(error) for one in documents})

    async def _batch(self, files: Sequence[tuple[str, str]]) -> None:
        """Write and wait. The server waits for ever for models that are away, so they are asked after meanwhile."""
        seconds = 120.0 + _SECONDS_A_SESSION * len(files) / self._concurrency
        writing = asyncio.create_task(self._client.batch_write(date_uri(self._date), files, seconds=seconds))
        watching = asyncio.create_task(self._models_lost())
        try:
            await asyncio.wait({writing, watching}, return_when=asyncio.FIRST_COMPLETED)
            if not writing.done():
                watching.result()
            await writing
        finally:
            for task in (writing, watching):
                task.cancel()
            await asyncio.gather(writing, watching, return_exceptions=True)

    async def _models_lost(self) -> None:
        """Raise OpenVikingError when the models have not answered several times in a row."""
        failed = 0
        while True:
            await asyncio.sleep(self._watch_seconds)
            try:
                await self._client.check_models()
            except OpenVikingDown:
                raise
            except OpenVikingError:
                failed += 1
                if failed == _LOST_AFTER:
                    raise
            else:
                failed = 0

    async def _read_back(self, documents: Sequence[Document], failures: Failures) -> None:
        """Until every abstract is ours and every overview is one; success statuses alone say neither."""
        left = list(documents)
        for attempt in range(_TRIES):
            poor, foreign = await self._unfinished(left, failures)
            if not poor and not foreign:
                return
            left = [*poor, *foreign]
            if attempt == _TRIES - 1:
                break
            files = [(f"{one.uri}/{DIGEST}", one.digest) for one in poor]
            files += [(f"{one.uri}/.abstract.md", one.l0) for one in foreign]
            try:
                await self._batch(files)
            except OpenVikingDown:
                raise
            except OpenVikingError as error:
                failures.update({one.session_id: str(error) for one in left})
                return
        reason = "no model wrote its overview (SESSIONS_GATEWAY_URL): the server holds a placeholder"
        failures.update({one.session_id: reason for one in poor})
        failures.update({one.session_id: "its abstract did not stay as written" for one in foreign})

    async def _unfinished(
        self, documents: Sequence[Document], failures: Failures
    ) -> tuple[list[Document], list[Document]]:
        """Those with a placeholder, and those with an abstract that is not ours."""
        poor: list[Document] = []
        foreign: list[Document] = []

        async def look(one: Document) -> None:
            abstract, overview = await asyncio.gather(self._client.abstract(one.uri), self._client.overview(one.uri))
            if is_placeholder(abstract) or is_placeholder(overview):
                poor.append(one)
            elif abstract.strip() != one.l0:
                foreign.append(one)

        await _each(documents, failures, look)
        return poor, foreign

    async def _tag(self, document: Document) -> None:
        taken = await self._client.set_tags(document.uri, document.tags)
        if taken < _RECORDS:
            await self._client.wait_for_queues(_IDLE_SECONDS)
            taken = await self._client.set_tags(document.uri, document.tags)
        if taken < _RECORDS:
            raise OpenVikingError(f"only {taken} of its {_RECORDS} index records exist (embeddings are missing)")


async def _each(
    documents: Sequence[Document], failures: Failures, work: Callable[[Document], Coroutine[Any, Any, None]]
) -> None:
    """Do the work for each, keeping reasons of those that fail; a server that is gone ends it all."""

    async def one(document: Document) -> None:
        try:
            await work(document)
        except OpenVikingDown:
            raise
        except OpenVikingError as error:
            failures[document.session_id] = str(error)

    results = await asyncio.gather(*(one(document) for document in documents), return_exceptions=True)
    if error := next((result for result in results if isinstance(result, BaseException)), None):
        raise error
