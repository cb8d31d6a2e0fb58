"""Whether a report still rests on what is published: what its days were, against what they are. Cheap to ask.

Used by the weekly steps and by whoever shows a report; nothing of the analysis itself is imported here.
"""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from sessions_platform.analysis.reader import Reader
from sessions_platform.sql import statement


def fingerprint_of(reader: Reader, monday: date) -> str:
    """What a week's report rests on: its dates and those that it is compared with, as they are published."""
    rows = reader.records(statement("weekly/fingerprint"), {"monday": monday.isoformat()})
    return hashlib.sha256(msgspec.json.encode(rows)).hexdigest()


def is_stale(report: Mapping[str, Any], reader: Reader) -> bool:
    """Whether days that a report rests on were restated after it was made.

    That a few of its sessions went on after its Sunday is no restatement: else each report were stale a day later.
    """
    monday = date.fromisoformat(report["first"])
    made: bool = report["data"]["fingerprint"] != fingerprint_of(reader, monday)
    return made
