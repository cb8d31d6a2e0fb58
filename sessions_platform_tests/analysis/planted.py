"""Small weeks of staged sessions with two planted patterns, in a store and a published file, for tests of the steps.

Pattern `timeouts`: a call of `helm upgrade` never answers, three times, and the session fails. Pattern `claims`:
sessions of version 2.4.0 say that all went well after their last command failed. The background fails now and then,
without any pattern.
"""

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import zstandard

from sessions_platform.analysis.drivers.rules import Rules
from sessions_platform.analysis.week import WeekAnalysis
from sessions_platform.analytics import SessionAnalytics
from sessions_platform.partitions import week_dates
from sessions_platform.resources.object_store import ObjectStore, open_store
from sessions_platform.resources.part_tables import read_part
from sessions_platform.resources.warehouse import Publisher
from sessions_platform.sessions.layout import report_key, staged_manifest_key, staged_session_key
from sessions_platform.sessions.model import StagedSession
from sessions_platform.settings import Settings
from sessions_platform_tests.staged_sessions import Line, agent, score, staged, tool, user, write_day

TASKS = (("deploy", "kubernetes"), ("drift", "terraform"), ("pipeline", "github"))
SERVICES = ("checkout", "billing", "search", "catalog", "ledger", "media")
COMMANDS = ("kubectl get", "kubectl logs", "terraform plan", "git diff", "helm upgrade", "bash")
USERS = 30


@dataclass(frozen=True)
class Plan:
    """How many sessions a week has, and how many of them have each pattern."""

    monday: date
    sessions: int = 150
    timeouts: int = 0
    claims: int = 0
    scored: bool = True
    days: int = 7


@dataclass
class World:
    """An installation's store and published file."""

    home: Path

    @property
    def store(self) -> ObjectStore:
        """Its object store."""
        return open_store(str(self.home / "store"))

    @property
    def analytics(self) -> SessionAnalytics:
        """A reader of its file."""
        return SessionAnalytics(self.home / "analytics.duckdb")

    def publisher(self) -> Publisher:
        """The writer of its file, with the rules that a command would use."""
        at = Settings(_env_file=None, SESSIONS_HOME=str(self.home))  # type: ignore[call-arg]
        scores = list(at.sessions_outcome_scores)
        return Publisher(self.store, at.database, idle_hours=at.sessions_idle_hours, outcome_scores=scores)

    def put(self, plan: Plan) -> "World":
        """The staged files and tables of a week."""
        sessions = list(sessions_of(plan))
        for day in week_dates(plan.monday)[: plan.days]:
            self.put_day(day, [one for one in sessions if one.date == day])
        return self

    def put_day(self, day: str, sessions: Sequence[StagedSession]) -> None:
        """The staged files and tables of a date."""
        entries = {}
        for session in sessions:
            key, data = staged_session_key(day, session.session_id), zstandard.compress(msgspec.json.encode(session))
            self.store.put(key, data)
            entries[session.session_id] = {"key": key, "sha256": hashlib.sha256(data).hexdigest()}
        self.store.put(staged_manifest_key(day), msgspec.json.encode({"date": day, "sessions": entries}))
        write_day(self.store, day, sessions)

    def publish(self) -> "World":
        """Everything that the store has."""
        self.publisher().publish(None)
        return self

    def week(self, monday: date, **changed: Any) -> WeekAnalysis:
        """The week's analysis, as the assets and the command make it."""
        given = {"outcome_scores": ("success",), "driver": Rules()} | changed
        return WeekAnalysis(
            store=self.store,
            publisher=self.publisher(),
            analytics=self.analytics,
            monday=monday,
            home=self.home,
            **given,
        )

    def bytes_left(self) -> dict[str, bytes]:
        """Every object that an analysis writes."""
        prefixes = ("reports/", "tables/findings/", "tables/finding_weeks/", "tables/session_labels/")
        found = [info.key for prefix in prefixes for info in self.store.objects(prefix)]
        return {key: self.store.get(key) for key in found}

    def report(self, week: str) -> dict[str, Any]:
        """A report as it stands in the store."""
        return msgspec.json.decode(self.store.get(report_key(week, "report.json")), type=dict[str, Any])

    def status_by_check(self, week: str) -> dict[str, str]:
        """Statuses of a week by what the finding's sessions are labelled with, of whatever was looked at."""
        rows = read_part(self.store, "finding_weeks", week)
        names = {row["finding_id"]: row["title"] for row in read_part(self.store, "findings", None)}
        return {names[row["finding_id"]]: row["status"] for row in rows}


