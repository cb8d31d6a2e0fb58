"""`python -m benchmarks`: every stage of a day, in two profiles, against peers and limits.

    python -m benchmarks [--sessions 1000] [--kb 400] [--profile delta|full_history|both] [--rss] [--publish] [--json]

Times are CPU seconds, each stage in a process of its own, and the sample server in another.
Not a timed test: nothing fails for being slow.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from benchmarks.corpus import Profile
from benchmarks.running import PEERS, PIPELINE, Run, run
from benchmarks.tables import stage_table, verdicts

MANY = 5
"""`--rss` measures peak memory at so many times the sessions, too."""


def main() -> int:
    """Run the benchmark and print it."""
    options = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--sessions", type=int, default=1000)
    options.add_argument("--kb", type=int, default=400, help="kilobytes of JSON a session, in the delta profile")
    options.add_argument("--profile", choices=("delta", "full_history", "both"), default="both")
    options.add_argument("--rss", action="store_true", help=f"peak memory at {MANY} times the sessions, too")
    options.add_argument("--publish", action="store_true", help="one day into a year of days (15M messages), too")
    options.add_argument("--folder", type=Path, help="where to work (default: the temporary folder)")
    options.add_argument("--json", action="store_true", help="figures as JSON")
    chosen = options.parse_args()
    if chosen.sessions < 1 or chosen.kb < 1:
        options.error("--sessions and --kb must be at least 1")
    folder = chosen.folder or Path(tempfile.gettempdir())
    if not folder.is_dir():
        options.error(f"--folder {folder}: there is no such folder")
    runs = _runs(chosen, folder)
    if chosen.json:
        print(msgspec.json.encode({"runs": runs, "limits": verdicts(runs)}).decode())
    if chosen.publish:
        # Its tables are its own; beside JSON they go to stderr.
        command = [sys.executable, "-m", "benchmarks.publish", "--folder", tempfile.mkdtemp(dir=folder)]
        return subprocess.run(command, stdout=sys.stderr if chosen.json else None, check=False).returncode  # noqa: S603
    return 0


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
