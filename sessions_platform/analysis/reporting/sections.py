"""What stands where in the report of a week, made of `report.json` alone. Words and tables; how they look is elsewhere.

The first page is for those who decide: at most five findings, what to do, and how sure it is. Everything after it is
what that rests on. Facts that SQL counted are in `sections_of_facts`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from sessions_platform.analysis.reporting import charts, sections_of_facts
from sessions_platform.analysis.reporting.blocks import Block, Chart, Items, Link, Quote, Section, Table, Text
from sessions_platform.analysis.reporting.words import UNKNOWN, amount, counted, share, spread

Report = Mapping[str, Any]
Row = Mapping[str, Any]
_ALIKE = {"failure_mode": "Failure modes", "capability_gap": "Capability gaps"}
_NONE = {
    "regression": "No version, tool, model or environment fails more often than matched sessions beyond chance.",
    "failure_mode": "No failure mode was found beyond what chance and ordinary errors explain.",
    "task": "No task was found to fail more often than its like beyond chance.",
    "capability_gap": "No request was found again and again that the agents could not serve.",
    "cost": "No sessions were found that cost more than their like beyond chance.",
    "platform": "No platform was found to fail more often than others with the same tasks beyond chance.",
}


def title_of(report: Report) -> str:
    """The report's title."""
    return f"Week {report['week']} ({report['first']} to {report['last']})"


def sections_of(report: Report) -> list[Section]:
    """All sections in order."""
    facts = report["facts"]
    if not facts["scorecard"]["sessions"]:
        return [
            sections_of_facts.health(report),
            Section("Nothing to report", [Text("No session began in this week.")]),
        ]
    return [
        *_decisions(report),
        sections_of_facts.health(report),
        sections_of_facts.scorecard(facts),
        *_of_kind(report, "regression", "Regressions", "regressions", list(_regressions(report))),
        *_of_kind(report, "failure_mode", "Failure modes", "failure-modes", list(_modes(report))),
        *_of_kind(report, "task", "Tasks", "tasks", sections_of_facts.tasks(facts)),
        *_of_kind(report, "capability_gap", "Capability gaps", "capability-gaps", []),
        *_of_kind(report, "cost", "Cost", "cost", sections_of_facts.cost(facts)),
        *_of_kind(report, "platform", "Platforms", "platforms", sections_of_facts.platforms(facts)),
        sections_of_facts.interactions(facts),
        _last_week(report),
        _method(report),
    ]


def _decisions(report: Report) -> Iterator[Section]:
    asked = [one for wanted in report["decisions"] for one in report["findings"] if one["finding_id"] == wanted]
    if not asked:
        said = "Nothing was found this week that asks for a decision. " + _looked_at(report)
        yield Section("Decisions this week", [Text(said)], "decisions")
        return
    rows = [
        [
            place,
            Link(one["title"], f"#{one['finding_id']}"),
            amount(one["value"], one["unit"]),
            counted(len(one["sessions"]), "session"),
            one["status"],
            one["confidence"],
        ]
        for place, one in enumerate(asked, 1)
    ]
    heads = ["", "what", "how much", "seen in", "status", "confidence"]
    yield Section("Decisions this week", [Text(_looked_at(report)), Table(heads, rows)], "decisions")
    for place, one in enumerate(asked, 1):
        blocks: list[Block] = [Text(one["statement"])]
        if one["action"]:
            blocks.append(Text(one["action"], "Do:"))
        blocks.append(Text(_decide(one), "Decide:"))
        yield Section(f"{place}. {one['title']}", blocks, level=3)


def _looked_at(report: Report) -> str:
    score, rest = report["facts"]["scorecard"], len(report["findings"]) - len(report["decisions"])
    words = f"{counted(score['sessions'], 'session')} of the week were checked"
    if rest > 0:
        words += f"; {counted(rest, 'further finding')} {'stands' if rest == 1 else 'stand'} below"
    return f"{words}. Every number was counted again and every quote looked up by a program before it came here."


