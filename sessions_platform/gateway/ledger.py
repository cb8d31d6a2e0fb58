"""What the gateway was asked: calls and estimated tokens by kind. Counts only, never a word of a request."""

import threading
from dataclasses import asdict, dataclass
from typing import Any

UNKNOWN = "unknown_prompt"
EMBEDDING = "embedding"


def estimated_tokens(chars: int) -> int:
    """About one token for four characters."""
    return -(-chars // 4)


@dataclass
class Entry:
    """One kind's counters. `refused` are requests of that kind answered with an error, injected ones too."""

    calls: int = 0
    refused: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


class Ledger:
    """Counters of a gateway's life; `reset` begins anew. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kinds: dict[str, Entry] = {}

    def note(self, kind: str, prompt_tokens: int = 0, completion_tokens: int = 0, *, refused: bool = False) -> None:
        with self._lock:
            entry = self._kinds.setdefault(kind, Entry())
            entry.calls += 1
            entry.refused += refused
            entry.prompt_tokens += prompt_tokens
            entry.completion_tokens += completion_tokens

    def kinds(self) -> dict[str, Entry]:
        """A copy of the counters, by kind."""
        with self._lock:
            return {kind: Entry(**asdict(entry)) for kind, entry in sorted(self._kinds.items())}

    def calls(self, kind: str) -> int:
        with self._lock:
            return self._kinds[kind].calls if kind in self._kinds else 0

    def total(self) -> Entry:
        """All kinds together."""
        total = Entry()
        for entry in self.kinds().values():
            total.calls += entry.calls
            total.refused += entry.refused
            total.prompt_tokens += entry.prompt_tokens
            total.completion_tokens += entry.completion_tokens
        return total

    def reset(self) -> None:
        with self._lock:
            self._kinds.clear()

    def as_dict(self) -> dict[str, Any]:
        return {
            "kinds": {kind: asdict(entry) for kind, entry in self.kinds().items()},
            "total": asdict(self.total()),
            "tokens": "estimated, characters / 4",
        }
