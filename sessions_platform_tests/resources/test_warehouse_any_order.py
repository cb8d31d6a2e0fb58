"""However dates are published, the tables are those that a plain walk over the sessions gives."""

import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions_platform.resources.object_store import ObjectStore, open_store
from sessions_platform.resources.warehouse import Publisher
from sessions_platform.sessions.model import Message, StagedSession
from sessions_platform.sessions.tables import message_text
from sessions_platform.sql import catalog
from sessions_platform_tests.staged_sessions import Line, agent, score, staged, system, tool, user, write_day

DATES = ["2026-11-01", "2026-11-02", "2026-11-03", "2026-11-05"]
SESSIONS = ["a", "b", "trace:c/ä'"]
_NOT_CONTENT = {"changed_at"}


def everything(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, sorted; times of the objects' last change are no content."""
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{path}' AS w (READ_ONLY)")
        found = {}
        for table in catalog().values():
            columns = ", ".join(f'"{c.name}"' for c in table.columns if c.name not in _NOT_CONTENT)
            found[table.name] = con.execute(f"SELECT {columns} FROM w.{table.name} ORDER BY ALL").fetchall()  # noqa: S608
        return found


def walk(slices: Iterable[StagedSession]) -> list[tuple[StagedSession, Message, int]]:
    """(slice, message, turn) of one session in order, as CONTRACT section 1 counts them."""
    said, texts, turn, in_run, first = [], set(), 0, False, True
    for slice_ in sorted(slices, key=lambda it: it.date):
        for message in [*(slice_.history if first else []), *slice_.messages]:
            if message.role == "assistant":
                in_run = False
            elif message.role == "user" and message.opens_turn:
                turn, in_run = turn + (not in_run), True
            if message.role == "system":
                text = " ".join(message_text(message).split())
                if text in texts:
                    continue
                texts.add(text)
            said.append((slice_, message, turn))
        first = False
    return said


def truth(slices: Iterable[StagedSession]) -> dict[str, Any]:
    """What the tables must say, by brute force."""
    by_session = defaultdict(list)
    for slice_ in slices:
        by_session[slice_.session_id].append(slice_)
    messages, calls, matrix, turns = [], [], Counter(), {}
    for name, own in by_session.items():
        said = walk(own)
        spoken = [index for index, (_, message, _) in enumerate(said) if message.is_utterance]
        following = dict(zip(spoken, [said[i][1].agent_name for i in spoken[1:]] + [None], strict=False))
        number = 0
        for index, (slice_, message, turn) in enumerate(said):
            messages.append((name, slice_.date, index, turn, message.role, message.agent_name, following.get(index)))
            for part in message.parts if message.role == "tool" else []:
                calls.append((name, slice_.date, number, turn, index, part.tool_name, part.success))
                number += 1
        for before, after in zip(spoken, spoken[1:], strict=False):
            matrix[said[after][0].date, said[before][1].agent_name, said[after][1].agent_name] += 1
        turns[name] = max([turn for *_, turn in said], default=0)
    return {"messages": sorted(messages), "calls": sorted(calls), "matrix": dict(matrix), "turns": turns}


def published(path: Path) -> dict[str, Any]:
    """The same figures from the file."""
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{path}' AS w (READ_ONLY)")
        con.execute("USE w")
        messages = con.execute(
            "SELECT session_id, date::VARCHAR, message_index, turn_index, role, agent_name, next_agent FROM messages"
        ).fetchall()
        calls = con.execute(
            "SELECT session_id, date::VARCHAR, call_index, turn_index, message_index, tool_name, success "
            "FROM tool_calls"
        ).fetchall()
        matrix = con.execute(
            "SELECT date::VARCHAR, from_agent, to_agent, interaction_count FROM interaction_matrix"
        ).fetchall()
        turns = dict(con.execute("SELECT session_id, total_turns FROM sessions").fetchall())
        return {
            "messages": sorted(messages),
            "calls": sorted(calls),
            "matrix": {tuple(row[:3]): row[3] for row in matrix},
            "turns": turns,
        }


LINES = st.lists(
    st.one_of(
        st.builds(user, st.sampled_from(["yes", "go on"]), opens=st.sampled_from([True, True, True, False])),
        st.builds(agent, st.sampled_from(["planner", "coder"])),
        st.builds(tool, st.sampled_from(["git", "psql"]), st.sampled_from(["planner", "coder"]), ok=st.booleans()),
        st.builds(system, st.sampled_from(["be kind", "be  kind", "be brief"])),
    ),
    max_size=6,
)
ENDS = st.sampled_from([None, "completed", "error", "abandoned"])
SCORES = st.lists(
    st.builds(lambda value, hour: (value, hour), st.sampled_from([0.0, 0.5, 1.0]), st.integers(0, 3)), max_size=2
)


@st.composite
def days(draw: st.DrawFn, dates: list[str]) -> dict[str, list[StagedSession]]:
    """Slices by date. A session's first message of all tells which day it is, so that no two days are equal."""
    made: dict[str, list[StagedSession]] = {}
    for date in dates:
        made[date] = []
        for name in draw(st.lists(st.sampled_from(SESSIONS), unique=True)):
            scores = [score("success", v, f"{date}T1{h}:00:00.000Z", session_id=name) for v, h in draw(SCORES)]
            made[date].append(
                staged(
                    name,
                    date,
                    draw(LINES),
                    history=draw(st.one_of(st.just([]), LINES)),
                    hour=draw(st.sampled_from([10, 23])),
                    end_state=draw(ENDS),
                    scores={it.score_id: it for it in scores}.values(),  # type: ignore[arg-type]
                    segments=draw(st.lists(st.tuples(st.sampled_from("kl"), st.sampled_from("vw")), max_size=2)),
                )
            )
    return made


def _store(folder: Path) -> ObjectStore:
    return open_store(str(folder / "store"))


def _any_order(data: st.DataObject) -> None:
    slices = data.draw(days(DATES))
    order = data.draw(st.permutations(DATES))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(DATES) - 1))))
    groups = [order[a:b] for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True)]
    with tempfile.TemporaryDirectory() as folder:
        store, path = _store(Path(folder)), Path(folder) / "analytics.duckdb"
        publisher = Publisher(store, path, chunk_dates=data.draw(st.sampled_from([1, 2, 7])))
        for group in groups:
            for date in group:
                write_day(store, date, slices[date])
            publisher.publish(group)
        grown = everything(path)
        assert published(path) == truth(slice_ for day in slices.values() for slice_ in day)
        assert publisher.publish(None, rebuild=True).rebuilt == "asked for"
        assert everything(path) == grown