def _decide(finding: Row) -> str:
    made = finding.get("decision")
    if made:
        note = f" ({made['note']})" if made.get("note") else ""
        return f"{made['verdict']}ed on {made['decided_at'][:10]}{note}."
    return f'sessions-platform decide {finding["finding_id"]} accept (or reject) --note "why"'


def _of_kind(report: Report, kind: str, title: str, anchor: str, before: Sequence[Block]) -> Iterator[Section]:
    found = [one for one in report["findings"] if one["kind"] == kind]
    blocks = list(before) if found else [Text(_NONE[kind]), *before]
    yield Section(title, blocks, anchor)
    yield from (card(one, report) for one in found)


def card(finding: Row, report: Report) -> Section:
    """One finding with its figures, trend, evidence, counter-evidence, hypothesis and action."""
    blocks: list[Block] = [Text(finding["statement"])]
    rows: list[list[Any]] = [
        [finding["metric"], f"{amount(finding['value'], finding['unit'])} of n = {finding['n']:,}"],
        ["95 % interval", spread(finding["ci_low"], finding["ci_high"], finding["unit"])],
    ]
    if finding["lift"] is not None:
        ends = "" if finding["lift_low"] is None else f" ({finding['lift_low']:.1f} to {_top(finding['lift_high'])})"
        rows.append(["failed, against matched sessions without it", f"{finding['lift']:.1f} times{ends}"])
    rows += [
        ["seen in", f"{counted(len(finding['sessions']), 'session')} of {counted(finding['users'], 'user')}"],
        ["status", f"{finding['status']}, first seen in {finding['first_week']}"],
        ["confidence", finding["confidence"] + (", a single case" if finding["single_case"] else "")],
        ["kind of failure", finding["code"] or "not classified"],
    ]
    blocks.append(Table(["figure", "value"], rows))
    if len(finding["weeks"]) > 1:
        blocks += _trend(finding)
    blocks += [_quote(one) for one in finding["evidence"]]
    if finding["counter_evidence"]:
        blocks.append(Text("matched sessions that went well without it:", "Against it,"))
        blocks += [_quote(one) for one in finding["counter_evidence"]]
    if finding["hypothesis"]:
        blocks.append(Text(finding["hypothesis"], "Hypothesis, not verified:"))
    if finding["action"]:
        blocks.append(Text(finding["action"], "Do:"))
    if finding["notes"]:
        blocks.append(Items(finding["notes"]))
    return Section(finding["title"], blocks, finding["finding_id"], 3)


def _top(value: float | None) -> str:
    return "more" if value is None or value > 1000 else f"{value:.1f}"


def _trend(finding: Row) -> Iterator[Block]:
    share_like = finding["unit"] in ("share", "difference")
    if share_like:
        rows = [{"week": one["week"], **{name: _percent(one[key]) for name, key in _ENDS}} for one in finding["weeks"]]
        yield Chart("by week, with 95 % intervals", charts.lines(rows))
    yield Table(
        ["week", "value", "n", "status"],
        [[one["week"], amount(one["value"], finding["unit"]), one["n"], one["status"]] for one in finding["weeks"]],
    )


_ENDS = (("value", "value"), ("low", "ci_low"), ("high", "ci_high"))


def _percent(value: float | None) -> float | None:
    return None if value is None else round(100 * value, 3)


def _quote(evidence: Row) -> Quote:
    session, message = evidence["session_id"], evidence["message_index"]
    return Quote(
        evidence["quote"], Link(f"{session}, message {message}", f"/sessions/{quote(session, safe='')}#m{message}")
    )


