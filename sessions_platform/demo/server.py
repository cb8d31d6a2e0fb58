"""A Langfuse-compatible read API over rows in memory or in files, on a loopback port.

    with LangfuseServer(Dataset.from_folders([folder])) as server:
        ...  # server.url, server.public_key, server.secret_key

    python -m sessions_platform.demo.server --folder FOLDER [--folder FOLDER] [--port 3000]

It answers `v2/observations`, `v3/scores`, `v2/metrics`, `projects` and `health` as Langfuse v4 does, refuses what that
refuses, and can be told to fail (`ServerOptions`). It stores nothing and takes no writes.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import get_args

from sessions_platform.demo.app import LangfuseApp
from sessions_platform.demo.dataset import Dataset
from sessions_platform.demo.options import Fault, Seen, ServerOptions, Stats
from sessions_platform.loopback import LoopbackServer

__all__ = ["Dataset", "Fault", "LangfuseServer", "Seen", "ServerOptions", "Stats", "main"]


class LangfuseServer(LoopbackServer):
    """A running server, in a thread of its own. Replace `dataset` or `options`, or change them, while it runs."""

    def __init__(self, dataset: Dataset | None = None, options: ServerOptions | None = None, *, port: int = 0) -> None:
        self.app = LangfuseApp(dataset or Dataset(), options or ServerOptions())
        # h11, also where a faster one is installed: an answer cut half way must behave the same everywhere.
        super().__init__(self.app, name="langfuse-demo", port=port, http="h11")

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
