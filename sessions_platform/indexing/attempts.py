"""Work on many sessions at once, where one that fails is noted and the others go on."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Protocol, TypeVar

from sessions_platform.resources.openviking import OpenVikingDown, OpenVikingError, OpenVikingRefusal

Failures = dict[str, str]
"""Reasons by session id."""


class _Session(Protocol):
    @property
    def session_id(self) -> str: ...


One = TypeVar("One", bound=_Session)


async def each(sessions: Sequence[One], failures: Failures, work: Callable[[One], Coroutine[Any, Any, None]]) -> None:
    """Do the work for each, keeping reasons of those that fail; a server that is gone ends it all."""

    async def attempt(session: One) -> None:
        try:
            await work(session)
        except OpenVikingDown:
            raise
        except OpenVikingError as error:
            failures[session.session_id] = str(error)

    await together(*(attempt(session) for session in sessions))


async def in_halves(
    sessions: Sequence[One], failures: Failures, write: Callable[[Sequence[One]], Coroutine[Any, Any, None]]
) -> None:
    """Write for all at once; where the content of one is refused, halves find out which."""
    if not sessions:
        return
    try:
        await write(sessions)
    except OpenVikingDown:
        raise
    except OpenVikingError as error:
        if isinstance(error, OpenVikingRefusal) and error.of_the_content and len(sessions) > 1:
            middle = len(sessions) // 2
            await in_halves(sessions[:middle], failures, write)
            await in_halves(sessions[middle:], failures, write)
            return
        failures.update({one.session_id: str(error) for one in sessions})


async def together(*work: Coroutine[Any, Any, None]) -> None:
    """All of it to its end, then the first error: nothing is left running behind one that failed."""
    results = await asyncio.gather(*work, return_exceptions=True)
    if error := next((result for result in results if isinstance(result, BaseException)), None):
        raise error
