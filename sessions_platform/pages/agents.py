"""Agents: who does how much, who speaks after whom, where conversations begin and end, and where they go in circles."""

from starlette.requests import Request
from starlette.responses import Response

from sessions_platform.analytics import Record
from sessions_platform.pages import specs
from sessions_platform.pages.asked import Asked
from sessions_platform.pages.chart import Chart, Column
from sessions_platform.pages.flow import END, START, drawing
from sessions_platform.pages.formats import MINIMUM, count, several, share
from sessions_platform.pages.site import Site, link, session_url

_CELLS = 12
_DOMINATES = 0.5


def page(site: Site, request: Request) -> Response:
    """`/agents`"""
    asked = Asked(request.query_params)
    transitions = flow(site, asked)
    matrix_, activity_ = matrix(site, asked), activity(site, asked)
    return site.page(
        "agents.html",
        here="/agents",
        period=asked.period(site.newest()),
        days=asked.days(),
        activity=activity_,
        matrix=matrix_,
        flow=transitions,
        drawing=drawing(transitions.rows),
        cost=cost(site, asked),
        repeats=repeats(site, asked),
        ping_pong=ping_pong(site, asked),
        reading=reading(activity_.rows, transitions.rows),
    )


def activity(site: Site, asked: Asked) -> Chart:
    """Utterances, calls and cost by agent."""
    period = asked.period(site.newest())
    rows = [
        {**row, "href": link("/sessions", agent=row["agent_name"], **period.bounds)}
        for row in site.ask("page_agents", **period.bounds)
    ]
    said = sum(row["message_count"] for row in rows)
    return Chart(
        "agent-activity",
        f"Who speaks most? {count(said)} utterances by agent",
        rows,
        (
            Column("agent_name", "Agent", "link"),
            Column("message_count", "Utterances", "count"),
            Column("message_share", "Share", "share"),
            Column("tool_call_count", "Tool calls", "count"),
            Column("tool_error_count", "Failed", "count"),
            Column("model_call_count", "Model calls", "count"),
            Column("cost_usd", "Cost", "usd"),
            Column("cost_share", "Share of cost", "share"),
        ),
        specs.bars("agent_name", "message_count", title="utterances", second=("message_share", "share", ".1%")),
        parameters=period.bounds,
    )


def cost(site: Site, asked: Asked) -> Chart:
    """Share of cost by agent."""
    period = asked.period(site.newest())
    rows = [
        {**row, "href": link("/sessions", agent=row["agent_name"], **period.bounds)}
        for row in site.ask("page_agents", **period.bounds)
        if row["cost_usd"]
    ]
    rows.sort(key=lambda row: -float(row["cost_usd"]))
    calls = sum(row["model_call_count"] for row in rows)
    return Chart(
        "agent-cost",
        f"Who costs most? Cost of {count(calls)} model calls by agent",
        rows,
        (
            Column("agent_name", "Agent", "link"),
            Column("cost_usd", "Cost", "usd"),
            Column("cost_share", "Share of cost", "share"),
            Column("model_call_count", "Model calls", "count"),
        ),
        specs.bars("agent_name", "cost_usd", title="US dollars", format="$,.2f", second=("cost_share", "share", ".1%")),
        empty="No model call of these dates has a price.",
        parameters=period.bounds,
    )


def matrix(site: Site, asked: Asked) -> Chart:
    """Who speaks after whom."""
    period = asked.period(site.newest())
    rows = [
        {**row, "href": _pair(row["from_agent"], row["to_agent"], period.bounds)}
        for row in site.ask("page_matrix", **period.bounds)
    ]
    agents = _by_size(rows)[:_CELLS]
    total = sum(row["interaction_count"] for row in rows)
    spec = specs.heat_map(
        "to_agent", "from_agent", "interaction_count", columns=agents, rows=agents, share="share_of_from"
    )
    drawn = [row for row in rows if row["from_agent"] in agents and row["to_agent"] in agents]
    return Chart(
        "interaction-matrix",
        f"Who talks to whom? {count(total)} interactions (two utterances in a row)",
        drawn,
        (
            Column("from_agent", "Who spoke"),
            Column("to_agent", "Who spoke next", "link"),
            Column("interaction_count", "Times", "count"),
            Column("share_of_from", "Share of what followed", "share"),
        ),
        spec,
        note="Read a row from left to right: after this agent spoke, who spoke next, and how often. Darker: a larger"
        f" share of the row. At most {_CELLS} agents.",
        empty="Nobody spoke after another in these dates.",
        parameters=period.bounds,
    )


