"""A finding in plain words. Every number is one of its figures; names from sessions stand in backticks, as data.

"Associated with", never "caused": nothing here was tried out on purpose. Hypotheses and actions come from the catalog
of checks, and stand in fields of their own.
"""

from collections.abc import Sequence

from sessions_platform.analysis.draft import Draft
from sessions_platform.analysis.population import Pair

_LONGEST = 80
_WHERE = {
    "tool": "with calls of {}",
    "operation": "with calls of {}",
    "agent": "by agent {}",
    "version": "in version {}",
    "release": "in release {}",
    "platform": "on platform {}",
    "task": "in task {}",
    "model": "with model {}",
    "environment": "in environment {}",
}
_ORDER = ("tool", "operation", "agent", "model", "task", "platform", "version", "release", "environment")
ENDED = {"failed": "failed", "broken off": "broke off"}


def name(value: str) -> str:
    """A value from the data: one line, without backticks of its own, in backticks."""
    plain = " ".join(value.replace("`", "'").split())
    return f"`{plain if len(plain) <= _LONGEST else plain[:_LONGEST] + '...'}`"


def where(signature: Sequence[Pair]) -> str:
    """What tells the group's sessions apart."""
    ordered = sorted(signature, key=lambda pair: (_ORDER.index(pair[0]) if pair[0] in _ORDER else len(_ORDER), pair))
    return ", ".join(_WHERE.get(key, f"with {name(key)} {{}}").format(name(value)) for key, value in ordered)


def title(draft: Draft) -> str:
    """A line for lists."""
    place = where(draft.signature)
    if draft.check is None:
        return f"More sessions {ENDED.get(draft.measure, 'fail').replace('failed', 'fail')} {place}"
    return f"{draft.check.title}, {place}" if place else draft.check.title


def statement(draft: Draft, value: float, n: int, low: float, high: float, sessions: int, users: int) -> str:
    """The finding in sentences: rate, n, interval, users; how its sessions end beside their like."""
    rate = f"{value:.1%}; 95 % interval {low:.1%} to {high:.1%}"
    if draft.check is None:
        ended = ENDED.get(draft.measure, "failed")
        first = f"{sessions:,} of {n:,} sessions {where(draft.signature)} {ended} ({rate}), those of {users:,} users."
        return " ".join((first, _expected(draft, "by the share of matched sessions elsewhere"), _lift(draft)))
    place = where(draft.signature)
    first = f"{draft.check.title}{', ' + place if place else ''}: "
    first += f"in {sessions:,} of {n:,} sessions ({rate}), of {users:,} users."
    more = _expected(draft, "by use alone") if draft.signature else ""
    return " ".join(part for part in (first, more, _lift(draft), _cost(draft)) if part)


def _expected(draft: Draft, by: str) -> str:
    expected = round(draft.expected, 1)
    return f"About {expected:,.1f} would be expected {by}."


def _lift(draft: Draft) -> str:
    seen = draft.lift
    if seen.ratio is None or seen.low is None or seen.high is None or seen.judged < 3:
        return "How these sessions ended is mostly not known."
    if seen.low <= 1.0 <= seen.high:
        return "They are not seen to fail more often than matched sessions without it."
    if seen.ratio < 1.0:
        return "They fail less often than matched sessions without it."
    alike = "matched sessions of the same task and platform without it"
    if draft.check is None:
        alike = "matched sessions elsewhere"
    return (
        f"It is associated with failure: {seen.ratio:.1f} times as often failed as {alike} "
        f"({seen.low:.1f} to {seen.high:.1f})."
    )


def _cost(draft: Draft) -> str:
    total, usual = draft.figures.get("usd"), draft.figures.get("usual_usd")
    if total is None or usual is None:
        return ""
    return f"They cost {total:,.2f} USD together; at the median of their tasks it would be {usual:,.2f} USD."
