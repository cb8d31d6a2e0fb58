"""Sums over scored corpora: recall by prevalence and kind, findings of null weeks, checks, times, baselines. Pure."""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from benchmarks.scorecard.makes import MAKES
from benchmarks.scorecard.matching import Found
from benchmarks.scorecard.plan import PREVALENCES
from benchmarks.scorecard.scoring import Scored
from sessions_platform.statistics.intervals import wilson

TARGETS: dict[str, tuple[tuple[float, ...], float]] = {
    "at 2% prevalence and more": ((0.02, 0.05, 0.1), 0.9),
    "at 0.5% prevalence": ((0.005,), 0.6),
}
"""Prevalences and the least recall over them."""
MOST_FALSE = 1.0
MOST_SECONDS = 180.0


class Share(msgspec.Struct):
    """How many of how many, with a Wilson interval of 95%."""

    of: int
    out_of: int

    @property
    def value(self) -> float:
        """The share; 0 of nothing is 0."""
        return self.of / self.out_of if self.out_of else 0.0

    def words(self) -> str:
        """As a cell: share, counts, interval."""
        if not self.out_of:
            return "none"
        low, high = wilson(self.of, self.out_of)
        return f"{self.value:.0%} ({self.of} of {self.out_of}; {low:.0%} to {high:.0%})"


def planted(scored: Iterable[Scored], family: str) -> list[Scored]:
    """The corpora of a family from which recall is counted: with plants, without special traps."""
    return [one for one in scored if one.family == family and not one.null and not one.traps]


def recall_by_prevalence(scored: Sequence[Scored]) -> dict[float, Share]:
    """Found plants by prevalence."""
    return _by_prevalence([found for one in scored for found in one.found])


def recall_by_kind(scored: Sequence[Scored], named: Callable[[str, str], str]) -> dict[str, dict[float, Share]]:
    """Found plants by kind, then by prevalence. `named` gives the name under which a family's kind is counted."""
    groups: dict[str, list[Found]] = {}
    for one in scored:
        for found in one.found:
            groups.setdefault(named(one.family, found.kind), []).append(found)
    return {kind: _by_prevalence(groups[kind]) for kind in sorted(groups)}


def _by_prevalence(found: Sequence[Found]) -> dict[float, Share]:
    shares = {prevalence: Share(0, 0) for prevalence in PREVALENCES}
    for one in found:
        shares[one.prevalence].of += one.found
        shares[one.prevalence].out_of += 1
    return shares


def baseline_recall(scored: Sequence[Scored]) -> dict[str, dict[float, Share]]:
    """Plants that each baseline finds, by prevalence."""
    names = sorted({name for one in scored for name in one.baselines})
    return {
        name: {
            prevalence: Share(
                sum(
                    f.plant_id in one.baselines[name] for one in scored for f in one.found if f.prevalence == prevalence
                ),
                sum(f.prevalence == prevalence for one in scored for f in one.found),
            )
            for prevalence in PREVALENCES
        }
        for name in names
    }


def false_findings(scored: Iterable[Scored]) -> list[int]:
    """Findings of each null week."""
    return [one.findings for one in scored if one.null]


def nothing_matched(scored: Sequence[Scored]) -> tuple[float, float]:
    """Findings a corpus that fit no plant: all, and those that are no part of one either (overlap below half)."""
    if not scored:
        return 0.0, 0.0
    loose = [one.unmatched for one in scored]
    return (
        sum(map(len, loose)) / len(scored),
        sum(finding.overlap < 0.5 for one in loose for finding in one) / len(scored),
    )


def verdicts(scored: Sequence[Scored]) -> list[tuple[str, str, bool]]:
    """The issue's limits with what was measured: what, figure, whether it holds."""
    found = _recall_verdicts(scored, "dev", "recall")
    for make in MAKES:
        found += _recall_verdicts(scored, make, f"recall, make {make},")
    found += _recall_verdicts(scored, "heldout", "recall, held out,")
    weeks = false_findings(scored)
    if weeks:
        mean = sum(weeks) / len(weeks)
        found.append((f"false findings a null week: at most {MOST_FALSE:g}", f"{mean:.2f}", mean <= MOST_FALSE))
    quotes = Share(
        sum(s.checked.quotes - s.checked.quotes_wrong for s in scored), sum(s.checked.quotes for s in scored)
    )
    numbers = Share(
        sum(s.checked.numbers - s.checked.numbers_wrong for s in scored), sum(s.checked.numbers for s in scored)
    )
    found.append(("quotes that stand where the report says: all", quotes.words(), quotes.of == quotes.out_of))
    found.append(("numbers that their query gives: all", numbers.words(), numbers.of == numbers.out_of))
    twice = [one.same_bytes for one in scored if one.same_bytes is not None]
    if twice:
        found.append(("same bytes twice: always", f"{sum(twice)} of {len(twice)}", all(twice)))
    slowest = max(one.seconds for one in scored)
    found.append((f"seconds of the slowest week: below {MOST_SECONDS:g}", f"{slowest:.0f}", slowest < MOST_SECONDS))
    ended = sum(one.ok for one in scored)
    found.append(("runs that ended well: all", f"{ended} of {len(scored)}", ended == len(scored)))
    return found


def _recall_verdicts(scored: Sequence[Scored], family: str, what: str) -> list[tuple[str, str, bool]]:
    shares = recall_by_prevalence(planted(scored, family))
    found = []
    for words, (prevalences, least) in TARGETS.items():
        share = Share(sum(shares[one].of for one in prevalences), sum(shares[one].out_of for one in prevalences))
        if share.out_of:
            found.append((f"{what} {words}: at least {least:.0%}", share.words(), share.value >= least))
    return found
