"""The scorecard as Markdown: `docs/scorecard.md` between its markers. Words for the figures of `sums`; no counting."""

from collections.abc import Iterable, Mapping, Sequence

from benchmarks.scorecard.makes import MAKES
from benchmarks.scorecard.patterns import KINDS
from benchmarks.scorecard.plan import PREVALENCES
from benchmarks.scorecard.scoring import Scored
from benchmarks.scorecard.sums import (
    Share,
    baseline_recall,
    false_findings,
    nothing_matched,
    planted,
    recall_by_kind,
    recall_by_prevalence,
    verdicts,
)

BEGIN, END = "<!-- scorecard: begin -->", "<!-- scorecard: end -->"
_FAMILIES = {
    "dev": "Development corpora",
    **{make: f"Corpora of the make {make}" for make in MAKES},
    "heldout": "Held-out corpora",
}


def page(scored: Sequence[Scored], made: str, commit: str, command: str) -> str:
    """The tables of a run. `made`: the date; `commit`: what was measured."""
    parts = [
        f"Made {made} at commit {commit} by `{command}`. {len(scored)} corpora, "
        f"{sum(one.sessions for one in scored):,} sessions, {sum(one.messages for one in scored):,} messages.",
        "### Limits",
        _table(("limit", "measured", ""), [(*one[:2], "held" if one[2] else "**missed**") for one in verdicts(scored)]),
    ]
    for family, title in _FAMILIES.items():
        if chosen := planted(scored, family):
            parts += [f"### {title}: recall", *_recall(chosen), f"### {title}: beside simpler ways", _baselines(chosen)]
    parts += ["### Null weeks", _null(scored), "### Traps", _traps(scored), "### What was missed", _missed(scored)]
    parts += ["### What matched no plant", _loose(scored), "### Each corpus", _corpora(scored)]
    if problems := [text for one in scored for text in one.checked.problems]:
        parts += ["### Quotes and numbers that are wrong", "\n".join(f"- {_cell(text)}" for text in problems[:50])]
    return "\n\n".join(parts) + "\n"


def put_between(text: str, inside: str) -> str:
    """A page with its generated part replaced. ValueError where the markers are not there once, in order."""
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ValueError(f"the page must hold {BEGIN} and {END}, once each, in this order")
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n\n{inside}\n{END}{rest.split(END)[1]}"


def _recall(scored: Sequence[Scored]) -> list[str]:
    heads = ("", *(f"{prevalence:.1%}" for prevalence in PREVALENCES), "all")
    everything = recall_by_prevalence(scored)
    rows = [("all kinds", *(share.words() for share in everything.values()), _all(everything).words())]
    for kind, shares in recall_by_kind(scored, _shown_kind).items():
        rows.append((kind, *(_short(share) for share in shares.values()), _short(_all(shares))))
    each = [_all(recall_by_prevalence([one])).value for one in scored]
    loose, nothing = nothing_matched(scored)
    return [
        _table(heads, rows),
        f"Over the seeds the recall of a corpus goes from {min(each):.0%} to {max(each):.0%}. {loose:.1f} "
        f"findings a corpus "
        f"match no plant, {nothing:.1f} of them are no part of one either (overlap below one half).",
    ]


def _shown_kind(family: str, kind: str) -> str:
    """A plant's kind as the page may show it: who tunes rules reads the page, and must not learn of held-out ones."""
    if family != "heldout":
        return kind
    return "kinds that development corpora have, too" if kind in KINDS else "kinds of their own"


def _baselines(scored: Sequence[Scored]) -> str:
    rows: list[tuple[str, ...]] = []
    ours = recall_by_prevalence(scored)
    loose = nothing_matched(scored)[0]
    found = sum(one.findings for one in scored) / len(scored)
    rows.append(("weekly analysis", *map(_short, ours.values()), f"{found:.1f}", f"{loose:.1f}"))
    for name, shares in baseline_recall(scored).items():
        many = [one.baseline_findings[name] for one in scored if name in one.baseline_findings]
        wrong = [one.baseline_unmatched[name] for one in scored if name in one.baseline_unmatched]
        counts = (f"{sum(many) / len(many):.1f}", f"{sum(wrong) / len(wrong):.1f}") if many else ("", "")
        rows.append((name, *map(_short, shares.values()), *counts))
    heads = ("", *(f"{prevalence:.1%}" for prevalence in PREVALENCES), "findings a corpus", "of no plant")
    return _table(heads, rows)


