"""The published tables of the sample sessions against figures counted straight from their source data.

Odd definitions of the truth are explained in the sample's README. One run a set, over the sample's whole four weeks.
"""

import gzip
import json
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sessions_platform.demo.server import Dataset, LangfuseServer
from sessions_platform_tests.end_to_end.support import counts, installation, made_once, one, run, staged, text_of
from sessions_platform_tests.sample import SAMPLE, needs_sample

pytestmark = needs_sample
TAU, WHO, DOJO = "tau2_gpt41_ab", "whowhen_dev", "agentdojo_dev"
FULL = "tau2_gpt41_ab_fullhistory"
SETS = (TAU, WHO, DOJO)
MODEL = "ft-gpt-4.1-tau2-full-sft"


@dataclass
class Published:
    """A set's published file and store, and its truth."""

    con: duckdb.DuckDBPyConnection
    store: Path
    truth: dict[str, Any]
    per_session: dict[str, dict[str, Any]]


def _made(name: str, factory: pytest.TempPathFactory) -> Path:
    def make(home: Path) -> Any:
        changes = {"SESSIONS_OUTCOME_SCORES": "utility"} if name == DOJO else {}
        dataset = Dataset.from_folders([SAMPLE / "langfuse" / name])
        with LangfuseServer(dataset) as server:
            variables = installation(server, home, **changes)
            return [outcome for first, last in _spans(name) for outcome in run(variables, first, last)]

    return made_once(factory, name, make)


def _spans(name: str) -> list[tuple[str, str]]:
    """The dates to run: all four weeks, but where a set has rows on few of them only those, to save time."""
    truth = SAMPLE / "truth" / f"{name.removesuffix('_fullhistory')}.json"
    days = sorted(set(json.loads(truth.read_text(encoding="utf-8"))["first_day_by_session"].values()))
    if name == FULL:
        with gzip.open(SAMPLE / "langfuse" / name / "observations.jsonl.gz") as lines:
            days = sorted({json.loads(line)["startTime"][:10] for line in lines})
    spans: list[tuple[str, str]] = []
    for day in days:
        if spans and date.fromisoformat(day) - date.fromisoformat(spans[-1][1]) == timedelta(days=1):
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return spans


def _published(name: str, factory: pytest.TempPathFactory) -> Iterator[Published]:
    home = _made(name, factory)
    truth = json.loads((SAMPLE / "truth" / f"{name}.json").read_text(encoding="utf-8"))
    listed = SAMPLE / "truth" / f"{name}.sessions.jsonl"
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
    sessions = {entry["sessionId"]: entry for entry in map(json.loads, lines)}
    with duckdb.connect(str(home / "analytics.duckdb"), read_only=True) as con:
        yield Published(con, home / "store", truth, sessions)


@pytest.fixture(scope="module", params=SETS)
def published(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    yield from _published(request.param, tmp_path_factory)


@pytest.fixture(scope="module")
def tau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    yield from _published(TAU, tmp_path_factory)


@pytest.fixture(scope="module")
def who(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    yield from _published(WHO, tmp_path_factory)


@pytest.fixture(scope="module")
def dojo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    yield from _published(DOJO, tmp_path_factory)


def _spread(values: list[float]) -> dict[str, float]:
    """Figures of a list as the truth has them: p95 by nearest rank."""
    ordered = sorted(values)
    return {
        "max": ordered[-1],
        "mean": statistics.fmean(ordered),
        "median": statistics.median(ordered),
        "min": ordered[0],
        "n": len(ordered),
        "p95": ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))],
    }


def _tagged(published: Published, key: str, sql: str) -> list[Any]:
    """The column of a query of `sessions AS s` for a cohort such as `model=gpt-4.1,domain=retail` or `all`."""
    named = [part.split("=", 1) for part in key.split(",") if "=" in part]
    tests = " AND ".join(
        "EXISTS (FROM session_segments AS g WHERE g.session_id = s.session_id AND g.key = ? AND g.value = ?)"
        for _ in named
    )
    words = [word for pair in named for word in pair]
    return [value for (value,) in published.con.execute(f"{sql} WHERE {tests or 'true'}", words).fetchall()]  # noqa: S608


