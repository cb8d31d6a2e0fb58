"""Which path leads to which page, what every answer carries, and what stands where a page cannot be made."""

import logging
from collections.abc import Callable, Coroutine
from typing import Any

import duckdb
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from sessions_platform.analytics import NotPublished, SessionAnalytics, TooLong
from sessions_platform.api.desk import Desk
from sessions_platform.errors import PlatformError
from sessions_platform.pages import agents, compare, data, findings, overview, reports, session, sessions, tools
from sessions_platform.pages.asked import Asked
from sessions_platform.pages.chart import Chart
from sessions_platform.pages.site import SECURITY, NotFound, Site, link
from sessions_platform.pages.static_files import VEGA
from sessions_platform.settings import Settings

_log = logging.getLogger(__name__)
Page = Callable[[Site, Request], Response]
PAGES: dict[str, Page] = {
    "/": overview.page,
    "/sessions": sessions.page,
    "/session": session.page,
    "/sessions/{session_id:path}": session.page,
    "/tools": tools.page,
    "/tools/{tool:path}": tools.tool_page,
    "/agents": agents.page,
    "/compare": compare.page,
    "/compare/cohorts": compare.cohorts_page,
    "/findings": findings.findings_page,
    "/reports": reports.reports_page,
    "/reports/{week}": reports.report_page,
    "/reports/{week}/{name}": reports.report_file,
    "/data": data.page,
}
CHARTS: dict[str, Callable[[Site, Asked], Chart]] = {
    **overview.CHARTS, **sessions.CHARTS, **session.CHARTS, **tools.CHARTS, **agents.CHARTS, **compare.CHARTS,
    **findings.CHARTS, **data.CHARTS,
}  # fmt: skip


HEAVY = ("/compare/cohorts", "/pages/data/cohort-")
"""Where the answers begin that statistics hold the interpreter for."""


def router(analytics: SessionAnalytics, settings: Settings, desk: Desk | None = None) -> APIRouter:
    """The pages of an installation, within the limits of `desk`. They stand outside the OpenAPI description."""
    site, desk = Site(analytics, settings), desk or Desk(analytics)
    made = APIRouter(route_class=_route_class(site), include_in_schema=False, default_response_class=HTMLResponse)
    pages = {**PAGES, "/pages/data/{name}": _data}
    for path, page in pages.items():
        made.add_api_route(path, _endpoint(site, desk, page), methods=["GET", "HEAD"], response_model=None)
    made.add_api_route("/static/{name}", _file(site), methods=["GET", "HEAD"], response_model=None)
    desk.before_first(lambda: site.files.url(VEGA))
    return made


def error_page(site: Site, status: int, title: str, message: str) -> Response:
    """A page that says what is wrong, and what to do."""
    return site.page("error.html", status=status, title=title, message=message)


def _endpoint(site: Site, desk: Desk, page: Page) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    async def answer(request: Request) -> Response:
        heavy = request.url.path.startswith(HEAVY)
        return await desk.made(lambda pin: page(site.over(pin), request), heavy=heavy)

    return answer


def _file(site: Site) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    async def answer(request: Request) -> Response:
        found = await run_in_threadpool(site.files.answer, request.path_params["name"])
        if found is None:
            raise NotFound("There is no such file.")
        return found

    return answer


def _data(site: Site, request: Request) -> Response:
    name, _, form = request.path_params["name"].rpartition(".")
    build = CHARTS.get(name)
    if build is None or form not in {"json", "csv"}:
        raise NotFound("There is no chart of this name.")
    chart = build(site, Asked(request.query_params))
    if form == "json":
        return JSONResponse(chart.as_record(site.analytics.data_version()))
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(chart.as_csv().encode("utf-8"), media_type="text/csv; charset=utf-8", headers=headers)


def _route_class(site: Site) -> type[APIRoute]:
    """Routes whose errors are pages (or JSON, for data), and whose every answer carries the security headers."""

    class PageRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def guarded(request: Request) -> Response:
                try:
                    answer = await handle(request)
                except (PlatformError, duckdb.Error) as error:
                    answer = await run_in_threadpool(_refused, site, request, error)
                    if isinstance(error, TooLong):
                        answer.headers["Retry-After"] = "5"
                for name, value in SECURITY.items():
                    answer.headers.setdefault(name, value)
                answer.headers.setdefault("Cache-Control", "no-cache")
                return answer

            return guarded

    return PageRoute


def _refused(site: Site, request: Request, error: Exception) -> Response:
    if isinstance(error, NotPublished):
        status, title = 503, "Nothing is published yet"
    elif isinstance(error, TooLong):
        status, title = 503, "This took too long"
    elif isinstance(error, NotFound):
        status, title = 404, "Not found"
    elif isinstance(error, duckdb.Error):
        status, title = 500, "The published file cannot answer this"
        _log.error("%s could not be answered", request.url.path, exc_info=error)
    else:
        status, title = 400, "This cannot be answered"
    # What DuckDB says may hold texts of sessions, and its SQL: the log has it.
    message = (
        f"{link(request.url.path)}: the question failed; `doctor` checks the file." if status == 500 else str(error)
    )
    if request.url.path.startswith(("/pages/data/", "/static/")):
        return JSONResponse({"detail": message}, status_code=status)
    return error_page(site, status, title, message)
