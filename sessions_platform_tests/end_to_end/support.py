"""What the end-to-end tests share: installations, runs in this process and as commands, and figures of what they made.

An installation is a SESSIONS_HOME with a store, a Dagster instance and an analytics file.
"""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import zstandard

from sessions_platform.demo.server import LangfuseServer
from sessions_platform.extraction import extract_date_sync
from sessions_platform.health import write_health
from sessions_platform.loading import load_date
from sessions_platform.resources.platform import (
    LangfuseResource,
    RedactionResource,
    StoreResource,
    WarehouseResource,
    WorkspaceResource,
)
from sessions_platform.runner import DayOutcome, RunOrder, run_days
from sessions_platform.sessions.segments import Taxonomy
from sessions_platform.settings import Settings
from sessions_platform.staging import stage_date

KEY = "redaction-key-of-the-end-to-end-tests"
START = "2026-10-01"
_BOOKKEEPING = {"publication": "date, table_name, bytes, sha256"}
"""What of the publisher's books does not tell when it was written."""
_QUICK_INSTANCE = """
event_log_storage: {module: dagster._core.storage.event_log, class: InMemoryEventLogStorage}
telemetry: {enabled: false}
"""
_OURS = ("LANGFUSE_", "SESSIONS_", "DAGSTER_", "AWS_", "OPENVIKING_", "ANALYSIS_", "COLUMNS")


def installation(server: LangfuseServer, home: Path, **changes: str) -> dict[str, str]:
    """The variables of an installation below `home`, as a person would set them; `changes` by variable."""
    return {
        "LANGFUSE_HOST": server.url,
        "LANGFUSE_PUBLIC_KEY": server.public_key,
        "LANGFUSE_SECRET_KEY": server.secret_key,
        "SESSIONS_HOME": str(home),
        "SESSIONS_START_DATE": START,
        "SESSIONS_REDACTION_KEY": KEY,
        **changes,
    }


def days_between(first: str, last: str) -> list[date]:
    """The dates from first to last, both included."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def settings_of(variables: dict[str, str]) -> Settings:
    """The settings that a process with these variables has."""
    return Settings(_env_file=None, **variables)  # type: ignore[arg-type]


def run(variables: dict[str, str], first: str, last: str | None = None, **order: Any) -> list[DayOutcome]:
    """`run --from --to` in this process. Dagster's event log stays in memory: its 260 commits a day are not tested."""
    settings = settings_of(variables)
    settings.dagster_folder.mkdir(parents=True, exist_ok=True)
    (settings.dagster_folder / "dagster.yaml").write_text(_QUICK_INSTANCE, encoding="utf-8")
    days = date.fromisoformat(first), date.fromisoformat(last or first)
    with pytest.MonkeyPatch.context() as patch:
        # The run sets DAGSTER_HOME for the processes it starts; other tests must not inherit it.
        patch.setenv("DAGSTER_HOME", str(settings.dagster_folder))
        return list(run_days(RunOrder(*days, **order), settings))


def build(variables: dict[str, str], day: str) -> None:
    """The steps of a date one after the other, as the assets call them, without Dagster: a tenth of the time."""
    settings = settings_of(variables)
    store = StoreResource(settings).open(day)
    text, name = WorkspaceResource(settings).taxonomy_text()
    client, redactor = LangfuseResource(settings).client(), RedactionResource(settings).redactor()
    extract_date_sync(client, store, redactor, day, now=datetime.now(UTC))
    taxonomy_hash = hashlib.sha256(text.encode()).hexdigest()
    stage_date(store, day, Taxonomy.parse(text, name), taxonomy_hash=taxonomy_hash, scratch=settings.scratch)
    load_date(store, day)
    warehouse = WarehouseResource(settings)
    warehouse.day_marts(store, day)
    write_health(store, day)
    assert warehouse.publisher(store).publish([day]).skipped == {}


