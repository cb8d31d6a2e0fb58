"""A chart: title with n, rows, the columns of its table, and its Vega-Lite spec. As JSON, as CSV, and in a page.

The rows of chart, table, CSV and JSON are the same. A row's `href` is where a click on its mark or first cell leads.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sessions_platform.analytics import Record
from sessions_platform.pages.asked import without_empty
from sessions_platform.pages.site import link

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LONGEST_ADDRESS = 8000
"""Characters of an address that browsers and servers take; what would need a longer one leads nowhere."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: its key in the rows, heading, and kind of figure (a name of `formats.FORMATS`, or `rate`).

    A `rate` takes its interval from `low` and `high` and its n from `of`; below the minimum it is not shown.
    """

    key: str
    label: str
    kind: str = "text"
    low: str = "ci_low"
    high: str = "ci_high"
    of: str = "total_calls"

    @property
    def right(self) -> bool:
        """Whether it holds figures."""
        return self.kind not in {"text", "said", "moment", "link", "tone", "example"}


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart. `spec` is Vega-Lite without data, or None for a table alone; `parameters` those it was asked by.

    `drawn` is how many of the rows, from the first, have a mark; 0 for all.
    """

    name: str
    title: str
    rows: list[Record]
    columns: tuple[Column, ...]
    spec: Record | None = None
    note: str = ""
    empty: str = "There is nothing to show for these dates."
    parameters: Mapping[str, Any] = field(default_factory=dict)
    drawn: int = 0

    def __post_init__(self) -> None:
        for row in self.rows:
            for key in ("href", "example"):
                if len(row.get(key) or "") > LONGEST_ADDRESS:
                    row[key] = None

    @property
    def source(self) -> str:
        """Address of its JSON."""
        return link(f"/pages/data/{self.name}.json", **self.parameters)

    @property
    def csv_source(self) -> str:
        """Address of its CSV."""
        return link(f"/pages/data/{self.name}.csv", **self.parameters)

    def as_record(self, data_version: str) -> Record:
        """What the JSON says, and what the script draws."""
        return {
            "chart": self.name,
            "title": self.title,
            "note": self.note,
            "parameters": without_empty(self.parameters),
            "data_version": data_version,
            "columns": {column.key: column.label for column in self.columns},
            "rows": self.rows,
            "spec": self.spec,
            "drawn": self.drawn,
        }

    def as_csv(self) -> str:
        """Header and rows; all keys, the table's columns first. Texts that a spreadsheet would run begin with a '."""
        keys = list(
            dict.fromkeys([*(column.key for column in self.columns), *(key for row in self.rows for key in row)])
        )
        made = io.StringIO()
        writer = csv.writer(made, lineterminator="\r\n")
        writer.writerow(keys)
        writer.writerows([_cell(row.get(key)) for key in keys] for row in self.rows)
        return made.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, str) and (value.startswith(_FORMULA) or value.lstrip().startswith(_FORMULA)):
        return "'" + value
    return value
