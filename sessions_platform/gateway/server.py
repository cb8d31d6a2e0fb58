"""The gateway on a loopback port: in a thread for tests and the embedded stack, or as a process of its own.

    with Gateway() as gateway:
        ...  # gateway.url, gateway.api_base, gateway.ledger, gateway.options

It binds 127.0.0.1 only and asks for no key. What is answered belongs to `app`.
"""

import asyncio
import socket
import threading
from types import TracebackType

import uvicorn

from sessions_platform.errors import ConfigurationError
from sessions_platform.gateway.app import LABEL, GatewayApp
from sessions_platform.gateway.ledger import Ledger
from sessions_platform.gateway.options import GatewayOptions

HOST = "127.0.0.1"
DEFAULT_PORT = 8009


class Gateway:
    """A running gateway. Replace `options`, or change its attributes, while it runs."""

    def __init__(self, options: GatewayOptions | None = None, *, port: int = 0) -> None:
        self.app = GatewayApp(options)
        self._port = port
        self._socket: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._port}"

    @property
    def api_base(self) -> str:
        """What OpenAI clients, OpenViking among them, call the base URL."""
        return f"{self.url}/v1"

    @property
    def ledger(self) -> Ledger:
        return self.app.ledger

    @property
    def options(self) -> GatewayOptions:
        return self.app.options

    @options.setter
    def options(self, options: GatewayOptions) -> None:
        self.app.options = options

    def start(self) -> None:
        """Bind, listen, serve. Raises ConfigurationError where the port is taken."""
        # TCP by name: asyncio turns Nagle's delay (40 ms an answer) off only for sockets that say so.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, self._port))
            # Listening before the thread runs: a client that connects at once waits instead of being refused.
            listening.listen(256)
        except (OSError, OverflowError) as error:
            listening.close()
            reason = getattr(error, "strerror", None) or error
            raise ConfigurationError(f"gateway: cannot listen on {HOST}:{self._port} ({reason})") from error
        self._socket, self._port = listening, listening.getsockname()[1]
        self._server = uvicorn.Server(
            uvicorn.Config(
                self.app.asgi,
                loop="asyncio",
                ws="none",
                lifespan="off",
                log_level="critical",
                timeout_graceful_shutdown=1,
            )
        )
        self._thread = threading.Thread(target=self._serve, name="offline-gateway", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it. Requests that a pause holds are let go."""
        if self._server and self._thread and self._socket:
            self._server.should_exit = True
            self._thread.join(timeout=10)
            self._socket.close()
            self._server = self._thread = self._socket = None

    def wait(self) -> None:
        """Until the gateway ends."""
        if self._thread:
            self._thread.join()

    def _serve(self) -> None:
        if self._server and self._socket:
            with asyncio.Runner() as runner:
                runner.run(self._server.serve(sockets=[self._socket]))

    def __enter__(self) -> "Gateway":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def main(port: int = DEFAULT_PORT) -> int:
    """Serve until interrupted. Raises ConfigurationError where the port is taken."""
    with Gateway(port=port) as gateway:
        print(f"SESSIONS_GATEWAY_URL={gateway.api_base} ({LABEL})", flush=True)
        try:
            gateway.wait()
        except KeyboardInterrupt:
            return 0
    return 0
