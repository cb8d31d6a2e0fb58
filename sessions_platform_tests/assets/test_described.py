"""Assets' pages as data dictionary: columns and descriptions are the catalog's, and nothing else."""

from typing import Any

import dagster as dg
import pytest

from sessions_platform.assets.described import FACT_HOMES, FACTS
from sessions_platform.assets.tables import MARTS
from sessions_platform.definitions import build_defs
from sessions_platform.sessions.table_schemas import DAY_MARTS, FACT_SCHEMAS
from sessions_platform.settings import load_settings
from sessions_platform.sql import catalog
from sessions_platform.sql.dictionary import as_markdown

HASHES = {"messages.text_hash"}
"""Only in a date's Parquet, for the publisher."""


def node(name: str) -> Any:
    return build_defs(load_settings()).resolve_asset_graph().get(dg.AssetKey(name))


def columns(name: str) -> list[tuple[str, str, str | None]]:
    schema = node(name).metadata["dagster/column_schema"]
    return [(column.name, column.type, column.description) for column in schema.columns]


@pytest.mark.parametrize("name", [*MARTS, "data_health"])
def test_a_mart_is_described_by_the_comments_of_its_table(name: str) -> None:
    table = catalog()[name]
    assert columns(name) == [(column.name, column.type, as_markdown(column.comment)) for column in table.columns]
    assert node(name).metadata["dagster/table_name"] == name
    assert node(name).description.startswith(table.comment.split("`")[0])
    assert "**Partition** D" in node(name).description


def test_marts_are_those_of_the_store() -> None:
    assert MARTS == DAY_MARTS


def test_session_tables_have_every_column_of_a_dates_parquet() -> None:
    stored = {f"{table}.{name}" for table, schema in FACT_SCHEMAS.items() for name in schema.names}
    assert {name for name, _, _ in columns("session_tables")} == stored - HASHES
    assert set(FACTS) == set(FACT_SCHEMAS) and set(FACT_HOMES) <= set(FACTS)


def test_the_published_file_has_every_column_but_those_of_the_publishers_books() -> None:
    tables = [table for table in catalog().values() if not table.internal]
    listed = [
        (f"{table.name}.{column.name}", column.type, as_markdown(column.comment))
        for table in tables
        for column in table.columns
    ]
    assert columns("analytics_database") == listed
    assert [table.name for table in tables if f"`{table.name}`: " not in node("analytics_database").description] == []


def test_what_stands_in_angle_brackets_is_not_lost_as_markup() -> None:
    said = {name: comment for name, _, comment in columns("analytics_database")}
    assert r"score:\<name>" in (said["sessions.outcome_basis"] or "")


def test_figures_that_may_not_be_summed_are_named_in_the_description() -> None:
    said = node("tool_success_rates").description.partition("**Not to be summed over dates**: ")[2]
    assert said == "`success_rate`, `ci_low`, `ci_high`, `p50_ms`, `p95_ms`, `session_count`."
