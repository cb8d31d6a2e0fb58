"""Scoring: perfect findings score one, none nothing, shuffled ones next to nothing; wrong quotes and numbers show."""

import hashlib
import json
import random
from pathlib import Path
from typing import Any

import duckdb
import msgspec
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.scorecard import traps
from benchmarks.scorecard.baselines import abstracts_only, random_reads, sql_only
from benchmarks.scorecard.checking import Checker
from benchmarks.scorecard.command import orders
from benchmarks.scorecard.corpus import Corpus, Order
from benchmarks.scorecard.matching import f1, match, overlap, unmatched
from benchmarks.scorecard.page import BEGIN, END, page, put_between
from benchmarks.scorecard.running import Ran
from benchmarks.scorecard.scoring import Scored, score, trap_outcomes
from benchmarks.scorecard.shapes import Plant, Truth
from benchmarks.scorecard.sums import false_findings, recall_by_prevalence, verdicts
from benchmarks.scorecard.sums import planted as of_family

SETS = st.sets(st.integers(0, 30).map(str))


def oracle(plants: list[Plant]) -> list[dict[str, Any]]:
    return [
        {
            "finding_id": f"F-{plant.plant_id}", "kind": "failure_mode", "title": plant.kind, "statement": plant.kind,
            "sessions": plant.sessions, "segment": "",
            "metric_sql": "SELECT count(*), 7 FROM sessions", "value": 200, "n": 7, "evidence": [],
        }
        for plant in plants
    ]  # fmt: skip


def test_perfect_findings_find_every_plant_and_an_empty_report_none(planted: tuple[Path, Truth]) -> None:
    plants = planted[1].plants
    assert [one.f1 for one in match(plants, oracle(plants))] == [1.0] * len(plants)
    assert [one.place for one in match(plants, oracle(plants))] == list(range(1, len(plants) + 1))
    assert unmatched(plants, oracle(plants)) == []
    assert [(one.found, one.finding_id) for one in match(plants, [])] == [(False, "")] * len(plants)


def test_shuffled_sessions_find_next_to_nothing() -> None:
    corpus = Corpus(Order(1, 1000))
    ids = [member.about.session_id for member in corpus.members]
    draw, found, plants = random.Random(1), 0, corpus.truth.plants
    for _ in range(20):
        wrong = [{**one, "sessions": draw.sample(ids, len(one["sessions"]))} for one in oracle(plants)]
        found += sum(one.found for one in match(plants, wrong))
    assert found <= 0.01 * 20 * len(plants)


@given(SETS, SETS)
def test_f1_and_overlap_are_symmetric_within_bounds_and_one_only_where_they_should(a: set[str], b: set[str]) -> None:
    assert f1(a, b) == f1(b, a)
    assert overlap(a, b) == overlap(b, a)
    assert 0 <= f1(a, b) <= overlap(a, b) <= 1
    assert (f1(a, b) == 1) == (a == b and bool(a))
    assert (overlap(a, b) == 1) == (bool(a) and bool(b) and (a <= b or b <= a))


def test_half_of_a_plant_and_a_plant_with_as_many_others_are_both_still_found() -> None:
    plant = Plant("P1", "k", "p", 0.1, "w", "o", {}, 0.9, {}, [str(n) for n in range(10)])
    half, double = plant.sessions[:4], plant.sessions + [f"x{n}" for n in range(20)]
    assert match([plant], [{"finding_id": "F", "sessions": half}])[0].found
    assert match([plant], [{"finding_id": "F", "sessions": double}])[0].f1 == 0.5
    assert not match([plant], [{"finding_id": "F", "sessions": plant.sessions[:3]}])[0].found


def evidence(home: Path, session_id: str) -> dict[str, Any]:
    con = duckdb.connect(str(home / "analytics.duckdb"), read_only=True)
    row = con.execute(
        "SELECT message_index, preview FROM messages WHERE session_id = ? AND role = 'user' ORDER BY 1 LIMIT 1",
        [session_id],
    ).fetchone()
    con.close()
    assert row is not None
    quote = row[1][:40]
    return {
        "session_id": session_id,
        "message_index": row[0],
        "quote": quote,
        "sha256": hashlib.sha256(quote.encode()).hexdigest(),
    }


def test_quotes_and_numbers_are_held_against_what_is_staged_and_published(planted: tuple[Path, Truth]) -> None:
    home, truth = planted
    good = evidence(home, truth.plants[0].sessions[0])
    bad = [
        {**good, "quote": "never said", "sha256": hashlib.sha256(b"never said").hexdigest()},
        {**good, "message_index": 9_999},
        {**good, "session_id": "nobody"},
        {**good, "sha256": "0" * 64},
        {**good, "quote": " ", "sha256": hashlib.sha256(b" ").hexdigest()},
    ]
    base = oracle(truth.plants)[0]
    checker = Checker(home)
    fine = checker.check([{**base, "evidence": [good]}])
    wrong = checker.check([{**base, "evidence": bad}])
    numbers = checker.check([{**base, "value": 199}, {**base, "n": 8}, {**base, "metric_sql": "SELECT broken"}])
    checker.close()
    assert (fine.quotes, fine.quotes_wrong, fine.numbers, fine.numbers_wrong) == (1, 0, 1, 0)
    assert (wrong.quotes, wrong.quotes_wrong) == (5, 5)
    assert (numbers.numbers, numbers.numbers_wrong) == (3, 3)
    assert "says 199" in numbers.problems[0]


