"""Endpoints, one module a subject. Each asks its question of one version of the file; the desk does the rest."""

from typing import Any

from fastapi import Request

from sessions_platform.api.desk import Desk
from sessions_platform.api.models import Problem


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What an endpoint answers beside 200, for the description."""
    said = {
        304: "The client has it already (If-None-Match).",
        400: "The question lacks something; the sentence says what.",
        401: "The token is missing or wrong.",
        403: "Without SESSIONS_API_TOKEN only local names are answered.",
        404: "There is no such thing; the sentence names it.",
        422: "A parameter is wrong; the sentence names it.",
        500: "This server made a mistake.",
        503: "There is no answer now: nothing is published, a service is missing, or it took too long.",
    }
    bare: dict[int | str, dict[str, Any]] = {304: {"description": said[304]}} if 304 in statuses else {}
    others = sorted({401, 403, 422, 500, 503, *statuses} - {304})
    return {**bare, **{status: {"model": Problem, "description": said[status]} for status in others}}


def desk_of(request: Request) -> Desk:
    """The app's desk."""
    desk: Desk = request.app.state.desk
    return desk
