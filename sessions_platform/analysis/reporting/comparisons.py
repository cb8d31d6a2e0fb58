"""Differences of failed shares as the report shows them: those that were seen, and those that nobody could have seen.

What is compared is counted and tested elsewhere (`analysis.changes`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sessions_platform.analysis.reporting import charts
from sessions_platform.analysis.reporting.blocks import Block, Chart, Table, Text
from sessions_platform.analysis.reporting.words import counted, of_all, points
from sessions_platform.statistics.results import ASKED_RATE, MIN_COVERAGE

Row = Mapping[str, Any]
_SHOWN = 12
_UNCERTAIN = 6
"""With fewer differences that are certain, others stand beside them: their intervals say how little is known."""
_LACKING = 8
OTHER = "other"
"""The task of sessions of which the taxonomy knows none."""
BEFORE = "the four weeks before"
_TONE = {True: "worse", False: "better"}


def regressions(facts: Mapping[str, Any]) -> Iterator[Block]:
    """Segments against the four weeks before, and versions against each other: a forest plot, and its table."""
    over_time = [{**row, "against": BEFORE} for row in _once(facts.get("changes", ()))]
    beside = [{**row, "against": f"other {row['key']}s of the week"} for row in _once(facts.get("concurrent", ()))]
    if over_time and not any(row["n_before"] for row in over_time):
        yield Text(
            f"no session of {BEFORE} was judged: nothing can be said yet about changes over time.", "First weeks:"
        )
        over_time = []
    yield from _coarse(facts)
    yield from compared([*over_time, *beside], "Failed sessions on the same mix of tasks and platforms")


def _coarse(facts: Mapping[str, Any]) -> Iterator[Block]:
    every = facts["scorecard"]["sessions"]
    other = next((row["sessions"] for row in facts.get("tasks", ()) if row["task"] == OTHER), 0)
    if other > every / 2:
        yield Text(
            f"{of_all(other, every)} sessions have the task `{OTHER}`: what counts as the same task below may be quite "
            "different work, and a difference may come from that. taxonomy.yaml says how tasks are recognised.",
            "Coarse:",
        )


def compared(rows: Sequence[Row], what: str) -> Iterator[Block]:
    """Differences with a forest plot and a table, then those with too few sessions, and how many it would take."""
    tested = sorted((row for row in rows if row["ci_low"] is not None), key=_order)
    # A difference that is too uncertain to say anything belongs to what there is not enough data for.
    seen = [row for row in tested if row["verdict"] != "not enough data"]
    lacking = [row for row in rows if row["verdict"] == "not enough data"]
    shown = seen[:_SHOWN]
    shown += [row for row in tested if row not in seen][: max(0, _UNCERTAIN - len(shown))]
    if shown:
        marks = [
            {
                "name": f"{name(row)} ({_short(row['against'])})",
                "value": _percent(row["difference"]), "low": _percent(row["ci_low"]), "high": _percent(row["ci_high"]),
                "tone": tone(row),
            }
            for row in shown
        ]  # fmt: skip
        title = f"{what}: difference in percentage points with 95 % interval; right of the line is worse"
        yield Chart(title, charts.forest(marks, "percentage points"))
        yield Table(
            ["what", "compared with", "failed", "failed there", "difference, same mix", "95 % interval", "verdict"],
            [_told(row) for row in shown],
        )
        if len(seen) > len(shown):
            yield Text(f"{len(seen) - len(shown)} more comparisons show no difference beyond chance.")
    yield from _not_enough(lacking, shown, len(rows))


def name(row: Row) -> str:
    """What a comparison is about, its value as data."""
    value = " ".join(str(row["value"]).replace("`", "'").split())
    return "all sessions" if row["key"] == "all" else f"{row['key']} `{value}`"


def tone(row: Row) -> str:
    """`worse`, `better`, or nothing where the difference may be chance."""
    return _TONE[row["difference"] > 0] if row["verdict"] == "different" else ""


def _once(rows: Iterable[Row]) -> list[Row]:
    """Without comparisons of the very sessions that stand in a comparison before them: of the only environment, say."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        found.setdefault(tuple(row[key] for key in ("n", "failed", "n_before", "failed_before", "difference")), row)
    return list(found.values())


def _order(row: Row) -> tuple[Any, ...]:
    return (row["verdict"] != "different", row["key"] != "all", -abs(row["difference"]), row["key"], row["value"])


def _told(row: Row) -> list[Any]:
    ends = f"{100 * row['ci_low']:+.1f} to {100 * row['ci_high']:+.1f}"
    verdict = f"{tone(row)} (q = {row['q_value']:.2g})" if tone(row) else row["verdict"]
    return [
        name(row), row["against"], of_all(row["failed"], row["n"]), of_all(row["failed_before"], row["n_before"]),
        points(row["difference"]), ends, verdict,
    ]  # fmt: skip


def _not_enough(lacking: Sequence[Row], above: Sequence[Row], of: int) -> Iterator[Block]:
    """Those that more sessions would settle, most sessions first; those that have nothing to be matched with."""
    alike = [row for row in lacking if row["n_before"] and row["coverage"] >= MIN_COVERAGE]
    alike.sort(key=lambda row: (-min(row["n"], row["n_before"]), -row["n"], row["key"], row["value"]))
    shown = [row for row in alike if row not in above][:_LACKING]
    if alike:
        yield Text(
            f"{len(alike):,} of {counted(of, 'comparison')} have too few judged sessions to see a difference of "
            f"{100 * ASKED_RATE:.0f} percentage points, and may hide a regression."
            + (" Those of them that are not above, largest first:" if shown else ""),
            "Not enough data:",
        )
    if shown:
        yield Table(
            ["what", "compared with", "judged sessions", "judged there", "it would take in each", "so far, not tested"],
            [
                [name(row), row["against"], row["n"], row["n_before"], row["required_n"], points(row["crude"])]
                for row in shown
            ],
        )
    if alone := len(lacking) - len(alike):
        yield Text(
            f"{alone:,} of {counted(of, 'comparison')} have hardly any session of the same task and platform on the "
            "other side: more sessions alone would not settle them.",
            "Nothing to match with:",
        )


def _short(against: str) -> str:
    return "over time" if against == BEFORE else "this week"


def _percent(value: float) -> float:
    return round(100 * value, 2)
