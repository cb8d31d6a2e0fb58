"""Small plots of figures as SVG, for the metadata of a materialization. What is plotted of an asset is in `shown`.

Drawn here, line by line: a library of charts takes longer to start than a date's marts take to make. A plot is an
image in the page, where nothing in it runs; names in it come from sessions, and are written as text.
"""

import base64
import html
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

INK, SOFT, LINE, GROUND = "#1a1d21", "#565d67", "#d8dce2", "#ffffff"
ACCENT, SECOND, HEAT = "#1f5fbf", "#b65c00", "#174ea6"
_WIDTH, _ROW, _TEXT = 640, 20, 11
_LABEL, _FIGURES = 190, 110
"""Pixels for the names on the left and for the figures on the right."""
_CELL, _SIDE, _HEAD = 38, 140, 84
_NAME = 30
"""Characters of a name that are shown."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A rate of 0 to 1 with the ends of its 95 % interval, and the figures said beside it."""

    name: str
    low: float
    rate: float
    high: float
    said: str


@dataclass(frozen=True, slots=True)
class Bar:
    """An amount, and the figures said beside it."""

    name: str
    amount: float
    said: str


@dataclass(frozen=True, slots=True)
class Day:
    """Sessions of a date, and the rates of it that are known."""

    date: date
    sessions: int
    success_rate: float | None
    unknown_share: float | None


@dataclass
class _Drawing:
    width: float
    height: float
    parts: list[str] = field(default_factory=list)

    def text(self, x: float, y: float, said: str, *, anchor: str = "", fill: str = "", turn: int = 0) -> None:
        turned = f"rotate({turn} {_at(x)} {_at(y)})" if turn else ""
        marks = {"x": _at(x), "y": _at(y), "text-anchor": anchor, "fill": fill, "transform": turned}
        self.parts.append(f"<text{_marks(marks)}>{html.escape(said)}</text>")

    def rect(self, x: float, y: float, width: float, height: float, fill: str, opacity: float = 1) -> None:
        marks = {"x": _at(x), "y": _at(y), "width": _at(width), "height": _at(height), "fill": fill}
        self.parts.append(f"<rect{_marks({**marks, 'fill-opacity': f'{opacity:.2f}' if opacity < 1 else ''})}/>")

    def line(self, *points: tuple[float, float], stroke: str = LINE, width: float = 1) -> None:
        path = " ".join(f"{_at(x)},{_at(y)}" for x, y in points)
        marks = {"points": path, "fill": "none", "stroke": stroke, "stroke-width": _at(width)}
        self.parts.append(f"<polyline{_marks(marks)}/>")

    def dot(self, x: float, y: float, fill: str, radius: float = 4) -> None:
        self.parts.append(f"<circle{_marks({'cx': _at(x), 'cy': _at(y), 'r': _at(radius), 'fill': fill})}/>")

    @contextmanager
    def all(self, **marks: str) -> Iterator[None]:
        """What is drawn within has these attributes, where it has none of its own."""
        self.parts.append(f"<g{_marks({name.replace('_', '-'): mark for name, mark in marks.items()})}>")
        yield
        self.parts.append("</g>")

    def svg(self) -> str:
        size = f'width="{self.width:g}" height="{self.height:g}" viewBox="0 0 {self.width:g} {self.height:g}"'
        font = f'font-family="sans-serif" font-size="{_TEXT}" fill="{INK}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font}>'
        return f'{head}<rect width="100%" height="100%" fill="{GROUND}"/>{"".join(self.parts)}</svg>'


def image(svg: str, said: str) -> str:
    """A drawing as Markdown: an image that is its own address. `said` is for those who do not see it."""
    return f"![{said}](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})"


def readable(name: str, most: int = _NAME) -> str:
    """A name of a session's as one line of text that XML can carry: no control, direction or half characters."""
    shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name[: most + 1])
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def intervals(title: str, rows: Sequence[Interval]) -> str:
    """A dot on its interval for each row, between 0 and 100 %."""
    drawing = _listed(title, len(rows))
    left, wide = _LABEL + 10, _WIDTH - _LABEL - _FIGURES - 20
    bottom = 30 + _ROW * len(rows)
    for quarter in range(5):
        x = left + wide * quarter / 4
        drawing.line((x, 30), (x, bottom))
        drawing.text(x, bottom + 14, f"{25 * quarter} %", anchor="middle", fill=SOFT)
    for number, row in enumerate(rows):
        y = 30 + _ROW * (number + 0.5)
        _name(drawing, y, row.name, row.said)
        drawing.line((left + wide * row.low, y), (left + wide * row.high, y), stroke=ACCENT, width=3)
        drawing.dot(left + wide * row.rate, y, ACCENT)
    return drawing.svg()


def bars(title: str, rows: Sequence[Bar]) -> str:
    """A bar for each row."""
    drawing = _listed(title, len(rows))
    left, wide = _LABEL + 10, _WIDTH - _LABEL - _FIGURES - 20
    most = max((row.amount for row in rows), default=0) or 1
    for number, row in enumerate(rows):
        y = 30 + _ROW * (number + 0.5)
        _name(drawing, y, row.name, row.said)
        drawing.rect(left, y - 7, wide * row.amount / most, 14, ACCENT)
    return drawing.svg()


