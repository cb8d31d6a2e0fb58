"""Telltales: what a week's failed sessions have in common that matched ones lack, learnt from the week itself.

No word list: every piece that a remark is made of (words in a row, a field of a result, a repeat) is held against how
matched sessions end, with false-discovery control. A telltale grows from the piece that fails most surely: pieces that
come with it, or at the same call, join as long as what they add fails as well. Its sessions are then left out, so that
the next one is held against what is left. What ends a session is not among the remarks: a telltale comes before the
failure. Deterministic; it spends no tokens.
"""

from array import array
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import sparse

from sessions_platform.analysis.checks.shapes import shape_of
from sessions_platform.analysis.judging import supported
from sessions_platform.analysis.lift import Mask, lift
from sessions_platform.analysis.model import SENTENCES, TELLTALE, Label, Remark, SessionLog
from sessions_platform.analysis.population import Population, population
from sessions_platform.statistics.multiple import benjamini_hochberg
from sessions_platform.statistics.results import Floats, Ints

FEWEST, MOST_SHARE = 6, 0.2
"""Sessions of a piece; what nearly all sessions have tells nothing."""
FALSE_DISCOVERIES = 0.02
FAR, FAR_ENOUGH, LEAST_ODDS = 3.0, 2.5, 2.0
"""Standard deviations from which on a piece may begin a telltale, or join one; times the odds of matched sessions."""
MOST = 40
TOGETHER, OVERLAP = 1.5, 0.5
"""Times as often as by chance, and share of its failed sessions, in which a piece comes with a telltale to join it."""
MOSTLY = 0.6
"""Share of a piece's sessions in which it follows one call, from which on it is of that call."""
JOINS = 0.8
"""Share of what a piece adds that has to be concerned: chance picks pieces, too, whose few sessions fail."""
COVERED = 0.6
"""Share of a piece's sessions in earlier telltales from which on it begins none of its own."""
PRIOR = 3.0
"""As many matched sessions are mixed into a piece's, so that few sessions do not tell how bad the worst is."""
TELLING = 4
"""Words from which on a remark names a telltale as well as any longer one."""
_IN_A_ROW = 2, 3


def telltales(logs: Mapping[str, SessionLog]) -> list[Label]:
    """A label for each session and telltale, `telltale#` and its commonest remark, at the message that shows it."""
    people = population(logs.values())
    table = _table(people)
    found, left, names = list[Label](), people.failed.copy(), set[str]()
    known = np.zeros(len(table.pieces), dtype=np.bool_)
    for _ in range(MOST if len(table.pieces) else 0):
        likely, seed = _seed(table, people, left, known)
        if seed < 0:
            break
        kept = _grown(seed, likely, table, people, left)
        known[kept] = True
        inside = table.mask(kept)
        if supported(np.flatnonzero(inside), people):
            found += _labels(kept, table, people, names)
            left[inside] = np.nan
    return found


@lru_cache(maxsize=200_000)
def pieces(sort: str, about: str, words: str) -> tuple[str, ...]:
    """What a remark is made of: two and three masked words in a row, or the form as a whole."""
    if sort not in SENTENCES:
        return (f"{sort}\x1f{about}\x1f{words}",)
    masked = ["^", *shape_of(words).split(), "$"]
    rows = {" ".join(masked[at : at + many]) for many in _IN_A_ROW for at in range(len(masked) - many + 1)}
    return tuple(f"{sort}\x1f{about}\x1f{one}" for one in sorted(rows))


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """Sessions (rows) by pieces (columns, in order). `calls`: what each is of, or mostly follows; '' for no one."""

    pieces: tuple[str, ...]
    calls: tuple[str, ...]
    apps: Ints
    having: sparse.csc_matrix

    def mask(self, members: Sequence[int] | Ints) -> Mask:
        """Sessions with any of these pieces."""
        made = np.zeros(self.having.shape[0], dtype=np.bool_)
        for at in members:
            made[self.having.indices[self.having.indptr[at] : self.having.indptr[at + 1]]] = True
        return made

    def sums(self, of: Floats | Mask) -> Floats:
        """For each piece the sum over its sessions."""
        made: Floats = np.asarray(self.having.T @ of.astype(np.float64))
        return made


