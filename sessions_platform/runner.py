"""Runs days in this process: checks what can be checked before, then materializes one date after the other.

What commands print is in `cli`; what a step does is in `assets`. Source: CONTRACT section 2 (`run`).
"""

import asyncio
import shutil
from collections.abc import Iterator
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
    """How a date went. `message` is the one line that says what went wrong; `kind` which error it was."""

    date: str
    ok: bool
    seconds: float
    message: str = ""
    kind: str = ""
    warnings: list[str] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)


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
    """Materialize the dates of an order in this process; yields as each is done. A failed date stops no other.

    Raises PlatformError before anything runs where the order, a variable or a key is wrong.
    """
    dates = check_dates(order, settings, now or datetime.now(UTC))
    defs = build_defs(settings, sink=sink)
    chosen = selected_assets(defs, order.select, with_index=bool(settings.openviking_url))
    check_source(settings, with_langfuse=dg.AssetKey(raw.NAME) in chosen)
    job = defs.resolve_job_def(DAILY_JOB)
    with open_instance(settings) as instance:
        for number, day in enumerate(dates):
            with _storage_explained(settings):
                outcome = _run_day(job, instance, day, chosen, order, first=number == 0)
            yield outcome
            if outcome.kind in _FATAL:
                return


def run_week(monday: date, settings: Settings, *, now: datetime | None = None) -> DayOutcome:
    """Materialize the weekly assets of the week that begins on `monday`, in this process."""
    if not is_over(monday, now or datetime.now(UTC)):
        raise ConfigurationError(f"--week {week_name(monday)} is not over in UTC yet")
    first = settings.sessions_start_date - timedelta(days=settings.sessions_start_date.weekday())
    if monday < first:
        raise ConfigurationError(
            f"--week {week_name(monday)} is before SESSIONS_START_DATE={settings.sessions_start_date}"
        )
    job = build_defs(settings).resolve_job_def(WEEKLY_JOB)
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


def _run_day(
    job: Any, instance: dg.DagsterInstance, day: str, chosen: list[dg.AssetKey], order: RunOrder, *, first: bool
) -> DayOutcome:
    names = {key.to_user_string() for key in chosen}
    options = {"force": order.force, "allow_shrink": order.allow_shrink}
    ops: dict[str, Any] = {name: {"config": options} for name in _WITH_OPTIONS if name in names}
    if analytics.NAME in names:
        ops[analytics.NAME] = {"config": {"rebuild": order.rebuild_database and first}}
    return _materialize(job, instance, day, chosen, ops)


def _materialize(
    job: Any, instance: dg.DagsterInstance, partition: str, chosen: list[dg.AssetKey] | None, ops: dict[str, Any]
) -> DayOutcome:
    """Run a job for one partition in this process, and gather what a reader of the run wants to know."""
    start = datetime.now(UTC)
    result = job.execute_in_process(
        partition_key=partition,
        asset_selection=chosen,
        instance=instance,
        raise_on_error=False,
        run_config={"ops": ops, "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
    )
    outcome = DayOutcome(partition, result.success, (datetime.now(UTC) - start).total_seconds())
    for event in result.all_events:
        _note_event(outcome, event)
    return outcome


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
        count = event.materialization.metadata.get("dagster/partition_row_count")
        if count is not None:
            outcome.figures[event.asset_key.to_user_string()] = int(count.value)  # type: ignore[arg-type]


def plan_days(order: RunOrder, settings: Settings, *, now: datetime | None = None) -> list[Any]:
    """What a run would ask of Langfuse, date by date (`--dry-run`); nothing is written."""
    from sessions_platform.extraction import plan_date

    dates = check_dates(order, settings, now or datetime.now(UTC))
    store = StoreResource(settings).open()

    async def plans() -> list[Any]:
        async with LangfuseResource(settings).client() as client:
            return [await plan_date(client, store, day) for day in dates]

    return asyncio.run(plans())
