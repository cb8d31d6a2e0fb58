"""Runs days in this process: checks what can be checked before, then materializes one date after the other.

Tables never wait for the index: of several dates everything else is made first, oldest first; then the index is loaded,
newest date first, as far as the run's token budget goes. What commands print is in `cli`; what a step does is in
`assets`. Source: CONTRACT section 2 (`run`).
"""

import asyncio
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg

from sessions_platform.assets import analytics, commits, raw, staged, tables
from sessions_platform.assets.steps import KIND
from sessions_platform.automation import DAILY_JOB, WEEKLY_JOB
from sessions_platform.definitions import build_defs
from sessions_platform.errors import ConfigurationError, StoreError
from sessions_platform.partitions import days, is_over, week_name
from sessions_platform.resources.platform import (
    LangfuseResource,
    ProgressSink,
    RedactionResource,
    StoreResource,
)
from sessions_platform.settings import Settings, last_complete_date

_WITH_OPTIONS = (raw.NAME, staged.NAME, tables.FACTS, commits.NAME)
_FATAL = {"ConfigurationError"}
"""Failures that every further date would repeat."""


@dataclass(frozen=True, slots=True)
class RunOrder:
    """What a run is asked for: dates (both ends included), Dagster's selection syntax, and how."""

    first: date
    last: date
    select: str | None = None
    force: bool = False
    allow_shrink: bool = False
    rebuild_database: bool = False


@dataclass(slots=True)
class DayOutcome:
    """How a date went. `message` is the one line that says what went wrong; `kind` which error it was.

    `figures`: rows by asset, and `index_tokens` where the index was loaded; `budget_used`: sessions stayed pending
    because the run's token budget did not reach for them.
    """

    date: str
    ok: bool
    seconds: float
    message: str = ""
    kind: str = ""
    warnings: list[str] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)
    budget_used: bool = False


def check_dates(order: RunOrder, settings: Settings, now: datetime) -> list[str]:
    """The dates of an order, oldest first. ConfigurationError where one cannot be run."""
    if order.first > order.last:
        raise ConfigurationError(f"--from {order.first} is after --to {order.last}")
    if order.first < settings.sessions_start_date:
        raise ConfigurationError(
            f"--from {order.first} is before SESSIONS_START_DATE={settings.sessions_start_date}; set that earlier"
        )
    newest = last_complete_date(now)
    if order.last > newest:
        raise ConfigurationError(
            f"--to {order.last} is not over in UTC yet; the newest date that can be run is {newest}"
        )
    return days(order.first, order.last)


def selected_assets(defs: dg.Definitions, select: str | None, *, with_index: bool = True) -> list[dg.AssetKey]:
    """The daily assets of a selection. ConfigurationError where it is not understood or selects none."""
    graph = defs.resolve_asset_graph()
    daily = defs.resolve_job_def(DAILY_JOB).asset_layer.executable_asset_keys
    if select is None:
        return sorted(key for key in daily if with_index or key != dg.AssetKey(commits.NAME))
    try:
        chosen = dg.AssetSelection.from_string(select).resolve(graph) & set(daily)
    except Exception as error:
        # Dagster's parser raises many kinds; to the user each is one thing: the words of --select.
        raise ConfigurationError(f"--select {select!r}: {str(error).splitlines()[0]}") from None
    if not chosen:
        raise ConfigurationError(
            f"--select {select!r} selects no daily asset ({', '.join(k.to_user_string() for k in sorted(daily))})"
        )
    return sorted(chosen)


def check_source(settings: Settings, *, with_langfuse: bool) -> None:
    """Try store, key and source before a run begins, so that a wrong one is said once and at once."""
    store = StoreResource(settings).open()
    store.check()
    redactor = RedactionResource(settings).redactor()
    if with_langfuse:
        from sessions_platform.extraction.guards import check_same_source

        async def project() -> Any:
            async with LangfuseResource(settings).client() as client:
                return await client.project()

        check_same_source(store, asyncio.run(project()), redactor.fingerprint)


