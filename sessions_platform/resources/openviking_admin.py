"""What the holder of OpenViking's root key does: accounts, users and their keys. It touches no data.

Synchronous, because it runs when a server is set up, wherever that happens.
"""

from types import TracebackType
from typing import Self
from urllib.parse import quote

import httpx

from sessions_platform.resources._openviking_errors import OpenVikingDown, OpenVikingRefusal, explain, unreachable
from sessions_platform.resources._openviking_http import PREFIX, by_proxy, parsed


class OpenVikingAdmin:
    """A holder of the root key. Use as `with`."""

    def __init__(self, url: str, root_key: str, *, transport: httpx.BaseTransport | None = None) -> None:
        self.url = url.rstrip("/")
        self._http = _client(self.url, root_key, transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def create_account(self, account: str, admin: str) -> str | None:
        """Make an account; its administrator's key, or None where it exists already."""
        return self._made("/admin/accounts", {"account_id": account, "admin_user_id": admin})

    def create_user(self, account: str, user: str, role: str = "user") -> str | None:
        """Make a user; the key, or None where the user exists already."""
        return self._made(f"/admin/accounts/{quote(account, safe='')}/users", {"user_id": user, "role": role})

    def new_key(self, account: str, user: str) -> str:
        """A new key for a user; the old one ends."""
        return self._post(f"/admin/accounts/{quote(account, safe='')}/users/{quote(user, safe='')}/key", {})

    def _made(self, path: str, body: dict[str, str]) -> str | None:
        try:
            return self._post(path, body)
        except OpenVikingRefusal as refusal:
            if refusal.status == 409:
                return None
            raise

    def _post(self, path: str, body: dict[str, str]) -> str:
        try:
            answer = self._http.post(PREFIX + path, json=body)
        except httpx.ConnectError as error:
            raise unreachable(self.url, str(error)[:200]) from error
        except httpx.TransportError as error:
            raise OpenVikingDown(f"OPENVIKING_URL={self.url}: no answer to {path}") from error
        envelope = parsed(answer)
        result = envelope.get("result") if isinstance(envelope, dict) else None
        if answer.status_code >= 300 or not isinstance(result, dict) or not result.get("user_key"):
            raise explain(self.url, path, answer.status_code, envelope)
        return str(result["user_key"])


def key_works(url: str, key: str, *, transport: httpx.BaseTransport | None = None) -> bool:
    """Whether the server takes this key for data."""
    with _client(url, key, transport) as http:
        answer = http.get(f"{PREFIX}/fs/ls", params={"uri": "viking://resources", "limit": 1})
        return answer.status_code in {200, 404}


def _client(url: str, key: str, transport: httpx.BaseTransport | None) -> httpx.Client:
    headers = {"X-API-Key": key}
    return httpx.Client(base_url=url, headers=headers, timeout=60.0, transport=transport, trust_env=by_proxy(url))
