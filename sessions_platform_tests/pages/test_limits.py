"""What pages may use: the API's desk bounds their time, their number and what is kept for them."""

import threading
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from sessions_platform.analytics import NotPublished, SessionAnalytics, TooLong
from sessions_platform.api.app import create_app
from sessions_platform.api.desk import Limits
from sessions_platform.pages import routing
from sessions_platform.pages.asked import Asked
from sessions_platform.pages.chart import Chart
from sessions_platform.pages.site import Kept, Site
from sessions_platform_tests.pages.pictures import settings_at
from sessions_platform_tests.pages.worlds import world

ENDLESS = "SELECT sum(a.range * b.range) AS s FROM range(1000000000) AS a, range(1000000) AS b"


def client_of(home: Path, limits: Limits) -> TestClient:
    return TestClient(create_app(settings_at(home), limits=limits), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("limits")
    world(folder)
    return folder


def test_a_page_that_takes_too_long_is_stopped_and_says_so(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(site: Site, asked: Asked) -> Chart:
        raise AssertionError(site.analytics.records(ENDLESS))

    monkeypatch.setitem(routing.CHARTS, "tables", endless)
    monkeypatch.setitem(routing.PAGES, "/data", lambda site, request: endless(site, Asked(request.query_params)))
    client = client_of(home, Limits(seconds=0.5, pages=1))
    page = client.get("/data", headers={"accept": "text/html"})
    assert (page.status_code, page.headers["retry-after"]) == (503, "5")
    assert "took longer than 0.5 seconds" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    chart = client.get("/pages/data/tables.json")
    assert (chart.status_code, "took longer than 0.5 seconds" in chart.json()["detail"]) == (503, True)
    # DuckDB was interrupted: the one place for pages is free for the next.
    assert any(client.get("/tools").status_code == 200 for _ in range(20))


def test_no_more_pages_are_made_at_a_time_than_allowed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once, most, guard, together = 0, 0, threading.Lock(), threading.Barrier(2, timeout=10)
    whole = routing.PAGES["/data"]

    def counted(site: Site, request: object) -> object:
        nonlocal at_once, most
        with guard:
            at_once, most = at_once + 1, max(most, at_once + 1)
        together.wait()
        with guard:
            at_once -= 1
        return whole(site, request)  # type: ignore[arg-type]

    monkeypatch.setitem(routing.PAGES, "/data", counted)
    client = client_of(home, Limits(pages=2))
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(client.get("/data").status_code)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (answers, most) == ([200] * 6, 2)


def test_every_figure_of_a_page_is_of_one_version(home: Path) -> None:
    analytics = SessionAnalytics(home / "analytics.duckdb")
    site = Site(analytics, settings_at(home))
    pin = analytics.pinned()
    mine = site.over(pin)
    assert mine.analytics is pin and site.analytics is analytics
    assert mine.templates is site.templates and mine.store is site.store
    assert mine.ask("page_weeks") is site.ask("page_weeks")


def test_a_search_through_texts_ends_with_its_page(home: Path) -> None:
    analytics = SessionAnalytics(home / "analytics.duckdb")
    pin = analytics.pinned()
    search = Site(analytics, settings_at(home)).over(pin).search
    assert search.exact("push").results
    pin.stop()
    with pytest.raises(TooLong):
        search.exact("push")


def test_what_is_kept_for_pages_is_bounded_in_answers_and_in_rows() -> None:
    kept = Kept(most=10, most_rows=100)
    for number in range(30):
        kept.get(("v", str(number)), lambda: [{}] * 5)
    assert kept.rows == 50
    long = kept.get(("v", "long"), lambda: [{}] * 90)
    assert kept.get(("v", "long"), lambda: []) is long
    assert kept.rows == 100
    assert len(kept.get(("v", "longer"), lambda: [{}] * 500)) == 500
    assert kept.rows == 0  # what is larger than all that may be kept is not


def test_nothing_is_pinned_at_once_where_there_is_no_file(tmp_path: Path) -> None:
    analytics = SessionAnalytics(tmp_path / "analytics.duckdb")
    assert analytics.pinned_if_open() is None
    with pytest.raises(NotPublished):
        analytics.pinned()
    world(tmp_path)
    assert analytics.pinned_if_open() is None
    version = analytics.data_version()
    at_once = analytics.pinned_if_open()
    assert at_once is not None and at_once.data_version() == version
