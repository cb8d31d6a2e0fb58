"""The weekly analysis over the sample of real sessions: its four weeks one after the other, and what they found.

    python -m benchmarks.weekly_sample [--home DIR] [--write]

`--write` puts the figures into docs/weekly-analysis-sample.md, between its marks. Only figures, names of tools and the
program's own words are printed, no text of a session. The sample stands beside the checkout (../shared/sample); without
it there is nothing to do. `--home` keeps what was made; a home that was made before is not loaded again, but analysed
anew, as if no week had been looked at.
"""

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.processes import REPOSITORY
from benchmarks.subjects import SAMPLE, SETS

if TYPE_CHECKING:
    from sessions_platform.analysis.reporting.blocks import Table
    from sessions_platform.settings import Settings

PAGE = REPOSITORY / "docs" / "weekly-analysis-sample.md"
BEGIN, END = "<!-- figures: python -m benchmarks.weekly_sample --write -->", "<!-- end of figures -->"
MONDAYS = tuple(date(2026, 10, 12) + timedelta(weeks=number) for number in range(4))
SCORES = ("success", "utility")
"""The scores that say whether a task was done, by the sample's README."""
_TOOLS = 3
_NOW = datetime(2026, 11, 20, tzinfo=UTC)
_KEY = b"benchmark key, of no worth"
Report = Mapping[str, Any]


def settings_of(home: Path) -> "Settings":
    """Settings of a home that nothing else configures."""
    from sessions_platform.settings import load_settings

    return load_settings(
        _env_file=None, sessions_home=home, sessions_store_url="", sessions_outcome_scores=",".join(SCORES)
    )


def load(home: Path) -> None:
    """The sample's 28 days into a home: extracted from a sample server, staged, in tables, published."""
    from sessions_platform.demo.server import Dataset, LangfuseServer
    from sessions_platform.extraction import extract_date_sync
    from sessions_platform.health import write_health
    from sessions_platform.loading import load_date
    from sessions_platform.resources.langfuse import LangfuseClient
    from sessions_platform.resources.platform import StoreResource, WarehouseResource
    from sessions_platform.sessions.redact import Redactor
    from sessions_platform.sessions.segments import Taxonomy
    from sessions_platform.staging import stage_date

    settings = settings_of(home)
    store, warehouse = StoreResource(settings).open("the sample"), WarehouseResource(settings)
    text = files("sessions_platform").joinpath("taxonomy.yaml").read_text(encoding="utf-8")
    taxonomy, mark = Taxonomy.parse(text), hashlib.sha256(text.encode()).hexdigest()
    with LangfuseServer(Dataset.from_folders([SAMPLE / "langfuse" / name for name in SETS])) as server:
        client = LangfuseClient(server.url, server.public_key, server.secret_key)
        for number in range(7 * len(MONDAYS)):
            day = str(MONDAYS[0] + timedelta(days=number))
            extract_date_sync(client, store, Redactor(_KEY), day, now=_NOW)
            stage_date(store, day, taxonomy, taxonomy_hash=mark, scratch=settings.scratch)
            load_date(store, day)
            warehouse.day_marts(store, day)
            write_health(store, day)
    warehouse.publisher(store).publish(None)


def forget(home: Path) -> None:
    """Remove what an analysis before left: its steps would be taken for this one's, whatever rules made them."""
    from sessions_platform.resources.part_tables import part_tables
    from sessions_platform.resources.platform import StoreResource, WarehouseResource

    settings = settings_of(home)
    store = StoreResource(settings).open("the sample")
    made = [part_tables()[name].prefix for name in ("findings", "finding_weeks", "session_labels")]
    store.delete([info.key for prefix in ("reports/", *made) for info in store.objects(prefix)])
    WarehouseResource(settings).publisher(store).publish(None)


def analysed(home: Path) -> Iterator[tuple[Report, float]]:
    """The report of each week in order, and its seconds of processor time."""
    from sessions_platform.analysis.drivers.rules import Rules
    from sessions_platform.analysis.week import WeekAnalysis
    from sessions_platform.resources.platform import StoreResource, WarehouseResource

    settings = settings_of(home)
    store, warehouse = StoreResource(settings).open("the sample"), WarehouseResource(settings)
    for monday in MONDAYS:
        begun = time.process_time()
        week = WeekAnalysis(
            store, warehouse.publisher(store), warehouse.analytics(), monday, Rules(), home, outcome_scores=SCORES
        )
        yield week.report(), time.process_time() - begun


