"""What a materialization shows of the figures it made: numbers, a table and a plot.

Numbers that are metadata of every partition are what Dagster itself draws over partitions. Tables are structured, never
Markdown: names come from sessions. How a plot is drawn is in `plots`; what a column means is in the catalog.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import dagster as dg

from sessions_platform.assets import plots

if TYPE_CHECKING:
    from sessions_platform.analytics import SessionAnalytics
    from sessions_platform.resources.object_store import ObjectStore

Row = Mapping[str, Any]
Shown = dict[str, Any]
MOST_ROWS = 20
"""So many rows of a mart are in its table and plot; all are in the published file."""
MOST_AGENTS = 10
DAYS = 28
PLOT, TABLE = "plot", "table"


def mart_rows(store: "ObjectStore", mart: str, day: str) -> list[Row]:
    """Rows of a date of a day mart, as it is stored."""
    import pyarrow.parquet as pq

    from sessions_platform.sessions.layout import table_key

    rows: list[Row] = pq.ParquetFile(io.BytesIO(store.get(table_key(mart, day)))).read().to_pylist()
    return rows


def days_until(analytics: "SessionAnalytics", day: str) -> list[Row]:
    """Published rows of daily_metrics of the four weeks that end with `day`; none where no file can be read."""
    import duckdb

    from sessions_platform.analytics import NotPublished

    since = (date.fromisoformat(day) - timedelta(days=DAYS - 1)).isoformat()
    try:
        return list(analytics.get_daily_metrics(since, day))
    except (NotPublished, duckdb.Error):
        # The file is made by a later step, which says what is wrong with it; a mart does not need it.
        return []
    finally:
        analytics.close()


def tool_success_rates(rows: Sequence[Row]) -> Shown:
    """Calls and success over all tools; the tools that are called most, each with its interval."""
    most = sorted(rows, key=lambda row: -row["total_calls"])
    calls, successes = _total(rows, "total_calls"), _total(rows, "successful_calls")
    drawn = [
        plots.Interval(
            row["operation"] or row["tool_name"],
            row["ci_low"],
            row["success_rate"],
            row["ci_high"],
            f"{row['success_rate']:.0%} of {row['total_calls']:,}",
        )
        for row in most[:MOST_ROWS]
    ]
    columns = ("tool_name", "operation", "total_calls", "success_rate", "ci_low", "ci_high", "p50_ms", "p95_ms")
    plot = plots.intervals(f"Success with 95 % interval{_of(len(drawn), len(rows), 'tools and operations')}", drawn)
    return {
        "calls": calls,
        "failed_calls": calls - successes,
        **_known(success_rate=successes / calls if calls else None),
        **_drawn(rows, plot, "Success rate of each tool with its interval"),
        TABLE: _table(most, columns),
    }


def interaction_matrix(rows: Sequence[Row]) -> Shown:
    """Interactions, and a heat map of the agents that take part in most of them."""
    taking_part: dict[str, int] = {}
    for row in rows:
        for name in {row["from_agent"], row["to_agent"]}:
            taking_part[name] = taking_part.get(name, 0) + row["interaction_count"]
    names = sorted(taking_part, key=lambda name: (-taking_part[name], name))
    counts = {(row["from_agent"], row["to_agent"]): row["interaction_count"] for row in rows}
    shown = names[:MOST_AGENTS]
    most = sorted(rows, key=lambda row: -row["interaction_count"])
    plot = plots.heat_map(f"Who speaks (left), who speaks next{_of(len(shown), len(names), 'agents')}", shown, counts)
    return {
        "interactions": _total(rows, "interaction_count"),
        "agents": len(names),
        **_drawn(rows, plot, "Who speaks after whom, as a heat map"),
        TABLE: _table(most, ("from_agent", "to_agent", "interaction_count", "session_count")),
    }


def agent_activity(rows: Sequence[Row]) -> Shown:
    """Utterances, tool errors and cost; a bar for each agent."""
    most = sorted(rows, key=lambda row: -row["message_count"])
    drawn = [
        plots.Bar(row["agent_name"], row["message_count"], f"{row['message_count']:,}; ${row['cost_usd']:,.2f}")
        for row in most[:MOST_ROWS]
    ]
    columns = ("agent_name", "message_count", "session_count", "tool_call_count", "tool_error_count", "cost_usd")
    return {
        "utterances": _total(rows, "message_count"),
        "agents": len(rows),
        "tool_calls": _total(rows, "tool_call_count"),
        "tool_errors": _total(rows, "tool_error_count"),
        **_known(cost_usd=float(_total(rows, "cost_usd"))),
        **_drawn(
            rows, plots.bars(f"Utterances; cost{_of(len(drawn), len(rows), 'agents')}", drawn), "Utterances by agent"
        ),
        TABLE: _table(most, columns),
    }


def daily_metrics(rows: Sequence[Row], before: Sequence[Row] = ()) -> Shown:
    """The date's figures; sessions, success and unknown share of the four weeks until it, as far as published."""
    (today,) = rows
    figures = {name: value for name, value in today.items() if name != "date"}
    dates = {str(row["date"]): row for row in (*before, today)}
    ended = f"; of {today['date']} its slices alone"
    return {**_known(**figures), **trend([dates[day] for day in sorted(dates)], ended)}


