"""What Dagster costs a day: `run` over many small days, held against the same steps called one after the other.

    python -m benchmarks --orchestration [--days 30]

Four processes a measurement: the sample server, `sessions-platform run` over all days, the same steps without Dagster
(`work`), and what a run does before its first day (`start`). Overhead a day is (run - work - start) / days.
"""

import argparse
import statistics
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.corpus import SEED
from benchmarks.meter import Meter
from benchmarks.processes import Spent, clean_environment, metered, serving

FIRST = date(2026, 9, 1)
SESSIONS_A_DAY = 20
NOW = datetime(2026, 11, 5, tzinfo=UTC)
MOST_A_DAY = 5.0


class Work(msgspec.Struct):
    """What the steps cost without Dagster; `days` are wall seconds of each."""

    wall: float
    cpu: float
    days: list[float]
    rows: int


class Orchestration(msgspec.Struct):
    """One backfill. `run_days` are the wall seconds that `run` took for each date."""

    days: int
    sessions: int
    rows: int
    run: Spent
    start: Spent
    work: Work
    run_days: list[float]

    @property
    def wall_a_day(self) -> float:
        """Seconds of orchestration a day. The start of this very run is what lies outside of its dates."""
        return (sum(self.run_days) - self.work.wall) / self.days

    @property
    def cpu_a_day(self) -> float:
        """CPU seconds of orchestration a day; the start is that of a process of its own."""
        return (self.run.cpu - self.start.cpu - self.work.cpu) / self.days


def measure(folder: Path, days: int) -> Orchestration:
    """Generate, serve, run, and do the same work plainly; everything it made is removed."""
    from sessions_platform.demo.generator import stream, write_folder

    dates = [FIRST + timedelta(days=number) for number in range(days)]
    with tempfile.TemporaryDirectory(dir=folder, prefix="orchestration-") as name:
        home = Path(name)
        write_folder(stream(SEED, dates, SESSIONS_A_DAY, canaries=True), home / "corpus")
        with serving(str(home / "corpus")) as server:
            start, _ = _process(home / "start", server, "-m", "benchmarks.orchestration", "start")
            _, plain = _process(home / "work", server, "-m", "benchmarks.orchestration", "work", str(days))
            span = ("--from", dates[0].isoformat(), "--to", dates[-1].isoformat())
            run, told = _process(home / "run", server, "-m", "sessions_platform", "run", *span, "--json")
    work = msgspec.json.decode(plain, type=Work)
    outcomes: list[dict[str, Any]] = msgspec.json.decode(told)["dates"]
    rows = sum(one["figures"]["raw_sessions"] for one in outcomes)
    if rows != work.rows or len(outcomes) != days:
        raise SystemExit(f"the run stored {rows} rows in {len(outcomes)} days, the plain steps {work.rows} in {days}")
    return Orchestration(days, days * SESSIONS_A_DAY, rows, run, start, work, [one["seconds"] for one in outcomes])


def _process(home: Path, server: dict[str, str], *arguments: str) -> tuple[Spent, bytes]:
    print(f"orchestration: {home.name}", file=sys.stderr, flush=True)
    return metered([sys.executable, *arguments], clean_environment(home, server), home)


def table(found: Orchestration) -> str:
    """The figures as text."""
    run, start, work = found.run, found.start, found.work
    later = max(1, found.days // 6)
    good = "ok  " if found.wall_a_day <= MOST_A_DAY else "MISS"
    return "\n".join(
        [
            f"orchestration: {found.days} days, {found.sessions} sessions, {found.rows} rows, in one process",
            f"{'':<34}{'wall s':>9}{'CPU s':>9}{'wall s/day':>12}{'CPU s/day':>11}",
            _line("run, whole process", run.wall, run.cpu, found.days) + f"   {run.rss_mb:.0f} MB",
            _line("the same steps without Dagster", work.wall, work.cpu, found.days),
            _line("start: imports, definitions, checks", run.wall - sum(found.run_days), start.cpu, None),
            _line("orchestration", found.wall_a_day * found.days, found.cpu_a_day * found.days, found.days),
            f"a day in the run: first {found.run_days[0]:.2f} s, median {statistics.median(found.run_days):.2f} s,"
            f" mean of the last {later} {statistics.mean(found.run_days[-later:]):.2f} s;"
            f" without Dagster: median {statistics.median(work.days):.2f} s,"
            f" last {later} {statistics.mean(work.days[-later:]):.2f} s",
            f"{good}  orchestration a day, wall s {found.wall_a_day:.2f}   (<= {MOST_A_DAY:.0f})",
        ]
    )


def _line(name: str, wall: float, cpu: float, days: int | None) -> str:
    each = f"{wall / days:>12.2f}{cpu / days:>11.2f}" if days else ""
    return f"{name:<34}{wall:>9.2f}{cpu:>9.2f}{each}"


def start() -> None:
    """What `run` does before its first date, in this process."""
    import dagster as dg

    from sessions_platform import cli, runner  # noqa: F401 - the command line is part of the start
    from sessions_platform.automation import DAILY_JOB
    from sessions_platform.definitions import build_defs
    from sessions_platform.settings import load_settings

    settings = load_settings()
    defs = build_defs(settings)
    chosen = runner.selected_assets(defs, None)
    runner.check_source(settings, with_langfuse=dg.AssetKey("raw_sessions") in chosen)
    defs.resolve_job_def(DAILY_JOB)
    with runner.open_instance(settings):
        pass


def work(days: int) -> Work:
    """The steps of each date with what `run` gives them. Their modules are imported while the clock runs, as there."""
    from sessions_platform.settings import load_settings

    settings, each, rows, meter = load_settings(), [], 0, Meter()
    for number in range(days):
        before = meter.wall
        with meter:
            rows += _day(settings, (FIRST + timedelta(days=number)).isoformat())
        each.append(meter.wall - before)
    return Work(meter.wall, meter.cpu, each, rows)


def _day(settings: Any, day: str) -> int:
    import hashlib

    from sessions_platform.extraction import extract_date_sync
    from sessions_platform.health import write_health
    from sessions_platform.loading import load_date
    from sessions_platform.resources import platform
    from sessions_platform.sessions.segments import Taxonomy
    from sessions_platform.staging import stage_date

    store = platform.StoreResource(settings).open(day)
    redactor = platform.RedactionResource(settings).redactor()
    report = extract_date_sync(platform.LangfuseResource(settings).client(), store, redactor, day, now=NOW)
    text, name = platform.WorkspaceResource(settings).taxonomy_text()
    digest = hashlib.sha256(text.encode()).hexdigest()
    stage_date(store, day, Taxonomy.parse(text, name), taxonomy_hash=digest, scratch=settings.scratch)
    load_date(store, day)
    warehouse = platform.WarehouseResource(settings)
    warehouse.day_marts(store, day)
    write_health(store, day)
    if reason := warehouse.publisher(store).publish([day]).skipped.get(day):
        raise SystemExit(f"{day} was not published: {reason}")
    return report.manifest.distinct_rows


def main() -> None:
    """`python -m benchmarks.orchestration start|work [DAYS]`: one side, in this process."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.orchestration")
    options.add_argument("side", choices=("start", "work"))
    options.add_argument("days", type=int, nargs="?", default=1)
    chosen = options.parse_args()
    if chosen.side == "start":
        start()
    else:
        print(msgspec.json.encode(work(chosen.days)).decode())


if __name__ == "__main__":
    main()
