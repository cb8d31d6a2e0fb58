"""Two cohorts compared in every segment: where they differ, and apart from it, where nobody can say.

Segments are judged together (Benjamini-Hochberg). The statistics are those of one comparison, a segment at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sessions_platform.analytics import Record
from sessions_platform.pages import specs
from sessions_platform.pages.asked import Asked
from sessions_platform.pages.chart import Chart, Column
from sessions_platform.pages.comparison import (
    EVERY_KEY,
    Kept,
    compare_within,
    difference,
    effect_asked,
    figure,
    parameters,
    scale,
    values,
)
from sessions_platform.pages.formats import MINIMUM, count, number
from sessions_platform.pages.site import Site, link
from sessions_platform.sql import statement
from sessions_platform.statistics.results import (
    ALPHA,
    DIFFERENT,
    MIN_CLUSTERS,
    MIN_SESSIONS,
    NOT_ENOUGH,
    Comparison,
)

_MOST = 40
"""Segments compared at most: each takes a bootstrap."""
NUMBERS = (Column("n_a", "n of a", "count"), Column("n_b", "n of b", "count"))
SHARES = (
    Column("share_a", "Share of a", "share"), Column("share_b", "Share of b", "share"),
    Column("shift", "Shift, points", "number"),
)  # fmt: skip
_UNKNOWN = (Column("unknown_a", "Unknown of a", "share"), Column("unknown_b", "Unknown of b", "share"))


def interval(kind: str) -> tuple[Column, ...]:
    """Columns of a difference with its interval."""
    return Column("effect", "Estimate", kind), Column("ci_low", "95 % from", kind), Column("ci_high", "to", kind)


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment with the sessions of each cohort that have it, and those of both, by id."""

    name: str
    sessions_a: int
    sessions_b: int
    ids: list[str]


def charts(site: Site, asked: Asked) -> list[Chart]:
    """What was compared, and apart from it what could not be."""
    return [effects(site, asked), lacking(site, asked)]


def effects(site: Site, asked: Asked) -> Chart:
    """Segments with enough sessions: the difference of the cohorts in each, those that stand out first."""
    rows, about = _shown(site, asked, enough=True)
    different = sum(row["verdict"] == "different" for row in rows)
    return Chart(
        "cohort-segments",
        f"Where do they differ in {about['metric']}? In {different or 'none'} of {count(len(rows))} segments that have"
        " enough sessions",
        rows,
        (
            Column("segment", "Segment", "link"), Column("verdict_words", "Verdict"),
            *interval(about["difference"]),
            Column("q_value", "q", "p"), Column("value_a", "Figure of a", about["figure"]),
            Column("value_b", "Figure of b", about["figure"]), *NUMBERS, *_UNKNOWN, *SHARES, Column("how", "Compared"),
        ),
        specs.effects("segment", title=f"difference, {about['unit']}, b minus a"),
        note=f"Surest first, differences in {about['unit']}. q: of the segments with q below 0.05, at most one in"
        f" twenty is expected to be chance (Benjamini-Hochberg over {count(about['tested'])} segments)."
        f"{about['left_out']} A segment is associated with a difference; what caused it, no figure here says.",
        empty="In no segment are there enough sessions to say anything; below is what it takes.",
        parameters=parameters(asked),
    )  # fmt: skip


def lacking(site: Site, asked: Asked) -> Chart:
    """Segments of which nobody can say, with what it would take."""
    rows, about = _shown(site, asked, enough=False)
    return Chart(
        "cohort-segments-lacking",
        f"Not enough data in {count(len(rows))} segment{'' if len(rows) == 1 else 's'}",
        rows,
        (
            Column("segment", "Segment", "link"), *NUMBERS, Column("required_n", "Takes, in each", "count"),
            Column("of_what", "of"), *_UNKNOWN, *SHARES, Column("why", "Why"),
        ),
        note=f"What it takes to see a difference of {about['asked']} four times in five, where there is one.",
        empty="Every segment has enough sessions.",
        parameters=parameters(asked),
    )  # fmt: skip


def _shown(site: Site, asked: Asked, *, enough: bool) -> tuple[list[Record], Record]:
    given = parameters(asked)
    found: tuple[list[Record], Record] = site.kept("screen", given, lambda: _screen(site, given))
    rows = [row for row in found[0] if row["enough"] == enough]
    if not enough:
        rows.sort(key=lambda row: (-min(row["n_a"], row["n_b"]), row["segment"]))
    return rows, found[1]


