"""A Langfuse-compatible read API over rows in memory or in files, on a loopback port.

    with LangfuseServer(Dataset.from_folders([folder])) as server:
        ...  # server.url, server.public_key, server.secret_key

    python -m sessions_platform.demo.server --folder FOLDER [--folder FOLDER] [--port 3000]

It answers `v2/observations`, `v3/scores`, `v2/metrics`, `projects` and `health` as Langfuse v4 does, refuses what that
refuses, and can be told to fail (`ServerOptions`). It stores nothing and takes no writes.
"""

import argparse
import asyncio
import socket
import sys
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import get_args

import uvicorn

from sessions_platform.demo.app import LangfuseApp
from sessions_platform.demo.dataset import Dataset
from sessions_platform.demo.options import Fault, Seen, ServerOptions, Stats

__all__ = ["Dataset", "Fault", "LangfuseServer", "Seen", "ServerOptions", "Stats", "main"]
HOST = "127.0.0.1"


class LangfuseServer:
    """A running server, in a thread of its own. Replace `dataset` or `options`, or change them, while it runs."""

    def __init__(self, dataset: Dataset | None = None, options: ServerOptions | None = None, *, port: int = 0) -> None:
        self.app = LangfuseApp(dataset or Dataset(), options or ServerOptions())
        self._port = port
        self._socket: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._port}"

    @property
    def dataset(self) -> Dataset:
        return self.app.dataset

    @dataset.setter
    def dataset(self, dataset: Dataset) -> None:
        self.app.dataset = dataset

    @property
    def options(self) -> ServerOptions:
        return self.app.options

    @options.setter
    def options(self, options: ServerOptions) -> None:
        self.app.options = options

    @property
    def stats(self) -> Stats:
        return self.app.stats

    @property
    def public_key(self) -> str:
        return self.options.public_key

    @property
    def secret_key(self) -> str:
        return self.options.secret_key

    def start(self) -> None:
        """Bind, listen, serve. Raises OSError where the port is taken."""
        # TCP by name: asyncio turns Nagle's delay (40 ms an answer) off only for sockets that say so.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, self._port))
            # Listening before the thread runs: a client that connects at once waits instead of being refused.
            listening.listen(128)
        except OSError:
            listening.close()
            raise
        self._socket, self._port = listening, listening.getsockname()[1]
        self._server = uvicorn.Server(_config(self.app))
        self._thread = threading.Thread(target=self._serve, name="langfuse-demo", daemon=True)
        self._thread.start()

    def stop(self) -> None:
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

    def __enter__(self) -> "LangfuseServer":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _config(app: LangfuseApp) -> uvicorn.Config:
    # h11 and asyncio, also where faster ones are installed: an answer cut half way must behave the same everywhere.
    # A hanging request is not waited for at the end.
    return uvicorn.Config(
        app, http="h11", loop="asyncio", ws="none", lifespan="off", log_level="critical", timeout_graceful_shutdown=1
    )


def _fault(text: str) -> tuple[Fault, int]:
    name, _, every = text.partition("=")
    kind = next((known for known in get_args(Fault) if known == name), None)
    if kind is None or not every.isdigit():
        raise SystemExit(f"--fault {text}: expected KIND=N with KIND one of {', '.join(get_args(Fault))}")
    return kind, int(every)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m sessions_platform.demo.server", description="Sample Langfuse API")
    parser.add_argument("--folder", action="append", required=True, help="holds observations.jsonl[.gz]; may recur")
    parser.add_argument("--port", type=int, default=3000)
    parser.add_argument("--public-key", default=ServerOptions.public_key)
    parser.add_argument("--secret-key", default=ServerOptions.secret_key)
    parser.add_argument("--fault", action="append", default=[], metavar="KIND=N", help="every N-th request; 500=7")
    parser.add_argument("--rate-limit", type=int, help="requests a minute")
    parser.add_argument("--max-body-bytes", type=int, help="a longer answer is 422")
    chosen = parser.parse_args(arguments)
    dataset = Dataset.from_folders(chosen.folder)
    options = ServerOptions(
        public_key=chosen.public_key,
        secret_key=chosen.secret_key,
        rate_limit=chosen.rate_limit,
        max_body_bytes=chosen.max_body_bytes,
        faults=dict(map(_fault, chosen.fault)),
    )
    with LangfuseServer(dataset, options, port=chosen.port) as server:
        print(
            f"LANGFUSE_HOST={server.url} LANGFUSE_PUBLIC_KEY={server.public_key} rows={len(dataset.entries)}",
            flush=True,
        )
        try:
            server.wait()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
