"""Tools: which fail, how long they take, what their errors look like, and whether trying again helps."""

import math

from starlette.requests import Request
from starlette.responses import Response

from sessions_platform.analytics import Record
from sessions_platform.pages import specs
from sessions_platform.pages.asked import Asked, sunday
from sessions_platform.pages.chart import Chart, Column
from sessions_platform.pages.formats import MINIMUM, count
from sessions_platform.pages.site import NotFound, Site, link, session_url

_DRAWN = 25


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
    tool, given, rows = _named(site, asked, tool)
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
        f" successes.{_undrawn(rows)}",
        parameters=given,
        drawn=_DRAWN,
    )


def _given(site: Site, asked: Asked, tool: str | None) -> dict[str, str | None]:
    """What a chart of this page was asked by."""
    return {"tool": tool or asked.exact("tool"), **asked.period(site.newest()).bounds}


def _named(site: Site, asked: Asked, tool: str | None) -> tuple[str | None, dict[str, str | None], list[Record]]:
    """Tools, or operations of the one asked for, each with its name and where it leads."""
    given = _given(site, asked, tool)
    bounds = {name: given[name] for name in ("since", "until")}
    rows = []
    for row in site.ask("page_tools", **given):
        if given["tool"]:
            name = row["operation"] or "(no operation)"
            href = link("/sessions", tool=given["tool"], operation=row["operation"] or None, failed=1, **bounds)
        else:
            name, href = row["tool_name"], link(tool_url(row["tool_name"]), **bounds)
        rows.append({"name": name, **row, "enough": row["total_calls"] >= MINIMUM, "href": href})
    return given["tool"], given, rows


def tool_url(tool: str) -> str:
    """Address of a tool's page."""
    from urllib.parse import quote

    return f"/tools/{quote(tool, safe='')}"


def durations(site: Site, asked: Asked, tool: str | None = None) -> Chart:
    """p50 and p95."""
    tool, given, rows = _named(site, asked, tool)
    rows = sorted((row for row in rows if row["timed_calls"]), key=lambda row: -float(row["p95_ms"]))
    timed = sum(row["timed_calls"] for row in rows)
    least = min((max(1.0, float(row["p50_ms"])) for row in rows), default=1.0)
    first = 10.0 ** math.floor(math.log10(least))
    domain = [first, max([10 * first, *(float(row["p95_ms"]) for row in rows)])]
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
        specs.spans("name", "p50_ms", "p95_ms", title="duration (logarithmic)", domain=domain),
        note=f"Dot: half of the calls are faster. Bar: 95 in 100 are faster.{_undrawn(rows)}",
        parameters=given,
        drawn=_DRAWN,
    )


def _undrawn(rows: list[Record]) -> str:
    return f" Drawn are the first {_DRAWN}; the table has all {count(len(rows))}." if len(rows) > _DRAWN else ""


def errors(site: Site, asked: Asked, tool: str | None = None) -> Chart:
    """Failed calls by the shape of their message."""
    given = _given(site, asked, tool)
    rows = []
    for row in site.ask("page_errors", **given):
        href = link("/sessions", **{**given, "tool": row["tool_name"], "failed": 1, "error": row["shape"]})
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
        parameters=given,
    )


def retries(site: Site, asked: Asked, tool: str | None = None) -> Chart:
    """What came after a failed call."""
    given = _given(site, asked, tool)
    rows = [
        {
            **row,
            "enough": row["retried"] >= MINIMUM,
            "href": link("/sessions", **{**given, "tool": row["tool_name"], "failed": 1}),
        }
        for row in site.ask("page_retries", **given)
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
        parameters=given,
    )


def trend(site: Site, asked: Asked, tool: str | None = None) -> Chart:
    """Success by week, of the tools that fail most, or of one tool; all weeks."""
    tool = tool or asked.exact("tool")
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
