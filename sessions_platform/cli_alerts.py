"""The command that says how the alert rules stand now. Recording and posting is the Dagster job's part."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.table import Table

from sessions_platform.cli_shared import Json, out, say
from sessions_platform.settings import load_settings

if TYPE_CHECKING:
    from sessions_platform.alerts.watch import Standing


def alerts(as_json: Json = False) -> None:
    """How every rule of alerts.yaml stands over the published data. Records and posts nothing."""
    # Imported here: DuckDB and numpy would slow the start of every command.
    from sessions_platform.alerts.rules import load_rules
    from sessions_platform.alerts.watch import standings
    from sessions_platform.analytics import SessionAnalytics

    settings = load_settings()
    found = standings(SessionAnalytics(settings.database).pinned(), load_rules(settings), datetime.now(UTC))
    if as_json:
        print(json.dumps({"alerts": [one.as_record() for one in found]}))
        return
    if not found:
        say("No complete date is published, or alerts.yaml has no rule.")
        return
    table = Table("rule", "state", "value", "n", "expected", "threshold", "severity", "dates to", box=None)
    for one in found:
        table.add_row(*_cells(one))
    out.print(table)


def _cells(one: "Standing") -> list[str]:
    from sessions_platform.alerts.words import shown

    rule, figure = one.rule, one.figure
    state = f"firing since {one.since}" if one.since else "quiet"
    if one.event:
        state = f"{state}; {'fires' if one.event == 'fired' else 'resolves'} at the next look"
    elif one.reading == "not enough data":
        state = f"{state}; not enough data"
    expected = "" if figure.expected is None else shown(rule.metric, figure.expected)
    value = shown(rule.metric, figure.value)
    return [rule.name, state, value, f"{figure.n:,}", expected, rule.threshold.words, rule.severity, figure.date]
