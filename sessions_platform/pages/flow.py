"""The flow of conversations as a drawing: agents one below the other between start and end, arcs for who follows whom.

Geometry alone: the template makes the SVG. Units are those of its view box.
"""

from dataclasses import dataclass

from sessions_platform.analytics import Record
from sessions_platform.pages.formats import plain

START, END = "(start)", "(end)"
_MOST_AGENTS = 9
_LEAST_SHARE = 0.02
_STEP, _TOP = 62, 34
_WIDTH, _BOX = 480, 150
_HEIGHT = 30


@dataclass(frozen=True, slots=True)
class Node:
    """A box with a name."""

    name: str
    x: float
    y: float
    width: float
    height: float
    again: str


@dataclass(frozen=True, slots=True)
class Arc:
    """A path from box to box, with its label's place and text."""

    path: str
    stroke: float
    label: str
    x: float
    y: float
    anchor: str
    back: bool
    says: str
    href: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """All of it."""

    width: float
    height: float
    nodes: list[Node]
    arcs: list[Arc]
    left_out: int


def drawing(rows: list[Record]) -> Drawing | None:
    """Boxes and arcs of the transitions; None where there are none."""
    total = sum(row["times"] for row in rows)
    if not total:
        return None
    order = _order(rows)
    place = {name: number for number, name in enumerate(order)}
    shown = [row for row in rows if row["from_agent"] in place and row["to_agent"] in place]
    strong = [row for row in shown if row["share_of_from"] >= _LEAST_SHARE and row["times"] >= _LEAST_SHARE * total / 4]
    most = max((row["times"] for row in strong), default=1)
    again = {row["from_agent"]: row for row in rows if row["from_agent"] == row["to_agent"]}
    nodes = [
        Node(
            name, (_WIDTH - _BOX) / 2, _TOP + number * _STEP - _HEIGHT / 2, _BOX, _HEIGHT,
            f"again: {again[name]['share_of_from']:.0%}" if name in again else "",
        )
        for name, number in place.items()
    ]  # fmt: skip
    arcs = [_arc(row, place, most) for row in strong if row["from_agent"] != row["to_agent"]]
    height = _TOP * 2 + (len(order) - 1) * _STEP
    return Drawing(_WIDTH, height, nodes, arcs, len([r for r in rows if r["from_agent"] != r["to_agent"]]) - len(arcs))


def _order(rows: list[Record]) -> list[str]:
    """Start, agents, end: those who speak after the start first, then by whom they mostly follow."""
    sizes: dict[str, int] = {}
    for row in rows:
        for name in (row["from_agent"], row["to_agent"]):
            sizes[name] = sizes.get(name, 0) + row["times"]
    agents = sorted((name for name in sizes if name not in {START, END}), key=lambda name: (-sizes[name], name))
    left = agents[:_MOST_AGENTS]
    opened = {row["to_agent"]: row["times"] for row in rows if row["from_agent"] == START}
    order = [START]
    while left:
        into: dict[str, int] = {}
        for row in rows:
            if row["from_agent"] in order and row["to_agent"] in left:
                into[row["to_agent"]] = into.get(row["to_agent"], 0) + row["times"]
        scores = opened if len(order) == 1 else into
        following = max(left, key=lambda name: (scores.get(name, 0), sizes[name], name))
        order.append(following)
        left.remove(following)
    return [*order, END]


def _arc(row: Record, place: dict[str, int], most: int) -> Arc:
    a, b = place[row["from_agent"]], place[row["to_agent"]]
    back = b < a
    edge = (_WIDTH - _BOX) / 2 if back else (_WIDTH + _BOX) / 2
    # Beside its own middle, so that what comes in and what goes out do not cover each other.
    y1, y2 = _TOP + a * _STEP + (-7 if back else 7), _TOP + b * _STEP + (7 if back else -7)
    reach = 22 + 132 * abs(b - a) / max(1, len(place) - 1)
    bend = edge - reach if back else edge + reach
    tip = edge - 5 if back else edge + 5
    stroke = 1.2 + 8 * (row["times"] / most) ** 0.5
    part = f"{row['share_of_from']:.0%}"
    outer = edge + 0.75 * (bend - edge)  # where a Bezier curve with both controls at `bend` is farthest
    return Arc(
        f"M{edge:.0f},{y1:.1f} C{bend:.1f},{y1:.1f} {bend:.1f},{y2:.1f} {tip:.0f},{y2:.1f}",
        round(stroke, 1),
        part,
        round(outer + (-3 if back else 3), 1),
        round((y1 + y2) / 2 + 4, 1),
        "end" if back else "start",
        back,
        f"{plain(row['from_agent'])} to {plain(row['to_agent'])}: {row['times']:,} times, {part} of what follows",
        row["href"] or "#agent-flow",
    )
