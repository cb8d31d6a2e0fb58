"""The books of findings: tables `findings` and `finding_weeks`, in which a finding keeps its identity over the weeks.

What a finding is called depends a little on the week: the same check may stand out by its tool in one week and by its
version in the next, and clusters of like words are named anew. So one that is new under its name is recognised by its
check, if just one known finding can be meant; and a status is made of one query, run for this week and for those
before. A finding that the week's analysis did not come upon is looked at all the same. What the figures mean is said by
`weeks.status_of`. Source: CONTRACT section 5.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import duckdb
import msgspec

from sessions_platform.analysis.model import Finding
from sessions_platform.analysis.reader import Reader
from sessions_platform.analysis.weeks import Observed, status_of
from sessions_platform.partitions import week_name
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.resources.part_tables import part_tables, put_part, read_part
from sessions_platform.statistics.intervals import wilson

FINDINGS, WEEKS = "findings", "finding_weeks"
MOST_WEEKS = 8
"""So many weeks before are counted again."""
_LABEL = re.compile(r"l\.label = '((?:[^']|'')*)'")
_DETAIL = re.compile(r"[#@]")
"""Sets a label's cluster, or the tier it was seen at, apart from its check."""
_DATE = re.compile(r"DATE '(\d{4}-\d{2}-\d{2})'")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Books:
    """The findings known before a week, and what was seen of each in every week before it, oldest first.

    `later` are rows of findings that only weeks after it have, where weeks are not analysed in their order.
    """

    known: Mapping[str, Row]
    weeks: Mapping[str, Sequence[Row]]
    later: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    told: Mapping[str, Row] = field(default_factory=dict)
    """Rows of `findings`, of whatever week."""


def read_books(store: ObjectStore, monday: date) -> Books:
    """The books as they stand, from the week of a Monday."""
    week, weeks, later = week_name(monday), dict[str, list[Row]](), dict[str, list[Row]]()
    for finding_id, rows in _weeks(store).items():
        if before := [row for row in rows if row["week"] < week]:
            weeks[finding_id] = before
        elif after := [row for row in rows if row["week"] > week]:
            later[finding_id] = after
    told = {row["finding_id"]: row for row in read_part(store, FINDINGS, None)}
    return Books({one: row for one, row in told.items() if one in weeks}, weeks, later, told)


def _weeks(store: ObjectStore) -> dict[str, list[Row]]:
    """All rows of finding_weeks by finding, oldest first."""
    table = part_tables()[WEEKS]
    keys = [info.key for info in store.objects(table.prefix) if table.holds(info.key)]
    weeks: dict[str, list[Row]] = defaultdict(list)
    for name in sorted(name for key in keys if (name := table.value_of(key)) is not None):
        for row in read_part(store, WEEKS, name):
            weeks[row["finding_id"]].append(row)
    return dict(weeks)


def recognised(findings: Sequence[Finding], books: Books) -> list[Finding]:
    """The findings, each under the id of the known finding that it is, if there is just one that it can be.

    It can be one of the same kind and check that is not found under its own name this week, of the same segment first;
    else of one that says more, or less.
    """
    rows = {**books.later, **books.weeks}
    here = {one.finding_id for one in findings}
    free = {
        one: _About.of_row(books.told[one], _label_of(rows[one])) for one in rows.keys() - here if one in books.told
    }
    fresh = {one.finding_id: _About.of_finding(one) for one in findings if one.finding_id not in rows and one.label}
    ids: dict[str, str] = {}
    for alike in (_About.same, _About.nested):
        open_new = {one: about for one, about in fresh.items() if one not in ids}
        open_old = {one: about for one, about in free.items() if one not in ids.values()}
        pairs = [(new, old) for new, a in open_new.items() for old, b in open_old.items() if alike(a, b)]
        news, olds = Counter(new for new, _ in pairs), Counter(old for _, old in pairs)
        ids |= {new: old for new, old in pairs if news[new] == 1 and olds[old] == 1}
    return [msgspec.structs.replace(one, finding_id=ids.get(one.finding_id, one.finding_id)) for one in findings]


