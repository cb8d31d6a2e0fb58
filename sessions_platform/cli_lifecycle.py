"""Commands that keep the index: `backup`, `restore`, `rebuild-index`. No logic; they are registered in `cli`.

What each does stands in `lifecycle`.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from sessions_platform.cli_shared import Json, complain, day, out, progress_of_dates, say, warn
from sessions_platform.settings import Settings, load_settings

if TYPE_CHECKING:
    from sessions_platform.lifecycle.backup import BackupReport
    from sessions_platform.lifecycle.rebuild import RebuildReport
    from sessions_platform.lifecycle.restore import DateReport, RestoreReport
    from sessions_platform.resources.object_store import ObjectStore
    from sessions_platform.resources.platform import ProgressSink


def backup(as_json: Json = False) -> None:
    """The index (a pack a date), its ledgers and the analytics file into the store; exports only what is new.

    Backups older than SESSIONS_BACKUP_DAYS are removed, but for the newest. Exit 1 where the index holds less than its
    ledgers say.
    """
    settings = load_settings()
    with progress_of_dates(quiet=as_json) as sink:
        report = asyncio.run(_backup(settings, sink))
    if as_json:
        print(json.dumps(asdict(report)))
    else:
        _print_backup(report, settings)
    for note in report.notes:
        warn(note)
    for lost, sessions in report.not_saved.items():
        mend = f"`rebuild-index --from {lost} --to {lost}`"
        complain(f"{lost}: {_names(sessions)} not in the index as the ledger says: {mend}")
    if report.not_saved:
        sys.exit(1)


def restore(
    stamp: Annotated[
        str | None, typer.Option(help="Name of a backup, as 20261120T114500Z; default: the newest.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace sessions and an analytics file that are not the backup's.")
    ] = False,
    as_json: Json = False,
) -> None:
    """A backup into an empty box: analytics file, packs, tags, memories, ledgers; all is verified. Goes on if killed.

    Exit 1 where a date could not be restored or a session did not verify.
    """
    settings = load_settings()
    with progress_of_dates(quiet=as_json) as sink:
        report = asyncio.run(_restore(settings, sink, stamp, force))
    if as_json:
        print(json.dumps(asdict(report) | {"ok": report.ok}))
    else:
        say(f"backup    {report.stamp}\nanalytics {report.analytics}")
        _print_dates(report.dates)
    for note in report.notes:
        warn(note)
    _explain(report.dates)
    if not report.ok:
        sys.exit(1)


def rebuild_index(
    first: Annotated[date | None, typer.Option("--from", parser=day, metavar="DATE", help="First date.")] = None,
    last: Annotated[date | None, typer.Option("--to", parser=day, metavar="DATE", help="Last date, included.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Load again what the index holds already.")] = False,
    as_json: Json = False,
) -> None:
    """Load every date into the index that it lacks: from staged files, else from a backup. Newest first.

    After a change of the embedding model or dimension, or of the server. Exit 1, naming them, where dates could not be
    rebuilt.
    """
    settings = load_settings()
    if first and last and first > last:
        raise typer.BadParameter(f"--from {first} is after --to {last}")
    with progress_of_dates(quiet=as_json) as sink:
        report = asyncio.run(_rebuild(settings, sink, first, last, force))
    if as_json:
        print(json.dumps(asdict(report) | {"lost": report.lost, "left": report.left, "ok": report.ok}))
    else:
        _print_dates(report.dates)
    for note in report.notes:
        warn(note)
    _explain(report.dates)
    if report.lost:
        complain(f"could not be rebuilt: {', '.join(report.lost)}")
    if not report.ok:
        sys.exit(1)


async def _backup(settings: Settings, sink: "ProgressSink") -> "BackupReport":
    from sessions_platform.lifecycle.backup import make_backup
    from sessions_platform.lifecycle.server import open_index

    store = _store(settings)
    if not settings.openviking_url:
        return await make_backup(store, settings, None, progress=sink)
    async with open_index(settings) as index:
        return await make_backup(store, settings, index, progress=sink)


async def _restore(settings: Settings, sink: "ProgressSink", stamp: str | None, force: bool) -> "RestoreReport":
    from sessions_platform.lifecycle import restore as restoring
    from sessions_platform.lifecycle.manifest import chosen_backup
    from sessions_platform.lifecycle.server import open_index

    store = _store(settings)
    # A wrong name is said before a server is asked for.
    chosen_backup(store, stamp)
    async with open_index(settings) as index:
        return await restoring.restore(store, settings, index, stamp=stamp, force=force, progress=sink)


async def _rebuild(
    settings: Settings, sink: "ProgressSink", first: date | None, last: date | None, force: bool
) -> "RebuildReport":
    from sessions_platform.lifecycle import rebuild
    from sessions_platform.lifecycle.server import open_index

    async with open_index(settings) as index:
        return await rebuild.rebuild_index(
            _store(settings), settings, index, first=first, last=last, force=force, progress=sink
        )


def _store(settings: Settings) -> "ObjectStore":
    from sessions_platform.resources.object_store import open_store

    return open_store(settings.store_url)


def _print_backup(report: "BackupReport", settings: Settings) -> None:
    made = "made" if report.changed else "holds all of it already"
    analytics = "none" if report.analytics_bytes is None else f"{report.analytics_bytes / 1e6:,.1f} MB"
    lines = (
        f"backup    {report.stamp} ({made}), {settings.store_url}/backups",
        f"index     {report.sessions:,} sessions on {report.dates:,} dates; "
        f"{report.packs_exported:,} packs exported now, {report.bytes_exported / 1e6:,.1f} MB",
        f"analytics {analytics}",
    )
    for line in lines:
        say(line)
    if report.removed_backups or report.removed_objects:
        what = f"{len(report.removed_backups)} old backups and {report.removed_objects} packs and ledgers of theirs"
        say(f"removed   {what}")


def _print_dates(dates: Sequence["DateReport"]) -> None:
    table = Table("date", "how", "sessions", "verified", "failed", "waiting", box=None)
    for column in table.columns[2:]:
        column.justify = "right"
    for one in dates:
        counts = (one.sessions, one.verified, len(one.failed), one.waiting)
        table.add_row(one.date, one.how, *(f"{count:,}" for count in counts))
    out.print(table, soft_wrap=True)


def _explain(dates: Sequence["DateReport"]) -> None:
    for one in dates:
        if one.reason:
            complain(f"{one.date}: {one.reason}")
        if one.failed:
            session_id, reason = next(iter(one.failed.items()))
            complain(f"{one.date}: {len(one.failed)} sessions failed ({session_id}: {reason}); run the date again")
    waiting = [one.date for one in dates if one.waiting and one.how != "lost"]
    if waiting:
        warn(f"{_names(waiting)}: sessions wait to be loaded again: `rebuild-index`")
    if gone := sum(one.not_committed for one in dates):
        warn(f"{gone} sessions are found and read, but not committed again: their staged files are gone")
    if lost := sum(one.memories_lost for one in dates):
        warn(f"{lost} memories that OpenViking's model had made are not there any more")


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more
