"""Two cohorts in every segment: where they differ, where nobody can say, what it would take, and how the mix shifts."""

import csv
import html
import io
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from sessions_platform.resources.object_store import open_store
from sessions_platform.resources.warehouse import Publisher
from sessions_platform.statistics.multiple import benjamini_hochberg
from sessions_platform_tests.pages.pictures import application, settings_at
from sessions_platform_tests.staged_sessions import StagedSession, agent, score, staged, user, write_day

DAY = "2026-11-03"
COHORTS = "a=version:1&b=version:2"
TEAMS = {
    # sessions of version 1, of which succeed, sessions of version 2, of which succeed
    "red": (60, 15, 40, 36), "blue": (60, 40, 60, 40), "green": (5, 2, 5, 4), "grey": (0, 0, 30, 15),
}  # fmt: skip


def _sessions() -> list[StagedSession]:
    made = []
    for team, (size_1, good_1, size_2, good_2) in TEAMS.items():
        for version, size, good in (("1", size_1, good_1), ("2", size_2, good_2)):
            for n in range(size):
                name = f"{team}-{version}-{n}"
                judged = score("success", float(n < good), f"{DAY}T12:00:00.000Z", session_id=name, score_id=name)
                made.append(
                    staged(name, DAY, [user("do it"), agent("coder")], scores=[judged], version=version,
                           user_id=f"<user:{name}>", segments=[("team", team), ("plan", "free"), ("task", team)])
                )  # fmt: skip
    return made


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    folder = tmp_path_factory.mktemp("screen")
    store = open_store(str(folder / "store"))
    write_day(store, DAY, _sessions())
    settings = settings_at(folder)
    Publisher(store, settings.database).publish(None)
    return TestClient(application(settings))


def rows(client: TestClient, chart: str, query: str) -> dict[str, dict[str, Any]]:
    answer = client.get(f"/pages/data/{chart}.json?{COHORTS}&{query}")
    assert answer.status_code == 200, answer.text
    return {row["segment"]: row for row in answer.json()["rows"]}