def planted(plan: Plan) -> dict[str, set[str]]:
    """Ids of the sessions of each pattern."""
    ids = [_id(plan, number) for number in range(plan.sessions)]
    return {
        "timeouts": set(ids[: plan.timeouts]),
        "claims": set(ids[plan.timeouts : plan.timeouts + plan.claims]),
    }


def sessions_of(plan: Plan) -> Iterator[StagedSession]:
    """The week's sessions, spread over its days."""
    truth = planted(plan)
    days = week_dates(plan.monday)[: plan.days]
    for number in range(plan.sessions):
        name = _id(plan, number)
        pattern = next((pattern for pattern, ids in truth.items() if name in ids), "")
        yield _session(name, days[number % len(days)], number, pattern, plan)


def _id(plan: Plan, number: int) -> str:
    return f"{plan.monday:%m%d}-{number:04d}"


def _session(name: str, day: str, number: int, pattern: str, plan: Plan) -> StagedSession:
    chance = random.Random(name)  # noqa: S311 - a repeatable choice
    task, platform = chance.choice(TASKS)
    service = chance.choice(SERVICES)
    failed = bool(pattern) or chance.random() < 0.08
    lines = [user(f"Please see to {service}, change {chance.randrange(10_000)}."), *_work(chance, service)]
    if pattern == "timeouts":
        for attempt, said in enumerate(("I upgrade the release.", "It may only be slow.", "A longer limit, then.")):
            lines += [agent("planner", said), _helm(service, attempt)]
        lines.append(agent("planner", f"{service} stays as it was."))
    elif pattern == "claims":
        refused = f"exit status 1: the change of {service} was rejected by the server"
        lines += [agent("planner", "I apply it."), tool("bash", "planner", refused, ok=False)]
        lines.append(agent("planner", f"Done. The change of {service} has been applied successfully."))
    else:
        lines.append(agent("planner", f"This is what {service} looks like, in {chance.randrange(10_000)} lines."))
    value = 0.0 if failed else 1.0
    scores = [score("success", value, f"{day}T20:00:00.000Z", session_id=name)] if plan.scored else []
    version = "2.4.0" if pattern == "claims" else chance.choice(("2.3.0", "2.3.1", "2.4.0"))
    return staged(
        name,
        day,
        lines,
        user_id=f"<user:{number % USERS}>",
        scores=scores,
        cost=round(0.02 + chance.random() / 50, 5),
        hour=8 + number % 8,
        segments=(("task", task), ("platform", platform), ("version", version)),
    )


def _work(chance: random.Random, service: str) -> list[Line]:
    """Some calls that answer; now and then one fails and the next way works."""
    lines = []
    for place in range(chance.randrange(1, 4)):
        command = chance.choice(COMMANDS)
        given = f'{{"command": "{command} {service} --step {place} --n {chance.randrange(10_000)}"}}'
        lines.append(agent("planner", f"Step {place}: {chance.randrange(10_000)}."))
        if chance.random() < 0.1:
            lines.append(_call(command, given, "exit status 2: busy", ok=False))
            lines.append(agent("planner", "Another way, then."))
        shown = f"{service} line {chance.randrange(100_000)}\nline {chance.randrange(100_000)}"
        lines.append(_call(command, given + " ", shown))
    return lines


def _helm(service: str, attempt: int) -> Line:
    given = f'{{"command": "helm upgrade {service} --timeout {60 + attempt}s"}}'
    shown = f"Error: timed out waiting for the condition ({60 + attempt}s)"
    return _call("helm upgrade", given, shown, ok=False, ms=60_000.0)


def _call(operation: str, given: str, shown: str, **more: Any) -> Line:
    return tool(operation.split()[0], "planner", shown, extra={"operation": operation, "input": given}, **more)


def mondays(first: date, count: int) -> list[date]:
    """So many Mondays in a row."""
    return [first + timedelta(days=7 * number) for number in range(count)]
