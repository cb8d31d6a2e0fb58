"""What was redacted once, remembered: tracers repeat the whole conversation in every generation.

What belongs here: a mapping bounded by bytes. What does not: what is remembered (redactor.py).
"""

# None as result: the text came through as it was, and is not held twice.
Entry = tuple[str | None, tuple[str, ...]]
Key = tuple[int, int | str, str]
_OVERHEAD = 250


class Memo:
    """Two generations: when the young one is full it becomes the old one, and what is asked for moves up.

    Nearly LRU, at dict cost.
    """

    def __init__(self, limit_bytes: int = 32 << 20) -> None:
        self._limit = limit_bytes // 2
        self.young: dict[Key, Entry] = {}  # read directly where each dict lookup counts
        self._old: dict[Key, Entry] = {}
        self._size = 0

    def get(self, key: Key) -> Entry | None:
        """The entry, or None."""
        entry = self.young.get(key)
        if entry is None and (entry := self._old.get(key)) is not None:
            self.put(key, entry)
        return entry

    def put(self, key: Key, entry: Entry) -> None:
        """Remembers; a text that alone would fill a generation is not kept."""
        size = _size(key[2]) + (_size(entry[0]) if entry[0] is not None else 0) + _OVERHEAD
        if size > self._limit // 4:
            return
        if self._size + size > self._limit:
            self._old, self.young, self._size = self.young, {}, 0
        self.young[key] = entry
        self._size += size

    def clear(self) -> None:
        """Forgets all."""
        self.young, self._old, self._size = {}, {}, 0


def _size(text: str) -> int:
    return len(text) if text.isascii() else 4 * len(text)
