"""The embedded demo: a sample Langfuse server over generated sessions, a real OpenViking server, and a run over both.

Everything is written below SESSIONS_HOME/demo, apart from a real installation's store and Dagster instance. A demo of
the same dates goes on from what an earlier one left; of other dates, it begins afresh.
"""

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from sessions_platform.partitions import is_over, week_name
from sessions_platform.resources.platform import ProgressSink
from sessions_platform.runner import DayOutcome, RunOrder, run_days, run_week
from sessions_platform.services import Say, dagster_ui, dashboard, openviking_server
from sessions_platform.settings import Settings, last_complete_date

SEED = 20_261
SESSIONS_A_DAY = 17


@dataclass
class Demo:
    """What a demo made: outcomes by date and week, and the settings under which it can be used further."""

    settings: Settings
    outcomes: list[DayOutcome] = field(default_factory=list)
    weeks: list[DayOutcome] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every date and week went well."""
        return all(one.ok for one in (*self.outcomes, *self.weeks))

    def findings(self) -> list[str]:
        """What the demo's tables say, a line each."""
        from sessions_platform.analytics import SessionAnalytics

        analytics = SessionAnalytics(self.settings.database)
        metrics = analytics.get_success_metrics()
        (index,) = analytics.records(
            "SELECT count(*) FILTER (status = 'verified') AS verified, count(*) AS all_of_them FROM openviking_commits"
        )
        lines = [
            f"{metrics['total_sessions']} sessions, {metrics['completion_rate']:.0%} completed, "
            f"{metrics['average_turns_per_session']:.1f} turns on average",
            f"{index['verified']} of {index['all_of_them']} slices in OpenViking, loaded and read back",
        ]
        for tool in sorted(analytics.get_tool_statistics(), key=lambda one: one["success_rate"])[:3]:
            name, failed = tool["operation"] or tool["tool_name"], 1 - tool["success_rate"]
            interval = f"{tool['ci_low']:.0%} to {tool['ci_high']:.0%}"
            lines.append(f"{name}: {failed:.0%} of {tool['total_calls']} calls failed (success {interval})")
        matrix = analytics.get_agent_activity()["interaction_matrix"]
        for pair in sorted(matrix, key=lambda one: -one["interaction_count"])[:3]:
            lines.append(f"{pair['from_agent']} -> {pair['to_agent']}: {pair['interaction_count']} times")
        return lines

    def digests(self) -> list[str]:
        """What the weekly reports ask to decide, the newest week last."""
        from sessions_platform.analysis.reporting.digest import digest
        from sessions_platform.resources.object_store import open_store
        from sessions_platform.sessions.layout import report_key

        store = open_store(self.settings.store_url)
        keys = [report_key(week_name(date.fromisoformat(week.date)), "report.json") for week in self.weeks if week.ok]
        return [digest(json.loads(store.get(key))) for key in keys]

    def made(self) -> list[tuple[str, str]]:
        """What was made and where it lies."""
        store = self.settings.store_url
        pages = "with charts: report.html beside it"
        rows = [
            ("redacted rows, by hour", f"{store}/raw"),
            ("sessions as JSON", f"{store}/staged"),
            ("facts and day marts", f"{store}/tables"),
            ("what stands in the index", f"{store}/commits"),
            ("analytics file", str(self.settings.database)),
            ("Dagster instance", str(self.settings.dagster_folder)),
        ]
        return rows + [
            (f"report of {week_name(date.fromisoformat(week.date))}", f"{_report(self.settings, week)} ({pages})")
            for week in self.weeks
        ]

    def things_to_try(self) -> list[str]:
        """What to try, as lines to paste."""
        ask = f"SESSIONS_HOME={self.settings.home} {sys.executable} -c"
        use = "from sessions_platform.analytics import SessionAnalytics as A; print(A()."
        return [
            f"{ask} '{use}get_success_metrics())'",
            f"{ask} '{use}frame(\"FROM tool_success_rates ORDER BY success_rate LIMIT 10\"))'",
            f"{ask} '{use}frame(\"FROM memories LIMIT 10\"))'",
            f"SESSIONS_HOME={self.settings.home} {sys.executable} -m sessions_platform search '\"CrashLoopBackOff\"'",
            f"cat {self.settings.store_url}/reports/week=*/report.md",
            "in the Dagster UI: Lineage, then a backfill of two dates of raw_sessions and what follows it",
        ]


def _report(settings: Settings, week: DayOutcome) -> str:
    return f"{settings.store_url}/reports/week={week_name(date.fromisoformat(week.date))}/report.md"


@contextmanager
def running_demo(
    settings: Settings, days: int, *, sink: ProgressSink | None = None, say: Say, now: datetime | None = None
) -> Iterator[Demo]:
    """Generate sessions for the last `days` complete dates and run the whole graph; servers run within the block."""
    from sessions_platform.demo.dataset import Dataset
    from sessions_platform.demo.generator import generate
    from sessions_platform.demo.server import LangfuseServer

    moment = now or datetime.now(UTC)
    newest = last_complete_date(moment)
    dates = [newest - timedelta(days=back) for back in range(days - 1, -1, -1)]
    home = settings.home / "demo"
    of_dates = [day.isoformat() for day in dates]
    _keep_if_same(home, {"seed": SEED, "sessions": SESSIONS_A_DAY, "patterns": True, "dates": of_dates})
    say(f"generating sessions of {days} days")
    corpus = generate(SEED, dates, SESSIONS_A_DAY, patterns=True)
    with ExitStack() as stack:
        server = stack.enter_context(LangfuseServer(Dataset(corpus.observations, corpus.scores)))
        own = settings.model_copy(update=_changes(settings, home, server, dates[0]))
        url, key = stack.enter_context(openviking_server(own, say=say))
        own = own.model_copy(update={"openviking_url": url, "openviking_api_key": SecretStr(key)})
        demo = Demo(own)
        say("running the graph, day by day")
        demo.outcomes.extend(run_days(RunOrder(dates[0], dates[-1]), own, sink=sink, now=now))
        for monday in _weeks(dates, moment):
            demo.weeks.append(run_week(monday, own, sink=sink, now=now))
        yield demo


def _keep_if_same(home: Path, plan: dict[str, Any]) -> None:
    """Remove what a demo of another plan left; its rows would be of other sessions under the same dates."""
    note = home / "demo.json"
    text = json.dumps(plan)
    if not note.exists() or note.read_text(encoding="utf-8") != text:
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        note.write_text(text, encoding="utf-8")


def _changes(settings: Settings, home: Path, server: Any, start: date) -> dict[str, Any]:
    """What is otherwise in a demo than in the installation it is started from."""
    return {
        "langfuse_host": server.url,
        "langfuse_public_key": server.public_key,
        "langfuse_secret_key": SecretStr(server.secret_key),
        "sessions_home": home,
        "sessions_store_url": "",
        "dagster_home": None,
        "sessions_start_date": start,
    }


def _weeks(dates: list[date], now: datetime) -> list[date]:
    """Mondays of the weeks all of whose days are among the dates."""
    mondays = [day for day in dates if day.weekday() == 0 and day + timedelta(days=6) <= dates[-1]]
    return [monday for monday in mondays if is_over(monday, now)]


@contextmanager
def serving(demo: Demo) -> Iterator[tuple[str, str]]:
    """Dashboard, Dagster UI and daemon over the demo's installation, within the block; addresses of the first two."""
    with dashboard(demo.settings) as pages, dagster_ui(demo.settings) as url:
        yield pages, url
