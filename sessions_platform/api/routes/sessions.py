"""Sessions: the list, one, its timeline, several side by side."""

from typing import Annotated, TypeVar

from fastapi import APIRouter, Path, Query, Request, Response

from sessions_platform.analytics import Record, SessionAnalytics
from sessions_platform.api import models
from sessions_platform.api.errors import Refused, shown
from sessions_platform.api.paging import cursor_of, place_of
from sessions_platform.api.parameters import From, Outcome, Segments, To, in_order
from sessions_platform.api.routes import desk_of, refusals

T = TypeVar("T")
router = APIRouter(tags=["sessions"])
MOST_COMPARED = 50
STATUSES = ("completed", "error", "abandoned", "active", "unknown")

Id = Annotated[str, Path(description="Session id, URL-encoded; slashes may stand as they are.")]
Name = Query(max_length=500)


@router.get("/api/sessions", response_model=models.Sessions, responses=refusals(304))
async def sessions(
    request: Request,
    first: From = None,
    last: To = None,
    status: Annotated[str, Query(max_length=100, description=f"How it ended: {', '.join(STATUSES)}.")] = "",
    outcome: Annotated[Outcome | None, Query(description="Whether the task was done.")] = None,
    segment: Segments = [],  # noqa: B006 - FastAPI copies it
    tool: Annotated[str, Name, Query(description="Tool or operation that it called.")] = "",
    agent: Annotated[str, Name, Query(description="Agent that spoke in it.")] = "",
    user_id: Annotated[str, Name, Query(description="Pseudonym of its user.")] = "",
    text: Annotated[str, Query(max_length=1000, description="In its id, title or message previews, any case.")] = "",
    limit: Annotated[int, Query(ge=1, le=500, description="Sessions on a page.")] = 50,
    cursor: Annotated[str, Query(max_length=4000, description="next_cursor of the page before.")] = "",
) -> Response:
    """Sessions by first date and other filters, newest start first. `next_cursor` holds over publications."""
    since, until = in_order(first, last)
    after = place_of(cursor) if cursor else None
    pairs = [(one.partition(":")[0], one.partition(":")[2]) for one in segment]
    filters = {
        "since": since, "until": until, "status": status, "outcome": outcome, "segments": pairs,
        "tool": tool, "agent": agent, "user_id": user_id, "text": text,
    }  # fmt: skip

    def ask(analytics: SessionAnalytics) -> Record:
        if status and status not in STATUSES:
            _check_status(analytics, status)
        total, page, end = analytics.session_page(filters, after=after, limit=limit)
        return {"total": total, "sessions": page, "next_cursor": cursor_of(end) if end else None}

    return await desk_of(request).answer(request, ask)


@router.get("/api/sessions/{session_id:path}", response_model=models.SessionDetails, responses=refusals(304, 404))
async def session(request: Request, session_id: Id) -> Response:
    """One session with messages (previews), tool usage, scores and metadata."""

    def ask(analytics: SessionAnalytics) -> Record:
        found = known(analytics.get_session_details(session_id), session_id)
        return {**found, "tool_usage": with_n(found["tool_usage"])}

    return await desk_of(request).answer(request, ask)


@router.get("/api/timeline/{session_id:path}", response_model=models.Timeline, responses=refusals(304, 404))
async def timeline(request: Request, session_id: Id) -> Response:
    """What happened in a session, in order: messages, each tool call before its result, model calls."""

    def ask(analytics: SessionAnalytics) -> Record:
        return {"session_id": session_id, "timeline": known(analytics.get_timeline(session_id), session_id)}

    return await desk_of(request).answer(request, ask)


@router.get("/api/compare", response_model=models.Compared, responses=refusals(304, 400, 404))
async def compare(
    request: Request,
    session_ids: Annotated[list[str], Query(description=f"Ids, one a parameter: 2 to {MOST_COMPARED}.")] = [],  # noqa: B006
) -> Response:
    """Sessions side by side, in the order asked: their columns, tools and agents."""
    asked = list(dict.fromkeys(session_ids))
    if len(asked) < 2:
        raise Refused(400, "give at least two different sessions: session_ids=a&session_ids=b")
    if len(asked) > MOST_COMPARED:
        raise Refused(422, f"session_ids: {len(asked)} sessions; compare at most {MOST_COMPARED} at a time")

    def ask(analytics: SessionAnalytics) -> Record:
        try:
            found = analytics.compare_sessions(asked)
        except KeyError as missing:
            raise Refused(404, shown(str(missing.args[0]))) from None
        tools = {name: with_n(rows) for name, rows in found["tool_comparison"].items()}
        return {**found, "tool_comparison": tools}

    return await desk_of(request).answer(request, ask)


def known(found: T | None, session_id: str) -> T:
    """What there is about a session. Refused (404) where there is no such session."""
    if found is None:
        raise Refused(404, f"unknown session: {shown(session_id)}")
    return found


def with_n(rows: list[Record]) -> list[Record]:
    """Tool statistics, whose rate is out of total_calls."""
    return [{**row, "n": row["total_calls"]} for row in rows]


def _check_status(analytics: SessionAnalytics, status: str) -> None:
    """An imported status may be any word, but it must be one that sessions have."""
    known = sorted({*STATUSES, *analytics.session_statuses()})
    if status not in known:
        raise Refused(422, f"status: no session ended so (got {shown(status)!r}); there are {', '.join(known)}")
