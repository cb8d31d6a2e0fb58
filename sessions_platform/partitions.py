"""The calendar of the platform: UTC days, and weeks from Monday. Nothing else belongs here."""

from datetime import UTC, date, datetime, timedelta

import dagster as dg


def daily(start: date) -> dg.DailyPartitionsDefinition:
    """A partition for each UTC date from `start` that is over."""
    return dg.DailyPartitionsDefinition(start_date=start.isoformat(), timezone="UTC")


def weekly(start: date) -> dg.WeeklyPartitionsDefinition:
    """A partition for each ISO week that is over, from the one `start` lies in; its key is its Monday."""
    monday = start - timedelta(days=start.weekday())
    return dg.WeeklyPartitionsDefinition(start_date=monday.isoformat(), timezone="UTC", day_offset=1)


def days(first: date, last: date) -> list[str]:
    """Dates from `first` to `last`, both included, oldest first."""
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


def week_dates(monday: date) -> list[str]:
    """The seven dates of a week."""
    return days(monday, monday + timedelta(days=6))


def week_name(monday: date) -> str:
    """The ISO name of a week, as `2026-W45`."""
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02d}"


def is_over(monday: date, now: datetime) -> bool:
    """Whether the week's last day is over in UTC."""
    return now.astimezone(UTC).date() >= monday + timedelta(days=7)
