"""Overview: the last whole week against the weeks before, trends, alerts, and whether the data are whole."""

from dataclasses import dataclass
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import Response

from sessions_platform.analytics import Record
from sessions_platform.pages import specs
from sessions_platform.pages.alerts import alerts_panel
from sessions_platform.pages.asked import Asked, sunday
from sessions_platform.pages.chart import Chart, Column
from sessions_platform.pages.formats import MINIMUM, count, number, share, usd
from sessions_platform.pages.site import Site, link

_SHOWN_WEEKS = 16
_BAND_WEEKS = 4
_WORDS = {
    "within": "as the weeks before",
    "above": "higher than the weeks before",
    "below": "lower than the weeks before",
    "no band yet": "not enough weeks yet",
    "insufficient data": "not enough data",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """A line of the scorecard: where its figure, n and spread stand in a row of page_weeks."""

    label: str
    kind: Literal["rate", "mean", "total"]
    value: str
    n: str
    form: str
    good: int
    out_of: str = ""


MEASURES = (
    Measure("Sessions", "total", "sessions", "sessions", "count", 0),
    Measure("Completion rate", "rate", "completed", "sessions", "share", 1),
    Measure("Success rate, of judged sessions", "rate", "succeeded", "judged", "share", 1),
    Measure("Tool success rate", "rate", "successful_calls", "calling_sessions", "share", 1, "calls"),
    Measure("Turns per session", "mean", "turns", "sessions", "number", 0),
    Measure("Cost per session", "mean", "session_cost", "priced", "usd", -1),
    Measure("Cost of the week", "total", "cost_usd", "sessions", "usd", 0),
)
_FORMS = {"count": count, "share": share, "number": number, "usd": usd}


def page(site: Site, request: Request) -> Response:
    """`/`"""
    weeks = site.ask("page_weeks")
    current, before = last_week(weeks)
    health = list(reversed(site.ask("page_health", limit=14)))
    return site.page(
        "overview.html",
        here="/",
        week=current,
        last_day=sunday(current["week"]) if current else None,
        before=len(before),
        scorecard=scorecard(site, Asked(request.query_params)) if current else None,
        charts=[build(site, Asked(request.query_params)) for build in (rates, days)],
        alerts=alerts(site, Asked(request.query_params)),
        health=[{**row, "says": health_words(row)} for row in health],
    )


def last_week(weeks: list[Record]) -> tuple[Record | None, list[Record]]:
    """The newest week with all seven days (else the newest), and those before it."""
    whole = [place for place, week in enumerate(weeks) if week["days"] == 7]
    place = whole[-1] if whole else len(weeks) - 1
    return (weeks[place], weeks[:place]) if weeks else (None, [])


def scorecard(site: Site, asked: Asked) -> Chart:
    """A line for each measure: the week, the four weeks before, and the band."""
    weeks = site.ask("page_weeks")
    current, before = last_week(weeks)
    # The band's exact prediction takes a second where a week has many calls.
    rows = site.kept("scorecard", {}, lambda: [_line(one, current, before) for one in MEASURES]) if current else []
    week = current["week"] if current else ""
    return Chart(
        "scorecard",
        f"Week of {week} against the weeks before ({count(current['sessions'] if current else 0)} sessions)",
        rows,
        (
            Column("measure", "Measure"),
            Column("shown", "This week"),
            Column("interval", "95 % interval, n"),
            Column("four_weeks", "Four weeks before"),
            Column("band", "Expected"),
            Column("verdict", "Reading"),
        ),
        note="Expected: where the weeks before (four to twelve) say that this one should lie. The band is wide where"
        " weeks are few or small: one who looks every week for a quarter sees a false alarm in one measure of twenty.",
    )


def _line(measure: Measure, week: Record, before: list[Record]) -> Record:
    form = _FORMS[measure.form]
    recent = [figure for one in before[-4:] if (figure := _figure(measure, one)) is not None]
    value, n = _figure(measure, week), int(week[measure.n] or 0)
    enough = value is not None and (measure.kind == "total" or n >= MINIMUM)
    status, low, high = _band(measure, week, before) if enough else ("insufficient data", None, None)
    return {
        "measure": measure.label,
        "value": value if enough else None,
        "shown": form(value) if enough else "not enough data",
        "n": n,
        "interval": _interval(measure, week, n),
        "four_weeks": f"{form(min(recent))} to {form(max(recent))}" if len(recent) > 1 else "–",
        "band_low": low,
        "band_high": high,
        "band": f"{form(low)} to {form(high)}" if low is not None and measure.kind != "total" else "–",
        "status": status,
        "verdict": _verdict(measure, status, len(before)),
        "tone": _tone(measure, status),
        "href": link("/sessions", since=week["week"], until=sunday(week["week"])),
    }


def _verdict(measure: Measure, status: str, before: int) -> str:
    if status == "no band yet" and before < _BAND_WEEKS:
        return f"{_WORDS[status]} ({before} of {_BAND_WEEKS})"
    return _WORDS[status].replace("the weeks", "the four weeks" if measure.kind == "total" else "the weeks")


def _figure(measure: Measure, week: Record) -> float | None:
    value = week[measure.value]
    if measure.kind != "rate" or value is None:
        return None if value is None else float(value)
    total = week[measure.out_of or measure.n]
    return float(value) / total if total else None


def _interval(measure: Measure, week: Record, n: int) -> str:
    if measure.kind == "rate" and n >= MINIMUM:
        low, high = ((week[f"{name}_{end}"]) for name in [_bound(measure)] for end in ("low", "high"))
        of = measure.out_of or "sessions"
        return f"{share(low)} to {share(high)}, n = {count(week[measure.out_of or measure.n])} {of}"
    return f"n = {count(n)} sessions" if measure.kind != "total" else "a total"


def _bound(measure: Measure) -> str:
    return "calls" if measure.out_of else measure.value


def _band(measure: Measure, week: Record, before: list[Record]) -> tuple[str, float | None, float | None]:
    """Where the weeks before say that this one should lie; of totals, the range of the four weeks before."""
    from sessions_platform.statistics.trends import control_bands

    if measure.kind == "total":
        recent = [figure for one in before[-4:] if (figure := _figure(measure, one)) is not None]
        value = _figure(measure, week)
        if len(recent) < 4 or value is None:
            return "no band yet", None, None
        low, high = min(recent), max(recent)
        return ("above" if value > high else "below" if value < low else "within"), low, high
    kind: Literal["rate", "mean"] = measure.kind
    look = control_bands([_period(measure, one) for one in (*before, week)], kind)[-1]
    return look.status, look.low, look.high


def _period(measure: Measure, week: Record) -> Any:
    from sessions_platform.statistics.trends import Period

    value, n = _figure(measure, week), int(week[measure.n] or 0)
    if measure.kind == "rate":
        spread = value * (1 - value) if value is not None else 0.0
        return Period(week["week"], n, value, spread, float(week[measure.out_of or measure.n]))
    return Period(week["week"], n, value, float(week[f"{measure.value}_variance"] or 0), float(n))


def _tone(measure: Measure, status: str) -> str:
    if status not in {"above", "below"} or not measure.good:
        return ""
    return "good" if (status == "above") == (measure.good > 0) else "bad"


def rates(site: Site, asked: Asked) -> Chart:
    """Completion, success and tool success by week."""
    rows, kinds = [], (
        ("Completion rate (of sessions)", "completed", "sessions"),
        ("Success rate (of judged sessions)", "succeeded", "judged"),
        ("Tool success rate (of calls)", "successful_calls", "calls"),
    )  # fmt: skip
    weeks = site.ask("page_weeks")[-_SHOWN_WEEKS:]
    for label, hits, total in kinds:
        for week in weeks:
            if week[total]:
                bound = "calls" if total == "calls" else hits
                rows.append(
                    {
                        "measure": label,
                        "week": week["week"],
                        "rate": week[hits] / week[total],
                        "ci_low": week[f"{bound}_low"],
                        "ci_high": week[f"{bound}_high"],
                        "n": week[total],
                        "unknown": 1 - week["judged"] / week["sessions"] if hits == "succeeded" else None,
                        "enough": week[total] >= MINIMUM,
                        "days": week["days"],
                        "href": link("/sessions", since=week["week"], until=sunday(week["week"])),
                    }
                )
    sessions = sum(week["sessions"] for week in weeks)
    return Chart(
        "rates",
        f"Is it getting worse? Rates by week ({count(sessions)} sessions in {len(weeks)} weeks)",
        rows,
        (
            Column("measure", "Measure"),
            Column("week", "Week of"),
            Column("rate", "Rate", "rate", of="n"),
            Column("n", "n", "count"),
            Column("unknown", "Outcome unknown", "share"),
            Column("days", "Days published", "count"),
        ),
        specs.rate_weeks("rate", title="rate", n="n", domain=specs.domain_of(rows), by="measure"),
        note="Shaded: 95 % interval; the scale need not begin at 0. A week of fewer than seven published days is not"
        " over, or lacks data.",
    )


def days(site: Site, asked: Asked) -> Chart:
    """Sessions by day."""
    period = asked.period(site.newest())
    rows = site.ask("page_days", **period.bounds)
    for row in rows:
        row["href"] = link("/sessions", since=row["date"], until=row["date"])
    total = sum(row["total_sessions"] for row in rows)
    return Chart(
        "days",
        f"Sessions by the day they began (n = {count(total)}, {period.words})",
        rows,
        (
            Column("date", "Date"),
            Column("total_sessions", "Sessions", "count"),
            Column("completed_sessions", "Completed", "count"),
            Column("tool_call_count", "Tool calls", "count"),
            Column("total_cost_usd", "Cost", "usd"),
        ),
        specs.day_bars(["completed_sessions", "other_sessions"], ["completed", "not completed"], title="sessions"),
        parameters=period.bounds,
    )


def alerts(site: Site, asked: Asked) -> Chart:
    """What fires now."""
    firing = alerts_panel(site)
    rows = firing or []
    return Chart(
        "alerts",
        f"Alerts: {count(len(rows))} firing" if rows else "Alerts",
        rows,
        tuple(Column(name, name) for name in (rows[0] if rows else ())),
        empty="No alert fires."
        if firing is not None
        else "No alert rule has run yet; `sessions-platform alerts` says what the rules find.",
    )


def health_words(row: Record) -> str:
    """What a day's row of data_health means."""
    if not row["complete"]:
        return "incomplete"
    if not row["published"]:
        return "not published"
    if row["raw_rows"] is not None and row["source_rows"] is not None and row["raw_rows"] < row["source_rows"]:
        return "rows missing"
    if (row["loaded_sessions"] or 0) < (row["staged_sessions"] or 0):
        return "sessions missing"
    return "complete"


CHARTS = {"scorecard": scorecard, "rates": rates, "days": days, "alerts": alerts}
