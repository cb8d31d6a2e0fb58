"""Jobs, schedules and sensors: none of them goes to a network. Which assets there are is not decided here."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import dagster as dg

from sessions_platform.assets import alerts, maintenance
from sessions_platform.partitions import days, is_over, week_dates, week_name
from sessions_platform.settings import Settings, last_complete_date, load_settings

DAILY_JOB = "daily_sessions"
WEEKLY_JOB = "weekly_analysis"
DAILY_SCHEDULE = "daily_sessions_schedule"
WEEKLY_SENSOR = "weekly_when_complete"
ALERTS_SENSOR = "alerts"
MAINTENANCE_SCHEDULE = "index_maintenance_schedule"
WEEKS_A_TICK = 2
RED_DAY_HOLDS = timedelta(hours=48)
"""How long after its end a week waits for a day that was extracted but is not complete."""
LOADING_HOLDS = timedelta(hours=2)
"""How long alerts wait, after the look before, for days that are being loaded: half a backfill alarms falsely."""
_LOADING_JOBS = (DAILY_JOB, "__ASSET_JOB")
"""The daily job, and the one in which Dagster runs backfills of assets."""
_UNDER_WAY = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]


def daily_job() -> Any:
    """Every daily asset of one UTC date, in one process: a subprocess step would cost three seconds."""
    groups = ("raw", "staged", "tables", "analytics", "openviking")
    return dg.define_asset_job(
        DAILY_JOB,
        selection=dg.AssetSelection.groups(*groups),
        executor_def=dg.in_process_executor,
        description="One UTC date from Langfuse to the analytics file and, last, to the context index.",
    )


def weekly_job() -> Any:
    """The weekly assets of one ISO week."""
    return dg.define_asset_job(
        WEEKLY_JOB,
        selection=dg.AssetSelection.groups("weekly"),
        executor_def=dg.in_process_executor,
        description="One ISO week: its facts, what was found and verified, and its report.",
    )


def schedule_dates(now: datetime, settings: Settings) -> list[str]:
    """Yesterday and the SESSIONS_LOOKBACK_DAYS dates before it, oldest first, none before SESSIONS_START_DATE."""
    newest = last_complete_date(now)
    first = max(newest - timedelta(days=settings.sessions_lookback_days), settings.sessions_start_date)
    return days(first, newest)


def daily_schedule(settings: Settings | None) -> dg.ScheduleDefinition:
    """At 04:00 UTC, when yesterday's long spans have ended; late rows of the days before are looked for again."""

    @dg.schedule(
        name=DAILY_SCHEDULE,
        job_name=DAILY_JOB,
        cron_schedule="0 4 * * *",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Yesterday and the days before it that may still have changed.",
    )
    def requested(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest]:
        tick = context.scheduled_execution_time.astimezone(UTC)
        dates = schedule_dates(tick, settings or load_settings())
        return [dg.RunRequest(run_key=f"{tick.date()}/{day}", partition_key=day) for day in reversed(dates)]

    return requested


