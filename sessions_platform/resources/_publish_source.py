"""Where DuckDB finds a table's Parquet: in place if the store is a folder, else fetched into a scratch folder.

The wheels of DuckDB here carry no httpfs, so objects of S3 come through the store's own client.
"""

import shutil
from pathlib import Path

from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.sessions import layout

_PIECE = 4 << 20


class ParquetSource:
    """Local paths of Parquet objects; `clear` removes what was fetched."""

    def __init__(self, store: ObjectStore, scratch: Path) -> None:
        self._store = store
        self._scratch = scratch

    def path_of(self, table: str, day: str) -> str:
        """Path of a table's Parquet on a date. FileNotFoundError if the store has none."""
        return self.path_of_key(layout.table_key(table, day))

    def path_of_key(self, key: str) -> str:
        """Path of a Parquet object. FileNotFoundError if the store has none."""
        local = self._store.local_path(key)
        return str(local if local is not None else self._fetched(key))

    def clear(self) -> None:
        """Remove fetched objects."""
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _fetched(self, key: str) -> Path:
        path = self._scratch / key
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(".partial")
            with self._store.reader(key) as source, partial.open("wb") as target:
                shutil.copyfileobj(source, target, _PIECE)
            partial.replace(path)
        return path
