"""A real deployment for tests: `dagster-webserver` and `dagster-daemon`, spoken to as the UI does, over GraphQL.

    with Deployment(installation(server, home)) as platform:
        backfill = platform.backfill(days)
        platform.start_daemon()
        runs = platform.runs_of_backfill(backfill, timeout=240)

Both are processes of their own on the repository's `workspace.yaml` and `dagster.yaml`; what they start ends with them.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import httpx

from sessions_platform.automation import DAILY_JOB, DAILY_SCHEDULE, WEEKLY_SENSOR
from sessions_platform.definitions import build_defs
from sessions_platform.runner import packaged_file, selected_assets
from sessions_platform_tests.end_to_end import graphql
from sessions_platform_tests.end_to_end.support import environment_without_ours, settings_of

T = TypeVar("T")
FINISHED = {"SUCCESS", "FAILURE", "CANCELED"}
DAEMON_INTERVAL = 30
"""Seconds between two looks of the daemon at backfills; Dagster has no setting for it."""
_LOCKED = re.compile(r"\b(?:dead)?lock(?:s|ed|ing)?\b", re.IGNORECASE)
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Run:
    """A run as the UI shows it. `launched` and `ended` bound its place among those that run at once."""

    id: str
    job: str
    status: str
    partition: str
    launched: float
    ended: float

    @classmethod
    def of(cls, node: dict[str, Any]) -> "Run":
        tags = {tag["key"]: tag["value"] for tag in node["tags"]}
        times = [node["stats"].get(name) or float("inf") for name in ("launchTime", "endTime")]
        return cls(node["id"], node["jobName"], node["status"], tags.get("dagster/partition", ""), *times)


def most_at_once(runs: Iterable[Run]) -> int:
    """How many runs there were at the same time, at most; from launch to end, so that starting ones count."""
    # At the same instant an end comes before a launch.
    changes = sorted(change for run in runs for change in ((run.launched, 1), (run.ended, -1)))
    counted = most = 0
    for _, change in changes:
        counted += change
        most = max(most, counted)
    return most


def speaks_of_a_lock(line: str) -> bool:
    """Whether a line of a log has a lock in it, as DuckDB and SQLite say it."""
    return _LOCKED.search(line) is not None


class Deployment:
    """Webserver and daemon over one Dagster instance; the daemon is started when it is asked for."""

    def __init__(self, variables: dict[str, str]) -> None:
        self.settings = settings_of(variables)
        self.home = self.settings.home
        self.logs = self.home / "logs"
        self._variables = variables | {"DAGSTER_HOME": str(self.settings.dagster_folder)}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{free.getsockname()[1]}"
        self._client = httpx.Client(base_url=self.url, timeout=60, trust_env=False)
        self.location: dict[str, str] = {}

    def __enter__(self) -> "Deployment":
        self.logs.mkdir(parents=True, exist_ok=True)
        self.settings.dagster_folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(packaged_file("dagster.yaml"), self.settings.dagster_folder / "dagster.yaml")
        try:
            port = self.url.rpartition(":")[2]
            self._start("dagster-webserver", "-h", "127.0.0.1", "-p", port)
            self.location = self.wait_for("the webserver", self._location, 120)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start_daemon(self) -> None:
        """Start the daemon. One started after a backfill was asked for sees it at once, not half a minute later."""
        self._start("dagster-daemon", "run")

    def stop(self) -> None:
        """End the processes started here and all of theirs; nothing else is touched."""
        self._client.close()
        for process in self._processes.values():
            if process.poll() is None:
                process.terminate()
        for process in self._processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=15)
            # Code servers and runs under way: in the group of the process that started them.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=15)
        # A killed process is seen until the system has taken it down.
        end = time.monotonic() + 15
        while self.left() and time.monotonic() < end:
            time.sleep(0.1)

    def left(self) -> dict[int, str]:
        """Processes that have this deployment's DAGSTER_HOME, a folder of the test's own, with their commands."""
        mark = f"DAGSTER_HOME={self.settings.dagster_folder}".encode()
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            # One that has ended, or is another user's, is not ours.
            with contextlib.suppress(OSError):
                if mark in (process / "environ").read_bytes().split(b"\0"):
                    found[int(process.name)] = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        return found

    def ask(self, query: str, **variables: Any) -> Any:
        """The data of a GraphQL answer: of its one field. AssertionError with what the server said otherwise."""
        answer = self._client.post("/graphql", json={"query": query, "variables": variables}).json()
        assert not answer.get("errors"), answer["errors"]
        (data,) = answer["data"].values()
        assert not str(data.get("__typename", "")).endswith("Error"), data
        return data

    def wait_for(self, what: str, probe: Callable[[], T | None], timeout: float) -> T:
        """The first answer of `probe` that is not None; AssertionError with the logs' ends when time is over."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            for name, process in self._processes.items():
                assert process.poll() is None, f"{name} ended with {process.returncode}: {self._ends()}"
            answer = probe()
            if answer is not None:
                return answer
            time.sleep(1)
        raise AssertionError(f"{what}: not within {timeout} s: {self._ends()}")

    def backfill(self, days: Sequence[str]) -> str:
        """What the UI's "Materialize" does with these dates and the assets that `run` takes; the backfill's id."""
        with_index = bool(self.settings.openviking_url)
        chosen = selected_assets(build_defs(self.settings), None, with_index=with_index)
        keys = [{"path": key.path} for key in chosen]
        order = {"assetSelection": keys, "partitionNames": list(days), "title": f"{days[0]} to {days[-1]}"}
        return str(self.ask(graphql.BACKFILL, order=order)["backfillId"])

    def finished_backfill(self, backfill: str, timeout: float) -> str:
        """The final status of a backfill."""

        def status() -> str | None:
            found = self.ask(graphql.BACKFILL_STATUS, id=backfill)["status"]
            return None if found in ("REQUESTED", "CANCELING", "FAILING") else str(found)

        return self.wait_for(f"backfill {backfill}", status, timeout)

    def finished_runs(self, count: int, timeout: float, **tags: str) -> list[Run]:
        """The runs with these tags, as soon as there are `count` and all have ended."""

        def ended() -> list[Run] | None:
            runs = self.runs(**tags)
            return runs if len(runs) >= count and {run.status for run in runs} <= FINISHED else None

        return self.wait_for(f"{count} finished runs of {tags}", ended, timeout)

    def runs(self, *, job: str | None = None, **tags: str) -> list[Run]:
        """Runs, oldest first, by tags without their `dagster/`."""
        filters: dict[str, Any] = {"tags": [{"key": f"dagster/{key}", "value": value} for key, value in tags.items()]}
        if job:
            filters["pipelineName"] = job
        return [Run.of(node) for node in reversed(self.ask(graphql.RUNS, filter=filters)["results"])]

    def launch(self, day: str, assets: Sequence[str] = ()) -> Run:
        """Materialize one date, the whole daily job or some of its assets; the run when it has ended."""
        selector = {**self.location, "jobName": DAILY_JOB}
        if assets:
            selector |= {"assetSelection": [{"path": [name]} for name in assets]}
        tags = [{"key": "dagster/partition", "value": day}]
        order = {"selector": selector, "mode": "default", "executionMetadata": {"tags": tags}}
        started = self.ask(graphql.LAUNCH, order=order)["run"]["id"]

        def ended() -> Run | None:
            return next((run for run in self.runs() if run.id == started and run.status in FINISHED), None)

        return self.wait_for(f"the run of {day}", ended, 180)

    def events(self, run: Run) -> list[dict[str, Any]]:
        """Every event of a run: its type, message and, with their causes, its errors."""
        found: list[dict[str, Any]] = []
        cursor, more = None, True
        while more:
            page = self.ask(graphql.EVENTS, run=run.id, cursor=cursor)
            found += page["events"]
            cursor, more = page["cursor"], page["hasMore"]
        return found

    def states(self) -> dict[str, str]:
        """Whether schedules and sensors are on, by name."""
        schedules = self.ask(graphql.SCHEDULES, repository=self.location)["results"]
        sensors = self.ask(graphql.SENSORS, repository=self.location)["results"]
        states = {node["name"]: node["scheduleState"]["status"] for node in schedules}
        return states | {node["name"]: node["sensorState"]["status"] for node in sensors}

    def dry_tick(self, at: datetime) -> list[str]:
        """The partitions that the daily schedule requests at a time, in its order."""
        selector = {**self.location, "scheduleName": DAILY_SCHEDULE}
        result = self.ask(graphql.DRY_TICK, schedule=selector, at=at.timestamp())["evaluationResult"]
        assert result["error"] is None, result["error"]
        tags = [{tag["key"]: tag["value"] for tag in request["tags"]} for request in result["runRequests"]]
        return [one["dagster/partition"] for one in tags]

    def weekly_ticks(self, since: float = 0) -> list[dict[str, Any]]:
        """The weekly sensor's finished looks that began after a time, oldest first."""
        selector = {**self.location, "sensorName": WEEKLY_SENSOR}
        ticks = self.ask(graphql.SENSOR_TICKS, sensor=selector)["sensorState"]["ticks"]
        return [tick for tick in reversed(ticks) if tick["timestamp"] > since and tick["status"] != "STARTED"]

    def unhealthy(self) -> list[str]:
        """Daemons that ought to run and do not, or that had an error."""
        daemons = self.ask(graphql.DAEMONS)["daemonHealth"]["allDaemonStatuses"]
        return [
            f"{one['daemonType']}: {one['lastHeartbeatErrors']}"
            for one in daemons
            if one["required"] and (not one["healthy"] or one["lastHeartbeatErrors"])
        ]

    def log(self) -> str:
        """What webserver, daemon, code servers and runs printed."""
        texts = [path.read_text(encoding="utf-8", errors="replace") for path in sorted(self.logs.glob("*.log"))]
        return _COLOURS.sub("", "\n".join(texts))

    def lock_errors(self) -> list[str]:
        """Lines of all events and logs that speak of a lock."""
        lines = self.log().splitlines()
        for run in self.runs():
            lines += [str(event) for event in self.events(run)]
        return [line for line in lines if speaks_of_a_lock(line)]

    def _location(self) -> dict[str, str] | None:
        try:
            (node,) = self.ask(graphql.REPOSITORIES)["nodes"]
        except (httpx.TransportError, ValueError):
            return None
        return {"repositoryName": node["name"], "repositoryLocationName": node["location"]["name"]}

    def _start(self, program: str, *words: str) -> None:
        path = Path(sys.executable).with_name(program)
        with (self.logs / f"{program}.log").open("ab") as log:
            self._processes[program] = subprocess.Popen(
                [path, *words, "-w", packaged_file("workspace.yaml")],
                env=environment_without_ours() | self._variables,
                cwd=self.home,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _ends(self) -> str:
        return self.log()[-3000:]


def utc(text: str) -> datetime:
    """A time of day in UTC from ISO text."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
