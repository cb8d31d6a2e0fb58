"""Tools: which fail, how long they take, what their errors look like, and whether trying again helps."""

from starlette.requests import Request
from starlette.responses import Response

from sessions_platform.analytics import Record
from sessions_platform.pages import specs
from sessions_platform.pages.asked import Asked, sunday
from sessions_platform.pages.chart import Chart, Column
from sessions_platform.pages.formats import MINIMUM, count
from sessions_platform.pages.site import NotFound, Site, link, session_url

_DRAWN = 20


def page(site: Site, request: Request) -> Response:
    """`/tools`"""
    return _page(site, Asked(request.query_params), None, (success, durations, errors, retries, trend))


def tool_page(site: Site, request: Request) -> Response:
    """`/tools/{tool}`"""
    tool = request.path_params["tool"]
    known = site.analytics.records("SELECT 1 FROM tool_success_rates WHERE tool_name = ? LIMIT 1", [tool])
    if not known:
        raise NotFound(f"No call of a tool named {tool[:200]!r} was published; /tools lists those there are.")
    return _page(site, Asked(request.query_params), tool, (success, trend, durations, errors, retries))


def _page(site: Site, asked: Asked, tool: str | None, builders: tuple[object, ...]) -> Response:
    period = asked.period(site.newest())
    charts = [build(site, asked, tool) for build in builders]  # type: ignore[operator]
    return site.page(
        "tools.html",
        here="/tools",
        tool=tool,
        period=period,
        days=asked.days(),
        charts=charts,
        worst=_worst(charts[0].rows),
        apart=_apart(charts[0].rows),
        sessions_link=link("/sessions", tool=tool, **period.bounds) if tool else None,
    )


def _worst(rows: list[Record]) -> list[Record]:
    """The tools with the lowest upper ends of their intervals: at best they do no better than that."""
    enough = [row for row in rows if row["enough"] and row["failed_calls"]]
    return sorted(enough, key=lambda row: float(row["ci_high"]))[:3]


def _apart(rows: list[Record]) -> bool:
    """Whether the interval of the worst lies below that of the best, so that they differ for certain."""
    enough = [row for row in rows if row["enough"]]
    return bool(enough) and min(row["ci_high"] for row in enough) < max(row["ci_low"] for row in enough)


def success(site: Site, asked: Asked, tool: str | None = None) -> Chart:
    """Success rates with intervals, of tools or of one tool's operations."""
    period, tool = asked.period(site.newest()), tool or asked.text("tool")
    rows = [_named(row, tool, period.bounds) for row in site.ask("page_tools", tool=tool, **period.bounds)]
    rows.sort(key=lambda row: (not row["enough"], row["success_rate"], row["name"]))
    calls = sum(row["total_calls"] for row in rows)
    what = f"operations of {tool}" if tool else "tools"
    return Chart(
        "tool-success",
        f"Which {what} fail? Success of {count(calls)} calls, lowest first",
        rows,
        (
            Column("name", "Operation" if tool else "Tool", "link"),
            Column("success_rate", "Success", "rate"),
            Column("total_calls", "Calls", "count"),
            Column("failed_calls", "Failed", "count"),
            Column("assumed_share", "Success assumed", "share"),
            Column("session_count", "Sessions, about", "count"),
            Column("p50_ms", "p50", "ms"),
            Column("p95_ms", "p95", "ms"),
            Column("timed_calls", "Timed", "count"),
        ),
        specs.intervals("name", "success_rate", title="success rate", n="total_calls", domain=specs.domain_of(rows)),
        note="A dot on its 95 % interval; the scale need not begin at 0. Pale: fewer than 10 calls, not enough to say."
        " Success assumed: calls that neither the protocol nor their text say failed or succeeded; they count as"
        " successes.",
        parameters={"tool": tool, **period.bounds},
    )


def _named(row: Record, tool: str | None, bounds: dict[str, str | None]) -> Record:
    name = (row["operation"] or "(no operation)") if tool else row["tool_name"]
    operation = row["operation"] if tool else None
    href = (
        link("/sessions", tool=tool, operation=operation or None, failed=1, **bounds)
        if tool
        else link(tool_url(row["tool_name"]), **bounds)
    )
    return {"name": name, **row, "enough": row["total_calls"] >= MINIMUM, "href": href}


def tool_url(tool: str) -> str:
    """Address of a tool's page."""
    from urllib.parse import quote

    return f"/tools/{quote(tool, safe='')}"


