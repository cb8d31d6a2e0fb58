"""The step that loads the index goes by the settings of its installation."""

from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from sessions_platform.assets.commits import commit_assets
from sessions_platform.partitions import daily
from sessions_platform.resources.openviking import OpenVikingClient
from sessions_platform.resources.platform import OpenVikingResource, resources
from sessions_platform.settings import Settings, load_settings
from sessions_platform_tests.indexing.fake_viking import FakeViking
from sessions_platform_tests.indexing.support import entries, put_staged, session, store_in

OLD = "2020-03-01"


class Faked(OpenVikingResource):
    """The index of a server in memory."""

    def __init__(self, settings: Settings, viking: FakeViking) -> None:
        super().__init__(settings)
        self._viking = viking

    def client(self) -> OpenVikingClient:
        return self._viking.client()


@pytest.mark.parametrize(("index_days", "transcripts"), [(0, [f"/{OLD}/session-0/.transcript.md"]), (30, [])])
def test_a_date_older_than_sessions_index_days_is_loaded_without_its_transcripts(
    tmp_path: Path, index_days: int, transcripts: list[str]
) -> None:
    viking, store = FakeViking(), store_in(tmp_path)
    put_staged(store, [session(0, day=OLD)], OLD)
    settings = load_settings(
        sessions_home=tmp_path,
        sessions_store_url=store.url,
        openviking_url="http://127.0.0.1:1",
        sessions_index_days=index_days,
    )
    given = resources(settings) | {"openviking": Faked(settings, viking)}
    assert dg.materialize(commit_assets(daily(date(2020, 1, 1))), resources=given, partition_key=OLD).success
    written = [uri.removeprefix("viking://resources/sessions") for uri in viking.files if ".transcript" in uri]
    assert written == transcripts
    line = entries(store, OLD)["session-0"]
    assert (line.status, line.transcript_parts) == ("verified", len(transcripts))
