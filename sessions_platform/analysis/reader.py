"""What the analysis asks of whoever answers SQL on a published or frozen file. A shape only."""

from collections.abc import Mapping
from typing import Any, Protocol


class Reader(Protocol):
    """Whoever answers SQL on the file, such as SessionAnalytics."""

    def records(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Rows of one statement as dicts."""
