"""Memory files: what a session is remembered by, written by us, one file a kind, with tags; no model is asked for them.

They lie in the loading user's space by date, so that an agent that asks OpenViking for memories finds them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sessions_platform.indexing.attempts import together
from sessions_platform.indexing.ledger import MemoryLine
from sessions_platform.indexing.payload import memory_files, memory_folders, memory_tags
from sessions_platform.indexing.writing import write_and_wait
from sessions_platform.resources.openviking import FileWrite, OpenVikingClient

_SECONDS = 300.0


@dataclass(frozen=True)
class Remembered:
    """A session's memories: the lines of its ledger entry, and its tags."""

    session_id: str
    tags: Sequence[str]
    lines: Sequence[MemoryLine]


async def write_memories(client: OpenVikingClient, space: str, date: str, sessions: Sequence[Remembered]) -> None:
    """Write the memory files of sessions of one date, and wait until they can be found. Raises OpenVikingError.

    The same URI is written over. `space`: URI of the user who loads.
    """
    files: dict[str, list[FileWrite]] = {}
    for one in sessions:
        kinds = {line.uri: line.kind for line in one.lines}
        for uri, text in memory_files(one.session_id, date, one.lines).items():
            files.setdefault(kinds[uri], []).append(FileWrite(uri, text, memory_tags(one.tags, kinds[uri])))
    folders = memory_folders(space, date)
    await together(*(_write(client, folders[kind], written) for kind, written in files.items()))


async def _write(client: OpenVikingClient, folder: str, files: Sequence[FileWrite]) -> None:
    # Its queues may tell of errors that a repetition mends; whether each file is found, verification asks.
    await client.mkdir(folder)
    await write_and_wait(client, folder, files, seconds=_SECONDS)


async def remove_memories(client: OpenVikingClient, uris: Iterable[str]) -> None:
    """Remove memory files; missing ones are no error."""
    await together(*(client.delete(uri) for uri in uris))
