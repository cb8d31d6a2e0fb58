"""Facts of a week: SQL over the published file, without a model. Each carries its counts; words are in `report`.

What changed against the four weeks before, and which versions differ within the week, is computed in `changes`.
"""

from datetime import date, timedelta
from typing import Any

from sessions_platform.analysis.changes import concurrent, interaction_changes, over_time
from sessions_platform.analytics import SessionAnalytics
from sessions_platform.partitions import week_dates, week_name
from sessions_platform.sql import statement

SECTIONS = ("tools", "errors", "tasks", "interactions")
WEEKS_BEFORE = 4


def week_facts(analytics: SessionAnalytics, monday: date) -> dict[str, Any]:
    """The facts of the week that begins on a Monday; `missing_dates` are those not complete in the file.

    `changes`, `concurrent` and `platforms` are differences of failed shares with interval, p and q; those with too few
    sessions say so, with the number that it would take. `scorecard_weeks` are those of the four weeks before, oldest
    first; `scorecard_before` is the last of them.
    """
    bounds = {"first": monday.isoformat(), "last": (monday + timedelta(days=6)).isoformat()}
    longer = bounds | {"before": (monday - timedelta(weeks=WEEKS_BEFORE)).isoformat()}
    health = analytics.records(statement("weekly/health"), bounds)
    complete = {row["date"] for row in health if row["complete"]}
    weeks = [_scorecard(analytics, monday - timedelta(weeks=back)) for back in range(WEEKS_BEFORE, 0, -1)]
    cells = analytics.records(statement("weekly/outcome_cells"), longer)
    return {
        "week": week_name(monday),
        **bounds,
        "data_version": analytics.data_version(),
        "missing_dates": [day for day in week_dates(monday) if day not in complete],
        "scorecard": _scorecard(analytics, monday),
        "scorecard_before": weeks[-1],
        "scorecard_weeks": weeks,
        "data_health": health,
        **{name: analytics.records(statement(f"weekly/{name}"), bounds) for name in SECTIONS},
        "changes": over_time(cells),
        "concurrent": concurrent(cells, ("version", "release")),
        "platforms": concurrent(cells, ("platform",)),
        "cost_paths": analytics.records(statement("weekly/cost_paths"), longer),
        "interaction_changes": interaction_changes(analytics.records(statement("weekly/interaction_weeks"), longer)),
    }


def _scorecard(analytics: SessionAnalytics, monday: date) -> dict[str, Any]:
    bounds = {"first": monday.isoformat(), "last": (monday + timedelta(days=6)).isoformat()}
    (made,) = analytics.records(statement("weekly/scorecard"), bounds)
    return made
