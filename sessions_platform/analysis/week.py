"""The weekly analysis from end to end: eight steps, each of which leaves its result in the store.

A step that finds its own result, made of the same inputs by the same version, does nothing: a run that was killed goes
on where it was, and the same week gives the same bytes. What a step computes is in the modules beside this one; that
Dagster runs them is `assets.weekly`'s part.
"""

import fcntl
import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import zstandard

from sessions_platform.analysis import books, candidates, discover
from sessions_platform.analysis.checks import read_log
from sessions_platform.analysis.cost import outlier_labels
from sessions_platform.analysis.decisions import read_decision
from sessions_platform.analysis.drivers import Driver, Read, Texts
from sessions_platform.analysis.drivers.rules import order
from sessions_platform.analysis.facts import week_facts
from sessions_platform.analysis.metric_sql import Week
from sessions_platform.analysis.model import Finding, Label, Planned, SessionLog
from sessions_platform.analysis.population import population
from sessions_platform.analysis.reporting.document import Gathered, report_of
from sessions_platform.analysis.reporting.markdown import markdown
from sessions_platform.analysis.reporting.page import page
from sessions_platform.analysis.reporting.sections import sections_of, title_of
from sessions_platform.analysis.sessions_of_week import SessionsOfWeek
from sessions_platform.analysis.staleness import fingerprint_of
from sessions_platform.analysis.verification import Refused, Verified, Verifier, check_number
from sessions_platform.analytics import SessionAnalytics
from sessions_platform.errors import CheckFailed, StoreError
from sessions_platform.partitions import week_name
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.resources.part_tables import put_part
from sessions_platform.resources.warehouse import Publisher
from sessions_platform.sessions.layout import report_key, week_step_key
from sessions_platform.sql import statement

VERSION = 6
"""Results of another version are made again."""
LABELS_TABLE = "session_labels"
T = TypeVar("T")
Progress = Callable[[int, int], None]


class Candidates(msgspec.Struct, kw_only=True):
    """The constraint log of the week, and what is to be read of it."""

    logs: list[SessionLog]
    plan: list[Planned]
    without_texts: int
    """Sessions of which staged files are gone."""
    from_index: int
    """Sessions whose abstract is the one that the context index has."""


class _Kept(msgspec.Struct):
    """A step's result as it stands in the store."""

    fingerprint: str
    result: msgspec.Raw


