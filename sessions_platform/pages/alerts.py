"""The Alerts panel of the Overview: which rules fire now, as their newest events in table `alerts` say it."""

from sessions_platform.alerts.rules import ALERT_METRICS
from sessions_platform.alerts.words import shown
from sessions_platform.analytics import Record
from sessions_platform.pages.formats import count
from sessions_platform.pages.site import Site


def alerts_panel(site: Site) -> list[Record] | None:
    """What fires now, longest first, one readable row a rule; empty where nothing does, None without the table."""
    if not site.has_table("alerts"):
        return None
    return [_row(one) for one in site.ask("page_alerts")]


def _row(event: Record) -> Record:
    metric = ALERT_METRICS.get(event["metric"])

    def told(value: float | None) -> str:
        return shown(metric, value) if metric is not None and value is not None else "–"

    known = event["ci_low"] is not None and event["ci_high"] is not None
    return {
        "Alert": event["alert"],
        "Severity": event["severity"],
        "Since": event["since"],
        "Value when it fired": told(event["value"]),
        "95 % interval": f"{told(event['ci_low'])} to {told(event['ci_high'])}" if known else "–",
        "n": count(event["n"]),
        "Expected": told(event["expected"]),
        "Threshold": event["threshold"],
        "Where": event["segment"] or "all",
    }
