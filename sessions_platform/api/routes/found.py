"""What is found: by search, by the weekly analysis, and what is missing in the data."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from sessions_platform.analysis.staleness import is_stale
from sessions_platform.analytics import Record, SessionAnalytics
from sessions_platform.api import models
from sessions_platform.api.desk import encoded
from sessions_platform.api.errors import Refused, shown
from sessions_platform.api.finder import Finder
from sessions_platform.api.parameters import From, To, Week, in_order, iso_week
from sessions_platform.api.routes import desk_of, refusals
from sessions_platform.errors import StoreError
from sessions_platform.sessions.layout import report_key

router = APIRouter(tags=["found"])


@router.get("/api/search", response_model=models.SearchAnswer, responses=refusals())
async def search(
    request: Request,
    q: Annotated[str, Query(max_length=4000, description="Words; or in double quotes, exactly this string.")] = "",
    first: From = None,
    last: To = None,
    tag: Annotated[list[str], Query(max_length=20, description="key=value that a session must have.")] = [],  # noqa: B006
    limit: Annotated[int, Query(ge=1, le=100, description="Sessions.")] = 10,
    level: Annotated[int | None, Query(ge=0, le=2, description="Abstracts, overviews or digests alone.")] = None,
) -> Response:
    """Sessions by meaning (needs OPENVIKING_URL), or by an exact string in tables and staged texts."""
    since, until = in_order(first, last)
    finder: Finder = request.app.state.finder
    found = await finder.find(q, since, until, tag, limit, level)
    return Response(encoded(found), media_type="application/json", headers={"cache-control": "private, no-store"})


@router.get("/api/findings", response_model=models.Findings, responses=refusals(304))
async def findings(request: Request, week: Week = None) -> Response:
    """Findings of the weekly analysis, newest week first; none where no week was analysed."""

    def ask(analytics: SessionAnalytics) -> Record:
        return {"week": week, "findings": analytics.get_findings(week)}

    return await desk_of(request).answer(request, ask)


@router.get("/api/reports/{week}", response_model=models.Report, responses=refusals(404))
async def report(request: Request, week: Annotated[str, Path(description="ISO week, as 2026-W45.")]) -> Response:
    """The report of a week as it is stored; `stale` where days that it rests on were restated since."""
    try:
        iso_week(week)
    except ValueError as wrong:
        raise Refused(422, f"week: {wrong} (got {shown(week)!r})") from None

    def read() -> Record:
        data: bytes = request.app.state.store().get(report_key(week, "report.json"))
        found = msgspec.json.decode(data, type=Record)
        return {**found, "stale": is_stale(found, desk_of(request).analytics)}

    try:
        return JSONResponse(await run_in_threadpool(read))
    except FileNotFoundError:
        raise Refused(
            404, f"there is no report of {week} yet: `sessions-platform weekly --week {week}` makes it"
        ) from None
    except (msgspec.DecodeError, KeyError):
        raise StoreError(
            f"the report of {week} is damaged: run `sessions-platform weekly --week {week}` again"
        ) from None


@router.get("/api/data-health", response_model=models.DataHealth, responses=refusals(304))
async def data_health(request: Request) -> Response:
    """What was extracted, staged, loaded and committed, by date; only complete dates are in the figures."""

    def ask(analytics: SessionAnalytics) -> Record:
        return {"data_health": analytics.get_data_health()}

    return await desk_of(request).answer(request, ask)
