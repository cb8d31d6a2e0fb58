"""What the analysis of a week would read, and what that costs (`weekly --dry-run`). Writes nothing.

How a reading plan is made is in `analysis.candidates`; what commands print is in `cli_weekly`.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sessions_platform.analysis.drivers.choice import driver_of
from sessions_platform.analysis.week import WeekAnalysis
from sessions_platform.resources.platform import ProgressSink, StoreResource, WarehouseResource
from sessions_platform.runner import check_week
from sessions_platform.settings import Settings


@dataclass(frozen=True, slots=True)
class WeekPlan:
    """Sessions of a week, those of them without staged texts, and what is read: `tier`, `why` and `sessions` a row.

    `tokens` and `usd` are those of the driver's model; `rules` has none.
    """

    week: str
    driver: str
    sessions: int
    without_texts: int
    reading: list[dict[str, Any]]
    tokens: int = 0
    usd: float = 0.0


def plan_week(
    monday: date, settings: Settings, *, sink: ProgressSink | None = None, now: datetime | None = None
) -> WeekPlan:
    """Plan the week that begins on `monday`. Raises PlatformError where it cannot be analysed."""
    check_week(monday, settings, now or datetime.now(UTC))
    store, warehouse = StoreResource(settings).open(), WarehouseResource(settings)
    week = WeekAnalysis(
        store=store,
        publisher=warehouse.publisher(store),
        analytics=warehouse.analytics(),
        monday=monday,
        driver=driver_of(settings.analysis_model),
        home=settings.home,
        outcome_scores=settings.sessions_outcome_scores,
        progress=lambda done, total: sink("candidates", str(monday), done, total) if sink else None,
    )
    found = week.preview()
    reasons = Counter(one.reason for one in found.plan)
    reading: list[dict[str, Any]] = [{"tier": "all", "why": "constraint log", "sessions": len(found.logs)}]
    for reason, count in sorted(reasons.items()):
        tier, _, why = reason.partition(": ")
        reading.append({"tier": tier, "why": why, "sessions": count})
    return WeekPlan(week.week, week.driver.name, len(found.logs), found.without_texts, reading)
