"""Facts of a week: SQL over the published file, without a model. Each carries its counts; words are in `report`."""

from datetime import date, timedelta
from typing import Any

from sessions_platform.analytics import SessionAnalytics
from sessions_platform.partitions import week_dates, week_name
from sessions_platform.sql import statement

SECTIONS = ("tools", "errors", "tasks", "interactions")


def week_facts(analytics: SessionAnalytics, monday: date) -> dict[str, Any]:
    """The facts of the week that begins on a Monday; `missing_dates` are those not complete in the file."""
    bounds = {"first": monday.isoformat(), "last": (monday + timedelta(days=6)).isoformat()}
    health = analytics.records(statement("weekly/health"), bounds)
    complete = {row["date"] for row in health if row["complete"]}
    (scorecard,) = analytics.records(statement("weekly/scorecard"), bounds)
    (before,) = analytics.records(
        statement("weekly/scorecard"),
        {name: (date.fromisoformat(day) - timedelta(days=7)).isoformat() for name, day in bounds.items()},
    )
    return {
        "week": week_name(monday),
        **bounds,
        "data_version": analytics.data_version(),
        "missing_dates": [day for day in week_dates(monday) if day not in complete],
        "scorecard": scorecard,
        "scorecard_before": before,
        "data_health": health,
        **{name: analytics.records(statement(f"weekly/{name}"), bounds) for name in SECTIONS},
    }
