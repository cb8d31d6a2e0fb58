"""The week's facts as a page of plain Markdown. Text that came from sessions is data here: it is never markup."""

from collections.abc import Iterable, Sequence
from typing import Any

_MARKUP = str.maketrans({mark: "\\" + mark for mark in "\\`*_{}[]<>()#+!|~"})


def markdown(facts: dict[str, Any]) -> str:
    """The report of a week."""
    score = facts["scorecard"]
    parts = [f"# Week {facts['week']} ({facts['first']} to {facts['last']})", _health(facts)]
    if not score["sessions"]:
        return "\n\n".join([*parts, "No session began in this week."]) + "\n"
    parts += [
        "## Scorecard",
        _table(["", "this week", "week before"], _scorecard(score, facts["scorecard_before"])),
        "## Tools that fail most",
        _table(
            ["tool", "calls", "failed", "success", "95 % interval", "sessions"],
            [
                [
                    t["operation"] or t["tool_name"],
                    t["calls"],
                    t["failed"],
                    _share(t["success_rate"]),
                    _interval(t),
                    t["sessions"],
                ]
                for t in facts["tools"]
                if t["failed"]
            ],
        ),
        "## Kinds of error",
        _table(
            ["tool", "error", "times", "sessions"],
            [[e["tool_name"], e["error_type"], e["times"], e["sessions"]] for e in facts["errors"]],
        ),
        "## Tasks",
        _table(
            ["task", "sessions", "succeeded of judged", "abandoned", "turns", "USD"],
            [
                [
                    t["task"],
                    t["sessions"],
                    f"{t['succeeded']} of {t['judged']}",
                    t["abandoned"],
                    _number(t["average_turns"]),
                    _number(t["cost_usd"]),
                ]
                for t in facts["tasks"]
            ],
        ),
        "## Who follows whom",
        _table(["from", "to", "times"], [[i["from_agent"], i["to_agent"], i["times"]] for i in facts["interactions"]]),
        "## Method",
        "Counted by SQL over the published file, without a model. Sessions, status and outcome belong to a session's "
        "first date; calls and cost to their own. Intervals are Wilson, 95 %. Sessions without a score or rule for "
        f"their outcome are not judged. Data version {facts['data_version']}.",
    ]
    return "\n\n".join(parts) + "\n"


def _health(facts: dict[str, Any]) -> str:
    missing = facts["missing_dates"]
    return (
        "All seven days are complete."
        if not missing
        else f"**Not complete: {', '.join(missing)}.** Figures lack these days."
    )


def _scorecard(score: dict[str, Any], before: dict[str, Any]) -> list[list[Any]]:
    def column(one: dict[str, Any]) -> list[Any]:
        judged, sessions, calls = one["judged"], one["sessions"], one["tool_calls"]
        success = f"{one['succeeded']} of {judged} ({_share(one['success_low'])} to {_share(one['success_high'])})"
        return [
            sessions,
            _share(one["completed"] / sessions if sessions else None),
            success if judged else "not enough data",
            _share((sessions - judged) / sessions if sessions else None),
            _number(one["average_turns"]),
            f"{one['tool_errors']} of {calls}" if calls else "no calls",
            _number(one["cost_usd"]) + (" and more (unpriced models)" if one["model_calls_without_price"] else ""),
        ]

    names = [
        "sessions",
        "completed",
        "succeeded of judged",
        "not judged",
        "turns on average",
        "tool calls failed",
        "USD",
    ]
    return [list(row) for row in zip(names, column(score), column(before), strict=True)]


def _table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = [_line(row) for row in rows]
    if not lines:
        return "None."
    return "\n".join([_line(heads), "|" + " --- |" * len(heads), *lines])


def _line(cells: Sequence[Any]) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(value: Any) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return " ".join(str(value).split())[:200].translate(_MARKUP)


def _interval(row: dict[str, Any]) -> str:
    return f"{_share(row['ci_low'])} to {_share(row['ci_high'])}"


def _share(value: float | None) -> str:
    return "no data" if value is None else f"{value:.0%}"


def _number(value: float | None) -> str:
    return "no data" if value is None else f"{value:,.2f}"
