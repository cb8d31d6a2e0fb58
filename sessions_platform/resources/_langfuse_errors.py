"""What Langfuse's refusals mean to the person who runs the platform: which variable, and what to do.

Only wording and classification belong here; who retries what is decided in `_langfuse_http`.
"""

from typing import Any

from sessions_platform.errors import ConfigurationError, PlatformError, SourceError
from sessions_platform.sessions import jsontext

V3_MESSAGE = (
    "this server is Langfuse v3 without the v2 API: upgrade it to v4, or set LANGFUSE_HOST to a server that has it"
)
_METRICS = "/api/public/v2/metrics"


class MetricsUnavailable(SourceError):
    """The server has no v2/metrics (`missing`), or its budget of metrics requests is used up."""

    def __init__(self, message: str, *, missing: bool = False) -> None:
        super().__init__(message)
        self.missing = missing


class Refusal(Exception):
    """A view or parameter that this server does not know (400); callers that can do without it catch this."""


def explain(status: int, path: str, body: bytes, host: str, content_type: str) -> PlatformError:
    """The error for an answer that no retry can mend."""
    said = _said(body, content_type)
    where = f"LANGFUSE_HOST={host}"
    if status == 401:
        return ConfigurationError(
            f"{where} does not accept LANGFUSE_PUBLIC_KEY / LANGFUSE_SECRET_KEY (401{said}): copy both from the"
            " project's settings, API keys, and check that the host is of the same region"
        )
    if status == 403:
        return ConfigurationError(
            f"{where}: LANGFUSE_PUBLIC_KEY / LANGFUSE_SECRET_KEY may not read this project (403{said}): use a"
            " project's key pair, not an organization's or a write-only key"
        )
    if status == 404:
        return _not_found(path, said, where)
    if 300 <= status < 400:
        return ConfigurationError(f"{where} redirects ({status}): set LANGFUSE_HOST to the address it redirects to")
    return SourceError(f"{where} refused {path} ({status}{said}): if the server is older than v4, upgrade it")


def _not_found(path: str, said: str, where: str) -> PlatformError:
    if path == _METRICS:
        return MetricsUnavailable(f"{where} does not serve {path} (404{said})", missing=True)
    if "write mode" in said or path.startswith(("/api/public/v2/", "/api/public/v3/")):
        return SourceError(f"{where}: {V3_MESSAGE} (404 on {path}{said})")
    return ConfigurationError(
        f"{where} does not answer {path} (404): is LANGFUSE_HOST the address of a Langfuse server?"
    )


def gave_up(path: str, host: str, reason: str, attempts: int) -> SourceError:
    """The error after the last attempt."""
    return SourceError(f"LANGFUSE_HOST={host}: {path} failed {attempts} times, last: {reason}; run again to resume")


def unreachable(host: str, reason: str) -> SourceError:
    """The error for a host that cannot be connected to."""
    return SourceError(f"LANGFUSE_HOST={host} cannot be reached ({reason}): check the address and that the server runs")


def _said(body: bytes, content_type: str) -> str:
    """The server's own words, short; a page of HTML says nothing worth repeating."""
    if "json" not in content_type:
        return ""
    try:
        value: Any = jsontext.parse(body)
    except jsontext.NotJson:
        return ""
    words = value.get("message") if isinstance(value, dict) else None
    if not isinstance(words, str) or not words.strip():
        return ""
    detail = value.get("error")
    first = detail[0] if isinstance(detail, list) and detail else None
    more = f" ({first['message']})" if isinstance(first, dict) and isinstance(first.get("message"), str) else ""
    return f": {(' '.join(words.split()) + more)[:200]}"
