"""Data: which dates are published and whole, and which tables the file has."""

from starlette.requests import Request
from starlette.responses import Response

from sessions_platform.pages.asked import Asked
from sessions_platform.pages.chart import Chart, Column
from sessions_platform.pages.formats import count
from sessions_platform.pages.overview import health_words
from sessions_platform.pages.site import Site, link

_DATES = 400


def page(site: Site, request: Request) -> Response:
    """`/data`"""
    asked = Asked(request.query_params)
    return site.page(
        "data.html", here="/data", path=site.analytics.path.name, charts=[health(site, asked), tables(site, asked)],
    )  # fmt: skip


def health(site: Site, asked: Asked) -> Chart:
    """Dates and their counts at every stage."""
    rows = [
        {**row, "says": health_words(row), "href": link("/sessions", since=row["date"], until=row["date"])}
        for row in site.ask("page_health", limit=_DATES)
    ]
    for row in rows:
        row["tone"] = "good" if row["says"] == "complete" else "bad"
    bad = sum(row["tone"] == "bad" for row in rows)
    return Chart(
        "data-health",
        f"Are the data whole? {count(len(rows))} dates, {count(bad) if bad else 'none'} of them not",
        rows,
        (
            Column("date", "Date", "link"),
            Column("says", "State", "tone"),
            Column("source_rows", "Rows at Langfuse", "count"),
            Column("raw_rows", "Rows stored", "count"),
            Column("staged_sessions", "Sessions staged", "count"),
            Column("loaded_sessions", "in tables", "count"),
            Column("committed_sessions", "in the index", "count"),
            Column("late_sessions", "Late", "count"),
            Column("redactions", "Places redacted", "count"),
        ),
        note="Newest first. Counts that shrink from left to right are losses; sessions in the index are only counted"
        " where OpenViking is set up.",
    )


def tables(site: Site, asked: Asked) -> Chart:
    """Tables of the file."""
    rows = site.ask("page_tables")
    return Chart(
        "tables",
        f"What is in the file? {count(len(rows))} tables",
        rows,
        (Column("table_name", "Table"), Column("row_count", "Rows", "count"), Column("comment", "What a row is")),
    )


CHARTS = {"data-health": health, "tables": tables}