def heat_map(title: str, names: Sequence[str], counts: Mapping[tuple[str, str], int]) -> str:
    """A cell for each pair, first name on the left; darker the larger its share of the row's sum."""
    side = _SIDE + _CELL * len(names)
    drawing = _Drawing(max(side + 70, 360), _HEAD + _CELL * len(names) + 12)
    drawing.text(10, 18, title)
    for place, name in enumerate(names):
        drawing.text(_SIDE + _CELL * (place + 0.5), _HEAD - 6, readable(name, 14), turn=-35, fill=SOFT)
    drawing.rect(_SIDE, _HEAD, _CELL * len(names), _CELL * len(names), HEAT, 0.04)
    for row, first in enumerate(names):
        y = _HEAD + _CELL * row
        drawing.text(_SIDE - 8, y + _CELL / 2 + 4, readable(first, 20), anchor="end")
        cells = [(_SIDE + _CELL * place, counts.get((first, second), 0)) for place, second in enumerate(names)]
        total = sum(count for _, count in cells)
        with drawing.all(fill=HEAT):
            for x, count in cells:
                if count:
                    drawing.rect(x, y, _CELL - 1, _CELL - 1, "", 0.08 + 0.92 * count / total)
        with drawing.all(text_anchor="middle"):
            for x, count in cells:
                if count:
                    fill = GROUND if count > 0.5 * total else ""
                    drawing.text(x + _CELL / 2, y + _CELL / 2 + 4, _short(count), fill=fill)
    return drawing.svg()


def hours(title: str, counts: Sequence[int]) -> str:
    """A bar for each hour of a day."""
    drawing = _Drawing(_WIDTH, 150)
    drawing.text(10, 18, title)
    most, step = max(counts, default=0) or 1, (_WIDTH - 70) / 24
    drawing.text(42, 40, _short(most), anchor="end", fill=SOFT)
    for hour, count in enumerate(counts):
        high = 96 * count / most
        drawing.rect(50 + step * hour, 126 - high, step - 2, high, ACCENT)
        if hour % 3 == 0:
            drawing.text(50 + step * hour, 142, f"{hour:02d}", fill=SOFT)
    drawing.line((50, 126), (_WIDTH - 20, 126))
    return drawing.svg()


def days(title: str, rows: Sequence[Day]) -> str:
    """Sessions as bars, under them success rate and unknown share as lines, broken where nothing is known.

    `rows` in the order of their dates; a date that is not among them stays empty.
    """
    drawing = _Drawing(_WIDTH, 290)
    drawing.text(10, 18, title)
    first, last = rows[0].date, rows[-1].date
    step = (_WIDTH - 150) / ((last - first).days + 1)
    places = {row.date: 50 + step * ((row.date - first).days + 0.5) for row in rows}
    most = max(row.sessions for row in rows) or 1
    drawing.text(42, 40, _short(most), anchor="end", fill=SOFT)
    drawing.text(_WIDTH - 94, 80, "sessions", fill=ACCENT)
    for row in rows:
        high = 96 * row.sessions / most
        drawing.rect(places[row.date] - step * 0.4, 130 - high, step * 0.8, high, ACCENT)
    for half in range(3):
        level = 260 - 55 * half
        drawing.line((50, level), (_WIDTH - 100, level))
        drawing.text(42, level + 4, f"{50 * half} %", anchor="end", fill=SOFT)
    for name, rates, colour, beside in (
        ("success", {row.date: row.success_rate for row in rows}, ACCENT, 200),
        ("unknown", {row.date: row.unknown_share for row in rows}, SECOND, 216),
    ):
        drawing.text(_WIDTH - 94, beside, name, fill=colour)
        for run in _runs(rates):
            points = [(places[day], 260 - 110 * rate) for day, rate in run]
            drawing.line(*points, stroke=colour, width=2)
            for x, y in points:
                drawing.dot(x, y, colour, 2.5)
    for day in sorted({first, last}):
        drawing.text(places[day], 280, day.isoformat()[5:], anchor="middle", fill=SOFT)
    return drawing.svg()


def _runs(rates: Mapping[date, float | None]) -> list[list[tuple[date, float]]]:
    """What is known, in runs of dates without a gap."""
    runs: list[list[tuple[date, float]]] = []
    for day, rate in rates.items():
        if rate is None:
            continue
        if not runs or (day - runs[-1][-1][0]).days > 1:
            runs.append([])
        runs[-1].append((day, rate))
    return runs


def _listed(title: str, rows: int) -> _Drawing:
    drawing = _Drawing(_WIDTH, 30 + _ROW * rows + 22)
    drawing.text(10, 18, title)
    return drawing


def _name(drawing: _Drawing, y: float, name: str, said: str) -> None:
    drawing.text(_LABEL, y + 4, readable(name), anchor="end")
    drawing.text(_WIDTH - _FIGURES, y + 4, said, fill=SOFT)


def _marks(marks: Mapping[str, str]) -> str:
    """Attributes that have a value. They are ours: no text of a session is in one."""
    return "".join(f' {name}="{mark}"' for name, mark in marks.items() if mark)


def _at(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _short(count: int) -> str:
    """A count in at most five characters."""
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if count >= 10 * size:
            return f"{count / size:.0f}{unit}"
    return str(count)
