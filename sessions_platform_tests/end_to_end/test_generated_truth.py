"""Generated sessions from server to published file, against figures counted from their scripts.

Sessions go over midnight, also within a trace and over three days; both profiles must give the same tables.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import duckdb
import msgspec
import pytest
import zstandard

from sessions_platform.demo.generator import generate, stream
from sessions_platform.demo.server import Dataset, LangfuseServer
from sessions_platform.demo.truth import Truth
from sessions_platform.demo.wire import Profile
from sessions_platform.sessions.assemble import assemble
from sessions_platform.sessions.model import Message, Observation
from sessions_platform.sessions.segments import Taxonomy
from sessions_platform_tests.end_to_end.support import counts, installation, made_once, one, run, tables

DAYS = [date(2026, 10, 30), date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 2)]
SEED = 11
A_DAY = 12
PROFILES: tuple[Profile, ...] = ("delta", "full_history")


@dataclass
class Published:
    """A published file and what is true of it."""

    con: duckdb.DuckDBPyConnection
    database: Path
    truth: Truth


def _made(profile: Profile, factory: pytest.TempPathFactory) -> Path:
    def make(home: Path) -> object:
        corpus = generate(SEED, DAYS, A_DAY, profile=profile, canaries=True)
        with LangfuseServer(Dataset(corpus.observations, corpus.scores)) as server:
            return run(installation(server, home), f"{DAYS[0]}", f"{DAYS[-1]}")

    return made_once(factory, f"generated_{profile}", make) / "analytics.duckdb"  # type: ignore[arg-type]


@pytest.fixture(scope="module", params=PROFILES)
def published(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    database = _made(request.param, tmp_path_factory)
    truth = generate(SEED, DAYS, A_DAY, profile=request.param, canaries=True).truth
    with duckdb.connect(str(database), read_only=True) as con:
        yield Published(con, database, truth)


def test_sessions_stand_once_on_their_first_date_with_all_their_slices(published: Published) -> None:
    con, truth = published.con, published.truth
    assert one(con, "SELECT count(*) FROM sessions") == truth.sessions == len(DAYS) * A_DAY
    assert counts(con, "SELECT session_id, first_date::VARCHAR FROM sessions") == truth.first_date_per_session
    slices = counts(con, "SELECT session_id, list(date::VARCHAR ORDER BY date) FROM session_slices GROUP BY 1")
    assert slices == truth.dates_per_session
    assert max(map(len, slices.values())) == 3
    assert one(con, "SELECT count(DISTINCT user_id) FROM sessions") == len(truth.users)


def test_messages_by_role_are_those_of_the_scripts(published: Published) -> None:
    found = counts(published.con, "SELECT role, count(*) FROM messages GROUP BY 1")
    assert found == published.truth.messages_by_role
    assert sum(found.values()) == published.truth.messages
    assert counts(published.con, "SELECT origin, count(*) FROM messages GROUP BY 1") == {
        "row": published.truth.messages
    }


def test_calls_errors_operations_and_their_bases_are_those_of_the_scripts(published: Published) -> None:
    con, truth = published.con, published.truth
    assert counts(con, "SELECT tool_name, count(*) FROM tool_calls GROUP BY 1") == truth.tool_calls
    errors = "SELECT {}, count(*) FROM tool_calls WHERE NOT success GROUP BY 1"
    assert counts(con, errors.format("tool_name")) == truth.tool_errors
    assert counts(con, errors.format("success_basis")) == truth.errors_by_basis
    operations = "SELECT operation, count(*) FROM tool_calls WHERE operation != '' GROUP BY 1"
    assert counts(con, operations) == truth.operations
    rates = con.execute("SELECT sum(total_calls), sum(successful_calls) FROM tool_success_rates").fetchone()
    calls = truth.tool_calls.total()
    assert rates == (calls, calls - truth.tool_errors.total())


def test_utterances_by_agent_are_those_of_the_scripts(published: Published) -> None:
    con, expected = published.con, published.truth.utterances_by_agent
    assert counts(con, "SELECT agent_name, count(*) FROM messages WHERE is_utterance GROUP BY 1") == expected
    active = counts(con, "SELECT agent_name, sum(message_count) FROM agent_activity GROUP BY 1")
    assert {agent: n for agent, n in active.items() if n} == expected


def test_transitions_are_those_of_the_scripts_also_over_midnight(published: Published) -> None:
    sql = "SELECT from_agent || ' -> ' || to_agent, sum(interaction_count) FROM interaction_matrix GROUP BY 1"
    assert counts(published.con, sql) == published.truth.transitions


def test_each_date_has_its_own_figures(published: Published) -> None:
    con = published.con
    for day, expected in published.truth.by_date.items():
        metrics = con.execute(
            "SELECT total_sessions, message_count, tool_call_count, "
            "round(tool_call_count * (1 - coalesce(tool_success_rate, 1)))::INT FROM daily_metrics WHERE date = ?",
            [day],
        ).fetchone()
        assert (day, metrics) == (
            day,
            (expected.sessions, expected.messages, expected.tool_calls, expected.tool_errors),
        )
        turns = one(con, "SELECT coalesce(sum(total_turns), 0) FROM sessions WHERE first_date = ?", day)
        mean = one(con, "SELECT average_turns_per_session FROM daily_metrics WHERE date = ?", day)
        assert (day, turns) == (day, expected.turns)
        assert mean == pytest.approx(expected.turns / expected.sessions if expected.sessions else mean)
        cost = one(con, "SELECT total_cost_usd FROM daily_metrics WHERE date = ?", day)
        assert cost == pytest.approx(expected.cost_usd, abs=1e-9)
        assert one(con, "SELECT sum(message_count) FROM agent_activity WHERE date = ?", day) == expected.utterances
        calls = one(con, "SELECT sum(total_calls) FROM tool_success_rates WHERE date = ?", day)
        assert calls == expected.tool_calls
        sql = "SELECT coalesce(sum(interaction_count), 0) FROM interaction_matrix WHERE date = ?"
        assert (day, one(con, sql, day)) == (day, expected.interactions)


def test_turns_statuses_and_outcomes_of_every_session_are_those_of_the_scripts(published: Published) -> None:
    con, truth = published.con, published.truth
    assert counts(con, "SELECT session_id, total_turns FROM sessions") == truth.turns_per_session
    last_end = one(con, "SELECT max(date) + INTERVAL 1 DAY - INTERVAL 1 HOUR FROM data_health")
    settled = counts(con, "SELECT s.session_id, status FROM sessions AS s WHERE end_time < ?", last_end)
    assert settled == {key: truth.status_per_session[key] for key in settled}
    assert len(settled) >= truth.sessions - 5
    known = counts(con, "SELECT session_id, outcome FROM sessions WHERE outcome_basis = 'score:success'")
    assert known == truth.outcome_per_session
    unscored = "SELECT count(*) FROM sessions WHERE outcome = 'unknown' OR outcome_basis LIKE 'rule:%'"
    assert one(con, unscored) == truth.sessions - len(known)


def test_costs_and_whether_they_are_complete_are_those_of_the_scripts(published: Published) -> None:
    con, truth = published.con, published.truth
    costs = counts(con, "SELECT session_id, total_cost_usd FROM sessions")
    assert costs == pytest.approx(truth.cost_per_session, abs=1e-9)
    assert one(con, "SELECT sum(cost_usd) FROM model_calls") == pytest.approx(truth.cost_usd, abs=1e-9)
    assert counts(con, "SELECT session_id, cost_complete FROM sessions") == truth.cost_complete_per_session
    assert False in truth.cost_complete_per_session.values()


def test_nothing_planted_stands_in_any_file_of_the_installation(published: Published) -> None:
    everything = [str(row) for rows in tables(published.database).values() for row in rows]
    for path in published.database.parent.rglob("*"):
        if path.is_file() and path.suffix != ".duckdb":
            with path.open("rb") as stream:
                plain = zstandard.ZstdDecompressor().stream_reader(stream) if path.suffix == ".zst" else stream
                everything.append(plain.read().decode(errors="replace"))
    text = "\n".join(everything)
    assert [canary for canary in published.truth.canaries if canary.value in text] == []
    assert len(published.truth.canaries) == 4 * published.truth.sessions


def test_both_profiles_give_the_same_messages_and_calls(tmp_path_factory: pytest.TempPathFactory) -> None:
    delta, full = (tables(_made(profile, tmp_path_factory)) for profile in PROFILES)
    for name in ("messages", "tool_calls", "model_calls", "sessions", "interaction_matrix", "daily_metrics"):
        assert delta[name] == full[name]


@pytest.mark.parametrize("profile", PROFILES)
def test_slices_assembled_alone_give_the_figures_of_the_script(profile: Profile) -> None:
    """The same without server and store, over more sessions: where this holds and the file differs, look behind it."""
    taxonomy = Taxonomy.parse(files("sessions_platform").joinpath("taxonomy.yaml").read_text(encoding="utf-8"))
    for session in stream(SEED + 1, DAYS[:3], 60, profile=profile):
        script, truth = session.script, Truth()
        truth.add(script)
        rows = [msgspec.convert(row, Observation) for row in session.observations]
        messages: list[Message] = []
        for number, day in enumerate(truth.dates_per_session[script.id]):
            traces = {row.trace_id for row in rows if row.start_time[:10] == day}
            context = [row for row in rows if row.trace_id in traces]
            found = assemble(script.id, day, context, [], taxonomy)
            messages += [*(found.history if number == 0 else []), *found.messages]
        said = [message for message in messages if message.is_utterance]
        assert Counter(message.role for message in messages) == truth.messages_by_role
        assert Counter(message.agent_name for message in said) == truth.utterances_by_agent
        assert sum(message.opens_turn for message in messages) == len(script.turns)
        assert Counter(f"{a.agent_name} -> {b.agent_name}" for a, b in pairwise(said)) == truth.transitions
        calls = [part for message in messages for part in message.parts if part.type == "tool"]
        answered = [part for part in calls if part.tool_status != "requested"]
        assert Counter(part.tool_name for part in answered) == truth.tool_calls
        assert Counter(part.success_basis for part in answered if part.success is False) == truth.errors_by_basis
        assert found.session.end_state == script.status
