"""The index made again, date by date, newest first: from staged files, else from a backup's pack, else named.

What a changed embedding model or dimension asks for, or an index that was lost. Dates that stand in the index as their
ledger says are left alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date as Date
from pathlib import Path

from sessions_platform.errors import StoreError
from sessions_platform.indexing import CommitOptions, commit_date
from sessions_platform.indexing.lease import lease
from sessions_platform.indexing.ledger import NOT_THERE, Entry, Ledger, read_ledger
from sessions_platform.lifecycle.books import settle
from sessions_platform.lifecycle.manifest import SavedDate, whole_backups
from sessions_platform.lifecycle.restore import DateReport, date_from_pack, publish
from sessions_platform.lifecycle.returning import in_space, missing
from sessions_platform.lifecycle.server import Index
from sessions_platform.resources.leftovers import own_folder
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.resources.openviking import OpenVikingDown, OpenVikingError
from sessions_platform.resources.platform import ProgressSink
from sessions_platform.sessions.layout import lease_key
from sessions_platform.settings import Settings
from sessions_platform.staging import read_manifest

STEP = "rebuild-index"
_GONE = "its staged files are gone and no backup holds it"


@dataclass
class RebuildReport:
    """What a rebuild did. `lost` dates could not be rebuilt and are named; `left` have sessions that wait or failed."""

    dates: list[DateReport] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def lost(self) -> list[str]:
        return [one.date for one in self.dates if one.how == "lost"]

    @property
    def left(self) -> list[str]:
        return [one.date for one in self.dates if one.how != "lost" and (one.failed or one.waiting)]

    @property
    def ok(self) -> bool:
        return not self.lost and not self.left


async def rebuild_index(
    store: ObjectStore,
    settings: Settings,
    index: Index,
    *,
    first: Date | None = None,
    last: Date | None = None,
    force: bool = False,
    progress: ProgressSink = lambda step, date, done, total: None,
) -> RebuildReport:
    """Rebuild the dates of a range (default: all that are staged, in a ledger or in a backup)."""
    with own_folder(settings.scratch, "rebuild-") as scratch:
        rebuild = _Rebuild(store, settings, index, scratch, force)
        dates = [date for date in rebuild.dates() if _within(date, first, last)]
        report = RebuildReport()
        for number, date in enumerate(dates):
            progress(STEP, date, number, len(dates))
            if one := await rebuild.date(date):
                report.dates.append(one)
    progress(STEP, "analytics", len(dates), len(dates))
    publish(store, settings, dates, report.notes)
    return report


def _within(date: str, first: Date | None, last: Date | None) -> bool:
    return (first is None or date >= first.isoformat()) and (last is None or date <= last.isoformat())


class _Rebuild:
    def __init__(self, store: ObjectStore, settings: Settings, index: Index, scratch: Path, force: bool) -> None:
        self._store = store
        self._settings = settings
        self._index = index
        self._scratch = scratch
        self._force = force
        self._budget = settings.sessions_index_token_budget
        self._backups = list(whole_backups(store))

    def dates(self) -> list[str]:
        """Every date that may have sessions, newest first."""
        saved = {date for backup in self._backups for date in backup.dates}
        return sorted(saved | {*self._store.dates("staged"), *self._store.dates("commits")}, reverse=True)

    async def date(self, date: str) -> DateReport | None:
        """One date; None where nothing is known of it."""
        reasons = []
        try:
            if read_manifest(self._store, date) is not None:
                return await self._staged(date)
        except StoreError as damaged:
            reasons.append(str(damaged))
        packs = list(self._packs(date))
        if not packs and not read_ledger(self._store, date).sessions:
            return None
        if not (self._force and packs) and (left := await self._left_alone(date)) is not None:
            return left
        for saved in packs:
            try:
                return await date_from_pack(
                    self._index, self._store, self._settings, self._scratch, date, saved, anew=self._force
                )
            except OpenVikingDown:
                raise
            except (StoreError, OpenVikingError) as error:
                reasons.append(str(error))
        return await self._lost(date, "; ".join(reasons) or _GONE)

    def _packs(self, date: str) -> Iterator[SavedDate]:
        """What backups hold of a date, newest first; one pack once."""
        seen = set()
        for backup in self._backups:
            saved = backup.dates.get(date)
            if saved is not None and saved.pack is not None and saved.pack.key not in seen:
                seen.add(saved.pack.key)
                yield saved

    async def _staged(self, date: str) -> DateReport:
        async with lease(self._store, lease_key(date)):
            await settle(self._index, self._store, date, NOT_THERE)
        done = await commit_date(
            self._index.client,
            self._store,
            date,
            concurrency=self._settings.sessions_model_concurrency,
            force=self._force,
            options=CommitOptions.of(self._settings, self._budget),
        )
        self._budget = max(0, self._budget - done.index_tokens)
        report = DateReport.loaded(done)
        if not (done.verified or done.failed or done.pending):
            report.how = "unchanged"
        return report

    async def _left_alone(self, date: str) -> DateReport | None:
        """A date whose lines the index holds as they say, or None."""
        async with lease(self._store, lease_key(date)):
            ledger = read_ledger(self._store, date)
            lines = self._lines(ledger)
            if not lines or len(lines) < len(ledger.sessions) or await missing(self._index, date, lines):
                return None
            for line in lines.values():
                line.status, line.reason, line.index = "verified", "", self._settings.index_name
            await settle(self._index, self._store, date, NOT_THERE, lines)
        return DateReport(date, sessions=len(lines), verified=len(lines))

    async def _lost(self, date: str, reason: str) -> DateReport:
        """A date that cannot be rebuilt: its ledger says so, and keeps what is known."""
        async with lease(self._store, lease_key(date)):
            ledger = read_ledger(self._store, date)
            lines = self._lines(ledger)
            failures = await missing(self._index, date, lines)
            for one, why in failures.items():
                lines[one].status, lines[one].reason, lines[one].loaded_before = "pending", f"{why}; {reason}", False
            await settle(self._index, self._store, date, reason, lines)
        verified = len(lines) - len(failures)
        sessions = len(ledger.sessions)
        return DateReport(date, "lost", sessions, verified, waiting=sessions - verified, reason=reason)

    def _lines(self, ledger: Ledger) -> dict[str, Entry]:
        return {one: in_space(line, self._index.space) for one, line in ledger.known().items()}
