"""Telltales: what a week's failed sessions have in common that matched ones lack, learnt from the week itself.

No word list: every piece that a remark is made of (words in a row, a field of a result, a repeat) is held against how
matched sessions end, with false-discovery control; pieces that come together are one telltale. What ends a session is
not among the remarks, so that a telltale comes before the failure. Deterministic; it spends no tokens.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import sparse

from sessions_platform.analysis.checks.shapes import shape_of
from sessions_platform.analysis.contrasts import failures
from sessions_platform.analysis.lift import Mask, lift
from sessions_platform.analysis.model import TELLTALE, Label, Remark, SessionLog
from sessions_platform.analysis.population import Population, population
from sessions_platform.statistics.multiple import benjamini_hochberg
from sessions_platform.statistics.results import Floats, Ints

FEWEST, MOST_SHARE = 6, 0.2
"""Sessions of a piece; what nearly all sessions have tells nothing."""
FALSE_DISCOVERIES = 0.02
FAR, LEAST_ODDS = 3.0, 2.0
"""Standard deviations, and times as many failures as of matched sessions, from which on a piece may join others."""
PRIOR = 5.0
"""As many matched sessions are mixed into a piece's, so that few sessions do not tell how bad the worst is."""
MOST_PIECES = 3000
TOGETHER, TOGETHER_AT = 1.5, 1e-4
"""How many times as often as by chance pieces come together that are of one telltale, and how sure that has to be."""
MOSTLY = 0.6
"""Share of a piece's sessions in which it follows one call, from which on it is of that call."""
SAME_CALL = 0.5
"""How alike pieces of one call's results are taken to be: the wordings of one failure do not come together."""
APART = 0.8
OVERLAP, OVERLAP_AT = 0.3, 1e-3
_WORDS = 2, 3


def telltales(logs: Mapping[str, SessionLog]) -> list[Label]:
    """A label for each session and telltale, `telltale#` and its commonest piece, at the message that shows it."""
    people = population(logs.values())
    table = _table(people)
    if table is None:
        return []
    likely = np.flatnonzero((table.far > FAR) & (table.odds > LEAST_ODDS))
    p_values = np.ones(len(table.pieces))
    for at in likely.tolist():
        p_values[at] = lift(table.mask([at]), table.failed, people.strata).p_value
    certain = np.array(benjamini_hochberg(p_values.tolist())) < FALSE_DISCOVERIES
    found = list[Label]()
    for members in _together(likely[np.argsort(-table.far[likely], kind="stable")][:MOST_PIECES], table, people):
        if certain[members].any() and (kept := _nearest(members, table)):
            found += _labels(kept, table, people)
    return found


@lru_cache(maxsize=200_000)
def pieces(sort: str, about: str, words: str) -> tuple[str, ...]:
    """What a remark is made of: two and three masked words in a row, or the form as a whole."""
    if sort not in ("said", "result"):
        return (f"{sort}\x1f{about}\x1f{words}",)
    masked = ["^", *shape_of(words).split(), "$"]
    rows = {" ".join(masked[at : at + many]) for many in _WORDS for at in range(len(masked) - many + 1)}
    return tuple(f"{sort}\x1f{about}\x1f{one}" for one in sorted(rows))


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """Sessions (rows) by pieces (columns), and how those with each piece ended beside matched ones without it."""

    pieces: tuple[str, ...]
    calls: tuple[str, ...]
    """The call that each piece is of, or that it mostly follows; '' where it is of none."""
    having: sparse.csc_matrix
    failed: Floats
    strata: sparse.csr_matrix
    bad: sparse.csr_matrix
    far: Floats
    odds: Floats

    def mask(self, members: Sequence[int] | Ints) -> Mask:
        """Sessions with any of these pieces."""
        made = np.zeros(self.having.shape[0], dtype=np.bool_)
        for at in members:
            made[self.sessions(int(at))] = True
        return made

    def sessions(self, at: int) -> Ints:
        """Rows that have a piece."""
        found: Ints = self.having.indices[self.having.indptr[at] : self.having.indptr[at + 1]]
        return found


