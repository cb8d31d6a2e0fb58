"""What stands where in the report of a week, made of `report.json` alone. Words and tables; how they look is elsewhere.

The first page is for those who decide: at most five findings, what to do, and how sure it is. Everything after it is
what that rests on. One finding is in `cards`, what SQL counted in `sections_of_facts`, differences in `comparisons`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sessions_platform.analysis.reporting import charts, comparisons, method, sections_of_facts
from sessions_platform.analysis.reporting.blocks import Block, Chart, Items, Link, Section, Table, Text
from sessions_platform.analysis.reporting.cards import ENDS, card, decision, harm, how_much, percent, since
from sessions_platform.analysis.reporting.words import amount, counted, interval, share
from sessions_platform.statistics.intervals import wilson

Report = Mapping[str, Any]
Row = Mapping[str, Any]
_ALIKE = {"failure_mode": "Failure modes", "capability_gap": "Capability gaps"}
_NONE = {
    "regression": "No version, release, tool, model, agent or environment was found to fail more than its like.",
    "failure_mode": "No failure mode was found beyond what chance and ordinary errors explain.",
    "task": "No task was found to fail more than tasks differ by nature.",
    "capability_gap": "No kind of request was found that agents again and again could not serve.",
    "cost": "No path was found to cost more than the heavy tail of cost explains.",
    "platform": "No platform was found to fail more than others on the same mix of tasks.",
}


def title_of(report: Report) -> str:
    """The report's title."""
    return f"Week {report['week']} ({report['first']} to {report['last']})"


def sections_of(report: Report) -> list[Section]:
    """All sections in order."""
    facts = report["facts"]
    if not facts["scorecard"]["sessions"]:
        return [
            Section("Nothing to report", [Text("No session began in this week.")], "nothing"),
            sections_of_facts.health(report),
            _earlier(report),
        ]
    return [
        *_decisions(report),
        sections_of_facts.health(report),
        sections_of_facts.scorecard(facts),
        *_of_kind(report, "regression", "Regressions", list(comparisons.regressions(facts))),
        *_of_kind(report, "failure_mode", "Failure modes", [*_modes(report), *sections_of_facts.tools(facts)]),
        *_of_kind(report, "task", "Tasks", sections_of_facts.tasks(facts)),
        *_of_kind(report, "capability_gap", "Capability gaps", []),
        *_of_kind(report, "cost", "Cost", sections_of_facts.cost(facts)),
        *_of_kind(report, "platform", "Platforms", sections_of_facts.platforms(facts)),
        sections_of_facts.interactions(facts),
        _earlier(report),
        method.section(report),
    ]


def _decisions(report: Report) -> Iterator[Section]:
    asked = [one for wanted in report["decisions"] for one in report["findings"] if one["finding_id"] == wanted]
    opening = Text(sections_of_facts.in_short(report["facts"]))
    if not asked:
        said = Text(_nothing(report), "Nothing asks for a decision.")
        yield Section("Decisions this week", [opening, said], "decisions")
        return
    rows = [
        [
            place, Link(one["title"], f"#{one['finding_id']}"), how_much(one), one["users"], harm(one), since(one),
            one["confidence"],
        ]
        for place, one in enumerate(asked, 1)
    ]  # fmt: skip
    heads = [
        "",
        "what",
        "sessions it was seen in, of those where it could be",
        "users",
        "failed",
        "status",
        "confidence",
    ]
    yield Section("Decisions this week", [opening, Table(heads, rows), Text(_checked(report))], "decisions")
    yield from (decision(place, one) for place, one in enumerate(asked, 1))


def _nothing(report: Report) -> str:
    found, facts = len(report["findings"]), report["facts"]
    if found:
        return f"{counted(found, 'finding')} of earlier weeks {'is' if found == 1 else 'are'} resolved; see below."
    said = "No pattern stood out beyond chance. That is no proof that nothing is wrong: "
    judged = facts["scorecard"]["judged"]
    needed = next((row["required_n"] for row in facts.get("changes", ()) if row["key"] == "all"), None)
    said += f"{counted(judged, 'judged session')} can show a problem only if it is large or always looks the same."
    if needed and judged < needed:
        said += f" To see failures grow by ten percentage points takes about {needed:,} judged sessions in each group."
    return said


def _checked(report: Report) -> str:
    rest = len(report["findings"]) - len(report["decisions"])
    more = f"{counted(rest, 'further finding')} {'stands' if rest == 1 else 'stand'} below. " if rest > 0 else ""
    return (
        f"{more}“Failed” is against matched sessions of the same task and platform without it: associated, not caused. "
        "Every number here was counted again and every quote looked up by a program. Accept what will be worked on; "
        "what is rejected (`reject` instead of `accept`) is not shown again by itself."
    )


def _of_kind(report: Report, kind: str, title: str, before: Sequence[Block]) -> Iterator[Section]:
    found = [one for one in report["findings"] if one["kind"] == kind]
    blocks = list(before) if found else [Text(_NONE[kind]), *before]
    anchor = title.lower().replace(" ", "-")
    yield Section(f"{title} ({len(found)})" if found else title, blocks, anchor)
    yield from (card(one, on_first_page=one["finding_id"] in report["decisions"]) for one in found)


def _modes(report: Report) -> Iterator[Block]:
    """All failure modes and gaps on one scale: sessions they were seen in, of all sessions of the week."""
    modes = [one for one in report["findings"] if one["kind"] in _ALIKE and one["unit"] == "share"]
    if len(modes) < 2:
        return
    every = report["facts"]["scorecard"]["sessions"]
    modes.sort(key=lambda one: (-len(one["sessions"]), one["finding_id"]))
    sized = [(one, len(one["sessions"]), *wilson(len(one["sessions"]), every)) for one in modes]
    rows = [
        {"name": one["title"], **dict(zip((key for key, _ in ENDS), map(percent, (k / every, low, high)), strict=True))}
        for one, k, low, high in sized
    ]
    yield Chart(f"Failure modes and capability gaps by share of the week's {every:,} sessions", charts.pareto(rows))
    yield Table(
        ["what", "sessions", "of all sessions", "95 % interval", "failed", "status"],
        [
            [
                Link(one["title"], f"#{one['finding_id']}"),
                k,
                share(k / every),
                interval(low, high),
                harm(one),
                since(one),
            ]
            for one, k, low, high in sized
        ],
    )


def _earlier(report: Report) -> Section:
    here = {one["finding_id"] for one in report["findings"]}
    rows = [
        [
            Link(row["title"], f"#{row['finding_id']}") if row["finding_id"] in here else row["title"],
            row["finding_id"] in here, row["status"], amount(row["value_before"], row["unit"]),
            amount(row["value"], row["unit"]), row["n"],
            f"{row['verdict']}ed" if row.get("verdict") else "none",
        ]
        for row in report["last_week"]
    ]  # fmt: skip
    heads = ["finding", "found this week", "status", "before", "now", "n now", "decision"]
    blocks: list[Block] = [Table(heads, rows, "There were no findings before this week.")]
    if rows:
        blocks.append(
            Text(
                "What was not found this week was counted again by its own query. A status changes only by a test "
                "against the weeks before: “ongoing” means that no change is certain."
            )
        )
    if report["rejected"]:
        blocks.append(Text("found again, and not shown because they were rejected:", "Rejected:"))
        blocks.append(Items([f"{row['title']} ({row['finding_id']})" for row in report["rejected"]]))
    return Section("Earlier findings: what happened", blocks, "earlier")
