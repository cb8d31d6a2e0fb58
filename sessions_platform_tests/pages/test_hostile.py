"""Texts that mean harm, wherever a session has text: on every page, in charts, CSV and addresses they are text."""

import csv
import html
import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from starlette.testclient import TestClient

from sessions_platform.pages.routing import CHARTS
from sessions_platform.pages.site import session_url
from sessions_platform.settings import Settings
from sessions_platform_tests.end_to_end.browser import chromium
from sessions_platform_tests.pages.pictures import WIDTHS, Seen, application, browser, serving, visit
from sessions_platform_tests.pages.worlds import FORMULAS, HOSTILE, HOSTILE_ID, HOSTILE_IDS, LONG, SCRIPT, world

SHORT = [text for text in HOSTILE if text != LONG]
_TAGS = """
html head meta title link script body a header p nav ul li main h1 h2 h3 h4 section article div span bdi b code time
ol dl dt dd abbr table thead tbody tr th td details summary form label input select option button datalist footer svg
defs marker path rect text
"""
TAGS = set(_TAGS.split())
"""What the templates are made of."""


def _cohorts(text: str) -> str:
    return f"/compare/cohorts?a={quote('team:' + text, safe='')}&b=team:red&by=all"


PATHS = [
    *("/", "/sessions", "/tools?days=all", "/agents?days=all", "/compare", "/findings", "/reports", "/data"),
    *(session_url(session_id) for session_id in HOSTILE_IDS),
    session_url(HOSTILE_ID) + "&show=transcript",
    f"/compare?session_ids={quote(HOSTILE_ID, safe='')}&session_ids={quote(SCRIPT, safe='')}",
    *(f"/tools/{quote(text, safe='')}?days=all" for text in SHORT),
    *(f"/sessions?how=text&q={quote(text)}" for text in (SCRIPT, FORMULAS[0])),
    *(f"/sessions?tool={quote(text)}&agent={quote(text)}&error={quote(text)}&failed=1" for text in SHORT[:5]),
    *(f"/sessions?segment={quote(text + ':' + text)}&user_id={quote(text)}" for text in (SCRIPT, FORMULAS[0])),
    *map(_cohorts, (SCRIPT, FORMULAS[0])),
]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return world(tmp_path_factory.mktemp("hostile"), hostile=True)


@pytest.fixture(scope="module")
def client(settings: Settings) -> TestClient:
    return TestClient(application(settings))


