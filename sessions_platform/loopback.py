"""Serving on this machine alone: an ASGI app in a thread, and free ports. What is served belongs elsewhere."""

import asyncio
import socket
import threading
from abc import ABC, abstractmethod
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import uvicorn

HOST = "127.0.0.1"
_BACKLOG = 256


def free_port() -> int:
    """A loopback port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Server(ABC):
    """What runs from `start` to `stop`. Used as `with`, it does so for the block."""

    @abstractmethod
    def start(self) -> None:
        """Begin to serve."""

    @abstractmethod
    def stop(self) -> None:
        """End it; no harm where it is not running."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class LoopbackServer(Server):
    """An ASGI app served in a thread of its own. Use as `with`, or `start` and `stop`. `port` 0 takes a free one.

    `config` are further words of `uvicorn.Config`.
    """

    def __init__(self, asgi: Any, *, name: str, port: int = 0, **config: Any) -> None:
        self._asgi, self._name, self._port, self._config = asgi, name, port, config
        self._socket: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Address of the server."""
        return f"http://{HOST}:{self._port}"

    def start(self) -> None:
        """Bind, listen, serve. Raises OSError or OverflowError where the port cannot be had."""
        import uvicorn

        # TCP by name: asyncio turns Nagle's delay (40 ms an answer) off only for sockets that say so.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, self._port))
            # Listening before the thread runs: a client that connects at once waits instead of being refused.
            listening.listen(_BACKLOG)
        except (OSError, OverflowError):
            listening.close()
            raise
        self._socket, self._port = listening, listening.getsockname()[1]
        quiet: dict[str, Any] = {"loop": "asyncio", "ws": "none", "lifespan": "off", "log_level": "critical"}
        # A request that hangs, or is held by a pause, is not waited for at the end.
        self._server = uvicorn.Server(
            uvicorn.Config(self._asgi, timeout_graceful_shutdown=1, **{**quiet, **self._config})
        )
        self._thread = threading.Thread(target=self._serve, name=self._name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it."""
        if self._server and self._thread and self._socket:
            self._server.should_exit = True
            self._thread.join(timeout=10)
            self._socket.close()
            self._server = self._thread = self._socket = None

    def wait(self) -> None:
        """Until the server ends."""
        if self._thread:
            self._thread.join()

    def _serve(self) -> None:
        if self._server and self._socket:
            with asyncio.Runner() as runner:
                runner.run(self._server.serve(sockets=[self._socket]))
