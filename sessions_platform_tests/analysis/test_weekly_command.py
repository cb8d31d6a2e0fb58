"""`weekly` and `decide` as a person meets them: decisions, dry runs that write nothing, bad weeks in one line."""

import json
import re
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from sessions_platform import cli, cli_shared, cli_weekly
from sessions_platform_tests.analysis.planted import Plan, World, planted

MONDAY, WEEK = date(2026, 10, 19), "2026-W43"
PLAN = Plan(MONDAY, sessions=100, timeouts=16, claims=14, days=3)
Ran = tuple[int, str, str]
Run = Callable[..., Ran]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Three days of a week, not analysed yet."""
    home = tmp_path_factory.mktemp("command")
    (home / "dagster").mkdir()
    storage = "event_log_storage: {module: dagster._core.storage.event_log, class: InMemoryEventLogStorage}\n"
    (home / "dagster" / "dagster.yaml").write_text(f"{storage}telemetry: {{enabled: false}}\n", encoding="utf-8")
    return World(home).put(PLAN).publish()


@pytest.fixture
def run(world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on that installation; exit code, stdout and stderr."""
    monkeypatch.chdir(world.home)
    monkeypatch.setenv("SESSIONS_HOME", str(world.home))
    monkeypatch.setenv("SESSIONS_START_DATE", "2026-10-01")
    # The command sets it for the processes it starts; other tests must not inherit it.
    monkeypatch.setenv("DAGSTER_HOME", str(world.home / "dagster"))
    for module in (cli_shared, cli_weekly):
        monkeypatch.setattr(module, "out", Console(width=100, highlight=False, markup=False, emoji=False))
    for name in ("SESSIONS_STORE_URL", "SESSIONS_WEBHOOK_URL", "OPENVIKING_URL", "ANALYSIS_MODEL", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def command(*words: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["sessions-platform", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return command


def files(folder: Path) -> dict[str, int]:
    """Every file of the store and the published one, with the time of its last change; locks are no data."""
    kept = [*(folder / "store").rglob("*"), folder / "analytics.duckdb", *(folder / "weekly").rglob("*")]
    return {str(path): path.stat().st_mtime_ns for path in kept if path.is_file()}


def test_a_dry_run_says_what_would_be_read_and_writes_nothing(run: Run, world: World) -> None:
    before = files(world.home)
    code, out, err = run("weekly", "--week", WEEK, "--dry-run")
    assert (code, err) == (0, "")
    assert out.startswith(f"{WEEK}: 100 sessions, 0 of them without staged texts; driver rules\n")
    assert re.search(r"^ *all +constraint log +100 *$", out, re.MULTILINE)
    assert out.endswith("0 tokens of a model, $0.00; nothing was written\n")
    plan = json.loads(run("weekly", "--week", WEEK, "--dry-run", "--json")[1])
    tiers = {row["tier"]: 0 for row in plan["reading"]}
    for row in plan["reading"]:
        tiers[row["tier"]] += row["sessions"]
    assert (plan["sessions"], tiers["all"], plan["tokens"], plan["usd"]) == (100, 100, 0, 0.0)
    assert 30 <= tiers["L0"] <= 100 and tiers["L1"] <= 300 and tiers["L2"] <= 150
    assert files(world.home) == before


def test_weekly_prints_decisions_with_figures_and_where_the_report_is(run: Run, world: World) -> None:
    code, out, err = run("weekly", "--week", WEEK)
    assert code == 0
    assert err == "warning: week_facts: not complete: 2026-10-22, 2026-10-23, 2026-10-24, 2026-10-25\n"
    assert out.startswith(f"Sessions, week {WEEK}: 100 sessions, ")
    assert re.search(r"^1\. .+: \d.*%, 1[46] sessions, new, confidence \w+$", out, re.MULTILINE)
    place = f"{world.home}/store/reports/week={WEEK}/report.md"
    assert out.endswith(f"report    {place}\n") and Path(place.removeprefix("file://")).exists()
    made = json.loads(run("weekly", "--week", WEEK, "--json")[1])
    assert (made["ok"], made["week"], made["report"]) == (True, WEEK, place)
    assert {one["sessions"] for one in made["decisions"]} == {len(ids) for ids in planted(PLAN).values()}
    assert all(0 < one["value"] <= 1 and one["n"] and one["status"] == "new" for one in made["decisions"])


def test_decide_is_kept_and_the_next_report_leaves_the_finding_out(run: Run, world: World) -> None:
    decisions = json.loads(run("weekly", "--week", WEEK, "--json")[1])["decisions"]
    name = decisions[0]["finding_id"]
    code, out, _ = run("decide", name, "reject", "--note", "known")
    assert code == 0 and out.startswith("rejected: ")
    left = json.loads(run("weekly", "--week", WEEK, "--json")[1])["decisions"]
    assert [one["finding_id"] for one in left] == [one["finding_id"] for one in decisions[1:]]
    (row,) = world.analytics.records("SELECT verdict, note FROM decisions WHERE finding_id = $id", {"id": name})
    assert (row["verdict"], row["note"]) == ("reject", "known")
    assert json.loads(run("decide", name, "accept", "--json")[1])["verdict"] == "accept"
    assert len(json.loads(run("weekly", "--week", WEEK, "--json")[1])["decisions"]) == len(decisions)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("weekly", "--week", "2026-W99"), "'2026-W99' is not an ISO week like 2026-W45"),
        (("weekly", "--week", "last"), "'last' is not an ISO week like 2026-W45"),
        (("weekly", "--week", "2026-W4"), "'2026-W4' is not an ISO week like 2026-W45"),
        (("weekly", "--week", "9999-W20"), "--week 9999-W20 is not over in UTC yet"),
        (("weekly", "--week", "9999-W20", "--dry-run"), "--week 9999-W20 is not over in UTC yet"),
        (("weekly", "--week", "2026-W20"), "--week 2026-W20 is before SESSIONS_START_DATE=2026-10-01"),
        (("weekly",), "Missing option '--week'"),
        (("decide", "f-nothing", "reject"), "no finding 'f-nothing' in "),
        (("decide", "f-nothing", "perhaps"), "'perhaps' is not one of 'accept', 'reject'"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_2(run: Run, words: tuple[str, ...], said: str) -> None:
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1 and err.startswith("sessions-platform: ") and said in err


def test_a_driver_that_there_is_not_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANALYSIS_MODEL", "openai:gpt-9")
    code, _, err = run("weekly", "--week", WEEK, "--dry-run")
    assert code == 2 and err.startswith("sessions-platform: ANALYSIS_MODEL='openai:gpt-9': the only driver")
