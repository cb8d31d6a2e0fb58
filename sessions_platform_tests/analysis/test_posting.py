"""The digest: decisions in a few lines, no markup of a chat, posted once for each content."""

from pathlib import Path
from typing import Any

import pytest

from sessions_platform.analysis.posting import post_digest
from sessions_platform.analysis.reporting.digest import digest
from sessions_platform.errors import ConfigurationError
from sessions_platform.resources.object_store import open_store
from sessions_platform.settings import Settings
from sessions_platform_tests.alerts.worlds import webhook


def report(**changed: Any) -> dict[str, Any]:
    finding = {
        "finding_id": "f-1", "title": "Calls of `<!channel>` @all fail", "value": 0.123, "unit": "share",
        "sessions": ["a", "b", "c"], "status": "new", "confidence": "high",
    }  # fmt: skip
    made = {
        "week": "2026-W45",
        "findings": [finding, {**finding, "finding_id": "f-2", "title": "Another"}],
        "decisions": ["f-1"],
        "facts": {"scorecard": {"sessions": 1204, "judged": 1000, "succeeded": 800}, "missing_dates": ["2026-11-08"]},
    }
    return made | changed


def settings(home: Path, url: str = "", **more: Any) -> Settings:
    return Settings(_env_file=None, sessions_home=home, sessions_webhook_url=url, **more)  # type: ignore[arg-type]


def test_the_digest_names_decisions_with_their_figures_and_missing_days() -> None:
    assert digest(report(), "https://pages.example/reports/2026-W45").splitlines() == [
        "Sessions, week 2026-W45: 1,204 sessions, 80 % of 1,000 judged succeeded.",
        "Not complete: 2026-11-08.",
        "1. Calls of '‹!channel›' (at)all fail: 12 %, 3 sessions, new, confidence high",
        "1 further finding in the report.",
        "https://pages.example/reports/2026-W45",
    ]
    assert "Nothing asks for a decision." in digest(report(decisions=[], findings=[]))


def test_a_digest_is_posted_once_for_each_content(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "store"))
    with webhook() as hook:
        at = settings(tmp_path, hook.url, sessions_dashboard_url="https://pages.example/")
        assert [post_digest(store, report(), at) for _ in range(2)] == ["posted", "posted before"]
        assert post_digest(store, report(decisions=["f-2"]), at) == "posted"
        assert [text.splitlines()[-1] for text in hook.texts] == ["https://pages.example/reports/2026-W45"] * 2
        assert ["1. Another" in text for text in hook.texts] == [False, True]


def test_without_an_address_nothing_is_posted_and_one_that_is_none_is_said(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "store"))
    assert post_digest(store, report(), settings(tmp_path)) == "not posted: SESSIONS_WEBHOOK_URL is not set"
    with pytest.raises(ConfigurationError, match="SESSIONS_WEBHOOK_URL"):
        post_digest(store, report(), settings(tmp_path, "hooks"))
    assert not list(store.objects("reports/"))
