"""Charts of the report as Vega-Lite, drawn to SVG by vl-convert: no browser, no network, the same bytes twice.

Names from sessions are data in them: values of a field, never part of an expression.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
Spec = dict[str, Any]
INK, SOFT, LINE, ACCENT, WARM = "#1a1d21", "#565d67", "#d8dce2", "#1f5fbf", "#b65c00"
TONES = {"worse": WARM, "better": ACCENT, "": SOFT}
_CONFIG = {
    "background": None,
    "font": "sans-serif",
    "axis": {"labelColor": INK, "titleColor": SOFT, "gridColor": LINE, "labelLimit": 420, "titleFontWeight": "normal"},
    "view": {"stroke": None},
}
_WIDTH = 420
_NAMED = re.compile(r"\b(gradient_|clip)\d+")
_ELEMENT = re.compile(r"<script.*?</script>|\son\w+=\"[^\"]*\"", re.IGNORECASE | re.DOTALL)


def forest(rows: Sequence[Row], unit: str) -> Spec:
    """Differences with their intervals, a line at none. Rows: name, value, low, high (in `unit`), tone (of TONES)."""
    rows = [{**row, "name": row["name"].replace("`", "")} for row in rows]
    order = [row["name"] for row in rows]
    y = {"field": "name", "type": "nominal", "sort": order, "title": None}
    scale = {"domain": list(TONES), "range": list(TONES.values())}
    tone = {"field": "tone", "type": "nominal", "scale": scale, "legend": None}
    return _spec(
        rows,
        [
            {"mark": {"type": "rule", "color": INK, "strokeDash": [3, 3]}, "encoding": {"x": {"datum": 0}}},
            {
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {
                    "y": y,
                    "color": tone,
                    "x": {"field": "low", "type": "quantitative", "title": unit},
                    "x2": {"field": "high"},
                },
            },
            {
                "mark": {"type": "point", "filled": True, "opacity": 1, "size": 70},
                "encoding": {"y": y, "color": tone, "x": {"field": "value", "type": "quantitative"}},
            },
        ],
        len(order),
    )


def pareto(rows: Sequence[Row]) -> Spec:
    """Bars of sessions, most first, with their intervals. Rows: name, value, low, high."""
    rows = [{**row, "name": row["name"].replace("`", "")} for row in rows]
    order = [row["name"] for row in rows]
    y = {"field": "name", "type": "nominal", "sort": order, "title": None}
    return _spec(
        rows,
        [
            {
                "mark": {"type": "bar", "color": ACCENT, "height": 14},
                "encoding": {
                    "y": y,
                    "x": {"field": "value", "type": "quantitative", "title": "% of the week's sessions"},
                },
            },
            {
                "mark": {"type": "rule", "color": INK},
                "encoding": {"y": y, "x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}},
            },
        ],
        len(order),
    )


def bubbles(rows: Sequence[Row]) -> Spec:
    """Tasks by sessions and success, cost as size. Rows: name, sessions, success (percent), cost.

    Names stand right of their bubbles, those of every second one left of it, so that neighbours seldom meet.
    """
    placed = [
        {**row, "side": place % 2}
        for place, row in enumerate(sorted(rows, key=lambda row: (row["success"], row["name"])))
    ]
    base = {
        "x": {
            "field": "sessions", "type": "quantitative", "title": "sessions",
            "scale": {"zero": True, "nice": True, "padding": 70},
        },
        "y": {
            "field": "success", "type": "quantitative", "title": "succeeded, % of judged",
            "scale": {"zero": False, "nice": True, "padding": 14}, "axis": {"tickCount": 6},
        },
    }  # fmt: skip
    name = {**base, "text": {"field": "name", "type": "nominal"}}
    texts = [
        {
            "transform": [{"filter": {"field": "side", "equal": side}}],
            "mark": {"type": "text", "align": align, "dx": dx, "fontSize": 11, "color": INK, "limit": 130},
            "encoding": name,
        }
        for side, align, dx in ((0, "left", 10), (1, "right", -10))
    ]
    bubble = {
        "mark": {"type": "point", "filled": True, "opacity": 0.5, "color": ACCENT},
        "encoding": {
            **base,
            "size": {"field": "cost", "type": "quantitative", "title": "cost, USD", "legend": {"tickCount": 3}},
        },
    }
    return {**_spec(placed, [bubble, *texts], 0), "height": 300}


def lines(rows: Sequence[Row]) -> Spec:
    """A share by week with its interval. Rows: week, value, low, high (percent)."""
    x = {"field": "week", "type": "ordinal", "title": None, "axis": {"labelAngle": 0}}
    return {
        **_spec(
            rows,
            [
                {
                    "mark": {"type": "rule", "color": SOFT},
                    "encoding": {"x": x, "y": {"field": "low", "type": "quantitative"}, "y2": {"field": "high"}},
                },
                {
                    "mark": {"type": "line", "point": True, "color": ACCENT},
                    "encoding": {"x": x, "y": {"field": "value", "type": "quantitative", "title": "% of sessions"}},
                },
            ],
            0,
        ),
        "height": 90,
        "width": 360,
    }


def heat(rows: Sequence[Row], x: str, y: str, value: str, title: str) -> Spec:
    """A heat map with its figures. Rows: the two names and the value (percent)."""
    place = {"x": {"field": x, "type": "nominal", "title": None}, "y": {"field": y, "type": "nominal", "title": None}}
    return {
        **_spec(
            rows,
            [
                {
                    "mark": "rect",
                    "encoding": {
                        **place,
                        "color": {"field": value, "type": "quantitative", "title": title, "scale": {"scheme": "blues"}},
                    },
                },
                {
                    "mark": {"type": "text", "fontSize": 10},
                    "encoding": {**place, "text": {"field": value, "type": "quantitative", "format": ".1f"}},
                },
            ],
            len({row[y] for row in rows}),
        ),
    }


def svg(spec: Spec) -> str:
    """The chart as an SVG element, without anything that runs.

    Vega numbers gradients and clips over the life of the process: they are named after the chart instead, so that the
    bytes are the same and two charts of a page do not take each other's.
    """
    import vl_convert

    drawn = _ELEMENT.sub("", vl_convert.vegalite_to_svg(spec, show_warnings=False))
    own = hashlib.sha256(_NAMED.sub("", drawn).encode()).hexdigest()[:8]
    places = {name: place for place, name in enumerate(dict.fromkeys(found[0] for found in _NAMED.finditer(drawn)))}
    return _NAMED.sub(lambda found: f"{found[1]}{own}_{places[found[0]]}", drawn)


def _spec(rows: Sequence[Row], layers: list[Spec], bars: int) -> Spec:
    made: Spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "config": _CONFIG,
        "data": {"values": [dict(row) for row in rows]},
        "width": _WIDTH,
        "layer": layers,
    }
    return {**made, "height": {"step": 26}} if bars else made
