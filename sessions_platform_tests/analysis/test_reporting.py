"""The report's writers: every figure where it belongs, words of sessions never markup, the same bytes twice."""

import html
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from sessions_platform.analysis.reporting import charts
from sessions_platform.analysis.reporting.blocks import Chart, Items, Link, Quote, Section, Table, Text
from sessions_platform.analysis.reporting.markdown import markdown
from sessions_platform.analysis.reporting.page import page
from sessions_platform.analysis.reporting.words import amount, interval, kind_of_failure, share, usd

HOSTILE = "<script>alert(1)</script> {{7*7}} | # [x](javascript:x) ![i](http://e) \u202eevil\n- *b* `c` $x$ ' \""
BARS = [{"name": HOSTILE, "value": 3.0, "low": 1.0, "high": 5.0}, {"name": "b", "value": 1.0, "low": 0.5, "high": 2.0}]
SECTIONS = [
    Section(
        HOSTILE,
        [
            Text(HOSTILE, HOSTILE),
            Items([HOSTILE, "1. one"]),
            Table([HOSTILE, "n"], [[HOSTILE, 1204], [Link(HOSTILE, "/sessions/a%2Fb#m17"), None]]),
            Table(["a"], [], HOSTILE),
            Quote(HOSTILE, [Link(HOSTILE, "/sessions/x#m1")]),
            Chart(HOSTILE, charts.pareto(BARS)),
        ],
        "anchor",
    )
]


class Elements(HTMLParser):
    """Names and attributes of all elements of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def test_words_of_sessions_make_no_element_and_no_address_in_the_page() -> None:
    found = Elements(page(HOSTILE, SECTIONS))
    names = {name for name, _ in found.seen}
    assert names.isdisjoint({"script", "img", "iframe", "object", "form", "link", "base"})
    for _, attributes in found.seen:
        assert not [name for name in attributes if name.startswith("on")]
        address = attributes.get("href") or ""
        assert not address or address[0] in "/#" or address.startswith("data:"), address
    assert HOSTILE in "".join(found.said)


def test_a_page_needs_nothing_beside_it() -> None:
    text = page("t", SECTIONS)
    # Names of namespaces and of the specification's version are no addresses that a browser asks.
    asked = set(re.findall(r"(?:src|href|url\()\W{0,2}(https?://[^\"' )]+)", text))
    assert asked == set()
    assert "default-src 'none'" in text


def test_words_of_sessions_are_no_markup_in_markdown() -> None:
    text = markdown(HOSTILE, SECTIONS)
    bare = re.sub(r"`c`", "", re.sub(r"\\.", "", text))
    # The only element is the mark that a section is linked to by; code is what stood between backticks.
    assert bare.count("<") == 2 and '<a id="anchor"></a>' in bare
    assert "`" not in bare and "![" not in bare and "*b*" not in bare
    assert len(re.findall(r"^#", text, re.MULTILINE)) == 2
    assert re.findall(r"\]\(([^)]*)\)", bare) == ["/sessions/a%2Fb#m17", "/sessions/x#m1"]


def test_numbers_stand_right_and_what_is_not_known_is_said() -> None:
    text = markdown("t", [Section("s", [Table(["what", "n"], [["a", 1204], ["b", None]])])])
    assert text.endswith("| what | n |\n| --- | ---: |\n| a | 1,204 |\n| b | no data |\n")
    assert '<td class="number">1,204</td>' in page("t", [Section("s", [Table(["what", "n"], [["a", 1204]])])])


@pytest.mark.parametrize(
    "spec",
    [
        charts.forest(BARS, "points"),
        charts.pareto(BARS),
        charts.bubbles([{"name": HOSTILE, "sessions": 5, "success": 50.0, "cost": 1.0}]),
        charts.lines([{"week": "2026-W45", "value": 3.0, "low": 1.0, "high": 5.0}]),
        charts.heat([{"a": HOSTILE, "b": "y", "v": 3.0}], "a", "b", "v", "%"),
    ],
    ids=["forest", "pareto", "bubbles", "lines", "heat"],
)
def test_a_chart_is_drawn_with_its_names_as_text_and_the_same_bytes_twice(spec: dict[str, Any]) -> None:
    drawn = charts.svg(spec)
    assert drawn.startswith("<svg") and drawn == charts.svg(spec)
    assert {name for name, _ in Elements(drawn).seen}.isdisjoint({"script", "image", "foreignobject"})
    if "<script" in str(spec):
        assert html.escape("<script>", quote=False) in drawn


def test_figures_are_written_with_their_unit() -> None:
    assert [share(0.31), share(0.031), share(0.0031), share(0.0), share(None)] == [
        "31 %", "3.1 %", "0.31 %", "0 %", "no data",
    ]  # fmt: skip
    assert interval(0.027, 0.036) == "2.7 % to 3.6 %"
    assert [usd(1234.5), usd(0.0312), usd(0.0)] == ["$1,234.50", "$0.031", "$0.00"]
    assert [amount(12.0, "turns"), amount(-0.05, "difference")] == ["12.0 turns", "-5.0 points"]
    assert [kind_of_failure(code) for code in ("FC1.3", "T.timeout", "R.version", "")] == [
        "steps repeated (MAST FC1.3)", "tool: timeout", "difference between segments: version", "not classified",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["a|b", "a\\|b", "<b>", "a](http://e)", "**", "  ", "$x$", "&lt;"])
def test_a_name_is_code_or_escaped_and_never_ends_its_cell(name: str) -> None:
    text = markdown("t", [Section("s", [Table(["what", "n"], [[f"in `{name}`", 1]])])])
    line = text.splitlines()[-1]
    # Bars that no backslash stands before: the three of the table.
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) == 3
    assert html.escape(name, quote=False) in page("t", [Section("s", [Text(f"in `{name}`")])])


def test_markdown_escapes_only_what_means_something_where_it_stands() -> None:
    said = "1.5 % (a) {b} - c! costs $2 + 3"
    assert markdown("t", [Section("s", [Text(said)])]).endswith(f"\n{said}\n")
    assert markdown("t", [Section("s", [Text("1. one")])]).endswith("\n1\\. one\n")
