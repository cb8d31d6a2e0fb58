"""What may be asked: the parameters that several routes share, checked, each with the sentence that refuses it."""

import re
from datetime import date
from typing import Annotated, Literal

from fastapi import Query
from pydantic import AfterValidator

from sessions_platform.api.errors import Refused

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_WEEK = re.compile(r"\d{4}-W\d\d", re.ASCII)


def _day(text: str | None) -> str | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text).isoformat() if _DAY.fullmatch(text) else _refuse(text)
    except ValueError:
        return _refuse(text)


def _refuse(text: str) -> str:
    raise ValueError("not a UTC date like 2026-11-03")


def iso_week(text: str | None) -> str | None:
    """A week that exists, or None for empty. ValueError."""
    if not text:
        return None
    try:
        if _WEEK.fullmatch(text):
            date.fromisocalendar(int(text[:4]), int(text[6:]), 1)
            return text
    except ValueError:
        pass
    raise ValueError("not an ISO week like 2026-W45")


def _pair(text: str) -> str:
    key, colon, value = text.partition(":")
    if not colon or not key or not value:
        raise ValueError("write key:value, such as version:2.1")
    return text


def _pairs(texts: list[str]) -> list[str]:
    return [_pair(text) for text in texts if text]


def _pair_or_none(text: str | None) -> str | None:
    return _pair(text) if text else None


_DATE_FORM = {"format": "date"}
_PAIR_FORM = {"pattern": "^[^:]+:.+$"}
From = Annotated[
    str | None,
    Query(alias="from", description="First UTC date, included.", examples=["2026-11-03"], json_schema_extra=_DATE_FORM),
    AfterValidator(_day),
]
To = Annotated[
    str | None,
    Query(alias="to", description="Last UTC date, included.", examples=["2026-11-09"], json_schema_extra=_DATE_FORM),
    AfterValidator(_day),
]
Week = Annotated[
    str | None, Query(description="ISO week, as 2026-W45.", examples=["2026-W45"]), AfterValidator(iso_week)
]
SessionId = Annotated[str | None, Query(description="Id of a session; none for all sessions.", max_length=2000)]
Cohort = Annotated[
    str,
    Query(
        description="Sessions with this property: a segment, or version, release, environment, agent or tool.",
        examples=["version:2.1"],
        max_length=500,
        json_schema_extra=_PAIR_FORM,
    ),
    AfterValidator(_pair),
]
OneSegment = Annotated[
    str | None,
    Query(description="Only sessions with this property, key:value.", max_length=500),
    AfterValidator(_pair_or_none),
]
Segments = Annotated[
    list[str],
    Query(description="Segment key:value that a session must have; repeated, it must have all.", max_length=20),
    AfterValidator(_pairs),
]
Outcome = Literal["success", "partial", "failed", "unknown"]


def in_order(first: str | None, last: str | None) -> tuple[str | None, str | None]:
    """Both dates. Refused (422) where they are the wrong way round."""
    if first and last and first > last:
        raise Refused(422, f"from: {first} is after to ({last}); swap them")
    return first, last