def _restated_and_withdrawn(data: st.DataObject) -> None:
    slices = data.draw(days(DATES))
    with tempfile.TemporaryDirectory() as folder:
        store, path = _store(Path(folder)), Path(folder) / "analytics.duckdb"
        publisher = Publisher(store, path, chunk_dates=data.draw(st.sampled_from([1, 7])))
        for date in DATES:
            write_day(store, date, slices[date])
        publisher.publish(None)
        for group in data.draw(st.lists(st.sets(st.sampled_from(DATES), min_size=1), min_size=1, max_size=3)):
            slices.update(data.draw(days(sorted(group))))
            for date in sorted(group):
                complete = data.draw(st.sampled_from([True, True, False]))
                write_day(store, date, slices[date], complete=complete)
                slices[date] = slices[date] if complete else []
            publisher.publish(sorted(group))
        grown = everything(path)
        assert published(path) == truth(slice_ for day in slices.values() for slice_ in day)
        publisher.publish(None, rebuild=True)
        assert everything(path) == grown


def _checked(check: Callable[[st.DataObject], None], examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        check(data)

    run()


@pytest.mark.parametrize("examples", [5, pytest.param(100, marks=pytest.mark.slow)])
def test_dates_published_in_any_order_and_grouping_give_the_tables_of_a_full_rebuild(examples: int) -> None:
    _checked(_any_order, examples)


@pytest.mark.parametrize("examples", [5, pytest.param(100, marks=pytest.mark.slow)])
def test_dates_restated_and_withdrawn_give_the_tables_of_a_full_rebuild(examples: int) -> None:
    _checked(_restated_and_withdrawn, examples)


def test_the_walk_itself_counts_a_run_of_user_messages_over_midnight_as_one_turn() -> None:
    lines: list[Line] = [user("one")]
    said = walk(
        [staged("s", DATES[0], lines), staged("s", DATES[1], [tool("git", "planner"), user("two"), agent("planner")])]
    )
    assert [turn for *_, turn in said] == [1, 1, 1, 1]