def durations(site: Site, asked: Asked, tool: str | None = None) -> Chart:
    """p50 and p95."""
    period, tool = asked.period(site.newest()), tool or asked.text("tool")
    rows = [_named(row, tool, period.bounds) for row in site.ask("page_tools", tool=tool, **period.bounds)]
    rows = sorted((row for row in rows if row["timed_calls"]), key=lambda row: -float(row["p95_ms"]))[:_DRAWN]
    timed = sum(row["timed_calls"] for row in rows)
    return Chart(
        "tool-durations",
        f"How long do they take? Median and 95th percentile of {count(timed)} timed calls",
        rows,
        (
            Column("name", "Operation" if tool else "Tool", "link"),
            Column("p50_ms", "p50", "ms"),
            Column("p95_ms", "p95", "ms"),
            Column("timed_calls", "Timed calls", "count"),
        ),
        specs.spans("name", "p50_ms", "p95_ms", title="duration (logarithmic)"),
        note="Dot: half of the calls are faster. Bar: 95 in 100 are faster.",
        parameters={"tool": tool, **period.bounds},
    )


def errors(site: Site, asked: Asked, tool: str | None = None) -> Chart:
    """Failed calls by the shape of their message."""
    period, tool = asked.period(site.newest()), tool or asked.text("tool")
    rows = []
    for row in site.ask("page_errors", tool=tool, **period.bounds):
        href = link("/sessions", tool=row["tool_name"], failed=1, error=row["shape"], **period.bounds)
        example = session_url(row["example_session"], row["example_message"])
        rows.append({"kind": f"{row['tool_name']}: {row['shape']}", **row, "example": example, "href": href})
    failed = sum(row["error_count"] for row in rows)
    return Chart(
        "tool-errors",
        f"What do failures look like? {count(failed)} failed calls by shape of message",
        rows,
        (
            Column("tool_name", "Tool"),
            Column("shape", "Shape of the message", "said"),
            Column("error_count", "Times", "count"),
            Column("session_count", "Sessions", "count"),
            Column("last_date", "Last seen"),
            Column("example", "Newest example", "example"),
        ),
        specs.bars("kind", "error_count", title="failed calls", second=("session_count", "sessions", ",")),
        note="Numbers (#), ids and quoted strings (“…”) are taken out, so that one error counts as one. At most 30.",
        empty="No call failed in these dates.",
        parameters={"tool": tool, **period.bounds},
    )


def retries(site: Site, asked: Asked, tool: str | None = None) -> Chart:
    """What came after a failed call."""
    period, tool = asked.period(site.newest()), tool or asked.text("tool")
    rows = [
        {
            **row,
            "enough": row["retried"] >= MINIMUM,
            "href": link("/sessions", tool=row["tool_name"], failed=1, **period.bounds),
        }
        for row in site.ask("page_retries", tool=tool, **period.bounds)
    ]
    failures = sum(row["failures"] for row in rows)
    return Chart(
        "tool-retries",
        f"Does trying again help? After {count(failures)} failed calls",
        rows,
        (
            Column("tool_name", "Tool", "link"),
            Column("failures", "Failed calls", "count"),
            Column("retried", "Called again in the session", "count"),
            Column("same_again", "With the same arguments", "count"),
            Column("recovered", "Next call succeeded", "count"),
            Column("recovery_rate", "Success of the next call", "rate", of="retried"),
        ),
        specs.intervals(
            "tool_name", "recovery_rate", title="success of the next call", n="retried", domain=specs.domain_of(rows)
        ),
        note="The next call of the same tool in the same session. Pale: fewer than 10 next calls.",
        empty="No call failed in these dates.",
        parameters={"tool": tool, **period.bounds},
    )


def trend(site: Site, asked: Asked, tool: str | None = None) -> Chart:
    """Success by week, of the tools that fail most, or of one tool; all weeks."""
    tool = tool or asked.text("tool")
    rows = site.ask("page_tool_weeks", tool=tool, since=None, until=None)
    for row in rows:
        row["enough"] = row["total_calls"] >= MINIMUM
        row["href"] = link("/sessions", tool=row["tool_name"], failed=1, since=row["week"], until=sunday(row["week"]))
    calls = sum(row["total_calls"] for row in rows)
    names = "of " + tool if tool else "of the six tools with most failures"
    return Chart(
        "tool-trend",
        f"Is it getting worse? Success by week {names} ({count(calls)} calls, all weeks)",
        rows,
        (
            Column("tool_name", "Tool"),
            Column("week", "Week of"),
            Column("success_rate", "Success", "rate"),
            Column("total_calls", "Calls", "count"),
        ),
        specs.rate_weeks(
            "success_rate",
            title="success rate",
            n="total_calls",
            domain=specs.domain_of(rows),
            by=None if tool else "tool_name",
        ),
        note="Shaded: 95 % interval. Pale: fewer than 10 calls. The scale need not begin at 0.",
        parameters={"tool": tool},
    )


CHARTS = {
    "tool-success": success, "tool-durations": durations, "tool-errors": errors, "tool-retries": retries,
    "tool-trend": trend,
}  # fmt: skip
