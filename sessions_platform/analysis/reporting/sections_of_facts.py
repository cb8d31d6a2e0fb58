"""Sections that show what SQL counted: data health, scorecard, tasks, cost, platforms, who follows whom."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sessions_platform.analysis.reporting import charts
from sessions_platform.analysis.reporting.blocks import Block, Chart, Section, Table, Text
from sessions_platform.analysis.reporting.words import UNKNOWN, counted, interval, number, share, usd

Row = Mapping[str, Any]
Facts = Mapping[str, Any]
_TASKS_NAMED = 12


def health(report: Row) -> Section:
    """Which days are in it, what was late or not readable, and on what its figures rest."""
    facts, data = report["facts"], report["data"]
    missing = facts["missing_dates"]
    lacking = Text(f"figures lack {', '.join(missing)}.", "Not complete:")
    blocks: list[Block] = [lacking if missing else Text("All seven days are complete.")]
    rows = [
        [
            row["date"], "yes" if row["complete"] else "no", row["source_rows"], row["raw_rows"],
            row["staged_sessions"], row["loaded_sessions"], row.get("late_sessions"), row.get("redactions"),
        ]
        for row in facts["data_health"]
    ]  # fmt: skip
    heads = [
        "date",
        "complete",
        "rows at the source",
        "rows stored",
        "staged",
        "in the tables",
        "late",
        "redacted places",
    ]
    blocks.append(Table(heads, rows, "No day of this week was extracted."))
    if data.get("without_texts"):
        blocks.append(
            Text(
                f"of {counted(data['without_texts'], 'session')} are gone (staged files expire): they were checked by "
                "what the tables still have.",
                "Texts",
            )
        )
    if data.get("abstracts"):
        said = ", ".join(f"{count:,} {where}" for where, count in data["abstracts"].items())
        blocks.append(Text(f"{said}.", "One-sentence abstracts were taken:"))
    score = facts["scorecard"]
    if score["sessions"]:
        unknown = score["sessions"] - score["judged"]
        blocks.append(
            Text(
                f"of {counted(unknown, 'session')} ({share(unknown / score['sessions'])}) is not known: no score and "
                "no rule says it. Shares of success leave them out.",
                "The outcome",
            )
        )
    return Section("Data health", blocks, "data-health")


def scorecard(facts: Facts) -> Section:
    """This week, the week before, and the band of the four weeks before it."""
    now, before = facts["scorecard"], facts["scorecard_before"]
    weeks = [one for one in facts.get("scorecard_weeks", ()) if one["sessions"]]
    rows = [[name, said(now), said(before), _band(weeks, value, write)] for name, value, said, write in _SCORES]
    heads = ["", "this week", "week before", f"lowest to highest of {counted(len(weeks), 'week')} before"]
    shown = heads if weeks else heads[:3]
    return Section("Scorecard", [Table(shown, [row[: len(shown)] for row in rows])], "scorecard")


def _band(weeks: Sequence[Row], value: Any, write: Any) -> str:
    known = [found for week in weeks if (found := value(week)) is not None]
    return f"{write(min(known))} to {write(max(known))}" if known else UNKNOWN


def _ratio(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None


def _score(name: str, value: Any, write: Any, said: Any = None) -> tuple[str, Any, Any, Any]:
    def plain(row: Row) -> str:
        return str(write(value(row)))

    return name, value, said or plain, write


def _success_said(row: Row) -> str:
    if not row["judged"]:
        return "not enough data"
    ends = interval(row["success_low"], row["success_high"])
    return f"{share(row['succeeded'] / row['judged'])} ({ends}; n = {row['judged']:,})"


def _cost_said(row: Row) -> str:
    return usd(row["cost_usd"]) + (" and more (unpriced models)" if row["model_calls_without_price"] else "")


_SCORES = (
    _score("sessions", lambda row: row["sessions"], number),
    _score("users", lambda row: row["users"], number),
    _score("completed", lambda row: _ratio(row["completed"], row["sessions"]), share),
    _score("abandoned", lambda row: _ratio(row["abandoned"], row["sessions"]), share),
    _score("succeeded, of those judged", lambda row: _ratio(row["succeeded"], row["judged"]), share, _success_said),
    _score("not judged", lambda row: _ratio(row["sessions"] - row["judged"], row["sessions"]), share),
    _score("turns a session", lambda row: row["average_turns"], number),
    _score("tool calls that failed", lambda row: _ratio(row["tool_errors"], row["tool_calls"]), share),
    _score("cost", lambda row: row["cost_usd"], usd, _cost_said),
    _score("cost a session", lambda row: _ratio(row["cost_usd"], row["sessions"]), usd),
)


def tasks(facts: Facts) -> list[Block]:
    """Which tasks, how many turns, how often done and given up."""
    known = [row for row in facts["tasks"] if row["sessions"]]
    if not known:
        return [Text("No session has a task: taxonomy.yaml says how tasks are recognised.")]
    shown = known[:_TASKS_NAMED]
    rows = [
        {
            "name": row["task"], "sessions": row["sessions"],
            "success": round(100 * row["succeeded"] / row["judged"], 1), "cost": row["cost_usd"] or 0.0,
        }
        for row in shown
        if row["judged"]
    ]  # fmt: skip
    made: list[Block] = []
    if len(rows) > 1:
        made.append(Chart("tasks by sessions and success; larger is dearer", charts.bubbles(rows)))
    made.append(
        Table(
            ["task", "sessions", "succeeded, of those judged", "given up", "turns", "cost a session"],
            [
                [
                    row["task"],
                    row["sessions"],
                    f"{row['succeeded']} of {row['judged']}" if row["judged"] else "not judged",
                    share(row["abandoned"] / row["sessions"]),
                    number(row["average_turns"]),
                    usd(_ratio(row["cost_usd"], row["sessions"])),
                ]
                for row in shown
            ],
        )  # fmt: skip
    )
    return made


def cost(facts: Facts) -> list[Block]:
    """Where the money went, and which models have no price."""
    made: list[Block] = []
    if models := facts.get("models"):
        rows = [
            [
                row["model"],
                row["calls"],
                row["input_tokens"],
                row["output_tokens"],
                usd(row["cost_usd"]) if row["priced"] else "no price",
            ]
            for row in models
        ]
        made.append(Table(["model", "calls", "tokens read", "tokens written", "cost"], rows))
    if paths := facts.get("cost_paths"):
        rows = [[row["name"], row["sessions"], usd(row["median_usd"]), usd(row["total_usd"])] for row in paths]
        made.append(Table(["path", "sessions", "median cost a session", "cost in all"], rows))
    if facts["scorecard"]["model_calls_without_price"]:
        calls = counted(facts["scorecard"]["model_calls_without_price"], "model call")
        made.append(Text(f"{calls} used a model without a price: cost is a lower bound.", "Unpriced:"))
    return made


def platforms(facts: Facts) -> list[Block]:
    """Platforms side by side, as they are and adjusted for the mix of tasks."""
    rows = [
        [
            row["platform"], row["sessions"],
            f"{row['succeeded']} of {row['judged']}" if row["judged"] else "not judged",
            share(_ratio(row["succeeded"], row["judged"])), share(row.get("adjusted_success")),
        ]
        for row in facts.get("platforms", ())
    ]  # fmt: skip
    if not rows:
        return []
    heads = ["platform", "sessions", "succeeded, of those judged", "share", "with the mix of tasks of all platforms"]
    return [Table(heads, rows)]


def interactions(facts: Facts) -> Section:
    """Who follows whom, and what changed since the week before."""
    blocks: list[Block] = []
    if changed := facts.get("interaction_changes"):
        blocks.append(
            Table(
                ["from", "to", "of what follows, now", "week before", "change"],
                [
                    [
                        row["from_agent"],
                        row["to_agent"],
                        share(row["share"]),
                        share(row["share_before"]),
                        share(row["change"]),
                    ]
                    for row in changed
                ],
            )
        )
    else:
        blocks.append(Text("Who follows whom has not changed beyond chance since the week before."))
    blocks.append(Table(["from", "to", "times"], list(_pairs(facts))))
    return Section("Who follows whom", blocks, "interactions")


def _pairs(facts: Facts) -> Iterator[list[Any]]:
    for row in facts["interactions"]:
        yield [row["from_agent"], row["to_agent"], row["times"]]
