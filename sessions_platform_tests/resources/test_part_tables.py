"""Tables in parts in the published file: swapped as they stand, and equal to those of a rebuild."""

import json
import tempfile
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions_platform.errors import StoreError
from sessions_platform.resources.part_tables import part_tables, put_part, read_part, schema_of
from sessions_platform_tests.resources.test_warehouse import World
from sessions_platform_tests.resources.test_warehouse_any_order import everything
from sessions_platform_tests.staged_sessions import agent, staged, user, write_day

D1, D2 = "2026-11-03", "2026-11-04"
W1, W2 = "2026-W44", "2026-W45"


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    write_day(made.store, D1, [staged("s", D1, [user("a"), agent("b")])])
    made.publish(D1)
    return made


def seen(finding: str, **more: Any) -> dict[str, Any]:
    return {"finding_id": finding, "status": "open", "value": 0.25, "n": 40, **more}


def decision(verdict: str, at: str, **more: Any) -> dict[str, Any]:
    return {"verdict": verdict, "decided_at": at, **more}


def put_decisions(world: World, finding: str, **content: Any) -> None:
    world.store.put(f"decisions/{finding}.json", json.dumps({"finding_id": finding, **content}).encode())


def test_the_catalog_says_which_tables_come_in_parts():
    found = {name: table.column for name, table in part_tables().items()}
    assert (found["alerts"], found["finding_weeks"], found["findings"]) == ("date", "week", None)
    assert "decisions" not in found and "messages" not in found


def test_a_part_that_appears_changes_or_goes_is_swapped_alone_whatever_dates_are_asked_for(world: World) -> None:
    asked = "SELECT week, finding_id, value, ci_low FROM finding_weeks ORDER BY ALL"
    put_part(world.store, "finding_weeks", W1, [seen("f-1"), seen("f-2")])
    put_part(world.store, "finding_weeks", W2, [seen("f-1", value=0.5)])
    report = world.publish(D1)
    assert report.wrote and report.published == [] and report.rows == {"finding_weeks": 3}
    assert world.ask(asked) == [(W1, "f-1", 0.25, None), (W1, "f-2", 0.25, None), (W2, "f-1", 0.5, None)]

    put_part(world.store, "finding_weeks", W1, [seen("f-1", value=0.125)])
    report = world.publish_parts()
    assert report.parts == [f"tables/finding_weeks/week={W1}/part.parquet"] and report.rows == {"finding_weeks": 1}
    assert world.ask(asked) == [(W1, "f-1", 0.125, None), (W2, "f-1", 0.5, None)]

    world.store.delete([f"tables/finding_weeks/week={W2}/part.parquet"])
    put_part(world.store, "finding_weeks", W1, [])
    assert world.publish_parts().wrote
    assert world.ask(asked) == []
    assert world.one("SELECT count(*) FROM sessions") == (1,)


def test_a_table_that_is_one_object_is_replaced_whole(world: World) -> None:
    for statement in ("tool fails", "tool fails more"):
        found = {"finding_id": "f", "kind": "tool", "statement": statement, "first_week": W1}
        put_part(world.store, "findings", None, [found])
        world.publish_parts()
        assert world.ask("SELECT statement, segment FROM findings") == [(statement, None)]


def test_nothing_is_written_where_no_part_changed(world: World) -> None:
    put_part(world.store, "finding_weeks", W1, [seen("f-1"), seen("f-2")])
    first = world.publish_parts()
    changed = world.path.stat().st_mtime_ns
    assert not put_part(world.store, "finding_weeks", W1, [seen("f-2"), seen("f-1")])
    again = world.publish_parts()
    # The same content written a second time is another time of change, and nothing else.
    world.store.put("tables/finding_weeks/week=2026-W44/part.parquet", world.store.get(first.parts[0]))
    third = world.publish(D1)
    assert (again.wrote, third.wrote, world.path.stat().st_mtime_ns) == (False, False, changed)
    assert first.data_version == again.data_version == third.data_version


def test_parts_change_the_data_version_but_not_that_of_the_dates(world: World) -> None:
    asked = "SELECT name, value FROM publication_settings WHERE name IN ('data_version', 'facts_version')"
    before = dict(world.ask(asked))
    put_part(world.store, "finding_weeks", W1, [seen("f-1")])
    world.publish_parts()
    after = dict(world.ask(asked))
    assert before["data_version"] != after["data_version"] and before["facts_version"] == after["facts_version"]
    write_day(world.store, D2, [staged("t", D2, [user("a"), agent("b")])])
    world.publish(D2)
    assert dict(world.ask(asked))["facts_version"] != after["facts_version"]


