"""The calendar of the platform: UTC days, and weeks from Monday. Nothing else belongs here."""

from datetime import date, timedelta

import dagster as dg


def daily(start: date) -> dg.DailyPartitionsDefinition:
    """A partition for each UTC date from `start` that is over."""
    return dg.DailyPartitionsDefinition(start_date=start.isoformat(), timezone="UTC")


def days(first: date, last: date) -> list[str]:
    """Dates from `first` to `last`, both included, oldest first."""
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
