"""Whole processes from outside: what one costs from start to exit, a sample server beside it, and a clean environment.

What belongs here: starting, waiting, metering. What does not: what is run, and what it is held against.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

REPOSITORY = Path(__file__).resolve().parents[1]
_OWN = ("SESSIONS_", "DAGSTER_", "LANGFUSE_", "OPENVIKING_", "AWS_")
"""Variables of an installation: none of them may reach what is measured."""
SECRET = "sk-lf-demo"  # noqa: S105 - the sample server's own, on loopback


class Spent(msgspec.Struct):
    """What a process cost, its start included, as the kernel says. CPU is user + system, `rss_mb` the peak."""

    wall: float
    cpu: float
    rss_mb: float


def clean_environment(home: Path, server: dict[str, str] | None = None) -> dict[str, str]:
    """The environment without this machine's installation, for an installation in `home` that reads `server`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OWN)}
    path = os.pathsep.join(filter(None, (str(REPOSITORY), kept.get("PYTHONPATH"))))
    return {**kept, "PYTHONPATH": path, "SESSIONS_HOME": str(home), **(server or {})}


def metered(command: list[str], environment: dict[str, str], folder: Path) -> tuple[Spent, bytes]:
    """Run a command to its end; its stdout. SystemExit with the end of its stderr where it fails."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "stdout").open("w+b") as out, (folder / "stderr").open("w+b") as err:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, env=environment, cwd=folder)
        # wait4 and not Popen.wait: it alone tells what this one process used.
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode:
            tail = (err.read() or out.read())[-2000:].decode(errors="replace")
            raise SystemExit(f"{' '.join(command)[:200]} failed with {process.returncode}:\n{tail}")
        return Spent(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024), out.read()


@contextlib.contextmanager
def serving(corpus: str) -> Iterator[dict[str, str]]:
    """A sample Langfuse server of its own process over a corpus folder; the variables with which it is reached."""
    command = [sys.executable, "-m", "sessions_platform.demo.server", "--folder", corpus, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            told = dict(word.split("=", 1) for word in process.stdout.readline().split())
            if "LANGFUSE_HOST" not in told:
                raise SystemExit("the sample server did not start")
            yield {
                "LANGFUSE_HOST": told["LANGFUSE_HOST"],
                "LANGFUSE_PUBLIC_KEY": told["LANGFUSE_PUBLIC_KEY"],
                "LANGFUSE_SECRET_KEY": SECRET,
            }
        finally:
            process.terminate()
