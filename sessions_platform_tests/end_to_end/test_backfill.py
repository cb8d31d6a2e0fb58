"""Several days at once where one fails, and old days for which the source has no answer any more."""

from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from sessions_platform.demo.dataset import Dataset
from sessions_platform.demo.generator import Corpus, generate
from sessions_platform.demo.server import LangfuseServer, ServerOptions
from sessions_platform_tests.end_to_end.support import (
    counts,
    days_between,
    differing,
    installation,
    run,
    run_command,
    states,
    tables,
)

FIRST, LAST = "2026-10-20", "2026-10-24"
DAYS = [str(day) for day in days_between(FIRST, LAST)]
BROKEN = DAYS[2]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return generate(5, days_between(FIRST, LAST), 4)


def _published(home: Path) -> dict[str, bool]:
    with duckdb.connect(str(home / "analytics.duckdb"), read_only=True) as con:
        return counts(con, "SELECT date::VARCHAR, complete FROM data_health")


def test_one_day_of_five_that_fails_leaves_the_other_four_published(corpus: Corpus, tmp_path: Path) -> None:
    home = tmp_path / "home"
    raw = home / "store" / "raw" / f"date={BROKEN}"
    with LangfuseServer(Dataset(corpus.observations, corpus.scores)) as server:
        variables = installation(server, home)
        assert all(outcome.ok for outcome in run(variables, BROKEN, select="raw_sessions"))
        slices = sorted(raw.glob("[0-9]*.jsonl.zst"))
        damaged = slices[0].read_bytes()
        # Of the same size, so that only reading it shows the damage.
        slices[0].write_bytes(b"\x00" * len(damaged))
        result = run_command(variables, FIRST, LAST)
        assert result.returncode != 0
        (line,) = [text for text in result.stderr.splitlines() if not text.startswith("warning: ")]
        assert line.startswith(f"sessions-platform: {BROKEN}: ")
        assert f"raw/date={BROKEN}/{slices[0].name}" in line
        assert [day for day, complete in _published(home).items() if complete] == [day for day in DAYS if day != BROKEN]
        whole = tables(home / "analytics.duckdb")["daily_metrics"]
        assert [f"{row[0]}" for row in whole] == [day for day in DAYS if day != BROKEN]
        # Mended as the message says, the date follows; the others stay as they are.
        slices[0].unlink()
        assert [outcome.ok for outcome in run(variables, BROKEN)] == [True]
        assert _published(home) == dict.fromkeys(DAYS, True)
        expected = tmp_path / "expected"
        run(installation(server, expected), FIRST, LAST)
    assert differing(tables(home / "analytics.duckdb"), tables(expected / "analytics.duckdb")) == {}


@pytest.mark.parametrize("how", [pytest.param("access window", marks=pytest.mark.slow), "retention"])
def test_an_old_date_for_which_the_source_answers_nothing_stays_as_it_is(
    how: str, corpus: Corpus, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with LangfuseServer(Dataset(corpus.observations, corpus.scores)) as server:
        variables = installation(server, home)
        assert [outcome.ok for outcome in run(variables, FIRST, DAYS[1])] == [True, True]
        before = states(home / "store", home / "analytics.duckdb")
        server.options = (
            ServerOptions(access_window=timedelta(days=1))
            if how == "access window"
            else ServerOptions(access_window=timedelta(days=1), retention_days=1)
        )
        result = run_command(variables, FIRST)
    assert result.returncode == 0, result.stderr
    (said,) = result.stderr.splitlines()
    assert said.startswith(f"warning: {FIRST}: raw_sessions: {FIRST}: Langfuse ")
    assert "nothing was changed" in said
    assert differing(before, states(home / "store", home / "analytics.duckdb")) == {}
