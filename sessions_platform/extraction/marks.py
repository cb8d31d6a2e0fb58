"""64-bit marks of rows and names: what lets two passes be compared without keeping either."""

import hashlib
from array import array
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MASK = (1 << 64) - 1


def mark(*parts: str) -> int:
    """A stable 64-bit hash of strings. Not Python's `hash`, which differs from process to process."""
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")


class RowMarks:
    """Marks of the rows of one slice: how many, how many distinct, and which versions of them.

    Rows that come twice unchanged leave `source` as it is, in whatever order they come. Sixteen bytes a row.
    """

    def __init__(self) -> None:
        self.ids = array("Q")
        """A mark of (traceId, id) for each row as it came."""
        self._versions = array("Q")

    @property
    def fetched(self) -> int:
        """Rows as they came."""
        return len(self.ids)

    @property
    def distinct(self) -> int:
        """Distinct (traceId, id)."""
        return len(_unique(self.ids))

    @property
    def source(self) -> str:
        """A mark of the set of (traceId, id, updatedAt)."""
        versions = _unique(self._versions)
        return f"{len(versions)}-{int(versions.sum(dtype=versions.dtype)):016x}"

    def add(self, row: dict[str, Any]) -> int:
        """Count a row; gives the mark of its (traceId, id)."""
        trace, row_id = trace_of(row), str(row.get("id"))
        own = mark(trace, row_id)
        self.ids.append(own)
        self._versions.append(mark(trace, row_id, str(row.get("updatedAt"))))
        return own


def _unique(marks: "array[int]") -> "NDArray[np.uint64]":
    import numpy as np

    return np.unique(np.frombuffer(marks, dtype=np.uint64)) if marks else np.empty(0, dtype=np.uint64)


def trace_of(row: dict[str, Any]) -> str:
    """The row's trace id; '' for the rows that have none."""
    return str(row.get("traceId") or "")
