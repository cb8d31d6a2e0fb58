"""Sessions made searchable: one directory each, with our abstract, its digest, its transcript out of sight, and tags.

The order is what measurement taught: directories with our L0 first, transcripts deferred under hidden names (a visible
one would be summarised), all digests in one batch (the date's overview is made at most once), our L0 put back where a
model wrote its own, tags last (before the vectors exist they are lost).
"""

from collections.abc import Iterator, Sequence

from sessions_platform.indexing.attempts import Failures, each, in_halves
from sessions_platform.indexing.payload import Document, date_uri, digest_uri
from sessions_platform.indexing.verify import NO_OVERVIEW, read_l0
from sessions_platform.indexing.writing import write_and_wait
from sessions_platform.resources.openviking import FileWrite, OpenVikingClient, OpenVikingDown, OpenVikingError

_TRIES = 3
_SECONDS_A_SESSION = 60.0
RECORDS = 3
"""Index records of a session: abstract, overview, digest."""
_IDLE_SECONDS = 30.0
_BATCH_BYTES = 8 << 20


class DirectoryLoader:
    """Loads the directories of one date. `concurrency` is how many model requests the server may have in flight."""

    def __init__(self, client: OpenVikingClient, date: str, *, concurrency: int) -> None:
        self._client = client
        self._date = date
        self._concurrency = max(1, concurrency)
        self.written_back: set[str] = set()
        """Ids of sessions whose L0 a model had changed, and that got ours back."""
        self.l0_read: dict[str, str] = {}
        """L0 as read back, of sessions whose L0 is ours and whose L1 is one."""

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

        await each(documents, failures, make)
        if left_over:
            # What a killed server still has queued for these directories must not come after their removal.
            await self._client.wait_for_queues(_IDLE_SECONDS)
            await each(left_over, failures, self._make_again)
        await in_halves(_without(documents, failures), failures, self._write_transcripts)
        await in_halves(_without(documents, failures), failures, self._write)
        await self._read_back(_without(documents, failures), failures)
        await each(_without(documents, failures), failures, self._tag)
        return failures

    async def _write_transcripts(self, documents: Sequence[Document]) -> None:
        """Keep transcripts where they are read by their URI alone: nothing is asked of a model."""
        for files in _by_bytes([file for one in documents for file in one.transcript_files()]):
            await self._client.batch_write(date_uri(self._date), files, deferred=True)

    async def _make_again(self, document: Document) -> None:
        await self._client.delete(document.uri)
        await self._client.mkdir(document.uri, document.l0)

    async def _write(self, documents: Sequence[Document]) -> None:
        await self._batch([FileWrite(digest_uri(one.uri), one.digest) for one in documents])

    async def _batch(self, files: Sequence[FileWrite]) -> None:
        seconds = 120.0 + _SECONDS_A_SESSION * len(files) / self._concurrency
        await write_and_wait(self._client, date_uri(self._date), files, seconds=seconds)

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
            self.written_back |= {one.session_id for one in foreign}
            files = [FileWrite(digest_uri(one.uri), one.digest) for one in poor]
            files += [FileWrite(f"{one.uri}/.abstract.md", one.l0) for one in foreign]
            try:
                await self._batch(files)
            except OpenVikingDown:
                raise
            except OpenVikingError as error:
                failures.update({one.session_id: str(error) for one in left})
                return
        failures.update({one.session_id: NO_OVERVIEW for one in poor})
        failures.update({one.session_id: "its abstract did not stay as written" for one in foreign})

    async def _unfinished(
        self, documents: Sequence[Document], failures: Failures
    ) -> tuple[list[Document], list[Document]]:
        """Those with a placeholder, and those with an abstract that is not ours."""
        poor: list[Document] = []
        foreign: list[Document] = []

        async def look(one: Document) -> None:
            l0 = await read_l0(self._client, one.uri)
            if l0 is None:
                poor.append(one)
            elif l0 != one.l0:
                foreign.append(one)
            else:
                self.l0_read[one.session_id] = l0

        await each(documents, failures, look)
        return poor, foreign

    async def _tag(self, document: Document) -> None:
        taken = await set_tags(self._client, document.uri, document.tags, tries=2, seconds=_IDLE_SECONDS)
        if taken > RECORDS:
            raise OpenVikingError(f"{taken} index records of it instead of {RECORDS}: something else is there")


async def set_tags(client: OpenVikingClient, uri: str, tags: Sequence[str], *, tries: int, seconds: float) -> int:
    """Tag all records of a session's directory; how many there are: RECORDS, more where something else lies there.

    Before its vectors exist tags are lost, so it is tried again after the queues were waited for, so many seconds.
    Raises OpenVikingError where there are too few in the end.
    """
    for left in range(tries - 1, -1, -1):
        taken = await client.set_tags(uri, tags)
        if taken >= RECORDS:
            return taken
        if left:
            await client.wait_for_queues(seconds)
    reason = "its texts were not embedded (SESSIONS_GATEWAY_URL)"
    raise OpenVikingError(f"{taken} index records of it instead of {RECORDS}: {reason}")


def _without(documents: Sequence[Document], failures: Failures) -> list[Document]:
    return [one for one in documents if one.session_id not in failures]


def _by_bytes(files: Sequence[FileWrite]) -> Iterator[list[FileWrite]]:
    """The files in groups of at most 8 MB; a larger one alone."""
    group: list[FileWrite] = []
    size = 0
    for file in files:
        if group and size + len(file.text) > _BATCH_BYTES:
            yield group
            group, size = [], 0
        group.append(file)
        size += len(file.text)
    if group:
        yield group
