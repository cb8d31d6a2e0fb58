"""Builds one corpus: a home with its store and published file, and its truth outside of that home.

python -m benchmarks.scorecard.build --sessions 1000 --seed 1 --home DIR --truth FILE [--null] [--traps] [--family NAME]
"""

import argparse
import sys
import time
from pathlib import Path

import msgspec

from benchmarks.scorecard.corpus import Corpus, Order
from benchmarks.scorecard.shapes import Truth
from benchmarks.scorecard.store import write_corpus


def build(order: Order, home: Path) -> Truth:
    """Write a corpus into an empty home; its truth."""
    corpus = Corpus(order)
    write_corpus(corpus, home)
    return corpus.truth


def main() -> int:
    """Build the corpus of the command line."""
    options = argparse.ArgumentParser(
        prog="python -m benchmarks.scorecard.build",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--sessions", type=int, default=1000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--home", type=Path, required=True, help="an empty or new folder")
    options.add_argument("--truth", type=Path, required=True, help="file for the truth, outside of the home")
    options.add_argument("--null", action="store_true", help="a week in which nothing is planted")
    options.add_argument(
        "--traps", action="store_true", help="with Simpson's mix, long sessions, injections, 5 against 5"
    )
    options.add_argument("--family", default="dev", help="dev, a make of its own, or heldout (no rule was tuned on it)")
    chosen = options.parse_args()
    home, truth_file = chosen.home.absolute(), chosen.truth.absolute()
    if home in truth_file.parents:
        options.error("--truth must lie outside of --home: the analysis must not be able to read it")
    if home.exists() and any(home.iterdir()):
        options.error(f"--home {home}: is not empty")
    began = time.perf_counter()
    order = Order(chosen.seed, chosen.sessions, chosen.family, chosen.null, chosen.traps)
    truth = build(order, home)
    truth_file.parent.mkdir(parents=True, exist_ok=True)
    truth_file.write_bytes(msgspec.json.format(msgspec.json.encode(truth), indent=1))
    print(
        f"{truth.sessions} sessions, {truth.messages} messages, {len(truth.plants)} plants, week {truth.week}, "
        f"{time.perf_counter() - began:.1f} s"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
