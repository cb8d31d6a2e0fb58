"""The published file as a file: its lock, the copy that is worked on, and the swap. Nothing about tables.

The kernel frees the lock when its holder dies, so a killed run needs no cleaning by hand; what it left is swept by the
next one.
"""

import contextlib
import fcntl
import os
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_PIECE = 16 << 20
_COPIERS = 2


class PublishedFile:
    """The database at `path`, and `<path>.next` beside it, which takes its name when it is whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.next = path.with_name(path.name + ".next")
        self.scratch = path.with_name(path.name + ".next.tmp")
        self._wal = path.with_name(path.name + ".next.wal")
        self._lock = path.with_name(path.name + ".lock")
        self._flushing: threading.Thread | None = None

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Wait for the lock, sweep what a killed run left, and leave nothing but the published file behind."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock.open("ab") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            self.sweep()
            self.scratch.mkdir()
            try:
                yield
            finally:
                self._flushed()
                self.sweep()

    def sweep(self) -> None:
        """Remove the next file and everything beside it."""
        shutil.rmtree(self.scratch, ignore_errors=True)
        self._wal.unlink(missing_ok=True)
        self.next.unlink(missing_ok=True)

    def copy(self) -> None:
        """Make the next file a copy of the published one; its flush to disk goes on beside the work on it."""
        with self.path.open("rb") as source, self.next.open("wb") as target:
            _copy(source.fileno(), target.fileno(), os.fstat(source.fileno()).st_size)
        self._flushing = threading.Thread(target=_sync, args=(self.next,), daemon=True)
        self._flushing.start()

    def replace(self) -> None:
        """Put the next file in the published one's place, durably. Readers keep what they have open."""
        self._flushed()
        _sync(self.next)
        self.next.replace(self.path)
        _sync(self.path.parent)

    def _flushed(self) -> None:
        if self._flushing is not None:
            self._flushing.join()
            self._flushing = None


def _copy(source: int, target: int, size: int) -> None:
    """All bytes of one descriptor to another inside the kernel (a reflink where the file system can).

    In parallel parts: what costs is the allocation of page cache, which two processors do in half the time.
    """
    part = max(_PIECE, -(-size // _COPIERS))
    bounds = [(at, min(at + part, size)) for at in range(0, size, part)]
    with ThreadPoolExecutor(_COPIERS) as pool:
        list(pool.map(lambda bound: _copy_part(source, target, *bound), bounds))


def _copy_part(source: int, target: int, at: int, end: int) -> None:
    while at < end:
        wanted = min(_PIECE, end - at)
        try:
            moved = os.copy_file_range(source, target, wanted, at, at)
        except OSError:  # another file system, or a kernel without the call
            moved = os.pwrite(target, os.pread(source, wanted, at), at)
        if not moved:
            raise OSError(f"the published file ended at {at} while it was copied")
        at += moved


def _sync(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
