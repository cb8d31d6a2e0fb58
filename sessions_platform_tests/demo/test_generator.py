"""Generated sessions: repeatable, valid, and consistent with the figures counted from their scripts."""

import itertools
import json
from collections import Counter
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from langfuse.api import ObservationV2
from langfuse.api.core.pydantic_utilities import parse_obj_as

from sessions_platform.demo.generator import Corpus, generate, stream, write_folder
from sessions_platform_tests.demo.conftest import DAYS


def test_a_seed_gives_the_same_corpus_each_time_and_another_seed_another(corpus: Corpus) -> None:
    again = generate(7, DAYS, 12)
    assert (again.observations, again.scores) == (corpus.observations, corpus.scores)
    assert again.truth == corpus.truth
    assert generate(8, DAYS, 12).truth != corpus.truth


def test_both_profiles_and_any_length_have_the_same_truth(corpus: Corpus) -> None:
    assert generate(7, DAYS, 12, profile="full_history").truth == corpus.truth
    assert generate(7, DAYS, 12, bytes_per_session=60_000).truth == corpus.truth


def test_a_full_history_repeats_the_conversation_in_each_input(corpus: Corpus) -> None:
    full = {row["id"]: row for row in generate(7, DAYS, 12, profile="full_history").observations}
    lengths = [
        (len(row["input"]), len(full[row["id"]]["input"])) for row in corpus.observations if row["type"] == "GENERATION"
    ]
    assert all(short <= long for short, long in lengths)
    assert sum(long for _, long in lengths) > 3 * sum(short for short, _ in lengths)
    assert set(full) == {row["id"] for row in corpus.observations}


def test_a_stream_gives_the_sessions_of_the_corpus_one_at_a_time(corpus: Corpus) -> None:
    sessions = list(stream(7, DAYS, 12))
    assert len(sessions) == corpus.truth.sessions == 36
    streamed = sorted(row["id"] for session in sessions for row in session.observations)
    assert streamed == sorted(row["id"] for row in corpus.observations)


def test_row_ids_are_unique_and_parents_exist(corpus: Corpus) -> None:
    ids = [(row["traceId"], row["id"]) for row in corpus.observations]
    assert len(set(ids)) == len(ids)
    assert all(
        row["parentObservationId"] is None or (row["traceId"], row["parentObservationId"]) in set(ids)
        for row in corpus.observations
    )


def test_rows_are_valid_for_the_official_client(corpus: Corpus) -> None:
    for row in corpus.observations:
        assert parse_obj_as(ObservationV2, row).id == row["id"]


def test_calls_costs_and_answers_agree_with_the_rows(corpus: Corpus) -> None:
    truth, rows = corpus.truth, corpus.observations
    assert Counter(row["name"] for row in rows if row["type"] == "TOOL") == truth.tool_calls
    assert sum(row["totalCost"] for row in rows) == pytest.approx(truth.cost_usd)
    spoken = [row for row in rows if row["type"] == "GENERATION" and row["output"] is not None]
    assert len(spoken) == truth.messages_by_role["assistant"]
    assert truth.messages_by_role["tool"] == truth.tool_calls.total()
    roots = Counter(row["sessionId"] for row in rows if row["isRootObservation"])
    assert roots == truth.turns_per_session
    assert {row["startTime"][:10] for row in rows} == set(truth.by_date)


def test_the_truth_adds_up(corpus: Corpus) -> None:
    truth = corpus.truth
    assert truth.messages == truth.messages_by_role.total() == sum(day.messages for day in truth.by_date.values())
    utterances = truth.utterances_by_agent.total()
    assert utterances == truth.messages_by_role["user"] + truth.messages_by_role["assistant"]
    assert truth.transitions.total() == utterances - truth.sessions
    for name, total in {
        "sessions": truth.sessions,
        "turns": sum(truth.turns_per_session.values()),
        "utterances": utterances,
        "interactions": truth.transitions.total(),
        "tool_calls": truth.tool_calls.total(),
        "tool_errors": truth.tool_errors.total(),
        "cost_usd": pytest.approx(truth.cost_usd),
    }.items():
        assert sum(asdict(day)[name] for day in truth.by_date.values()) == total, name
    assert truth.errors_by_basis.total() == truth.tool_errors.total()
    assert set(truth.status_per_session) == set(truth.turns_per_session) == set(truth.first_date_per_session)


