"""The embedded demo: a sample Langfuse server over generated sessions on a free loopback port, and a run against it.

Everything is written below SESSIONS_HOME/demo, apart from a real installation's store and Dagster instance.
"""

import os
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import SecretStr

from sessions_platform.resources.platform import ProgressSink
from sessions_platform.runner import DayOutcome, RunOrder, run_days
from sessions_platform.settings import Settings, last_complete_date

SEED = 20_261
SESSIONS_A_DAY = 40


@dataclass
class Demo:
    """What a demo made: outcomes by date, and the settings under which it can be used further."""

    outcomes: list[DayOutcome]
    settings: Settings

    def findings(self) -> list[str]:
        """What the demo's tables say, a line each."""
        from sessions_platform.analytics import SessionAnalytics

        analytics = SessionAnalytics(self.settings.database)
        metrics = analytics.get_success_metrics()
        lines = [
            f"{metrics['total_sessions']} sessions, {metrics['completion_rate']:.0%} completed, "
            f"{metrics['average_turns_per_session']:.1f} turns on average"
        ]
        for tool in sorted(analytics.get_tool_statistics(), key=lambda one: one["success_rate"])[:3]:
            name, failed = tool["operation"] or tool["tool_name"], 1 - tool["success_rate"]
            interval = f"{tool['ci_low']:.0%} to {tool['ci_high']:.0%}"
            lines.append(f"{name}: {failed:.0%} of {tool['total_calls']} calls failed (success {interval})")
        matrix = analytics.get_agent_activity()["interaction_matrix"]
        for pair in sorted(matrix, key=lambda one: -one["interaction_count"])[:3]:
            lines.append(f"{pair['from_agent']} -> {pair['to_agent']}: {pair['interaction_count']} times")
        return lines

    def guide(self) -> str:
        """Things to try, as text."""
        home = self.settings.home
        return f"""
Try:
  python
  >>> from sessions_platform.analytics import SessionAnalytics
  >>> analytics = SessionAnalytics("{home}/analytics.duckdb")
  >>> analytics.get_success_metrics()
  >>> analytics.frame("FROM tool_success_rates ORDER BY success_rate LIMIT 10")
  >>> analytics.frame("FROM interaction_matrix ORDER BY interaction_count DESC LIMIT 10")
  ls {self.settings.store_url}/staged"""

    def serve(self) -> None:
        """Serve the Dagster UI on a free loopback port until Ctrl-C."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "dagster_webserver", "-h", "127.0.0.1", "-p", str(port)]
        command += ["-m", "sessions_platform.definitions"]
        environment = os.environ | environment_of(self.settings)
        process = subprocess.Popen(command, env=environment)  # noqa: S603 - our own interpreter and fixed words
        print(f"\nDagster UI: http://127.0.0.1:{port} (Ctrl-C ends it)", flush=True)
        try:
            process.wait()
        except KeyboardInterrupt:
            process.terminate()
            process.wait(timeout=30)


def environment_of(settings: Settings) -> dict[str, str]:
    """The variables under which another process works with the same installation."""
    return {
        "DAGSTER_HOME": str(settings.dagster_folder),
        "SESSIONS_HOME": str(settings.home),
        "SESSIONS_STORE_URL": settings.store_url,
        "SESSIONS_START_DATE": settings.sessions_start_date.isoformat(),
    }


def run_demo(settings: Settings, days: int, *, sink: ProgressSink | None = None, now: datetime | None = None) -> Demo:
    """Generate sessions for the last `days` complete dates, serve them, and run the whole graph against that server.

    Begins afresh: what an earlier demo left in its folder would be of other dates.
    """
    from sessions_platform.demo.dataset import Dataset
    from sessions_platform.demo.generator import generate
    from sessions_platform.demo.server import LangfuseServer

    shutil.rmtree(settings.home / "demo", ignore_errors=True)
    newest = last_complete_date(now or datetime.now(UTC))
    dates = [newest - timedelta(days=back) for back in range(days - 1, -1, -1)]
    corpus = generate(SEED, dates, SESSIONS_A_DAY)
    with LangfuseServer(Dataset(corpus.observations, corpus.scores)) as server:
        changes: dict[str, Any] = {
            "langfuse_host": server.url,
            "langfuse_public_key": server.public_key,
            "langfuse_secret_key": SecretStr(server.secret_key),
            "sessions_home": settings.home / "demo",
            "sessions_store_url": "",
            "dagster_home": None,
            "sessions_start_date": dates[0],
        }
        own = settings.model_copy(update=changes)
        outcomes = list(run_days(RunOrder(dates[0], dates[-1]), own, sink=sink, now=now))
    return Demo(outcomes, own)
