"""A small audit database, invented: three sessions of a DevOps team of agents, for a first look without Langfuse.

Its dates are fixed, so that making and importing it again changes nothing.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sessions_platform.audit_import.audit_file import TABLES, UnreadableFile, open_audit_file

DAY = "2025-11-03"
SESSIONS = ("demo_session_001", "demo_session_002", "demo_session_003")
_SCHEMA = """
CREATE TABLE sessions (session_id TEXT PRIMARY KEY, start_time TEXT, end_time TEXT, total_turns INTEGER, status TEXT);
CREATE TABLE messages (id INTEGER PRIMARY KEY, session_id TEXT, turn_id INTEGER, agent_name TEXT, message TEXT,
    timestamp TEXT);
CREATE TABLE tool_usage (id INTEGER PRIMARY KEY, session_id TEXT, agent_name TEXT, tool_name TEXT, operation TEXT,
    success INTEGER, timestamp TEXT);
"""
_ROWS = (
    (SESSIONS[0], "09:12:04", "09:21:40", 8, "completed"),
    (SESSIONS[1], "13:40:10", "13:52:31", 7, "error"),
    (SESSIONS[2], "16:05:00", None, 5, "active"),
)
_MESSAGES = (
    (SESSIONS[0], "09:12:05", "user", "The checkout pods restart every few minutes since the rollout. What is wrong?"),
    (SESSIONS[0], "09:12:11", "planner", "I will look at the pods first, then at what the rollout changed."),
    (
        SESSIONS[0],
        "09:13:02",
        "kubernetes_agent",
        "checkout-7d9f is OOMKilled: the limit is 256Mi, usage peaks at 310Mi.",
    ),
    (SESSIONS[0], "09:14:20", "git_agent", "The rollout raised the cache size from 64 to 192 MB and left the limit."),
    (SESSIONS[0], "09:15:01", "planner", "Either raise the limit to 512Mi or take the cache change back. Which one?"),
    (SESSIONS[0], "09:17:30", "user", "Raise the limit, please."),
    (SESSIONS[0], "09:19:48", "kubernetes_agent", "The limit is 512Mi now; three pods are ready, no restart since."),
    (SESSIONS[0], "09:21:40", "user", "Thanks, that's all."),
    (SESSIONS[1], "13:40:12", "user", "Deploy release 4.2 of the billing service to staging."),
    (SESSIONS[1], "13:40:20", "planner", "The deploy agent applies the plan, then I check the service."),
    (SESSIONS[1], "13:43:09", "deploy_agent", "terraform plan shows 3 changes, none of them destroys anything."),
    (SESSIONS[1], "13:46:33", "deploy_agent", "terraform apply failed: the state is locked by another run."),
    (SESSIONS[1], "13:48:00", "planner", "Try once more; the other run should be over."),
    (SESSIONS[1], "13:51:15", "deploy_agent", "It failed again with the same lock."),
    (SESSIONS[1], "13:52:31", "planner", "I stop here: the lock must be released by whoever holds it."),
    (SESSIONS[2], "16:05:03", "user", "Why did the nightly pipeline take three hours?"),
    (SESSIONS[2], "16:05:15", "planner", "I compare last night's stages with those of the week before."),
    (SESSIONS[2], "16:07:44", "ci_agent", "The integration tests took 131 minutes instead of 38."),
    (SESSIONS[2], "16:09:02", "planner", "I ask for the slowest tests of that stage."),
    (SESSIONS[2], "16:11:30", "ci_agent", "Still reading the test reports."),
)
_CALLS = (
    (SESSIONS[0], "09:12:40", "kubernetes_agent", "kubectl", "get pods", 1),
    (SESSIONS[0], "09:12:55", "kubernetes_agent", "kubectl", "describe pod", 1),
    (SESSIONS[0], "09:13:50", "git_agent", "git", "log", 1),
    (SESSIONS[0], "09:14:05", "git_agent", "git", "diff", 1),
    (SESSIONS[0], "09:18:22", "kubernetes_agent", "kubectl", "apply", 0),
    (SESSIONS[0], "09:18:59", "kubernetes_agent", "kubectl", "apply", 1),
    (SESSIONS[1], "13:42:00", "deploy_agent", "terraform", "plan", 1),
    (SESSIONS[1], "13:45:10", "deploy_agent", "terraform", "apply", 0),
    (SESSIONS[1], "13:50:02", "deploy_agent", "terraform", "apply", 0),
    (SESSIONS[2], "16:06:20", "ci_agent", "pipeline", "list stages", 1),
    (SESSIONS[2], "16:10:12", "ci_agent", "pipeline", "read report", 1),
)


def write_sample(path: Path) -> None:
    """Make the sample database. A sample that is there already stays; any other file is refused."""
    if path.exists():
        _check_sample(path)
        return
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(temporary)) as connection:
            fill(connection)
        temporary.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise UnreadableFile(f"{path}: the sample cannot be written there ({error})") from None
    finally:
        temporary.unlink(missing_ok=True)


def fill(connection: sqlite3.Connection) -> None:
    """The classic schema and the sample's rows, in an empty database."""
    connection.executescript(_SCHEMA)
    connection.executemany(
        "INSERT INTO sessions VALUES (?, ?, ?, ?, ?)",
        [(one, _at(start), _at(end) if end else None, turns, status) for one, start, end, turns, status in _ROWS],
    )
    turns = dict.fromkeys(SESSIONS, 0)
    for session_id, time, agent, message in _MESSAGES:
        turns[session_id] += 1
        connection.execute(
            "INSERT INTO messages (session_id, turn_id, agent_name, message, timestamp) VALUES (?, ?, ?, ?, ?)",
            (session_id, turns[session_id], agent, message, _at(time)),
        )
    connection.executemany(
        "INSERT INTO tool_usage (session_id, agent_name, tool_name, operation, success, timestamp)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [(one, agent, tool, operation, ok, _at(time)) for one, time, agent, tool, operation, ok in _CALLS],
    )
    connection.commit()


def _at(time: str) -> str:
    return f"{DAY}T{time}"


def _check_sample(path: Path) -> None:
    """UnreadableFile unless the file is a sample."""
    try:
        with open_audit_file(path) as audit:
            ids = [found.session_id for found in audit.sessions(str)]
    except UnreadableFile:
        ids = []
    if ids != list(SESSIONS):
        raise UnreadableFile(
            f"{path}: exists and is not the sample ({', '.join(TABLES)} with {SESSIONS[0]} to {SESSIONS[-1]}); give"
            " another path, or leave --sample out to import it"
        )
