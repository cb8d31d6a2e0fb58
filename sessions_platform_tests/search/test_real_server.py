"""Search over a real OpenViking server whose only model is the offline gateway: loaded as the platform loads it."""

import asyncio
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sessions_platform import cli
from sessions_platform.gateway import Gateway
from sessions_platform.indexing.payload import date_uri, digest_uri, session_uri, tags_of, transcript_uris
from sessions_platform.openviking_server import OpenVikingServer, ServerOptions
from sessions_platform.resources.openviking import FileWrite, OpenVikingClient
from sessions_platform.search import SessionSearch
from sessions_platform.sessions.digest import abstract_of, digest_of
from sessions_platform.sessions.transcript import transcript_parts
from sessions_platform_tests.search.support import D1, D2, D3, Installation, installed, sessions

# The server's start takes 20 to 90 seconds on a busy machine.
pytestmark = pytest.mark.timeout(400)
SCORES = ["success"]


@dataclass
class World:
    """An installation whose sessions stand in a real index."""

    installation: Installation
    server: OpenVikingServer
    search: SessionSearch


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home = tmp_path_factory.mktemp("real")
    made = installed(home)
    with Gateway() as gateway, OpenVikingServer(ServerOptions(home, gateway.api_base)) as server:

        def client() -> OpenVikingClient:
            return OpenVikingClient(server.url, server.user_key)

        asyncio.run(load(client()))
        yield World(made, server, SessionSearch(made.analytics, lambda: made.store, client, outcome_scores=SCORES))


async def load(client: OpenVikingClient) -> None:
    """Abstract, hidden transcript, digest, then tags, date by date."""
    async with client:
        for day in (D1, D2, D3):
            here = [(one, session_uri(day, one.session_id)) for one in sessions() if one.date == day]
            for one, uri in here:
                await client.mkdir(uri, abstract_of(one, SCORES))
            transcripts = [
                FileWrite(transcript_uris(uri, 1)[0], transcript_parts(one)[0].decode()) for one, uri in here
            ]
            await client.batch_write(date_uri(day), transcripts, deferred=True)
            digests = [FileWrite(digest_uri(uri), digest_of(one, SCORES)) for one, uri in here]
            await client.batch_write(date_uri(day), digests)
            assert await client.wait_for_queues(120)
            for one, uri in here:
                assert await client.set_tags(uri, tags_of(one, SCORES)) == 3


def test_a_session_is_found_by_meaning_with_outcome_and_cost_of_the_tables(real: World) -> None:
    answer = real.search.find("who waters tulips in a garden")
    first = answer.results[0]
    assert (first.session_id, first.date, first.total_cost_usd, first.total_turns) == ("garden", D3, 0.25, 1)
    assert sorted(one.session_id for one in answer.results) == ["database", "garden", "hostile", "kitchen", "long/1"]
    assert answer.hits > 5
    long = next(one for one in answer.results if one.session_id == "long/1")
    assert (long.outcome, long.total_cost_usd, sorted([long.date, *long.other_dates])) == ("success", 0.75, [D1, D2])


@pytest.mark.parametrize("level", [0, 1, 2])
def test_each_level_finds_it_alone(real: World, level: int) -> None:
    first = real.search.find("water the tulips", level=level).results[0]
    assert (first.session_id, first.level) == ("garden", level)


def test_a_date_range_leaves_out_better_hits(real: World) -> None:
    assert {one.date for one in real.search.find("water the tulips", until=D2).results} == {D1, D2}
    assert [one.date for one in real.search.find("water the tulips", since=D2, until=D2).results] == [D2, D2]
    assert real.search.find("water the tulips", since="2027-01-01").results == []


def test_tags_must_all_be_there(real: World) -> None:
    found = real.search.find("water the tulips", tags=["Outcome=Success"]).results
    assert [(one.session_id, one.date) for one in found] == [("long/1", D2)]
    assert real.search.find("water the tulips", tags=["outcome=success", f"date={D1}"]).results == []
    assert {one.session_id for one in real.search.find("", tags=[f"date={D3}"]).results} == {"garden", "kitchen"}


def test_what_stands_only_in_a_transcript_is_found_by_exact_string_alone(real: World) -> None:
    assert [one.session_id for one in real.search.exact("zanzibar-7").results] == ["kitchen", "long/1"]


def test_a_session_is_read_from_the_index(real: World) -> None:
    view = real.search.session("garden")
    (one,) = view.slices
    assert (one.overview_from, one.note) == ("index", "")
    assert "tulips" in one.overview
    (transcript,) = real.search.documents("garden", "transcript")
    (staged,) = [one for one in sessions() if one.session_id == "garden"]
    assert transcript.text.encode() == b"".join(transcript_parts(staged))
    assert transcript.source == view.slices[0].transcript_uris == transcript_uris(session_uri(D3, "garden"), 1)
    (digest,) = real.search.documents("garden", "digest")
    assert (digest.text, digest.source) == (digest_of(staged, SCORES), [one.digest_uri])


def test_the_command_answers_for_people_and_machines(
    real: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(real.installation.home)
    monkeypatch.setenv("SESSIONS_HOME", str(real.installation.home))
    monkeypatch.delenv("SESSIONS_STORE_URL", raising=False)
    monkeypatch.setenv("OPENVIKING_URL", real.server.url)
    monkeypatch.setenv("OPENVIKING_API_KEY", real.server.user_key)
    monkeypatch.setenv("COLUMNS", "100")

    def said(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["sessions-platform", "search", "restart it", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert not ended.value.code
        return capsys.readouterr().out

    answer = json.loads(said("--json", "--limit", "1", "--tag", f"date={D2}", "--since", D1))
    assert set(answer) == {"kind", "words", "results", "hits", "data_version"}
    (found,) = answer["results"]
    assert (answer["kind"], found["session_id"], found["published"]) == ("meaning", "hostile", True)
    assert {"score", "date", "uri", "l0", "outcome", "total_cost_usd", "total_turns", "environment"} <= set(found)
    shown = said("--tag", f"date={D2}")
    assert "hostile" in shown and "sessions-platform session hostile" in shown
    assert "\x1b" not in shown and max(map(len, shown.splitlines())) <= 100
