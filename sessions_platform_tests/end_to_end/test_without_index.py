"""The daily job, as schedule and UI start it, where OPENVIKING_URL is not set."""

from pathlib import Path

import dagster as dg

from sessions_platform.automation import DAILY_JOB
from sessions_platform.definitions import build_defs
from sessions_platform.demo.dataset import Dataset
from sessions_platform.demo.generator import generate
from sessions_platform.demo.server import LangfuseServer
from sessions_platform_tests.end_to_end.support import days_between, installation, settings_of

DAY = "2026-11-06"
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def test_the_whole_daily_job_succeeds_and_says_that_nothing_was_indexed(tmp_path: Path) -> None:
    corpus = generate(23, days_between(DAY, DAY), 3)
    with LangfuseServer(Dataset(corpus.observations, corpus.scores)) as server, dg.instance_for_test() as instance:
        settings = settings_of(installation(server, tmp_path / "home"))
        job = build_defs(settings).resolve_job_def(DAILY_JOB)
        result = job.execute_in_process(partition_key=DAY, instance=instance, run_config=QUIET, raise_on_error=False)
    assert result.success
    made = {event.asset_key.to_user_string(): event for event in result.get_asset_materialization_events()}
    assert "analytics_database" in made
    note = made["openviking_commits"].materialization.metadata["note"].value
    assert note == "OPENVIKING_URL is not set: nothing is loaded into an index"
