"""Vega-Lite specs, without data, colours or fonts: those come from the rows and from the style sheet.

Every mark keeps its row, so that a click finds the row's `href`. Values that stand for too few are drawn hollow.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

Spec = dict[str, Any]
PERCENT = {"axis": {"format": ".0%", "tickCount": 5}}
_SMALL = {"condition": {"test": "datum.enough === false", "value": 0.35}, "value": 1}


def intervals(
    label: str, value: str, *, low: str = "ci_low", high: str = "ci_high", title: str, n: str, domain: list[float]
) -> Spec:
    """A rate for each label: a dot on its 95 % interval, in the order of the rows."""
    place = {"field": label, "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 320}}
    tooltip = _tooltip(
        (label, "", ""), (value, title, ".1%"), (low, "95 % from", ".1%"), (high, "to", ".1%"), (n, "n", ",")
    )
    scale = {"title": title, "type": "quantitative", "scale": {"domain": domain}, **PERCENT}
    return {
        "height": {"step": 22},
        "encoding": {"y": place, "tooltip": tooltip, "opacity": _SMALL},
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 3},
             "encoding": {"x": {"field": low, **scale}, "x2": {"field": high}}},
            {"mark": {"type": "point", "filled": True, "size": 90}, "encoding": {"x": {"field": value, **scale}}},
        ],
    }  # fmt: skip


def rate_weeks(value: str, *, title: str, n: str, domain: list[float], by: str | None = None) -> Spec:
    """A rate by week: line, dots and the band of its 95 % intervals; with `by`, a row for each of its values."""
    week = {
        "field": "week", "type": "ordinal", "title": None,
        "axis": {"labelAngle": 0, "labelOverlap": True, "labelExpr": "slice(datum.label, 5)"},
    }  # fmt: skip
    y = {"type": "quantitative", "scale": {"domain": domain}, "title": title if by is None else None, **PERCENT}
    tooltip = _tooltip(
        *(((by, "", ""),) if by else ()), ("week", "week of", ""), (value, title, ".1%"),
        ("ci_low", "95 % from", ".1%"), ("ci_high", "to", ".1%"), (n, "n", ","),
    )  # fmt: skip
    layer = [
        {
            "mark": {"type": "area", "opacity": 0.18},
            "encoding": {"y": {"field": "ci_low", **y}, "y2": {"field": "ci_high"}},
        },
        {"mark": {"type": "line"}, "encoding": {"y": {"field": value, **y}}},
        {
            "mark": {"type": "point", "filled": True, "size": 60},
            "encoding": {"y": {"field": value, **y}, "tooltip": tooltip, "opacity": _SMALL},
        },
    ]
    one = {"encoding": {"x": week}, "layer": layer}
    if by is None:
        return {"height": 190, **one}
    return {
        "columns": 1,
        "facet": {"field": by, "type": "nominal", "sort": None, "title": None,
                  "header": {"labelAnchor": "start", "labelFontWeight": "bold", "labelLimit": 280}},
        "spec": {"height": 80, "width": "facet", **one},
        "spacing": 14,
    }  # fmt: skip


def bars(label: str, value: str, *, title: str, format: str = ",d", second: tuple[str, str, str] | None = None) -> Spec:
    """A bar for each label, in the order of the rows."""
    more = (second,) if second else ()
    return {
        "height": {"step": 22},
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "encoding": {
            "y": {"field": label, "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 320}},
            "x": {"field": value, "type": "quantitative", "title": title, "axis": {"format": format, "tickCount": 5}},
            "tooltip": _tooltip((label, "", ""), (value, title, format), *more),
        },
    }


def spans(label: str, low: str, high: str, *, title: str, domain: list[float]) -> Spec:
    """From median to 95th percentile, on a logarithmic scale from 1."""
    scale = {"type": "quantitative", "scale": {"type": "log", "clamp": True, "domain": domain}, "title": title,
             "axis": {"labelExpr": "datum.value >= 1000 ? datum.value / 1000 + ' s' : datum.value + ' ms'",
                      "labelOverlap": True, "tickCount": 5}}  # fmt: skip
    tooltip = _tooltip(
        (label, "", ""), (low, "p50, ms", ",.0f"), (high, "p95, ms", ",.0f"), ("timed_calls", "timed calls", ",")
    )
    return {
        "height": {"step": 22},
        "transform": [{"calculate": f"max(1, datum.{name})", "as": f"{name}_drawn"} for name in (low, high)],
        "encoding": {
            "y": {"field": label, "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 320}},
            "tooltip": tooltip,
        },
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 3},
             "encoding": {"x": {"field": f"{low}_drawn", **scale}, "x2": {"field": f"{high}_drawn"}}},
            {"mark": {"type": "point", "filled": True, "size": 80},
             "encoding": {"x": {"field": f"{low}_drawn", **scale}}},
            {"mark": {"type": "tick", "thickness": 3, "size": 14},
             "encoding": {"x": {"field": f"{high}_drawn", **scale}}},
        ],
    }  # fmt: skip


def heat_map(column: str, row: str, value: str, *, columns: list[str], rows: list[str], share: str) -> Spec:
    """A cell for each pair, its count written in it."""
    side = {"title": None, "type": "nominal"}
    return {
        "height": {"step": 34},
        "encoding": {
            "x": {"field": column, **side, "sort": columns, "title": "who speaks next",
                  "axis": {"orient": "top", "labelAngle": -40, "labelLimit": 150}},
            "y": {"field": row, **side, "sort": rows, "title": "who spoke", "axis": {"labelLimit": 180}},
            "tooltip": _tooltip(
                (row, "who spoke", ""), (column, "next", ""), (value, "times", ","), (share, "share", ".1%")),
        },
        "layer": [
            {"mark": {"type": "rect"}, "encoding": {"color": {"field": share, "type": "quantitative", "legend": None,
                                                              "scale": {"domain": [0, 1]}}}},
            {"mark": {"type": "text", "fontSize": 11}, "encoding": {
                "text": {"field": value, "type": "quantitative", "format": ","},
                "color": {"condition": {"test": f"datum.{share} > 0.65", "value": "INVERSE"}, "value": "TEXT"}}},
        ],
    }  # fmt: skip


def day_bars(parts: list[str], labels: list[str], *, title: str) -> Spec:
    """Stacked bars by day, one part on the other."""
    names = {part: label for part, label in zip(parts, labels, strict=True)}
    expression = " : ".join(f"datum.part === '{part}' ? '{label}'" for part, label in names.items()) + " : ''"
    return {
        "height": 170,
        "transform": [{"fold": parts, "as": ["part", "amount"]}, {"calculate": expression, "as": "what"}],
        "mark": {"type": "bar"},
        "encoding": {
            "x": {"field": "date", "type": "ordinal", "title": None,
                  "axis": {"labelAngle": 0, "labelOverlap": True, "labelExpr": "slice(datum.label, 5)"}},
            "y": {"field": "amount", "type": "quantitative", "title": title, "axis": {"tickCount": 4}},
            "color": {"field": "what", "type": "nominal", "sort": labels, "title": None, "legend": {"orient": "top"}},
            "order": {"field": "what", "sort": "descending"},
            "tooltip": _tooltip(("date", "date", ""), ("what", "", ""), ("amount", "sessions", ",")),
        },
    }  # fmt: skip


def lanes(lane: str) -> Spec:
    """What happened in a session, by time, on a lane for each agent or tool."""
    start = {
        "type": "temporal",
        "title": "time, UTC",
        "axis": {"format": "%H:%M:%S", "labelOverlap": True, "tickCount": 5},
    }
    return {
        "height": {"step": 22},
        "encoding": {
            "y": {"field": lane, "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 150}},
            "tooltip": _tooltip((lane, "", ""), ("what", "", ""), ("clock", "at", ""), ("took", "took", "")),
            "color": {"field": "what", "type": "nominal", "title": None, "legend": {"orient": "top", "columns": 2},
                      "sort": ["message", "model call", "tool call", "failed"],
                      "scale": {"domain": ["message", "model call", "tool call", "failed"]}},
        },
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 7}, "transform": [{"filter": "datum.end"}],
             "encoding": {"x": {"field": "start", "scale": {"type": "utc"}, **start}, "x2": {"field": "end"}}},
            {"mark": {"type": "point", "filled": True, "size": 45, "opacity": 1},
             "encoding": {"x": {"field": "start", "scale": {"type": "utc"}, **start}}},
        ],
    }  # fmt: skip


def effects(label: str, *, title: str) -> Spec:
    """Differences with their intervals, and a line at none."""
    x = {"type": "quantitative", "title": title}
    return {
        "height": {"step": 34},
        "encoding": {"y": {"field": label, "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 160}},
                     "tooltip": _tooltip((label, "", ""), ("effect", "difference", ".3~f"),
                                         ("ci_low", "95 % from", ".3~f"), ("ci_high", "to", ".3~f"))},
        "layer": [
            {"mark": {"type": "rule", "strokeDash": [3, 3], "strokeWidth": 1},
             "encoding": {"x": {"datum": 0}, "y": None}},
            {"mark": {"type": "rule", "strokeWidth": 4},
             "encoding": {"x": {"field": "ci_low", **x}, "x2": {"field": "ci_high"}}},
            {"mark": {"type": "point", "filled": True, "size": 110}, "encoding": {"x": {"field": "effect", **x}}},
        ],
    }  # fmt: skip


def domain_of(rows: Sequence[Mapping[str, Any]], low: str = "ci_low") -> list[float]:
    """From a tenth below the lowest interval of those that stand for enough, to 1: changes show, yet not too large."""
    lows = [float(row[low]) for row in rows if row[low] is not None and row.get("enough", True)]
    return [max(0.0, math.floor(10 * min(lows) - 1) / 10) if lows else 0.0, 1.0]


def _tooltip(*fields: tuple[str, str, str]) -> list[Spec]:
    made = []
    for name, title, format_ in fields:
        one: Spec = {"field": name, "title": title or " ", "type": "quantitative" if format_ else "nominal"}
        made.append({**one, "format": format_} if format_ else one)
    return made