def _table(people: Population) -> _Table | None:
    """None where nothing is known of how sessions ended, or nothing is common to enough of them."""
    _, failed = failures(people)
    ids: dict[str, int] = {}
    rows, columns = list[int](), list[int]()
    after: dict[int, Counter[str]] = defaultdict(Counter)
    for at, log in enumerate(people.logs):
        own = dict[int, str]()
        for r in log.remarks:
            for one in pieces(r.sort, r.about, r.words):
                own.setdefault(ids.setdefault(one, len(ids)), r.after or r.about)
        columns += own
        rows += [at] * len(own)
        for number, call in own.items():
            after[number][call] += 1
    having = sparse.csc_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=(people.size, len(ids)))
    count = np.diff(having.indptr)
    kept = np.flatnonzero((count >= FEWEST) & (count <= MOST_SHARE * people.size))
    names = np.array(list(ids), dtype=object)[kept]
    order = np.argsort(names.astype(str), kind="stable")
    known = ~np.isnan(failed)
    if not len(kept) or not known.any():
        return None
    having = having[:, kept[order]]
    having.sort_indices()
    sorts = (people.strata, np.arange(people.size))
    shape = (int(people.strata.max()) + 1, people.size)
    strata = sparse.csr_matrix((known.astype(np.float64), sorts), shape=shape)
    bad = sparse.csr_matrix((np.nan_to_num(failed), sorts), shape=shape)
    far, odds = _beside(having, strata, bad)
    calls = tuple(_mostly(after[int(number)]) for number in kept[order])
    return _Table(tuple(names[order].tolist()), calls, having, failed, strata, bad, far, odds)


def _mostly(calls: Counter[str]) -> str:
    name, times = min(calls.items(), key=lambda one: (-one[1], one[0]))
    return name if times >= MOSTLY * calls.total() else ""


def _beside(having: sparse.csc_matrix, strata: sparse.csr_matrix, bad: sparse.csr_matrix) -> tuple[Floats, Floats]:
    """For each column: standard deviations of its failures above its strata's, and times those of the others there."""
    inside, failed = (strata @ having).toarray(), (bad @ having).toarray()
    n, b = (np.asarray(one.sum(axis=1)) for one in (strata, bad))
    rate = b / np.maximum(n, 1)
    others = (b - failed + b.sum() / n.sum()) / (n - inside + 1)
    variance = (inside * rate * (1 - rate) * (n - inside) / np.maximum(n - 1, 1)).sum(axis=0)
    k, n_all, mean = failed.sum(axis=0), inside.sum(axis=0), (inside * others).sum(axis=0)
    odds = (k + 0.5) / (n_all - k + 0.5)
    return (
        (k - (inside * rate).sum(axis=0) - 0.5) / np.sqrt(variance + 0.3),
        odds * (n_all - mean + 0.5) / (mean + 0.5),
    )


