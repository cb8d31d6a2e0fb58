"""One day of 20,000 rows through `dlt` and through the graph's `run`, side by side, each a whole process.

    python -m benchmarks --dlt [--rounds 3] [--dlt-python PYTHON]

dlt is no dependency of the platform: it is installed into a throwaway environment (`uv venv`), which is removed. It
loads the rows as they are; the run redacts them, stages sessions and makes tables. Rows loaded are checked equal.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from benchmarks.corpus import DAY, Corpus, write_corpus
from benchmarks.processes import REPOSITORY, Spent, clean_environment, metered, serving

SESSIONS = 921
BYTES_PER_SESSION = 107_000
"""So that a day has 20,000 rows and about 100 MB."""
LEAST_RATIO = 4.0
OURS = "sessions-platform run"
WAYS = {"dlt, as it stands": "defaults", "dlt, Parquet, nested values as JSON": "parquet"}
SCRIPT = Path(__file__).with_name("dlt_pipeline.py")
PACKAGES = ("dlt[duckdb,parquet]",)


class Loaded(msgspec.Struct, frozen=True):
    """Rows found in a database."""

    observations: int
    scores: int


class SideBySide(msgspec.Struct):
    """Every round of every contestant."""

    corpus: Corpus
    versions: str
    rows: Loaded
    rounds: dict[str, list[Spent]]


def measure(folder: Path, rounds: int, python: str | None) -> SideBySide:
    """Generate, serve, and let them run in turn; everything it made is removed."""
    with tempfile.TemporaryDirectory(dir=folder, prefix="dlt-") as name:
        home = Path(name)
        python = python or _environment(home / "venv")
        versions = "import dlt, duckdb; print(f'dlt {dlt.__version__}, duckdb {duckdb.__version__}')"
        told = subprocess.run([python, "-c", versions], capture_output=True, text=True, check=True).stdout.strip()
        corpus = write_corpus(home / "corpus", "delta", SESSIONS, BYTES_PER_SESSION)
        spent: dict[str, list[Spent]] = {name: [] for name in (*WAYS, OURS)}
        found: set[Loaded] = set()
        with serving(corpus.folder) as server:
            for number in range(rounds):
                for name in spent:
                    print(f"dlt, round {number + 1}: {name}", file=sys.stderr, flush=True)
                    cost, loaded = _contest(home / "home", name, python, server)
                    spent[name].append(cost)
                    found.add(loaded)
    if len(found) != 1 or loaded.observations != corpus.rows:
        raise SystemExit(f"{corpus.rows} rows written; loaded were {found}")
    return SideBySide(corpus, told, loaded, spent)


def _environment(folder: Path) -> str:
    """A new virtual environment with dlt in it; its Python."""
    uv = shutil.which("uv") or str(REPOSITORY / ".uv" / "bin" / "uv")
    python = str(folder / "bin" / "python")
    print("dlt: install it beside the platform", file=sys.stderr, flush=True)
    make = [uv, "venv", "--quiet", "--python", sys.executable, str(folder)]
    for command in (make, [uv, "pip", "install", "--quiet", "--python", python, *PACKAGES]):
        try:
            subprocess.run(command, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise SystemExit(f"dlt cannot be installed ({error}); give --dlt-python one that has it") from None
    return python


def _contest(home: Path, name: str, python: str, server: dict[str, str]) -> tuple[Spent, Loaded]:
    """One process in a folder that is new and goes again."""
    environment = clean_environment(home, server)
    try:
        if name == OURS:
            day = DAY.isoformat()
            command = [sys.executable, "-m", "sessions_platform", "run", "--from", day, "--to", day, "--json"]
            return metered(command, environment, home)[0], _ours(home)
        command = [python, str(SCRIPT), *server.values(), DAY.isoformat(), str(home), WAYS[name]]
        del environment["PYTHONPATH"]
        environment["RUNTIME__DLTHUB_TELEMETRY"] = "false"
        return metered(command, environment, home)[0], _theirs(home)
    finally:
        shutil.rmtree(home)


def _ours(home: Path) -> Loaded:
    return _count(home / "analytics.duckdb", "SELECT sum(source_rows)::BIGINT FROM data_health", "scores")


def _theirs(home: Path) -> Loaded:
    distinct = "SELECT count(DISTINCT (trace_id, id)) FROM langfuse.observations"
    return _count(home / "peer.duckdb", distinct, "langfuse.scores")


def _count(database: Path, observations: str, scores: str) -> Loaded:
    import duckdb

    with duckdb.connect(str(database), read_only=True) as connection:
        first = connection.execute(observations).fetchall()[0][0]
        second = connection.execute(f"SELECT count(*) FROM {scores}").fetchall()[0][0]  # noqa: S608 - names above
    return Loaded(first, second)


def table(found: SideBySide) -> str:
    """Medians of the rounds, and how often the run's time each peer took."""
    corpus, ours = found.corpus, found.rounds[OURS]
    lines = [
        f"dlt side by side: one day, {found.rows.observations} rows and {found.rows.scores} scores,"
        f" {corpus.wire_bytes / 1e6:.0f} MB; {found.versions}; medians of {len(ours)} rounds, whole processes",
        f"{'':<38}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}  {'wall s of each round':<22}{'wall x':>7}{'CPU x':>7}",
    ]
    verdicts = []
    for name, rounds in found.rounds.items():
        wall, cpu = _median(rounds, "wall"), _median(rounds, "cpu")
        each = " ".join(f"{one.wall:.1f}" for one in rounds)
        ratio = wall / _median(ours, "wall")
        lines.append(
            f"{name:<38}{wall:>8.1f}{cpu:>8.1f}{_median(rounds, 'rss_mb'):>9.0f}  {each:<22}"
            f"{ratio:>7.2f}{cpu / _median(ours, 'cpu'):>7.2f}"
        )
        if name != OURS:
            verdicts.append(f"{'ok  ' if ratio >= LEAST_RATIO else 'MISS'}  {name}: {ratio:.2f} times our wall time")
    return "\n".join([*lines, *(f"{line}   (>= {LEAST_RATIO:.0f})" for line in verdicts)])


def _median(rounds: list[Spent], figure: str) -> float:
    return float(statistics.median(getattr(one, figure) for one in rounds))
