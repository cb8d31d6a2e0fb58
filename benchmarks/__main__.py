"""`python -m benchmarks`: every stage of a day, in two profiles, against peers and limits.

    python -m benchmarks [--sessions 1000] [--kb 400] [--profile delta|full_history|both] [--rss] [--publish] [--json]
    python -m benchmarks --orchestration [--days 30]     what Dagster costs a day; alone
    python -m benchmarks --dlt [--rounds 3]              one day beside dlt; alone
    python -m benchmarks --retrieval                     recall of the search beside BM25; alone
    python -m benchmarks --index                         what loading the context index costs; alone
    python -m benchmarks --sqlite                        the classic self-join on SQLite beside our matrix; alone
    python -m benchmarks --api                           API and pages while the file is replaced, two sizes; alone
    python -m benchmarks --scorecard [--help]            what the weekly analysis finds of what is planted; alone

Times are CPU seconds, each stage in a process of its own, and the sample server in another.
Not a timed test: nothing fails for being slow.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.corpus import Profile
from benchmarks.running import PEERS, PIPELINE, Run, run
from benchmarks.tables import stage_table, verdicts

MANY = 5
"""`--rss` measures peak memory at so many times the sessions, too."""
ALONE = ("orchestration", "dlt", "retrieval", "index", "sqlite", "api")
"""Benchmarks of whole processes, which run without the stages."""


def main() -> int:
    """Run the benchmark and print it."""
    if sys.argv[1:2] == ["--scorecard"]:
        from benchmarks.scorecard.command import main as scorecard

        return scorecard(sys.argv[2:])
    options = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--sessions", type=int, default=1000)
    options.add_argument("--kb", type=int, default=400, help="kilobytes of JSON a session, in the delta profile")
    options.add_argument("--profile", choices=("delta", "full_history", "both"), default="both")
    options.add_argument("--rss", action="store_true", help=f"peak memory at {MANY} times the sessions, too")
    options.add_argument("--publish", action="store_true", help="one day into a year of days (15M messages), too")
    options.add_argument("--orchestration", action="store_true", help="only what Dagster costs a day of a backfill")
    options.add_argument("--days", type=int, default=30, help="days of that backfill")
    options.add_argument("--dlt", action="store_true", help="only one day through dlt and through run, side by side")
    options.add_argument("--retrieval", action="store_true", help="only how well questions find their sessions")
    options.add_argument("--index", action="store_true", help="only what loading sessions into the index costs")
    options.add_argument("--sqlite", action="store_true", help="only the classic self-join beside our matrix")
    options.add_argument("--api", action="store_true", help="only API and pages while the file is replaced")
    options.add_argument("--rounds", type=int, default=3, help="how often each runs there; medians count")
    options.add_argument("--dlt-python", help="a Python that has dlt (default: one is installed and removed again)")
    options.add_argument("--folder", type=Path, help="where to work (default: the temporary folder)")
    options.add_argument("--json", action="store_true", help="figures as JSON")
    chosen = options.parse_args()
    if min(chosen.sessions, chosen.kb, chosen.days, chosen.rounds) < 1:
        options.error("--sessions, --kb, --days and --rounds must be at least 1")
    folder = chosen.folder or Path(tempfile.gettempdir())
    if not folder.is_dir():
        options.error(f"--folder {folder}: there is no such folder")
    if any(getattr(chosen, name) for name in ALONE):
        _alone(chosen, folder)
        return 0
    runs = _runs(chosen, folder)
    if chosen.json:
        print(msgspec.json.encode({"runs": runs, "limits": verdicts(runs)}).decode())
    if chosen.publish:
        # Its tables are its own; beside JSON they go to stderr.
        command = [sys.executable, "-m", "benchmarks.publish", "--folder", tempfile.mkdtemp(dir=folder)]
        return subprocess.run(command, stdout=sys.stderr if chosen.json else None, check=False).returncode  # noqa: S603
    return 0


def _alone(chosen: argparse.Namespace, folder: Path) -> None:
    """Those of ALONE that were chosen."""
    from benchmarks import api, dlt_peer, index, orchestration, retrieval, sqlite_peer

    alone: dict[str, tuple[Callable[[], Any], Callable[[Any], str]]] = {
        "orchestration": (lambda: orchestration.measure(folder, chosen.days), orchestration.table),
        "dlt": (lambda: dlt_peer.measure(folder, chosen.rounds, chosen.dlt_python), dlt_peer.table),
        "retrieval": (lambda: retrieval.measure(folder), retrieval.table),
        "index": (lambda: index.measure(folder), index.table),
        "sqlite": (lambda: sqlite_peer.measure(folder), sqlite_peer.table),
        "api": (lambda: api.measure(folder), api.table),
    }
    found: dict[str, Any] = {}
    for name in ALONE:
        measure, table = alone[name]
        if getattr(chosen, name):
            found[name] = measure()
            if not chosen.json:
                print(table(found[name]), flush=True)
    if chosen.json:
        print(msgspec.json.encode(found).decode())


def _runs(chosen: argparse.Namespace, folder: Path) -> list[Run]:
    profiles: tuple[Profile, ...] = ("delta", "full_history") if chosen.profile == "both" else (chosen.profile,)
    todo = [(profile, chosen.sessions, PIPELINE + PEERS) for profile in profiles]
    if chosen.rss:
        todo.append((profiles[0], MANY * chosen.sessions, tuple(name for name in PIPELINE if name != "redact")))
    runs = []
    for profile, sessions, stages in todo:
        runs.append(run(folder, profile, sessions, chosen.kb, stages))
        if not chosen.json:
            print(stage_table(runs[-1]) + "\n", flush=True)
    if not chosen.json:
        print("\n".join(verdicts(runs)), flush=True)
    return runs


if __name__ == "__main__":
    sys.exit(main())
