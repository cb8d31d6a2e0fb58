"""What sessions were about, by construction: from the generator's scripts, and from the sample's own rows and truth.

A subject is what a question is judged by. None of it comes out of the platform: neither staged sessions nor digests are
read here.
"""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.processes import REPOSITORY
from sessions_platform.demo.script import Call, SessionScript

SAMPLE = REPOSITORY.parent / "shared" / "sample"
"""Real sessions, where they stand beside the checkout."""
SETS = ("tau2_gpt41_ab", "whowhen_dev", "agentdojo_dev")


@dataclass(frozen=True)
class Subject:
    """One session. Failures are (tool, how), where `how` is the basis that shows it, or `timeout`."""

    session_id: str
    task: str
    tools: frozenset[str]
    failures: frozenset[tuple[str, str]]
    service: str = ""
    environment: str = ""
    ending: str = ""
    outcome: str = ""
    lines: tuple[str, ...] = ()
    operation_failures: frozenset[tuple[str, str]] = frozenset()
    asked: tuple[str, ...] = ()


def of_script(script: SessionScript, outcome: str) -> Subject:
    """A generated session; `outcome` as the generator's truth has it."""
    calls = [call for call in script.calls() if call.answered]
    return Subject(
        session_id=script.id,
        task=script.task,
        tools=frozenset(call.tool for call in calls),
        failures=frozenset((call.tool, _how(call)) for call in calls if call.failure),
        service=script.service,
        environment=script.environment,
        ending=script.ending,
        outcome=outcome,
        lines=tuple(call.line for call in calls),
        operation_failures=frozenset((call.operation, _how(call)) for call in calls if call.failure),
        asked=tuple(turn.user_text for turn in script.turns),
    )


def of_sample() -> Iterator[Subject]:
    """Every session of the sample. A task is `domain/task`, the task of a workspace, or the session's own id."""
    for name in SETS:
        tasks = _tasks_of(name)
        for session_id, rows in _rows_by_session(name).items():
            tools = [row for row in rows if row["type"] == "TOOL"]
            failed = {(row["name"], "level") for row in tools if row["level"] == "ERROR"}
            task = tasks.get(session_id) or _workspace_task(session_id)
            yield Subject(session_id, task, frozenset(row["name"] for row in tools), frozenset(failed))


def _how(call: Call) -> str:
    return "timeout" if call.result.startswith("no answer within") else str(call.failure)


def _rows_by_session(name: str) -> dict[str, list[dict[str, Any]]]:
    with gzip.open(SAMPLE / "langfuse" / name / "observations.jsonl.gz") as lines:
        rows = [json.loads(line) for line in lines]
    # In every second session only the root row carries the session's id.
    session_of = {row["traceId"]: row["sessionId"] for row in rows if row["sessionId"]}
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[session_of[row["traceId"]]].append(row)
    return found


def _tasks_of(name: str) -> dict[str, str]:
    path: Path = SAMPLE / "truth" / f"{name}.sessions.jsonl"
    if not path.exists():
        return {}
    entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {one["sessionId"]: f"{one['domain']}/{one['task_id']}" for one in entries if "task_id" in one}


def _workspace_task(session_id: str) -> str:
    return next((part for part in session_id.split("/") if part.startswith("user_task_")), session_id)