@dataclass(frozen=True, slots=True)
class _About:
    """What a finding is about, as far as it is the same in every week."""

    kind: str
    check: str
    segment: frozenset[str]

    @classmethod
    def of_row(cls, row: Row, label: str) -> "_About":
        return cls(row["kind"], _check_of(label), frozenset(filter(None, (row["segment"] or "").split(" & "))))

    @classmethod
    def of_finding(cls, one: Finding) -> "_About":
        return cls(one.kind, _check_of(one.label), frozenset(filter(None, one.segment.split(" & "))))

    def same(self, other: "_About") -> bool:
        return self == other

    def nested(self, other: "_About") -> bool:
        alike = (self.kind, self.check) == (other.kind, other.check)
        return alike and (self.segment <= other.segment or other.segment <= self.segment)


def judged(
    findings: Iterable[Finding], books: Books, frozen: Reader, monday: date
) -> tuple[list[Finding], dict[str, list[Row]]]:
    """The findings with their first week and status; and by finding, its weeks up to this one by one query."""
    made, series = [], {}
    for finding in findings:
        earlier = books.weeks.get(finding.finding_id, ())
        own = _week_row(finding, monday)
        before, now = _by_one_query(own, earlier, frozen, monday)
        status = status_of([_observed(row) for row in before], _observed(now), finding.unit)
        first = min([row["week"] for row in earlier if row["detected"]], default=week_name(monday))
        made.append(msgspec.structs.replace(finding, status=status, first_week=first))
        series[finding.finding_id] = [*before, {**now, "status": status}]
    return made, series


def looked_at_again(found: Iterable[Finding], books: Books, frozen: Reader, monday: date) -> dict[str, list[Row]]:
    """Findings of earlier weeks that this one did not come upon: their weeks by the query that last found them.

    The last row of each is this week's.
    """
    here = {finding.finding_id for finding in found}
    series = {}
    for finding_id, earlier in sorted(books.weeks.items()):
        if finding_id in here or finding_id not in books.known:
            continue
        last = next((row for row in reversed(earlier) if row["detected"]), earlier[-1])
        sql = _of_check(shifted(last["metric_sql"], last["week"], monday))
        if (seen := _counted(frozen, sql, last["unit"])) is None:
            continue
        own = {
            "finding_id": finding_id, "week": week_name(monday), "unit": last["unit"], "detected": False,
            "session_count": None, "metric_sql": sql, "status": "", **seen,
        }  # fmt: skip
        before, now = _by_one_query(own, earlier, frozen, monday)
        status = status_of([_observed(row) for row in before], _observed(now), last["unit"])
        series[finding_id] = [*before, {**own, "status": status}]
    return series


def _by_one_query(own: Row, earlier: Sequence[Row], frozen: Reader, monday: date) -> tuple[list[Row], Row]:
    """The weeks before (at most eight) and this one, all counted by this week's query.

    Where a cluster has another name than it had, all sessions of its check are counted.
    """
    earlier = earlier[-MOST_WEEKS:]
    sql = own["metric_sql"]
    labels = {_label_of([row]) for row in (own, *earlier)}
    if len(labels) > 1:
        sql = _of_check(sql)
    before = []
    for row in earlier:
        then = shifted(sql, own["week"], _monday_of(row["week"]))
        seen = {} if then == row["metric_sql"] else _counted(frozen, then, own["unit"])
        if seen is not None:
            before.append({**row, **seen, "metric_sql": then})
    now = {} if sql == own["metric_sql"] else _counted(frozen, sql, own["unit"])
    return before, {**own, **(now or {})}


def week_rows(findings: Iterable[Finding], monday: date) -> list[Row]:
    """Rows of finding_weeks for what the week's analysis found."""
    return [_week_row(one, monday) for one in findings]


def _week_row(one: Finding, monday: date) -> Row:
    return {
        "finding_id": one.finding_id, "week": week_name(monday), "status": one.status, "value": one.value, "n": one.n,
        "ci_low": one.ci_low, "ci_high": one.ci_high, "unit": one.unit, "detected": True,
        "session_count": len(one.sessions), "metric_sql": one.metric_sql,
    }  # fmt: skip


