"""The pages in Debian's Chromium: no complaint, no request elsewhere, charts that lead to messages, keys, phones.

Each world is served once, and seen in one browser: of generated sessions, and of the real sample where it is at hand.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sessions_platform.demo.generator import generate
from sessions_platform.demo.server import Dataset, LangfuseServer
from sessions_platform.runner import DayOutcome
from sessions_platform_tests.end_to_end import test_sample_truth
from sessions_platform_tests.end_to_end.browser import chromium
from sessions_platform_tests.end_to_end.support import build, days_between, installation, made_once
from sessions_platform_tests.pages.pictures import WIDTHS, Seen, addresses, browser, serving, settings_at, visit
from sessions_platform_tests.pages.worlds import world
from sessions_platform_tests.sample import SAMPLE, needs_sample

pytestmark = pytest.mark.skipif(
    chromium() is None, reason="there is no `chromium` to see pages with (apt-get install chromium)"
)
_PATIENCE = 60_000
_FOCUS = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  const name = one.name || one.getAttribute('href') || one.getAttribute('aria-label') || one.tagName;
  const after = window.before ? window.before === one || Boolean(window.before.compareDocumentPosition(one) & 4) : true;
  window.before = one;
  return { name, after, ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    seen: box.width > 0 && box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight };
}"""


def _generated(factory: pytest.TempPathFactory) -> Path:
    """An installation of eight generated days."""

    def make(folder: Path) -> list[DayOutcome]:
        days = days_between("2026-11-02", "2026-11-09")
        corpus = generate(5, days, 8)
        with LangfuseServer(Dataset(corpus.observations, corpus.scores)) as server:
            for day in days:
                build(installation(server, folder), day.isoformat())
        return []

    return made_once(factory, "pages_generated", make)


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Installations by name. They are made before there is a browser: Playwright's loop lets no other one run."""
    made = {"generated": _generated(tmp_path_factory)}
    if SAMPLE.is_dir():
        made["sample"] = test_sample_truth._made(test_sample_truth.TAU, tmp_path_factory)
    return made


@pytest.fixture(scope="module")
def generated(homes: dict[str, Path]) -> Iterator[str]:
    with serving(settings_at(homes["generated"])) as url:
        yield url


@pytest.fixture(scope="module")
def sample(homes: dict[str, Path]) -> Iterator[str]:
    with serving(settings_at(homes["sample"])) as url:
        yield url


@pytest.fixture(scope="module", params=["generated", pytest.param("sample", marks=needs_sample)])
def served(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.fixture(scope="module")
def opened(homes: dict[str, Path]) -> Iterator[Any]:
    with browser() as found:
        yield found


def page_of(opened: Any, device: str = "desktop", **more: Any) -> Any:
    width, height = WIDTHS[device]
    page = opened.new_context(viewport={"width": width, "height": height}, **more).new_page()
    page.set_default_timeout(_PATIENCE)
    return page


@pytest.mark.parametrize(("device", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_every_page_draws_without_complaint_and_asks_nobody_else(
    served: str, opened: Any, device: str, scheme: str
) -> None:
    seen, page = Seen(), page_of(opened, device, color_scheme=scheme)
    seen.watch(page)
    for name, path in addresses(served).items():
        visit(page, served + path)
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), name
        assert page.locator("h1").count() == 1, name
    assert seen.nothing()


def test_a_click_on_a_chart_leads_to_sessions_to_one_and_to_its_messages(served: str, opened: Any) -> None:
    seen, page = Seen(), page_of(opened)
    seen.watch(page)
    visit(page, f"{served}/agents")
    page.locator("#agent-activity .drawing .mark-rect path").first.click()
    page.wait_for_url("**/sessions?agent=*")
    page.locator("tbody td.name a").first.click()
    page.wait_for_url("**/sessions/*")
    page.wait_for_selector("#session-timeline .drawing[data-state=drawn] .mark-symbol.role-mark path")
    page.locator("#session-timeline .drawing .mark-symbol.role-mark path").last.click()
    page.wait_for_selector("#timeline .event:target")
    rows = httpx.get(f"{served}/pages/data/sessions.json", trust_env=False, timeout=60).json()["rows"]
    long = next(row["href"] for row in rows if row["message_count"] > 17)
    page.goto(f"{served}{long}#m17")
    assert page.locator("#m17:target").count() == 1
    assert page.evaluate(
        "(box => box.top >= 0 && box.top < innerHeight)(document.querySelector('#m17').getBoundingClientRect())"
    )
    assert seen.nothing()


def test_keys_alone_lead_from_the_overview_to_a_tools_sessions(generated: str, opened: Any) -> None:
    page = page_of(opened)

    def tab_to(name: str) -> list[dict[str, Any]]:
        """Press Tab until this has the focus; every stop on the way."""
        stops = []
        for _ in range(80):
            page.keyboard.press("Tab")
            stops.append(page.evaluate(_FOCUS))
            assert stops[-1]["ring"] and stops[-1]["seen"] and stops[-1]["after"], stops[-1]
            if str(stops[-1]["name"]).startswith(name):
                return stops
        raise AssertionError([stop["name"] for stop in stops])

    visit(page, f"{generated}/")
    stops = tab_to("/tools")
    assert [stop["name"] for stop in stops[:4]] == ["#main", "/", "/", "/sessions"]
    page.keyboard.press("Enter")
    page.wait_for_url("**/tools")
    assert tab_to("#main")[-1]["seen"], "the link past the navigation shows when it has the focus"
    page.keyboard.press("Enter")
    assert tab_to("days")[0]["name"] == "days", "the navigation is passed over"
    tab_to("/pages/data/tool-success.json")
    tab_to("SUMMARY")
    page.keyboard.press("Enter")
    assert page.locator("#tool-success tbody tr").first.is_visible()
    tab_to("Table: ")
    tab_to("/tools/")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tools/*")
    tab_to("/sessions?tool=")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sessions?tool=*")
    names = {stop["name"] for stop in tab_to("Sessions")}
    assert {"q", "how", "status", "outcome", "since", "until", "tool", "failed", "agent", "segment"} <= names


@pytest.mark.slow
def test_tables_and_links_work_without_scripts(generated: str, opened: Any) -> None:
    page = page_of(opened, java_script_enabled=False)
    page.goto(f"{generated}/tools")
    page.locator("#tool-success summary").click()
    assert page.locator("#tool-success tbody tr").first.is_visible()
    page.locator("#tool-success tbody a").first.click()
    assert "/tools/" in page.url


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
