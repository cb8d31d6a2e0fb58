"""The SQL of the published tables: one file a table, and `catalog.yaml` with every column's type and comment.

No SQL in Python but the shortest. A table's file is a SELECT; its header states the grain. Day marts read the views
`scope_*`, so that the same text runs over one date's Parquet and over the published tables. `queries/` holds what
`SessionAnalytics` asks. Loading text is all that happens here.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

# libyaml reads the catalog ten times as fast, and every import of the definitions reads it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a published table: its DuckDB type and its comment (meaning, unit, whether it adds up)."""

    name: str
    type: str
    comment: str


@dataclass(frozen=True, slots=True)
class Table:
    """A published table: its grain and columns. `internal` ones keep the publisher's books.

    `in_parts`: its rows stand in the store in parts, named by the values of `parts` (None: one object holds all).
    """

    name: str
    comment: str
    columns: tuple[Column, ...]
    internal: bool
    in_parts: bool = False
    parts: str | None = None


@cache
def statement(name: str) -> str:
    """Text of `<name>.sql` (such as `messages`, `queries/timeline`). FileNotFoundError if there is none."""
    return files(__name__).joinpath(f"{name}.sql").read_text(encoding="utf-8")


@cache
def catalog() -> dict[str, Table]:
    """Every table of the published file, by name."""
    text = files(__name__).joinpath("catalog.yaml").read_text(encoding="utf-8")
    described = yaml.load(text, _LOADER)  # noqa: S506 - a safe loader, written in C
    return {
        name: Table(
            name,
            entry["grain"],
            tuple(Column(column, *described_as.split(" | ", 1)) for column, described_as in entry["columns"].items()),
            bool(entry.get("internal", False)),
            "parts" in entry,
            entry.get("parts"),
        )
        for name, entry in described.items()
    }


def definitions() -> list[str]:
    """CREATE and COMMENT statements of every table and column."""
    made: list[str] = []
    for table in catalog().values():
        columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
        made.append(f"CREATE TABLE {table.name} ({columns})")
        made.append(f"COMMENT ON TABLE {table.name} IS {quoted(table.comment)}")
        made.extend(
            f'COMMENT ON COLUMN {table.name}."{column.name}" IS {quoted(column.comment)}' for column in table.columns
        )
    return made


def quoted(text: str) -> str:
    """A SQL literal."""
    return "'" + text.replace("'", "''") + "'"
