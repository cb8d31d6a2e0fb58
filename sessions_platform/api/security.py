"""Who may ask, and what browsers may do with an answer: headers, token, host. ASGI wrappers, from the outside in."""

import base64
import binascii
import hmac
import ipaddress
import socket

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sessions_platform.api.errors import answer_for, shown

API_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
OPEN_PATHS = ("/health",)
_ALWAYS = {
    "content-security-policy": API_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "private, no-cache",
}


class Shield:
    """Headers on every answer (an answer's own stand), HEAD as GET without its body, and no error's inside."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"
        begun = False

        async def send_on(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
            elif head:
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._app({**scope, "method": "GET"} if head else scope, receive, send_on)
        except Exception as error:
            answer = answer_for(error)
            if begun:
                raise
            await answer(scope, receive, send_on)


class TokenGate:
    """Lets in who has the token: `Authorization: Bearer`, or Basic with any user and the token as password.

    Never in the URL, which logs keep. Without a token everybody is let in who asks by a name that only this network can
    have given: a page elsewhere whose name is made to point here (DNS rebinding) could read everything otherwise.
    """

    def __init__(self, app: ASGIApp, token: str, host: str) -> None:
        self._app, self._token = app, token.encode()
        self._names = {host.lower(), socket.gethostname().lower()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in OPEN_PATHS:
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(Headers(scope=scope))
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, headers: Headers) -> JSONResponse | None:
        if self._token:
            given = headers.get("authorization", "")
            return None if hmac.compare_digest(_token_in(given), self._token) else _unauthorized(bool(given))
        name = _host_name(headers.get("host", ""))
        if name in self._names or "." not in name or name.endswith(".localhost") or _is_address(name):
            return None
        sentence = (
            f"set SESSIONS_API_TOKEN to serve this as {shown(name)}; without a token only local names are answered"
        )
        return JSONResponse({"detail": sentence}, 403, {"cache-control": "no-store"})


def _token_in(authorization: str) -> bytes:
    kind, _, rest = authorization.partition(" ")
    word = rest.strip().encode("latin-1")  # as the bytes were sent
    if kind.lower() == "bearer":
        return word
    if kind.lower() == "basic":
        try:
            return base64.b64decode(word, validate=True).partition(b":")[2]
        except binascii.Error:
            return b""
    return b""


def _unauthorized(given: bool) -> JSONResponse:
    why = (
        "this token is not the one of SESSIONS_API_TOKEN" if given else "this API wants its token (SESSIONS_API_TOKEN)"
    )
    sentence = f"{why}: send it as `Authorization: Bearer <token>`, in a browser as the password with any user name"
    answer = JSONResponse({"detail": sentence}, 401, {"cache-control": "no-store"})
    for challenge in ('Bearer realm="sessions"', 'Basic realm="sessions", charset="UTF-8"'):
        answer.headers.append("www-authenticate", challenge)
    return answer


def _host_name(host: str) -> str:
    """The name in a Host header, without its port."""
    name = host.strip().lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.rpartition(":")[0] if name.count(":") == 1 else name


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
