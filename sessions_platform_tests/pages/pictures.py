"""Every page in headless Chromium, and pictures of them at two widths.

    python -m sessions_platform_tests.pages.pictures docs/pages

takes those in docs, of six generated weeks; `--home SESSIONS_HOME` takes them of another installation, and `--only
PAGE` some of them. Pictures have few colours, so that each stays small.
"""

import argparse
import html
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import FastAPI

from sessions_platform.analysis.drivers.rules import Rules
from sessions_platform.analysis.week import WeekAnalysis
from sessions_platform.analytics import SessionAnalytics
from sessions_platform.demo.generator import generate
from sessions_platform.demo.server import Dataset, LangfuseServer
from sessions_platform.loopback import LoopbackServer
from sessions_platform.pages import router
from sessions_platform.resources.platform import StoreResource, WarehouseResource
from sessions_platform.settings import Settings
from sessions_platform_tests.end_to_end.browser import chromium
from sessions_platform_tests.end_to_end.support import build, days_between, installation

WIDTHS = {"desktop": (1280, 800), "phone": (390, 844)}
_HIGHEST = 4200
_MOST_BYTES = 250_000


def application(settings: Settings) -> FastAPI:
    """The pages alone."""
    app = FastAPI(openapi_url=None)
    app.include_router(router(SessionAnalytics(settings.database), settings))
    return app


def settings_at(home: Path, **more: Any) -> Settings:
    """Settings of an installation, from nothing but what is given."""
    return Settings(_env_file=None, SESSIONS_HOME=str(home), **more)  # type: ignore[call-arg]


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """The pages on a loopback port; their address."""
    with LoopbackServer(application(settings), name="pages", log_level="warning") as server:
        yield server.url


@dataclass
class Seen:
    """What a browser complained of, what it asked for elsewhere, and what came without the strict policy."""

    errors: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    unguarded: list[str] = field(default_factory=list)

    def watch(self, page: Any) -> None:
        """Note what this page does from now on."""
        page.on("console", lambda said: self.errors.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._asked)
        page.on("response", self._came)

    def nothing(self) -> bool:
        """Whether there is nothing to complain of; AssertionError says what there is."""
        assert (self.errors, self.elsewhere, self.unguarded) == ([], [], [])
        return True

    def _came(self, response: Any) -> None:
        policy = response.headers.get("content-security-policy", "")
        if not policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'") or "unsafe" in policy:
            self.unguarded.append(response.url)

    def _asked(self, request: Any) -> None:
        if urlsplit(request.url).hostname not in {"127.0.0.1", None}:
            self.elsewhere.append(request.url)


@contextmanager
def browser() -> Iterator[Any]:
    """Debian's Chromium, headless."""
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=flags)
        try:
            yield opened
        finally:
            opened.close()


def visit(page: Any, address: str) -> None:
    """Open a page and wait until its charts are drawn."""
    page.goto(address)
    page.wait_for_function(
        "() => [...document.querySelectorAll('.drawing[data-source]')].every(box => box.dataset.state === 'drawn')"
    )


def addresses(url: str) -> dict[str, str]:
    """Every page, by the name of its picture; sessions and cohorts are those of the data."""
    import httpx

    def rows(chart: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = httpx.get(f"{url}/pages/data/{chart}", trust_env=False, timeout=60).json()["rows"]
        return found

    sessions = rows("sessions.json?status=completed")
    failed = rows("sessions.json?outcome=failed") or sessions
    tool = rows("tool-success.json")[0]["tool_name"]
    first, second = (one["session_id"] for one in sessions[:2])
    a, b = cohorts(httpx.get(f"{url}/compare", trust_env=False).text)
    report = httpx.get(f"{url}/reports", trust_env=False).text.partition('href="/reports/')[2][:8]
    return {
        "overview": "/",
        "sessions": "/sessions",
        "search": "/sessions?q=timeout&how=text",
        "session": failed[0]["href"],
        "tools": "/tools",
        "tool": f"/tools/{tool}",
        "agents": "/agents",
        "compare": f"/compare?session_ids={first}&session_ids={second}",
        "cohorts": f"/compare/cohorts?a={a}&b={b}&metric=completion_rate",
        "segments": f"/compare/cohorts?a={a}&b={b}&metric=tool_success_rate&by=all",
        "findings": "/findings",
        "reports": "/reports",
        **({"report": f"/reports/{report}"} if report.startswith("20") else {}),
        "data": "/data",
    }


def cohorts(page: str) -> tuple[str, str]:
    """Two cohorts that can be compared: the two most common values of the first key that has two."""
    listed: dict[str, list[str]] = {}
    for found in dict.fromkeys(re.findall(r'<option value="((?:version|model|tool):[^"]+)"', page)):
        listed.setdefault(found.partition(":")[0], []).append(quote(html.unescape(found)))
    a, b = next(values for key in ("version", "model", "tool") if len(values := listed.get(key, [])) > 1)[:2]
    return min(a, b), max(a, b)


def shrink(file: Path) -> None:
    """Fewer colours, until it is small."""
    from PIL import Image

    for colours in (192, 96, 48, 16):
        with Image.open(file) as picture:
            picture.convert("RGB").quantize(colours, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
                file, optimize=True
            )
        if file.stat().st_size < _MOST_BYTES:
            return


def demo_home(folder: Path) -> Path:
    """An installation of six generated weeks with planted failures and their reports, without Dagster and index."""
    days = days_between("2026-10-05", "2026-11-15")
    corpus = generate(20261, days, 25, patterns=True)
    with LangfuseServer(Dataset(corpus.observations, corpus.scores)) as server:
        for day in days:
            build(installation(server, folder), day.isoformat())
    for monday in days[::7]:
        _analyse(settings_at(folder), monday)
    return folder


def _analyse(settings: Settings, monday: date) -> None:
    store, warehouse = StoreResource(settings).open("pictures"), WarehouseResource(settings)
    WeekAnalysis(store, warehouse.publisher(store), warehouse.analytics(), monday, Rules(), settings.home).report()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--home", type=Path)
    arguments.add_argument("--only", nargs="*")
    given = arguments.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        home = given.home or demo_home(Path(scratch))
        take(settings_at(home), given.folder, given.only)


def take(settings: Settings, folder: Path, only: list[str] | None) -> None:
    """Pictures of every page, or of those named, and what the browser complained of."""
    seen = Seen()
    with serving(settings) as url, browser() as opened:
        for device, (width, height) in WIDTHS.items():
            page = opened.new_context(viewport={"width": width, "height": height}, locale="en-GB").new_page()
            seen.watch(page)
            for name, path in addresses(url).items():
                if only and name not in only:
                    continue
                visit(page, url + path)
                wide = page.evaluate("document.scrollingElement.scrollWidth")
                tall = min(page.evaluate("document.scrollingElement.scrollHeight"), _HIGHEST)
                file = folder / f"{name}-{device}.png"
                page.screenshot(path=file, clip={"x": 0, "y": 0, "width": width, "height": tall}, full_page=True)
                shrink(file)
                print(f"{file.name}: {tall} px high, {file.stat().st_size} bytes{', TOO WIDE' if wide > width else ''}")
    print("\n".join([*seen.errors, *seen.elsewhere, *seen.unguarded]) or "no error, no request elsewhere")


if __name__ == "__main__":
    main()
