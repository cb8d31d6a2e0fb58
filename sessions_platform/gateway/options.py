"""How a gateway behaves when it is told to misbehave. Every value may change while it runs."""

from dataclasses import dataclass
from datetime import timedelta

from sessions_platform.gateway.embeddings import DIMENSIONS


@dataclass
class GatewayOptions:
    """Attributes are read at each request. Only the two model endpoints fail, wait or pause."""

    dimensions: int = DIMENSIONS
    """Of an embedding, where the request names none."""
    fail_next: int = 0
    """So many of the next model requests fail; each takes one off."""
    fail_status: int = 500
    """What they fail with: 500, 429 or another error status."""
    fail_path: str = ""
    """Only requests whose path ends so fail; empty: embeddings and chat."""
    retry_after: int | None = 1
    """Seconds in the Retry-After of an injected 429."""
    latency: timedelta = timedelta(0)
    paused: bool = False
    """While true, model requests wait: for killing a server in the midst of its work."""

    def takes_failure(self, path: str) -> bool:
        """Whether this request is one of those that fail."""
        if self.fail_next <= 0 or not path.endswith(self.fail_path):
            return False
        self.fail_next -= 1
        return True
