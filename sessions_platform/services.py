"""Processes that serve: the offline gateway, a local OpenViking server, the Dagster UI and daemon. All on loopback.

Each is a block that leaves nothing running behind it. What they serve is written elsewhere.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sessions_platform.errors import PlatformError
from sessions_platform.settings import Settings

HOST = "127.0.0.1"
_STOPS_WITHIN = 30.0
Say = Callable[[str], None]


def free_port() -> int:
    """A loopback port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def openviking_server(settings: Settings, *, port: int = 0, say: Say = lambda text: None) -> Iterator[tuple[str, str]]:
    """A local OpenViking server with the models of the settings; (address, user key).

    Where SESSIONS_GATEWAY_URL is not set, the offline gateway serves it, in this process.
    """
    from sessions_platform.gateway import Gateway
    from sessions_platform.openviking_server import OpenVikingServer, ServerOptions

    with ExitStack() as stack:
        gateway_url = settings.sessions_gateway_url
        if not gateway_url:
            gateway_url = stack.enter_context(Gateway()).api_base
            say(f"offline model gateway at {gateway_url} (extractive: no language model)")
        options = ServerOptions(
            settings.home,
            gateway_url=gateway_url,
            gateway_api_key=settings.sessions_gateway_api_key.get_secret_value(),
            chat_model=settings.sessions_chat_model,
            embedding_model=settings.sessions_embedding_model,
            embedding_dimension=settings.sessions_embedding_dimension,
            model_concurrency=settings.sessions_model_concurrency,
            port=port,
        )
        say("starting the OpenViking server (20 to 90 seconds)")
        server = stack.enter_context(OpenVikingServer(options))
        yield server.url, server.user_key


@contextmanager
def dagster_ui(
    settings: Settings, *, port: int = 0, daemon: bool = True, more: dict[str, str] | None = None
) -> Iterator[str]:
    """The Dagster webserver and daemon over this installation's instance; the address of the UI.

    `more`: further variables for the processes, secrets among them (they never stand on a command line).
    """
    from sessions_platform.runner import open_instance

    open_instance(settings).dispose()
    port = port or free_port()
    environment = os.environ | environment_of(settings) | (more or {})
    logs = settings.home / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    location = ["-m", "sessions_platform.definitions"]
    commands = {"webserver": ["dagster_webserver", "-h", HOST, "-p", str(port), *location]}
    if daemon:
        commands["daemon"] = ["dagster._daemon", "run", *location]
    with ExitStack() as stack:
        for name, words in commands.items():
            stack.enter_context(_process(words, environment, logs / f"{name}.log"))
        _wait_for(port, logs / "webserver.log")
        yield f"http://{HOST}:{port}"


def environment_of(settings: Settings) -> dict[str, str]:
    """The variables under which another process works with the same installation."""
    names = {
        "DAGSTER_HOME": str(settings.dagster_folder),
        "SESSIONS_HOME": str(settings.home),
        "SESSIONS_STORE_URL": settings.store_url,
        "SESSIONS_START_DATE": settings.sessions_start_date.isoformat(),
        "LANGFUSE_HOST": settings.langfuse_host,
        "LANGFUSE_PUBLIC_KEY": settings.langfuse_public_key,
        "LANGFUSE_SECRET_KEY": settings.langfuse_secret_key.get_secret_value(),
        "OPENVIKING_URL": settings.openviking_url,
        "OPENVIKING_API_KEY": settings.openviking_api_key.get_secret_value(),
    }
    return {name: value for name, value in names.items() if value}


@contextmanager
def _process(words: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A module run by our interpreter in a process group of its own, ended with all its children after the block."""
    with log.open("ab") as stream:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and fixed words
            [sys.executable, "-m", *words],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    for sign, patience in ((signal.SIGTERM, _STOPS_WITHIN), (signal.SIGKILL, 5.0)):
        try:
            os.killpg(process.pid, sign)
        except ProcessLookupError:
            break
        try:
            process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            continue
        # The group may outlive its leader: code servers are children of their own.
        if sign is signal.SIGTERM:
            time.sleep(0.5)
    process.wait()


def _wait_for(port: int, log: Path, *, within: float = 90.0) -> None:
    begun = time.monotonic()
    while time.monotonic() - begun < within:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.25)
    raise PlatformError(f"the Dagster webserver does not answer after {within:.0f} s: see {log}")