def _table(people: Population) -> _Table:
    """The pieces that enough sessions have, and not too many."""
    ids: dict[str, int] = {}
    rows, columns = array("i"), array("i")
    for at, log in enumerate(people.logs):
        own = {ids.setdefault(one, len(ids)) for one, _ in _pieces_of(log)}
        columns.extend(own)
        rows.extend([at] * len(own))
    # Most pieces are of one session: until they are gone, a cell takes a byte and not eight.
    cells = np.ones(len(rows), dtype=np.int8), (np.array(rows, copy=False), np.array(columns, copy=False))
    everything = sparse.csc_matrix(cells, shape=(people.size, len(ids)))
    count = np.diff(everything.indptr)
    fit = np.flatnonzero((count >= FEWEST) & (count <= MOST_SHARE * people.size))
    names = list(ids)
    kept = np.array(sorted(fit.tolist(), key=names.__getitem__), dtype=np.int64)
    having = sparse.csc_matrix(everything[:, kept], dtype=np.float64)
    having.sort_indices()
    chosen = tuple(names[at] for at in kept.tolist())
    apps = [np.asarray(having.T @ (people.apps == one)) for one in np.unique(people.apps).tolist()]
    return _Table(chosen, _calls(people, chosen), np.argmax(apps, axis=0) if len(kept) else kept, having)


def _pieces_of(log: SessionLog) -> Iterator[tuple[str, str]]:
    """The pieces of a session's remarks, and what was called there."""
    for one in log.remarks:
        for piece in pieces(one.sort, one.about, one.words):
            yield piece, one.after or one.about


def _calls(people: Population, chosen: Sequence[str]) -> tuple[str, ...]:
    """For each piece the call that it is of in most of its sessions."""
    counts = {one: Counter[str]() for one in chosen}
    for log in people.logs:
        first = dict[str, str]()
        for piece, call in _pieces_of(log):
            if piece in counts:
                first.setdefault(piece, call)
        for piece, call in first.items():
            counts[piece][call] += 1
    return tuple(_mostly(counts[one]) for one in chosen)


def _mostly(calls: Counter[str]) -> str:
    name, times = min(calls.items(), key=lambda one: (-one[1], one[0]))
    return name if times >= MOSTLY * calls.total() else ""


def _seed(table: _Table, people: Population, left: Floats, known: Mask) -> tuple[Mask, int]:
    """Pieces that are likely to fail beyond matched sessions, and the purest of those that surely do; -1 for none."""
    judged = ~np.isnan(left)
    size = int(people.strata.max()) + 1
    n = np.bincount(people.strata[judged], minlength=size)
    b = np.bincount(people.strata[judged], left[judged], minlength=size)
    shape, rows = (size, people.size), (people.strata, np.arange(people.size))
    inside = (sparse.csr_matrix((judged.astype(np.float64), rows), shape=shape) @ table.having).toarray()
    failed = (sparse.csr_matrix((np.nan_to_num(left), rows), shape=shape) @ table.having).toarray()
    n, b = n[:, None], b[:, None]
    rate = b / np.maximum(n, 1)
    others = (b - failed + b.sum() / max(n.sum(), 1)) / (n - inside + 1)
    variance = (inside * rate * (1 - rate) * (n - inside) / np.maximum(n - 1, 1)).sum(axis=0)
    k, mine, mean = failed.sum(axis=0), inside.sum(axis=0), (inside * others).sum(axis=0)
    far = (k - (inside * rate).sum(axis=0) - 0.5) / np.sqrt(variance + 0.3)
    odds = (k + 0.5) / (mine - k + 0.5) * (mine - mean + 0.5) / (mean + 0.5)
    fresh = mine >= (1 - COVERED) * table.sums(~np.isnan(people.failed))
    joining = (far > FAR_ENOUGH) & (odds > LEAST_ODDS)
    likely = np.flatnonzero((far > FAR) & joining & fresh & ~known)
    p_values = np.ones(len(table.pieces))
    for at in likely.tolist():
        p_values[at] = lift(table.mask([at]), left, people.strata).p_value
    likely = likely[np.array(benjamini_hochberg(p_values.tolist()))[likely] < FALSE_DISCOVERIES]
    if not len(likely):
        return joining, -1
    beyond = _lower(k[likely], mine[likely]) - mean[likely] / np.maximum(mine[likely], 1)
    return joining, int(likely[np.lexsort((likely, -np.round(beyond, 6)))[0]])


