"""Figures over sessions: metrics, tools, agents, interactions, cohorts and trends."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from sessions_platform.analytics import Record, SessionAnalytics
from sessions_platform.api import models
from sessions_platform.api.parameters import Cohort, From, OneSegment, SessionId, To, in_order
from sessions_platform.api.routes import desk_of, refusals
from sessions_platform.api.routes.sessions import known, with_n

router = APIRouter(tags=["figures"])
_METRICS = "success_rate, completion_rate, tool_success_rate, turns, cost, duration or messages."
MetricName = Annotated[str, Query(max_length=100, description=_METRICS)]
_OF_SESSIONS = ("success_rate", "completion_rate")
"""Rates whose n are sessions. Calls of one session are not independent trials: no Wilson interval holds for theirs."""


@router.get("/api/metrics", response_model=models.Metrics, responses=refusals(304))
async def metrics(request: Request) -> Response:
    """Totals over all sessions, and every rate with its n, interval and the share unknown."""

    def ask(analytics: SessionAnalytics) -> Record:
        found = analytics.get_success_metrics()
        tools = [
            {**row, "total_uses": int(row["total_uses"]), "n": int(row["total_uses"])}
            for row in found["tool_success_rates"]
        ]
        return {**found, "tool_success_rates": tools, "rates": _rates(found)}

    return await desk_of(request).answer(request, ask)


@router.get("/api/tool-stats", response_model=models.ToolStatistics, responses=refusals(304, 404))
async def tool_stats(request: Request, session_id: SessionId = None) -> Response:
    """Calls, success and durations by tool and operation, most calls first; of one session or of all."""

    def ask(analytics: SessionAnalytics) -> Record:
        _check_known(analytics, session_id)
        return {"tool_statistics": with_n(analytics.get_tool_statistics(session_id or None))}

    return await desk_of(request).answer(request, ask)


@router.get("/api/agent-activity", response_model=models.AgentActivity, responses=refusals(304, 404))
async def agent_activity(request: Request, session_id: SessionId = None) -> Response:
    """Agents, most utterances first, and their interactions; of one session or of all."""

    def ask(analytics: SessionAnalytics) -> Record:
        _check_known(analytics, session_id)
        return analytics.get_agent_activity(session_id or None)

    return await desk_of(request).answer(request, ask)


@router.get("/api/interaction-matrix", response_model=models.Matrix, responses=refusals(304))
async def interaction_matrix(request: Request, first: From = None, last: To = None) -> Response:
    """Interactions between two dates (that of the second utterance), most first."""
    since, until = in_order(first, last)

    def ask(analytics: SessionAnalytics) -> Record:
        return {"from": since, "to": until, "interaction_matrix": analytics.get_interaction_matrix(since, until)}

    return await desk_of(request).answer(request, ask)


@router.get("/api/compare/cohorts", response_model=models.CohortComparison, responses=refusals(304, 404))
async def compare_cohorts(
    request: Request, a: Cohort, b: Cohort, metric: MetricName = "success_rate", first: From = None, last: To = None
) -> Response:
    """Cohort b against cohort a: the difference with its interval, and whether the sessions allow to say anything."""
    since, until = in_order(first, last)

    def ask(analytics: SessionAnalytics) -> Record:
        # scipy and statsmodels take seconds to import.
        from sessions_platform.statistics.from_file import cohort_comparison

        return cohort_comparison(analytics, a, b, metric, since=since, until=until).as_record()

    return await desk_of(request).answer(request, ask, heavy=True)


@router.get("/api/trends", response_model=models.Trend, responses=refusals(304, 404))
async def trends_of(
    request: Request,
    metric: MetricName = "success_rate",
    by: Annotated[Literal["week", "day"], Query(description="ISO weeks, or UTC days.")] = "week",
    segment: OneSegment = None,
    first: From = None,
    last: To = None,
) -> Response:
    """A metric by week or day, each with the band that the periods before it leave."""
    since, until = in_order(first, last)

    def ask(analytics: SessionAnalytics) -> Record:
        from sessions_platform.statistics.from_file import trends
        from sessions_platform.statistics.intervals import wilson

        found = trends(analytics, metric, by, segment=segment, since=since, until=until).as_record()
        looks = []
        for look in found["looks"]:
            sure = found["metric"] in _OF_SESSIONS and look["n"]
            low, high = wilson(round(look["value"] * look["n"]), look["n"]) if sure else (None, None)
            looks.append({**look, "ci_low": low, "ci_high": high})
        return {**found, "looks": looks}

    return await desk_of(request).answer(request, ask, heavy=True)


def _check_known(analytics: SessionAnalytics, session_id: str | None) -> None:
    if session_id:
        known(analytics.has_session(session_id) or None, session_id)


def _rates(found: Record) -> Record:
    calls = found["total_tool_calls"]
    made = {
        "completion_rate": ("completion", found["completed_sessions"], found["total_sessions"], 0.0),
        "success_rate": ("success", found["success_sessions"], found["judged_sessions"], found["unknown_share"]),
        "tool_success_rate": ("tool_success", calls - found["total_tool_errors"], calls, None),
    }
    return {
        name: {
            "value": found[name],
            "successes": successes,
            "n": n,
            "ci_low": found[f"{word}_ci_low"],
            "ci_high": found[f"{word}_ci_high"],
            "unknown_share": unknown_share if found["total_sessions"] else None,
        }
        for name, (word, successes, n, unknown_share) in made.items()
    }
