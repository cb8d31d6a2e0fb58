"""Every page as an HTTP client sees it: figures, filters, hostile texts, and what stands where there is nothing."""

import html
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from sessions_platform.pages.routing import CHARTS
from sessions_platform.settings import Settings
from sessions_platform_tests.pages.pictures import application, settings_at
from sessions_platform_tests.pages.worlds import D2, world

PAGES = ["/", "/sessions", "/tools", "/agents", "/compare", "/findings", "/reports", "/data"]
Get = Callable[[str], TestClient]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return world(tmp_path_factory.mktemp("pages"), LANGFUSE_HOST="https://langfuse.example")


@pytest.fixture(scope="module")
def client(settings: Settings) -> TestClient:
    return TestClient(application(settings))


def words(page: str) -> str:
    """The text of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def charts_of(page: str) -> list[str]:
    return [html.unescape(found) for found in re.findall(r'href="(/pages/data/[^"]+)"', page)]


@pytest.mark.parametrize(
    "path", [*PAGES, "/tools/git", "/sessions/first", "/sessions/team%2Fsecond", "/sessions/team/second"]
)
def test_every_page_answers_with_its_charts_as_json_and_csv(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    for address in charts_of(answer.text):
        found = client.get(address)
        assert found.status_code == 200, address
        assert found.headers["content-type"].startswith(("application/json", "text/csv"))


@pytest.mark.parametrize("path", [*PAGES, "/nowhere/../sessions/x", "/pages/data/rates.json", "/static/pages.css"])
def test_every_answer_carries_a_strict_policy(client: TestClient, path: str) -> None:
    policy = client.get(path).headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", [*PAGES, "/tools/git", "/sessions/first"])
def test_no_script_or_style_stands_in_the_markup_and_nothing_comes_from_elsewhere(
    client: TestClient, path: str
) -> None:
    page = client.get(path).text
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)
    assert re.findall(r"<script(?! src=\"/static/)", page) == []
    assert [found for found in re.findall(r'(?:src|href|action)="(https?:[^"]*)"', page)] == []


def test_files_are_addressed_by_their_hash_and_kept(client: TestClient) -> None:
    page = client.get("/tools").text
    for name in ("vega.js", "pages.js", "pages.css"):
        (address,) = re.findall(rf'"(/static/{name}\?v=[0-9a-f]{{16}})"', page)
        answer = client.get(address)
        assert "immutable" in answer.headers["cache-control"]
    assert b"vegaEmbed" in client.get("/static/vega.js").content
    assert client.get("/static/secrets.env").status_code == 404


def test_pages_say_that_nothing_is_published(tmp_path: Path) -> None:
    nothing = TestClient(application(settings_at(tmp_path)))
    for path in (*PAGES, "/sessions/first", "/tools/git", "/compare/cohorts?a=version:1&b=version:2"):
        answer = nothing.get(path)
        assert (answer.status_code, "nothing is published yet; run `sessions-platform run`" in words(answer.text)) == (
            503,
            True,
        ), path
    assert nothing.get("/pages/data/rates.json").status_code == 503
    assert nothing.get("/static/pages.css").status_code == 200


def test_pages_of_a_file_without_dates_are_empty_and_say_so(tmp_path: Path) -> None:
    empty = TestClient(application(world(tmp_path, dates=False)))
    for path in PAGES:
        assert empty.get(path).status_code == 200, path
    assert "No date is published yet" in words(empty.get("/").text)
    for name in sorted(set(CHARTS) - {"session-timeline", "compare-sessions", "cohort-effect", "cohort-mix"}):
        assert empty.get(f"/pages/data/{name}.json").json()["rows"] == [] or name == "tables"


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/sessions/fist", 404, "There is no session 'fist' in the published file. Did you mean first?"),
        ("/session?id=..", 404, "There is no session '..'"),
        ("/tools/hammer", 404, "No call of a tool named 'hammer'"),
        ("/reports/2026-W01", 404, "There is no report of '2026-W01'"),
        ("/reports/2026-W1", 404, "There is no report of"),
        ("/compare?session_ids=first&session_ids=nobody", 404, "unknown session: nobody"),
        ("/compare/cohorts", 400, "Two cohorts are needed"),
        ("/compare/cohorts?a=team:red&b=team:bleu", 400, "team:bleu"),
        ("/compare/cohorts?a=team:red&b=team:red&metric=joy", 400, "unknown metric 'joy'"),
        ("/sessions?since=yesterday", 400, "since: 'yesterday' is not a date like 2026-11-03"),
        ("/sessions?since=2026-11-02&until=2026-11-01", 400, "swap them"),
        ("/sessions?segment=red", 400, "write key:value"),
        ("/sessions?from_agent=coder", 400, "give both, or none"),
        ("/sessions?after=soon~x", 400, "begin at its first page"),
        ("/tools?days=many", 400, "days: 'many' is not a whole number"),
        ("/tools?days=999999999", 200, ""),
        ("/pages/data/nothing.json", 404, "no chart"),
        ("/pages/data/rates.xml", 404, "no chart"),
    ],
)
def test_what_cannot_be_answered_is_said_in_a_sentence(client: TestClient, path: str, status: int, says: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert says in words(answer.text)


def test_the_list_is_filtered_by_what_a_click_on_a_chart_asks_for(client: TestClient) -> None:
    def ids(query: str) -> list[str]:
        return [row["session_id"] for row in client.get(f"/pages/data/sessions.json?{query}").json()["rows"]]

    assert ids("") == ["third", "first", "team/second"]
    assert ids("tool=git&failed=1") == ["first"]
    assert ids(f"tool=git&since={D2}") == []
    assert ids("tool=git&operation=git+pull") == []
    assert ids("agent=planner") == ["team/second"]
    assert ids("from_agent=planner&to_agent=coder") == ["team/second"]
    assert ids("from_agent=(start)&to_agent=user") == ["third", "first", "team/second"]
    assert ids("from_agent=coder&to_agent=(end)") == ["third", "first", "team/second"]
    assert ids("segment=team:red&outcome=success") == ["first"]
    (row,) = client.get("/pages/data/tool-errors.json").json()["rows"]
    assert (row["shape"], row["error_count"]) == ("remote: error # of “…”", 4)
    assert ids(row["href"].partition("?")[2]) == ["first"]
    for chart in ("days", "rates", "agent-activity", "interaction-matrix", "agent-flow", "tool-retries", "tool-trend"):
        for one in client.get(f"/pages/data/{chart}.json?days=all").json()["rows"]:
            assert client.get(one["href"]).status_code == 200


def test_the_list_goes_on_where_the_page_before_ended(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sessions_platform.pages.sessions._PAGE", 2)
    first = client.get("/sessions").text
    assert "3 sessions, newest first" in words(first)
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = client.get(html.unescape(following)).text
    assert [name for name in ("third", "first", "team/second") if f'value="{name}"' in second] == ["team/second"]
    assert "First page" in second


def test_a_rate_of_few_is_not_shown(client: TestClient) -> None:
    (row,) = client.get("/pages/data/tool-success.json").json()["rows"]
    assert (row["total_calls"], row["successful_calls"], row["enough"]) == (16, 12, True)
    assert "75.0 % 50.5 % to 89.8 %" in words(client.get("/tools").text)  # statsmodels: wilson of 12 in 16
    retries = client.get("/pages/data/tool-retries.json").json()["rows"]
    assert [(r["failures"], r["retried"], r["recovered"], r["enough"]) for r in retries] == [(4, 4, 4, False)]
    assert "not enough data n = 4" in words(client.get("/tools").text)
    assert "not enough data" in words(client.get("/").text)


def test_tools_whose_intervals_overlap_are_not_ranked_for_certain(client: TestClient) -> None:
    assert "All intervals overlap: from these dates nobody can tell which is worst." in words(client.get("/tools").text)


def test_cohorts_that_are_too_small_get_not_enough_data(client: TestClient) -> None:
    page = words(client.get("/compare/cohorts?a=agent:planner&b=tool:git&metric=completion_rate").text)
    assert "Not enough data" in page
    assert client.get("/pages/data/cohort-effect.json?a=agent:planner&b=tool:git").json()["rows"] == []


def test_transitions_have_start_and_end_and_the_loop_is_found(client: TestClient) -> None:
    rows = client.get("/pages/data/agent-flow.json").json()["rows"]
    assert {(r["from_agent"], r["to_agent"]): r["times"] for r in rows} == {
        ("(start)", "user"): 3, ("user", "coder"): 2, ("user", "planner"): 1, ("coder", "coder"): 1,
        ("planner", "coder"): 2, ("coder", "planner"): 1, ("coder", "(end)"): 3,
    }  # fmt: skip
    (loop,) = client.get("/pages/data/ping-pong.json").json()["rows"]
    assert (loop["agent_a"], loop["agent_b"], loop["times"], loop["example_session"]) == (
        "coder",
        "planner",
        1,
        "team/second",
    )
    (run,) = client.get("/pages/data/repeated-calls.json").json()["rows"]
    assert (run["tool_name"], run["calls"], run["failed"], run["example"]) == ("git", 16, 4, "/sessions/first#m3")


def test_a_session_shows_turns_calls_and_places(client: TestClient) -> None:
    page = client.get("/sessions/first").text
    assert 'id="m3"' in page and 'href="#m3"' in page
    said = words(page)
    assert "Turn 1 16 tool calls, 4 failed" in said
    assert "failed git push called by coder , 10 ms" in said
    assert "langfuse.example" not in page  # no manifest tells the project


def test_a_trace_is_linked_where_the_project_is_known(settings: Settings, client: TestClient) -> None:
    folder = Path(settings.store_url) / f"raw/date={D2}"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text('{"project_id": "p 1"}', encoding="utf-8")
    assert 'href="https://langfuse.example/project/p%201/traces/t-2026-11-02"' in client.get("/sessions/third").text
