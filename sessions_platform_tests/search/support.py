"""An installation with staged sessions, a published file and a ledger, and an index that is only a transport."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import msgspec
import zstandard

from sessions_platform.analytics import SessionAnalytics
from sessions_platform.indexing.ledger import LEDGER_SCHEMA, Entry, Ledger, write_ledger
from sessions_platform.indexing.payload import ROOT, session_uri
from sessions_platform.resources.object_store import ObjectStore, open_store
from sessions_platform.resources.openviking import OpenVikingClient
from sessions_platform.resources.warehouse import Publisher
from sessions_platform.search import SessionSearch
from sessions_platform.sessions.layout import staged_manifest_key, staged_session_key
from sessions_platform.sessions.model import StagedSession
from sessions_platform_tests.staged_sessions import agent, score, staged, system, tool, user, write_day

D1, D2, D3 = "2026-11-01", "2026-11-02", "2026-11-03"
HOSTILE = "\x1b]0;owned\x07\x1b[31m[red]:boom: [link=http://x]y[/link]\u202egnp.exe\u2028\r\x9b2J"
DEEP = "harmless words " * 30 + 'the code is «Zanzibar-7»\n"quoted" end'
"""What is asked for stands far behind the 200 characters of a preview."""


def sessions() -> list[StagedSession]:
    """Six slices of five sessions on three days; `long/1` is on two."""
    refused = tool("psql", "coder", "FATAL: Connection Refused by host", ok=False)
    return [
        staged("long/1", D1, [system("be kind"), user("Move the printers"), agent("planner")], cost=0.5),
        staged(
            "long/1",
            D2,
            [system("be kind"), agent("planner", DEEP), tool("git", "planner")],
            scores=[score("success", 1.0, f"{D2}T12:00:00.000Z", session_id="long/1")],
            cost=0.25,
        ),
        staged("database", D1, [user("The database is down"), agent("coder"), refused], end_state="error", hour=9),
        staged("hostile", D2, [user(f"Restart {HOSTILE} it"), agent("planner", HOSTILE)]),
        staged("garden", D3, [user("Water the tulips"), agent("planner", "Watered the tulips in the garden")]),
        staged("kitchen", D3, [user("Bake bread"), agent("coder", DEEP.upper())], hour=12),
    ]


class Installation:
    """A SESSIONS_HOME below `home`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.store: ObjectStore = open_store(str(home / "store"))
        self.analytics = SessionAnalytics(home / "analytics.duckdb")

    def stage(self, made: Sequence[StagedSession]) -> None:
        """Put staged objects, manifests and fact tables in place."""
        for day in sorted({one.date for one in made}):
            here = [one for one in made if one.date == day]
            entries = {}
            for one in here:
                data = zstandard.compress(msgspec.json.encode(one))
                key = staged_session_key(day, one.session_id)
                self.store.put(key, data)
                entries[one.session_id] = {"key": key, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
            manifest = {"schema": 1, "date": day, "sessions": entries, "errors": [], "complete": True}
            self.store.put(staged_manifest_key(day), msgspec.json.encode(manifest))
            write_day(self.store, day, here)

    def index(self, made: Sequence[StagedSession], *, transcript_parts: int = 1) -> None:
        """Say in the ledgers that these stand in the index."""
        for day in sorted({one.date for one in made}):
            entries = {
                one.session_id: Entry(
                    uri=session_uri(day, one.session_id),
                    content_hash="",
                    staged_sha256="",
                    status="verified",
                    l0=f"About {one.session_id} on {day}.",
                    transcript_parts=transcript_parts,
                    committed_at=f"{day}T23:00:00Z",
                )
                for one in made
                if one.date == day
            }
            write_ledger(self.store, Ledger(LEDGER_SCHEMA, day, entries))

    def publish(self) -> None:
        """Publish what is stored."""
        Publisher(self.store, self.analytics.path, outcome_scores=["success"]).publish(None)

    def search(self, index: "Index | None" = None) -> SessionSearch:
        """Its search, with that index or none."""
        return SessionSearch(
            self.analytics, lambda: self.store, index.client if index else None, outcome_scores=["success"]
        )


def installed(home: Path) -> Installation:
    """All sessions staged, published, and said to be in the index."""
    made = Installation(home)
    made.stage(sessions())
    made.index(sessions())
    made.publish()
    return made


def hit(uri: str, score: float, level: int = 2, abstract: str = "what was hit") -> dict[str, Any]:
    """A hit as the server answers it. `uri` is below the sessions."""
    return {"uri": f"{ROOT}{uri}", "level": level, "score": score, "abstract": abstract}


class Index:
    """Answers as the server does, from lists; remembers what was asked."""

    def __init__(self, *hits: dict[str, Any], days: Sequence[str] = (D1, D2, D3)) -> None:
        self.hits = sorted(hits, key=lambda one: -float(one["score"]))
        self.days = days
        self.files: dict[str, str] = {}
        self.overviews: dict[str, str] = {}
        self.asked: list[dict[str, Any]] = []
        self.away = False

    def client(self) -> OpenVikingClient:
        """A client whose transport this is."""

        async def sleep(seconds: float) -> None:
            pass

        return OpenVikingClient("http://127.0.0.1:1", "key", transport=httpx.MockTransport(self._answer), sleep=sleep)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self.away:
            raise httpx.ConnectError("refused")
        path, uri = request.url.path.removeprefix("/api/v1"), request.url.params.get("uri", "")
        if path == "/search/find":
            body = json.loads(request.content)
            self.asked.append(body)
            return _ok({"resources": self.hits[: body["limit"]]})
        if path == "/fs/ls":
            return httpx.Response(200, json={"status": "ok", "result": list(self.days), "has_more": False})
        if path == "/content/overview" and uri in self.overviews:
            return _ok(self.overviews[uri])
        if path == "/content/download" and uri in self.files:
            return httpx.Response(200, content=self.files[uri].encode())
        error = {"code": "NOT_FOUND", "message": "no such file"}
        return httpx.Response(404, json={"status": "error", "error": error})


def _ok(result: Any) -> httpx.Response:
    return httpx.Response(200, json={"status": "ok", "result": result})


def day(text: str) -> date:
    """A date."""
    return date.fromisoformat(text)
