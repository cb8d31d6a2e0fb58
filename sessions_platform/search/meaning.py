"""Sessions by meaning: the index's hits, brought together by session and joined with the tables.

All levels are asked at once, and four times as many hits as sessions are wanted: a directory is hit by its abstract,
its overview and its digest (measured: recall 0.92 against 0.80 for abstracts alone). Level 0 alone is for scans.
A session on two dates has two directories and comes once, with the better one: outcome and cost are the session's, and
would be counted twice by whoever adds up an answer.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sessions_platform.analytics import NotPublished, SessionAnalytics
from sessions_platform.indexing.payload import ROOT, tag_text
from sessions_platform.resources.openviking import Hit, OpenVikingClient
from sessions_platform.search.answers import Answer, BadSearch, Found, Record, Span, columns_of
from sessions_platform.sql import statement

_TIMES = 4
_AT_LEAST = 40
_MORE_TIMES = 4
"""One more call asks for so many times the hits, where the first gave too few sessions and there are more hits."""
_WORD_CHARACTERS = 4000
"""Of a question; embedding models read no more."""
_DIRECTORY = re.compile(re.escape(ROOT) + r"/(\d{4}-\d\d-\d\d)/([^/.][^/]*)")
"""A session's; hidden names are those of the date's own abstract and overview."""


async def find_by_meaning(
    client: OpenVikingClient,
    analytics: SessionAnalytics,
    words: str,
    *,
    span: Span,
    tags: Sequence[str],
    limit: int,
    level: int | None,
) -> Answer:
    """At most `limit` sessions, best first. Raises what the client raises."""
    hits: list[Hit] = []
    found: list[Found] = []
    async with client:
        target = await _targets(client, span)
        first = max(_AT_LEAST, _TIMES * limit)
        for asked in (first, first * _MORE_TIMES) if target else ():
            hits = await client.find(words[:_WORD_CHARACTERS], target=target, limit=asked, level=level, tags=tags)
            found = await asyncio.to_thread(_joined, analytics, hits)
            # Abstract and overview of a directory are counted apart and given as one, so a full answer can be short.
            if len(found) >= limit or len(hits) * 2 < asked:
                break
    return Answer(words, found[:limit], len(hits), await asyncio.to_thread(version_of, analytics))


def checked_tags(tags: Sequence[str]) -> list[str]:
    """Tags `key=value` as the index holds them: lower case, white space collapsed, short. Raises BadSearch."""
    checked = []
    for tag in tags:
        key, _, value = map(tag_text, tag.partition("="))
        if not key or not value:
            raise BadSearch(f"tag {tag!r} is not of the form key=value, such as outcome=failed")
        checked.append(f"{key}={value}")
    return checked


def version_of(analytics: SessionAnalytics) -> str | None:
    """Version of the published data; None where nothing is published."""
    try:
        return analytics.data_version()
    except NotPublished:
        return None


def published(analytics: SessionAnalytics, query: str, given: Mapping[str, Any]) -> list[Record]:
    """Rows of one of the `queries`; none where nothing is published."""
    try:
        return analytics.records(statement(f"queries/{query}"), given)
    except NotPublished:
        return []


def sessions_by_id(analytics: SessionAnalytics, ids: Sequence[str]) -> dict[str, Record]:
    """Rows of table `sessions` of those that it knows."""
    return {row["session_id"]: row for row in published(analytics, "sessions_by_id", {"ids": list(ids)})}


def indexed_slices(
    analytics: SessionAnalytics, *, uris: Sequence[str] = (), ids: Sequence[str] = ()
) -> dict[str, Record]:
    """Rows of table `openviking_commits` of these directories, or of all of these sessions, by URI."""
    given = {"uris": list(uris), "ids": list(ids)}
    return {row["uri"]: row for row in published(analytics, "indexed_slices", given)}


async def _targets(client: OpenVikingClient, span: Span) -> str | list[str]:
    """The directories to search: the root, or those of the dates. The index itself knows which it has.

    The server's own since and until look at when something was written, not at when the session was.
    """
    if span.open:
        return ROOT
    return [f"{ROOT}/{day}" for day in await client.names(ROOT) if day in span]


def _joined(analytics: SessionAnalytics, hits: Sequence[Hit]) -> list[Found]:
    """One for each session, in the order of the best hit; hits on dates and on the root are none."""
    best: dict[str, tuple[Hit, str, str]] = {}
    for hit in hits:
        if place := _DIRECTORY.match(hit.uri):
            best.setdefault(place.group(), (hit, place.group(1), place.group(2)))
    known = indexed_slices(analytics, uris=list(best))
    dates: dict[str, list[str]] = {}
    chosen: dict[str, tuple[str, Hit, str]] = {}
    for uri, (hit, day, name) in best.items():
        # Not in the tables yet: the directory's name is the id where that could be a name, else made from it.
        session_id = known[uri]["session_id"] if uri in known else name
        dates.setdefault(session_id, []).append(day)
        chosen.setdefault(session_id, (uri, hit, day))
    rows = sessions_by_id(analytics, [one["session_id"] for one in known.values()])
    return [
        Found(
            session_id,
            day,
            uri,
            str(known[uri]["l0"] or "") if uri in known else hit.abstract if hit.level == 0 else "",
            hit.abstract,
            other_dates=dates[session_id][1:],
            score=hit.score,
            level=hit.level,
            **columns_of(rows.get(session_id)),
        )
        for session_id, (uri, hit, day) in chosen.items()
    ]
