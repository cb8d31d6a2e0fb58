"""Two cohorts: is b better than a? Verdict, figures, how the mix shifted, and the same in every segment."""

from starlette.requests import Request
from starlette.responses import Response

from sessions_platform.analytics import Record
from sessions_platform.pages import screen, specs
from sessions_platform.pages.asked import Asked, BadRequest
from sessions_platform.pages.chart import Chart, Column
from sessions_platform.pages.comparison import compared, difference, figure, form_of, parameters, scale
from sessions_platform.pages.formats import FORMATS, MINIMUM, count, number, probability, share
from sessions_platform.pages.site import Site, link


def cohorts_page(site: Site, request: Request) -> Response:
    """`/compare/cohorts?a=key:value&b=key:value&metric=`, and `by=key` for the same in every segment."""
    asked = Asked(request.query_params)
    if asked.text("a") is None or asked.text("b") is None:
        raise BadRequest("Two cohorts are needed: a=key:value and b=key:value, such as version:2.0 and version:2.1.")
    found, given = compared(site, asked), parameters(asked)
    charts = [chart for chart in (effect(site, asked), mix(site, asked)) if chart.rows]
    return site.page(
        "cohorts.html",
        here="/compare",
        found=found,
        arms=[_arm(found, side, given) for side in ("a", "b")],
        facts=_facts(found),
        charts=charts,
        screen=screen.charts(site, asked) if given["by"] else [],
        whole=link("/compare/cohorts", **{**given, "within": None}) if given["within"] else None,
        **form_of(site, asked),
    )


def _arm(found: Record, side: str, given: Record) -> Record:
    """A line of the figures: a cohort with its own figure, that compared, n and what is unknown."""
    shown, enough = FORMATS[figure(found)], found[f"n_{side}"] >= MINIMUM
    own = _own(found, side)
    value = found[f"value_{side}"] if enough else None
    bounds = {"since": given["since"], "until": given["until"]}
    return {
        "side": side,
        "name": found[side],
        "href": link("/sessions", **_filter(found[side]), **bounds),
        "enough": enough,
        "value": shown(value),
        "own": f"{share(own[0])} ({share(own[1])} to {share(own[2])})" if own and enough else "–",
        "n": found[f"n_{side}"],
        "sessions": found[f"sessions_{side}"],
        "unknown": found[f"unknown_{side}"],
        "users": found[f"clusters_{side}"],
    }


def _own(found: Record, side: str) -> tuple[float, float, float] | None:
    """A cohort's own rate with its Wilson interval, before pairs or mixes; None of medians, and of calls."""
    from sessions_platform.statistics.intervals import wilson

    if found["kind"] != "rate" or found["metric"] == "tool success rate":
        return None
    n, value = found[f"n_{side}"], found[f"value_{side}"]
    if found["adjusted"]:
        parts = [(row[f"n_{side}"], row[f"value_{side}"]) for row in found["strata"] if row[f"n_{side}"]]
        n = sum(size for size, _ in parts)
        value = sum(size * part for size, part in parts) / n if n else None
    return (value, *wilson(value * n, n)) if n and value is not None else None


def _filter(cohort: str) -> Record:
    key, _, value = cohort.partition(":")
    return {key: value} if key in {"tool", "agent"} else {"segment": cohort}


def _facts(found: Record) -> list[tuple[str, str]]:
    """What was asked, what it takes, and how sure the answer is."""
    factor, unit = scale(found)
    each = "pairs" if found["paired"] else "sessions in each cohort"
    facts = [
        ("Effect asked about", f"{number(factor * found['asked'])} {unit}"),
        ("To see it takes", f"{count(found['required_n'])} {each}, of {found['required_clusters']} users or more"),
    ]
    if found["detectable"] is not None and found["verdict"] != "different":
        facts.append(("These sessions would show", f"{number(factor * found['detectable'])} {unit} or more"))
    if found["adjusted"] and found["crude_effect"] is not None:
        facts.append(("Difference before adjustment", f"{factor * found['crude_effect']:+.2f} {unit}"))
    if found["pairs"]:
        pairs = found["pairs"]
        facts.append(
            ("Tasks that succeeded", f"{pairs['both']} with both, {pairs['only_b']} with b alone,"
             f" {pairs['only_a']} with a alone, {pairs['neither']} with neither")
        )  # fmt: skip
    if found["p_value"] is not None and found["verdict"] != "not enough data":
        facts.append(("p", probability(found["p_value"])))
    return facts


def effect(site: Site, asked: Asked) -> Chart:
    """The difference with its interval."""
    found = compared(site, asked)
    factor, unit = scale(found)
    rows: list[Record] = []
    if found["effect"] is not None and found["verdict"] != "not enough data":
        figures = {name: factor * found[name] for name in ("effect", "ci_low", "ci_high")}
        rows.append({"what": "b minus a", **figures, "unit": unit, "n_a": found["n_a"], "n_b": found["n_b"]})
    return Chart(
        "cohort-effect",
        f"How much does the {found['metric']} differ? {found['b']} minus {found['a']}"
        f" (n = {count(found['n_b'])} and {count(found['n_a'])})",
        rows,
        (
            Column("what", "Difference"),
            *screen.interval(difference(found)),
            Column("unit", "Unit"),
            *screen.NUMBERS,
        ),
        specs.effects("what", title=f"difference, {unit}"),
        note="A bar that does not touch the dashed line at 0 is a difference that chance alone seldom makes.",
        parameters=parameters(asked),
    )


def mix(site: Site, asked: Asked) -> Chart:
    """Of what both cohorts consist: how their mix shifted, and what each part counts."""
    found, given = compared(site, asked), parameters(asked)
    kind = figure(found)
    rows = [{**row, "shift": 100 * (row["share_b"] - row["share_a"])} for row in found["strata"]]
    rows.sort(key=lambda row: (-abs(row["shift"]), row["name"]))
    moved = sum(abs(row["shift"]) for row in rows) / 2
    return Chart(
        "cohort-mix",
        f"Are they alike? The mix shifts by {number(moved)} points ({given['mix'] or 'task'}; sessions:"
        f" {count(found['n_a'])} and {count(found['n_b'])})",
        rows,
        (
            Column("name", "Part"),
            *screen.NUMBERS,
            *screen.SHARES,
            Column("value_a", "Figure of a", kind),
            Column("value_b", "Figure of b", kind),
            Column("weight", "Weight", "share"),
            Column("note", "Note"),
        ),
        note="Largest shift first. Weight: what the part counts in figures that are adjusted for the mix; pairs of one"
        " task need none. Figures of single parts are often of few sessions.",
        parameters=given,
    )


CHARTS = {"cohort-effect": effect, "cohort-mix": mix, **screen.CHARTS}
