"""How a report was made, what was read for it, what was thrown away, and what it cost: its last section."""

from collections.abc import Mapping
from typing import Any

from sessions_platform.analysis.reporting.blocks import Block, Section, Table, Text
from sessions_platform.analysis.reporting.words import counted, usd

Report = Mapping[str, Any]
_DRIVERS = {"rules": "Made by rules alone, without a language model."}
_TIERS = {"L0": "one-sentence abstract", "L1": "one-page overview", "L2": "window of messages"}
_WHY = {
    "failed": "all that failed or broke off",
    "unknown": "all without a known outcome",
    "outlier": "all that are far from their like in cost or length",
    "success": "a stratified sample of those that went well",
    "no signal": "failed ones in which no check saw anything",
    "rare signal": "those with a signal that few others have",
    "around a signal": "where a check saw something",
    "matched success": "like sessions that went well",
}


def section(report: Report) -> Section:
    """Method, ledger and limits."""
    blocks: list[Block] = [Text(_how(report)), *_read(report), *_verified(report), _ledger(report), *_limits(report)]
    return Section("Method, ledger and limits", blocks, "method")


def _how(report: Report) -> str:
    made = _DRIVERS.get(report["driver"], f"Sessions were read by the driver `{report['driver']}`.")
    tests = max((one["extra"].get("tests") or 0 for one in report["findings"]), default=0)
    groups = f"{tests:,} groups" if tests else "Groups"
    return (
        f"{made} Every session went through the same checks of what was called, what came back and what was claimed. "
        f"{groups} of what they saw were tested for being more than chance, and for failing more often than matched "
        "sessions of the same task and platform; at most 5 % of what is told is expected to be false."
    )


def _read(report: Report) -> list[Block]:
    rows = []
    for row in report["reading"]:
        tier, _, why = row["what"].partition(": ")
        rows.append([_TIERS.get(tier, tier), _WHY.get(why, why), row["sessions"]])
    return [Table(["read", "which sessions", "how many"], rows)]


def _verified(report: Report) -> list[Block]:
    evidence, dropped = report["evidence"], report["dropped"]
    good, every = evidence.get("verified", 0), sum(evidence.values())
    bad = ", ".join(f"{count:,} {what}" for what, count in evidence.items() if what != "verified")
    said = f"{good:,} of {counted(every, 'quote')} stand in their message word for word" + (f"; {bad}." if bad else ".")
    made: list[Block] = [Text(said if every else "no quote was needed.", "Verification:")]
    if dropped:
        rows = [[reason, count] for reason, count in dropped.items()]
        made.append(Table(["findings dropped by verification, because", "how many"], rows))
    else:
        made.append(Text("Verification dropped no finding."))
    return made


def _ledger(report: Report) -> Block:
    spent = report["ledger"]
    if not any(row["calls"] for row in spent):
        return Text("no model was called: 0 tokens, $0.00.", "Ledger:")
    rows = [[_TIERS.get(row["tier"], row["tier"]), *(row[name] for name in _SPENT), usd(row["usd"])] for row in spent]
    return Table(["read", "driver", "sessions", "calls", "tokens read", "tokens written", "cost"], rows)


_SPENT = ("driver", "sessions", "calls", "input_tokens", "output_tokens")


def _limits(report: Report) -> list[Block]:
    data = report["data"]
    made: list[Block] = [
        Text("Findings are associations in observed sessions, not causes. Intervals are 95 %.", "Limits:")
    ]
    if data.get("without_texts"):
        gone = counted(data["without_texts"], "session")
        made.append(
            Text(
                f"the texts of {gone} are gone (staged files expire): they were checked by what the tables have.",
                "Texts:",
            )
        )
    if data.get("abstracts"):
        said = ", ".join(f"{count:,} {where}" for where, count in data["abstracts"].items() if count)
        made.append(Text(f"one-sentence abstracts: {said}.", "Read from:"))
    made.append(
        Text(
            f"`report.json` beside this page has the query of every number; data version {data['version']}, analysis "
            f"version {report['analysis_version']}. Links lead to the dashboard's session pages.",
            "Again:",
        )
    )
    return made