def words(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def test_segments_with_enough_sessions_are_judged_together_and_the_surest_comes_first(client: TestClient) -> None:
    found = rows(client, "cohort-segments", "by=team&mix=none")
    assert list(found)[0] == "team:red"
    red = found["team:red"]
    assert (red["n_a"], red["n_b"], red["value_a"], red["value_b"]) == (60, 40, 0.25, 0.9)
    assert red["effect"] == pytest.approx(65.0) and red["ci_low"] > 40
    assert red["verdict_words"] == "different: b higher"
    assert red["q_value"] < 0.001


def test_the_q_of_a_segment_is_that_of_all_that_were_tested(client: TestClient) -> None:
    names = [
        *rows(client, "cohort-segments", "by=team&mix=none"),
        *rows(client, "cohort-segments-lacking", "by=team&mix=none"),
    ]
    assert sorted(names) == ["team:blue", "team:green", "team:grey", "team:red"]
    alone = {}
    for team in ("red", "blue"):
        page = words(client.get(f"/compare/cohorts?{COHORTS}&within=team:{team}&mix=none").text)
        assert f"in team:{team}" in page
        alone[team] = client.get(f"/pages/data/cohort-effect.json?{COHORTS}&within=team:{team}&mix=none").json()
    assert alone["red"]["rows"][0]["n_b"] == 40
    lacking = rows(client, "cohort-segments-lacking", "by=team&mix=none")
    (blue,) = [row for name, row in lacking.items() if name == "team:blue"]
    assert blue["q_value"] == benjamini_hochberg([0.0, 1.0])[1] == 1.0


def test_segments_of_too_few_stand_apart_with_what_they_would_take(client: TestClient) -> None:
    found = rows(client, "cohort-segments-lacking", "by=team&mix=none")
    green, grey = found["team:green"], found["team:grey"]
    assert (green["n_a"], green["n_b"], green["effect"], green["value_a"]) == (5, 5, None, None)
    assert green["required_n"] > 100 and green["of_what"] == "sessions"
    assert (grey["n_a"], grey["n_b"], grey["unknown_a"], grey["unknown_b"]) == (0, 30, None, 0.0)
    assert grey["required_n"] > 100
    assert "Not enough data to say" in words(client.get(f"/compare/cohorts?{COHORTS}&within=team:grey").text)
    smaller = rows(client, "cohort-segments-lacking", "by=team&mix=none&asked=40")["team:green"]
    assert smaller["required_n"] < green["required_n"]
    assert "Not enough data in 3 segments" in words(client.get(f"/compare/cohorts?{COHORTS}&by=team&mix=none").text)


def test_the_mix_shift_is_shown_of_segments_and_of_what_was_adjusted_for(client: TestClient) -> None:
    red = rows(client, "cohort-segments", "by=team&mix=none")["team:red"]
    assert (red["share_a"], red["share_b"]) == (60 / 125, 40 / 135)
    assert red["shift"] == pytest.approx(100 * (40 / 135 - 60 / 125))
    mix = client.get(f"/pages/data/cohort-mix.json?{COHORTS}&mix=team").json()
    shifts = {row["name"]: row["shift"] for row in mix["rows"]}
    assert shifts["grey"] == pytest.approx(100 * 30 / 135)
    assert sum(shifts.values()) == pytest.approx(0)
    page = words(client.get(f"/compare/cohorts?{COHORTS}&mix=team").text)
    assert "Difference before adjustment" in page and "associated with" in page
    assert "Only one cohort has these teams: grey." in page


def test_every_key_is_screened_but_those_of_the_cohorts_themselves(client: TestClient) -> None:
    found = {**rows(client, "cohort-segments", "by=all"), **rows(client, "cohort-segments-lacking", "by=all")}
    assert {name.partition(":")[0] for name in found} == {"team", "task"}, "all sessions have the same plan and release"
    (plan,) = rows(client, "cohort-segments", "by=plan&mix=none").values()
    assert (plan["segment"], plan["n_a"], plan["n_b"], plan["shift"]) == ("plan:free", 125, 135, 0.0)
    agents = {**rows(client, "cohort-segments", "by=agent"), **rows(client, "cohort-segments-lacking", "by=agent")}
    assert set(agents) == {"agent:coder", "agent:user"}


def test_a_rate_has_its_interval_n_and_the_share_unknown(client: TestClient) -> None:
    page = words(client.get(f"/compare/cohorts?{COHORTS}&within=team:red&mix=none").text)
    assert "25.0 % 25.0 % (15.8 % to 37.2 %) 60 60 0 % 60" in page  # statsmodels: wilson of 15 in 60
    assert "90.0 % 90.0 % (76.9 % to 96.0 %) 40 40 0 % 40" in page


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("asked=little", "asked: 'little' is not a difference"),
        ("asked=100", "asked: '100' is not a difference"),
        ("within=red", "write key:value"),
        ("within=team:pink", "no session of these dates has 'team:pink'"),
        ("by=nothing", "Not enough data in 0 segments"),
    ],
)
def test_what_cannot_be_compared_is_said(client: TestClient, query: str, says: str) -> None:
    answer = client.get(f"/compare/cohorts?{COHORTS}&{query}")
    assert answer.status_code == (200 if query == "by=nothing" else 400)
    assert says in words(answer.text)


def test_the_csv_has_the_same_segments(client: TestClient) -> None:
    text = client.get(f"/pages/data/cohort-segments-lacking.csv?{COHORTS}&by=team&mix=none").content.decode()
    listed = list(csv.DictReader(io.StringIO(text)))
    assert [row["segment"] for row in listed] == ["team:blue", "team:green", "team:grey"]


def test_only_those_with_most_sessions_are_compared(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sessions_platform.pages.screen._MOST", 2)
    found = client.get(f"/pages/data/cohort-segments.json?{COHORTS}&by=team&mix=none&asked=12").json()
    assert "Of 4 segments the 2 with most sessions." in found["note"]


def test_nothing_of_a_cohort_of_the_file_is_left_open(tmp_path: Path) -> None:
    nothing = TestClient(application(settings_at(tmp_path)))
    assert nothing.get(f"/compare/cohorts?{COHORTS}&by=team").status_code == 503
