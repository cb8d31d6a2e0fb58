"""The corpora of the scorecard: the same from a seed, clean, and true by construction."""

from collections import Counter
from pathlib import Path

import duckdb
import msgspec
import pytest

from benchmarks.scorecard.build import build
from benchmarks.scorecard.corpus import Corpus, Order
from benchmarks.scorecard.patterns import KINDS, PATTERNS
from benchmarks.scorecard.plan import BLOCK, PREVALENCES, plants_of, schedule
from benchmarks.scorecard.scene import operations_for
from benchmarks.scorecard.shapes import Truth
from benchmarks.scorecard.speech import Speech
from benchmarks.scorecard.store import taxonomy
from benchmarks.scorecard.worlds import WORLDS
from sessions_platform.sessions.model import StagedSession
from sessions_platform.sessions.redact import leaks
from sessions_platform.sessions.redact.canaries import CANARIES

_encoder = msgspec.json.Encoder()


def recorded(order: Order) -> tuple[Corpus, list[StagedSession]]:
    corpus = Corpus(order)
    return corpus, [one for _, day in corpus.days(taxonomy()) for one in day]


def test_a_seed_gives_the_same_bytes_and_another_seed_other_ones() -> None:
    first, second, other = (recorded(Order(seed, 60, traps=True)) for seed in (4, 4, 5))
    assert _encoder.encode(first[1]) == _encoder.encode(second[1])
    assert _encoder.encode(first[0].truth) == _encoder.encode(second[0].truth)
    assert _encoder.encode(first[1]) != _encoder.encode(other[1])


@pytest.mark.parametrize("family", ["dev", "heldout"])
def test_nothing_that_is_staged_holds_personal_data_or_secrets(family: str) -> None:
    corpus, staged = recorded(Order(2, 150, family, traps=True))
    assert [one.session_id for one in staged if leaks(_encoder.encode(one))] == []
    hit = next(trap for trap in corpus.truth.traps if trap.name == "canaries").sessions
    texts = [_encoder.encode(one) for one in staged if one.session_id in hit]
    raw = [value.encode() for values in CANARIES.values() for value in values]
    assert len(texts) >= 1
    assert not any(value in text for value in raw for text in texts)


def test_every_kind_occurs_at_every_prevalence_over_ten_seeds() -> None:
    assert len(KINDS) == 12
    pairs = Counter(pair for seed in range(1, BLOCK + 1) for pair in schedule(seed, KINDS))
    assert set(pairs) == {(kind, prevalence) for kind in KINDS for prevalence in PREVALENCES}
    assert schedule(11, KINDS) == schedule(1, KINDS)


@pytest.mark.parametrize("seed", range(1, BLOCK + 1))
def test_a_corpus_has_eight_or_ten_plants_of_different_kinds_and_leaves_most_sessions_alone(seed: int) -> None:
    plants = plants_of(seed, WORLDS, PATTERNS)
    kinds = [plant.kind for plant in plants]
    assert len(kinds) in (8, 10)
    assert len(set(kinds)) == len(kinds)
    assert sum(plant.prevalence for plant in plants) < 0.4


def test_every_pattern_finds_operations_in_every_world_it_may_be_planted_in() -> None:
    for pattern in PATTERNS:
        assert any(operations_for(world, pattern.needs) for world in WORLDS.values()), pattern.name


def test_plants_are_as_prevalent_as_they_say_within_their_world_and_segment(planted: tuple[Path, Truth]) -> None:
    home, truth = planted
    con = duckdb.connect(str(home / "analytics.duckdb"), read_only=True)
    segments: dict[str, dict[str, str]] = {}
    for session_id, key, value in con.execute("SELECT session_id, key, value FROM session_segments").fetchall():
        segments.setdefault(session_id, {})[key] = value
    published = {row[0] for row in con.execute("SELECT session_id FROM sessions").fetchall()}
    con.close()
    assert len(published) == truth.sessions == 200
    for plant in truth.plants:
        assert abs(len(plant.sessions) - plant.prevalence * 200) <= 1
        assert published.issuperset(plant.sessions)
        for session_id in plant.sessions:
            wanted = {"app": plant.world, **plant.segment}
            assert wanted.items() <= segments[session_id].items()
    taken = [session_id for plant in truth.plants for session_id in plant.sessions]
    assert len(taken) == len(set(taken))


