"""Files written into the index in one batch, and waited for until they are summarised and can be found."""

import asyncio
from collections.abc import Sequence

from sessions_platform.resources.openviking import FileWrite, OpenVikingClient, OpenVikingDown, OpenVikingError

_WATCH_SECONDS = 10.0
_LOST_AFTER = 3


async def write_and_wait(client: OpenVikingClient, root: str, files: Sequence[FileWrite], *, seconds: float) -> None:
    """Write files below `root`. The server waits for ever for models that are away, so they are asked after meanwhile.

    Raises OpenVikingError where they do not answer several times in a row, or after so many seconds.
    """
    writing = asyncio.create_task(client.batch_write(root, files, seconds=seconds))
    watching = asyncio.create_task(_models_lost(client))
    try:
        await asyncio.wait({writing, watching}, return_when=asyncio.FIRST_COMPLETED)
        if not writing.done():
            watching.result()
        await writing
    finally:
        for task in (writing, watching):
            task.cancel()
        await asyncio.gather(writing, watching, return_exceptions=True)


async def _models_lost(client: OpenVikingClient) -> None:
    """Raise OpenVikingError when the models have not answered several times in a row."""
    failed = 0
    while True:
        await asyncio.sleep(_WATCH_SECONDS)
        try:
            await client.check_models()
        except OpenVikingDown:
            raise
        except OpenVikingError:
            failed += 1
            if failed == _LOST_AFTER:
                raise
        else:
            failed = 0