def _null(scored: Sequence[Scored]) -> str:
    weeks = false_findings(scored)
    if not weeks:
        return "None were run."
    spread = ", ".join(f"{weeks.count(many)} with {many}" for many in sorted(set(weeks)))
    sql = [one.baseline_findings.get("SQL only", 0) for one in scored if one.null]
    return (
        f"{len(weeks)} weeks in which nothing is planted: {sum(weeks) / len(weeks):.2f} findings a week ({spread}). "
        f"Groups that SQL alone would report: {sum(sql) / len(sql):.1f} a week."
    )


def _traps(scored: Sequence[Scored]) -> str:
    outcomes: dict[str, list[tuple[Scored, str]]] = {}
    for one in scored:
        for name, text in one.trap_outcomes.items():
            hidden = one.family == "heldout" and name.startswith("recovered:")
            outcomes.setdefault("recovered: held-out look-alikes" if hidden else name, []).append((one, text))
    rows = []
    for name, met in sorted(outcomes.items()):
        held = sum(text == "held" for _, text in met)
        first = next((f"{one.family} seed {one.seed}: {text}" for one, text in met if text != "held"), "")
        rows.append((name, f"{held} of {len(met)}", first))
    return _table(("trap", "held", "first that did not"), rows)


def _missed(scored: Sequence[Scored]) -> str:
    rows = [
        (
            one.family, str(one.seed), found.plant_id, _shown_kind(one.family, found.kind),
            found.pattern if one.family != "heldout" else "",
            f"{found.prevalence:.1%}", str(found.sessions), f"{found.f1:.2f}", f"{found.overlap:.2f}", found.finding_id,
        )
        for one in scored
        for found in one.found
        if not found.found
    ]  # fmt: skip
    heads = ("family", "seed", "plant", "kind", "pattern", "prevalence", "sessions", "best F1", "overlap", "by finding")
    return _table(heads, rows) if rows else "Nothing."


def _loose(scored: Sequence[Scored]) -> str:
    rows = [
        (
            "null" if one.null else one.family, str(one.seed), loose.kind,
            loose.title if one.family != "heldout" else "",
            str(loose.sessions), f"{loose.overlap:.2f}", loose.trap if one.family != "heldout" else "",
        )
        for one in scored
        for loose in one.unmatched
    ]  # fmt: skip
    heads = ("corpus", "seed", "kind", "title", "sessions", "overlap", "look-alike")
    return _table(heads, rows[:80]) if rows else "Nothing."


def _corpora(scored: Sequence[Scored]) -> str:
    rows = [
        (
            "null" if one.null else f"{one.family}{', traps' if one.traps else ''}", str(one.seed), f"{one.sessions:,}",
            f"{one.messages:,}", f"{one.seconds:.0f}", f"{one.rss_mb:.0f}", str(one.findings),
            f"{sum(found.found for found in one.found)} of {len(one.found)}", "yes" if one.ok else _cell(one.message),
        )
        for one in scored
    ]  # fmt: skip
    heads = ("corpus", "seed", "sessions", "messages", "seconds", "peak MB", "findings", "plants found", "ended well")
    return _table(heads, rows)


def _all(shares: Mapping[float, Share]) -> Share:
    return Share(sum(share.of for share in shares.values()), sum(share.out_of for share in shares.values()))


def _short(share: Share) -> str:
    return f"{share.of} of {share.out_of}" if share.out_of else ""


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    return "\n".join(lines + ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows])


def _cell(text: str) -> str:
    """Text as a table's cell; what findings say comes from sessions and is no markup."""
    plain = " ".join(text.split())[:160]
    return (
        plain
        if plain.startswith("**")
        else plain.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "'")
    )
