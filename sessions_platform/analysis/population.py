"""The week's sessions as arrays: how each ended, what it cost beside its like, who ran it, and which values it has.

Everything is in the order of the session ids, so that the order of the input changes nothing. Tests on these arrays
stand in `excess` and `lift`; what is tested, in `groups` and `contrasts`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from sessions_platform.analysis.lift import ranks
from sessions_platform.analysis.model import SessionLog
from sessions_platform.statistics.results import Floats, Ints

JUDGED = ("success", "partial", "failed")
BROKEN_OFF = ("error", "abandoned")
MATCHED_BY = ("task", "platform")
SMALL_STRATUM = 10
"""Strata of fewer sessions are taken together: a comparison within them says nothing."""
MOST_VALUES = 60
"""Keys with more values name sessions or runs, not groups of them."""
USED = ("tool", "operation", "agent", "model")
"""Keys of uses: what the tables say was used, not a tag of that name."""
USUAL = 0.3
"""Quantile by which a group's level is told."""
MAD = 1.4826
"""Median absolute deviation to standard deviation, of a normal distribution."""


class Use(msgspec.Struct, frozen=True):
    """What a session used: `key` is tool, operation, agent or model. Seen in the tables, not in the checks."""

    session_id: str
    key: str
    value: str
    times: int = 1
    failed: int = 0
    cost_usd: float = 0.0


Pair = tuple[str, str]
Masks = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Values of one key, and a row of booleans over the sessions for each. '' stands for sessions without any."""

    values: tuple[str, ...]
    rows: Masks

    @classmethod
    def of(cls, having: Mapping[str, Ints], size: int, *, rest: bool = False) -> "Grid":
        """The rows of these values, in order; with one for all other sessions, if there are any."""
        values = tuple(sorted(having))
        rows = np.zeros((len(values), size), dtype=np.bool_)
        for at, value in enumerate(values):
            rows[at, having[value]] = True
        missing = ~rows.any(axis=0) if rest else np.zeros(size, dtype=np.bool_)
        if missing.any():
            values, rows = (*values, ""), np.vstack([rows, missing])
        return cls(values, rows)


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """Sessions of a week. `failed` is 1, 0, or NaN where nothing judged it; `strata` number matched sessions."""

    logs: tuple[SessionLog, ...]
    place: dict[str, int]
    users: Ints
    failed: Floats
    broken_off: Floats
    cost: Floats
    """Log cost as standard deviations above the median of its models and task; NaN where the cost is not known."""
    cost_ranks: Floats
    turns: Floats
    """Turns in the same measure."""
    strata: Ints
    apps: Ints
    """Numbers of the applications: versions, platforms, models and tasks are each one's own."""
    values: dict[Pair, Ints]
    """Sessions that have a key's value, in order: segments, and tools, operations, agents and models used."""
    uses: tuple[Use, ...]
    grids: dict[str, Grid]
    """The same by key, as rows, with one for the sessions that have no value of it."""

    @property
    def size(self) -> int:
        """Sessions of the week."""
        return len(self.logs)

    def keys(self) -> list[str]:
        """Keys by whose values sessions may be told apart."""
        return list(self.grids)

    def of_key(self, key: str) -> dict[str, Ints]:
        """The sessions of each value of a key."""
        return {value: found for (name, value), found in sorted(self.values.items()) if name == key}


