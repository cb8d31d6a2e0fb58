"""Seeded corpora of DevOps agent sessions with their true figures.

    corpus = generate(7, [date(2026, 11, 2), date(2026, 11, 3)], 20)
    corpus.observations, corpus.scores, corpus.truth

The same seed, days and number give the same sessions, whatever the profile; so does `stream`, one session at a time.
"""

import gzip
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from sessions_platform.demo.patterns import planted
from sessions_platform.demo.playwright import MINUTE, Place, Playwright, Span
from sessions_platform.demo.script import Canary, ScoreEvent, SessionScript
from sessions_platform.demo.truth import Truth
from sessions_platform.demo.wire import Profile, observation_rows, score_row
from sessions_platform.sessions import jsontext

_ROW_BYTES = 1450
_LOG_WORDS = ("INFO", "DEBUG", "reconcile", "worker", "cache", "request", "served", "node", "lease", "renewed", "queue")


@dataclass
class Corpus:
    """Rows as the API answers them, oldest first, and what is true of them."""

    observations: list[dict[str, Any]] = field(default_factory=list)
    scores: list[dict[str, Any]] = field(default_factory=list)
    truth: Truth = field(default_factory=Truth)


@dataclass(frozen=True)
class GeneratedSession:
    """One session's rows and scores, and its script, from which `Truth.add` counts."""

    script: SessionScript
    observations: list[dict[str, Any]]
    scores: list[dict[str, Any]]


def generate(
    seed: int,
    days: Sequence[date],
    sessions_per_day: int,
    *,
    profile: Profile = "delta",
    bytes_per_session: int | None = None,
    canaries: bool = False,
    patterns: bool = False,
) -> Corpus:
    """A whole corpus in memory. `bytes_per_session`: about so many bytes of JSON, in the delta profile. `patterns`:
    three ways of failing are planted in an eighth of the sessions each.
    """
    corpus = Corpus()
    sessions = stream(
        seed,
        days,
        sessions_per_day,
        profile=profile,
        bytes_per_session=bytes_per_session,
        canaries=canaries,
        patterns=patterns,
    )
    for session in sessions:
        corpus.truth.add(session.script)
        corpus.observations += session.observations
        corpus.scores += session.scores
    corpus.observations.sort(key=lambda row: (row["startTime"], row["id"]))
    corpus.scores.sort(key=lambda score: (score["timestamp"], score["id"]))
    return corpus


def stream(
    seed: int,
    days: Sequence[date],
    sessions_per_day: int,
    *,
    profile: Profile = "delta",
    bytes_per_session: int | None = None,
    canaries: bool = False,
    patterns: bool = False,
) -> Iterator[GeneratedSession]:
    """The same sessions one at a time, for corpora that do not fit in memory."""
    end = int(datetime.combine(max(days) + timedelta(days=1), datetime.min.time(), UTC).timestamp()) * 1000
    for place in _places(seed, days, sessions_per_day):
        session = (planted(place) if patterns else Playwright(place)).write()
        # A source of its own, so that scores, padding and canaries leave the rest of the script as it is.
        chance = random.Random(f"{place.seed}/{place.day}/{place.index}/more")  # noqa: S311
        session.scores = _scores(session, chance, end)
        if bytes_per_session is not None:
            _pad(session, bytes_per_session, chance)
        if canaries:
            _plant(session, place.number)
        rows = observation_rows(session, profile)
        yield GeneratedSession(session, rows, [score_row(score, session) for score in session.scores])


def write_folder(sessions: Iterable[GeneratedSession], folder: Path) -> Truth:
    """Write rows and scores (`.jsonl.gz`) for `Dataset.from_folders`, and `truth.json`; returns the truth."""
    folder.mkdir(parents=True, exist_ok=True)
    truth = Truth()
    with (
        gzip.open(folder / "observations.jsonl.gz", "wb", compresslevel=1) as observations,
        gzip.open(folder / "scores.jsonl.gz", "wb", compresslevel=1) as scores,
    ):
        for session in sessions:
            truth.add(session.script)
            observations.writelines(jsontext.dump_bytes(row) + b"\n" for row in session.observations)
            scores.writelines(jsontext.dump_bytes(score) + b"\n" for score in session.scores)
    (folder / "truth.json").write_bytes(msgspec.json.encode(truth, order="sorted"))
    return truth


