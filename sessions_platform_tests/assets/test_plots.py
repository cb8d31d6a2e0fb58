"""Plots: every one is XML that a browser reads, holds the figures it was given, and no name in it is markup."""

import base64
import xml.etree.ElementTree as ElementTree
from datetime import date, timedelta

import pytest

from sessions_platform.assets import plots
from sessions_platform.assets.shown import MOST_AGENTS

HOSTILE = [
    "<script>document.title='taken'</script>",
    '"><image href="http://127.0.0.1:9/x" onload="alert(1)"/>',
    "a|b](http://127.0.0.1:9/) <!-- ]]> &lt; &",
    "\x00\x1b[31m\x08 bell\ud800 half",
    "\N{RIGHT-TO-LEFT OVERRIDE}drowssap\N{LINE SEPARATOR}next",
    "",
    "x" * 100_000,
]
SVG = "{http://www.w3.org/2000/svg}"


def read(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314


def texts(svg: str) -> list[str]:
    return [node.text or "" for node in read(svg).iter(f"{SVG}text")]


def drawn_of(names: list[str]) -> dict[str, str]:
    return {
        "intervals": plots.intervals("t", [plots.Interval(name, 0.1, 0.5, 0.9, "50 % of 4") for name in names]),
        "bars": plots.bars("t", [plots.Bar(name, n, "n") for n, name in enumerate(names)]),
        "heat map": plots.heat_map("t", names, {(first, names[0]): 3 for first in names}),
    }


@pytest.mark.parametrize("kind", ["intervals", "bars", "heat map"])
def test_names_of_sessions_are_text_whatever_they_hold(kind: str) -> None:
    svg = drawn_of(HOSTILE)[kind]
    assert {node.tag for node in read(svg).iter()} <= {
        SVG + tag for tag in ("svg", "g", "rect", "text", "polyline", "circle")
    }
    assert any(said.startswith("<script>") for said in texts(svg))
    assert {"\N{RIGHT-TO-LEFT OVERRIDE}", "\x1b", "\ud800"}.isdisjoint("".join(texts(svg)))
    assert max(map(len, texts(svg))) <= 30
    assert len(svg.encode()) < 15_000


def test_a_plot_as_markdown_is_one_image_that_holds_itself() -> None:
    svg = drawn_of(HOSTILE)["bars"]
    shown = plots.image(svg, "Utterances by agent")
    start = "![Utterances by agent](data:image/svg+xml;base64,"
    assert shown.startswith(start) and shown.endswith(")")
    assert base64.b64decode(shown.removeprefix(start).removesuffix(")"), validate=True).decode() == svg


def test_an_interval_lies_where_its_ends_are_and_says_its_n() -> None:
    svg = plots.intervals("Success", [plots.Interval("git", 0.25, 0.5, 1.0, "50 % of 8")])
    *_, line = read(svg).iter(f"{SVG}polyline")
    (low, _), (high, _) = (point.split(",") for point in line.attrib["points"].split())
    quarters = {node.text: float(node.attrib["x"]) for node in read(svg).iter(f"{SVG}text") if "%" in (node.text or "")}
    assert (float(low), float(high)) == (quarters["25 %"], quarters["100 %"])
    (dot,) = read(svg).iter(f"{SVG}circle")
    assert float(dot.attrib["cx"]) == quarters["50 %"]
    assert "50 % of 8" in texts(svg)


def test_the_longest_bar_is_the_largest_amount_and_the_others_are_in_proportion() -> None:
    svg = plots.bars("t", [plots.Bar("a", 40, ""), plots.Bar("b", 10, ""), plots.Bar("c", 0, "")])
    _, *bars = [float(node.attrib["width"].rstrip("%")) for node in read(svg).iter(f"{SVG}rect")]
    assert bars[0] > 200
    assert bars[1:] == [pytest.approx(bars[0] / 4, abs=0.1), 0]


def test_a_cell_says_its_count_and_is_as_dark_as_its_share_of_the_row() -> None:
    counts = {("a", "a"): 1, ("a", "b"): 3, ("b", "a"): 12_345}
    svg = plots.heat_map("Who", ["a", "b"], counts)
    assert texts(svg) == ["Who", "a", "b", "a", "1", "3", "b", "12k"]
    _, _, *cells = [float(node.attrib.get("fill-opacity", "1")) for node in read(svg).iter(f"{SVG}rect")]
    assert cells == [0.31, 0.77, 1.0]


def test_the_largest_heat_map_is_small() -> None:
    names = [f"{n} {'&' * 40}" for n in range(MOST_AGENTS)]
    counts = {(first, second): 123_456_789 for first in names for second in names}
    assert len(plots.image(plots.heat_map("Who", names, counts), "Who")) < 20_000


def test_a_line_breaks_where_nothing_is_known_and_over_dates_that_are_missing() -> None:
    first = date(2026, 11, 1)
    rates = [0.5, 0.6, None, 0.7, 0.8]
    rows = [plots.Day(first + timedelta(days=n), 4, rate, None) for n, rate in enumerate(rates)]
    rows.append(plots.Day(first + timedelta(days=9), 2, 0.9, None))
    lines = [node.attrib["points"].split() for node in read(plots.days("t", rows)).iter(f"{SVG}polyline")]
    assert [len(points) for points in lines if len(points) > 0][3:] == [2, 2, 1]
    assert {"11-01", "11-10", "sessions", "success", "unknown", "4"} <= set(texts(plots.days("t", rows)))


def test_days_without_sessions_and_hours_without_rows_are_drawn_as_none() -> None:
    empty = plots.days("t", [plots.Day(date(2026, 11, 1), 0, None, None)])
    for svg in (empty, plots.hours("t", [0] * 24)):
        _, *bars = [node.attrib["height"] for node in read(svg).iter(f"{SVG}rect")]
        assert set(bars) == {"0"}
