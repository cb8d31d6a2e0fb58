"""Killed, disturbed or repeated, a run ends in the same bytes; a finished day costs a few questions and no writing."""

import json
import random
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from sessions_platform.demo.generator import Corpus, generate
from sessions_platform.demo.options import Fault
from sessions_platform.demo.server import Dataset, LangfuseServer, ServerOptions
from sessions_platform_tests.end_to_end.support import (
    build,
    days_between,
    differing,
    files,
    installation,
    run,
    run_command,
    start_command,
    states,
    tables,
)

FIRST, LAST = "2026-10-20", "2026-10-21"
SEED = 20
FAULTS: dict[Fault, int] = {"429": 7, "500": 7, "cut": 7, "timeout": 7}


@dataclass
class Undisturbed:
    """What a run that nothing disturbed made, and how many files its store has."""

    home: Path
    files: int


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return generate(SEED, days_between(FIRST, LAST), 5)


@pytest.fixture(scope="module")
def undisturbed(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    home = tmp_path_factory.mktemp("undisturbed") / "home"
    with LangfuseServer(Dataset(corpus.observations, corpus.scores)) as server:
        result = run_command(installation(server, home), FIRST, LAST)
    assert result.returncode == 0, result.stderr
    return Undisturbed(home, len(files(home / "store")))


def _stored(home: Path) -> dict[str, bytes]:
    """Every file of the store, but for a killed trial of the store itself, which holds two letters."""
    return {name: data for name, data in files(home / "store").items() if not name.startswith(".check/")}


def _assert_same(home: Path, other: Path) -> None:
    assert differing(_stored(home), _stored(other)) == {}
    assert differing(tables(home / "analytics.duckdb"), tables(other / "analytics.duckdb")) == {}


def _kill(server: LangfuseServer, home: Path, at_files: int, then: float) -> bool:
    """Start the run, kill it so many seconds after its store has so many files; whether it was still running."""
    with start_command(installation(server, home), "run", "--from", FIRST, "--to", LAST) as process:
        while process.poll() is None and sum(path.is_file() for path in (home / "store").rglob("*")) < at_files:
            time.sleep(0.005)
        time.sleep(then)
        process.kill()
        process.communicate(timeout=30)
    return process.returncode < 0


def _assert_kills_leave_no_trace(corpus: Corpus, undisturbed: Undisturbed, folder: Path, times: int) -> None:
    chance = random.Random(SEED)
    killed = 0
    with LangfuseServer(Dataset(corpus.observations, corpus.scores)) as server:
        for number in range(times):
            home = folder / f"home{number}"
            # By what is stored, not by the clock: a busy machine must not move every kill to one end of the run.
            moment = round((number + chance.random()) / times * undisturbed.files)
            killed += _kill(server, home, moment, chance.random() / 5)
            outcomes = run(installation(server, home), FIRST, LAST)
            assert [outcome.ok for outcome in outcomes] == [True, True], outcomes
            _assert_same(undisturbed.home, home)
            left = [str(path) for path in home.rglob("*") if ".tmp-" in path.name or ".next" in path.name]
            assert left + [str(path) for path in (home / "tmp").rglob("*")] == [], f"killed at {moment} files"
    assert killed >= times - 2


def test_a_run_killed_at_any_moment_and_run_again_gives_the_same_bytes(
    corpus: Corpus, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    _assert_kills_leave_no_trace(corpus, undisturbed, tmp_path, 5)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_thirty_kills_spread_over_a_run_change_nothing(
    corpus: Corpus, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    _assert_kills_leave_no_trace(corpus, undisturbed, tmp_path, 30)


@pytest.mark.slow
def test_a_run_killed_again_and_again_on_its_way_still_ends_in_the_same_bytes(
    corpus: Corpus, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    home, chance = tmp_path / "home", random.Random(SEED + 1)
    with LangfuseServer(Dataset(corpus.observations, corpus.scores)) as server:
        for _ in range(3):
            _kill(server, home, round(chance.random() * undisturbed.files * 0.8), 0)
        run(installation(server, home), FIRST, LAST)
    _assert_same(undisturbed.home, home)


def test_running_finished_days_again_writes_nothing_and_asks_for_fingerprints_only(
    corpus: Corpus, undisturbed: Undisturbed
) -> None:
    home = undisturbed.home
    before = states(home / "store", home / "analytics.duckdb")
    with LangfuseServer(Dataset(corpus.observations, corpus.scores)) as server:
        result = run_command(installation(server, home), FIRST, LAST, "--json")
        asked = {path.rsplit("/public/", 1)[1] for path in server.stats.requests}
        requests = server.stats.requests.total()
    assert (result.returncode, result.stderr) == (0, "")
    assert differing(before, states(home / "store", home / "analytics.duckdb")) == {}
    assert asked == {"projects", "v2/metrics"}
    # A day has four fingerprints (rows, and three kinds of scores); the project is asked for once a step.
    assert requests <= 2 * 5 + 1
    seconds = [day["seconds"] for day in json.loads(result.stdout)["dates"]]
    assert len(seconds) == 2 and max(seconds) < 10


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_on_every_seventh_request_changes_nothing(
    fault: Fault, corpus: Corpus, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    _assert_faults_change_nothing(corpus, undisturbed, tmp_path, {fault: 7})


def test_faults_of_every_kind_at_once_change_nothing(corpus: Corpus, undisturbed: Undisturbed, tmp_path: Path) -> None:
    _assert_faults_change_nothing(corpus, undisturbed, tmp_path, {"cut": 5, "500": 7, "timeout": 11, "429": 13})


def _assert_faults_change_nothing(
    corpus: Corpus, undisturbed: Undisturbed, folder: Path, faults: dict[Fault, int]
) -> None:
    # The server closes a silent connection itself, so the client's 60 seconds need not pass.
    options = ServerOptions(faults=faults, hang=timedelta(seconds=0.2))
    # A 429 tells a limit of 30 a minute, and the client would keep to it: two minutes of waiting that prove nothing.
    unlimited = {"LANGFUSE_REQUESTS_PER_MINUTE": "100000"}
    with LangfuseServer(Dataset(corpus.observations, corpus.scores), options) as server:
        for day in (FIRST, LAST):
            build(installation(server, folder / "home", **unlimited), day)
        met = dict(server.stats.faults)
    assert set(met) == set(faults)
    assert sum(met.values()) >= 4
    _assert_same(undisturbed.home, folder / "home")
