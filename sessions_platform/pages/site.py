"""What every page needs: questions to the published file (kept while it stands), templates, project id, search.

Nothing about a single page belongs here.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from copy import copy
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from sessions_platform.analytics import PinnedAnalytics, Record, SessionAnalytics, TooLong
from sessions_platform.errors import PlatformError, StoreError
from sessions_platform.pages import formats
from sessions_platform.pages.static_files import StaticFiles
from sessions_platform.resources.object_store import ObjectStore, open_store
from sessions_platform.resources.platform import OpenVikingResource
from sessions_platform.search import ExactAnswer, SessionSearch
from sessions_platform.search.session_search import Day
from sessions_platform.search.strings import Progress
from sessions_platform.settings import Settings
from sessions_platform.sql import statement

_KEPT = 200
_KEPT_ROWS = 40_000
"""Rows of all that is kept: about 60 MB."""
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


class Kept:
    """Answers that pages asked for, by version of the data and question; the longest unused go first."""

    def __init__(self, most: int = _KEPT, most_rows: int = _KEPT_ROWS) -> None:
        self._most, self._most_rows = most, most_rows
        self._guard = threading.Lock()
        self._answers: OrderedDict[tuple[str, str], Any] = OrderedDict()
        self._rows = 0

    def get(self, key: tuple[str, str], answer: Callable[[], Any]) -> Any:
        """The answer, made if it is not there."""
        with self._guard:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        found = answer()
        with self._guard:
            if key not in self._answers:
                self._answers[key] = found
                self._rows += _rows_of(found)
            while len(self._answers) > self._most or self._rows > self._most_rows:
                self._rows -= _rows_of(self._answers.popitem(last=False)[1])
        return found

    @property
    def rows(self) -> int:
        """How many rows are kept."""
        return self._rows


class Site:
    """Pages of one installation. Safe to use from several threads."""

    def __init__(self, analytics: SessionAnalytics, settings: Settings) -> None:
        self.analytics, self.settings = analytics, settings
        self.files = StaticFiles(settings.scratch)
        self._kept = Kept()
        self._store = cache(lambda: open_store(settings.store_url))
        self.templates = _templates(self.files)

    def over(self, pin: PinnedAnalytics) -> "Site":
        """The same pages over one version of the file, for one request; what is kept is shared."""
        made = copy(self)
        made.analytics = pin
        return made

    def ask(self, query: str, **parameters: Any) -> list[Record]:
        """Rows of `sql/queries/<query>.sql`."""
        sql = statement(f"queries/{query}")
        found: list[Record] = self.kept(query, parameters, lambda: self.analytics.records(sql, parameters))
        return found

    def kept(self, name: str, about: Mapping[str, Any], answer: Callable[[], Any]) -> Any:
        """The answer, kept until another file is published: a chart asks for its page's rows a second time."""
        return self._kept.get((self.analytics.data_version(), f"{name} {sorted(about.items())!r}"), answer)

    def has_table(self, name: str) -> bool:
        """Whether the file has this table: those of the weekly analysis come with its first run."""
        return bool(self.ask("page_has_table", name=name))

    def newest(self) -> str | None:
        """The newest published date; None while there is none."""
        sql = "SELECT max(date)::VARCHAR AS newest FROM daily_metrics"
        newest: str | None = self.kept("newest", {}, lambda: self.analytics.records(sql))[0]["newest"]
        return newest

    @property
    def search(self) -> SessionSearch:
        """Search over the same version of the file, which ends where the page's time does."""
        index = OpenVikingResource(self.settings)
        client = index.client if index.configured else None
        scores = self.settings.sessions_outcome_scores
        return _PageSearch(self.analytics, self._store, client, outcome_scores=scores)

    @property
    def store(self) -> ObjectStore:
        """The object store, opened when a page first needs it."""
        return self._store()

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

    def page(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A page made from a template. `here` is the path of its entry in the navigation."""
        about: dict[str, str | None] = {"version": None, "newest": None}
        if status == 200:
            about = {"version": self.analytics.data_version(), "newest": self.newest()}
        context = {"here": "", **about, **values}
        return HTMLResponse(self.templates.get_template(template).render(context), status_code=status)


class _PageSearch(SessionSearch):
    """Searches that read staged texts for no longer than the page has: nothing interrupts a loop over files."""

    def exact(
        self, text: str, *, since: Day = None, until: Day = None, limit: int = 10, progress: Progress | None = None
    ) -> ExactAnswer:
        """As SessionSearch; TooLong once the page was stopped."""
        analytics = self._analytics

        def watch(day: str, read: int) -> None:
            if isinstance(analytics, PinnedAnalytics) and analytics.stopped:
                raise TooLong("this search took too long and was stopped: narrow its dates")
            if progress is not None:
                progress(day, read)

        return super().exact(text, since=since, until=until, limit=limit, progress=watch)


def _templates(static: StaticFiles) -> Environment:
    """The templates; every value is escaped, and an unknown name is an error."""
    made = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        loader=PackageLoader("sessions_platform.pages"),
    )  # fmt: skip
    made.filters.update(formats.FILTERS)
    made.globals.update(
        navigation=NAVIGATION, link=link, session_url=session_url, static=static.url, minimum=formats.MINIMUM
    )
    return made


def _rows_of(answer: Any) -> int:
    return max(1, len(answer)) if isinstance(answer, list) else 1


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
