"""What a request asks for, read strictly: a parameter the real API refuses is refused here too, with its error body.

Only reading and refusing belong here; no data.
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import QueryParams

from sessions_platform.sessions import jsontext


class Refused(Exception):
    """An answer other than 200: status and JSON body."""

    def __init__(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        super().__init__(body.get("message"))
        self.status = status
        self.body = dict(body)
        self.headers = dict(headers or {})


def invalid(path: str, message: str, code: str = "custom") -> Refused:
    """400 in the form of the API's request validation."""
    return Refused(
        400, {"message": "Invalid request data", "error": [{"code": code, "path": [path], "message": message}]}
    )


def not_found(message: str) -> Refused:
    return Refused(404, {"message": message})


def read_limit(params: QueryParams, default: int, most: int) -> int:
    text = params.get("limit")
    if text is None or text == "":
        return default
    try:
        limit = int(text)
    except ValueError:
        raise invalid("limit", "Expected number, received nan", "invalid_type") from None
    if limit < 1:
        raise invalid("limit", "Number must be greater than or equal to 1", "too_small")
    if limit > most:
        raise invalid("limit", f"Number must be less than or equal to {most}", "too_big")
    return limit


def parse_instant(text: object, path: str) -> int:
    """Milliseconds since 1970 of an ISO-8601 instant; one without Z or offset is refused, as the API refuses it."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise invalid(path, "Invalid datetime", "invalid_string") from None
    if moment.tzinfo is None:
        raise invalid(path, "Invalid datetime: an offset or Z is required", "invalid_string")
    return to_ms(moment)


def read_instant(params: QueryParams, name: str) -> int | None:
    text = params.get(name)
    return None if text is None or text == "" else parse_instant(text, name)


def read_flag(params: QueryParams, name: str) -> bool | None:
    text = params.get(name)
    if text is None or text == "":
        return None
    if text not in ("true", "false"):
        raise invalid(name, "Expected boolean, received string", "invalid_type")
    return text == "true"


def read_list(params: QueryParams, name: str) -> list[str]:
    """The values of a comma list; empty where it is absent."""
    return [part.strip() for part in params.get(name, "").split(",") if part.strip()]


def to_ms(moment: datetime) -> int:
    # Whole milliseconds by integer arithmetic: a float timestamp may land one off, and the cursor relies on equality.
    delta = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000


def from_ms(value: int) -> str:
    moment = datetime.fromtimestamp(value // 1000, UTC).replace(microsecond=value % 1000 * 1000)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def encode_cursor(position: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(jsontext.dump_bytes(dict(position))).decode()


def decode_cursor(text: str) -> dict[str, Any]:
    try:
        value = jsontext.parse(base64.urlsafe_b64decode(text.encode()))
    except (binascii.Error, ValueError):
        raise invalid("cursor", "Invalid cursor format") from None
    if not isinstance(value, dict):
        raise invalid("cursor", "Invalid cursor format")
    return value