def test_published_outcomes_are_the_true_ones_but_for_missing_and_misjudged_scores(planted: tuple[Path, Truth]) -> None:
    home, truth = planted
    con = duckdb.connect(str(home / "analytics.duckdb"), read_only=True)
    outcomes = dict(con.execute("SELECT session_id, outcome FROM sessions").fetchall())
    complete = con.execute("SELECT count(*) FROM data_health WHERE complete").fetchone()
    con.close()
    failed = set(truth.failed)
    unknown = [one for one, outcome in outcomes.items() if outcome == "unknown"]
    wrong = [
        one for one, outcome in outcomes.items() if outcome != "unknown" and (outcome == "failed") != (one in failed)
    ]
    assert complete == (7,)
    assert set(outcomes.values()) == {"success", "failed", "unknown"}
    assert 0.08 <= len(unknown) / 200 <= 0.23
    assert len(wrong) <= 0.07 * 200
    for plant in truth.plants:
        assert plant.failed == len(failed.intersection(plant.sessions))


def test_a_null_week_has_no_plant_but_the_same_noise_and_look_alikes() -> None:
    corpus, staged = recorded(Order(3, 200, null=True))
    assert corpus.truth.plants == []
    assert all(member.plant is None for member in corpus.members)
    assert sum(len(trap.sessions) for trap in corpus.truth.traps if trap.name.startswith("recovered:")) > 0
    parts = [part for one in staged for message in one.messages for part in message.parts if part.type == "tool"]
    assert 0.03 < sum(not part.success for part in parts) / len(parts) < 0.12
    assert 0.1 < len(corpus.truth.failed) / 200 < 0.32


def test_what_stands_at_the_end_of_a_long_session_lies_beyond_sixty_thousand_characters() -> None:
    corpus, staged = recorded(Order(6, 150, traps=True))
    tail = next(plant for plant in corpus.truth.plants if plant.plant_id == "tail")
    assert len(tail.sessions) == 3
    for one in (one for one in staged if one.session_id in tail.sessions):
        sizes = [sum(len(part.text or part.tool_output or "") for part in message.parts) for message in one.messages]
        last = max(
            i for i, m in enumerate(one.messages) if any(p.type == "tool" and p.success is False for p in m.parts)
        )
        assert sum(sizes[:last]) >= 60_000


def test_a_version_that_gets_the_hard_tasks_looks_worse_and_is_not_within_them() -> None:
    corpus = Corpus(Order(9, 6_000, null=True, traps=True))
    trap = next(trap for trap in corpus.truth.traps if trap.name == "simpson")
    inside = [one.about for one in corpus.members if one.event is None and one.about.world.name == trap.detail["app"]]

    def rate(worse: bool, hard: bool | None = None) -> float:
        chosen = [
            one.fails
            for one in inside
            if (one.version == trap.detail["version"]) == worse
            and (hard is None or (one.task == trap.detail["task"]) == hard)
        ]
        return sum(chosen) / len(chosen)

    assert rate(worse=True) > rate(worse=False) + 0.1
    assert abs(rate(worse=True, hard=True) - rate(worse=False, hard=True)) < 0.08
    assert abs(rate(worse=True, hard=False) - rate(worse=False, hard=False)) < 0.08


def test_wordings_expand_alternatives_and_slots_and_refuse_loose_brackets() -> None:
    import random

    speech = Speech(random.Random(1), {"who": "Ada"})
    said = {speech.say("[Hi|Hello [there|you]] {who}[!|.]") for _ in range(200)}
    assert said == {f"{hi} Ada{end}" for hi in ("Hi", "Hello there", "Hello you") for end in "!."}
    assert speech.fill({"a": ["{who}", 3]}) == {"a": ["Ada", 3]}
    with pytest.raises(ValueError, match="bracket"):
        speech.say("oh ]")


@pytest.mark.slow
def test_five_thousand_sessions_are_written_whole_with_every_plant_at_its_size(tmp_path: Path) -> None:
    truth = build(Order(seed=5, sessions=5000), tmp_path)
    con = duckdb.connect(str(tmp_path / "analytics.duckdb"), read_only=True)
    assert con.execute("SELECT count(*), sum(message_count) FROM sessions").fetchone() == (5000, truth.messages)
    con.close()
    assert [len(plant.sessions) for plant in truth.plants] == [round(plant.prevalence * 5000) for plant in truth.plants]
