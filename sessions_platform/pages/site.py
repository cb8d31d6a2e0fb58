"""What every page needs: questions to the published file (kept while it stands), templates, project id, search.

Nothing about a single page belongs here.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from sessions_platform.analytics import Record, SessionAnalytics
from sessions_platform.errors import PlatformError, StoreError
from sessions_platform.pages import formats
from sessions_platform.pages.static_files import StaticFiles
from sessions_platform.settings import Settings
from sessions_platform.sql import statement

_KEPT = 200
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
NAVIGATION = (
    ("/", "Overview"),
    ("/sessions", "Sessions"),
    ("/tools", "Tools"),
    ("/agents", "Agents"),
    ("/compare", "Compare"),
    ("/findings", "Findings"),
    ("/reports", "Reports"),
    ("/data", "Data"),
)


class NotFound(PlatformError):
    """There is no such page, session, tool, chart or week."""


class Site:
    """Pages of one installation. Safe to use from several threads."""

    def __init__(self, analytics: SessionAnalytics, settings: Settings) -> None:
        self.analytics, self.settings = analytics, settings
        self.files = StaticFiles(settings.scratch)
        self._guard = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], Any] = OrderedDict()

    def ask(self, query: str, **parameters: Any) -> list[Record]:
        """Rows of `sql/queries/<query>.sql`."""
        sql = statement(f"queries/{query}")
        found: list[Record] = self.kept(query, parameters, lambda: self.analytics.records(sql, parameters))
        return found

    def kept(self, name: str, about: Mapping[str, Any], answer: Callable[[], Any]) -> Any:
        """The answer, kept until another file is published: a chart asks for its page's rows a second time."""
        key = (self.analytics.data_version(), f"{name} {sorted(about.items())!r}")
        with self._guard:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = answer()
        with self._guard:
            self._kept[key] = found
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found

    def has_table(self, name: str) -> bool:
        """Whether the file has this table: those of the weekly analysis come with its first run."""
        return bool(self.ask("page_has_table", name=name))

    def newest(self) -> str | None:
        """The newest published date; None while there is none."""
        rows = self.analytics.records("SELECT max(date)::VARCHAR AS newest FROM daily_metrics")
        newest: str | None = rows[0]["newest"]
        return newest

    @cached_property
    def search(self) -> Any:
        """SessionSearch of this installation."""
        from sessions_platform.search import SessionSearch

        return SessionSearch.of(self.settings)

    @cached_property
    def store(self) -> Any:
        """The object store, opened when a page first needs it."""
        from sessions_platform.resources.object_store import open_store

        return open_store(self.settings.store_url)

    def project(self, date: str) -> str | None:
        """Langfuse's id of the project that a date came from, as its extraction noted it; None where nobody knows."""

        def read() -> str | None:
            try:
                noted = msgspec.json.decode(self.store.get(f"raw/date={date}/manifest.json"))
            except (StoreError, OSError, KeyError, msgspec.DecodeError):
                return None
            found = noted.get("project_id")
            return found if isinstance(found, str) else None

        found: str | None = self.kept("project", {"date": date}, read)
        return found

    @cached_property
    def templates(self) -> Environment:
        """The templates; every value is escaped, and an unknown name is an error."""
        made = Environment(
            autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
            loader=PackageLoader("sessions_platform.pages"),
        )  # fmt: skip
        made.filters.update(formats.FILTERS)
        made.globals.update(
            navigation=NAVIGATION, link=link, session_url=session_url, static=self.files.url, minimum=formats.MINIMUM
        )
        return made

    def page(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A page made from a template. `here` is the path of its entry in the navigation."""
        about: dict[str, str | None] = {"version": None, "newest": None}
        if status == 200:
            about = {"version": self.analytics.data_version(), "newest": self.newest()}
        context = {"here": "", **about, **values}
        return HTMLResponse(self.templates.get_template(template).render(context), status_code=status)


def link(path: str, **parameters: Any) -> str:
    """Address of a page with these parameters; those without a value are left out."""
    given = [(name, value) for name, value in parameters.items() if value not in (None, "", [], False)]
    return path + ("?" + urlencode(given, doseq=True) if given else "")


def session_url(session_id: str, message: int | None = None) -> str:
    """Address of a session, or a message in it. Clients resolve `.` and `..`: ids with these go as a parameter."""
    mark = "" if message is None else f"#m{message}"
    if not session_id or {".", ".."} & set(session_id.split("/")):
        return f"/session?{urlencode({'id': session_id})}{mark}"
    return f"/sessions/{quote(session_id, safe='')}{mark}"
