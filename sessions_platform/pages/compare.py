"""Compare: what can be compared, and sessions side by side. Cohorts are compared in `cohorts`."""

from starlette.requests import Request
from starlette.responses import Response

from sessions_platform.analytics import Record
from sessions_platform.pages.asked import Asked, BadRequest
from sessions_platform.pages.chart import Chart, Column
from sessions_platform.pages.cohorts import CHARTS as COHORT_CHARTS
from sessions_platform.pages.cohorts import cohorts_page
from sessions_platform.pages.comparison import form_of
from sessions_platform.pages.formats import FORMATS
from sessions_platform.pages.site import NotFound, Site, link, session_url

__all__ = ["CHARTS", "cohorts_page", "page"]
_MOST_SESSIONS = 6
_LINES = (
    ("Title", "title", "said"), ("Status", "status", "text"), ("Outcome", "outcome", "text"),
    ("Where the outcome comes from", "outcome_basis", "text"), ("Started, UTC", "start_time", "moment"),
    ("Duration", "duration_seconds", "seconds"), ("Turns", "total_turns", "count"),
    ("Messages", "message_count", "count"),
    ("Tool calls", "tool_call_count", "count"), ("Failed tool calls", "tool_error_count", "count"),
    ("Agents", "agent_count", "count"), ("Input tokens", "input_tokens", "count"),
    ("Output tokens", "output_tokens", "count"), ("Cost", "total_cost_usd", "usd"), ("Version", "version", "text"),
    ("Environment", "environment", "text"),
)  # fmt: skip


def page(site: Site, request: Request) -> Response:
    """`/compare`: sessions side by side; without any, what can be compared."""
    asked = Asked(request.query_params)
    ids = list(dict.fromkeys(asked.texts("session_ids")))
    if len(ids) > _MOST_SESSIONS:
        raise BadRequest(f"At most {_MOST_SESSIONS} sessions can stand side by side.")
    return site.page(
        "compare.html",
        here="/compare",
        ids=ids,
        side=_side_by_side(site, ids) if len(ids) >= 2 else None,
        **form_of(site, asked),
    )


def _side_by_side(site: Site, ids: list[str]) -> Record:
    try:
        found = site.analytics.compare_sessions(ids)
    except KeyError as error:
        raise NotFound(str(error.args[0])) from None
    tools = sorted({(row["tool_name"], row["operation"]) for rows in found["tool_comparison"].values() for row in rows})
    agents = sorted({row["agent_name"] for rows in found["agent_comparison"].values() for row in rows})
    by_tool = {
        name: {(row["tool_name"], row["operation"]): row for row in rows}
        for name, rows in found["tool_comparison"].items()
    }
    by_agent = {name: {row["agent_name"]: row for row in rows} for name, rows in found["agent_comparison"].items()}
    sessions = found["sessions"]
    return {
        "sessions": [{**one, "href": session_url(one["session_id"])} for one in sessions],
        "lines": [
            {"label": label, "kind": kind, "cells": [FORMATS[kind](one[key]) for one in sessions],
             "same": len({str(one[key]) for one in sessions}) == 1}
            for label, key, kind in _LINES
        ],
        "tools": [
            {"label": operation or tool, "cells": [by_tool[name].get((tool, operation)) for name in ids]}
            for tool, operation in tools
        ],
        "agents": [{"label": agent, "cells": [by_agent[name].get(agent) for name in ids]} for agent in agents],
        "json": link("/pages/data/compare-sessions.json", session_ids=ids),
        "csv": link("/pages/data/compare-sessions.csv", session_ids=ids),
    }  # fmt: skip


def side_by_side(site: Site, asked: Asked) -> Chart:
    """The sessions' columns, as data."""
    ids = asked.texts("session_ids")
    try:
        found = site.analytics.compare_sessions(ids)
    except KeyError as error:
        raise NotFound(str(error.args[0])) from None
    columns = tuple(Column(key, label, kind) for label, key, kind in (("Session", "session_id", "text"), *_LINES))
    return Chart(
        "compare-sessions", f"{len(ids)} sessions", found["sessions"], columns, parameters={"session_ids": ids}
    )


CHARTS = {"compare-sessions": side_by_side, **COHORT_CHARTS}
