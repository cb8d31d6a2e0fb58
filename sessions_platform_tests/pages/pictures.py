"""Every page in headless Chromium, and pictures of them at two widths.

    python -m sessions_platform_tests.pages.pictures SESSIONS_HOME docs/pages

takes those in docs, from an installation of generated sessions. Pictures have few colours, so that each stays small.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI

from sessions_platform.analytics import SessionAnalytics
from sessions_platform.loopback import LoopbackServer
from sessions_platform.pages import router
from sessions_platform.settings import Settings
from sessions_platform_tests.end_to_end.browser import chromium

WIDTHS = {"desktop": (1280, 800), "phone": (390, 844)}
_HIGHEST = 4200
_MOST_BYTES = 200_000


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
    """What a browser complained of, and what it asked for elsewhere."""

    errors: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def watch(self, page: Any) -> None:
        """Note what this page does from now on."""
        page.on("console", lambda said: self.errors.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._asked)

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
    versions = sorted({one["version"] for one in sessions if one["version"]}) or ["1"]
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
        "cohorts": f"/compare/cohorts?a=version:{versions[0]}&b=version:{versions[-1]}&metric=success_rate",
        "findings": "/findings",
        "reports": "/reports",
        **({"report": f"/reports/{report}"} if report.startswith("20") else {}),
        "data": "/data",
    }


def shrink(file: Path) -> None:
    """Fewer colours, until it is small."""
    from PIL import Image

    for colours in (192, 96, 48, 16):
        with Image.open(file) as picture:
            picture.convert("RGB").quantize(colours, dither=Image.Dither.NONE).save(file, optimize=True)
        if file.stat().st_size < _MOST_BYTES:
            return


def main() -> None:
    home, folder = Path(sys.argv[1]), Path(sys.argv[2])
    chosen = sys.argv[3:]
    folder.mkdir(parents=True, exist_ok=True)
    seen = Seen()
    with serving(settings_at(home)) as url, browser() as opened:
        for device, (width, height) in WIDTHS.items():
            page = opened.new_context(viewport={"width": width, "height": height}).new_page()
            seen.watch(page)
            for name, path in addresses(url).items():
                if chosen and name not in chosen:
                    continue
                visit(page, url + path)
                wide = page.evaluate("document.scrollingElement.scrollWidth")
                tall = min(page.evaluate("document.scrollingElement.scrollHeight"), _HIGHEST)
                file = folder / f"{name}-{device}.png"
                page.screenshot(path=file, clip={"x": 0, "y": 0, "width": width, "height": tall}, full_page=True)
                shrink(file)
                print(f"{file.name}: {tall} px high, {file.stat().st_size} bytes{', TOO WIDE' if wide > width else ''}")
    print("\n".join([*seen.errors, *seen.elsewhere]) or "no error, no request elsewhere")


if __name__ == "__main__":
    main()
