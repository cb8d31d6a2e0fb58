"""A finding in plain words. Every number is one of its figures; names from sessions stand in backticks, as data.

"Associated with", never "caused": nothing here was tried out on purpose. Hypotheses and actions come from the catalog
of checks, and stand in fields of their own.
"""

import re
from collections.abc import Mapping, Sequence

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
_REACH = {
    "tool": "that call {}",
    "operation": "that call {}",
    "agent": "with agent {}",
    "version": "of version {}",
    "release": "of release {}",
    "platform": "on platform {}",
    "task": "of task {}",
    "model": "with model {}",
    "environment": "in environment {}",
}
_ORDER = ("tool", "operation", "agent", "model", "task", "platform", "version", "release", "environment")
HARDLY = 0.5
"""Fewer expected sessions than this are none that one could count."""
_SHARED = {
    "said": "Sessions in which an agent says {shown}, or what comes with it, fail",
    "result": "Sessions in which {about} answers {shown}, or what comes with it, fail",
    "form": "Sessions in which {about} answers with {shown}, or what comes with it, fail",
    "argument": "Sessions in which {about} is called with {shown}, or what comes with it, fail",
    "repeat": "Sessions with {shown} of {about}, or what comes with it, fail",
}
"""How a telltale is told, by the sort of its commonest remark."""
ENDED = {"failed": "failed", "broken off": "broke off"}


def name(value: str) -> str:
    """A value from the data: one line, without backticks of its own, in backticks."""
    plain = " ".join(value.replace("`", "'").split())
    return f"`{plain if len(plain) <= _LONGEST else plain[:_LONGEST] + '...'}`"


def where(signature: Sequence[Pair]) -> str:
    """What tells the group's sessions apart."""
    return ", ".join(
        _WHERE.get(key, f"where {name(key)} is {{}}").format(name(value)) for key, value in _ordered(signature)
    )


def reach(signature: Sequence[Pair]) -> str:
    """Of which sessions a share is: those in which it could have been seen."""
    parts = [_REACH.get(key, f"where {name(key)} is {{}}").format(name(value)) for key, value in _ordered(signature)]
    return ", ".join(parts) or "of the week"


def _ordered(signature: Sequence[Pair]) -> list[Pair]:
    return sorted(signature, key=lambda pair: (_ORDER.index(pair[0]) if pair[0] in _ORDER else len(_ORDER), pair))


def title(draft: Draft) -> str:
    """A line for lists."""
    place = where(draft.signature)
    if draft.check is None:
        return f"More sessions {ENDED.get(draft.measure, 'fail').replace('failed', 'fail')} {place}"
    if draft.learnt:
        return _telltale(draft.label)
    return f"{draft.check.title}, {place}" if place else draft.check.title


def _telltale(label: str) -> str:
    """What was learnt has no words but those of its sessions: they stand as names do, as data."""
    told, _, shown = label.partition("#")[2].partition(": ")
    sort, _, about = told.partition(" ")
    return _SHARED[sort].format(shown=name(shown), about=name(about))


def statement(draft: Draft, value: float, n: int, low: float, high: float, sessions: int, users: int) -> str:
    """The finding in sentences: rate, n, interval, users; how its sessions end beside their like."""
    rate = f"{_percent(value)}; 95 % interval {_percent(low)} to {_percent(high)}"
    if draft.check is None:
        ended = ENDED.get(draft.measure, "failed")
        first = (
            f"{sessions:,} of the {n:,} sessions {reach(draft.signature)} {ended} ({rate}), those of {users:,} users."
        )
        return " ".join((first, _expected(draft, "The share of matched sessions elsewhere"), _lift(draft)))
    first = f"{title(draft)}: in {sessions:,} of the {n:,} sessions {reach(draft.signature)} ({rate}), "
    first += f"of {users:,} users."
    # How many of its sessions would have a telltale without its cause is not counted, so it is not said.
    more = _expected(draft, "Use alone") if draft.signature and not draft.learnt else ""
    return " ".join(part for part in (first, more, _lift(draft), _cost(draft)) if part)


def _expected(draft: Draft, by: str) -> str:
    expected = round(draft.expected, 1)
    return f"{by} would give {'hardly any' if expected < HARDLY else f'about {expected:,.1f}'}."


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


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


def also(draft: Draft, titles: Mapping[str, str]) -> str:
    """What else was seen in mostly the same sessions, and where; the finding's own check left out."""
    own = draft.check.title if draft.check else ""
    seen: dict[str, str] = {}
    for one in draft.also:
        label, _, told = one.removesuffix("]").partition("[")
        words = titles.get(re.split("[#@]", label)[0], "")
        if words and words != own and len(told) >= len(seen.get(words, "")):
            seen[words] = told
    parts = [f"{words}{', ' + _told(told) if told else ''}" for words, told in seen.items()]
    return f"In mostly the same sessions: {'; '.join(parts)}." if parts else ""


def _told(signature: str) -> str:
    pairs = [part.partition("=") for part in signature.split(" & ")]
    return where([(key, value) for key, _, value in pairs])
