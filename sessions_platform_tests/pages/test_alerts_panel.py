"""The Alerts panel: what fires now, with the figures that it fired on."""

from pathlib import Path

from sessions_platform.analytics import SessionAnalytics
from sessions_platform.pages.alerts import alerts_panel
from sessions_platform.pages.site import Site
from sessions_platform.settings import Settings
from sessions_platform_tests.alerts.test_watch import TOOLS, day, looked
from sessions_platform_tests.alerts.worlds import home, rules_of


def site_of(settings: Settings) -> Site:
    return Site(SessionAnalytics(settings.database), settings)


def test_the_panel_lists_what_fires_now_and_since_when(tmp_path: Path) -> None:
    settings = home(tmp_path, rules_of(TOOLS))
    day(settings, 0, 10, 0)
    assert alerts_panel(site_of(settings)) == []
    day(settings, 1, 6, 4)
    looked(settings)
    day(settings, 2, 7, 3)
    looked(settings)
    (row,) = alerts_panel(site_of(settings)) or []
    assert row == {
        "Alert": "kubectl <b>",
        "Severity": "warning",
        "Since": "2026-11-03",
        "Value when it fired": "60.0%",
        "95 % interval": "31.3% to 83.2%",
        "n": "10",
        "Expected": "–",
        "Threshold": "below 0.7",
        "Where": "tool:kubectl",
    }
    day(settings, 3, 10, 0)
    looked(settings)
    assert alerts_panel(site_of(settings)) == []