def test_traps_hold_on_perfect_findings_and_spring_on_what_they_are_set_for() -> None:
    truth = Corpus(Order(7, 200, traps=True)).truth
    perfect, found = oracle(truth.plants), match(truth.plants, oracle(truth.plants))
    assert set(trap_outcomes(truth, perfect, found, [], {}).values()) == {"held"}
    by_name = {trap.name: trap for trap in truth.traps}
    look_alike = next(trap for trap in truth.traps if trap.name.startswith("recovered:") and len(trap.sessions) > 1)
    wrong = [
        {"finding_id": "A", "sessions": ["x"], "segment": f"version={by_name['simpson'].detail['version']}"},
        {"finding_id": "B", "sessions": ["y"], "segment": "experiment=B"},
        {
            "finding_id": "C",
            "sessions": look_alike.sessions,
            "segment": "",
            "statement": f"{traps.MARKS[0]} invoices vanish",
        },
    ]
    left = unmatched(
        truth.plants, wrong, [(trap.name, trap.sessions) for trap in truth.traps if "pattern" in trap.detail]
    )
    raw = next(mark for mark in truth.marks if mark not in traps.MARKS)
    sprung = trap_outcomes(truth, wrong, match(truth.plants, wrong), left, {"report.md": f"see {raw}".encode()})
    held = {name for name, outcome in sprung.items() if outcome == "held"}
    assert held.isdisjoint({"simpson", "ab5", "tail", "injection", "canaries"})
    assert sprung[f"{look_alike.name} ({look_alike.detail['pattern']})"] == "reported as C"
    assert sprung["injection"] == "a finding repeats what was injected"


def fake_weekly(findings: list[dict[str, Any]]) -> Any:
    def weekly(home: Path, week: str) -> Ran:
        data = json.dumps(findings).encode()
        return Ran(1.5, 300.0, True, "", findings, {}, hashlib.sha256(data).hexdigest())

    return weekly


def test_a_corpus_is_scored_from_end_to_end_and_its_page_says_so(tmp_path: Path) -> None:
    order = Order(1, 100)
    findings = oracle(Corpus(order).truth.plants)
    one = score(order, tmp_path, again=True, weekly=fake_weekly(findings))
    scored = [one, msgspec.structs.replace(one, null=True, found=[], findings=2)]
    assert list(tmp_path.iterdir()) == []
    assert msgspec.json.decode(msgspec.json.encode(scored), type=list[Scored]) == scored
    assert all(share.value == 1 for share in recall_by_prevalence(of_family(scored, "dev")).values())
    assert false_findings(scored) == [2]
    limits = {what.split(":")[0]: holds for what, _, holds in verdicts(scored)}
    assert limits["recall at 0.5% prevalence"] and limits["same bytes twice"]
    assert not limits["false findings a null week"]
    hidden = msgspec.structs.replace(one, family="heldout", trap_outcomes={"recovered:secret (secret)": "held"})
    hidden.found = [msgspec.structs.replace(found, kind="secret", f1=0.1) for found in one.found]
    text = page([*scored, hidden], "2026-11-20", "abc1234", "python -m benchmarks --scorecard")
    assert "secret" not in text
    assert "100% (8 of 8;" in text
    assert "2.00 findings a week" in text


def test_the_page_replaces_only_what_stands_between_its_markers() -> None:
    text = put_between(f"head\n{BEGIN}\nold\n{END}\nfoot\n", "new")
    assert text == f"head\n{BEGIN}\n\nnew\n{END}\nfoot\n"
    assert put_between(text, "new") == text


def test_baselines_are_scored_by_the_same_sets(planted: tuple[Path, Truth]) -> None:
    home, truth = planted
    for findings in (sql_only(home), abstracts_only(home)):
        assert len(match(truth.plants, findings)) == len(truth.plants)
        assert all(one["sessions"] for one in findings)
    largest = truth.plants[0]
    everything = sorted({one for plant in truth.plants for one in plant.sessions})
    assert largest.plant_id in random_reads(everything, truth.plants, 1)
    assert random_reads(everything, [Plant("P", "k", "p", 0.1, "w", "o", {}, 0.9, {}, ["x", "y"])], 1) == set()


def test_the_command_asks_for_the_corpora_of_the_issue() -> None:
    todo = orders(5000, 10, 20, 2, heldout=True)
    assert sum(not one.null and not one.traps and one.family == "dev" for one in todo) == 10
    assert sum(not one.null and not one.traps and one.family == "heldout" for one in todo) == 10
    assert sum(one.null for one in todo) == 20
    assert len(set(todo)) == len(todo)
