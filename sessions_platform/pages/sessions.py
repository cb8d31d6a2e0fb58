"""Sessions: the list with its filters, and the search by meaning and by text."""

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sessions_platform.analytics import NotPublished, Record
from sessions_platform.errors import PlatformError
from sessions_platform.pages.asked import Asked, BadRequest, pairs, without_empty
from sessions_platform.pages.chart import Chart, Column
from sessions_platform.pages.formats import count
from sessions_platform.pages.site import Site, link, session_url
from sessions_platform.sql import statement

STATUSES = ("completed", "abandoned", "error", "active", "unknown")
OUTCOMES = ("success", "partial", "failed", "unknown")
_PAGE = 50
_MOST = 5000
_FOUND = 30
_LONGEST_CHOICE = 200


def page(site: Site, request: Request) -> Response:
    """`/sessions`"""
    asked = Asked(request.query_params)
    words = asked.text("q")
    given = filters(asked)
    return site.page(
        "sessions.html",
        here="/sessions",
        given=given,
        q=words or "",
        how=asked.text("how") or "meaning",
        statuses=STATUSES,
        outcomes=OUTCOMES,
        choices=choices(site),
        found=_search(site, asked, words) if words else None,
        listing=None if words else _listing(site, asked, given),
    )


def filters(asked: Asked) -> Record:
    """The filters of a request, as they stand in its address."""
    from_agent, to_agent = asked.exact("from_agent"), asked.exact("to_agent")
    if (from_agent is None) != (to_agent is None):
        raise BadRequest("from_agent and to_agent: give both, or none")
    since, until = asked.day("since"), asked.day("until")
    if since and until and since > until:
        raise BadRequest(f"since {since} is after until {until}: swap them")
    segments = asked.texts("segment")
    pairs(segments)
    names = ("status", "outcome", "user_id", "tool", "operation", "error", "agent")
    return {
        **{name: asked.exact(name) for name in names},
        "since": since,
        "until": until,
        "failed": 1 if asked.flag("failed") else None,
        "from_agent": from_agent,
        "to_agent": to_agent,
        "segment": segments,
    }


def _asked_for(given: Record) -> Record:
    """As parameters of the query."""
    segments = [f"{key}\x1f{value}" for key, value in pairs(given["segment"]).items()]
    plain = {name: value for name, value in given.items() if name not in {"segment", "failed"}}
    return {**plain, "failed": bool(given["failed"]), "segments": segments}


def _listing(site: Site, asked: Asked, given: Record) -> Record:
    """One page of the list."""
    after = asked.text("after")
    start, _, last = (after or "").partition("~")
    rows = site.ask("page_sessions", **_asked_for(given), after_start=_moment(start), after_id=last, limit=_PAGE + 1)
    shown = [with_link(row) for row in rows[:_PAGE]]
    more = None
    if len(rows) > _PAGE:
        more = link("/sessions", **given, after=f"{shown[-1]['start_time']}~{shown[-1]['session_id']}")
    return {
        "total": rows[0]["total"] if rows else 0,
        "rows": shown,
        "more": more,
        "first": link("/sessions", **given) if after else None,
        "chips": _chips(given),
        "csv": link("/pages/data/sessions.csv", **given),
        "json": link("/pages/data/sessions.json", **given),
        "most": _MOST,
    }


def _moment(cursor: str) -> str | None:
    try:
        return datetime.fromisoformat(cursor).replace(tzinfo=None).isoformat() if cursor else None
    except ValueError:
        raise BadRequest("after: this is no place in the list; begin at its first page") from None


def with_link(row: Record) -> Record:
    """A session with its address."""
    told = {name: value for name, value in row.items() if name != "total"}
    return {**told, "href": session_url(row["session_id"])}


def _chips(given: Record) -> list[Record]:
    """Each filter in words, and the list without it."""
    chips = []
    for name, value in without_empty(given).items():
        for one in value if isinstance(value, list) else [value]:
            rest = {**given, name: [v for v in value if v != one] if isinstance(value, list) else None}
            if name in {"from_agent", "to_agent"}:
                rest |= {"from_agent": None, "to_agent": None}
            label = "with failed calls" if name == "failed" else f"{name.replace('_', ' ')}: {one}"
            chips.append({"label": label, "href": link("/sessions", **rest)})
    return chips


def listing(site: Site, asked: Asked) -> Chart:
    """The list as data: the first 5,000 sessions."""
    given = filters(asked)
    query = {**_asked_for(given), "after_start": None, "after_id": "", "limit": _MOST}
    rows = site.analytics.records(statement("queries/page_sessions"), query)
    return Chart(
        "sessions",
        f"Sessions ({count(len(rows))}, newest first, at most {count(_MOST)})",
        [with_link(row) for row in rows],
        (Column("session_id", "Session"),),
        parameters=given,
    )


def choices(site: Site) -> Record:
    """Values to choose from, by key; `segments` are `key:value`."""
    found: dict[str, list[str]] = {"tool": [], "agent": [], "segments": []}
    for row in site.ask("page_choices"):
        if len(row["key"]) + len(row["value"]) > _LONGEST_CHOICE:
            continue
        if row["key"] in {"tool", "agent"}:
            found[row["key"]].append(row["value"])
        else:
            found["segments"].append(f"{row['key']}:{row['value']}")
    return found


def _search(site: Site, asked: Asked, words: str) -> Record:
    """Sessions by meaning or by text; what stands in the way, in a sentence."""
    text = len(words) > 2 and words.startswith('"') and words.endswith('"')
    how = "text" if text or asked.text("how") == "text" else "meaning"
    span: dict[str, Any] = {"since": asked.day("since"), "until": asked.day("until"), "limit": _FOUND}
    answer: Any = None
    problem = ""
    try:
        if how == "text":
            answer = site.search.exact(words.strip('"') if text else words, **span)
        else:
            answer = site.search.find(words, **span)
    except NotPublished:
        raise
    except PlatformError as error:
        problem = str(error)
    rows = [
        {
            "href": session_url(one.session_id, one.message_index),
            "session_id": one.session_id,
            "title": one.title,
            "date": one.date,
            "status": one.status,
            "outcome": one.outcome,
            "l0": one.l0,
            "snippet": one.snippet,
            "where": one.found_in,
            "message_index": one.message_index,
            "score": one.score,
        }
        for one in (answer.results if answer else [])
    ]
    return {
        "how": how,
        "problem": problem,
        "rows": rows,
        "complete": getattr(answer, "complete", True),
        "limit": _FOUND,
        "other": link("/sessions", q=words, how="text" if how == "meaning" else "meaning"),
    }


CHARTS = {"sessions": listing}
