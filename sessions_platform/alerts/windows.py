"""A rule's figures, asked of the published file alone: windows of so many days that end with a date of the data.

What a session counts for a metric is said where comparisons say it (queries/cohort_values.sql); the band against which
drops and rises are held is that of `statistics.trends`, made from the 4 to 12 windows before. Rules are looked at every
day, over windows that overlap: a band's chance of a false alarm is kept for that many looks.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sessions_platform.alerts.rules import Rule
from sessions_platform.alerts.states import Figure, shift
from sessions_platform.sql import statement
from sessions_platform.statistics.from_file import BETWEEN, Reader
from sessions_platform.statistics.results import MIN_SESSIONS, Kind
from sessions_platform.statistics.trends import WEEKS, Period, Rhythm, control_bands

Record = dict[str, Any]
FEWEST, MOST = 4, 12
"""Windows before, with enough sessions, that a band is made from."""
LOOKS = 2 * WEEKS
"""Daily looks at windows that overlap alarm by chance as often as two independent looks a week would at most: by
simulation, with rates of days that spread by 0.1, 84 daily looks of twelve weeks alarm in 2 % of quarters.
"""
OVERDUE = timedelta(hours=36)
"""From the start of a date to when it should be whole: the schedule runs at 04:00 the day after, twice if need be."""


def figures(analytics: Reader, rule: Rule, newest: date, now: datetime) -> list[Figure]:
    """The figures of as many dates as the rule needs in a row to change its state, newest first."""
    last = due_date(now) if rule.metric.name == "days_missing" else newest
    dates = [last - timedelta(days=back) for back in range(max(rule.fire_after, rule.resolve_after))]
    return [figure(analytics, rule, day) for day in dates]


def figure(analytics: Reader, rule: Rule, as_of: date) -> Figure:
    """The rule's metric over the window that ends with a date."""
    if rule.metric.kind == "total":
        return _total(analytics, rule, as_of)
    windows = (
        _calls(analytics, rule, as_of) if rule.metric.name == "tool_success" else _sessions(analytics, rule, as_of)
    )
    row = windows.get(0)
    if row is None:
        return Figure(as_of.isoformat(), None, 0)
    low, high = row["bounds"]
    made = Figure(as_of.isoformat(), row["value"], row["n"], low, high)
    if not rule.threshold.compares or made.n < rule.minimum_n:
        return made
    return against(rule, made, [_period(number, windows.get(number)) for number in range(MOST + 1)])


def against(rule: Rule, made: Figure, periods: list[Period]) -> Figure:
    """The figure with what the windows before (newest first, itself foremost) let one expect, and whether it is out."""
    kind: Kind = "rate" if rule.metric.kind == "rate" else "median"
    usable = sum(one.value is not None and one.n >= MIN_SESSIONS for one in periods[1:])
    # Told that a band takes all of them, only the newest window gets one: each costs a tail of a distribution.
    rhythm = Rhythm(LOOKS, max(FEWEST, usable), MOST)
    look = control_bands(periods[::-1], kind, rhythm)[-1]
    made = replace(made, expected=look.expected)
    moved = shift(rule, made)
    out = moved is not None and moved > 0 and look.status in ("below", "above")
    return replace(made, outside=out)


def _total(analytics: Reader, rule: Rule, as_of: date) -> Figure:
    """A total over the window; its n are dates."""
    since = as_of - timedelta(days=rule.window - 1)
    asked = {"since": since.isoformat(), "as_of": as_of.isoformat()}
    (row,) = analytics.records(statement("queries/alert_dates"), asked)
    if rule.metric.name == "days_missing":
        return Figure(as_of.isoformat(), row["missing_dates"], row["due_dates"])
    if rule.metric.name == "total_cost":
        return Figure(as_of.isoformat(), row["cost_usd"], row["published"])
    found = _sessions(analytics, rule, as_of).get(0)
    return Figure(as_of.isoformat(), found["sessions"] if found else 0, row["published"])


def _sessions(analytics: Reader, rule: Rule, as_of: date) -> dict[int, Record]:
    """Windows by number (0 the newest), over sessions by their first date."""
    metric = rule.metric.name if rule.metric.name not in ("unknown_share", "sessions") else "success_rate"
    asked = {
        "metric": metric,
        "kind": rule.metric.kind,
        "labels": [BETWEEN.join(rule.segment.split(":", 1))] if rule.segment else [],
        "days": rule.window,
        "since": _since(rule, as_of),
        "until": as_of.isoformat(),
        "as_of": as_of.isoformat(),
    }
    sql = statement("queries/alert_sessions").replace("$values", statement("queries/cohort_values"))
    return {row["number"]: _figures(rule, row) for row in analytics.records(sql, asked)}


def _figures(rule: Rule, row: Record) -> Record:
    """A window's value, n, what it is out of, and the bounds of its interval."""
    if rule.metric.name == "unknown_share":
        unknown = row["sessions"] - row["known"]
        made = {"value": unknown / row["sessions"], "n": row["sessions"], "out_of": row["sessions"]}
        return row | made | {"periods_n": row["sessions"], "bounds": (row["unknown_low"], row["unknown_high"])}
    if rule.metric.kind == "median":
        made = {"value": row["middle"], "n": row["known"], "out_of": row["known"]}
        return row | made | {"periods_n": row["known"], "bounds": (row["low"], row["high"])}
    value = row["hits"] / row["out_of"] if row["out_of"] else None
    n = int(row["out_of"] or 0) if rule.metric.name == "tool_success" else row["known"]
    return row | {"value": value, "n": n, "periods_n": row["known"], "bounds": (row["hits_low"], row["hits_high"])}


def _calls(analytics: Reader, rule: Rule, as_of: date) -> dict[int, Record]:
    """Windows by number, over tool calls by their own date."""
    key, _, value = rule.segment.partition(":") if rule.segment else ("", "", "")
    asked = {
        "key": key or None,
        "value": value or None,
        "days": rule.window,
        "since": _since(rule, as_of),
        "as_of": as_of.isoformat(),
    }
    return {row["number"]: _figures(rule, row) for row in analytics.records(statement("queries/alert_calls"), asked)}


def _since(rule: Rule, as_of: date) -> str:
    """First date of what is asked for: one window, or that and those before it."""
    windows = MOST + 1 if rule.threshold.compares else 1
    return (as_of - timedelta(days=rule.window * windows - 1)).isoformat()


def _period(number: int, row: Mapping[str, Any] | None) -> Period:
    if row is None or row["value"] is None:
        return Period(str(number), 0, None)
    value = float(row["value"])
    variance = row.get("unit_variance")
    spread = value * (1 - value) if variance is None else float(variance)
    return Period(str(number), int(row["periods_n"]), value, spread, float(row["out_of"]))


def due_date(now: datetime) -> date:
    """The newest date that should be whole by now."""
    return (now - OVERDUE).astimezone(UTC).date()
