"""Cursors: where a page ended, as one opaque word. They name a session, not a place, so they outlive publications."""

import base64
import binascii

import msgspec

from sessions_platform.api.errors import Refused

After = tuple[int, str]
"""Start in microseconds since 1970, and id, of a page's last session."""
_INT64 = 2**63


def cursor_of(after: After) -> str:
    """The word for a place."""
    return base64.urlsafe_b64encode(msgspec.json.encode(after)).rstrip(b"=").decode()


def place_of(cursor: str) -> After:
    """The place of a word. Refused (422) where it is none of ours."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        start, session_id = msgspec.json.decode(base64.b64decode(padded, b"-_", validate=True), type=After)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raise Refused(422, "cursor: not a cursor of this API; take next_cursor from the page before") from None
    if not -_INT64 <= start < _INT64:
        raise Refused(422, "cursor: not a cursor of this API; take next_cursor from the page before")
    return start, session_id
