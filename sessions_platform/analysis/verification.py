"""Findings held against the data: every quote, every number, every denominator. Whoever wrote a finding is not trusted.

Everything is read anew, from the frozen file and the staged texts; nothing that a driver or an analysis computed is
taken for granted. What does not hold is dropped and counted, never mended. What the checks are about stands in
docs/weekly-analysis.md; who calls this is `week`.
"""

import hashlib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import duckdb
import msgspec

from sessions_platform.analysis.model import Evidence, Finding
from sessions_platform.analysis.reader import Reader
from sessions_platform.sessions.redact.leaks import leaks
from sessions_platform.sql import statement

FEWEST_SESSIONS, FEWEST_USERS = 3, 2
"""Fewer verified sessions or users, and a finding is a single case."""
SMALLEST_GROUP = 5
"""A segment of fewer sessions is not spoken of: its figures would tell of persons."""
_QUERY = re.compile(r"\s*(?:SELECT|WITH)\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.])(\d[\d,]*(?:\.\d+)?)(\s*(?:%|percent|points?\b))?")
_NAMED = re.compile(r"`[^`]*`|\"[^\"]*\"|“[^”]*”|'[^']*'|\b\d{4}-(?:W\d{2}|\d{2}-\d{2})\b")

Texts = Callable[[str], Mapping[int, str] | None]
"""The texts of a session's messages by published index; None where its staged files are gone."""


class Dropped(msgspec.Struct, frozen=True):
    """A finding that did not hold, and the first thing that was wrong with it."""

    finding_id: str
    title: str
    reason: str
    detail: str = ""


class Verified(msgspec.Struct):
    """What is left. `evidence` counts quotes by what became of them, `dropped` names findings that did not hold.

    `weeks`: by finding, also those of earlier weeks, what its query gives in the weeks before and, last, in this one;
    filled by the books.
    """

    findings: list[Finding]
    dropped: list[Dropped]
    evidence: dict[str, int]
    weeks: dict[str, list[dict[str, Any]]] = msgspec.field(default_factory=dict)


class Refused(Exception):
    """A finding does not hold. `reason` is one of a few words by which they are counted."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the frozen file says of a session of the week."""

    user: str
    failed: bool | None
    stratum: tuple[str, str]


@dataclass(slots=True)
class Verifier:
    """Verifies the findings of the week that begins on `monday` against a frozen file and staged texts."""

    frozen: Reader
    texts: Texts
    monday: date
    counts: Counter[str] = field(default_factory=Counter)
    _facts: dict[str, _Facts] = field(default_factory=dict)

    def verify(self, findings: Iterable[Finding]) -> Verified:
        """The findings that hold, with the evidence that holds, in their order."""
        bounds = {"first": self.monday.isoformat(), "last": (self.monday + timedelta(days=6)).isoformat()}
        self._facts = {
            row["session_id"]: _Facts(row["user_id"], row["failed"], (row["task"], row["platform"]))
            for row in self.frozen.records(statement("weekly/verification"), bounds)
        }
        kept, dropped, seen = [], [], set()
        for finding in findings:
            try:
                if finding.finding_id in seen:
                    raise Refused("said twice")
                kept.append(self._verified(finding))
                seen.add(finding.finding_id)
            except Refused as refused:
                dropped.append(Dropped(finding.finding_id, finding.title, refused.reason, refused.detail))
        return Verified(kept, dropped, dict(sorted(self.counts.items())))

    def _verified(self, finding: Finding) -> Finding:
        check_number(self.frozen, finding)
        self._check_sessions(finding)
        if unexplained := unexplained_numbers(finding):
            raise Refused("a number in its words is none of its figures", ", ".join(unexplained))
        evidence = self._evidence(finding.evidence, set(finding.sessions))
        counter = self._evidence(finding.counter_evidence, None)
        if finding.sessions and not evidence and finding.kind in ("failure_mode", "capability_gap"):
            raise Refused("no quote of it could be verified")
        self._check_mix(finding)
        users = len({self._facts[session].user for session in finding.sessions})
        shown = msgspec.structs.replace(
            finding,
            evidence=tuple(evidence),
            counter_evidence=tuple(counter),
            users=users,
            single_case=len(finding.sessions) < FEWEST_SESSIONS or users < FEWEST_USERS,
        )
        if shown.single_case:
            shown.confidence = "low"
        self._check_words(shown)
        return shown

    def _check_sessions(self, finding: Finding) -> None:
        unknown = [session for session in finding.sessions if session not in self._facts]
        if unknown:
            raise Refused("a session of it is not in the week", f"{len(unknown)} of {len(finding.sessions)}")
        if len(set(finding.sessions)) != len(finding.sessions):
            raise Refused("a session is counted twice")
        counted = finding.unit == "share" and finding.label and not finding.extra.get("estimated")
        if counted and abs(finding.value * finding.n - len(finding.sessions)) > 0.5:
            raise Refused(
                "its sessions are not those that its number counts", f"{len(finding.sessions)} of {finding.n}"
            )
        about_a_group = finding.kind in ("task", "regression", "cost", "platform") and finding.segment
        if about_a_group and 0 < finding.n < SMALLEST_GROUP:
            raise Refused("the group is too small to be spoken of", f"{finding.n} sessions")

    def _evidence(self, evidence: Sequence[Evidence], sessions: set[str] | None) -> list[Evidence]:
        kept = []
        for one in evidence:
            outcome = self._quote(one, sessions)
            self.counts[outcome] += 1
            if outcome == "verified":
                kept.append(msgspec.structs.replace(one, verified=True))
        return kept

    def _quote(self, one: Evidence, sessions: set[str] | None) -> str:
        """`verified`, or why a quote is not."""
        if one.session_id not in self._facts or (sessions is not None and one.session_id not in sessions):
            return "session not among the finding's"
        texts = self.texts(one.session_id)
        if texts is None:
            return "staged text is gone"
        row = self.frozen.records(
            statement("weekly/message"), {"session_id": one.session_id, "message_index": one.message_index}
        )
        if not row or one.message_index not in texts:
            return "no such message"
        text = texts[one.message_index]
        # The table's own first words of the message: whoever numbered the staged texts may have miscounted.
        if not _squeezed(text).startswith(_squeezed(row[0]["preview"] or "")):
            return "the text is not that message's"
        if not one.quote.strip() or _squeezed(one.quote) not in _squeezed(text):
            return "quote not in the message"
        if hashlib.sha256(one.quote.encode()).hexdigest() != one.sha256:
            return "hash differs"
        return "verified"

    def _check_mix(self, finding: Finding) -> None:
        """Whether its sessions fail more than others of the same task and platform, if it says so."""
        if finding.lift is None or finding.lift <= 1:
            return
        ratio = self.stratified_ratio(finding.sessions)
        if ratio is not None and ratio <= 1:
            raise Refused("within tasks and platforms its sessions do not fail more often", f"ratio {ratio:.2f}")

    def stratified_ratio(self, sessions: Iterable[str]) -> float | None:
        """Mantel-Haenszel ratio of failed shares, these sessions to the week's others, over task and platform."""
        inside = set(sessions)
        cells: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        for session, facts in self._facts.items():
            if facts.failed is not None:
                cell = cells[facts.stratum]
                place = 0 if session in inside else 2
                cell[place] += facts.failed
                cell[place + 1] += 1
        above = sum(a * n2 / (n1 + n2) for a, n1, _, n2 in cells.values())
        below = sum(b * n1 / (n1 + n2) for _, n1, b, n2 in cells.values())
        return above / below if below > 0 else None

    @staticmethod
    def _check_words(finding: Finding) -> None:
        """Nothing that should have been redacted in any word that will be shown."""
        words = [finding.title, finding.statement, finding.segment, finding.metric, finding.hypothesis, finding.action]
        words += [*finding.notes, *(one.quote for one in (*finding.evidence, *finding.counter_evidence))]
        if classes := leaks("\n".join(words)):
            raise Refused("personal data or a secret in its words", ", ".join(classes))


