"""CPU seconds, wall seconds and peak memory of this process."""

import resource
import time
from types import TracebackType

import msgspec


class Measured(msgspec.Struct, kw_only=True):
    """What a piece of work cost. `rss_mb` is the peak of the whole process, imports included; CPU is user + system."""

    wall: float
    cpu: float
    rss_mb: float
    note: str = ""
    bytes: int | None = None
    """Bytes worked on, where they are not the corpus' (a sample)."""


class Meter:
    """Measures what runs while it is entered; entered again, it adds up."""

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0

    def __enter__(self) -> "Meter":
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.cpu += time.process_time() - self._cpu
        self.wall += time.perf_counter() - self._wall

    def result(self, note: str = "", size: int | None = None) -> Measured:
        """What was measured so far."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return Measured(wall=self.wall, cpu=self.cpu, rss_mb=peak, note=note, bytes=size)
