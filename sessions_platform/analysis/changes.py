"""Differences of failed shares on one mix of tasks and platforms: against the four weeks before, and between versions.

Pure, from counted cells. Every difference has its interval, p and q (Benjamini-Hochberg over all that were looked at
together); with too few judged sessions it is `not enough data` and says how many it would take. Associations only.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from sessions_platform.statistics.intervals import t_p_value, t_quantile
from sessions_platform.statistics.multiple import benjamini_hochberg
from sessions_platform.statistics.power import sessions_for_rates
from sessions_platform.statistics.results import ALPHA, ASKED_RATE, MIN_COVERAGE, MIN_SESSIONS

Cell = Mapping[str, Any]
Counts = dict[tuple[str, str], list[int]]
"""Judged and failed sessions by task and platform."""
DIFFERENT, NO_EVIDENCE, NOT_ENOUGH = "different", "no evidence of difference", "not enough data"
LARGE = 1e9
"""Degrees of freedom of the normal distribution."""
LEAST_SHIFT = 0.05
"""Interactions are no sample of independent things: smaller shifts of a share are not listed as changes."""


class Change(msgspec.Struct, kw_only=True):
    """A failed share in two groups: `value` now (or of the version), `before` (or of the others), their difference."""

    key: str
    value: str
    n: int
    failed: int
    n_before: int
    failed_before: int
    share: float | None = None
    share_before: float | None = None
    difference: float | None = None
    """On the common mix of task and platform; `crude` is without it."""
    crude: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    p_value: float | None = None
    q_value: float | None = None
    coverage: float = 0.0
    verdict: str = NOT_ENOUGH
    required_n: int = 0


def over_time(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    """Each value of each key this week against the four weeks before, most certain first."""
    made = [
        _change(key, value, now, before, own=key) for (key, value), (before, now) in _by_value(cells).items() if now
    ]
    return _screened(made)


def concurrent(cells: Sequence[Cell], keys: Sequence[str]) -> list[dict[str, Any]]:
    """Each value of these keys against the other values of its key, within the week."""
    by_value = {pair: now for pair, (_, now) in _by_value(cells).items() if now and pair[0] in keys}
    made = []
    for (key, value), mine in by_value.items():
        others: Counts = defaultdict(lambda: [0, 0])
        for (other_key, other), counts in by_value.items():
            if other_key == key and other != value:
                _add(others, counts)
        if others:
            made.append(_change(key, value, mine, others, own=key))
    return _screened(made)


def interaction_changes(rows: Sequence[Cell]) -> list[dict[str, Any]]:
    """Pairs of agents whose share of what follows the first one shifted by 5 points or more; largest shift first."""
    found = []
    for row in rows:
        n, n_before = row["of_all"], row["of_all_before"]
        if min(n, n_before) < MIN_SESSIONS:
            continue
        share, share_before = row["times"] / n, row["times_before"] / n_before
        if abs(share - share_before) >= LEAST_SHIFT:
            found.append(dict(row) | {"share": share, "share_before": share_before, "shift": share - share_before})
    return sorted(found, key=lambda row: (-abs(row["shift"]), row["from_agent"], row["to_agent"]))


def _by_value(cells: Sequence[Cell]) -> dict[tuple[str, str], tuple[Counts, Counts]]:
    found: dict[tuple[str, str], tuple[Counts, Counts]] = {}
    for cell in cells:
        periods = found.setdefault(
            (cell["key"], cell["value"]), (defaultdict(lambda: [0, 0]), defaultdict(lambda: [0, 0]))
        )
        counts = periods[int(cell["now"])][cell["task"], cell["platform"]]
        counts[0] += cell["judged"]
        counts[1] += cell["failed"]
    return dict(sorted(found.items()))


def _add(total: Counts, more: Counts) -> None:
    for stratum, (judged, failed) in more.items():
        total[stratum][0] += judged
        total[stratum][1] += failed


def _change(key: str, value: str, now: Counts, before: Counts, *, own: str) -> Change:
    sides = [_strata(side, own) for side in (before, now)]
    totals = [[sum(counts[place] for counts in side.values()) for place in (0, 1)] for side in sides]
    (n_before, failed_before), (n, failed) = totals
    made = Change(key=key, value=value, n=n, failed=failed, n_before=n_before, failed_before=failed_before)
    base = failed_before / n_before if n_before else failed / n if n else 0.5
    made.required_n = max(MIN_SESSIONS, sessions_for_rates(min(max(base, 0.02), 0.98), ASKED_RATE))
    if not n or not n_before:
        return made
    made.share, made.share_before = failed / n, failed_before / n_before
    made.crude = made.share - made.share_before
    common = [name for name in sides[0] if name in sides[1] and sides[0][name][0] and sides[1][name][0]]
    made.coverage = min(
        (sum(side[name][0] for name in common) / total[0] for side, total in zip(sides, totals, strict=True))
    )
    if min(n, n_before) < MIN_SESSIONS or made.coverage < MIN_COVERAGE:
        return made
    weight = {name: sides[0][name][0] + sides[1][name][0] for name in common}
    whole = sum(weight.values())
    effect = variance = 0.0
    for name in common:
        for side, sign in zip(sides, (-1, 1), strict=True):
            judged, bad = side[name]
            drawn = (bad + 1) / (judged + 2)
            effect += sign * weight[name] / whole * bad / judged
            variance += (weight[name] / whole) ** 2 * drawn * (1 - drawn) / (judged + 2)
    half = t_quantile(LARGE) * math.sqrt(variance)
    made.difference, made.ci_low, made.ci_high = effect, max(-1.0, effect - half), min(1.0, effect + half)
    made.p_value = t_p_value(effect, math.sqrt(variance), LARGE)
    return made


def _strata(counts: Counts, own: str) -> Counts:
    """By task and platform, without what is compared itself; strata are joined, where that leaves fewer."""
    found: Counts = defaultdict(lambda: [0, 0])
    for (task, platform), (judged, failed) in sorted(counts.items()):
        name = ("" if own == "task" else task, "" if own == "platform" else platform)
        found[name][0] += judged
        found[name][1] += failed
    return found


def _screened(changes: Sequence[Change]) -> list[dict[str, Any]]:
    tested = [one for one in changes if one.p_value is not None]
    for one, q in zip(tested, benjamini_hochberg([one.p_value or 0.0 for one in tested]), strict=True):
        one.q_value = q
        enough = 2 / (1 / one.n + 1 / one.n_before) >= one.required_n
        one.verdict = DIFFERENT if q < ALPHA else NO_EVIDENCE if enough else NOT_ENOUGH
    ordered = sorted(
        changes,
        key=lambda one: (
            one.verdict == NOT_ENOUGH,
            one.q_value if one.q_value is not None else 2.0,
            one.key,
            one.value,
        ),
    )
    return [msgspec.to_builtins(one) for one in ordered]
