"""Tables that stand in the store in parts of their own: alerts and findings, which no date's load makes.

A table that `sql/catalog.yaml` marks with `parts: <column>` has one object for each value of that column,
`tables/<table>/<column>=<value>/part.parquet`; with `parts: null` it is one object, `tables/<table>/part.parquet`. An
empty or missing part has no rows. Writers put whole parts (`put_part`); the publisher swaps those that changed
(`_publish_parts`). Fact tables and marts, which are taken by complete dates, do not belong here.
"""

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sessions_platform.errors import StoreError
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.sql import catalog

Row = Mapping[str, Any]
_VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_TYPES = {
    "VARCHAR": pa.string(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
    "DOUBLE": pa.float64(),
    "BIGINT": pa.int64(),
    "UBIGINT": pa.uint64(),
    "INTEGER": pa.int32(),
    "BOOLEAN": pa.bool_(),
}


@dataclass(frozen=True, slots=True)
class PartTable:
    """A table and the column whose values name its parts; None where one object holds all rows."""

    name: str
    column: str | None

    @property
    def prefix(self) -> str:
        """Folder of its objects."""
        return f"tables/{self.name}/"

    def key(self, value: str | None) -> str:
        """The object of a part. ValueError where the value cannot be part of a name, or there is one too many."""
        if (value is None) != (self.column is None) or (value is not None and not _VALUE.fullmatch(value)):
            raise ValueError(f"{value!r} names no part of table {self.name}, whose parts are by {self.column}")
        return f"{self.prefix}part.parquet" if value is None else f"{self.prefix}{self.column}={value}/part.parquet"

    def holds(self, key: str) -> bool:
        """Whether an object is one of its parts."""
        name = key.removeprefix(self.prefix).removesuffix("part.parquet")
        if self.column is None:
            return name == ""
        value = name.removeprefix(f"{self.column}=").removesuffix("/")
        return _VALUE.fullmatch(value) is not None and key == self.key(value)

    def value_of(self, key: str) -> str | None:
        """The value that a part's object is named by; None where the table is one object."""
        return None if self.column is None else key.removesuffix("/part.parquet").partition("=")[2]


@cache
def part_tables() -> dict[str, PartTable]:
    """The catalog's tables in parts, by name."""
    return {name: PartTable(name, table.parts) for name, table in catalog().items() if table.in_parts}


def put_part(store: ObjectStore, table: str, value: str | None, rows: "Iterable[Row] | pa.Table") -> bool:
    """Put a whole part in place, sorted and with the catalog's columns and types; says whether it wrote.

    Equal rows give equal bytes, so that a part which is made again with the same result is no change. Columns that
    rows lack are empty; the part's own column may be left out. Times with a zone are stored in UTC. ValueError for
    columns that the catalog does not know, and for rows of another part.
    """
    home, schema = part_tables()[table], schema_of(table)
    key = home.key(value)
    given: list[Row] = rows.to_pylist() if isinstance(rows, pa.Table) else list(rows)
    own = {} if home.column is None else {home.column: _own_value(schema, home.column, value)}
    plain = [{**own, **{name: _plain(cell) for name, cell in row.items()}} for row in given]
    for row in plain:
        if unknown := row.keys() - set(schema.names):
            raise ValueError(f"table {table} has no column {', '.join(sorted(unknown))}")
        if any(row[name] != cell for name, cell in own.items()):
            raise ValueError(f"table {table}: a row of another {home.column} than {value}")
    plain.sort(key=lambda row: [(row.get(name) is not None, row.get(name)) for name in schema.names])
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(plain, schema), stream, compression="zstd")
    return store.put_if_changed(key, stream.getvalue())


def read_part(store: ObjectStore, table: str, value: str | None) -> list[dict[str, Any]]:
    """Rows of a part as they stand in the store; none where there is no such part."""
    key = part_tables()[table].key(value)
    try:
        found: list[dict[str, Any]] = pq.ParquetFile(io.BytesIO(store.get(key))).read().to_pylist()
    except FileNotFoundError:
        return []
    except pa.ArrowException as error:
        raise StoreError(f"{key}: damaged ({type(error).__name__})") from None
    return found


@cache
def schema_of(table: str) -> pa.Schema:
    """The catalog's columns of a table as Arrow types."""
    return pa.schema([(column.name, _arrow(column.type)) for column in catalog()[table].columns])


def _arrow(name: str) -> pa.DataType:
    return pa.list_(_arrow(name.removesuffix("[]"))) if name.endswith("[]") else _TYPES[name]


def _own_value(schema: pa.Schema, column: str, value: str | None) -> Any:
    if value is not None and schema.field(column).type == pa.date32():
        return date.fromisoformat(value)
    return value


def _plain(cell: Any) -> Any:
    """Times as the tables hold them: UTC without zone."""
    return cell.astimezone(UTC).replace(tzinfo=None) if isinstance(cell, datetime) and cell.tzinfo else cell
