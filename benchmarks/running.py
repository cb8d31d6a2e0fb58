"""Starts the processes of a benchmark: one that generates, one that serves, and one for each stage.

What belongs here: processes and folders. What does not: what a stage does (stages.py), how it is shown (tables.py).
"""

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from benchmarks.corpus import Corpus, Profile
from benchmarks.meter import Measured
from benchmarks.processes import serving

PIPELINE = ("extract", "redact", "transform", "tables", "publish")
PEERS = ("decode", "compress", "leak_check", "redact_texts", "plain_re")


class Run(msgspec.Struct):
    """A corpus and what each stage cost on it."""

    corpus: Corpus
    stages: dict[str, Measured]


def run(folder: Path, profile: Profile, sessions: int, kilobytes: int, stages: tuple[str, ...]) -> Run:
    """Generate a day, serve it, and put it through the stages; everything it made is removed."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=f"{profile}-{sessions}-") as home_name:
        home = Path(home_name)
        corpus = _generate(home / "corpus", profile, sessions, kilobytes)
        measured: dict[str, Measured] = {}
        for stage in stages:
            with _server(home, corpus) if stage == "extract" else contextlib.nullcontext():
                print(f"{profile}, {sessions} sessions: {stage}", file=sys.stderr, flush=True)
                answer = _python("benchmarks.stages", stage, str(home), msgspec.json.encode(corpus).decode())
                measured[stage] = msgspec.json.decode(answer, type=Measured)
    return Run(corpus, measured)


def _generate(folder: Path, profile: Profile, sessions: int, kilobytes: int) -> Corpus:
    print(f"{profile}, {sessions} sessions: generate", file=sys.stderr, flush=True)
    answer = _python("benchmarks.corpus", str(folder), profile, str(sessions), str(kilobytes))
    return msgspec.json.decode(answer, type=Corpus)


def _python(module: str, *arguments: str) -> bytes:
    done = subprocess.run(  # noqa: S603 - this package's own modules
        [sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, check=False
    )
    if done.returncode:
        raise SystemExit(f"python -m {module} {' '.join(arguments[:1])} failed with {done.returncode}")
    return done.stdout.splitlines()[-1]


@contextlib.contextmanager
def _server(home: Path, corpus: Corpus) -> Iterator[None]:
    """A sample Langfuse server of its own process while the block runs; its address stands in HOME/server."""
    with serving(corpus.folder) as variables:
        (home / "server").write_text(" ".join(variables.values()))
        yield