def test_every_decision_ever_made_on_a_finding_is_a_row(world: World) -> None:
    asked = "SELECT finding_id, decided_at::VARCHAR, verdict, note FROM decisions ORDER BY ALL"
    put_decisions(world, "f-1", **decision("accepted", "2026-11-09T12:00:00+02:00", note="seen it"))
    world.publish_parts()
    assert world.ask(asked) == [("f-1", "2026-11-09 10:00:00", "accepted", "seen it")]
    earlier = decision("accepted", "2026-11-09T10:00:00Z", note="seen it")
    put_decisions(world, "f-1", **decision("fixed", "2026-11-10T09:00:00Z"), history=[earlier])
    put_decisions(world, "f-2", history=[decision("dismissed", "2026-11-11T09:00:00Z")])
    world.publish_parts()
    assert world.ask(asked) == [
        ("f-1", "2026-11-09 10:00:00", "accepted", "seen it"),
        ("f-1", "2026-11-10 09:00:00", "fixed", None),
        ("f-2", "2026-11-11 09:00:00", "dismissed", None),
    ]
    world.store.delete(["decisions/f-1.json"])
    world.publish_parts()
    assert [row[0] for row in world.ask(asked)] == ["f-2"]


@pytest.mark.parametrize(
    "content", [b"{", b'{"finding_id": 7}', b'{"finding_id": "f", "verdict": "secret words", "decided_at": "soon"}']
)
def test_a_damaged_decision_is_named_without_its_words_and_changes_nothing(world: World, content: bytes) -> None:
    world.store.put("decisions/f.json", content)
    changed = world.path.stat().st_mtime_ns
    with pytest.raises(StoreError, match=r"^decisions/f\.json: not a decision") as raised:
        world.publish_parts()
    assert "secret" not in str(raised.value) and world.path.stat().st_mtime_ns == changed


def test_a_damaged_part_is_named_and_changes_nothing(world: World) -> None:
    world.store.put(f"tables/finding_weeks/week={W1}/part.parquet", b"no parquet")
    with pytest.raises(StoreError, match=f"tables/finding_weeks/week={W1}/part.parquet"):
        world.publish_parts()
    assert world.ask("SELECT count(*) FROM finding_weeks") == [(0,)]


def test_rows_of_another_part_and_unknown_columns_are_refused(world: World) -> None:
    with pytest.raises(ValueError, match="another week than 2026-W44"):
        put_part(world.store, "finding_weeks", W1, [seen("f", week=W2)])
    with pytest.raises(ValueError, match="has no column colour"):
        put_part(world.store, "finding_weeks", W1, [seen("f", colour="red")])
    for value in ("../x", "a/b", "", None):
        with pytest.raises(ValueError, match="names no part of table finding_weeks"):
            put_part(world.store, "finding_weeks", value, [])
    assert list(world.store.objects("tables/finding_weeks/")) == []


def test_a_part_with_columns_that_the_table_lacks_or_misses_is_taken_by_name(world: World) -> None:
    stored = pa.table({"later": [1], "week": [W1], "finding_id": ["f"]})
    path = world.store.local_path(f"tables/finding_weeks/week={W1}/part.parquet")
    assert path is not None
    path.parent.mkdir(parents=True)
    with duckdb.connect() as con:
        con.register("stored", stored)
        con.execute(f"COPY stored TO '{path}' (FORMAT parquet)")
    world.publish_parts()
    assert world.ask("SELECT finding_id, week, value FROM finding_weeks") == [("f", W1, None)]


def test_times_are_kept_in_utc_and_what_is_read_is_what_was_put(world: World) -> None:
    at = datetime(2026, 11, 3, 12, 0, 0, 5000, timezone(timedelta(hours=2)))
    put_part(world.store, "alerts", D1, pa.Table.from_pylist([{"alert": "a", "event": "fired", "recorded_at": at}]))
    (row,) = read_part(world.store, "alerts", D1)
    assert row["recorded_at"] == at.astimezone(UTC).replace(tzinfo=None)
    assert (row["date"], row["alert"], row["value"]) == (date(2026, 11, 3), "a", None)
    assert list(row) == schema_of("alerts").names
    assert read_part(world.store, "alerts", D2) == []


PARTS = st.dictionaries(
    st.sampled_from([W1, W2, "2026-W46"]),
    st.lists(st.builds(seen, st.sampled_from("abc"), n=st.integers(0, 9)), max_size=3),
)


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.tuples(PARTS, st.sets(st.sampled_from("fg")), st.booleans()), min_size=1, max_size=3))
def test_however_parts_come_and_go_the_file_is_that_of_a_rebuild(steps: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        write_day(world.store, D1, [staged("s", D1, [user("a"), agent("b")])])
        for number, (parts, decided, with_dates) in enumerate(steps):
            world.store.delete([info.key for info in world.store.objects("tables/finding_weeks/")])
            world.store.delete([info.key for info in world.store.objects("decisions/")])
            for week, rows in parts.items():
                put_part(world.store, "finding_weeks", week, rows)
            for finding in decided:
                put_decisions(world, finding, **decision("seen", f"2026-11-09T10:00:0{number}Z"))
            (world.publish(D1) if with_dates else world.publish_parts())
        assert not world.publish_parts().wrote
        grown = everything(world.path)
        assert len(grown["finding_weeks"]) == sum(map(len, steps[-1][0].values()))
        assert world.publish(rebuild=True).rebuilt == "asked for"
        assert everything(world.path) == grown
