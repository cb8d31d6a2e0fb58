"""The week's digest to the webhook, once for each content: the same week with the same result is silent."""

import hashlib
from collections.abc import Mapping
from typing import Any

from sessions_platform.alerts.webhook import Webhook, check_address
from sessions_platform.analysis.reporting.digest import digest
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.sessions.layout import report_key
from sessions_platform.settings import Settings

MARK = "steps/posted.sha256"


def post_digest(store: ObjectStore, report: Mapping[str, Any], settings: Settings) -> str:
    """`posted`, or why not. A failure to post is no failure of the week: the next run of it tries again."""
    url = settings.sessions_webhook_url.get_secret_value()
    if not url:
        return "not posted: SESSIONS_WEBHOOK_URL is not set"
    check_address(url)
    base = settings.sessions_dashboard_url.rstrip("/")
    text = digest(report, f"{base}/reports/{report['week']}" if base else "")
    key, mark = report_key(report["week"], MARK), hashlib.sha256(text.encode()).hexdigest().encode()
    if _posted(store, key) == mark:
        return "posted before"
    if reason := Webhook(url).post(text):
        return f"not posted: the webhook {reason}; running the week again tries again"
    store.put_if_changed(key, mark)
    return "posted"


def _posted(store: ObjectStore, key: str) -> bytes:
    try:
        found: bytes = store.get(key)
    except FileNotFoundError:
        return b""
    return found
