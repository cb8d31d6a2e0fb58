"""The command `import-sqlite`: a classic audit database as one more source. No logic; it is registered in `cli`.

What it does stands in `audit_import`.
"""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sessions_platform.cli_shared import Json, complain, progress, say, say_places, warn
from sessions_platform.settings import Settings, load_settings

if TYPE_CHECKING:
    from sessions_platform.audit_import.importing import ImportReport

SAMPLE = "sample_audit.db"


def import_sqlite(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="An SQLite audit database (sessions, messages, tool_usage); only read."),
    ] = None,
    sample: Annotated[
        bool,
        typer.Option("--sample", help="Make a small sample database (FILE, else in SESSIONS_HOME) and import that."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Import a classic audit database: redacted, staged, in the same tables, published. Again is no harm.

    Damaged rows are left out, counted and named by their numbers. Exit 1 where a date could not be made.
    """
    from sessions_platform.audit_import.importing import import_audit_file

    settings = load_settings()
    if file is None and not sample:
        raise typer.BadParameter("give a FILE, or --sample")
    path = file or settings.home / SAMPLE
    if sample:
        from sessions_platform.audit_import.sample import write_sample

        write_sample(path)
    with progress(quiet=as_json) as show:
        report = import_audit_file(path, settings, now=datetime.now(UTC), progress=show)
    if as_json:
        print(json.dumps(asdict(report) | {"ok": report.ok}))
    else:
        _print(report, settings)
    for text in _notes(report):
        warn(text)
    for day, reason in report.failed.items():
        complain(f"{day}: {reason}")
    if not report.ok:
        sys.exit(1)


def _print(report: "ImportReport", settings: Settings) -> None:
    if report.first_date is None:
        span = "no date"
    elif report.first_date == report.last_date:
        span = report.first_date
    else:
        span = f"{report.first_date} to {report.last_date} ({report.dates:,} dates)"
    changes = (
        "nothing changed: all of it was imported before"
        if report.unchanged
        else f"{report.new_sessions:,} new, {report.updated_sessions:,} changed"
    )
    counts = f"{report.sessions:,} sessions, {report.messages:,} messages, {report.tool_calls:,} tool calls"
    say(f"{report.source}: {counts}; {span}; {changes}")
    if report.redactions:
        replaced = ", ".join(f"{count:,} {name}" for name, count in report.redactions.items())
        say(f"redacted  {replaced}")
    say_places(settings)


def _notes(report: "ImportReport") -> list[str]:
    refused = [
        f"{entry.count:,} rows: {reason} (such as {', '.join(entry.first)})" for reason, entry in report.refused.items()
    ]
    return refused + report.warnings
