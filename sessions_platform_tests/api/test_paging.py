"""Pages: each session once, in order, and on where the last page ended, whatever is published meanwhile."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from sessions_platform_tests.api.conftest import client_of
from sessions_platform_tests.search.support import Installation
from sessions_platform_tests.staged_sessions import staged, user

DAYS = ["2026-11-01", "2026-11-02", "2026-11-03"]


@pytest.fixture
def world(tmp_path: Path) -> Installation:
    made = Installation(tmp_path)
    made.stage(
        [staged(f"s{number:02d}", day, [user("hi")], hour=9 + number % 2) for day in DAYS[:1] for number in range(7)]
    )
    made.stage([staged(f"t{number:02d}", DAYS[1], [user("hi")]) for number in range(5)])
    made.publish()
    return made


def page(client: TestClient, cursor: str | None, **more: object) -> tuple[list[str], str | None, int]:
    found = client.get("/api/sessions", params={"limit": 3, "cursor": cursor or "", **more}).json()
    return [one["session_id"] for one in found["sessions"]], found["next_cursor"], found["total"]


def test_pages_hold_each_session_once_in_the_order_of_the_whole_list(world: Installation) -> None:
    client = client_of(world.home)
    whole = [one["session_id"] for one in client.get("/api/sessions?limit=500").json()["sessions"]]
    assert whole == [f"t{n:02d}" for n in range(5)] + [f"s{n:02d}" for n in (1, 3, 5, 0, 2, 4, 6)]
    seen, cursor = [], None
    for _ in range(4):
        ids, cursor, total = page(client, cursor)
        assert total == 12
        seen += ids
    assert (seen, cursor) == (whole, None)


def test_a_page_that_ends_with_the_list_has_no_next(world: Installation) -> None:
    client = client_of(world.home)
    found = client.get("/api/sessions?limit=12").json()
    assert (len(found["sessions"]), found["next_cursor"]) == (12, None)


def test_a_cursor_goes_on_where_it_was_after_another_publication(world: Installation) -> None:
    client = client_of(world.home)
    first, cursor, _ = page(client, None)
    # A newer day comes, and the session that the page ended with goes.
    world.stage([staged("u", DAYS[2], [user("hi")])])
    world.stage([staged(f"t{number:02d}", DAYS[1], [user("hi")]) for number in (0, 1, 3, 4)])
    world.publish()
    second, cursor, total = page(client, cursor)
    assert (first, second, total) == (["t00", "t01", "t02"], ["t03", "t04", "s01"], 12)
    assert page(client, cursor)[0] == ["s03", "s05", "s00"]


def test_pages_and_total_keep_to_the_filters(world: Installation) -> None:
    client = client_of(world.home)
    ids, cursor, total = page(client, None, to=DAYS[0])
    assert (ids, total) == (["s01", "s03", "s05"], 7)
    assert page(client, cursor, to=DAYS[0])[0] == ["s00", "s02", "s04"]


def test_a_cursor_behind_the_end_gives_an_empty_page_with_the_total(world: Installation) -> None:
    client = client_of(world.home)
    _, cursor, _ = page(client, None)
    assert page(client, cursor, text="t0") == (["t03", "t04"], None, 5)
    assert page(client, cursor, text="t00") == ([], None, 1)