def _regressions(report: Report) -> Iterator[Block]:
    compared = [row for row in report["facts"].get("regressions", ()) if row.get("ci_low") is not None]
    if compared:
        shown = compared[:15]
        rows = [
            {"name": row["name"], **{name: _percent(row[key]) for name, key in (("value", "difference"), *_ENDS[1:])}}
            for row in shown
        ]
        yield Chart(
            "failed sessions, difference to matched sessions in percentage points (right of 0 is worse)",
            charts.forest(rows, "percentage points"),
        )
        yield Table(
            ["segment", "compared with", "difference", "95 % interval", "n", "n of the others", "q"],
            [
                [
                    row["name"], row.get("against", ""), share(row["difference"]),
                    spread(row["ci_low"], row["ci_high"], "share"), row.get("n"), row.get("n_against"),
                    row.get("q_value") if row.get("q_value") is None else round(row["q_value"], 4),
                ]
                for row in shown
            ],
        )  # fmt: skip
    lacking = report["facts"].get("not_enough", ())
    if lacking:
        yield Text("too few sessions to see a difference of ten percentage points:", "Not enough data:")
        yield Table(
            ["segment", "sessions", "it would take, in each group"],
            [[row["name"], row.get("n"), row.get("required_n")] for row in lacking[:15]],
        )


def _modes(report: Report) -> Iterator[Block]:
    modes = [one for one in report["findings"] if one["kind"] in _ALIKE and one["unit"] == "share"]
    if not modes:
        return
    rows = [
        {"name": one["title"], **{name: _percent(one[key]) for name, key in _ENDS}}
        for one in sorted(modes, key=lambda one: (-one["value"], one["finding_id"]))
    ]
    yield Chart("failure modes and capability gaps by share of the week's sessions", charts.pareto(rows))
    yield Table(
        ["what", "sessions", "share", "95 % interval", "failed, against matched", "status"],
        [
            [
                Link(one["title"], f"#{one['finding_id']}"), len(one["sessions"]), share(one["value"]),
                spread(one["ci_low"], one["ci_high"], "share"),
                UNKNOWN if one["lift"] is None else f"{one['lift']:.1f} times", one["status"],
            ]
            for one in sorted(modes, key=lambda one: (-one["value"], one["finding_id"]))
        ],
    )  # fmt: skip


def _last_week(report: Report) -> Section:
    rows = [
        [
            row["title"], row["status"], amount(row["value_before"], row["unit"]), amount(row["value"], row["unit"]),
            row["n"], row.get("verdict") or "",
        ]
        for row in report["last_week"]
    ]  # fmt: skip
    blocks: list[Block] = [
        Table(
            ["finding", "status now", "then", "now", "n now", "decision"],
            rows,
            "There were no findings before this week.",
        )
    ]
    if report["rejected"]:
        blocks.append(Text("found again, and not shown because it was rejected:", "Rejected:"))
        blocks.append(Items([f"{row['title']} ({row['finding_id']})" for row in report["rejected"]]))
    return Section("Earlier findings: what happened", blocks, "earlier")


def _method(report: Report) -> Section:
    reading, evidence = report["reading"], report["evidence"]
    verified = evidence.get("verified", 0)
    blocks: list[Block] = [
        Text(
            f"Written by the driver `{report['driver']}`. Every session of the week went through the same checks "
            "(no model, no token); groups of what they saw were tested for being more than chance, and for failing "
            "more often than matched sessions of the same task and platform, at a false discovery rate of 5 %."
        ),
        Text("Findings are associations in observed sessions, not causes."),
        Table(["read", "sessions"], [[row["what"], row["sessions"]] for row in reading]),
        Table(
            ["quotes", "how many"],
            [
                ["verified in the message", verified],
                *([what, count] for what, count in evidence.items() if what != "verified"),
            ],
        ),
        Table(
            ["findings dropped by verification, because", "how many"],
            [[reason, count] for reason, count in report["dropped"].items()],
            "Verification dropped no finding.",
        ),
        Table(
            ["step", "driver", "sessions", "calls", "input tokens", "output tokens", "USD"],
            [[row[name] for name in _LEDGER] for row in report["ledger"]],
        ),
        Text(f"Data version {report['data']['version']}; analysis version {report['analysis_version']}."),
        Text("Intervals are 95 %. Shares are of the week's sessions unless the metric says otherwise."),
    ]
    return Section("Method, ledger and limits", blocks, "method")


_LEDGER = ("tier", "driver", "sessions", "calls", "input_tokens", "output_tokens", "usd")