def test_every_session_is_there_once_on_its_first_day(published: Published) -> None:
    found = counts(published.con, "SELECT session_id, first_date::VARCHAR FROM sessions")
    assert found == published.truth["first_day_by_session"]
    assert one(published.con, "SELECT count(*) FROM sessions") == published.truth["sessions"]


def test_daily_metrics_count_each_session_on_its_first_day(published: Published) -> None:
    found = counts(published.con, "SELECT date::VARCHAR, total_sessions FROM daily_metrics")
    assert found == Counter(published.truth["first_day_by_session"].values())
    complete = counts(published.con, "SELECT date::VARCHAR, complete FROM data_health")
    assert complete == dict.fromkeys(found, True)


def test_four_weeks_have_their_28_dates(tau: Published) -> None:
    assert _spans(TAU) == [("2026-10-12", "2026-11-08")]
    assert one(tau.con, "SELECT count(*) FROM daily_metrics") == 28


@pytest.mark.parametrize("name", [TAU, DOJO])
def test_messages_by_role_are_those_of_the_source(name: str, request: pytest.FixtureRequest) -> None:
    published: Published = request.getfixturevalue({TAU: "tau", DOJO: "dojo"}[name])
    found = counts(published.con, "SELECT role, count(*) FROM messages GROUP BY 1")
    assert found == published.truth["messages_by_role"]
    assert sum(found.values()) == published.truth["messages"]
    assert one(published.con, "SELECT sum(message_count) FROM sessions") == published.truth["messages"]
    assert one(published.con, "SELECT sum(message_count) FROM daily_metrics") == published.truth["messages"]


def test_a_log_of_many_agents_gives_its_lines_and_one_question_a_session(who: Published) -> None:
    truth, con = who.truth, who.con
    by_speaker = counts(con, "SELECT agent_name, count(*) FROM messages WHERE is_utterance GROUP BY 1")
    assert by_speaker.pop("user") == truth["sessions"] == 28
    assert by_speaker == truth["messages_by_role"]
    assert one(con, "SELECT count(*) FROM messages WHERE is_utterance") == truth["messages"] + 28 == 277
    assert counts(con, "SELECT total_turns, count(*) FROM sessions GROUP BY 1") == {1: 28}
    lengths = [n - 1 for (n,) in con.execute("SELECT utterance_count FROM sessions").fetchall()]
    found = _spread([float(n) for n in lengths])
    assert found == pytest.approx(truth["turns_per_session"], abs=1e-6)


def test_calls_and_errors_of_every_tool_are_those_of_the_source(published: Published) -> None:
    truth = published.truth
    calls = counts(published.con, "SELECT tool_name, count(*) FROM tool_calls GROUP BY 1")
    errors = counts(published.con, "SELECT tool_name, count(*) FILTER (NOT success) FROM tool_calls GROUP BY 1")
    rates = counts(
        published.con,
        "SELECT tool_name, round(sum(successful_calls) / sum(total_calls), 6) FROM tool_success_rates GROUP BY 1",
    )
    found = {tool: {"calls": n, "errors": errors[tool], "success_rate": rates[tool]} for tool, n in calls.items()}
    assert found == truth["tools"]
    assert sum(calls.values()) == truth["tool_results_total"]
    assert sum(errors.values()) == truth["tool_errors_total"]
    overall = one(published.con, "SELECT sum(successful_calls) / sum(total_calls) FROM tool_success_rates")
    assert round(overall, 6) == truth["tool_success_rate"]


def test_error_types_are_those_that_the_tools_raised(dojo: Published) -> None:
    # The spans themselves say only `tool_error`; which error it was stands in their message.
    sql = "SELECT split_part(error_message, ':', 1), count(*) FROM tool_calls WHERE NOT success GROUP BY 1"
    found = counts(dojo.con, sql)
    assert found == dojo.truth["tool_error_types"]
    assert one(dojo.con, "SELECT count(*) FROM sessions WHERE status = 'error'") == len(dojo.truth["session_errors"])


def test_errors_are_those_whose_text_begins_so(tau: Published) -> None:
    found = counts(tau.con, "SELECT tool_name, count(*) FROM tool_calls WHERE NOT success GROUP BY 1")
    assert found == tau.truth["tool_errors_by_content_prefix_Error"]
    assert sum(found.values()) == tau.truth["tool_errors_by_content_total"]


