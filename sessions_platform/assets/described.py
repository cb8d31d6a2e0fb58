"""Descriptions and columns of assets, out of the catalog: an asset's page in the UI is its part of the data dictionary.

No column or grain is described here; what is said of a partition is said once for all marts.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from sessions_platform.sql import catalog
from sessions_platform.sql.dictionary import adds_up, as_markdown

COLUMNS = "dagster/column_schema"
NAME = "dagster/table_name"
FACT_HOMES = {"session_segments": "slice_segments", "scores": "score_versions"}
"""Fact tables of a date whose columns stand under another name in the file: the published table is made of them."""
FACTS = ("session_slices", "session_segments", "messages", "tool_calls", "model_calls", "scores")


def mart_description(name: str) -> str:
    """Grain, partition, source, and where the figures of sessions over midnight are whole."""
    (dated,) = (column.comment for column in catalog()[name].columns if column.name == "date")
    return (
        f"{as_markdown(catalog()[name].comment)}\n\n"
        f"**Partition** D holds the rows whose `date` is D: {as_markdown(dated)}\n\n"
        "**Source**: the Parquet of `session_tables`, by the SQL of the mart's name. It counts the date's slices "
        "alone; the published table of this name also knows the neighbouring slices of sessions over midnight."
        f"{_adding_up(name)}"
    )


def fact_description() -> str:
    """What the fact tables of a date hold, table by table."""
    return (
        "Fact tables of a date as Parquet, `tables/<table>/date=D/part.parquet` in the store.\n\n"
        "**Partition** D holds the slices of D: what sessions did on that UTC date. Indices and turns count within the "
        "slice, what is only known from the history of its inputs apart from it; publication adds what earlier slices "
        f"hold.\n\n{_grains({name: FACT_HOMES.get(name, name) for name in FACTS})}"
    )


def published_description() -> str:
    """What the published file holds, table by table."""
    return (
        "SESSIONS_HOME/analytics.duckdb, the file that analysts open, replaced whole. Every table and column of it "
        "carries its comment.\n\n"
        "**Partition** D is materialized: the figures of D are in the file, if the date is complete.\n\n"
        f"{_grains({name: name for name, table in catalog().items() if not table.internal})}"
    )


def health_description() -> str:
    """What is said of a date's wholeness, and who goes by it."""
    return (
        f"{as_markdown(catalog()['data_health'].comment)} The publisher goes by `complete`, whatever was "
        "materialized.\n\n**Partition** D holds the one row of D, from the manifests and notes of its raw rows, staged "
        "sessions and tables."
    )


def table_metadata(name: str) -> Mapping[str, Any]:
    """Name and columns of the one published table that an asset makes."""
    return {NAME: name, COLUMNS: columns_of({name: name})}


def fact_metadata() -> Mapping[str, Any]:
    """Columns of a date's fact tables, each as `table.column`."""
    return {COLUMNS: columns_of({name: FACT_HOMES.get(name, name) for name in FACTS})}


def published_metadata() -> Mapping[str, Any]:
    """Columns of every published table but the publisher's books, each as `table.column`."""
    return {COLUMNS: columns_of({name: name for name, table in catalog().items() if not table.internal})}


def columns_of(tables: Mapping[str, str]) -> dg.TableSchema:
    """Columns of the catalog's tables with type and comment; `tables` maps names to show to names of the catalog."""
    alone = len(tables) == 1
    return dg.TableSchema(
        [
            dg.TableColumn(
                column.name if alone else f"{shown}.{column.name}",
                type=column.type,
                description=as_markdown(column.comment),  # which is how the UI reads it
            )
            for shown, name in tables.items()
            for column in catalog()[name].columns
        ]
    )


def _grains(tables: Mapping[str, str]) -> str:
    return "\n".join(f"- `{shown}`: {as_markdown(catalog()[name].comment)}" for shown, name in tables.items())


def _adding_up(name: str) -> str:
    """The columns that may not be summed over dates."""
    left = [f"`{column.name}`" for column in catalog()[name].columns if adds_up(name, column) is False]
    return f"\n\n**Not to be summed over dates**: {', '.join(left)}." if left else ""