def trend(rows: Sequence[Row], ended: str = "") -> Shown:
    """Rows of daily_metrics, by date, as a plot and a table, the newest on top; `ended` ends the plot's title."""
    drawn = [
        plots.Day(
            date.fromisoformat(str(row["date"])), row["total_sessions"], row["success_rate"], row["unknown_share"]
        )
        for row in rows
    ]
    columns = ("date", "total_sessions", "completion_rate", "success_rate", "unknown_share", "total_cost_usd")
    plot = plots.days(f"Sessions, their success and unknown share by date{ended}", drawn) if drawn else ""
    return {
        **_drawn(rows, plot, "Sessions, success rate and unknown share by date"),
        TABLE: _table(list(reversed(rows)), columns, DAYS),
    }


def rows_by_hour(counts: Mapping[str, int]) -> Shown:
    """Rows of each hour (`00` to `23`) of a date as a plot."""
    by_hour = [counts.get(f"{hour:02d}", 0) for hour in range(24)]
    return _drawn(by_hour if any(by_hour) else (), plots.hours("Rows by hour, UTC", by_hour), "Rows by hour")


def _drawn(rows: Sequence[Any], plot: str, said: str) -> Shown:
    """The plot, where there is something to see."""
    return {PLOT: dg.MetadataValue.md(plots.image(plot, said))} if rows else {}


def _table(rows: Sequence[Row], columns: Iterable[str], most: int = MOST_ROWS) -> dg.TableMetadataValue:
    names = tuple(columns)
    cells = [{name: _cell(row[name]) for name in names} for row in rows[:most]]
    schema = dg.TableSchema([dg.TableColumn(name) for name in names])
    return dg.MetadataValue.table([dg.TableRecord(one) for one in cells], schema=schema)


def _cell(value: Any) -> str | int | float | None:
    if isinstance(value, float):
        return round(value, 4)
    return value if isinstance(value, int | None) else plots.readable(str(value), 120)


def _of(shown: int, total: int, what: str) -> str:
    return f": {shown} of {total} {what}" if shown < total else ""


def _total(rows: Sequence[Row], name: str) -> Any:
    return sum(row[name] for row in rows)


def _known(**figures: float | None) -> dict[str, float]:
    """Figures without the empty ones: a rate of nothing is none, not zero."""
    return {name: round(value, 6) for name, value in figures.items() if value is not None}


OF_MART = {
    "tool_success_rates": tool_success_rates,
    "interaction_matrix": interaction_matrix,
    "agent_activity": agent_activity,
}
"""What needs nothing but the mart's own rows."""
