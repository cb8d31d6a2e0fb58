"""Findings and reports as pages: what was found and decided, week by week, with quotes that lead to their messages."""

import html
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from sessions_platform.resources.object_store import open_store
from sessions_platform.resources.warehouse import Publisher
from sessions_platform.sessions.layout import report_key
from sessions_platform.settings import Settings
from sessions_platform_tests.end_to_end.browser import chromium
from sessions_platform_tests.pages.pictures import WIDTHS, Seen, application, browser, serving, visit
from sessions_platform_tests.pages.weeks import WEEK, planted
from sessions_platform_tests.pages.worlds import D2, SCRIPT, world
from sessions_platform_tests.staged_sessions import staged, user, write_day

STALE = "were restated after it was made"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    made = world(tmp_path_factory.mktemp("weekly"))
    planted(made)
    return made


@pytest.fixture(scope="module")
def client(settings: Settings) -> TestClient:
    return TestClient(application(settings))


def words(page: str) -> str:
    """The text of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def test_a_report_has_its_sections_its_charts_and_how_to_decide(client: TestClient) -> None:
    page = client.get(f"/reports/{WEEK}").text
    said = words(page)
    assert "Week 2026-W45 (2026-11-02 to 2026-11-08)" in said
    assert 'sessions-platform decide f-1 accept --note "why"' in said
    assert 'href="/sessions/first#m3"' in page and 'id="f-1"' in page
    # Forest plot, Pareto and the trend of the finding that has one.
    assert page.count("<svg") == 3
    assert STALE not in said


def test_the_files_of_a_report_are_given_to_be_kept(client: TestClient) -> None:
    for name in ("report.md", "report.html", "report.json"):
        answer = client.get(f"/reports/{WEEK}/{name}")
        assert answer.headers["content-disposition"] == f'attachment; filename="{WEEK}-{name}"'
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert client.get(f"/reports/{WEEK}/steps").status_code == 404
    assert client.get("/reports/2026-W01/report.md").status_code == 404


def test_the_reports_are_listed_with_what_they_found(client: TestClient) -> None:
    assert "2026-W45 2 1 1 0" in words(client.get("/reports").text)


def test_findings_have_their_trend_and_decision_and_lead_to_their_card(client: TestClient) -> None:
    page = client.get("/findings").text
    assert f'href="/reports/{WEEK}#f-1"' in page
    said = words(page)
    assert "regressed 20 % (10 % to 40 %) 60 12 10 % → 20 % 2026-W44" in said
    assert "accepted: in work" in said


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("status=regressed", ["f-1"]),
        ("kind=capability_gap", ["f-2"]),
        ("verdict=open", ["f-1"]),
        ("verdict=reject", []),
    ],
)
def test_findings_are_filtered_in_page_and_data(client: TestClient, asked: str, found: list[str]) -> None:
    rows = client.get(f"/pages/data/findings.json?{asked}").json()["rows"]
    assert [row["finding_id"] for row in rows] == found
    page = client.get(f"/findings?{asked}").text
    assert [one for one in ("f-1", "f-2") if f"#{one}" in page] == found


def test_a_filter_that_there_is_not_is_refused(client: TestClient) -> None:
    answer = client.get("/findings?status=odd")
    assert answer.status_code == 400 and "status: one of regressed, new" in html.unescape(answer.text)


def test_words_of_sessions_are_no_markup_in_a_report(tmp_path: Path) -> None:
    settings = world(tmp_path)
    planted(settings, quote=SCRIPT)
    page = TestClient(application(settings)).get(f"/reports/{WEEK}").text
    assert SCRIPT in words(page) or html.escape(SCRIPT, quote=False) in page
    assert "<script" not in page


def test_a_report_whose_days_were_restated_says_so(tmp_path: Path) -> None:
    settings = world(tmp_path)
    planted(settings)
    store = open_store(settings.store_url)
    write_day(store, D2, [staged("other", D2, [user("something else")])])
    Publisher(store, settings.database).publish([D2])
    assert STALE in words(TestClient(application(settings)).get(f"/reports/{WEEK}").text)


def test_a_report_of_another_version_is_told_and_its_files_are_there(tmp_path: Path) -> None:
    settings = world(tmp_path)
    open_store(settings.store_url).put(report_key(WEEK, "report.json"), b'{"schema": 99}')
    page = words(TestClient(application(settings)).get(f"/reports/{WEEK}").text)
    assert "Another version of the program wrote this report." in page and "report.json" in page


@pytest.mark.skipif(chromium() is None, reason="there is no `chromium` to see pages with (apt-get install chromium)")
def test_both_pages_stand_in_a_browser_and_a_quote_leads_to_its_message(settings: Settings) -> None:
    with serving(settings) as url, browser() as opened:
        for width, height in WIDTHS.values():
            seen = Seen()
            page = opened.new_context(viewport={"width": width, "height": height}).new_page()
            page.set_default_timeout(60_000)
            seen.watch(page)
            for path in ("/reports", "/findings", f"/reports/{WEEK}"):
                visit(page, url + path)
                assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), path
            assert page.locator(".report .plot svg").count() == 3
            visit(page, f"{url}/findings")
            page.locator("#findings tbody a").first.click()
            page.wait_for_selector("#f-1:target")
            page.locator(".report blockquote a").first.click()
            page.wait_for_selector("#m3:target")
            assert seen.nothing()