@pytest.mark.parametrize("name", [TAU, DOJO])
def test_asked_calls_are_the_answered_and_the_requested(name: str, request: pytest.FixtureRequest) -> None:
    published: Published = request.getfixturevalue({TAU: "tau", DOJO: "dojo"}[name])
    asked: Counter[str] = Counter()
    for session in staged(published.store).values():
        parts = (part for message in session["messages"] for part in message["parts"] if part["type"] == "tool")
        asked.update(part["tool_name"] for part in parts)
    assert dict(asked) == published.truth["tool_calls_requested"]


def test_utterances_of_every_agent_are_those_of_the_source(published: Published) -> None:
    expected = dict(published.truth["agent_messages"])
    if published.truth["source"] == WHO:
        expected["user"] = 28
    said = counts(published.con, "SELECT agent_name, count(*) FROM messages WHERE is_utterance GROUP BY 1")
    assert said == expected
    active = counts(published.con, "SELECT agent_name, sum(message_count)::INT FROM agent_activity GROUP BY 1")
    assert {agent: n for agent, n in active.items() if n} == expected


def test_transitions_are_those_of_the_source(published: Published) -> None:
    sql = "SELECT from_agent || ' -> ' || to_agent, sum(interaction_count)::INT FROM interaction_matrix {} GROUP BY 1"
    # The question that opens a log of who and when is none of its lines.
    where = "WHERE from_agent != 'user'" if published.truth["source"] == WHO else "WHERE true"
    assert counts(published.con, sql.format(where)) == published.truth["agent_transitions"]
    without_self = counts(published.con, sql.format(f"{where} AND from_agent != to_agent"))
    assert without_self == published.truth["agent_transitions_no_self"]


def test_next_agent_of_a_message_is_the_speaker_of_the_next_utterance(published: Published) -> None:
    found = counts(
        published.con,
        "SELECT agent_name || ' -> ' || next_agent, count(*) FROM messages "
        "WHERE is_utterance AND next_agent IS NOT NULL AND agent_name != ? GROUP BY 1",
        "user" if published.truth["source"] == WHO else "",
    )
    assert found == published.truth["agent_transitions"]


def test_turns_of_every_session_are_those_of_the_source(tau: Published) -> None:
    found = counts(tau.con, "SELECT session_id, total_turns FROM sessions")
    assert found == {session_id: entry["turns"] for session_id, entry in tau.per_session.items()}
    assert _spread([float(n) for n in found.values()]) == pytest.approx(tau.truth["turns_per_session"], abs=1e-6)


def test_outcomes_by_tag_are_those_of_the_source(published: Published) -> None:
    for key, expected in published.truth["outcome"].items():
        key = key.removeprefix("utility,")
        outcomes = _tagged(published, key, "SELECT outcome FROM sessions AS s")
        successes = outcomes.count("success")
        found = {"n": len(outcomes), "rate": round(successes / len(outcomes), 6), "successes": successes}
        assert (key, found) == (key, expected)
        assert "unknown" not in outcomes


def test_outcomes_by_task_category_are_those_of_the_source(tau: Published) -> None:
    for key, expected in tau.truth["outcome_by_task_category"].items():
        outcomes = _tagged(tau, f"category={key}", "SELECT outcome FROM sessions AS s")
        assert len(outcomes) == expected["n"]
        assert round(outcomes.count("success") / len(outcomes), 6) == expected["rate"]


def test_two_models_on_the_same_task_can_be_paired(tau: Published) -> None:
    won = counts(tau.con, "SELECT session_id, outcome = 'success' FROM sessions")
    pairs: dict[tuple[str, str], dict[str, bool]] = {}
    for key, entry in tau.per_session.items():
        pairs.setdefault((entry["domain"], entry["task_id"]), {})[entry["model"]] = won[key]
    found = Counter(f"{MODEL}={pair[MODEL]},gpt-4.1={pair['gpt-4.1']}" for pair in pairs.values())
    assert found == tau.truth["paired_outcomes"]


