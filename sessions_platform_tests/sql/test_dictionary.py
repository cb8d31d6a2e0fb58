"""The data dictionary: what is committed is what the catalog says, and what the published file says of itself."""

import re
from pathlib import Path

import duckdb
import pytest

from sessions_platform.definitions import build_defs
from sessions_platform.resources.object_store import open_store
from sessions_platform.resources.warehouse import Publisher
from sessions_platform.settings import load_settings
from sessions_platform.sql import catalog
from sessions_platform.sql.dictionary import DAILY, MADE_BY, NOT_BY_ASSETS, adds_up, as_markdown, markdown
from sessions_platform_tests.staged_sessions import agent, staged, user, write_day

DOCUMENT = Path(__file__).parents[2] / "docs" / "data-dictionary.md"
_ROW = re.compile(r"\| `(?P<name>\w+)` \| (?P<type>\S+) \| (?P<said>.*?) \|(?: (?:yes|no)? \|)?")
NO_SUM = {
    "tool_success_rates": {"success_rate", "ci_low", "ci_high", "p50_ms", "p95_ms", "session_count"},
    "interaction_matrix": {"session_count"},
    "agent_activity": {"session_count"},
    "daily_metrics": {
        *("completion_rate", "success_rate", "unknown_share", "average_turns_per_session"),
        *("active_sessions", "user_count", "tool_success_rate"),
    },
}


def written() -> dict[str, list[tuple[str, str, str]]]:
    """Columns of each table of the committed document: name, type, meaning as it is written."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            columns = found[line.removeprefix("## ")] = []
        elif row := _ROW.fullmatch(line):
            columns.append((row["name"], row["type"], row["said"]))
    return found


def test_the_committed_document_is_up_to_date() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == markdown(), "run `make docs`"


def test_the_document_has_every_column_of_a_published_file_with_its_type_and_comment(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "store"))
    write_day(store, "2026-11-01", [staged("first", "2026-11-01", [user("hello"), agent("planner")])])
    Publisher(store, tmp_path / "analytics.duckdb").publish(None)
    with duckdb.connect(str(tmp_path / "analytics.duckdb"), read_only=True) as con:
        grains = dict(con.execute("SELECT table_name, comment FROM duckdb_tables()").fetchall())
        rows = con.execute(
            "SELECT table_name, column_name, data_type, comment FROM duckdb_columns() WHERE NOT internal "
            "ORDER BY table_name, column_index"
        ).fetchall()
    published: dict[str, list[tuple[str, str, str]]] = {}
    for table, column, kind, comment in rows:
        published.setdefault(table, []).append((column, kind, as_markdown(comment)))
    assert written() == published
    text = DOCUMENT.read_text(encoding="utf-8")
    assert [table for table, grain in grains.items() if f"\n{as_markdown(grain)}\n" not in text] == []


def test_of_every_table_it_is_said_who_makes_it_and_those_assets_exist() -> None:
    assets = {key.to_user_string() for key in build_defs(load_settings()).resolve_asset_graph().get_all_asset_keys()}
    assert {*MADE_BY, *NOT_BY_ASSETS} == set(catalog()) and MADE_BY.keys().isdisjoint(NOT_BY_ASSETS)
    assert set(MADE_BY.values()) <= assets


@pytest.mark.parametrize("mart", DAILY)
def test_rates_percentiles_and_distinct_counts_are_not_summed_over_dates(mart: str) -> None:
    columns = {column.name: adds_up(mart, column) for column in catalog()[mart].columns}
    assert {name for name, sums in columns.items() if sums is False} == NO_SUM[mart]
    assert {name for name, sums in columns.items() if sums is None} <= {
        *("date", "tool_name", "operation", "agent_name", "from_agent", "to_agent")
    }
    for column in catalog()[mart].columns:
        if "add up" in column.comment or "adds up" in column.comment:
            assert adds_up(mart, column) is ("not add up" not in column.comment)


def test_a_comment_is_one_cell_whatever_stands_in_it() -> None:
    assert as_markdown("score:<name> | 5 * 2,\n`a<b`") == r"score:\<name> \| 5 \* 2, `a<b`"