class Read(HTMLParser):
    """What a browser makes of a page: tags, attributes, and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_no_text_becomes_markup_an_attribute_or_an_address_on_any_page(client: TestClient) -> None:
    for path in PATHS:
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.text[-300:])
        page = Read(answer.text)
        assert page.tags <= TAGS, path
        names = {name for name, _ in page.attributes}
        assert not {name for name in names if name.startswith("on") or name in {"style", "srcdoc"}}, path
        for name, value in page.attributes:
            if name in {"href", "src", "action", "data-source"}:
                assert value.startswith(("/", "#")) and not value.startswith(("//", "/\\")), (path, value)
                assert len(value) <= 8000
        assert "1337" not in page.text, path  # 7 * 191
        assert len(answer.content) < 200_000, "a page shows the beginning of a megabyte, and says how much is left out"


def test_the_texts_stand_on_the_pages_as_they_are_and_apart_from_what_is_around(client: TestClient) -> None:
    for session_id, text in zip(HOSTILE_IDS[1:-2], SHORT, strict=True):
        answer = client.get(session_url(session_id)).text
        page = Read(answer)
        assert page.text.count(text) > 10, text
        for found in re.findall(re.escape(html.escape(text)), answer):
            assert found
    for path in ("/tools?days=all", "/agents?days=all", "/sessions"):
        shown = Read(client.get(path).text).text
        assert [text for text in SHORT if text not in shown] == [], path
    assert "(999,000 more characters)" in client.get("/tools?days=all").text
    assert '<bdi class="said" dir="auto">' in client.get("/sessions").text


def test_names_with_spaces_around_them_are_found_by_their_own_address(client: TestClient) -> None:
    for text in ("\t=1", "  =1"):
        chart = client.get(f"/pages/data/session-timeline.json?session_id={quote(text)}").json()
        assert len(chart["rows"]) > 10
        (row,) = client.get(f"/pages/data/tool-success.json?days=all&tool={quote(text)}").json()["rows"]
        assert row["name"] == text
        listed = client.get(f"/pages/data/sessions.json?tool={quote(text)}&operation={quote(text)}&failed=1").json()
        assert len(listed["rows"]) == len(HOSTILE_IDS)


@pytest.mark.parametrize("name", sorted(CHARTS))
def test_a_spreadsheet_runs_nothing_of_a_csv_and_the_json_has_the_text_itself(client: TestClient, name: str) -> None:
    asked = {
        "days": "all", "session_id": SCRIPT, "session_ids": [HOSTILE_ID, SCRIPT], "a": f"team:{SCRIPT}",
        "b": "team:red", "by": "all",
    }  # fmt: skip
    text = client.get(f"/pages/data/{name}.csv", params=asked).content.decode()
    csv.field_size_limit(20_000_000)
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    figures = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")
    runs = [cell for cell in cells if cell.lstrip().startswith(tuple("=+-@\t")) and not figures.fullmatch(cell)]
    assert runs == []
    answer = client.get(f"/pages/data/{name}.json", params=asked)
    assert (
        answer.headers["content-type"] == "application/json" and answer.headers["x-content-type-options"] == "nosniff"
    )
    said = [value for row in answer.json()["rows"] for value in row.values() if isinstance(value, str)]
    if name in {"tool-success", "tool-errors", "agent-activity", "repeated-calls", "sessions"}:
        assert "'" + FORMULAS[1] in cells and FORMULAS[1] in said
        assert {SCRIPT, LONG} <= set(said) or name == "tool-errors"


@pytest.fixture(scope="module")
def opened() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.mark.skipif(chromium() is None, reason="there is no `chromium` to see pages with (apt-get install chromium)")
@pytest.mark.parametrize("device", list(WIDTHS))
def test_in_a_browser_the_texts_do_nothing_and_push_nothing_aside(settings: Settings, opened: Any, device: str) -> None:
    width, height = WIDTHS[device]
    page = opened.new_context(viewport={"width": width, "height": height}).new_page()
    page.set_default_timeout(60_000)
    seen = Seen()
    seen.watch(page)
    compared = f"/compare?session_ids={quote(HOSTILE_ID, safe='')}&session_ids={quote(HOSTILE_IDS[-1], safe='')}"
    paths = ("/", "/sessions", session_url(HOSTILE_ID), session_url(HOSTILE_IDS[-1]), compared, _cohorts(SCRIPT))
    with serving(settings) as url:
        for path in (*paths, "/agents?days=all", "/tools?days=all"):
            visit(page, url + path)
            assert page.title().endswith("Agent sessions"), path
            assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), path
            allowed = [urlsplit(one).path for one in page.evaluate("[...document.scripts].map(one => one.src)")]
            assert set(allowed) <= {"/static/vega.js", "/static/pages.js"}, path
        labels = page.locator("#tool-errors .drawing text").all_text_contents()
        assert any(label.startswith("<script>") for label in labels)
        assert page.locator("#tool-errors .drawing script, #tool-errors .drawing img").count() == 0
        if device == "desktop":
            _hover_over_all_bars(page)
    assert seen.nothing()


def _hover_over_all_bars(page: Any) -> None:
    said = ""
    for bar in page.locator("#tool-errors .drawing .mark-rect path").all():
        bar.hover()
        page.wait_for_selector("#vg-tooltip-element.visible")
        said += page.locator("#vg-tooltip-element").inner_text()
    assert SCRIPT in said and FORMULAS[0] in said
    assert page.locator("#vg-tooltip-element script, #vg-tooltip-element img").count() == 0
