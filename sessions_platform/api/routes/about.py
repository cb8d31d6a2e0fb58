"""About this server: an index for programs, its health, and the documentation as a page without any script."""

import html
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import APIRoute
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Match
from starlette.types import Scope

from sessions_platform.analytics import NotPublished
from sessions_platform.api import models
from sessions_platform.api.routes import desk_of

router = APIRouter(tags=["about"])


class ForPrograms(APIRoute):
    """A route that browsers do not see where there are pages: they have their own `/`."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As APIRoute, but not for those who ask for HTML."""
        accept = next((value for name, value in scope.get("headers", ()) if name == b"accept"), b"")
        if b"text/html" in accept and scope["app"].state.has_pages:
            return Match.NONE, {}
        return super().matches(scope)


async def index(request: Request) -> Response:
    """Where things are."""
    paths = sorted(path for path in request.app.openapi()["paths"] if path.startswith("/api/"))
    about = {"name": "sessions-platform", "documentation": "/docs", "description": "/openapi.json", "health": "/health"}
    return JSONResponse({**about, "endpoints": paths})


router.add_api_route("/", index, response_model=models.Index, route_class_override=ForPrograms)


@router.get("/health", response_model=models.Health)
async def health(request: Request) -> Response:
    """Whether this server answers, and from which data. Needs no token."""
    try:
        version = await desk_of(request).version()
    except NotPublished:
        return JSONResponse({"status": "unpublished", "published": False, "data_version": None})
    return JSONResponse({"status": "ok", "published": True, "data_version": version})


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> Response:
    """The description as a page."""
    policy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    return HTMLResponse(page(request.app), headers={"content-security-policy": policy})


def page(app: FastAPI) -> str:
    """The OpenAPI description as plain HTML: no script, no style, nothing loaded."""
    described = app.openapi()
    info = described["info"]
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>",
        f"<title>{_text(info['title'])}</title><h1>{_text(info['title'])}</h1><p>{_text(info['description'])}</p>",
        "<p>For programs: <a href=/openapi.json>openapi.json</a></p>",
    ]
    for path, methods in described["paths"].items():
        about = methods["get"]
        parts.append(f"<h2><code>GET {_text(path)}</code></h2><p>{_text(about.get('description', ''))}</p>")
        if about.get("parameters"):
            rows = "".join(_parameter(one) for one in about["parameters"])
            parts.append(f"<table><tr><th align=left>parameter<th align=left>in<th align=left>what{rows}</table>")
        schema = about["responses"]["200"]["content"].get("application/json", {}).get("schema", {})
        parts.append(_fields(described, schema))
    return "\n".join(parts) + "</html>"


def _parameter(one: dict[str, Any]) -> str:
    needed = " (needed)" if one.get("required") else ""
    return f"<tr><td><code>{_text(one['name'])}</code>{needed}<td>{one['in']}<td>{_text(one.get('description', ''))}"


def _fields(described: dict[str, Any], schema: dict[str, Any]) -> str:
    name = schema.get("$ref", "").rpartition("/")[2]
    fields = described["components"]["schemas"].get(name, {}).get("properties", {})
    rows = "".join(
        f"<tr><td><code>{_text(key)}</code><td>{_text(value.get('description', ''))}" for key, value in fields.items()
    )
    return f"<p>Answers <code>{_text(name)}</code>:</p><table>{rows}</table>" if rows else ""


def _text(value: object) -> str:
    return html.escape(str(value))
