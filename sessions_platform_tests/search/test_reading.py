"""One session is read from the index, else from its staged text; it always says which."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from sessions_platform.analytics import NotPublished
from sessions_platform.errors import StoreError
from sessions_platform.indexing.payload import session_uri
from sessions_platform.search import BadSearch, SessionView, UnknownSession
from sessions_platform.sessions.layout import staged_session_key
from sessions_platform_tests.search.support import D1, D2, D3, Index, Installation, installed, sessions

GARDEN = session_uri(D3, "garden")


def sources(view: SessionView) -> list[tuple[str, str]]:
    return [(one.date, one.overview_from) for one in view.slices]


def test_a_session_has_its_abstract_overview_columns_timeline_and_uris(world: Installation) -> None:
    index = Index()
    index.overviews[GARDEN] = "# garden\n\nTulips were watered."
    view = world.search(index).session("garden")
    (one,) = view.slices
    assert (one.l0, one.overview, one.overview_from) == (f"About garden on {D3}.", index.overviews[GARDEN], "index")
    assert (one.digest_uri, one.transcript_uris, one.note) == (f"{GARDEN}/digest.md", [f"{GARDEN}/.transcript.md"], "")
    assert (view.session["total_cost_usd"], view.data_version) == (0.25, world.analytics.data_version())
    assert [event["kind"] for event in view.timeline] == ["message", "message", "model_call"]
    assert json.loads(json.dumps(asdict(view))) == asdict(view)


def test_without_an_index_the_overview_is_the_digest_of_each_date(world: Installation) -> None:
    view = world.search().session("long/1")
    assert sources(view) == [(D1, "digest"), (D2, "digest")]
    assert "Move the printers" in view.slices[0].overview
    assert "OPENVIKING_URL is not set" in view.slices[0].note


@pytest.mark.parametrize("overview", ["", "[Directory overview is not ready]"])
def test_a_placeholder_is_no_overview(world: Installation, overview: str) -> None:
    index = Index()
    index.overviews[GARDEN] = overview
    (one,) = world.search(index).session("garden").slices
    assert (one.overview_from, one.note) == ("digest", "the index has no overview of it")


def test_an_index_that_is_away_hinders_no_reading(world: Installation) -> None:
    index = Index()
    index.away = True
    search = world.search(index)
    (one,) = search.session("garden").slices
    assert one.overview_from == "digest" and "cannot be reached" in one.note
    (document,) = search.documents("garden", "transcript")
    assert document.source == [staged_session_key(D3, "garden")]


def test_a_session_that_failed_to_load_says_why_it_is_not_in_the_index(tmp_path: Path) -> None:
    made = Installation(tmp_path)
    made.stage(sessions())
    made.publish()
    (one,) = made.search(Index()).session("garden").slices
    assert (one.uri, one.note, one.overview_from) == (None, "not in the index (not loaded)", "digest")
    assert one.l0.startswith("Water the tulips")


def test_the_transcript_is_read_from_the_index_in_all_its_parts(tmp_path: Path) -> None:
    made = Installation(tmp_path)
    made.stage(sessions())
    made.index(sessions(), transcript_parts=2)
    made.publish()
    index = Index()
    index.files = {f"{GARDEN}/.transcript.001.md": "Everything ", f"{GARDEN}/.transcript.002.md": "that was said."}
    (document,) = made.search(index).documents("garden", "transcript")
    assert (document.text, document.source) == ("Everything that was said.", list(index.files))


def test_digest_and_transcript_are_made_from_the_staged_session_where_the_index_has_none(world: Installation) -> None:
    search = world.search(Index())
    (digest,) = search.documents("garden", "digest")
    first, second = search.documents("long/1", "transcript")
    assert "Watered the tulips in the garden" in digest.text
    assert digest.source == [staged_session_key(D3, "garden")]
    assert (first.date, second.date) == (D1, D2)
    assert "«Zanzibar-7»" in second.text and "«Zanzibar-7»" not in first.text


def test_a_session_whose_staged_object_is_gone_has_still_its_timeline(tmp_path: Path) -> None:
    made = installed(tmp_path)
    made.store.delete([staged_session_key(D3, "garden")])
    search = made.search()
    (one,) = search.session("garden").slices
    assert (one.overview, one.overview_from, one.l0) == ("", "", f"About garden on {D3}.")
    assert staged_session_key(D3, "garden") in one.note
    with pytest.raises(StoreError, match="garden"):
        search.documents("garden", "transcript")


@pytest.mark.parametrize(
    ("given", "meant"),
    [("gard", "garden"), ("GARDEN", "garden"), ("databse", "database"), ("long", "long/1"), ("zzzz", None)],
)
def test_an_unknown_id_names_near_ones(world: Installation, given: str, meant: str | None) -> None:
    with pytest.raises(UnknownSession) as error:
        world.search().session(given)
    assert repr(given) in str(error.value)
    assert ("did you mean" in str(error.value)) == (meant is not None)
    assert meant is None or f"did you mean {meant}" in str(error.value)


def test_no_id_is_refused_and_without_tables_nothing_is_known(world: Installation, tmp_path: Path) -> None:
    with pytest.raises(BadSearch):
        world.search().session(" ")
    with pytest.raises(NotPublished):
        Installation(tmp_path).search().session("garden")
