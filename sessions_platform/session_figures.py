"""Figures of one session, from its rows: tools, agents, who follows whom, and the order of its timeline. Pure.

What is added up over all sessions is SQL (`sql/queries/`), and means the same by the same words. A session has a few
hundred rows: to plan such a statement takes DuckDB five times as long as to fetch them. Reading is for `analytics`.
"""

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import Any

Record = dict[str, Any]
_Z = 1.959963984540054
_LAST = math.inf


def wilson(successes: int, n: int) -> tuple[float | None, float | None]:
    """Bounds of the 95 % Wilson score interval as sql/wilson.sql makes them; None for n = 0."""
    if n <= 0:
        return None, None
    rate, z2 = successes / n, _Z * _Z
    middle, reach = rate + z2 / (2 * n), _Z * math.sqrt(rate * (1 - rate) / n + z2 / (4 * n * n))
    return max(0.0, (middle - reach) / (1 + z2 / n)), min(1.0, (middle + reach) / (1 + z2 / n))


def tools_of(calls: Iterable[Record]) -> list[Record]:
    """Tool and operation: calls, success with its interval, and durations; most calls first."""
    grouped: dict[tuple[str, str], list[Record]] = {}
    for call in calls:
        grouped.setdefault((call["tool_name"], call["operation"]), []).append(call)
    found = [_tool(tool, operation, own) for (tool, operation), own in grouped.items()]
    return sorted(found, key=lambda row: (-row["total_calls"], row["tool_name"], row["operation"]))


def _tool(tool: str, operation: str, calls: list[Record]) -> Record:
    total, successful = len(calls), sum(call["success"] is True for call in calls)
    low, high = wilson(successful, total)
    timed = sorted(call["duration_ms"] for call in calls if call["duration_ms"] is not None)
    return {
        "tool_name": tool,
        "operation": operation,
        "total_calls": total,
        "successful_calls": successful,
        "success_rate": successful / total,
        "ci_low": low,
        "ci_high": high,
        "session_count": 1,
        "timed_calls": len(timed),
        "average_ms": math.fsum(timed) / len(timed) if timed else None,
        "p50_ms": _quantile(timed, 0.5),
        "p95_ms": _quantile(timed, 0.95),
    }


def _quantile(ordered: list[float], share: float) -> float | None:
    """As DuckDB's quantile_cont: between two values, in a straight line."""
    if not ordered:
        return None
    place = (len(ordered) - 1) * share
    low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
    return low + (high - low) * (place - math.floor(place))


def agents_of(utterances: Iterable[Record], calls: Iterable[Record], generations: Iterable[Record]) -> list[Record]:
    """Agent: utterances, tool calls and model calls; most utterances first."""
    found: dict[str, Record] = {}

    def of(row: Record) -> Record:
        agent = row["agent_name"]
        empty = {"message_count": 0, "session_count": 1, "tool_call_count": 0, "tool_error_count": 0}
        return found.setdefault(agent, {"agent_name": agent, **empty, "model_call_count": 0, "cost_usd": 0.0})

    for row in utterances:
        of(row)["message_count"] += 1
    for row in calls:
        agent = of(row)
        agent["tool_call_count"] += 1
        agent["tool_error_count"] += row["success"] is False
    for row in generations:
        agent = of(row)
        agent["model_call_count"] += 1
        agent["cost_usd"] += row["cost_usd"] or 0.0
    return sorted(found.values(), key=lambda row: (-row["message_count"], row["agent_name"]))


def interactions_of(utterances: Iterable[Record]) -> list[Record]:
    """Pair of agents: two utterances in a row; most first."""
    counted: dict[tuple[str, str], int] = {}
    for row in utterances:
        if row["prev_agent"] is not None:
            pair = (row["prev_agent"], row["agent_name"])
            counted[pair] = counted.get(pair, 0) + 1
    return [
        {"from_agent": pair[0], "to_agent": pair[1], "interaction_count": times, "session_count": 1}
        for pair, times in sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    ]


def timeline_of(messages: list[Record], calls: list[Record], generations: list[Record]) -> list[Record]:
    """Events in order: messages by their index, each call just before its result, model calls by time.

    A model call stands before the first message that its row gave, else before the first that is later.
    """
    given: dict[tuple[str | None, str | None], int] = {}
    for row in messages:
        key = (row["trace_id"], row["observation_id"])
        given[key] = min(given.get(key, row["message_index"]), row["message_index"])
    timed = sorted((row["timestamp"], row["message_index"]) for row in messages if row["timestamp"] is not None)
    first_after = _first_after(timed)

    def place(row: Record) -> float:
        own = given.get((row["trace_id"], row["observation_id"]))
        return own if own is not None else first_after(row["timestamp"])

    placed = [((row["message_index"], 2), row) for row in messages]
    placed += [((row["message_index"], 1), row) for row in calls]
    placed += [((place(row), 0), row) for row in generations]
    placed.sort(key=lambda one: (*one[0], _late(one[1]["timestamp"]), _late(one[1]["observation_id"])))
    return [row for _, row in placed]


def _first_after(timed: list[tuple[str, int]]) -> Callable[[str | None], float]:
    """The least index of the messages that are at a moment or later."""
    moments = [moment for moment, _ in timed]
    least: list[float] = [_LAST] * (len(timed) + 1)
    for at in range(len(timed) - 1, -1, -1):
        least[at] = min(timed[at][1], least[at + 1])
    return lambda moment: _LAST if moment is None else least[bisect_left(moments, moment)]


def _late(text: str | None) -> tuple[bool, str]:
    return text is None, text or ""
