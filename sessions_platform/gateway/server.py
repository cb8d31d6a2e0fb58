"""The gateway on a loopback port: in a thread for tests and the embedded stack, or as a process of its own.

    with Gateway() as gateway:
        ...  # gateway.url, gateway.api_base, gateway.ledger, gateway.options

It binds 127.0.0.1 only and asks for no key. What is answered belongs to `app`.
"""

from sessions_platform.errors import ConfigurationError
from sessions_platform.gateway.app import LABEL, GatewayApp
from sessions_platform.gateway.ledger import Ledger
from sessions_platform.gateway.options import GatewayOptions
from sessions_platform.loopback import HOST, LoopbackServer

DEFAULT_PORT = 8009


class Gateway(LoopbackServer):
    """A running gateway. Replace `options`, or change its attributes, while it runs."""

    def __init__(self, options: GatewayOptions | None = None, *, port: int = 0) -> None:
        self.app = GatewayApp(options)
        super().__init__(self.app.asgi, name="offline-gateway", port=port)

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
        try:
            super().start()
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ConfigurationError(f"gateway: cannot listen on {HOST}:{self._port} ({reason})") from error


def main(port: int = DEFAULT_PORT) -> int:
    """Serve until interrupted. Raises ConfigurationError where the port is taken."""
    with Gateway(port=port) as gateway:
        print(f"SESSIONS_GATEWAY_URL={gateway.api_base} ({LABEL})", flush=True)
        try:
            gateway.wait()
        except KeyboardInterrupt:
            return 0
    return 0
