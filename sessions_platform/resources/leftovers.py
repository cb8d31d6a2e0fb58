"""Temporary files and folders that are locked while their maker lives, so that what a killed process left can be told.

The kernel frees the lock when the holder dies: no ages are guessed, and nothing in use is ever removed.
"""

import fcntl
import os
import shutil
from collections.abc import Iterable
from pathlib import Path


def hold(path: Path, descriptor: int) -> bool:
    """Lock a new file or folder for as long as `descriptor` is open; False if a sweep took it just before."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError:
        # A file system without locks: there nothing is ever swept.
        return True
    return path.exists()


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