def _places(seed: int, days: Sequence[date], sessions_per_day: int) -> Iterator[Place]:
    known = set(days)
    number = 0
    for day_index, day in enumerate(days):
        # A session goes over midnight only into a day of the corpus, so that no row lies outside of `days`.
        spans: dict[int, Span] = {}
        if day + timedelta(days=1) in known:
            spans = {0: "midnight", 1: "midnight in a trace"}
            if day_index % 3 == 0 and day + timedelta(days=2) in known:
                spans[2] = "three days"
        for index in range(sessions_per_day):
            yield Place(seed, day, index, number, spans.get(index, ""))
            number += 1


def _scores(session: SessionScript, chance: random.Random, end: int) -> list[ScoreEvent]:
    last = session.turns[-1]

    def at(most_minutes: int) -> int:
        return min(max(last.end + chance.randrange(1, most_minutes) * MINUTE, last.end), end - 1)

    def identity() -> str:
        return f"sc-{chance.getrandbits(96):024x}"

    scores = []
    if chance.random() < 0.9:
        well = session.status == "completed" and not session.pattern
        value = chance.choices((1.0, 0.5, 0.0), (85, 8, 7) if well else (5, 15, 80))[0]
        trace = last.trace_id if chance.random() < 0.5 else ""
        # Half of a truth value does not exist: a partial success is a number.
        typed: tuple[str, float | bool] = ("NUMERIC", value) if value == 0.5 else ("BOOLEAN", value == 1.0)
        given = at(30)
        scores.append(ScoreEvent(identity(), "success", *typed, "API", given, trace))
        if chance.random() < 0.05:
            # Somebody judged before and otherwise; the newest value is the one that counts.
            scores.append(
                ScoreEvent(identity(), "success", "BOOLEAN", value != 1.0, "ANNOTATION", given - 30_000, trace)
            )
    if chance.random() < 0.3:
        say = chance.choice(session.says())
        trace = next(turn.trace_id for turn in session.turns if turn.start <= say.start <= turn.end)
        value = round(chance.random(), 2)
        scores.append(ScoreEvent(identity(), "helpfulness", "NUMERIC", value, "EVAL", at(30), trace, say.row_id))
    if chance.random() < 0.2:
        # Feedback keeps coming the day after.
        label = "good" if session.status == "completed" and not session.pattern else "bad"
        scores.append(ScoreEvent(identity(), "feedback", "CATEGORICAL", label, "API", at(1440), last.trace_id))
    return scores


def _pad(session: SessionScript, target: int, chance: random.Random) -> None:
    """Lengthen what tools print, or what the user first says, until the session's rows are about as long as asked."""
    calls = [call for call in session.calls() if call.answered and call.failure is None]
    rows = len(session.says()) + len(session.calls()) + 2 * len(session.turns)
    # A result stands in its own row and in the next generation's input.
    missing = max(0, target - rows * _ROW_BYTES) // 2
    if not calls:
        session.turns[0].user_text += _log(chance, missing)
    for call in calls:
        call.result += _log(chance, missing // len(calls))


def _log(chance: random.Random, length: int) -> str:
    if length <= 0:
        return ""
    lines = []
    for number in range(min(400, length // 60 + 1)):
        said = " ".join(chance.choices(_LOG_WORDS, k=8))
        lines.append(f"\n2026-11-01 {number:05d} {said} id={chance.getrandbits(64):016x}")
    block = "".join(lines)
    return (block * (length // len(block) + 1))[:length]


def _plant(session: SessionScript, number: int) -> None:
    """Personal data and secrets that must not come out at the other end. All of it is made up."""
    key = f"AK{'IA'}DEMO{number:012d}"
    token = f"gh{'p'}_{'demo' * 6}{number:012d}"
    found = {
        "email": f"canary.person{number}@mail.example.com",
        "phone": f"+1 202 555 01{number % 100:02d}",
        "aws_key": key,
        "github_token": token,
    }
    session.canaries = [Canary(kind, value, session.id) for kind, value in found.items()]
    session.turns[0].user_text += f" Write to {found['email']} or call {found['phone']}."
    answered = [call for call in session.calls() if call.answered and call.failure is None]
    planted = f"\nAWS_ACCESS_KEY_ID={key}\nGITHUB_TOKEN={token}"
    if answered:
        answered[0].result += planted
    else:
        session.turns[0].user_text += planted
