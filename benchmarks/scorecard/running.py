"""The weekly analysis of a home, run as a user runs it, in a process of its own; the report that it leaves.

    python -m benchmarks.scorecard.running HOME WEEK      prints seconds, peak memory and how it ended, as JSON

The only place that knows how the analysis is started and where its report lies.
"""

import hashlib
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec

_OTHERS = ("SESSIONS_", "LANGFUSE_", "OPENVIKING_")
"""Variables that would configure another installation than the home's."""


class Ran(msgspec.Struct):
    """One run of the weekly analysis."""

    seconds: float
    rss_mb: float
    ok: bool
    message: str
    findings: list[dict[str, Any]]
    report: dict[str, Any]
    sha256: str
    """Of report.json; '' where there is none."""


def run_weekly(home: Path, week: str) -> Ran:
    """Run the weekly analysis of a home in a fresh process, and read the report it leaves."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.scorecard.running", str(home), week], stdout=subprocess.PIPE, check=False
    )
    lines = done.stdout.splitlines()
    said = (
        json.loads(lines[-1])
        if done.returncode == 0 and lines
        else {"seconds": 0.0, "rss_mb": 0.0, "ok": False, "message": f"ended with {done.returncode}"}
    )
    report, digest = _report(home, week)
    return Ran(**said, findings=list(report.get("findings", ())), report=report, sha256=digest)


def written(home: Path, week: str) -> dict[str, bytes]:
    """Every file that the analysis left of a week, by name."""
    folder = home / "store" / "reports" / f"week={week}"
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _report(home: Path, week: str) -> tuple[dict[str, Any], str]:
    path = home / "store" / "reports" / f"week={week}" / "report.json"
    if not path.exists():
        return {}, ""
    data = path.read_bytes()
    return json.loads(data), hashlib.sha256(data).hexdigest()


def main() -> None:
    """Run the week in this process."""
    from datetime import date

    from sessions_platform import runner
    from sessions_platform.settings import load_settings

    home, week = Path(sys.argv[1]).absolute(), sys.argv[2]
    for name in [name for name in os.environ if name.startswith(_OTHERS)]:
        del os.environ[name]
    os.environ |= {"SESSIONS_HOME": str(home), "DAGSTER_HOME": str(home / "dagster"), "DAGSTER_DISABLE_TELEMETRY": "1"}
    year, _, number = week.partition("-W")
    began = time.perf_counter()
    outcome = runner.run_week(date.fromisocalendar(int(year), int(number), 1), load_settings(_env_file=None))
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps({"seconds": round(seconds, 2), "rss_mb": round(peak), "ok": outcome.ok, "message": outcome.message})
    )


if __name__ == "__main__":
    main()