def _grown(seed: int, likely: Mask, table: _Table, people: Population, left: Floats) -> list[int]:
    """The seed and the pieces that join it, one at a time, the one that adds most first."""
    judged, bad = ~np.isnan(left), np.nan_to_num(left)
    own_bad, same_app = np.maximum(table.sums(bad), 1), table.apps == table.apps[seed]
    in_app = max(float(bad[people.apps == table.apps[seed]].sum()), 1.0)
    calls = np.array(table.calls, dtype=object)
    kept, union, worst = [seed], table.mask([seed]), 0.0
    while True:
        usual = _usual(people.strata, judged & ~union, bad)
        mine = union & judged
        expected = float(usual[mine].sum())
        worst = max(worst, (float(bad[mine].sum()) + PRIOR * expected / max(mine.sum(), 1)) / (mine.sum() + PRIOR))
        both = table.sums(bad * union)
        joins = (both >= 2) & (both >= OVERLAP * own_bad) & (both >= TOGETHER * own_bad * (bad * union).sum() / in_app)
        joins |= np.isin(calls, [call for at in kept if (call := table.calls[at])])
        new = judged & ~union
        adds, fails, expects = table.sums(new), table.sums(bad * new), table.sums(usual * new)
        concerned = (fails - expects) / np.maximum(worst - expects / np.maximum(adds, 1), 0.1)
        fit = likely & same_app & joins & (adds > 0) & (concerned >= JOINS * adds) & (concerned > 0.5)
        fit[kept] = False
        if not fit.any():
            return kept
        best = int(np.argmax(np.where(fit, np.round(concerned, 6), -1.0)))
        kept.append(best)
        union |= table.mask([best])


def _usual(strata: Ints, among: Mask, bad: Floats) -> Floats:
    """For each session the share of failed ones of its stratum, of some sessions."""
    size = int(strata.max()) + 1
    n = np.bincount(strata[among], minlength=size)
    b = np.bincount(strata[among], bad[among], minlength=size)
    made: Floats = ((b + b.sum() / max(n.sum(), 1)) / (n + 1))[strata]
    return made


def _lower(failed: Floats, n: Floats) -> Floats:
    """A lower bound of shares: one standard error below, of n and two more sessions of which one failed."""
    share = (failed + 1) / (n + 2)
    made: Floats = share - np.sqrt(share * (1 - share) / (n + 2))
    return made


def _labels(kept: Sequence[int], table: _Table, people: Population, names: set[str]) -> Iterator[Label]:
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
    name = name_of([remark for _, remark in shown], names)
    names.add(name)
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


def name_of(shown: Sequence[Remark], taken: Container[str] = ()) -> str:
    """The commonest of the remarks, masked, with what it is a remark of; several words say more than one.

    One that is taken already gives way to the next.
    """
    counts = Counter(
        f"{one.sort} {one.about}".strip() + f": {shape_of(one.words) if one.sort in SENTENCES else one.words}"
        for one in shown
    )
    order = sorted(counts, key=lambda one: (-counts[one] * min(len(one.partition(": ")[2].split()), TELLING), one))
    return next((one for one in order if one not in taken), " / ".join(order[:1] * 2))
