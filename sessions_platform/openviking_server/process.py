"""The server's process: started under the workspace's lock, waited for, stopped by its id.

One process a workspace: the server process itself holds the lock, so it is free again when that process is gone,
however it ended.
"""

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import httpx

from sessions_platform.errors import ConfigurationError, PlatformError
from sessions_platform.loopback import HOST, Server, free_port
from sessions_platform.openviking_server.config import ServerOptions, environment, write_configuration
from sessions_platform.openviking_server.keys import Keys, make_keys, tried_keys

READY_WITHIN_SECONDS = 180.0
STOPS_WITHIN_SECONDS = 30.0
_PORT_ATTEMPTS = 3
_LOG_LINES = 12
Progress = Callable[[float, str], None]
"""Called while waiting, with seconds since the start and what is waited for."""


class OpenVikingServer(Server):
    """The server of one workspace. Use as `with`, or `start` and `stop`; may be started again after it stopped."""

    def __init__(self, options: ServerOptions, *, progress: Progress | None = None) -> None:
        self.options = options
        self.port = options.port
        self._progress = progress or (lambda seconds, what: None)
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[bytes] | None = None
        self._keys: Keys | None = None

    @property
    def url(self) -> str:
        """OPENVIKING_URL of this server."""
        return f"http://{HOST}:{self.port}"

    @property
    def pid(self) -> int | None:
        """Process id while the server runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def user_key(self) -> str:
        """OPENVIKING_API_KEY of this server: the key of a plain user, who may load and search."""
        return self._made_keys.user

    @property
    def admin_key(self) -> str:
        """Key of the account's administrator (reindex, backup); the platform does not need it to load or search."""
        return self._made_keys.admin

    @property
    def _made_keys(self) -> Keys:
        if self._keys is None:
            raise RuntimeError("OpenVikingServer has no keys before it was started")
        return self._keys

    @property
    def log(self) -> Path:
        """What the server process wrote."""
        return self.options.workspace / "server.log"

    def start(self) -> None:
        """Start the process, wait until it is healthy, make account and key. Raises ConfigurationError, PlatformError.

        An error leaves no process behind.
        """
        script = console_script()
        self._take_lock()
        try:
            for attempt in range(1, _PORT_ATTEMPTS + 1):
                self.port = self.options.port or free_port()
                self._launch(script)
                if self._wait_until_healthy(may_retry=not self.options.port and attempt < _PORT_ATTEMPTS):
                    break
            self._progress(0.0, "making account and key")
            self._keys = tried_keys(self.url, self.options.keys_file) or make_keys(
                self.url, self.options.root_key, self.options.keys_file
            )
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the process by its id: asked first, killed if it has not gone after 30 seconds."""
        process, self._process = self._process, None
        if process is not None:
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(timeout=STOPS_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._release_lock()

    def kill(self) -> None:
        """End the process at once, as a crash would (tests)."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
        self._release_lock()

    def wait(self) -> int:
        """Until the process ends; its exit code."""
        return self._process.wait() if self._process else 0

    def _take_lock(self) -> None:
        folder = self.options.workspace
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = (folder / "server.lock").open("a+b")
        except OSError as error:
            raise ConfigurationError(f"SESSIONS_HOME: {folder} cannot be written ({error.strerror})") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            raise PlatformError(self._in_use()) from None
        self._lock = lock

    def _in_use(self) -> str:
        noted: dict[str, Any] = {}
        with contextlib.suppress(OSError, ValueError):
            noted = json.loads((self.options.workspace / "server.json").read_text(encoding="utf-8"))
        who = f"process {noted['pid']} at {noted['url']}" if "pid" in noted and "url" in noted else "another process"
        return (
            f"an OpenViking server already runs on {self.options.workspace} ({who}): use it by OPENVIKING_URL, or stop"
            " it first; two on one workspace would damage the index"
        )

    def _release_lock(self) -> None:
        if self._lock is not None:
            # Closed, not unlocked: a child that still lives shares the lock and keeps it.
            self._lock.close()
            self._lock = None

    def _launch(self, script: Path) -> None:
        options = self.options
        write_configuration(options, self.port)
        command = [sys.executable, "-m", "sessions_platform.launch", str(os.getpid())]
        command += [str(script), "--config", str(options.configuration)]
        assert self._lock is not None  # noqa: S101 - start() takes it first
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and fixed words
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=options.workspace,
                env=environment(options),
                pass_fds=(self._lock.fileno(),),
                start_new_session=True,
            )
        note = {"pid": self._process.pid, "url": self.url}
        (options.workspace / "server.json").write_text(json.dumps(note), encoding="utf-8")

    def _wait_until_healthy(self, *, may_retry: bool) -> bool:
        """True when the server answers; False if its port was taken meanwhile and another may be tried."""
        process = self._process
        assert process is not None  # noqa: S101 - launched just before
        begun = time.monotonic()
        with httpx.Client(base_url=self.url, timeout=5.0, trust_env=False) as http:
            while (waited := time.monotonic() - begun) < READY_WITHIN_SECONDS:
                if process.poll() is not None:
                    words = self.last_words()
                    if may_retry and "address already in use" in words.lower():
                        return False
                    raise PlatformError(f"the OpenViking server ended while starting ({self.log}): {words}")
                if _healthy(http):
                    return True
                self._progress(waited, "waiting for the OpenViking server")
                time.sleep(0.25)
        raise PlatformError(f"the OpenViking server is not healthy after {READY_WITHIN_SECONDS:.0f} s: see {self.log}")

    def last_words(self) -> str:
        """The end of the server's log, in one line."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines() if self.log.exists() else []
        return " | ".join(line.strip() for line in lines[-_LOG_LINES:] if line.strip())[-800:] or "it said nothing"


def _healthy(http: httpx.Client) -> bool:
    try:
        answer = http.get("/health")
        return answer.status_code == 200 and bool(answer.json().get("healthy"))
    except (httpx.TransportError, ValueError):
        return False


def console_script() -> Path:
    """`openviking-server` of this environment."""
    script = Path(sys.executable).with_name("openviking-server")
    if not script.is_file():
        raise ConfigurationError(f"{script} is missing: install openviking 0.5.2 into this environment (make setup)")
    return script