def test_cost_by_tag_is_that_of_the_source(tau: Published) -> None:
    for key, expected in tau.truth["llm_cost_total_usd"].items():
        assert (key, round(sum(_tagged(tau, key, "SELECT total_cost_usd FROM sessions AS s")), 6)) == (key, expected)
    total = tau.truth["llm_cost_total_usd"]["all"]
    for table, column in (
        ("model_calls", "cost_usd"),
        ("agent_activity", "cost_usd"),
        ("daily_metrics", "total_cost_usd"),
    ):
        assert round(one(tau.con, f"SELECT sum({column}) FROM {table}"), 6) == total  # noqa: S608


def test_durations_by_tag_are_those_of_the_source(tau: Published) -> None:
    for key, expected in tau.truth["duration_s"].items():
        found = _spread(_tagged(tau, key, "SELECT duration_seconds FROM sessions AS s"))
        del found["p95"]
        # The API's times have milliseconds.
        assert found == pytest.approx({name: expected[name] for name in found}, abs=0.003)


def test_scores_carry_how_the_simulation_ended(tau: Published) -> None:
    sql = "SELECT value_text, count(*) FROM scores WHERE name = 'termination_reason' GROUP BY 1"
    assert counts(tau.con, sql) == tau.truth["termination_reasons"]


def test_every_session_has_its_own_figures(tau: Published) -> None:
    columns = "message_count, tool_call_count, tool_error_count, agent_count, total_turns"
    rows = tau.con.execute(f"SELECT session_id, {columns}, total_cost_usd, cost_complete FROM sessions").fetchall()  # noqa: S608
    names = ("messages", "tool_calls", "tool_errors", "agents", "turns")
    found = {row[0]: row[1:-2] for row in rows}
    assert found == {key: tuple(entry[name] for name in names) for key, entry in tau.per_session.items()}
    costs = {key: entry["agent_cost"] + entry["user_cost"] for key, entry in tau.per_session.items()}
    assert {row[0]: row[-2] for row in rows} == pytest.approx(costs, abs=1e-9)
    assert all(row[-1] for row in rows)
    rewards = counts(tau.con, "SELECT session_id, value_number FROM scores WHERE name = 'reward'")
    assert rewards == {key: entry["reward"] for key, entry in tau.per_session.items()}
    for segment in ("model", "domain", "task_id"):
        found = counts(tau.con, "SELECT session_id, value FROM session_segments WHERE key = ?", segment)
        expected = {key: entry[segment] for key, entry in tau.per_session.items()}
        assert found == expected


def test_every_log_has_its_own_figures(who: Published) -> None:
    rows = who.con.execute(
        "SELECT session_id, utterance_count - 1, tool_call_count, tool_error_count, agent_count FROM sessions"
    ).fetchall()
    names = ("messages", "tool_calls", "tool_errors", "agents")
    assert {row[0]: row[1:] for row in rows} == {
        key: tuple(entry[name] for name in names) for key, entry in who.per_session.items()
    }
    (expected,) = who.truth["recomputed_table5"].values()
    lengths, agents = [row[1] for row in rows], [row[4] for row in rows]
    assert (min(lengths), max(lengths), len(rows)) == (expected["min_log"], expected["max_log"], expected["total"])
    assert (min(agents), max(agents)) == (expected["min_agents"], expected["max_agents"])


def test_the_whole_history_in_each_input_gives_the_same_messages(
    tau: Published, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = _made(FULL, tmp_path_factory)
    full, delta = staged(home / "store"), staged(tau.store)
    assert len(full) == 12
    for key, session in full.items():
        for side in ("messages", "history"):
            found, expected = ([_said(m) for m in one_[side]] for one_ in (session, delta[key]))
            assert found == expected, key
    sql = (
        "SELECT session_id, message_index, turn_index, role, agent_name, next_agent, is_utterance, preview "
        "FROM messages WHERE session_id IN (SELECT unnest(?)) ORDER BY ALL"
    )
    sessions = sorted(session_id for session_id, _ in full)
    with duckdb.connect(str(home / "analytics.duckdb"), read_only=True) as con:
        assert con.execute(sql, [sessions]).fetchall() == tau.con.execute(sql, [sessions]).fetchall()


def _said(message: dict[str, Any]) -> tuple[Any, ...]:
    return message["role"], message["agent_name"], message["turn_index"], text_of(message)