def population(logs: Iterable[SessionLog], uses: Iterable[Use] = ()) -> Population:
    """The arrays of these sessions."""
    ordered = tuple(sorted(logs, key=lambda log: log.session_id))
    place = {log.session_id: at for at, log in enumerate(ordered)}
    kept = tuple(sorted((use for use in uses if use.session_id in place), key=_use_order))
    outcomes = [float(log.outcome != "success") if log.outcome in JUDGED else np.nan for log in ordered]
    tasks = _codes([_joined(log.segments, "task") for log in ordered])
    costs = [np.log(log.cost_usd) if log.cost_complete and log.cost_usd > 0 else np.nan for log in ordered]
    values = _values(ordered, kept, place)
    models = _codes(_models(ordered, kept))
    cost = _above(np.array(costs, dtype=np.float64), models, tasks)
    turns = [np.log(log.turns) if log.turns > 0 else np.nan for log in ordered]
    return Population(
        logs=ordered,
        place=place,
        users=_codes([log.user for log in ordered]),
        failed=np.array(outcomes, dtype=np.float64),
        broken_off=np.array([float(log.status in BROKEN_OFF) for log in ordered], dtype=np.float64),
        cost=cost,
        cost_ranks=ranks(cost),
        turns=_above(np.array(turns, dtype=np.float64), tasks),
        strata=strata_of(ordered, MATCHED_BY),
        apps=_codes([_joined(log.segments, "app") for log in ordered]),
        values=values,
        uses=kept,
        grids={
            key: Grid.of(
                {value: found for (name, value), found in values.items() if name == key}, len(ordered), rest=True
            )
            for key in sorted({key for key, _ in values})
        },
    )


def strata_of(logs: Sequence[SessionLog], keys: Sequence[str]) -> Ints:
    """Numbers of the strata by these keys. Small ones are joined by their first key, what is left of them as one."""
    wholes = ["\x1f".join(_joined(log.segments, key) for key in keys) for log in logs]
    firsts = [_joined(log.segments, keys[0]) if keys else "" for log in logs]
    names = _pooled(_pooled(wholes, firsts), [""] * len(logs))
    return _codes(names)


def _pooled(names: list[str], wider: list[str]) -> list[str]:
    counts: dict[str, int] = defaultdict(int)
    for name in names:
        counts[name] += 1
    return [name if counts[name] >= SMALL_STRATUM else f"\x1e{wide}" for name, wide in zip(names, wider, strict=True)]


def _joined(segments: Mapping[str, tuple[str, ...]], key: str) -> str:
    return " + ".join(sorted(segments.get(key, ())))


def _use_order(use: Use) -> tuple[str, str, str]:
    return use.session_id, use.key, use.value


def _codes(names: Sequence[str]) -> Ints:
    _, codes = np.unique(np.array(names, dtype=object).astype(str), return_inverse=True)
    return codes.astype(np.int64).reshape(-1)


def _models(logs: Sequence[SessionLog], uses: Sequence[Use]) -> list[str]:
    """The models that each session used: prices differ by a factor of ten, and are no anomaly."""
    used: dict[str, list[str]] = defaultdict(list)
    for use in uses:
        if use.key == "model":
            used[use.session_id].append(use.value)
    return [" + ".join(sorted(used[log.session_id])) for log in logs]


def _above(values: Floats, *groupings: Ints) -> Floats:
    """Standard deviations above the usual of the groups, one grouping after the other; the spread is that of all.

    A group's level is told by its lower part: where a third of its sessions are far out, the median is no more usual.
    """
    rest = values.copy()
    for groups in groupings:
        for group in np.unique(groups):
            mine = (groups == group) & ~np.isnan(rest)
            if mine.any():
                rest[mine] -= np.quantile(rest[mine], USUAL)
    known = rest[~np.isnan(rest)]
    if len(known):
        rest -= np.median(known)
        known = rest[~np.isnan(rest)]
    spread = MAD * float(np.median(np.abs(known))) if len(known) else 0.0
    made: Floats = rest / spread if spread > 0 else np.where(np.isnan(rest), np.nan, 0.0)
    return made


def _values(logs: Sequence[SessionLog], uses: Sequence[Use], place: Mapping[str, int]) -> dict[Pair, Ints]:
    having: dict[Pair, set[int]] = defaultdict(set)
    for at, log in enumerate(logs):
        for key, values in log.segments.items():
            for value in values if key not in USED else ():
                having[key, value].add(at)
    for use in uses:
        having[use.key, use.value].add(place[use.session_id])
    count: dict[str, int] = defaultdict(int)
    for key, _ in having:
        count[key] += 1
    return {
        pair: np.array(sorted(found), dtype=np.int64)
        for pair, found in sorted(having.items())
        if count[pair[0]] <= MOST_VALUES and pair[1]
    }
