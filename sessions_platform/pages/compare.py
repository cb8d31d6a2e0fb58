"""Compare: sessions side by side, and two cohorts, with what the statistics allow to say."""

from starlette.requests import Request
from starlette.responses import Response

from sessions_platform.analytics import Record
from sessions_platform.pages import specs
from sessions_platform.pages.asked import Asked, BadRequest
from sessions_platform.pages.chart import Chart, Column
from sessions_platform.pages.formats import FORMATS, count
from sessions_platform.pages.sessions import choices
from sessions_platform.pages.site import NotFound, Site, link, session_url

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
    given = [one for text in asked.texts("session_ids") for one in text.split("\n") if one.strip()]
    ids = list(dict.fromkeys(one.strip() for one in given))
    if len(ids) > _MOST_SESSIONS:
        raise BadRequest(f"At most {_MOST_SESSIONS} sessions can stand side by side.")
    return site.page(
        "compare.html",
        here="/compare",
        ids=ids,
        side=_side_by_side(site, ids) if len(ids) >= 2 else None,
        choices=choices(site),
        metrics=_metrics(),
        given={"a": "", "b": "", "metric": "success_rate", "since": "", "until": ""},
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


def cohorts_page(site: Site, request: Request) -> Response:
    """`/compare/cohorts?a=key:value&b=key:value&metric=`"""
    asked = Asked(request.query_params)
    a, b = asked.text("a"), asked.text("b")
    if a is None or b is None:
        raise BadRequest("Two cohorts are needed: a=key:value and b=key:value, such as version:2.0 and version:2.1.")
    found, charts = _compared(site, asked), [effect(site, asked), strata(site, asked)]
    return site.page(
        "cohorts.html",
        here="/compare",
        found=found,
        figure=_figure(found),
        charts=[chart for chart in charts if chart.rows],
        choices=choices(site),
        metrics=_metrics(),
        given={"metric": "success_rate", "since": "", "until": "", **_parameters(asked)},
        sessions=[(name, link("/sessions", **_filter(name), since=asked.day("since"), until=asked.day("until")))
                  for name in (a, b)],
    )  # fmt: skip


def _filter(cohort: str) -> Record:
    key, _, value = cohort.partition(":")
    return {key: value} if key in {"tool", "agent"} else {"segment": cohort}


def _metrics() -> dict[str, str]:
    from sessions_platform.statistics.metrics import METRICS

    return {name: metric.words for name, metric in METRICS.items()}


def _parameters(asked: Asked) -> Record:
    given = {"a": asked.text("a"), "b": asked.text("b"), "metric": asked.text("metric") or "success_rate"}
    return {**given, "since": asked.day("since") or "", "until": asked.day("until") or ""}


def _compared(site: Site, asked: Asked) -> Record:
    from sessions_platform.statistics.from_file import cohort_comparison

    given = _parameters(asked)

    def ask() -> Record:
        return cohort_comparison(
            site.analytics, given["a"] or "", given["b"] or "", given["metric"],
            since=given["since"] or None, until=given["until"] or None,
        ).as_record()  # fmt: skip

    found: Record = site.kept("cohorts", given, ask)
    return found


def _figure(found: Record) -> str:
    """How figures of this comparison are written: a name of `formats.FORMATS`."""
    if found["kind"] == "rate":
        return "share"
    return {"USD": "usd", "seconds": "seconds"}.get(found["unit"], "number")


def effect(site: Site, asked: Asked) -> Chart:
    """The difference with its interval."""
    found = _compared(site, asked)
    factor = 100 if found["kind"] == "rate" else 1
    unit = "percentage points" if factor == 100 else found["unit"]
    rows: list[Record] = []
    if found["effect"] is not None and found["verdict"] != "not enough data":
        figures = {name: factor * found[name] for name in ("effect", "ci_low", "ci_high")}
        rows.append({"what": "b minus a", **figures, "unit": unit, "n_a": found["n_a"], "n_b": found["n_b"]})
    spec = specs.effects("what", title=f"difference, {unit}")
    return Chart(
        "cohort-effect",
        f"How much differs {found['metric']}? {found['b']} minus {found['a']}"
        f" (n = {count(found['n_b'])} and {count(found['n_a'])})",
        rows,
        (
            Column("what", "Difference"),
            Column("effect", "Estimate", "number"),
            Column("ci_low", "95 % from", "number"),
            Column("ci_high", "to", "number"),
            Column("unit", "Unit"),
            Column("n_a", "n of a", "count"),
            Column("n_b", "n of b", "count"),
        ),
        spec,
        note="A bar that does not touch the dashed line at 0 is a difference that chance alone seldom makes.",
        parameters=_parameters(asked),
    )


def strata(site: Site, asked: Asked) -> Chart:
    """Of what both cohorts consist."""
    found = _compared(site, asked)
    kind = _figure(found)
    return Chart(
        "cohort-mix",
        f"Are they alike? What {count(found['n_a'])} and {count(found['n_b'])} sessions consist of",
        list(found["strata"]),
        (
            Column("name", "Task"),
            Column("n_a", "n of a", "count"),
            Column("n_b", "n of b", "count"),
            Column("share_a", "Share of a", "share"),
            Column("share_b", "Share of b", "share"),
            Column("value_a", "Figure of a", kind),
            Column("value_b", "Figure of b", kind),
            Column("weight", "Weight", "share"),
            Column("note", "Note"),
        ),
        note="Weight: what the task counts in the adjusted figures. Figures of single tasks are of few sessions.",
        parameters=_parameters(asked),
    )


CHARTS = {"compare-sessions": side_by_side, "cohort-effect": effect, "cohort-mix": strata}
