"""Hits of the index become sessions: each once, joined with the tables, as many as were asked for."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from sessions_platform.errors import ConfigurationError
from sessions_platform.indexing.payload import ROOT, tags_of
from sessions_platform.search import BadSearch
from sessions_platform.search.meaning import checked_tags
from sessions_platform.sessions.layout import safe_id
from sessions_platform_tests.search.support import D1, D2, D3, Index, Installation, day, hit, sessions
from sessions_platform_tests.staged_sessions import staged

LONG = safe_id("long/1")


def test_a_directory_that_is_hit_three_times_is_one_session_with_its_best_score(world: Installation) -> None:
    index = Index(
        hit(f"/{D1}/database/digest.md", 0.7),
        hit(f"/{D1}/database/.overview.md", 0.9, 1, "an overview"),
        hit(f"/{D3}/garden", 0.8, 0, "an abstract"),
        hit(f"/{D1}/database", 0.1, 0),
    )
    answer = world.search(index).find("tulips")
    assert [(one.session_id, one.score, one.level, one.snippet) for one in answer.results] == [
        ("database", 0.9, 1, "an overview"),
        ("garden", 0.8, 0, "an abstract"),
    ]
    assert (answer.hits, answer.data_version) == (4, world.analytics.data_version())


def test_a_session_on_two_dates_comes_once_with_its_own_columns_and_names_the_other_date(world: Installation) -> None:
    index = Index(
        hit(f"/{D1}/{LONG}/digest.md", 0.6), hit(f"/{D2}/{LONG}", 0.9, 0), hit(f"/{D2}/{LONG}/digest.md", 0.5)
    )
    (found,) = world.search(index).find("printers").results
    assert (found.session_id, found.date, found.other_dates, found.uri) == ("long/1", D2, [D1], f"{ROOT}/{D2}/{LONG}")
    assert (found.outcome, found.total_cost_usd, found.l0) == ("success", 0.75, f"About long/1 on {D2}.")
    assert (found.published, found.start_time, found.environment) == (True, f"{D1}T10:00:00.000Z", "production")


def test_hits_on_dates_and_on_the_root_are_no_sessions(world: Installation) -> None:
    index = Index(hit("", 0.9, 0), hit(f"/{D1}", 0.8, 0), hit(f"/{D1}/.overview.md", 0.7, 1), hit(f"/{D3}/garden", 0.3))
    assert [one.session_id for one in world.search(index).find("tulips").results] == ["garden"]


def test_what_the_tables_do_not_know_yet_has_the_name_of_its_directory_and_no_columns(world: Installation) -> None:
    found = world.search(Index(hit(f"/{D3}/new-one", 0.9, 0, "New things."))).find("new").results[0]
    assert (found.session_id, found.published, found.l0, found.outcome) == ("new-one", False, "New things.", None)


def test_before_anything_is_published_there_are_hits_without_columns(tmp_path: Path) -> None:
    answer = Installation(tmp_path).search(Index(hit(f"/{D3}/garden", 0.9))).find("tulips")
    assert ([one.session_id for one in answer.results], answer.data_version) == (["garden"], None)


def many(count: int, times: int) -> list[dict[str, Any]]:
    """Hits on `count` sessions, `times` of each, all of a session in a row."""
    pairs = [(number, again) for number in range(count) for again in range(times)]
    return [hit(f"/{D1}/s{number}/digest.md", 1 - place / 1e4) for place, (number, _) in enumerate(pairs)]


@pytest.mark.parametrize(
    ("count", "times", "limit", "asked", "found"),
    [
        (200, 1, 10, [40], 10),  # four times as many, and at least 40
        (200, 2, 30, [120], 30),
        (90, 20, 10, [40, 160], 8),  # one more call, and then no more
        (90, 10, 10, [40, 160], 10),
        (3, 2, 10, [40], 3),  # there is nothing more to ask for
    ],
)
def test_more_hits_are_asked_for_once_where_they_give_too_few_sessions(
    tmp_path: Path, count: int, times: int, limit: int, asked: list[int], found: int
) -> None:
    index = Index(*many(count, times))
    answer = Installation(tmp_path).search(index).find("words", limit=limit)
    assert ([one["limit"] for one in index.asked], len(answer.results)) == (asked, found)


def test_a_date_range_is_searched_in_the_directories_of_its_dates(world: Installation) -> None:
    index = Index(days=["2026-10-31", D1, D2, D3])
    search = world.search(index)
    for since, until in ((None, None), (D2, None), (None, D1), (day(D1), D2)):
        search.find("words", since=since, until=until, tags=["Team=  Dark Red "], level=0)
    assert [one["target_uri"] for one in index.asked] == [
        ROOT,
        [f"{ROOT}/{D2}", f"{ROOT}/{D3}"],
        [f"{ROOT}/2026-10-31", f"{ROOT}/{D1}"],
        [f"{ROOT}/{D1}", f"{ROOT}/{D2}"],
    ]
    assert {(tuple(one["tags"]), one["level"]) for one in index.asked} == {(("team=dark red",), 0)}
    assert not {"since", "until"} & set(index.asked[0])


def test_tags_are_asked_for_as_the_index_holds_them() -> None:
    text = "A=b  C " + "d" * 80
    made = tags_of(staged("s", D1, [], segments=[("Query", text)]), [])
    assert checked_tags([f"Query={text}"]) == [one for one in made if one.startswith("query=")]


def test_dates_that_the_index_does_not_have_need_no_call(world: Installation) -> None:
    index = Index(hit(f"/{D1}/database", 0.9))
    assert world.search(index).find("words", since="2027-01-01").results == []
    assert index.asked == []


def test_an_answer_is_what_json_can_carry(world: Installation) -> None:
    answer = asdict(world.search(Index(hit(f"/{D1}/database", 0.9, 0))).find("down"))
    assert json.loads(json.dumps(answer)) == answer


async def test_inside_an_event_loop_it_is_awaited(world: Installation) -> None:
    answer = await world.search(Index(hit(f"/{D1}/database", 0.9, 0))).afind("down")
    assert answer.results[0].outcome == "failed"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"limit": 0}, "1 to 100"),
        ({"limit": 101}, "1 to 100"),
        ({"level": 3}, "level 3"),
        ({"tags": ["outcome"]}, "key=value"),
        ({"tags": ["=failed"]}, "key=value"),
        ({"since": "yesterday"}, "not a date"),
        ({"since": D2, "until": D1}, "swap them"),
        ({"words": "  "}, "needs words, or a tag"),
    ],
)
def test_what_cannot_be_searched_for_is_named(world: Installation, given: dict[str, Any], words: str) -> None:
    with pytest.raises(BadSearch, match=words):
        world.search(Index()).find(**{"words": "words", **given})


def test_without_an_index_it_says_which_variables_to_set(world: Installation) -> None:
    with pytest.raises(ConfigurationError, match="OPENVIKING_URL is not set.*OPENVIKING_API_KEY"):
        world.search().find("words")


def test_every_staged_session_of_these_tests_is_published(world: Installation) -> None:
    assert world.analytics.count_sessions() == len({one.session_id for one in sessions()}) == 5
