"""From a date's raw rows in the store to its staged sessions: streamed, checked, put in place, manifest last.

`raw_reader` streams rows, `shuffle` brings the rows of a session together without holding the day, `day` writes
sessions and manifest. What a session is stands in `sessions.assemble`; nothing here knows Dagster.
"""

from sessions_platform.staging.day import StageReport, stage_date
from sessions_platform.staging.staged_reader import read_manifest, read_sessions

__all__ = ["StageReport", "read_manifest", "read_sessions", "stage_date"]