def run_days(
    order: RunOrder, settings: Settings, *, sink: ProgressSink | None = None, now: datetime | None = None
) -> Iterator[DayOutcome]:
    """Materialize the dates of an order in this process; yields outcomes, oldest first. A failed date stops no other.

    Raises PlatformError before anything runs where the order, a variable or a key is wrong.
    """
    dates = check_dates(order, settings, now or datetime.now(UTC))
    defs = build_defs(settings, sink=sink)
    chosen = selected_assets(defs, order.select, with_index=bool(settings.openviking_url))
    check_source(settings, with_langfuse=dg.AssetKey(raw.NAME) in chosen)
    with open_instance(settings) as instance:
        run = _Days(defs.resolve_job_def(DAILY_JOB), instance, order, settings)
        index = dg.AssetKey(commits.NAME)
        if index in chosen and len(dates) > 1:
            yield from run.index_last(dates, [key for key in chosen if key != index])
        else:
            yield from run.one_by_one(dates, chosen)


class _Days:
    """The dates of one run: which assets of which date come when."""

    def __init__(self, job: Any, instance: dg.DagsterInstance, order: RunOrder, settings: Settings) -> None:
        self._job = job
        self._instance = instance
        self._order = order
        self._settings = settings
        self._rebuild = order.rebuild_database

    def one_by_one(self, dates: Sequence[str], chosen: Sequence[dg.AssetKey]) -> Iterator[DayOutcome]:
        """The chosen assets of each date; ends after a failure that every further date would repeat."""
        for day in dates:
            outcome = self._run(day, chosen)
            yield outcome
            if outcome.kind in _FATAL:
                return

    def index_last(self, dates: Sequence[str], others: Sequence[dg.AssetKey]) -> Iterator[DayOutcome]:
        """Other assets of all dates, oldest first; then the index, newest first. Outcomes come oldest first, whole."""
        outcomes = {one.date: one for one in self.one_by_one(dates, others)} if others else {}
        staging = dg.AssetKey(staged.NAME) in others

        def ready(day: str) -> bool:
            made = outcomes.get(day)
            return not others or (made is not None and (not staging or staged.NAME in made.figures))

        for loaded in self._index([day for day in dates if ready(day)]):
            outcomes[loaded.date] = _merged(outcomes.get(loaded.date), loaded)
        yield from (outcomes[day] for day in dates if day in outcomes)

    def _index(self, dates: Sequence[str]) -> Iterator[DayOutcome]:
        """Load the dates, newest first, each with what the newer ones left of the token budget."""
        left = self._settings.sessions_index_token_budget
        for day in reversed(dates):
            outcome = self._run(day, [dg.AssetKey(commits.NAME)], token_budget=left)
            yield outcome
            if outcome.kind in _FATAL:
                return
            # Where sessions of a date stay pending, older ones wait, too, however small they are.
            left = 0 if outcome.budget_used else max(0, left - outcome.figures.get(commits.TOKENS, 0))

    def _run(self, day: str, chosen: Sequence[dg.AssetKey], **index_options: int) -> DayOutcome:
        names = {key.to_user_string() for key in chosen}
        options = {"force": self._order.force, "allow_shrink": self._order.allow_shrink}
        ops: dict[str, Any] = {name: {"config": options} for name in _WITH_OPTIONS if name in names}
        if commits.NAME in names:
            ops[commits.NAME] = {"config": options | index_options}
        if analytics.NAME in names:
            ops[analytics.NAME] = {"config": {"rebuild": self._rebuild}}
            self._rebuild = False
        with _storage_explained(self._settings):
            return _materialize(self._job, self._instance, day, chosen, ops)


def _merged(before: DayOutcome | None, loaded: DayOutcome) -> DayOutcome:
    """What the two passes over a date did, as one outcome."""
    if before is None:
        return loaded
    return DayOutcome(
        before.date,
        before.ok and loaded.ok,
        before.seconds + loaded.seconds,
        before.message or loaded.message,
        before.kind or loaded.kind,
        before.warnings + loaded.warnings,
        before.figures | loaded.figures,
        loaded.budget_used,
    )


def check_week(monday: date, settings: Settings, now: datetime) -> None:
    """ConfigurationError where the week that begins on `monday` cannot be analysed."""
    if not is_over(monday, now):
        raise ConfigurationError(f"--week {week_name(monday)} is not over in UTC yet")
    first = settings.sessions_start_date - timedelta(days=settings.sessions_start_date.weekday())
    if monday < first:
        raise ConfigurationError(
            f"--week {week_name(monday)} is before SESSIONS_START_DATE={settings.sessions_start_date}"
        )


