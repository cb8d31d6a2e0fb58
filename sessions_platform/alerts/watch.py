"""One look at all rules: what fires now, what changed, and the events recorded and posted.

An event is recorded in the store before it is posted, and marked when it was posted: whoever is stopped in between
posts again what was not marked, nothing else. What is remembered of a rule is its newest event.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

from sessions_platform.alerts import words
from sessions_platform.alerts.rules import Rule, load_rules, names_of
from sessions_platform.alerts.states import Event, Figure, Reading, next_event, reading
from sessions_platform.alerts.webhook import Webhook, check_address
from sessions_platform.alerts.windows import figures
from sessions_platform.analytics import SessionAnalytics
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.resources.part_tables import Row, put_part, read_part
from sessions_platform.settings import Settings
from sessions_platform.sql import statement
from sessions_platform.statistics.from_file import Reader

TABLE = "alerts"
POSTED, WAITING, RECORDED = "posted", "waiting", "recorded"
Post = Callable[[str], str | None]
"""Posts a text: None, or why it could not be posted."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a rule stands: its newest figure and reading, since when it fires (None: it does not), and what changes."""

    rule: Rule
    figure: Figure
    reading: Reading
    since: str | None
    event: Event | None

    @property
    def fires(self) -> bool:
        """Whether it fires once the event, if there is one, is recorded."""
        return self.event == "fired" or (self.since is not None and self.event is None)

    def as_record(self) -> dict[str, Any]:
        """The same as plain data that JSON can carry."""
        rule, figure = self.rule, asdict(self.figure)
        del figure["outside"]
        return {
            "alert": rule.name,
            "metric": rule.metric.name,
            "segment": rule.segment,
            **figure,
            "threshold": rule.threshold.words,
            "severity": rule.severity,
            "reading": self.reading,
            "firing_since": self.since,
            "event": self.event,
        }


@dataclass(slots=True)
class Looked:
    """What a look found and did. `reason`: why what waits could not be posted."""

    standings: list[Standing]
    recorded: int = 0
    posted: int = 0
    waiting: int = 0
    reason: str = ""


class Publishes(Protocol):
    """Whoever publishes dates and parts, such as Publisher."""

    def publish(self, dates: Sequence[str] | None) -> object:
        """Take the dates (none: only parts) into the file."""


def look(
    store: ObjectStore, publisher: Publishes, analytics: SessionAnalytics, settings: Settings, now: datetime
) -> Looked:
    """Evaluate all rules, record events, post what waits, and publish it. One look at a time."""
    rules = load_rules(settings)
    publisher.publish([])  # what was recorded before a stop must be seen, or it would be found a second time
    url = settings.sessions_webhook_url.get_secret_value()
    view = analytics.pinned()  # all figures of one version, whoever publishes meanwhile
    made = Looked(standings(view, rules, now))
    made.recorded = record_events(store, view, made.standings, now, WAITING if url else RECORDED)
    if made.recorded:
        publisher.publish([])
    if url:
        check_address(url)
        post = Webhook(url).post
        made.posted, made.waiting, made.reason = post_waiting(
            store, analytics, post, settings.sessions_dashboard_url, now
        )
    if made.posted:
        publisher.publish([])
    return made


def standings(analytics: Reader, rules: Sequence[Rule], now: datetime) -> list[Standing]:
    """How every rule stands over the published data; none where no date is published."""
    newest = newest_date(analytics)
    if newest is None:
        return []
    firing = {row["alert"]: row["since"] for row in analytics.records(statement("queries/page_alerts"))}
    return [_standing(analytics, rule, firing.get(rule.name), newest, now) for rule in rules]


def newest_date(analytics: Reader) -> date | None:
    """The newest complete date of the file."""
    rows = analytics.records("SELECT value FROM publication_settings WHERE name = 'newest_date'")
    return date.fromisoformat(rows[0]["value"]) if rows and rows[0]["value"] else None


def record_events(store: ObjectStore, analytics: Reader, found: Sequence[Standing], now: datetime, to: str) -> int:
    """Write the events of a look into the store, and those of rules that are no more; how many. `to`: how they are
    delivered, WAITING to be posted or RECORDED alone.
    """
    newest = newest_date(analytics)
    if newest is None:
        return 0
    shared = {
        "recorded_at": _after_all(analytics, now),
        "delivery": to,
        "data_version": analytics.data_version(),
        "date": newest,
    }
    rows = [_event_row(one) | shared for one in found if one.event is not None]
    known = names_of(one.rule for one in found)
    for row in analytics.records(statement("queries/page_alerts")):
        if row["alert"] not in known:
            kept = {name: row[name] for name in ("alert", "metric", "segment", "threshold", "severity")}
            rows.append(kept | shared | {"event": "resolved", "message": words.gone(row["alert"])})
    if rows:
        day = newest.isoformat()
        put_part(store, TABLE, day, [*read_part(store, TABLE, day), *rows])
    return len(rows)


def post_waiting(store: ObjectStore, analytics: Reader, post: Post, link: str, now: datetime) -> tuple[int, int, str]:
    """Post what waits, oldest first, until one cannot be posted: how many were, how many still wait, and why."""
    waiting = analytics.records(statement("queries/alerts_waiting"))
    for done, row in enumerate(waiting):
        if reason := post(words.posted(row["message"], link)):
            return done, len(waiting) - done, reason
        _mark_posted(store, row, now)
    return len(waiting), 0, ""


def _after_all(analytics: Reader, now: datetime) -> datetime:
    """Now, or just after the newest event where the clock was turned back: the newest event of a rule is its state.

    In whole milliseconds, as answers from the file give it back.
    """
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    (row,) = analytics.records("SELECT max(recorded_at) AS newest FROM alerts")
    if row["newest"] is None:
        return now
    return max(now, datetime.fromisoformat(row["newest"]) + timedelta(milliseconds=1))


def _standing(analytics: Reader, rule: Rule, since: str | None, newest: date, now: datetime) -> Standing:
    found = figures(analytics, rule, newest, now)
    readings = [reading(rule, one) for one in found]
    return Standing(rule, found[0], readings[0], since, next_event(rule, since is not None, readings))


def _event_row(one: Standing) -> dict[str, Any]:
    figure, rule = one.figure, one.rule
    return {
        "alert": rule.name,
        "event": one.event,
        "metric": rule.metric.name,
        "segment": rule.segment,
        "value": None if figure.value is None else float(figure.value),
        "n": figure.n,
        "ci_low": figure.ci_low,
        "ci_high": figure.ci_high,
        "expected": figure.expected,
        "threshold": rule.threshold.words,
        "severity": rule.severity,
        "message": words.sentence(rule, one.event or "fired", figure),
    }


def _mark_posted(store: ObjectStore, posted: Row, now: datetime) -> None:
    """Say of an event in the store that it was posted. One was posted where several are equal in all but their time."""
    at = datetime.fromisoformat(posted["recorded_at"])
    rows = read_part(store, TABLE, posted["date"])
    for row in rows:
        same = row["recorded_at"].replace(tzinfo=UTC) == at
        if same and (row["alert"], row["event"]) == (posted["alert"], posted["event"]):
            row["delivery"], row["posted_at"] = POSTED, now
    put_part(store, TABLE, posted["date"], rows)
