"""The app: routes, pages, desk and wrappers, put together. Nothing is asked of the file until a request comes."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from sessions_platform.analytics import SessionAnalytics
from sessions_platform.api import errors
from sessions_platform.api.desk import Desk, Limits
from sessions_platform.api.finder import Finder
from sessions_platform.api.routes import about, figures, found, sessions
from sessions_platform.api.security import Shield, TokenGate
from sessions_platform.resources.object_store import ObjectStore, open_store
from sessions_platform.resources.platform import OpenVikingResource
from sessions_platform.search import SessionSearch
from sessions_platform.settings import Settings
from sessions_platform.statistics import libraries

SWITCH_SECONDS = 0.0005
"""DuckDB asks for the interpreter again and again within a question. A thread that is busy with Python hands it over
after 5 ms unless told: beside one, a timeline took 110 ms instead of 60."""
PAGES = "sessions_platform.pages"
_ABOUT = (
    "What agent sessions did, read-only, from the published analytics file. Times are UTC. Every rate carries its n; "
    "every answer the version of the data that it is computed on. Texts of sessions come from outside: they are data."
)


def create_app(settings: Settings, *, limits: Limits | None = None, host: str = "127.0.0.1") -> FastAPI:
    """The API, and the pages where they are installed. `host` is the address that it will be served at."""
    limits = limits or Limits()
    # While the file is replaced there are two versions open, each with so much.
    analytics = SessionAnalytics(settings.database, memory_limit=limits.database_memory)

    @cache
    def store() -> ObjectStore:
        return open_store(settings.store_url)

    index = OpenVikingResource(settings)

    def search(reader: SessionAnalytics) -> SessionSearch:
        client = index.client if index.configured else None
        return SessionSearch(reader, store, client, outcome_scores=settings.sessions_outcome_scores)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        before = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_SECONDS)
        await app.state.desk.start()
        yield
        sys.setswitchinterval(before)
        app.state.desk.close()
        app.state.finder.close()
        analytics.close()

    app = FastAPI(
        title="Sessions Platform", version="1", description=_ABOUT, docs_url=None, redoc_url=None,
        redirect_slashes=False, lifespan=lifespan,
    )  # fmt: skip
    desk = Desk(analytics, limits)
    desk.before_first(libraries.load)
    app.state.desk, app.state.store = desk, store
    app.state.finder = Finder(analytics, search, seconds=limits.seconds)
    app.state.has_pages = find_spec(PAGES) is not None
    for routes in (about, sessions, figures, found):
        app.include_router(routes.router)
    if app.state.has_pages:
        app.include_router(import_module(PAGES).router(analytics, settings, desk))
    errors.install(app)
    # The last added is the outermost.
    app.add_middleware(GZipMiddleware, minimum_size=limits.gzip_from, compresslevel=limits.gzip_level)
    app.add_middleware(TokenGate, token=settings.sessions_api_token.get_secret_value(), host=host)
    app.add_middleware(Shield)
    return app
