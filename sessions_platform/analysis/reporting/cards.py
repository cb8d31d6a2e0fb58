"""One finding: as a decision on the first page, and as the card that it rests on."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from sessions_platform.analysis.reporting import charts
from sessions_platform.analysis.reporting.blocks import Block, Chart, Items, Link, Quote, Section, Table, Text
from sessions_platform.analysis.reporting.words import amount, counted, kind_of_failure, of_all, spread

Row = Mapping[str, Any]
SURE = {
    "high": "high: far beyond chance, in 10 sessions or more of 5 users or more",
    "medium": "medium: beyond chance, in 5 sessions or more of 3 users or more",
    "low": "low: few sessions or users, or close to what chance could do",
}


def how_much(finding: Row) -> str:
    """`98 of 239 (41 %)`, or the amount in its unit."""
    if finding["unit"] == "share":
        return of_all(round(finding["value"] * finding["n"]), finding["n"])
    return amount(finding["value"], finding["unit"])


def harm(finding: Row) -> str:
    """How much more often its sessions failed than their like, only where the data can tell."""
    lift, low, high = (finding[name] for name in ("lift", "lift_low", "lift_high"))
    if lift is None or low is None:
        return "not known"
    if low <= 1.0 <= (high or low):
        return "no difference seen"
    return f"{lift:.1f} times as often"


def since(finding: Row) -> str:
    """`new`, or its status and first week."""
    status: str = finding["status"]
    return status if status == "new" else f"{status}, since {finding['first_week']}"


def decision(place: int, finding: Row) -> Section:
    """What to do about a finding, with one of its quotes; its figures are in the table, its proof is in the card."""
    blocks: list[Block] = []
    if finding["evidence"]:
        blocks += _quotes(finding["evidence"][:1])
    if finding["action"]:
        blocks.append(Text(finding["action"], "Do:"))
    blocks.append(Text(decide(finding), "Decide:"))
    return Section(f"{place}. {finding['title']}", blocks, level=3)


def decide(finding: Row) -> str:
    """What was decided, or the command that does."""
    made = finding.get("decision")
    if made:
        note = f" ({made['note']})" if made.get("note") else ""
        return f"{made['verdict']}ed on {made['decided_at'][:10]}{note}."
    return f'`sessions-platform decide {finding["finding_id"]} accept --note "why"`'


def card(finding: Row, *, on_first_page: bool) -> Section:
    """One finding with what was counted, trend, evidence, counter-evidence, hypothesis and caveats."""
    blocks: list[Block] = [Text(without_title(finding))]
    rows = [
        ["counted", finding["metric"]],
        ["status", f"{finding['status']}, first seen in {finding['first_week']}"],
        ["confidence", SURE[finding["confidence"]] + ("; a single case" if finding["single_case"] else "")],
        ["kind of failure", kind_of_failure(finding["code"])],
        ["id", finding["finding_id"]],
    ]
    blocks.append(Table(["", ""], rows))
    if len(finding["weeks"]) > 1:
        blocks += _trend(finding)
    if finding["evidence"]:
        shown, every = counted(len(finding["evidence"]), "quote"), len(finding["sessions"])
        blocks.append(Text(f"{shown} from its {counted(every, 'session')}, failed ones first:", "Evidence,"))
        blocks += _quotes(finding["evidence"])
    if finding["counter_evidence"]:
        blocks.append(Text("how matched sessions without it ended well:", "Beside it,"))
        blocks += _quotes(finding["counter_evidence"])
    if finding["hypothesis"]:
        blocks.append(Text(finding["hypothesis"], "Hypothesis, not verified:"))
    if finding["action"] and not on_first_page:
        blocks += [Text(finding["action"], "Do:"), Text(decide(finding), "Decide:")]
    if finding["notes"]:
        blocks.append(Items(finding["notes"]))
    return Section(finding["title"], blocks, finding["finding_id"], 3)


def without_title(finding: Row) -> str:
    """The statement; the title that it begins with stands right above it."""
    said: str = finding["statement"]
    rest = said.removeprefix(f"{finding['title']}: ")
    return rest[:1].upper() + rest[1:]


def _trend(finding: Row) -> Iterator[Block]:
    if finding["unit"] in ("share", "difference"):
        rows = [{"week": one["week"], **{name: percent(one[key]) for name, key in ENDS}} for one in finding["weeks"]]
        yield Chart("By week, with 95 % intervals", charts.lines(rows))
    yield Table(
        ["week", "value", "95 % interval", "n", "status"],
        [
            [
                one["week"], amount(one["value"], finding["unit"]),
                spread(one["ci_low"], one["ci_high"], finding["unit"]), one["n"], one["status"],
            ]
            for one in finding["weeks"]
        ],
    )  # fmt: skip


ENDS = (("value", "value"), ("low", "ci_low"), ("high", "ci_high"))


def percent(value: float | None) -> float | None:
    """A share for a chart."""
    return None if value is None else round(100 * value, 3)


def _quotes(evidence: Sequence[Row]) -> Iterator[Quote]:
    """Each wording once, with every place where the same words stand."""
    places: dict[str, list[Link]] = {}
    for one in evidence:
        places.setdefault(one["quote"], []).append(_place(one))
    yield from (Quote(text, links) for text, links in places.items())


def _place(evidence: Row) -> Link:
    session, message = evidence["session_id"], evidence["message_index"]
    return Link(f"{session}, message {message}", address(session, message))


def address(session: str, message: int) -> str:
    """The message on the session's page. Clients resolve `.` and `..` in a path: ids with these go as a parameter."""
    if {".", ".."} & set(session.split("/")):
        return f"/session?{urlencode({'id': session})}#m{message}"
    return f"/sessions/{quote(session, safe='')}#m{message}"
