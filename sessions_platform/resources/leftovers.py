"""Temporary files and folders that are locked while their maker lives, so that what a killed process left can be told.

The kernel frees the lock when the holder dies: no ages are guessed, and nothing in use is ever removed.
"""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import mkdtemp


def hold(path: Path, descriptor: int) -> bool:
    """Lock a new file or folder for as long as `descriptor` is open; False if a sweep took it just before."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError:
        # A file system without locks: there nothing is ever swept.
        return True
    return path.exists()


@contextlib.contextmanager
def own_folder(scratch: Path, prefix: str) -> Iterator[Path]:
    """A new folder below `scratch` for the block, without what killed runs left beside it under the same prefix."""
    scratch.mkdir(parents=True, exist_ok=True)
    remove_abandoned(scratch.glob(f"{prefix}*"))
    folder = Path(mkdtemp(prefix=prefix, dir=scratch))
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if not hold(folder, descriptor):
            folder.mkdir()
        yield folder
    finally:
        os.close(descriptor)
        shutil.rmtree(folder, ignore_errors=True)


def remove_abandoned(paths: Iterable[Path]) -> int:
    """Remove those that no living process holds; how many there were."""
    return sum(_remove(path) for path in paths)


def _remove(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Removed under the lock: a maker that waits for it sees that its file is gone, and makes another.
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True