def write_books(store: ObjectStore, findings: Sequence[Finding], rows: Sequence[Row], monday: date) -> None:
    """Put the week's rows in place, and its findings among the known ones.

    What a finding says is that of the newest week in which it was found; first and last week are those of all weeks'
    rows, in whatever order weeks were analysed. A finding that no week has any more is none.
    """
    week = week_name(monday)
    put_part(store, WEEKS, week, rows)
    seen = {
        finding_id: found
        for finding_id, known in _weeks(store).items()
        if (found := [row["week"] for row in known if row["detected"]])
    }
    table = {row["finding_id"]: row for row in read_part(store, FINDINGS, None)}
    for one in findings:
        old = table.get(one.finding_id)
        if old is None or (old["last_week"] or "") <= week:
            table[one.finding_id] = {
                "finding_id": one.finding_id, "kind": one.kind, "statement": one.statement, "segment": one.segment,
                "title": one.title, "code": one.code, "action": one.action,
            }  # fmt: skip
    put_part(
        store,
        FINDINGS,
        None,
        [
            {**row, "first_week": min(seen[finding_id]), "last_week": max(seen[finding_id])}
            for finding_id, row in table.items()
            if finding_id in seen
        ],
    )


def earlier_rows(books: Books, weeks: Mapping[str, Sequence[Row]]) -> list[Row]:
    """What became of earlier findings, as the report shows it: the week before and this one, by one query."""
    rows = []
    for finding_id, series in sorted(weeks.items()):
        known = books.known.get(finding_id)
        if known and len(series) > 1:
            before, now = series[-2:]
            rows.append(
                {
                    "finding_id": finding_id, "title": known["title"] or known["statement"], "status": now["status"],
                    "unit": now["unit"], "value_before": before["value"], "value": now["value"], "n": now["n"],
                }
            )  # fmt: skip
    return rows


def shifted(sql: str, week: str, monday: date) -> str:
    """A finding's query for another week: its dates are moved, and the week by which labels are chosen is named."""
    by = monday - _monday_of(week)
    moved = _DATE.sub(lambda found: f"DATE '{date.fromisoformat(found[1]) + timedelta(days=by.days)}'", sql)
    return moved.replace(f"'{week}'", f"'{week_name(monday)}'")


def _label_of(rows: Sequence[Row]) -> str:
    """The label by which the newest query counts that found something; '' where it counts by none."""
    last = next((row for row in reversed(rows) if row["detected"]), rows[-1])
    found = _LABEL.search(last["metric_sql"] or "")
    return found[1] if found else ""


def _check_of(label: str) -> str:
    return _DETAIL.split(label)[0]


def _of_check(sql: str) -> str:
    """The query for all sessions of the check of a cluster, or of a tier."""
    return _LABEL.sub(lambda found: f"l.label = '{_check_of(found[1])}'", sql)


def _monday_of(week: str) -> date:
    return date.fromisocalendar(int(week[:4]), int(week[-2:]), 1)


def _counted(frozen: Reader, sql: str, unit: str) -> Row | None:
    """Value, n and interval by a query, no value where n is 0; None where the query does not say them."""
    try:
        rows = frozen.records(sql)
    except duckdb.Error:
        # A query of an older version of the tables says nothing of this week.
        return None
    found = list(rows[0].values()) if rows else []
    if len(found) < 2 or found[1] is None:
        return None
    value, n = found[0] if found[0] is None else float(found[0]), int(found[1])
    low, high = wilson(value * n, n) if value is not None and unit == "share" else (None, None)
    return {"value": value, "n": n, "ci_low": low, "ci_high": high}


def _observed(row: Mapping[str, Any]) -> Observed:
    return Observed(
        row["week"], row["value"] or 0.0, row["n"], row["ci_low"], row["ci_high"], bool(row["detected"]), row["status"]
    )