def environment_without_ours() -> dict[str, str]:
    """This process's environment without the platform's variables."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}


def start_command(variables: dict[str, str], *words: str) -> subprocess.Popen[str]:
    """`python -m sessions_platform ...` with these variables and no others of ours, in a folder without `.env`."""
    home = Path(variables["SESSIONS_HOME"])
    folder = next(path for path in home.parents if path.is_dir())
    return subprocess.Popen(
        [sys.executable, "-m", "sessions_platform", *words],
        env=environment_without_ours() | variables,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def command(variables: dict[str, str], *words: str, timeout: float = 120) -> "subprocess.CompletedProcess[str]":
    """The same, until it ends."""
    with start_command(variables, *words) as process:
        try:
            out, err = process.communicate(timeout=timeout)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def run_command(variables: dict[str, str], first: str, last: str | None = None, *more: str) -> Any:
    """`run --from --to` as a command, until it ends."""
    return command(variables, "run", "--from", first, "--to", last or first, *more)


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path in it."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def states(*places: Path) -> dict[str, tuple[int, int, bytes]]:
    """Inode, time of change and bytes of files: what shows that a file was replaced by an equal one, too."""
    found: dict[str, tuple[int, int, bytes]] = {}
    for place in places:
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file():
                found[str(path)] = (path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes())
    return found


def tables(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every table of a published file, every row and column, but for the times at which the publisher worked."""
    with duckdb.connect(str(database), read_only=True) as con:
        names = [name for (name,) in con.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
        return {
            name: con.execute(f"SELECT {_BOOKKEEPING.get(name, '*')} FROM {name} ORDER BY ALL").fetchall()  # noqa: S608
            for name in names
        }


def differing(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Names under which two mappings differ, with what each has that the other has not: short failures."""
    found = {}
    for name in sorted({*one, *other}):
        left, right = one.get(name), other.get(name)
        if left != right:
            short = isinstance(left, list) and isinstance(right, list)
            found[name] = (
                ([row for row in left if row not in right][:3], [row for row in right if row not in left][:3])
                if short
                else (left is not None, right is not None)
            )
    return found


def staged(store: Path, day: str = "*") -> dict[tuple[str, str], dict[str, Any]]:
    """Staged sessions by (session_id, date)."""
    found = {}
    for path in sorted((store / "staged").glob(f"date={day}/*.json.zst")):
        session = json.loads(zstandard.ZstdDecompressor().decompress(path.read_bytes()))
        found[session["session_id"], session["date"]] = session
    return found


def text_of(message: dict[str, Any]) -> str:
    """The words of a staged message: its text, or what its tool answered."""
    return "\n".join(part.get("text") or part.get("tool_output") or "" for part in message["parts"])


def counts(con: duckdb.DuckDBPyConnection, sql: str, *parameters: object) -> dict[Any, Any]:
    """Rows of a query as a mapping: the last column by the others."""
    rows = con.execute(sql, list(parameters)).fetchall()
    return {row[0] if len(row) == 2 else row[:-1]: row[-1] for row in rows}


def one(con: duckdb.DuckDBPyConnection, sql: str, *parameters: object) -> Any:
    """The only cell of a query."""
    ((value,),) = con.execute(sql, list(parameters)).fetchall()
    return value


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Iterable[DayOutcome]]) -> Path:
    """A folder that `make` fills, once for all of xdist's workers; its outcomes are kept beside it."""
    base = factory.getbasetemp().parent if "PYTEST_XDIST_WORKER" in os.environ else factory.getbasetemp()
    home, done = base / name, base / f"{name}.outcomes.json"
    with (base / f"{name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            outcomes = [asdict(outcome) for outcome in make(home)]
            done.write_text(json.dumps(outcomes), encoding="utf-8")
    bad = [outcome for outcome in json.loads(done.read_text(encoding="utf-8")) if not outcome["ok"]]
    if bad:
        pytest.fail(f"the run failed: {bad}")
    return home