def check_number(reader: Reader, finding: Finding) -> None:
    """Run the finding's query again. Raises Refused unless it gives the finding's value, and its n."""
    if not _QUERY.match(finding.metric_sql) or ";" in _NAMED.sub("", finding.metric_sql):
        raise Refused("its query is not one SELECT")
    try:
        rows = reader.records(finding.metric_sql)
    except duckdb.Error as error:
        raise Refused("its query does not run", type(error).__name__) from None
    found = list(rows[0].values()) if rows else []
    if not found or not isinstance(found[0], int | float) or not _same(float(found[0]), finding.value):
        raise Refused("its number is not what its query gives", f"{found[0] if found else 'nothing'}")
    if len(found) > 1 and found[1] != finding.n:
        raise Refused("its n is not what its query gives", f"{found[1]} for {finding.n}")
    low, high = finding.ci_low, finding.ci_high
    if low is not None and high is not None and not low - 1e-9 <= finding.value <= high + 1e-9:
        raise Refused("its interval does not hold its value")


def unexplained_numbers(finding: Finding) -> list[str]:
    """Numbers in a statement that are none of the finding's figures, names and quoted words left out."""
    text = finding.statement
    names = [part for piece in finding.segment.split(" & ") for part in piece.split("=", 1)]
    for name in sorted(filter(None, [*names, *finding.extra.get("names", ())]), key=len, reverse=True):
        text = text.replace(str(name), " ")
    figures = [float(one) for one in (finding.value, finding.n, len(finding.sessions), finding.users)]
    optional = (finding.ci_low, finding.ci_high, finding.lift, finding.lift_low, finding.lift_high)
    figures += [one for one in optional if one is not None] + list(_numbers(finding.extra))
    found = [(number.rstrip(","), bool(share)) for number, share in _NUMBER.findall(_NAMED.sub(" ", text))]
    return [number for number, share in found if not _explained(number, share, figures)]


def _explained(written: str, share: bool, figures: Sequence[float]) -> bool:
    plain = written.replace(",", "")
    step = 10.0 ** -len(plain.partition(".")[2])
    value, scale = float(plain), 100 if share else 1
    # 95 % is the level of every interval here.
    return (share and value == 95) or any(abs(abs(one) * scale - value) <= 0.5 * step + 1e-9 for one in figures)


def _numbers(value: Any) -> Iterable[float]:
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield float(value)
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _numbers(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _numbers(one)


def _same(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)


def _squeezed(text: str) -> str:
    return " ".join(text.split())
