"""One session: what it is, its summaries, and its timeline of turns, messages, tool calls and model calls."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from sessions_platform.analytics import Record
from sessions_platform.errors import PlatformError
from sessions_platform.pages import specs
from sessions_platform.pages.asked import Asked
from sessions_platform.pages.chart import Chart, Column
from sessions_platform.pages.formats import clock, count, milliseconds
from sessions_platform.pages.site import NotFound, Site, link, session_url

_EVENTS = 600
_PATIENCE = 4.0
"""Seconds that a page waits for the index."""
_WHOLE_TEXT = 400_000
_DRAWN = 3000


def page(site: Site, request: Request) -> Response:
    """`/sessions/{session_id}`, and `/session?id=`"""
    session_id = request.path_params.get("session_id") or request.query_params.get("id", "")
    asked = Asked(request.query_params)
    found = site.analytics.get_session_details(session_id)
    if found is None:
        raise NotFound(_unknown(site, session_id))
    events = site.kept("timeline", {"id": session_id}, lambda: _events(site, session_id))
    shown, before, after = _window(events, asked.whole("from"), session_id)
    show = asked.text("show")
    return site.page(
        "session.html",
        here="/sessions",
        session=found,
        turns=_turns(shown),
        event_count=len(events),
        before=before,
        after=after,
        last_message=max((event["message_index"] or 0 for event in events), default=0),
        summaries=_summaries(site, session_id),
        documents=_documents(site, session_id, show) if show in {"digest", "transcript"} else None,
        show=show,
        chart=timeline(site, Asked(request.query_params), session_id) if events else None,
        traces=_traces(site, found, events),
        tools=found["tool_usage"],
        own=session_url(session_id),
    )


def _unknown(site: Site, session_id: str) -> str:
    given = session_id[:300]
    near = [row["session_id"] for row in site.ask("near_sessions", given=given)] if given else []
    meant = f" Did you mean {', '.join(near)}?" if near else ""
    return f"There is no session {given!r} in the published file.{meant}"


def _events(site: Site, session_id: str) -> list[Record]:
    """The timeline, each call with its error, each event with the turn it stands in."""
    calls = {
        (row["observation_id"], row["message_index"]): row
        for row in site.ask("page_session_calls", session_id=session_id)
    }
    events: list[Record] = []
    turn = None
    for event in reversed(site.analytics.get_timeline(session_id) or []):
        # A model call stands before the messages that came of it, in their turn; after the last, in the last turn.
        turn = event["turn_index"] if event["turn_index"] is not None else turn
        call = calls.get((event["observation_id"], event["message_index"]), {}) if event["kind"] == "tool_call" else {}
        events.append(
            {
                **event,
                "turn_index": turn,
                "error_message": call.get("error_message"),
                "error_type": call.get("error_type"),
                "success_basis": call.get("success_basis"),
            }
        )
    last = max((event["turn_index"] for event in events if event["turn_index"] is not None), default=0)
    for event in events:
        event["turn_index"] = last if event["turn_index"] is None else event["turn_index"]
    return events[::-1]


def _window(events: list[Record], first: int, session_id: str) -> tuple[list[Record], str | None, str | None]:
    """The events from a message on, at most 600, and the addresses of those before and after."""
    start = 0
    if first:
        start = next((i for i, e in enumerate(events) if (e["message_index"] or 0) >= first), max(0, len(events) - 1))
    end = start + _EVENTS
    base = link(session_url(session_id)) if "?" not in session_url(session_id) else session_url(session_id)
    join = "&" if "?" in base else "?"

    def at(place: int) -> str:
        index = next((e["message_index"] for e in events[place:] if e["message_index"] is not None), 0)
        return f"{base}{join}from={index}#timeline"

    return (
        events[start:end],
        at(max(0, start - _EVENTS)) if start else None,
        at(end) if end < len(events) else None,
    )


def _turns(events: list[Record]) -> list[Record]:
    """Events by turn."""
    turns: list[Record] = []
    for event in events:
        if not turns or turns[-1]["turn"] != event["turn_index"]:
            turns.append({"turn": event["turn_index"], "events": [], "calls": 0, "failed": 0, "cost": 0.0})
        last = turns[-1]
        last["events"].append(event)
        last["calls"] += event["kind"] == "tool_call"
        last["failed"] += event["kind"] == "tool_call" and event["success"] is False
        last["cost"] += event["cost_usd"] or 0.0
    return turns


def _summaries(site: Site, session_id: str) -> list[Record]:
    """L0 and L1 of each date; from the tables alone, and said so, where neither index nor staged session answers."""

    async def ask() -> Any:
        return await asyncio.wait_for(site.search.asession(session_id), _PATIENCE)

    try:
        slices = site.kept("summaries", {"id": session_id}, lambda: asyncio.run(ask()).slices)
    except (PlatformError, OSError, TimeoutError) as error:
        note = str(error) or f"the index did not answer within {_PATIENCE:.0f} seconds"
        rows = site.ask("slices_of_session", session_id=session_id)
        return [{"date": row["date"], "l0": row["l0"] or "", "l1": "", "source": "", "note": note} for row in rows]
    return [
        {"date": one.date, "l0": one.l0, "l1": one.overview, "source": one.overview_from, "note": one.note}
        for one in slices
    ]


def _documents(site: Site, session_id: str, kind: Any) -> Record:
    """Digest or transcript, or why there is none."""

    async def ask() -> Any:
        return await asyncio.wait_for(site.search.adocuments(session_id, kind), 5 * _PATIENCE)

    try:
        found = asyncio.run(ask())
    except (PlatformError, OSError, TimeoutError) as error:
        return {"kind": kind, "texts": [], "problem": str(error) or "the index did not answer"}
    texts = [
        {"date": one.date, "text": one.text[:_WHOLE_TEXT], "cut": max(0, len(one.text) - _WHOLE_TEXT)} for one in found
    ]
    return {"kind": kind, "texts": texts, "problem": ""}


def _traces(site: Site, found: Record, events: list[Record]) -> list[Record]:
    """Its traces with their address in Langfuse, where that is known; none for a session known by a pseudonym."""
    ids = list(dict.fromkeys(event["trace_id"] for event in events if event["trace_id"]))
    host = site.settings.langfuse_host
    project = site.project(found["last_date"]) if host.startswith(("http://", "https://")) else None
    if found["session_id"].startswith("<"):
        project = None
    base = f"{host}/project/{quote(project, safe='')}/traces/" if project else None
    return [{"id": one, "href": base + quote(one, safe="") if base else None} for one in ids[:50]]


def timeline(site: Site, asked: Asked, session_id: str | None = None) -> Chart:
    """Messages, tool calls and model calls by time."""
    session_id = session_id if session_id is not None else asked.exact("session_id") or ""
    events = site.kept("timeline", {"id": session_id}, lambda: _events(site, session_id))
    if not events:
        raise NotFound("There is no such session.")
    rows = [_mark(event) for event in events[:_DRAWN] if event["timestamp"]]
    return Chart(
        "session-timeline",
        f"When did what happen? {count(len(rows))} messages and calls by agent and tool",
        rows,
        (
            Column("clock", "Time, UTC"),
            Column("lane", "Agent or tool"),
            Column("what", "What"),
            Column("took", "Took"),
            Column("href", "Where", "example"),
        ),
        specs.lanes("lane"),
        note="A bar is as long as the call took. A click leads to the message.",
        parameters={"session_id": session_id},
    )


def _mark(event: Record) -> Record:
    tool = event["kind"] == "tool_call"
    took = event["duration_ms"]
    end = None
    if took:
        start = datetime.fromisoformat(event["timestamp"])
        end = (start + timedelta(milliseconds=took)).isoformat().replace("+00:00", "Z")
    what = {"message": "message", "model_call": "model call"}.get(event["kind"], "tool call")
    return {
        "lane": (event["operation"] or event["tool_name"]) if tool else event["agent_name"] or "(nobody)",
        "what": "failed" if event["success"] is False else what,
        "start": event["timestamp"],
        "end": end,
        "clock": clock(event["timestamp"]),
        "took": milliseconds(took),
        "href": f"#m{event['message_index']}" if event["message_index"] is not None else "#timeline",
    }


CHARTS = {"session-timeline": timeline}
