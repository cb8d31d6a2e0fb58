"""What serves: the offline gateway, a local OpenViking server, the Dagster UI and daemon, the dashboard. On loopback.

Each is a block that leaves nothing running behind it. What they serve is written elsewhere.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from sessions_platform.errors import ConfigurationError, PlatformError
from sessions_platform.loopback import HOST, LoopbackServer, free_port
from sessions_platform.settings import Settings

_STOPS_WITHIN = 8.0
Say = Callable[[str], None]


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
def dashboard(settings: Settings, *, port: int = 0) -> Iterator[str]:
    """The REST API and the pages over the published file, in this process; the address."""
    from sessions_platform.api.app import create_app

    server = LoopbackServer(create_app(settings), name="dashboard", port=port, lifespan="on")
    try:
        server.start()
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigurationError(f"--api-port {port}: cannot listen on {HOST} ({reason})") from error
    try:
        yield server.url
    finally:
        server.stop()


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
    with _processes(commands, environment, logs):
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
        "SESSIONS_ALERTS": str(settings.sessions_alerts or ""),
        "SESSIONS_WEBHOOK_URL": settings.sessions_webhook_url.get_secret_value(),
        "SESSIONS_DASHBOARD_URL": settings.sessions_dashboard_url,
    }
    return {name: value for name, value in names.items() if value}


@contextmanager
def _processes(commands: dict[str, list[str]], environment: dict[str, str], logs: Path) -> Iterator[None]:
    """Modules run by our interpreter, each in a session of its own; after the block they and theirs are gone."""
    started: list[subprocess.Popen[bytes]] = []
    try:
        for name, words in commands.items():
            with (logs / f"{name}.log").open("ab") as stream:
                started.append(
                    subprocess.Popen(  # noqa: S603 - our own interpreter and fixed words
                        [sys.executable, "-m", "sessions_platform.launch", str(os.getpid()), "-m", *words],
                        env=environment,
                        stdin=subprocess.DEVNULL,
                        stdout=stream,
                        stderr=subprocess.STDOUT,
                        start_new_session=True,
                    )
                )
        yield
    finally:
        _end(started)


def _end(started: list[subprocess.Popen[bytes]]) -> None:
    """Ask all to end, wait together, then kill what is left. Code servers are children that outlive their parents."""
    family = {pid for process in started for pid in (process.pid, *_descendants(process.pid))}
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOPS_WITHIN
    while any(process.poll() is None for process in started) and time.monotonic() < deadline:
        time.sleep(0.1)
    for pid in family:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for process in started:
        process.wait()


def _descendants(pid: int) -> set[int]:
    """Children of a process, theirs and so on, where the system lists them (Linux)."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            # The name in brackets may hold anything; what follows it is state and parent.
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            parents.setdefault(parent, []).append(int(stat.parent.name))
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        for child in parents.get(waiting.pop(), []):
            found.add(child)
            waiting.append(child)
    return found


def _wait_for(port: int, log: Path, *, within: float = 90.0) -> None:
    begun = time.monotonic()
    while time.monotonic() - begun < within:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.25)
    raise PlatformError(f"the Dagster webserver does not answer after {within:.0f} s: see {log}")