def _screen(site: Site, given: Mapping[str, str]) -> tuple[list[Record], Record]:
    """Every segment's line, and what is said of all of them."""
    from sessions_platform.statistics.metrics import metric_of
    from sessions_platform.statistics.multiple import screened

    reader = Kept(site.analytics)
    cohorts = [values(reader, given, given[side]) for side in ("a", "b")]
    segments, all_of_them = _segments(site, given, cohorts)
    named = {f"{given['b']} in {one.name}": one for one in segments}
    judged = screened([replace(compare_within(reader, given, one.ids), b=name) for name, one in named.items()])
    both = {row["session_id"] for row in cohorts[0]} & {row["session_id"] for row in cohorts[1]}
    totals = [max(1, len(rows) - len(both)) for rows in cohorts]
    rows = [_line(one, named[one.b], totals, given) for one in judged]
    metric = metric_of(given["metric"])
    kind = {"kind": metric.kind, "unit": metric.unit}
    factor, unit = scale(kind)
    wanted = effect_asked(given)
    return rows, {
        "metric": metric.words,
        "unit": unit,
        "figure": figure(kind),
        "difference": difference(kind),
        "tested": sum(one.q_value is not None for one in judged),
        "asked": _asked_words(metric.kind, unit, factor * wanted if wanted else None),
        "left_out": f" Of {count(all_of_them)} segments the {_MOST} with most sessions." if all_of_them > _MOST else "",
    }


def _segments(site: Site, given: Mapping[str, str], cohorts: list[list[Record]]) -> tuple[list[Segment], int]:
    """The segments of the key asked for that most sessions have, and how many there are."""
    ids = [{row["session_id"] for row in rows} for rows in cohorts]
    rows = site.analytics.records(
        statement("queries/page_cohort_segments"),
        {
            "ids_a": sorted(ids[0] - ids[1]),
            "ids_b": sorted(ids[1] - ids[0]),
            "key": None if given["by"] == EVERY_KEY else given["by"],
            "own": sorted({given[side].partition(":")[0] for side in ("a", "b")}),
            "limit": _MOST,
        },
    )
    found = [Segment(f"{row['key']}:{row['value']}", row["sessions_a"], row["sessions_b"], row["ids"]) for row in rows]
    return found, rows[0]["segments"] if rows else 0


def _line(one: Comparison, segment: Segment, totals: list[int], given: Mapping[str, str]) -> Record:
    factor, _ = scale({"kind": one.kind, "unit": one.unit})
    shares = [size / total for size, total in zip((segment.sessions_a, segment.sessions_b), totals, strict=True)]
    enough = one.verdict != NOT_ENOUGH
    row: Record = {
        "segment": segment.name,
        "verdict": one.verdict,
        "enough": enough,
        "n_a": one.n_a,
        "n_b": one.n_b,
        "sessions_a": one.sessions_a,
        "sessions_b": one.sessions_b,
        "unknown_a": one.unknown_a,
        "unknown_b": one.unknown_b,
        "share_a": shares[0],
        "share_b": shares[1],
        "shift": 100 * (shares[1] - shares[0]),
        "q_value": one.q_value,
        "required_n": one.required_n,
        "of_what": "pairs" if one.paired else "sessions",
        "how": _how(one),
        "why": "" if enough else _why(one),
        "explanation": one.explanation,
        "href": link("/compare/cohorts", **{**given, "by": None, "within": segment.name}),
    }
    for name in ("effect", "ci_low", "ci_high", "crude_effect"):
        value = getattr(one, name)
        row[name] = factor * value if enough and value is not None else None
    for name, n in (("value_a", one.n_a), ("value_b", one.n_b)):
        row[name] = getattr(one, name) if n >= MINIMUM else None
    if one.verdict == DIFFERENT and one.effect is not None:
        row["verdict_words"] = "different: b higher" if one.effect > 0 else "different: b lower"
    else:
        row["verdict_words"] = one.verdict
    return row


def _asked_words(kind: str, unit: str, wanted: float | None) -> str:
    if wanted is None:
        return "10 percentage points" if kind == "rate" else "a fifth of a's figure"
    return f"{number(wanted)} {unit}"


def _why(one: Comparison) -> str:
    """What is lacking, in a few words."""
    if min(one.n_a, one.n_b) < MIN_SESSIONS:
        return f"fewer than {MIN_SESSIONS} {'pairs' if one.paired else 'sessions'}"
    if min(one.clusters_a, one.clusters_b) < MIN_CLUSTERS:
        return f"fewer than {MIN_CLUSTERS:.0f} users"
    if one.p_value is not None and one.p_value < ALPHA:
        return "does not stand out among so many"
    return "the interval is too wide to tell"


def _how(one: Comparison) -> str:
    if one.paired:
        return f"{one.n_a} pairs of the same task"
    return "on one mix" if one.adjusted else "as they are"


CHARTS = {"cohort-segments": effects, "cohort-segments-lacking": lacking}
