"""Sections that show what SQL counted: data health, scorecard, tools, tasks, cost, platforms, who follows whom."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sessions_platform.analysis.reporting import charts, comparisons
from sessions_platform.analysis.reporting.blocks import Block, Chart, Section, Table, Text
from sessions_platform.analysis.reporting.words import (
    UNKNOWN,
    counted,
    interval,
    number,
    of_all,
    points,
    share,
    usd,
)
from sessions_platform.statistics.intervals import wilson

Row = Mapping[str, Any]
Facts = Mapping[str, Any]
_ROWS = 10
_FEWEST_JUDGED = 3
"""A task with fewer judged sessions has no place in a chart of shares."""


def in_short(facts: Facts) -> str:
    """The week in two sentences: how many, how many went well, what it cost, and against what."""
    score, before = facts["scorecard"], facts["scorecard_before"]
    said = f"{counted(score['sessions'], 'session')} of {counted(score['users'], 'user')}"
    if score["judged"]:
        ends = interval(score["success_low"], score["success_high"])
        good = share(score["succeeded"] / score["judged"])
        said += f"; {good} of {score['judged']:,} with a known outcome succeeded ({ends})"
    else:
        said += "; the outcome of none is known"
    said += f"; {_cost_said(score)}. "
    if before["judged"]:
        said += f"The week before, {share(before['succeeded'] / before['judged'])} of {before['judged']:,} succeeded. "
    said += _against_before(facts)
    if missing := facts["missing_dates"]:
        said += f"Figures lack {', '.join(missing)}."
    return said.strip()


def _against_before(facts: Facts) -> str:
    change = next((row for row in facts.get("changes", ()) if row["key"] == "all" and row["ci_low"] is not None), None)
    if change is None:
        return ""
    seen = comparisons.tone(change)
    verdict = f"failures are {seen}" if seen else "failures did not change beyond chance"
    return f"On the mix of tasks of the four weeks before, {verdict} ({points(change['difference'])}). "


def health(report: Row) -> Section:
    """Which days are in it, what was late or not readable, and on how much its figures rest."""
    facts, score = report["facts"], report["facts"]["scorecard"]
    missing, days = facts["missing_dates"], facts["data_health"]
    sums = {name: sum(row.get(name) or 0 for row in days) for name in _COUNTS}
    blocks: list[Block] = []
    if missing:
        blocks.append(Text(f"figures lack {', '.join(missing)}.", "Not complete:"))
        rows = [[row["date"], row["complete"], *(row.get(name) for name in _COUNTS)] for row in days]
        blocks.append(Table(["date", "complete", *_COUNTS.values()], rows, "No day of this week was extracted."))
    else:
        said = f"All seven days are complete: {sums['raw_rows']:,} rows"
        source = sums["source_rows"]
        said += f" of {source:,} at the source" if source else " (how many the source has is not known)"
        said += f", {sums['staged_sessions']:,} parts of sessions staged, {sums['loaded_sessions']:,} in the tables."
        blocks.append(Text(said))
    more = [(sums[name], words) for name, words in _MORE if sums.get(name)]
    if more:
        blocks.append(Text("; ".join(f"{count:,} {words}" for count, words in more) + ".", "Also:"))
    if unknown := score["sessions"] - score["judged"]:
        blocks.append(
            Text(
                f"of {of_all(unknown, score['sessions'])} sessions is not known: no score and no rule says it. Shares "
                "of success and failure leave them out.",
                "The outcome",
            )
        )
    return Section("Data health", blocks, "data-health")


_COUNTS = {
    "source_rows": "rows at the source", "raw_rows": "rows stored", "staged_sessions": "parts staged",
    "loaded_sessions": "in the tables", "late_sessions": "late", "redactions": "redacted places",
}  # fmt: skip
_MORE = (
    ("late_sessions", "sessions changed after their date was first built"),
    ("redactions", "places with personal data were redacted"),
)


def scorecard(facts: Facts) -> Section:
    """This week, the week before, the band of the four weeks before, and whether this week lies in it."""
    now, before = facts["scorecard"], facts["scorecard_before"]
    weeks = [one for one in facts.get("scorecard_weeks", ()) if one["sessions"]]
    compared = bool(before["sessions"])
    heads = ["", "this week"]
    heads += ["week before"] if compared else []
    heads += [f"lowest to highest of {counted(len(weeks), 'week')} before", "against that"] if weeks else []
    rows = []
    for name, value, write, said in _SCORES:
        row = [name, said(now)]
        row += [said(before)] if compared else []
        row += _band(weeks, value, write, value(now)) if weeks else []
        rows.append(row)
    blocks: list[Block] = [Table(heads, rows)]
    if not compared:
        blocks.append(Text("There is no session of the week before to compare with."))
    return Section("Scorecard", blocks, "scorecard")


def _band(weeks: Sequence[Row], value: Any, write: Any, now: float | None) -> list[str]:
    known = [found for week in weeks if (found := value(week)) is not None]
    if not known or now is None:
        return [UNKNOWN, UNKNOWN]
    place = "above" if now > max(known) else "below" if now < min(known) else "within"
    return [f"{write(min(known))} to {write(max(known))}", place]


def _ratio(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None


Value = Callable[[Row], float | None]
Write = Callable[[Any], str]


def _score(name: str, value: Value, write: Write, said: Any = None) -> tuple[str, Value, Write, Any]:
    return name, value, write, said or (lambda row: write(value(row)))


def _success_said(row: Row) -> str:
    if not row["judged"]:
        return "not enough data"
    ends = interval(row["success_low"], row["success_high"])
    return f"{share(row['succeeded'] / row['judged'])} of {row['judged']:,} ({ends})"


def _failed_said(row: Row) -> str:
    return of_all(row["tool_errors"], row["tool_calls"])


def _cost_said(row: Row) -> str:
    return usd(row["cost_usd"]) + (" and more (models without a price)" if row["model_calls_without_price"] else "")


_SCORES = (
    _score("sessions", lambda row: row["sessions"], number),
    _score("users", lambda row: row["users"], number),
    _score("completed", lambda row: _ratio(row["completed"], row["sessions"]), share),
    _score("abandoned", lambda row: _ratio(row["abandoned"], row["sessions"]), share),
    _score("succeeded, of those judged", lambda row: _ratio(row["succeeded"], row["judged"]), share, _success_said),
    _score("not judged", lambda row: _ratio(row["sessions"] - row["judged"], row["sessions"]), share),
    _score("turns a session", lambda row: row["average_turns"], number),
    _score("tool calls that failed", lambda row: _ratio(row["tool_errors"], row["tool_calls"]), share, _failed_said),
    _score("cost", lambda row: row["cost_usd"], usd, _cost_said),
    _score("cost a session", lambda row: _ratio(row["cost_usd"], row["sessions"]), usd),
)


def tools(facts: Facts) -> list[Block]:
    """Tools by failed calls: where errors are, whether or not they come with failed sessions."""
    failing = [row for row in facts.get("tools", ()) if row["failed"]][:_ROWS]
    if not failing:
        return []
    rows = [
        [
            row["operation"] or row["tool_name"], row["failed"], row["calls"],
            f"{share(row['failed'] / row['calls'])} ({interval(1 - row['ci_high'], 1 - row['ci_low'])})",
            row["sessions"],
        ]
        for row in failing
    ]  # fmt: skip
    said = "where calls fail most, whether or not their sessions fail. Agents get past many errors."
    heads = ["tool or operation", "failed calls", "of calls", "share (95 % interval)", "sessions that use it"]
    return [Text(said, "Errors by tool,"), Table(heads, rows)]


def tasks(facts: Facts) -> list[Block]:
    """Which tasks, how many turns, how often done and given up."""
    known = [row for row in facts["tasks"] if row["sessions"]]
    if not known:
        return [Text("No session has a task: taxonomy.yaml says how tasks are recognised.")]
    shown = known[:_ROWS]
    marks = [
        {
            "name": row["task"], "sessions": row["sessions"],
            "success": round(100 * row["succeeded"] / row["judged"], 1), "cost": round(row["cost_usd"] or 0.0, 4),
        }
        for row in shown
        if row["judged"] >= _FEWEST_JUDGED
    ]  # fmt: skip
    made: list[Block] = []
    if len(marks) > 2:
        made.append(
            Chart(
                "Tasks by sessions and success; larger is dearer. Low and right is where it hurts",
                charts.bubbles(marks),
            )
        )
    heads = ["task", "sessions", "succeeded, of those judged", "95 % interval", "given up", "turns", "cost a session"]
    made.append(Table(heads, [_task(row) for row in shown]))
    if len(known) > len(shown):
        made.append(
            Text(f"{len(known) - len(shown)} more tasks have fewer sessions. A session may have several tasks.")
        )
    return made


def _task(row: Row) -> list[Any]:
    judged = row["judged"]
    return [
        row["task"], row["sessions"], of_all(row["succeeded"], judged) if judged else "not judged",
        interval(*wilson(row["succeeded"], judged)) if judged else UNKNOWN,
        share(row["abandoned"] / row["sessions"]), number(row["average_turns"]),
        usd(_ratio(row["cost_usd"], row["sessions"])),
    ]  # fmt: skip


def cost(facts: Facts) -> list[Block]:
    """Where the money went, against the weeks before, and which models have no price or a price of nothing."""
    paths = facts.get("cost_paths", ())
    whole = facts["scorecard"]["cost_usd"] or 0.0
    made: list[Block] = []
    before = any(row["cost_usd_before"] for row in paths)
    dear = [row for row in paths if row["cost_usd"]]
    if dear:
        heads = ["agent", "model", "sessions", "calls", "cost", "of the week's cost", "cost a session"]
        heads += ["a week, over four weeks before"] if before else []
        rows = [
            [
                row["agent_name"] or "not named", row["model"] or "not named", row["sessions"], row["calls"],
                usd(row["cost_usd"]), share(_ratio(row["cost_usd"], whole)),
                usd(_ratio(row["cost_usd"], row["sessions"])),
                *([usd(row["cost_usd_before"])] if before else []),
            ]
            for row in dear[:_ROWS]
        ]  # fmt: skip
        made.append(Table(heads, rows))
        if rest := dear[_ROWS:]:
            rest_usd = usd(sum(row["cost_usd"] for row in rest))
            made.append(Text(f"{counted(len(rest), 'further pair')} of agent and model: {rest_usd} together."))
    return [*made, *_without_price(facts)]


def _without_price(facts: Facts) -> list[Block]:
    made: list[Block] = []
    paths = facts.get("cost_paths", ())
    if calls := facts["scorecard"]["model_calls_without_price"]:
        names = _models(row for row in paths if row["calls_without_price"])
        words = f"{counted(calls, 'model call')} used a model without a price{names}: cost is a lower bound."
        made.append(Text(words, "Without a price:"))
    free = [row for row in paths if row["input_tokens"] and not row["cost_usd"] and not row["calls_without_price"]]
    if free:
        tokens = sum(row["input_tokens"] + (row["output_tokens"] or 0) for row in free)
        words = (
            f"{tokens:,} tokens cost $0.00 by the source{_models(free)}: free of charge, or a price is lacking there "
            "and the cost of the week is a lower bound."
        )
        made.append(Text(words, "A price of nothing:"))
    return made


def _models(rows: Any) -> str:
    names = sorted({" ".join((row["model"] or "not named").replace("`", "'").split()) for row in rows})
    return f" ({', '.join(f'`{name}`' for name in names)})" if names else ""


def platforms(facts: Facts) -> list[Block]:
    """Each platform against the others on the same mix of tasks."""
    rows = [{**row, "against": "other platforms of the week"} for row in facts.get("platforms", ())]
    return list(comparisons.compared(rows, "Failed sessions on the same mix of tasks"))


def interactions(facts: Facts) -> Section:
    """Who hands over to whom, and what changed since the weeks before."""
    between = [row for row in facts["interactions"] if _hand_off(row)][:_ROWS]
    if not between:
        return Section("Hand-offs", [Text("No agent hands over to another one.")], "hand-offs")
    changed = [row for row in facts.get("interaction_changes", ()) if _hand_off(row)]
    if changed:
        rows = [
            [
                row["from_agent"], row["to_agent"], of_all(row["times"], row["of_all"]),
                of_all(row["times_before"], row["of_all_before"]), points(row["shift"]),
            ]
            for row in changed[:_ROWS]
        ]  # fmt: skip
        heads = ["from", "to", "of all that follows, this week", "four weeks before", "shift"]
        blocks: list[Block] = [
            Text(
                "shares of what follows an agent that moved by 5 points or more; large enough to look at, not tested.",
                "Changed:",
            ),
            Table(heads, rows),
        ]
    else:
        blocks = [Text("No share of what follows an agent moved by 5 points or more against the four weeks before.")]
    rows = [[row["from_agent"], row["to_agent"], row["times"]] for row in between]
    blocks += [
        Text("how often a message of one is followed by one of the other.", "Most frequent:"),
        Table(["from", "to", "times"], rows),
    ]
    return Section("Hand-offs", blocks, "hand-offs")


def _hand_off(row: Row) -> bool:
    """Whether an agent is followed by another one. Users and agents take turns in every session."""
    return row["from_agent"] != row["to_agent"] and "user" not in (row["from_agent"], row["to_agent"])
