"""Blocks as one HTML file that needs nothing beside it: its style inside, its charts as SVG, no script at all."""

import html
from collections.abc import Iterable
from importlib.resources import files

from sessions_platform.analysis.reporting.blocks import Block, Cell, Chart, Items, Link, Quote, Section, Table, Text
from sessions_platform.analysis.reporting.charts import svg
from sessions_platform.analysis.reporting.words import figure, spoken

_NUMBER = ' class="number"'
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def page(title: str, sections: Iterable[Section]) -> str:
    """The document; chapters (level 2) are listed at its head."""
    written = list(sections)
    style = files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title, quote=False)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{_text(title)}</h1>\n{contents(written)}\n{body(written)}\n</main>\n</body>\n</html>\n"
    )


def contents(sections: Iterable[Section]) -> str:
    """Links to the chapters."""
    chapters = "".join(
        f'<li><a href="#{_attribute(one.anchor)}">{_text(one.title)}</a></li>'
        for one in sections
        if one.level == 2 and one.anchor
    )
    return f'<nav aria-label="Contents"><ul>{chapters}</ul></nav>'


def body(sections: Iterable[Section]) -> str:
    """All sections as elements: what other pages show, too. Its style is theirs."""
    return "\n".join(map(_section, sections))


def _section(section: Section) -> str:
    anchor = f' id="{_attribute(section.anchor)}"' if section.anchor else ""
    head = f"<h{section.level}{anchor}>{_text(section.title)}</h{section.level}>"
    return "\n".join([head, *map(_block, section.blocks)])


def _block(block: Block) -> str:
    match block:
        case Text(text, strong):
            before = f"<strong>{_text(strong)}</strong> " if strong else ""
            return f"<p>{before}{_text(text)}</p>"
        case Items(items):
            return "<ul>" + "".join(f"<li>{_text(item)}</li>" for item in items) + "</ul>"
        case Table():
            return _table(block)
        case Quote(text, where):
            said = html.escape(text, quote=False)
            return f'<blockquote><p dir="auto">{said}</p><footer>{", ".join(map(_link, where))}</footer></blockquote>'
        case Chart(title, spec):
            drawn, label = svg(spec), _attribute(title)
            return (
                f'<figure><figcaption>{_text(title)}</figcaption><div class="plot" tabindex="0" role="img" '
                f'aria-label="{label}">{drawn}</div></figure>'
            )


def _table(table: Table) -> str:
    if not table.rows:
        return f"<p>{_text(table.empty)}</p>"
    numeric = [all(isinstance(cell, int | float) for cell in column) for column in zip(*table.rows, strict=True)]
    heads = "".join(
        f'<th scope="col"{_NUMBER if right else ""}>{_text(head)}</th>'
        for head, right in zip(table.heads, numeric, strict=True)
    )
    rows = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in table.rows)
    # A table wider than a telephone scrolls by itself, the page does not; by keyboard, too.
    head = f"<thead><tr>{heads}</tr></thead>" if any(table.heads) else ""
    made = f"<table>{head}<tbody>{rows}</tbody></table>"
    return f'<div class="table" tabindex="0" role="region" aria-label="Table">{made}</div>'


def _cell(cell: Cell) -> str:
    if isinstance(cell, Link):
        return f"<td>{_link(cell)}</td>"
    kind = _NUMBER if isinstance(cell, int | float) else ""
    return f"<td{kind}>{_text(figure(cell))}</td>"


def _link(link: Link) -> str:
    return f'<a href="{_attribute(link.href)}">{_text(link.text)}</a>'


def _text(text: str) -> str:
    pieces = ((name, html.escape(one, quote=False)) for name, one in spoken(text))
    # A figure is not parted from its unit at the end of a line.
    return "".join(f'<code dir="auto">{one}</code>' if name else one.replace(" %", "\u00a0%") for name, one in pieces)


def _attribute(text: str) -> str:
    return html.escape(text, quote=True)
