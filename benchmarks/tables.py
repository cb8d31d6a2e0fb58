"""What was measured, as text: one table a corpus, then the ratios and limits of the issue."""

from benchmarks.meter import Measured
from benchmarks.running import PEERS, Run

SESSIONS_A_SECOND = 20
MOST_RATIO = 2.0
MOST_RSS_MB = 600
MOST_SHARE = 0.5
FLAT = 1.25
"""Peak memory at five times the sessions, as a multiple: below this it is called flat."""


def stage_table(run: Run) -> str:
    """The stages of a corpus. MB are 10^6 bytes; every rate is per second of CPU, so that it is one core's."""
    corpus = run.corpus
    head = (
        f"{corpus.profile}: {corpus.sessions} sessions, {corpus.rows} rows,"
        f" {corpus.wire_bytes / 1e6:.0f} MB on the wire, {corpus.distinct_bytes / 1e6:.0f} MB of distinct text"
    )
    columns = (
        f"{'stage':<14}{'wall s':>8}{'CPU s':>8}{'distinct MB/s':>15}{'wire MB/s':>11}{'sessions/s':>12}{'peak MB':>9}"
    )
    return "\n".join([head, columns, *(_line(name, cost, run) for name, cost in run.stages.items())])


def _line(name: str, cost: Measured, run: Run) -> str:
    cpu = max(cost.cpu, 1e-3)
    if cost.bytes is not None:
        # Other bytes than the corpus': a sample of its texts, or staged objects.
        rates = f"{cost.bytes / 1e6 / cpu:>15.1f}{'':>11}{'':>12}"
    else:
        distinct, wire = run.corpus.distinct_bytes / 1e6 / cpu, run.corpus.wire_bytes / 1e6 / cpu
        rates = f"{distinct:>15.1f}{wire:>11.1f}{run.corpus.sessions / cpu:>12.1f}"
    name = f"({name})" if name in PEERS else name
    return f"{name:<14}{cost.wall:>8.2f}{cost.cpu:>8.2f}{rates}{cost.rss_mb:>9.0f}  {cost.note}"


def verdicts(runs: list[Run]) -> list[str]:
    """The issue's limits, each with what was found."""
    found = []
    for run in runs:
        cpu = sum(run.stages[name].cpu for name in ("extract", "transform"))
        rate = run.corpus.sessions / cpu
        peak = max((cost.rss_mb, name) for name, cost in run.stages.items() if name not in PEERS)
        what = f"{run.corpus.profile}, {run.corpus.sessions} sessions"
        found.append(
            _verdict(f"{what}: extract and transform, sessions/s a core", rate, rate >= SESSIONS_A_SECOND, ">= 20")
        )
        found.append(_verdict(f"{what}: peak RSS ({peak[1]}), MB", peak[0], peak[0] < MOST_RSS_MB, "< 600"))
        if "leak_check" in run.stages:
            share = run.stages["leak_check"].cpu / run.stages["transform"].cpu
            found.append(
                _verdict(f"{what}: share of the leak check in transform", share, share <= MOST_SHARE, "<= 0.5")
            )
    return found + _ratios(runs) + _flatness(runs)


def _ratios(runs: list[Run]) -> list[str]:
    """CPU of the full-history profile for each distinct byte, against the delta profile's."""
    by_profile = {run.corpus.profile: run for run in reversed(runs)}
    if len(by_profile) < 2:
        return []
    delta, full = by_profile["delta"], by_profile["full_history"]
    names = ("extract", "redact", "transform", "tables", "publish")
    pairs = [(name, (name,)) for name in names] + [("extract + transform", ("extract", "transform"))]
    found = []
    for title, stages in pairs:
        ratio = _per_byte(full, stages) / _per_byte(delta, stages)
        found.append(
            _verdict(f"CPU a distinct byte, full_history / delta: {title}", ratio, ratio <= MOST_RATIO, "<= 2")
        )
    return found


def _per_byte(run: Run, stages: tuple[str, ...]) -> float:
    return sum(run.stages[name].cpu for name in stages) / run.corpus.distinct_bytes


def _flatness(runs: list[Run]) -> list[str]:
    few = next((run for run in runs if run.corpus.profile == "delta"), None)
    many = next((run for run in runs if few and run.corpus.sessions > few.corpus.sessions), None)
    if few is None or many is None:
        return []
    found = []
    for name in (name for name in many.stages if name not in PEERS):
        growth = many.stages[name].rss_mb / few.stages[name].rss_mb
        what = f"peak RSS at {many.corpus.sessions} / at {few.corpus.sessions} sessions: {name}"
        found.append(_verdict(what, growth, growth <= FLAT, f"<= {FLAT}"))
    return found


def _verdict(what: str, value: float, good: bool, limit: str) -> str:
    return f"{'ok  ' if good else 'MISS'}  {what:<72}{value:>8.2f}   ({limit})"
