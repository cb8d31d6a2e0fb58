"""The command that serves the REST API and the pages. What is served is written in `api` and `pages`."""

import socket
from typing import Annotated

import typer

from sessions_platform.cli_shared import warn
from sessions_platform.errors import ConfigurationError
from sessions_platform.loopback import HOST
from sessions_platform.settings import load_settings

PORT = 8007


def api(
    host: Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0 for all.")] = HOST,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 for a free one.")] = PORT,
) -> None:
    """Serve the REST API and the dashboard over the published file. Ctrl-C ends it."""
    # Imported here: FastAPI would slow the start of every command.
    import uvicorn

    from sessions_platform.api.app import create_app

    settings = load_settings()
    listening = _listening(host, port)
    bound = listening.getsockname()
    shown = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
    print(f"http://{shown}:{bound[1]}/  (documentation: /docs)", flush=True)
    if not settings.sessions_api_token.get_secret_value() and not _is_loopback(bound[0]):
        warn(f"whoever reaches {shown} can read every session: set SESSIONS_API_TOKEN, or serve at {HOST}")
    config = uvicorn.Config(
        create_app(settings, host=host),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    uvicorn.Server(config).run(sockets=[listening])


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens. ConfigurationError where it cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # Protocol by name: asyncio turns Nagle's delay off only for sockets that say TCP.
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(address)
            listening.listen(256)
        except OSError:
            listening.close()
            raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigurationError(f"cannot serve at {host}:{port} ({reason}): choose another --port or --host") from None
    return listening


def _is_loopback(address: str) -> bool:
    return address == "::1" or address.startswith("127.")
