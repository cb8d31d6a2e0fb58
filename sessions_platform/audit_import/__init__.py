"""Sessions of a classic audit database (SQLite) as one more source of the same staged files and tables.

    times       timestamps of such databases
    audit_file  the database, opened read-only: its sessions in order, a few rows in memory at a time
    gather      its sessions, redacted and cut at midnight, into one scratch file a date
    keep        those among what each date holds already: `raw/date=D/import-<digest>.jsonl.zst` and its note
    importing   all of it, then staging, tables, marts, health and publication by the functions that the assets use
    sample      a small invented database

What was decided:

- **Where imports lie.** Redacted sessions stand among the date's raw objects and are staged from there beside the rows
  of Langfuse. So staging a date again, for whatever reason, never loses them, and importing never touches a session of
  Langfuse. While the raw rows are not there (expired, or half fetched), the date's staged sessions of Langfuse stay as
  they are. Where they have expired, too, and tables alone are left, the date is refused: the import would replace them.
- **Whose a session is.** By date: Langfuse's before an imported one. Among files the last import of an id has it, on
  all its dates, with a warning where another file had it before. Ids are not qualified, so that they can be asked for
  as they are. A date holds its sessions in the order of ids, whatever files they came from, so files without common ids
  give the same bytes in any order. A session that left its file stays: an import never erases.
- **The same again.** A line's hash says whether a session changed. Nothing is written where none did; the later steps
  run nevertheless, and each sees for itself that it has nothing to do, so a killed import is finished by the next.
- **Days.** A row belongs to the UTC date of its timestamp; times without a zone are UTC, numbers are epoch seconds (or
  milli-, micro-, nanoseconds, by their size). Rows of dates that are not over wait for a later import. A damaged
  timestamp (none, no date, before 2000) costs its row, which is counted and named by its number, never by its text.
- **Order.** By turn_id where each message of a session has one that is a number, else by time; equal ones by time,
  then by row. A tool call stands after the last message that is not later than it.
- **Kept.** Status and total_turns of the database are published as they are; a status in other words than the
  contract's (`failed`) gets the contract's word, with its own as segment `imported_status`; a word that means none of
  them stays. start_time and end_time widen the session where they are readable. Turn indices follow the contract.
- **Redaction** comes before the first byte is written, agent and tool names exempt. SQLite gets no place for temporary
  files either: rows are ordered by their numbers here.
- **Read-only.** The file is opened with mode=ro and immutable=1. What still stands in a `-wal` or `-journal` beside it
  would be missed, so such a file is refused, as is one that changes while it is read.
"""
