"""From Langfuse to raw objects: one UTC date becomes 24 slices, the context of its traces, its scores and a manifest.

    day          the order of steps for a date, and what is left alone
    guards       what forbids to begin or to replace: another project or key, a source that answers with less
    survey       the pass without inputs and outputs: what a trace is known by, before any text of it is written
    slices       one hour: pages -> redacted lines -> compressed object, and the note that makes it restartable
    completion   rows of other days that complete traces cut by midnight
    day_scores   scores by window, by trace and by session
    plan         what a date would cost, without fetching it

What rows mean (sessions, messages) is not known here: see `sessions`. HTTP is in `resources.langfuse`.
"""

from sessions_platform.extraction.day import extract_date, extract_date_sync
from sessions_platform.extraction.plan import Plan, plan_date
from sessions_platform.extraction.reading import stored_rows
from sessions_platform.extraction.shapes import ExtractOptions, ExtractReport, Progress, Redacting

__all__ = [
    "ExtractOptions",
    "ExtractReport",
    "Plan",
    "Progress",
    "Redacting",
    "extract_date",
    "extract_date_sync",
    "plan_date",
    "stored_rows",
]
