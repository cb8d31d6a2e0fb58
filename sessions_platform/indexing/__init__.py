"""From a date's staged sessions to OpenViking: committed and made searchable, one ledger line a session.

`ledger` is what is known of a date, `payload` what a session is sent as; `directories`, `memories` and `commits` load,
`verify` reads back, `chunk` and `day` bring them together, `estimate` and `prices` say before what it costs. What the
API is stands in `resources.openviking`; nothing here knows Dagster.
"""

from sessions_platform.indexing.day import CommitOptions, CommitReport, commit_date, commit_date_sync
from sessions_platform.indexing.ledger import Entry, Ledger, read_ledger

__all__ = [
    "CommitOptions",
    "CommitReport",
    "Entry",
    "Ledger",
    "commit_date",
    "commit_date_sync",
    "read_ledger",
]
