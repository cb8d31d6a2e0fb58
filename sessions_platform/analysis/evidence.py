"""Quotes for a finding, and against it: exact words from different sessions and users, chosen by rule.

Counter-evidence is a matched success: same task and platform, without the finding, and how it ended. Whether a quote
stands where it says is checked by others.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence

import numpy as np

from sessions_platform.analysis.draft import Draft
from sessions_platform.analysis.model import SENTENCES, TELLTALE, Evidence, Label, SessionLog, Signal
from sessions_platform.analysis.population import Population
from sessions_platform.statistics.results import Ints

MOST_QUOTES = 5
MOST_COUNTER = 2
FEWEST_WORDS = 6
"""Shorter last words ("You're welcome!") show nothing."""
LONGEST = 300
LAST_WORDS = "seen:final"
_ESCAPED = re.compile(r'["\\\n]')
"""Signs that stand otherwise in a JSON result than in its sentence."""
_TELLING = ("unrecovered_error", LAST_WORDS)
"""Where a finding is no check's: what failed sessions say of themselves."""

Places = dict[str, dict[str, set[int]]]
"""Label, session, messages where the session has the label."""


def places_of(labels: Iterable[Label]) -> Places:
    """Where each label stands."""
    found: Places = {}
    for one in labels:
        if one.message_index is not None:
            found.setdefault(one.label, {}).setdefault(one.session_id, set()).add(one.message_index)
    return found


def evidence(draft: Draft, places: Places, people: Population) -> tuple[Evidence, ...]:
    """Up to five quotes: failed sessions first, each of another session, of another user as long as there are any."""
    failed = people.failed[draft.sessions] == 1.0
    order = sorted(
        range(len(draft.sessions)),
        key=lambda at: (not failed[at], _spread(people.logs[int(draft.sessions[at])].session_id)),
    )
    logs = [people.logs[int(draft.sessions[at])] for at in order]
    chosen: list[Evidence] = []
    for users_twice in (False, True):
        users: set[str] = set()
        for log in logs:
            known = {one.session_id for one in chosen}
            if len(chosen) == MOST_QUOTES or log.session_id in known or (log.user in users and not users_twice):
                continue
            if (signal := _signal(draft, log, places)) is not None:
                chosen.append(quoted(log.session_id, signal))
                users.add(log.user)
    return tuple(chosen)


def counter_evidence(draft: Draft, people: Population) -> tuple[Evidence, ...]:
    """Last words of matched sessions that succeeded without it; those that used the same are taken first."""
    inside = np.zeros(people.size, dtype=np.bool_)
    inside[draft.sessions] = True
    strata, counts = np.unique(people.strata[draft.sessions], return_counts=True)
    commonest = strata[np.lexsort((strata, -counts))][:3] if len(strata) else strata
    fit = ~inside & (people.failed == 0.0) & np.isin(people.strata, commonest)
    used = _used(draft, people)
    found: list[Evidence] = []
    order = sorted(np.flatnonzero(fit).tolist(), key=lambda at: (not used[at], _spread(people.logs[at].session_id)))
    for at in order[:50]:
        last = next((one for one in people.logs[at].signals if one.check == LAST_WORDS), None)
        if last is not None and len(last.quote.split()) >= FEWEST_WORDS and len(found) < MOST_COUNTER:
            found.append(quoted(people.logs[at].session_id, last))
    return tuple(found)


def quoted(session_id: str, signal: Signal) -> Evidence:
    """A signal's quote with its hash. Cut at its end only, so that it stays an exact piece of the message."""
    quote = signal.quote[:LONGEST]
    return Evidence(session_id, signal.message_index, quote, hashlib.sha256(quote.encode()).hexdigest())


def _signal(draft: Draft, log: SessionLog, places: Places) -> Signal | None:
    if draft.learnt:
        return _remarked(log, places.get(draft.label, {}).get(log.session_id, set()))
    if draft.check is None or not any(one.check == draft.check.name for one in log.signals):
        return next(
            (one for name in _TELLING for one in reversed(log.signals) if one.check == name and one.quote), None
        )
    at = places.get(draft.label, {}).get(log.session_id, set())
    carried = dict(draft.signature)
    fitting: Sequence[Signal] = [
        one
        for one in log.signals
        if one.check == draft.check.name
        and one.message_index in at
        and one.quote.strip()
        and one.operation in ("", carried.get("operation", one.operation))
        and one.tool in ("", carried.get("tool", one.tool))
    ]
    return fitting[0] if fitting else None


def _remarked(log: SessionLog, at: set[int]) -> Signal | None:
    """The sentence that shows a telltale; of a form or a repeat what that result says, or what was said next."""
    sentences = [one for one in log.remarks if one.sort in SENTENCES and not _ESCAPED.search(one.words)]
    first = min(at, default=0)
    here = next((one for one in sentences if one.message_index in at), None)
    shown = here or next((one for one in sentences if one.message_index > first and one.sort == "said"), None)
    return Signal(TELLTALE, shown.message_index, shown.words) if shown is not None else None


def _used(draft: Draft, people: Population) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Sessions that have every value of the signature."""
    found = np.ones(people.size, dtype=np.bool_)
    for pair in draft.signature:
        having: Ints | None = people.values.get(pair)
        if having is not None:
            mask = np.zeros(people.size, dtype=np.bool_)
            mask[having] = True
            found &= mask
    return found


def _spread(session_id: str) -> str:
    """An order that has nothing to do with time or names."""
    return hashlib.sha256(session_id.encode()).hexdigest()