def maintenance_schedule(settings: Settings | None) -> dg.ScheduleDefinition:
    """Sundays at 05:00 UTC, when the daily run is under way at the latest; the pool keeps them apart."""

    @dg.schedule(
        name=MAINTENANCE_SCHEDULE,
        job_name=maintenance.JOB,
        cron_schedule="0 5 * * 0",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Old transcripts, and what belongs to no staged session, out of the context index.",
    )
    def requested(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        if not (settings or load_settings()).openviking_url:
            return dg.SkipReason("OPENVIKING_URL is not set: there is no index to maintain")
        return dg.RunRequest(run_key=str(context.scheduled_execution_time.astimezone(UTC).date()))

    return requested


def weeks_to_run(health: dict[str, bool], now: datetime) -> list[str]:
    """Mondays of the weeks that are over and have all seven days, newest first.

    `health` maps dates that were extracted to whether they are complete. A day that is not complete holds its week for
    48 hours after the week's end; a day that was never extracted holds it for good.
    """
    mondays = {date.fromisoformat(day) - timedelta(days=date.fromisoformat(day).weekday()) for day in health}
    ready = []
    for monday in sorted(mondays, reverse=True):
        known = [health.get(day) for day in week_dates(monday)]
        if not is_over(monday, now) or None in known:
            continue
        if all(known) or now >= datetime.combine(monday + timedelta(days=7), datetime.min.time(), UTC) + RED_DAY_HOLDS:
            ready.append(monday.isoformat())
    return ready


def weekly_sensor(settings: Settings | None) -> dg.SensorDefinition:
    """Starts the weekly job once for each week whose days are all in, two a tick; the run key makes it once-only."""

    @dg.sensor(
        name=WEEKLY_SENSOR,
        job_name=WEEKLY_JOB,
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="A week is complete by data_health and was not analysed yet.",
    )
    def complete_weeks(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        from sessions_platform.analytics import NotPublished, SessionAnalytics

        analytics = SessionAnalytics((settings or load_settings()).database)
        try:
            rows = analytics.records("SELECT date, complete FROM data_health")
        except NotPublished as reason:
            yield dg.SkipReason(str(reason))
            return
        health = {row["date"]: bool(row["complete"]) for row in rows}
        asked = set((context.cursor or "").split(",")) - {""}
        fresh = [week for week in weeks_to_run(health, datetime.now(UTC)) if week not in asked][:WEEKS_A_TICK]
        if not fresh:
            yield dg.SkipReason("no further week is complete")
            return
        for week in fresh:
            yield dg.RunRequest(run_key=week_name(date.fromisoformat(week)), partition_key=week)
        # Run keys already make a week once-only; the cursor keeps asked weeks from using up the tick's two places.
        context.update_cursor(",".join(sorted(asked | set(fresh))))

    return complete_weeks


def alerts_sensor(settings: Settings | None) -> dg.SensorDefinition:
    """Starts the alerts job once for each version of the published dates and rules; every hour where posts wait."""

    @dg.sensor(
        name=ALERTS_SENSOR,
        job_name=alerts.JOB,
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Other dates are published, or other rules stand in alerts.yaml. A rule that cannot be used fails "
        "the tick, with the rule's name.",
    )
    def changed_figures(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        from sessions_platform.analytics import NotPublished, SessionAnalytics

        at, now = settings or load_settings(), datetime.now(UTC)
        seen = json.loads(context.cursor or "{}")
        try:
            key = look_key(SessionAnalytics(at.database), at, now)
        except NotPublished as reason:
            return dg.SkipReason(str(reason))
        if key == seen.get("key"):
            return dg.SkipReason("the published dates and the rules are those of the last look")
        since = datetime.fromisoformat(seen.get("at", now.isoformat()))
        if now < since + LOADING_HOLDS and _days_are_loading(context.instance):
            context.update_cursor(json.dumps(seen | {"at": since.isoformat()}))
            return dg.SkipReason("days are being loaded")
        context.update_cursor(json.dumps({"key": key, "at": now.isoformat()}))
        return dg.RunRequest(run_key=key)

    return changed_figures


def _days_are_loading(instance: dg.DagsterInstance) -> bool:
    filters = (dg.RunsFilter(job_name=job, statuses=_UNDER_WAY) for job in _LOADING_JOBS)
    return any(instance.get_runs_count(one) for one in filters)


def look_key(analytics: Any, settings: Settings, now: datetime) -> str:
    """Names what a look would rest on: the published dates, the rules, the dates that are due, the posts that wait.

    BrokenRule where the rules cannot be used, NotPublished where there is no file.
    """
    from sessions_platform.alerts.rules import load_rules
    from sessions_platform.alerts.windows import due_date

    rules = load_rules(settings)
    (state,) = analytics.records(
        "SELECT (SELECT value FROM publication_settings WHERE name = 'facts_version') AS facts,"
        " (SELECT count(*) FROM alerts WHERE delivery = 'waiting') AS waiting"
    )
    due = str(due_date(now)) if any(rule.metric.name == "days_missing" for rule in rules) else ""
    posts = state["waiting"] and settings.sessions_webhook_url.get_secret_value()
    again = f"{now:%Y-%m-%dT%H}" if posts else ""
    read = hashlib.sha256(repr(rules).encode()).hexdigest()[:8]
    return "/".join(part for part in (state["facts"], read, due, again) if part)