def flow(site: Site, asked: Asked) -> Chart:
    """The matrix with start and end of conversations."""
    period = asked.period(site.newest())
    pairs = [(r["from_agent"], r["to_agent"], r["interaction_count"]) for r in site.ask("page_matrix", **period.bounds)]
    for row in site.ask("page_ends", **period.bounds):
        pairs += [(START, row["agent_name"], row["opened"]), (row["agent_name"], END, row["ended"])]
    pairs = sorted((pair for pair in pairs if pair[2]), key=lambda pair: (-pair[2], pair[0], pair[1]))
    totals: dict[str, int] = {}
    for source, _, times in pairs:
        totals[source] = totals.get(source, 0) + times
    rows = [
        {
            "from_agent": source,
            "to_agent": target,
            "times": times,
            "share_of_from": times / totals[source],
            "from_total": totals[source],
            "href": _pair(source, target, period.bounds),
        }
        for source, target, times in pairs
    ]
    return Chart(
        "agent-flow",
        f"How do conversations go? From start to end ({count(totals.get(START, 0))} begin in these dates)",
        rows,
        (
            Column("from_agent", "From"),
            Column("to_agent", "To", "link"),
            Column("times", "Times", "count"),
            Column("share_of_from", "Share of what follows", "share"),
        ),
        note="On the right, the word goes down; on the left, it goes back up. Thicker: more often. Only paths of"
        " at least 2 % are drawn; the table has all.",
        parameters=period.bounds,
    )


def repeats(site: Site, asked: Asked) -> Chart:
    """The same call again and again."""
    period = asked.period(site.newest())
    rows = [
        {**row, "example": session_url(row["session_id"], row["message_index"])}
        for row in site.ask("page_repeats", **period.bounds)
    ]
    runs, sessions = (rows[0]["all_runs"], rows[0]["all_sessions"]) if rows else (0, 0)
    return Chart(
        "repeated-calls",
        f"Loops: the same call three times or more in a row ({several(runs, 'run')} in {several(sessions, 'session')})",
        rows,
        (
            Column("tool_name", "Tool"),
            Column("agent_name", "Agent"),
            Column("calls", "Calls in a row", "count"),
            Column("failed", "Failed", "count"),
            Column("arguments_preview", "Arguments", "said"),
            Column("example", "Where", "example"),
        ),
        note="Same tool, same beginning of the arguments. The 30 longest.",
        empty="No call was made three times in a row in these dates.",
        parameters=period.bounds,
    )


def ping_pong(site: Site, asked: Asked) -> Chart:
    """The word handed back and forth."""
    period = asked.period(site.newest())
    rows = [
        {**row, "example": session_url(row["example_session"], row["example_message"])}
        for row in site.ask("page_ping_pong", **period.bounds)
    ]
    times = sum(row["times"] for row in rows)
    return Chart(
        "ping-pong",
        f"Loops: the word goes A, B, A, B between two agents ({several(times, 'time')})",
        rows,
        (
            Column("agent_a", "Agent"),
            Column("agent_b", "Agent"),
            Column("times", "Times", "count"),
            Column("session_count", "Sessions", "count"),
            Column("example", "Example", "example"),
        ),
        note="Four utterances in a row; users are left out, for with them it is a dialogue.",
        empty="No two agents handed the word back and forth in these dates.",
        parameters=period.bounds,
    )


def reading(activity_: list[Record], transitions: list[Record]) -> list[str]:
    """Sentences: who dominates, who is never answered, where conversations end."""
    agents = [row for row in activity_ if row["agent_name"] != "user" and row["message_count"]]
    said = sum(row["message_count"] for row in agents)
    if said < MINIMUM:
        return [f"Not enough data: {count(said)} utterances of agents in these dates."]
    top = agents[0]
    part = top["message_count"] / said
    verb = "dominates" if part >= _DOMINATES and len(agents) > 1 else "speaks most"
    found = [f"{top['agent_name']} {verb}: {share(part)} of the agents' {count(said)} utterances."]
    unanswered = _never_answered(agents, transitions)
    found.append(
        f"Never answered by another agent or a user: {', '.join(unanswered)}."
        if unanswered
        else "Every agent with at least 10 utterances is answered by somebody."
    )
    ends = [row for row in transitions if row["to_agent"] == END]
    total = sum(row["times"] for row in ends)
    if total >= MINIMUM:
        last = ends[0]
        found.append(
            f"{last['from_agent']} has the last word in {share(last['times'] / total)} of {count(total)} conversations."
        )
    else:
        found.append(f"Who has the last word: not enough data (n = {count(total)}).")
    return found


def _never_answered(agents: list[Record], transitions: list[Record]) -> list[str]:
    answered = {
        row["from_agent"] for row in transitions if row["to_agent"] not in {END, row["from_agent"]} and row["times"]
    }
    return [r["agent_name"] for r in agents if r["message_count"] >= MINIMUM and r["agent_name"] not in answered][:5]


def _by_size(rows: list[Record]) -> list[str]:
    sizes: dict[str, int] = {}
    for row in rows:
        for name in {row["from_agent"], row["to_agent"]}:
            sizes[name] = sizes.get(name, 0) + row["interaction_count"]
    return sorted(sizes, key=lambda name: (-sizes[name], name))


def _pair(source: str, target: str, bounds: dict[str, str | None]) -> str:
    return link("/sessions", from_agent=source, to_agent=target, **bounds)


CHARTS = {
    "agent-activity": activity, "agent-cost": cost, "interaction-matrix": matrix, "agent-flow": flow,
    "repeated-calls": repeats, "ping-pong": ping_pong,
}  # fmt: skip