def figures(reports: Sequence[tuple[Report, float]]) -> str:
    """Markdown: the weeks, what was found in them, and where calls failed."""
    from sessions_platform.analysis.reporting.blocks import Section
    from sessions_platform.analysis.reporting.markdown import markdown

    told = [report for report, _ in reports]
    text = markdown(
        "",
        [
            Section("The four weeks", [_weeks(reports)], level=3),
            Section("All findings", [_findings(told)], level=3),
            Section("Tools with most failed calls, by week", [_failing(told)], level=3),
        ],
    )
    return text.split("\n\n", 1)[1]


def _weeks(reports: Sequence[tuple[Report, float]]) -> "Table":
    from sessions_platform.analysis.reporting.blocks import Table
    from sessions_platform.analysis.reporting.words import of_all

    rows = []
    for report, seconds in reports:
        score, quotes = report["facts"]["scorecard"], report["evidence"]
        rows.append(
            [
                report["week"], score["sessions"], of_all(score["succeeded"], score["judged"]),
                len(report["findings"]), sum(report["dropped"].values()),
                f"{quotes.get('verified', 0)} of {sum(quotes.values())}", f"{seconds:.1f} s",
            ]
        )  # fmt: skip
    heads = ["week", "sessions", "succeeded, of those judged", "findings", "dropped", "quotes verified", "processor"]
    return Table(heads, rows)


def _findings(reports: Sequence[Report]) -> "Table":
    from sessions_platform.analysis.reporting.blocks import Table
    from sessions_platform.analysis.reporting.cards import harm, how_much
    from sessions_platform.analysis.reporting.words import spread

    rows = [
        [
            report["week"], one["title"], how_much(one), spread(one["ci_low"], one["ci_high"], one["unit"]),
            len(one["sessions"]), harm(one), one["status"], one["confidence"],
        ]
        for report in reports
        for one in report["findings"]
    ]  # fmt: skip
    heads = ["week", "finding", "how much", "95 % interval", "sessions", "failed", "status", "confidence"]
    return Table(heads, rows, f"Nothing was found in any of the {len(reports)} weeks.")


def _failing(reports: Sequence[Report]) -> "Table":
    from sessions_platform.analysis.reporting.blocks import Table
    from sessions_platform.analysis.reporting.words import interval, of_all

    rows = [
        [
            report["week"], row["operation"] or row["tool_name"], of_all(row["failed"], row["calls"]),
            interval(1 - row["ci_high"], 1 - row["ci_low"]), row["sessions"],
        ]
        for report in reports
        for row in report["facts"]["tools"][:_TOOLS]
        if row["failed"]
    ]  # fmt: skip
    return Table(["week", "tool", "failed calls", "95 % interval", "sessions that use it"], rows)


def put(page: str, text: str) -> str:
    """The page with new figures between its marks."""
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n\n{text}\n{END}{rest.split(END)[1]}"


def main() -> int:
    """Load the sample if that was not done, analyse it, print or write what was found."""
    options = argparse.ArgumentParser(
        prog="python -m benchmarks.weekly_sample",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--home", type=Path, help="where to work and keep (default: a temporary folder)")
    options.add_argument("--write", action="store_true", help=f"put the figures into {PAGE.name}")
    chosen = options.parse_args()
    if not SAMPLE.is_dir():
        options.error("the sample of real sessions does not stand beside this checkout (../shared/sample)")
    with tempfile.TemporaryDirectory(prefix="weekly-sample-") as scratch:
        home = chosen.home.absolute() if chosen.home else Path(scratch)
        home.mkdir(parents=True, exist_ok=True)
        if not (home / "analytics.duckdb").exists():
            print("weekly sample: loading 28 days", file=sys.stderr, flush=True)
            load(home)
        forget(home)
        text = figures(list(analysed(home)))
    if chosen.write:
        PAGE.write_text(put(PAGE.read_text(encoding="utf-8"), text), encoding="utf-8")
    else:
        print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