def test_a_corpus_has_every_kind_of_session() -> None:
    corpus = generate(1, DAYS, 60)
    truth = corpus.truth
    assert set(truth.status_per_session.values()) == {"completed", "abandoned", "error"}
    assert set(truth.outcome_per_session.values()) == {"success", "partial", "failed"}
    assert set(truth.errors_by_basis) == {"level", "error_type", "protocol", "text"}
    assert False in truth.cost_complete_per_session.values()
    assert {len(dates) for dates in truth.dates_per_session.values()} == {1, 2, 3}
    traces: dict[str, set[str]] = {}
    for row in corpus.observations:
        traces.setdefault(row["traceId"], set()).add(row["startTime"][:10])
    assert 2 in {len(dates) for dates in traces.values()}, "a trace over midnight"


def test_every_second_session_has_its_ids_on_the_root_row_only() -> None:
    for number, session in enumerate(stream(7, DAYS, 6)):
        with_id = {row["isRootObservation"] for row in session.observations if row["sessionId"]}
        children = any(not row["isRootObservation"] for row in session.observations)
        assert with_id == ({True} if number % 2 or not children else {True, False})


def test_no_row_lies_outside_of_the_days(corpus: Corpus) -> None:
    starts = [row["startTime"] for row in corpus.observations]
    assert min(starts) >= "2026-11-02"
    assert max(starts) < "2026-11-04T23:00", "or the last sessions would count as still active"


def test_a_session_is_about_as_long_as_asked() -> None:
    sizes = [sum(len(json.dumps(row)) for row in s.observations) for s in stream(7, DAYS, 8, bytes_per_session=400_000)]
    assert sum(sizes) / len(sizes) == pytest.approx(400_000, rel=0.15)


def test_canaries_stand_in_the_texts_and_change_no_figure(corpus: Corpus) -> None:
    planted = generate(7, DAYS, 12, canaries=True)
    text = json.dumps(planted.observations)
    assert len(planted.truth.canaries) == 4 * planted.truth.sessions
    assert all(canary.value in text for canary in planted.truth.canaries)
    planted.truth.canaries = []
    assert planted.truth == corpus.truth


def test_all_three_forms_of_messages_occur() -> None:
    forms = Counter(session.script.form for session in stream(1, DAYS, 40))
    assert forms["parts"] > forms["openai"] + forms["anthropic"]
    assert min(forms["openai"], forms["anthropic"]) > 0


def test_a_brief_is_the_outer_agents_message_and_opens_no_turn() -> None:
    sessions: Any = itertools.islice(stream(2, DAYS, 20), 40)
    visits = [
        (session, step)
        for session in sessions
        for turn in session.script.turns
        for step in turn.steps
        if hasattr(step, "brief")
    ]
    session, visit = visits[0]
    agents = {row["id"]: row for row in session.observations if row["type"] == "AGENT"}
    outer = agents[agents[visit.row_id]["parentObservationId"]]
    assert outer["name"] == "invoke_agent devops-orchestrator"
    first = next(row for row in session.observations if row["parentObservationId"] == visit.row_id)
    assert visit.brief in first["input"]


def test_a_folder_carries_its_own_truth(tmp_path: Path) -> None:
    days = [date(2026, 11, 2), date(2026, 11, 3)]
    truth = write_folder(stream(3, days, 4), tmp_path)
    told = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert (told["sessions"], told["messages"]) == (truth.sessions, truth.messages)
    assert told["tool_calls"] == truth.tool_calls and told["turns_per_session"] == truth.turns_per_session
