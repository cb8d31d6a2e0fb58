"""The pages in Debian's Chromium: no complaint, no request elsewhere, charts that lead to sessions, keys, phones."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from sessions_platform.demo.generator import generate
from sessions_platform.demo.server import Dataset, LangfuseServer
from sessions_platform.pages.site import session_url
from sessions_platform.runner import DayOutcome
from sessions_platform_tests.end_to_end.browser import chromium
from sessions_platform_tests.end_to_end.support import build, days_between, installation, made_once
from sessions_platform_tests.pages.pictures import WIDTHS, Seen, addresses, browser, serving, settings_at, visit
from sessions_platform_tests.pages.worlds import HOSTILE_ID, SCRIPT, world

pytestmark = pytest.mark.skipif(
    chromium() is None, reason="there is no `chromium` to see pages with (apt-get install chromium)"
)
_PATIENCE = 60_000


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation of eight generated days."""

    def make(folder: Path) -> list[DayOutcome]:
        days = days_between("2026-11-02", "2026-11-09")
        corpus = generate(5, days, 8)
        with LangfuseServer(Dataset(corpus.observations, corpus.scores)) as server:
            for day in days:
                build(installation(server, folder), day.isoformat())
        return []

    return made_once(tmp_path_factory, "pages_generated", make)


@pytest.fixture(scope="module")
def opened() -> Iterator[Any]:
    with browser() as found:
        yield found


def page_of(opened: Any, device: str = "desktop", **more: Any) -> Any:
    width, height = WIDTHS[device]
    page = opened.new_context(viewport={"width": width, "height": height}, **more).new_page()
    page.set_default_timeout(_PATIENCE)
    return page


@pytest.mark.slow
@pytest.mark.parametrize(("device", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_every_page_draws_without_complaint_and_asks_nobody_else(
    home: Path, opened: Any, device: str, scheme: str
) -> None:
    seen, page = Seen(), page_of(opened, device, color_scheme=scheme)
    seen.watch(page)
    with serving(settings_at(home)) as url:
        for name, path in addresses(url).items():
            visit(page, url + path)
            assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), name
            assert page.locator("h1").count() == 1, name
    assert (seen.errors, seen.elsewhere) == ([], [])


def test_a_click_on_a_chart_leads_to_sessions_and_on_to_one(home: Path, opened: Any) -> None:
    page = page_of(opened)
    with serving(settings_at(home)) as url:
        visit(page, f"{url}/agents")
        page.locator("#agent-activity .drawing .mark-rect path").first.click()
        page.wait_for_url("**/sessions?agent=*")
        page.locator("tbody td.name a").first.click()
        page.wait_for_url("**/sessions/*")
        assert page.locator("#timeline .event").count() > 0
        page.goto(page.url + "#m1")
        assert page.locator("#m1:target").count() == 1


@pytest.mark.slow
def test_the_keyboard_reaches_navigation_filters_and_tables(home: Path, opened: Any) -> None:
    page = page_of(opened)
    reached = []
    with serving(settings_at(home)) as url:
        page.goto(f"{url}/sessions")
        for _ in range(40):
            page.keyboard.press("Tab")
            reached.append(
                page.evaluate(
                    "(e => e.name || e.getAttribute('href') || e.getAttribute('aria-label'))(document.activeElement)"
                )
            )
    assert reached[:4] == ["#main", "/", "/", "/sessions"]
    assert {"q", "status", "since", "tool", "segment", "Sessions"} <= set(reached)


@pytest.mark.slow
def test_tables_and_links_work_without_scripts(home: Path, opened: Any) -> None:
    page = page_of(opened, java_script_enabled=False)
    with serving(settings_at(home)) as url:
        page.goto(f"{url}/tools")
        page.locator("#tool-success summary").click()
        assert page.locator("#tool-success tbody tr").first.is_visible()
        page.locator("#tool-success tbody a").first.click()
        assert "/tools/" in page.url


@pytest.mark.slow
@pytest.mark.parametrize("device", list(WIDTHS))
def test_hostile_texts_do_nothing(tmp_path: Path, opened: Any, device: str) -> None:
    seen, page = Seen(), page_of(opened, device)
    seen.watch(page)
    address = session_url(HOSTILE_ID)
    compared = f"/compare?session_ids={quote(HOSTILE_ID, safe='')}&session_ids=first"
    with serving(world(tmp_path, hostile=True)) as url:
        for path in ("/", "/sessions", address, "/tools?days=all", "/agents?days=all", compared, "/data"):
            visit(page, url + path)
            assert page.title().endswith("Agent sessions"), path
            assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), path
        visit(page, url + address)
        assert SCRIPT in page.locator("#timeline").inner_text()
    assert (seen.errors, seen.elsewhere) == ([], [])


@pytest.mark.slow
def test_a_message_far_down_a_long_session_is_found_by_its_address(
    tmp_path: Path, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sessions_platform.pages.session._EVENTS", 10)
    page = page_of(opened)
    with serving(world(tmp_path)) as url:
        page.goto(f"{url}/sessions/first#m15")
        page.wait_for_selector("#m15:target")
        assert "from=15" in page.url