def _together(members: Ints, table: _Table, people: Population) -> Iterator[Ints]:
    """The pieces by telltale: those that come together in failed sessions of one application, or at one call."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform
    from scipy.stats import poisson

    if len(members) < 2:
        yield from ([members] if len(members) else [])
        return
    bad = table.failed == 1.0
    some = table.having[:, members].tocsr()[np.flatnonzero(bad)]
    both = (some.T @ some).toarray().astype(np.float64)
    own = np.maximum(np.diag(both), 1.0)
    apps = np.array([np.bincount(people.apps[table.sessions(int(at))]).argmax() for at in members])
    in_app = np.maximum(np.bincount(people.apps[bad], minlength=int(people.apps.max()) + 1), 1)
    by_chance = np.outer(own, own) / in_app[apps][:, None]
    one_app = apps[:, None] == apps[None, :]
    close = one_app & (both >= 3) & (both > TOGETHER * by_chance)
    close &= poisson.sf(both - 1, by_chance) < TOGETHER_AT
    alike = np.where(close, both / np.minimum(own[:, None], own[None, :]), 0.0)
    calls = np.array([table.calls[at] for at in members], dtype=object)
    one_call = one_app & (calls[:, None] == calls[None, :]) & (calls != "")[:, None]
    alike = np.where(one_call, np.maximum(alike, SAME_CALL), alike)
    apart = np.round(1.0 - np.maximum(alike, alike.T), 12)
    np.fill_diagonal(apart, 0.0)
    codes = fcluster(linkage(squareform(apart, checks=False), "average"), APART, "distance")
    yield from _joined([members[codes == code] for code in range(1, int(codes.max()) + 1)], table, people)


def _joined(groups: list[Ints], table: _Table, people: Population) -> list[Ints]:
    """Groups of pieces that come in the same failed sessions: wordings of one thing take turns in each of its places."""
    bad = table.failed == 1.0
    in_app = np.bincount(people.apps[bad], minlength=int(people.apps.max()) + 1)
    sets = [table.mask(group) & bad for group in groups]
    apps = [int(np.bincount(people.apps[one]).argmax()) if one.any() else -1 for one in sets]
    order = sorted(range(len(groups)), key=lambda at: (-int(sets[at].sum()), at))
    made: list[tuple[Ints, Mask, int]] = []
    for at in order:
        made.append((groups[at], sets[at], apps[at]))
    changed = True
    while changed:
        changed = False
        for first in range(len(made)):
            for second in range(len(made) - 1, first, -1):
                if _same_thing(made[first], made[second], in_app):
                    a, b = made[first], made.pop(second)
                    made[first] = (np.concatenate([a[0], b[0]]), a[1] | b[1], a[2])
                    changed = True
    return [members[np.argsort(-table.far[members], kind="stable")] for members, _, _ in made]


def _same_thing(one: tuple[Ints, Mask, int], other: tuple[Ints, Mask, int], in_app: Ints) -> bool:
    from scipy.stats import poisson

    if one[2] != other[2] or one[2] < 0:
        return False
    both, a, b = int((one[1] & other[1]).sum()), int(one[1].sum()), int(other[1].sum())
    by_chance = a * b / max(int(in_app[one[2]]), 1)
    return (
        both >= 3
        and both >= OVERLAP * min(a, b)
        and both > TOGETHER * by_chance
        and float(poisson.sf(both - 1, by_chance)) < OVERLAP_AT
    )


def _nearest(members: Ints, table: _Table) -> list[int]:
    """Of these pieces those whose sessions together are likely to be nearest to the ones concerned, purest first.

    Sessions concerned fail as those of the purest piece do, the others as matched ones; a piece is taken as long as
    what it adds is more often concerned than not, by half of the F1 reached.
    """
    columns = [sparse.csc_matrix(table.mask([at])[:, None].astype(np.float64)) for at in members.tolist()]
    shares = np.array([_shares(one, table) for one in columns])
    pure = shares[:, 1] / np.maximum(shares[:, 0], 1)
    usual = shares[:, 2] / np.maximum(shares[:, 0], 1)
    worst = float(np.max((shares[:, 1] + PRIOR * usual) / (shares[:, 0] + PRIOR)))
    all_of_them = _concerned(_shares(sparse.csc_matrix(table.mask(members)[:, None].astype(np.float64)), table), worst)
    union, kept, reached = np.zeros(table.having.shape[0], dtype=np.bool_), list[int](), 0.0
    for rank in np.lexsort((-shares[:, 0], -np.round(_lower(pure, shares[:, 0]), 3))).tolist():
        mine = table.mask([int(members[rank])])
        new = mine & ~union
        if not new.any():
            continue
        adds = _shares(sparse.csc_matrix(new[:, None].astype(np.float64)), table)
        if kept and _concerned(adds, worst) <= 0.5 * reached * max(adds[0], 1):
            continue
        union |= mine
        kept.append(int(members[rank]))
        inside = _shares(sparse.csc_matrix(union[:, None].astype(np.float64)), table)
        reached = 2 * _concerned(inside, worst) / max(inside[0] + all_of_them, 1)
    return kept


def _shares(column: sparse.csc_matrix, table: _Table) -> tuple[float, float, float]:
    """Judged sessions of a column, failed ones, and those that would have failed as matched ones do."""
    inside, failed = (table.strata @ column).toarray()[:, 0], (table.bad @ column).toarray()[:, 0]
    n, b = (np.asarray(one.sum(axis=1)).ravel() for one in (table.strata, table.bad))
    others = (b - failed + b.sum() / n.sum()) / (n - inside + 1)
    return float(inside.sum()), float(failed.sum()), float((inside * others).sum())


def _concerned(shares: tuple[float, float, float], worst: float) -> float:
    """How many of some sessions are concerned, if all concerned ones fail at a rate, and the others as usual."""
    n, failed, expected = shares
    usual = expected / max(n, 1)
    return min(n, max(0.0, (failed - expected) / max(worst - usual, 0.1)))


def _lower(share: Floats, n: Floats) -> Floats:
    """A lower bound of shares: one standard error below, of n and two more sessions of which one failed."""
    drawn = (share * n + 1) / (n + 2)
    made: Floats = drawn - np.sqrt(drawn * (1 - drawn) / (n + 2))
    return made


def _labels(kept: Sequence[int], table: _Table, people: Population) -> Iterator[Label]:
    place = {table.pieces[at]: rank for rank, at in enumerate(kept)}
    shown = list[tuple[str, Remark]]()
    for at in np.flatnonzero(table.mask(kept)).tolist():
        log = people.logs[at]
        ranked = [
            (min(place[one] for one in own), number)
            for number, r in enumerate(log.remarks)
            if (own := [one for one in pieces(r.sort, r.about, r.words) if one in place])
        ]
        shown.append((log.session_id, log.remarks[min(ranked)[1]]))
    name = name_of([remark for _, remark in shown])
    for session_id, remark in shown:
        yield Label(
            session_id,
            f"{TELLTALE}#{name}",
            "L0",
            "taxonomy",
            TELLTALE,
            remark.tool,
            remark.operation,
            remark.agent,
            remark.message_index,
        )


def name_of(shown: Sequence[Remark]) -> str:
    """The commonest of the remarks, masked, with what it is a remark of."""
    counts = Counter(
        f"{one.sort} {one.about}".strip() + f": {shape_of(one.words) if one.sort in ('said', 'result') else one.words}"
        for one in shown
    )
    return min(counts, key=lambda one: (-counts[one], one))
