"""The constraint log: deterministic checks over whole sessions, each naming the message it saw and its exact words.

A check is a small pure function over a `Trail`; `catalog.yaml` says what each of its signals means. Structure decides
(the order of calls, equal arguments, failed or empty results), words only name what was seen. No statistics here: one
session is all a check knows.
"""

from sessions_platform.analysis.checks.registry import CheckInfo, catalog, read_log
from sessions_platform.analysis.checks.whole import SessionFacts, WholeMessage, WholeSession

__all__ = ["CheckInfo", "SessionFacts", "WholeMessage", "WholeSession", "catalog", "read_log"]
