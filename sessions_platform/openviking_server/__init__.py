"""A local OpenViking server as a process of its own: configured, started, waited for, given keys, stopped.

    with OpenVikingServer(ServerOptions(home, gateway_url=...)) as server:
        ...  # server.url, server.user_key

`config` writes the configuration, `process` starts and stops the server, `keys` makes account and keys.
Nothing here imports OpenViking (AGPL-3.0): its console script is run, and it is spoken to over HTTP.
"""

from sessions_platform.openviking_server.config import ServerOptions
from sessions_platform.openviking_server.process import OpenVikingServer

__all__ = ["OpenVikingServer", "ServerOptions"]
