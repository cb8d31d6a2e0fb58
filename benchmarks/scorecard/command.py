"""`python -m benchmarks --scorecard`: builds and scores the corpora, prints the tables, and puts them into docs/.

    python -m benchmarks --scorecard [--sessions 5000] [--seeds 10] [--null-weeks 20] [--heldout] [--trap-weeks 2]
                                     [--make-seeds 2] [--folder DIR] [--page FILE | --no-page] [--json FILE]

With `--folder` each corpus' score is kept there, and an interrupted run goes on where it was.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from benchmarks.scorecard.corpus import Order
from benchmarks.scorecard.makes import MAKES
from benchmarks.scorecard.page import page, put_between
from benchmarks.scorecard.scoring import Scored, score

_ROOT = Path(__file__).parents[2]
PAGE = _ROOT / "docs" / "scorecard.md"
_TWICE = 2
"""So many corpora of each sort are analysed twice, to see the same bytes."""
_NULL_SEEDS, _TRAP_SEEDS = 1_000, 2_000


def orders(
    sessions: int, seeds: int, null_weeks: int, trap_weeks: int, *, heldout: bool, make_seeds: int = 0
) -> list[Order]:
    """The corpora of a run. Null weeks and traps have seeds of their own; null weeks are of all worlds in turn."""
    families = ("dev", "heldout") if heldout else ("dev",)
    found = [Order(seed, sessions, family) for family in families for seed in range(1, seeds + 1)]
    found += [Order(seed, sessions, make) for make in MAKES for seed in range(1, make_seeds + 1)]
    for family in families:
        found += [Order(_TRAP_SEEDS + number, sessions, family, traps=True) for number in range(1, trap_weeks + 1)]
    quiet = ["dev", "dev", "heldout" if heldout else "dev", *(MAKES if make_seeds else ())]
    for number in range(null_weeks):
        found.append(Order(_NULL_SEEDS + number + 1, sessions, quiet[number % len(quiet)], null=True))
    return found


def main(arguments: Sequence[str]) -> int:
    """Score, print, write. Exit 0 whatever the figures are: failures are published, too."""
    chosen = _options().parse_args(arguments)
    todo = orders(
        chosen.sessions,
        chosen.seeds,
        chosen.null_weeks,
        chosen.trap_weeks,
        heldout=chosen.heldout,
        make_seeds=chosen.make_seeds,
    )
    with tempfile.TemporaryDirectory(prefix="scorecard-") as passing:
        folder = chosen.folder or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        scored = []
        for number, order in enumerate(todo, 1):
            print(f"{number} of {len(todo)}: {_name(order)}", file=sys.stderr, flush=True)
            scored.append(_kept(order, folder, again=_place(order) <= _TWICE))
    command = (
        f"python -m benchmarks --scorecard --sessions {chosen.sessions} --seeds {chosen.seeds} --null-weeks "
        f"{chosen.null_weeks} --trap-weeks {chosen.trap_weeks} --make-seeds {chosen.make_seeds}"
        f"{' --heldout' if chosen.heldout else ''}"
    )
    text = page(scored, datetime.now(UTC).date().isoformat(), _commit(), command)
    if chosen.json:
        chosen.json.write_bytes(msgspec.json.format(msgspec.json.encode(scored), indent=1))
    if not chosen.no_page:
        chosen.page.write_text(put_between(chosen.page.read_text(encoding="utf-8"), text), encoding="utf-8")
    print(text)
    return 0


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="python -m benchmarks --scorecard",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--sessions", type=int, default=5000)
    options.add_argument("--seeds", type=int, default=10, help="corpora with plants, of each family")
    options.add_argument("--null-weeks", type=int, default=20)
    options.add_argument("--trap-weeks", type=int, default=2, help="corpora with all traps, of each family")
    options.add_argument("--make-seeds", type=int, default=2, help="corpora with plants of each further make")
    options.add_argument("--heldout", action="store_true", help="also what no rule was tuned on")
    options.add_argument("--folder", type=Path, help="where to work and to keep scores (default: a temporary folder)")
    options.add_argument("--page", type=Path, default=PAGE)
    options.add_argument("--no-page", action="store_true", help="print only")
    options.add_argument("--json", type=Path, help="every figure")
    return options


def _kept(order: Order, folder: Path, *, again: bool) -> Scored:
    kept = folder / f"scored-{_name(order)}.json"
    if kept.exists():
        return msgspec.json.decode(kept.read_bytes(), type=Scored)
    scored = score(order, folder, again=again)
    kept.write_bytes(msgspec.json.encode(scored))
    return scored


def _name(order: Order) -> str:
    sort = "null" if order.null else "traps" if order.traps else "plants"
    return f"{order.family}-{sort}-{order.sessions}-{order.seed}"


def _place(order: Order) -> int:
    """Which one of its sort it is, from 1."""
    return order.seed % 1_000


def _commit() -> str:
    def git(*words: str) -> str:
        return subprocess.run(  # the answer is only shown
            ["git", *words],  # noqa: S607
            cwd=_ROOT, capture_output=True, text=True, check=False,
        ).stdout.strip()  # fmt: skip

    changed = " with changes" if git("status", "--porcelain", "--untracked-files=no") else ""
    return (git("rev-parse", "--short", "HEAD") or "unknown") + changed