@dataclass
class WeekAnalysis:
    """The analysis of the week that begins on `monday`. Steps may be called in any order; each asks for its inputs."""

    store: ObjectStore
    publisher: Publisher
    analytics: SessionAnalytics
    monday: date
    driver: Driver
    home: Path
    outcome_scores: Sequence[str] = ()
    progress: Progress = lambda done, total: None
    _made: dict[str, tuple[str, Any]] = field(default_factory=dict)
    _holding: bool = False

    @property
    def week(self) -> str:
        """ISO name."""
        return week_name(self.monday)

    def facts(self) -> dict[str, Any]:
        """Step `week_facts`: what SQL says."""
        return self._step("week_facts", dict[str, Any], lambda: [], lambda: week_facts(self.analytics, self.monday))

    def candidates(self) -> Candidates:
        """Step `candidates`: the constraint log of every session, and the reading plan."""
        return self._step("candidates", Candidates, lambda: [self._mark(self.facts)], self._candidates)

    def l0_labels(self) -> Read:
        """Step `l0_labels`: labels from abstracts and the constraint log."""
        return self._step("l0_labels", Read, self._read_inputs, self._l0)

    def l1_readings(self) -> Read:
        """Step `l1_readings`: labels from overviews."""
        return self._step("l1_readings", Read, self._read_inputs, self._l1)

    def l2_evidence(self) -> Read:
        """Step `l2_evidence`: labels from windows of messages."""
        return self._step("l2_evidence", Read, self._read_inputs, self._l2)

    def findings(self) -> list[Finding]:
        """Step `findings`: the labels in the published file, and what is found in them; nobody has verified it yet."""
        return self._step("findings", list[Finding], self._labels_inputs, self._findings)

    def verified(self) -> Verified:
        """Step `verified_findings`: what holds, with first week and status; the books of findings are written."""
        return self._step(
            "verified_findings", Verified, lambda: [self._mark(self.findings), self._earlier()], self._verify
        )

    def report(self) -> dict[str, Any]:
        """Step `weekly_report`: its three files. CheckFailed where a number is not what its query gives."""
        report = self._report()
        sections = sections_of(report)
        written = {
            "report.json": msgspec.json.format(msgspec.json.encode(report), indent=1),
            "report.md": markdown(title_of(report), sections).encode(),
            "report.html": page(title_of(report), sections).encode(),
        }
        for name, data in written.items():
            self.store.put_if_changed(report_key(self.week, name), data)
        self.publisher.publish([])
        with self._alone():
            self.frozen_path.unlink(missing_ok=True)
        return report

    def preview(self) -> Candidates:
        """What `candidates` would give. Nothing is written."""
        return self._candidates()

    def _candidates(self) -> Candidates:
        sessions = SessionsOfWeek(self.analytics, self.store, self.monday, outcome_scores=self.outcome_scores)
        (count,) = self.analytics.records(
            "SELECT count(*) AS sessions FROM sessions WHERE first_date BETWEEN $first::DATE AND $last::DATE",
            self._bounds(),
        )
        logs = []
        for session in sessions:
            logs.append(read_log(session))
            self.progress(len(logs), count["sessions"])
        return Candidates(
            logs=logs,
            plan=discover.plan(logs),
            without_texts=len(sessions.read.without_texts),
            from_index=self._from_index(),
        )

    def _from_index(self) -> int:
        (row,) = self.analytics.records(statement("weekly/indexed"), self._bounds())
        return int(row["sessions"])

    def _read_inputs(self) -> list[str]:
        return [self._mark(self.candidates), self.driver.name]

    def _l0(self) -> Read:
        plan, logs = self._tier("L0")
        return self.driver.label_l0(plan, logs)

    def _l1(self) -> Read:
        plan, logs = self._tier("L1")
        return self.driver.read_l1(plan, logs, self._texts({one.session_id for one in plan}))

    def _l2(self) -> Read:
        plan, logs = self._tier("L2")
        return self.driver.read_l2(plan, logs, self._texts({one.session_id for one in plan}))

    def _tier(self, tier: Any) -> tuple[list[Planned], dict[str, SessionLog]]:
        found = self.candidates()
        return candidates.of_tier(found.plan, tier), {log.session_id: log for log in found.logs}

    def _texts(self, ids: set[str]) -> Texts:
        """The texts of some sessions: read when the first is asked for, all of them together."""
        sessions = SessionsOfWeek(
            self.analytics, self.store, self.monday, outcome_scores=self.outcome_scores, only=frozenset(ids)
        )
        held: dict[str, dict[int, str]] | None = None

        def texts(session_id: str) -> Mapping[int, str] | None:
            nonlocal held
            if held is None:
                read = ((one.facts.session_id, one.messages) for one in sessions if one.messages)
                held = {name: {message.index: message.text for message in messages} for name, messages in read}
            return held.get(session_id)

        return texts

    def _labels_inputs(self) -> list[str]:
        return [self._mark(step) for step in (self.candidates, self.l0_labels, self.l1_readings, self.l2_evidence)]

    def _findings(self) -> list[Finding]:
        logs = self.candidates().logs
        reads = (self.l0_labels(), self.l1_readings(), self.l2_evidence())
        uses = discover.uses_of(self.analytics, Week(self.monday))
        seen = {label for read in reads for label in read.labels} | set(outlier_labels(population(logs, uses)))
        labels = sorted(seen, key=order)
        put_part(self.store, LABELS_TABLE, self.week, [_label_row(label) for label in labels])
        self.frozen_path.unlink(missing_ok=True)
        return discover.findings(logs, labels, self.monday, self._frozen(), uses)

    def _verify(self) -> Verified:
        found, frozen = self.findings(), self._frozen()
        quoted = {one.session_id for finding in found for one in (*finding.evidence, *finding.counter_evidence)}
        result = Verifier(frozen, self._texts(quoted), self.monday).verify(found)
        # The table of findings is one for all weeks: two weeks that are analysed at once write it one after the other.
        with _locked(self.home / "weekly" / "books.lock"):
            known = books.read_books(self.store, self.monday)
            recognised = books.recognised(result.findings, known)
            result.findings, result.weeks = books.judged(recognised, known, frozen, self.monday)
            again = books.looked_at_again(result.findings, known, frozen, self.monday)
            result.weeks |= again
            rows = [*books.week_rows(result.findings, self.monday), *(series[-1] for series in again.values())]
            books.write_books(self.store, result.findings, rows, self.monday)
        return result

    def _report(self) -> dict[str, Any]:
        verified = self.verified()
        self.publisher.publish([])
        for finding in verified.findings:
            try:
                check_number(self.analytics, finding)
            except Refused as refused:
                raise CheckFailed(
                    f"report of {self.week}: finding {finding.finding_id}: {refused.reason}; the data changed while it "
                    "was analysed: run the week again"
                ) from None
        known = books.read_books(self.store, self.monday)
        made = self.candidates()
        return report_of(
            Gathered(
                monday=self.monday,
                driver=self.driver.name,
                analysis_version=VERSION,
                data={
                    "version": self.facts()["data_version"],
                    "fingerprint": self._fingerprints[0],
                    "without_texts": made.without_texts,
                    "abstracts": _abstracts(made),
                },
                facts=self.facts(),
                verified=verified,
                weeks=verified.weeks,
                decisions={one: decision for one in verified.weeks if (decision := read_decision(self.store, one))},
                earlier=books.earlier_rows(known, verified.weeks),
                reading=_reading(made),
                spent=[read.spent for read in (self.l0_labels(), self.l1_readings(), self.l2_evidence())],
            )
        )

    def _frozen(self) -> SessionAnalytics:
        """The published file with the week's labels in it, kept as it is until the report is made."""
        if not self.frozen_path.exists():
            self.publisher.publish([])
            self.frozen_path.parent.mkdir(parents=True, exist_ok=True)
            partial = self.frozen_path.with_suffix(".partial")
            partial.unlink(missing_ok=True)
            try:
                # The publisher never writes into a published file: another name for it costs nothing.
                os.link(self.analytics.path, partial)
            except OSError:
                shutil.copyfile(self.analytics.path, partial)
            partial.replace(self.frozen_path)
        return SessionAnalytics(self.frozen_path)

    @property
    def frozen_path(self) -> Path:
        """Where that file is."""
        return self.home / "weekly" / f"{self.week}.duckdb"

    def _bounds(self) -> dict[str, str]:
        return {"first": self.monday.isoformat(), "last": (self.monday + timedelta(days=6)).isoformat()}

    @cached_property
    def _fingerprints(self) -> tuple[str, str]:
        """What the week rests on as it was when the analysis began: its days, and where its sessions have got to.

        What is restated while it runs makes the report stale.
        """
        later = self.analytics.records(statement("weekly/went_on"), self._bounds())
        return fingerprint_of(self.analytics, self.monday), _sha(msgspec.json.encode(later))

    def _earlier(self) -> str:
        """What is known of findings of the weeks before."""
        known = books.read_books(self.store, self.monday)
        return _sha(msgspec.json.encode([dict(known.weeks)]))

    def _mark(self, step: Callable[[], Any]) -> str:
        """What the result of a step was made of, so that what rests on it is made again with it."""
        step()
        return self._made[_STEP[step.__name__]][0]

    def _step(self, name: str, kind: type[T], inputs: Callable[[], list[str]], make: Callable[[], T]) -> T:
        """The result of a step: made before in this process, or as it stands in the store, or made and put there."""
        if name in self._made:
            kept_here: T = self._made[name][1]
            return kept_here
        key = week_step_key(self.week, name)
        mark = _sha(msgspec.json.encode([VERSION, name, *self._fingerprints, *inputs()]))
        with self._alone():
            data = self._kept(key, mark)
            if data is None:
                data = msgspec.json.encode(make())
                whole = msgspec.json.encode(_Kept(mark, msgspec.Raw(data)))
                self.store.put_if_changed(key, zstandard.ZstdCompressor(level=3).compress(whole))
        # What the next steps see is what a later run will read.
        result = msgspec.json.decode(data, type=kind)
        self._made[name] = (mark, result)
        return result

    def _kept(self, key: str, mark: str) -> bytes | None:
        """The result that stands in the store, if it was made of the same."""
        try:
            data = self.store.get(key)
        except FileNotFoundError:
            return None
        try:
            kept = msgspec.json.decode(zstandard.ZstdDecompressor().decompress(data), type=_Kept)
        except (msgspec.DecodeError, zstandard.ZstdError):
            raise StoreError(f"{key}: damaged; remove it, and the week's analysis makes it again") from None
        return bytes(kept.result) if kept.fingerprint == mark else None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Of two processes that analyse this week at once, the second waits and finds the step made."""
        if self._holding:
            yield
            return
        with _locked(self.home / "weekly" / f"{self.week}.lock"):
            self._holding = True
            try:
                yield
            finally:
                self._holding = False


_STEP = {
    "facts": "week_facts",
    "candidates": "candidates",
    "l0_labels": "l0_labels",
    "l1_readings": "l1_readings",
    "l2_evidence": "l2_evidence",
    "findings": "findings",
    "verified": "verified_findings",
}


def _reading(made: Candidates) -> list[dict[str, Any]]:
    counts = Counter(one.reason for one in made.plan)
    logged = {"what": "constraint log: every check on every session", "sessions": len(made.logs)}
    return [logged, *({"what": reason, "sessions": count} for reason, count in sorted(counts.items()))]


def _abstracts(made: Candidates) -> dict[str, int]:
    own = len(made.logs) - made.from_index
    return {"from the context index": made.from_index, "made from the staged session": own}


def _label_row(label: Label) -> dict[str, Any]:
    row = msgspec.structs.asdict(label)
    # CHECK is a word of SQL.
    return {"check_name": row.pop("check"), **row}


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Alone among the processes of this machine; a killed one holds nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
