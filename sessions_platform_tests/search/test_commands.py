"""`search` and `session` as a person meets them; nothing in a session's text reaches the terminal as more than text."""

import json
import re
import sys
from collections.abc import Callable

import pytest
from rich.console import Console

from sessions_platform import cli, cli_search
from sessions_platform.cli_search import plain
from sessions_platform_tests.search.support import D1, D3, HOSTILE, Installation

Ran = tuple[int, str, str]
Run = Callable[..., Ran]
STEERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def run(world: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on the installation without an index; exit code, stdout and stderr."""
    monkeypatch.chdir(world.home)
    monkeypatch.setenv("SESSIONS_HOME", str(world.home))
    # A console takes its width when it is made: at import, where tests have no terminal.
    monkeypatch.setattr(cli_search, "out", Console(width=100, highlight=False, markup=False, emoji=False))
    for name in ("SESSIONS_STORE_URL", "OPENVIKING_URL", "OPENVIKING_API_KEY", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def command(*words: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["sessions-platform", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return command


def test_words_in_double_quotes_are_an_exact_string(run: Run) -> None:
    code, out, err = run("search", '"connection refused"')
    assert (code, err) == (0, "")
    assert re.search(rf"2 +{D1} +failed +\$0\.2500 +1 +database", out)
    assert "error: FATAL: Connection Refused by host" in out
    assert "sessions-platform session database" in out
    assert run("search", "--exact", "connection refused")[1] == out


def test_the_json_of_an_exact_search(run: Run) -> None:
    code, out, _ = run("search", '"zanzibar-7"', "--json", "--limit", "5", "--since", D3)
    answer = json.loads(out)
    assert code == 0
    assert set(answer) == {
        *("kind", "text", "results", "sessions_read", "complete", "unreadable", "data_version"),
    }
    assert (answer["kind"], answer["text"], answer["sessions_read"]) == ("exact", "zanzibar-7", 2)
    (found,) = answer["results"]
    assert (found["session_id"], found["date"], found["message_index"], found["total_turns"]) == ("kitchen", D3, 1, 1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("search", "printers"), "OPENVIKING_URL is not set"),
        (("search", '"x"', "--tag", "team=red"), "--tag and --level are for searches by meaning"),
        (("search", '"x"', "--since", "soon"), "'soon' is not a date like 2026-11-03"),
        (("search", '"x"', "--since", D3, "--until", D1), "swap them"),
        (("search", '"x"', "--limit", "101"), "--limit"),
        (("search", "--exact", " "), "needs a string"),
        (("session", "gardn"), "did you mean garden?"),
        (("session", "garden", "--digest", "--transcript"), "not both"),
    ],
)
def test_bad_input_is_one_line_on_stderr_and_exit_2(run: Run, words: tuple[str, ...], said: str) -> None:
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert said in err and err.startswith("sessions-platform: ") and err.count("\n") == 1


def test_a_session_is_shown_with_facts_overview_and_timeline(run: Run) -> None:
    code, out, err = run("session", "database")
    assert (code, err) == (0, "")
    for words in (
        f"{D1} 09:00 UTC",
        "outcome failed (rule:ended_in_error)",
        "cost $0.2500",
        "The database is down",
        "-> psql [FAILED, 10 ms]",
        "result: FATAL: Connection Refused by host",
        "sessions-platform session database --transcript",
    ):
        assert words in out, words
    assert max(map(len, out.splitlines())) <= 100


def test_times_of_a_session_on_two_dates_have_their_dates(run: Run) -> None:
    out = run("session", "long/1")[1]
    assert "11-01 10:00:01" in out and "11-02 10:00:01" in out
    assert "11-01 09" not in run("session", "database")[1].partition("Timeline")[2]


def test_the_json_of_a_session_and_of_its_transcript(run: Run) -> None:
    view = json.loads(run("session", "long/1", "--json")[1])
    assert set(view) == {"session_id", "session", "slices", "timeline", "data_version"}
    assert [one["overview_from"] for one in view["slices"]] == ["digest", "digest"]
    documents = json.loads(run("session", "hostile", "--transcript", "--json")[1])["documents"]
    assert HOSTILE in documents[0]["text"], "machines get every sign"


def test_hostile_texts_are_only_text_on_a_terminal(run: Run) -> None:
    for words in (
        ("search", '"owned"'),
        ("search", "--exact", "[link=http"),
        ("session", "hostile"),
        ("session", "hostile", "--digest"),
        ("session", "hostile", "--transcript"),
    ):
        code, out, err = run(*words)
        assert code == 0
        assert not STEERS.search(out + err), words
        # Neither markup nor emoji codes are read.
        assert "[red]:boom: [link=http://x]y[/link]" in " ".join(out.split()), words


def test_control_signs_fall_away_and_lines_stay_where_they_are_wanted() -> None:
    assert plain("a\x1b[31m\r\nb\u202ec\ud800") == "a[31m bc\N{REPLACEMENT CHARACTER}"
    assert plain("a\tb\r\nc\rd\x00\n", lines=True) == "a\tb\ncd\n"


def test_a_long_timeline_is_cut_in_its_middle_unless_all_is_asked_for(
    run: Run, world: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sessions_platform.cli_search._FIRST", 1)
    monkeypatch.setattr("sessions_platform.cli_search._LAST", 1)
    shown, whole = run("session", "database")[1], run("session", "database", "--all")[1]
    assert "2 more; --all shows them" in shown and "-> psql" not in shown
    assert "more; --all" not in whole and "-> psql" in whole