def run_week(
    monday: date, settings: Settings, *, sink: ProgressSink | None = None, now: datetime | None = None
) -> DayOutcome:
    """Materialize the weekly assets of the week that begins on `monday`, in this process."""
    check_week(monday, settings, now or datetime.now(UTC))
    job = build_defs(settings, sink=sink).resolve_job_def(WEEKLY_JOB)
    with open_instance(settings) as instance, _storage_explained(settings):
        return _materialize(job, instance, monday.isoformat(), None, {})


def open_instance(settings: Settings) -> dg.DagsterInstance:
    """The one Dagster instance of commands, UI and daemon, made from the packaged `dagster.yaml` on first use."""
    folder = settings.dagster_folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "dagster.yaml").exists():
            shutil.copyfile(packaged_file("dagster.yaml"), folder / "dagster.yaml")
    except OSError as error:
        raise ConfigurationError(f"DAGSTER_HOME={folder}: cannot be written ({error.strerror})") from error
    with _storage_explained(settings):
        return dg.DagsterInstance.from_config(str(folder))


@contextmanager
def _storage_explained(settings: Settings) -> Iterator[None]:
    """A full disk meets Dagster's own storage first, where it lies beside the store: say so in one line."""
    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except (DBAPIError, OSError) as error:
        reason = getattr(error, "orig", None) or getattr(error, "strerror", None) or error
        raise StoreError(
            f"DAGSTER_HOME={settings.dagster_folder}: Dagster's storage cannot be used ({reason}); is the disk full?"
        ) from error


def packaged_file(name: str) -> Path:
    """A file of the checkout's top level, which a wheel carries inside the package."""
    inside = Path(__file__).parent / name
    return inside if inside.exists() else Path(__file__).parents[1] / name


def _materialize(
    job: Any, instance: dg.DagsterInstance, partition: str, chosen: Sequence[dg.AssetKey] | None, ops: dict[str, Any]
) -> DayOutcome:
    """Run a job for one partition in this process, and gather what a reader of the run wants to know."""
    start = datetime.now(UTC)
    result = job.execute_in_process(
        partition_key=partition,
        asset_selection=None if chosen is None else list(chosen),
        instance=instance,
        raise_on_error=False,
        run_config={"ops": ops, "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
    )
    if any(map(_is_interruption, result.all_events)):
        # Dagster ends the run it is in and goes on as if a step had failed; who pressed Ctrl-C meant all of it.
        raise KeyboardInterrupt
    outcome = DayOutcome(partition, result.success, (datetime.now(UTC) - start).total_seconds())
    for event in result.all_events:
        _note_event(outcome, event)
    return outcome


def _is_interruption(event: dg.DagsterEvent) -> bool:
    if event.event_type_value != "PIPELINE_FAILURE":
        return False
    reason = event.job_failure_data.failure_reason
    return reason is not None and reason.value == "UNEXPECTED_TERMINATION"


def _note_event(outcome: DayOutcome, event: dg.DagsterEvent) -> None:
    """Take from an event what a reader of the run wants to know."""
    if event.is_step_failure and not outcome.message:
        failure = event.step_failure_data.user_failure_data
        if failure is not None:
            outcome.message = failure.description or ""
            outcome.kind = str(failure.metadata[KIND].value) if KIND in failure.metadata else ""
        else:
            cause = event.step_failure_data.error
            while cause is not None and cause.cause is not None:
                cause = cause.cause
            outcome.message = f"{event.step_key}: {cause.cls_name if cause else 'failed'} (details in the Dagster UI)"
    elif event.event_type_value == "ASSET_CHECK_EVALUATION":
        check = event.asset_check_evaluation_data
        if not check.passed:
            text = f"{check.asset_key.to_user_string()}: {check.description or check.check_name}"
            if check.blocking:
                outcome.ok = False
                outcome.message = outcome.message or text
            else:
                outcome.warnings.append(text)
    elif event.event_type_value == "ASSET_MATERIALIZATION" and event.asset_key is not None:
        _note_figures(outcome, event.asset_key.to_user_string(), event.materialization.metadata)


def _note_figures(outcome: DayOutcome, asset: str, metadata: Mapping[str, Any]) -> None:
    if (rows := metadata.get("dagster/partition_row_count")) is not None:
        outcome.figures[asset] = int(rows.value)
    if (tokens := metadata.get(commits.TOKENS)) is not None:
        outcome.figures[commits.TOKENS] = int(tokens.value)
    if (used := metadata.get(commits.BUDGET_USED)) is not None:
        outcome.budget_used = bool(used.value)
