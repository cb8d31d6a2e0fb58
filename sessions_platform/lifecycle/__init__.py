"""What keeps the index through the years: backups, restoring, rebuilding, taking out what is old or belongs nowhere.

`manifest` says what a backup is; `backup` makes one and `retention` removes old ones; `returning` brings a date back
from a pack, for `restore` (an empty box) and `rebuild` (a changed model); `transcripts` and `orphans` keep the index
small and true. Loading stands in `indexing`; nothing here knows Dagster.
"""
