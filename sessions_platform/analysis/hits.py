"""Where the sessions of a week have a label: by label, and by the tool, operation or agent that the label names."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sessions_platform.analysis.draft import OF_CALLS
from sessions_platform.analysis.model import Label
from sessions_platform.analysis.population import Grid, Pair, Population
from sessions_platform.statistics.results import Ints


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """The sessions of one label, and those of each value that its rows name. `weight` is of the heaviest row."""

    label: str
    check: str
    sessions: Ints
    by: dict[str, Grid]
    weight: float = 1.0
    rows: tuple[tuple[int, dict[str, str]], ...] = ()
    """Every row's session and what it names, each once."""

    def together(self, pairs: Sequence[Pair]) -> Ints:
        """The sessions of a single row that names all of these: two rows that name one each are another thing."""
        return _sorted({at for at, named in self.rows if all(named[key] == value for key, value in pairs)})


def hits_of(labels: Iterable[Label], people: Population) -> dict[str, Hits]:
    """The hits of every label, by its name. Sessions that are not of the week are left out."""
    sessions: dict[str, set[int]] = defaultdict(set)
    checks: dict[str, str] = {}
    weights: dict[str, float] = defaultdict(float)
    rows: dict[str, set[tuple[int, tuple[str, ...]]]] = defaultdict(set)
    named: dict[str, dict[str, dict[str, set[int]]]] = defaultdict(lambda: {key: defaultdict(set) for key in OF_CALLS})
    for one in labels:
        at = people.place.get(one.session_id)
        if at is None:
            continue
        sessions[one.label].add(at)
        checks[one.label] = max(checks.get(one.label, ""), one.check)
        weights[one.label] = max(weights[one.label], one.weight)
        names = (one.tool_name, one.operation, one.agent_name)
        rows[one.label].add((at, names))
        for key, value in zip(OF_CALLS, names, strict=True):
            # Who is no agent of the tables (a user) is no place to look in.
            if value and (key != "agent" or (key, value) in people.values or key not in people.grids):
                named[one.label][key][value].add(at)
    return {
        label: Hits(
            label,
            checks[label],
            _sorted(found),
            {
                key: Grid.of({value: _sorted(having) for value, having in values.items()}, people.size)
                for key, values in named[label].items()
                if values
            },
            weights[label],
            tuple((at, dict(zip(OF_CALLS, names, strict=True))) for at, names in sorted(rows[label])),
        )
        for label, found in sorted(sessions.items())
    }


def _sorted(found: set[int]) -> Ints:
    return np.array(sorted(found), dtype=np.int64)
