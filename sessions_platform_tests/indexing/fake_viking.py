"""As much of an OpenViking server as a load needs, in memory: files, abstracts, tags, commits, search.

It stands in for the transport where a test asks what the loader does about an answer; what the server does is asked of
the real one.
"""

import asyncio
import json
from typing import Any

import httpx

from sessions_platform.resources.openviking import OpenVikingClient

USER = "viking://user/u"


class FakeViking:
    """Gone after `down_after` calls; refuses the word `poison`; has no L0 for the names in `placeholders`.

    `records`: how many index records the first settings of tags meet; the others meet all 3.
    """

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self.folders: dict[str, str] = {}
        self.tags: dict[str, list[str]] = {}
        self.sessions: dict[str, int] = {}
        self.calls: list[str] = []
        self.placeholders: set[str] = set()
        self.poison = ""
        self.records: list[int] = []
        self.down_after: int | None = None

    def client(self) -> OpenVikingClient:
        """A client of it, not entered."""

        async def sleep(seconds: float) -> None:
            await asyncio.sleep(0)

        return OpenVikingClient("http://127.0.0.1:1", "key", transport=httpx.MockTransport(self), sleep=sleep)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v1")
        if self.down_after is not None and len(self.calls) >= self.down_after:
            raise httpx.ConnectError("refused")
        self.calls.append(f"{request.method} {path}")
        body: Any = json.loads(request.content) if request.content else {}
        params = dict(request.url.params)
        if path == "/content/download":
            return httpx.Response(200, content=self.files[params["uri"]].encode())
        status, result = self.answer(request.method, path, body, params)
        return httpx.Response(status, json={"status": "ok", "result" if status == 200 else "error": result})

    def answer(self, method: str, path: str, body: Any, params: dict[str, str]) -> tuple[int, Any]:
        if method == "DELETE" and path == "/fs":
            return self.remove(params["uri"])
        if path.startswith(("/sessions", "/tasks")):
            return self.of_sessions(method, path, body)
        handlers = {
            "/fs/mkdir": lambda: self.mkdir(body),
            "/fs/ls": lambda: (200, self.below(params["uri"])),
            "/content/batch-write": lambda: self.write(body["operations"]),
            "/content/abstract": lambda: (200, self.abstract(params["uri"])),
            "/content/overview": lambda: (200, "# overview"),
            "/content/set_tags": lambda: self.set_tags(body),
            "/search/find": lambda: (200, {"resources": self.find(body)}),
            "/privacy-configs/session": lambda: (200, []),
            "/system/status": lambda: (200, {"user": "u"}),
        }
        return handlers[path]() if path in handlers else (200, {})

    def mkdir(self, body: Any) -> tuple[int, Any]:
        if body["uri"] in self.folders:
            return 409, {"code": "CONFLICT", "message": "already exists"}
        self.folders[body["uri"]] = body.get("description", "")
        return 200, {}

    def write(self, operations: list[Any]) -> tuple[int, Any]:
        if any(self.poison and self.poison in one["content"] for one in operations):
            return 400, {"code": "INVALID_ARGUMENT", "message": "this text is refused"}
        for one in operations:
            if one["uri"].endswith("/.abstract.md"):
                self.folders[one["uri"].removesuffix("/.abstract.md")] = one["content"]
                continue
            self.files[one["uri"]] = one["content"]
            if "tags" in one:
                self.tags[one["uri"]] = one["tags"]
        return 200, {}

    def remove(self, gone: str) -> tuple[int, Any]:
        for kept in (self.files, self.folders, self.tags):
            for uri in [uri for uri in kept if uri == gone or uri.startswith(f"{gone}/")]:
                del kept[uri]
        return 200, {}

    def below(self, uri: str) -> list[str]:
        return sorted(one for one in {*self.files, *self.folders} if one.rpartition("/")[0] == uri)

    def abstract(self, uri: str) -> str:
        name = uri.rpartition("/")[2]
        return "[Directory abstract is not ready]" if name in self.placeholders else self.folders.get(uri, "")

    def set_tags(self, body: Any) -> tuple[int, Any]:
        self.tags[body["uri"]] = body["tags"]
        return 200, {"success_count": self.records.pop(0) if self.records else 3}

    def find(self, body: Any) -> list[dict[str, Any]]:
        targets = [body["target_uri"]] if isinstance(body.get("target_uri"), str) else body.get("target_uri", [])
        wanted = set(body.get("tags", []))
        return [
            {"uri": uri, "level": body.get("level", 2), "score": float(text == body["query"]), "tags": self.tags[uri]}
            for uri, text in {**self.folders, **self.files}.items()
            if uri in self.tags and wanted <= set(self.tags[uri])
            if any(uri == target or uri.startswith(f"{target}/") for target in targets)
        ]

    def of_sessions(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        if path == "/sessions":
            if body["session_id"] in self.sessions:
                return 409, {"code": "ALREADY_EXISTS", "message": "exists"}
            self.sessions[body["session_id"]] = 0
            return 200, {"uri": f"{USER}/sessions/{body['session_id']}"}
        if method == "DELETE":
            self.sessions.pop(path.rpartition("/")[2], None)
        elif path.endswith("/batch"):
            self.sessions[path.split("/")[2]] += len(body["messages"])
        elif path.endswith("/commit"):
            return 200, {"task_id": "t"}
        elif path == "/tasks":
            return 200, []
        elif path.startswith("/tasks/"):
            return 200, {"task_id": "t", "status": "completed", "result": {}}
        return 200, {}
