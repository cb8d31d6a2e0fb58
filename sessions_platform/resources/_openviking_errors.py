"""What OpenViking's refusals mean to the person who runs the platform: which variable, and what to do.

Only wording and classification belong here; who retries what is decided in `_openviking_http`.
"""

from typing import Any

from sessions_platform.errors import ConfigurationError, PlatformError

HOW_TO_MAKE_A_KEY = (
    'make a user with it: POST /api/v1/admin/accounts {"account_id": "sessions", "admin_user_id": "admin"}, then'
    ' POST /api/v1/admin/accounts/sessions/users {"user_id": "loader", "role": "user"} (header X-API-Key), and set'
    " OPENVIKING_API_KEY to the user_key that it answers"
)


class OpenVikingError(PlatformError):
    """OpenViking refused, failed, or did not answer in time."""


class OpenVikingDown(OpenVikingError):
    """The server cannot be reached, or its connection broke off: nothing can be loaded now."""


class OpenVikingRefusal(OpenVikingError):
    """The server answered with an error. `code` is its word (`CONFLICT`), `status` the HTTP status."""

    def __init__(self, message: str, *, code: str, status: int) -> None:
        super().__init__(message)
        self.code = code
        self.status = status

    @property
    def of_the_content(self) -> bool:
        """Whether what was sent is at fault (it is refused again, whoever sends it), not server or models."""
        return self.status in {400, 413, 422, 429}


def explain(url: str, path: str, status: int, body: Any) -> PlatformError:
    """The error for an answer that no retry has mended."""
    code, said = words_of(body)
    where = f"OPENVIKING_URL={url}"
    if status == 401:
        return ConfigurationError(
            f"{where} does not accept OPENVIKING_API_KEY ({said or '401'}): set it to a user's key of this server"
        )
    if status == 403 and "ROOT" in said:
        return root_key(url)
    if 300 <= status < 400:
        return ConfigurationError(f"{where} redirects ({status}): set OPENVIKING_URL to the address it redirects to")
    if status == 404 and code not in {"NOT_FOUND", "NOT_FOUND_ERROR"}:
        return ConfigurationError(f"{where} does not answer {path} (404): is it the address of an OpenViking server?")
    detail = f"{code}: {said}" if code and said else code or said or "no reason given"
    if status >= 500 and "embedding" in said.lower():
        detail += "; its models (SESSIONS_GATEWAY_URL) failed"
    return OpenVikingRefusal(f"{where} refused {path} ({status} {detail})", code=code, status=status)


def root_key(url: str) -> ConfigurationError:
    """The error for a root key where a user's key is needed."""
    return ConfigurationError(
        f"OPENVIKING_API_KEY is the root key of OPENVIKING_URL={url}, which may not touch data: {HOW_TO_MAKE_A_KEY}"
    )


def unreachable(url: str, reason: str) -> OpenVikingDown:
    """The error for a server that cannot be connected to."""
    return OpenVikingDown(
        f"OPENVIKING_URL={url} cannot be reached ({reason}): start it (`sessions-platform openviking`), or check the"
        " address"
    )


def words_of(body: Any) -> tuple[str, str]:
    """Code and message of an error envelope, short."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return "", ""
    return str(error.get("code") or ""), " ".join(str(error.get("message") or "").split())[:300]
