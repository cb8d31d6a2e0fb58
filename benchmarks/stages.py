"""One stage, measured: `python -m benchmarks.stages STAGE HOME CORPUS_JSON` prints a `Measured` as JSON.

Imports are done before the clock starts: they are the same for a day of any size. Every stage works on the store in
HOME as the stages before left it.
"""

import sys
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from benchmarks import peers
from benchmarks.corpus import DAY, Corpus, lines_newest_first
from benchmarks.meter import Measured, Meter

KEY = b"benchmark key, of no worth"
DATE = DAY.isoformat()


def extract(home: Path, corpus: Corpus) -> Measured:
    """Survey, fetch, redact, compress, store; the server is another process (its address is in HOME/server)."""
    from sessions_platform.extraction import extract_date_sync
    from sessions_platform.resources.langfuse import LangfuseClient
    from sessions_platform.sessions.redact import Redactor

    url, public, secret = (home / "server").read_text().split()
    store, redactor = _store(home), Redactor(KEY)
    client = LangfuseClient(url, public, secret)
    meter = Meter()
    with meter:
        report = extract_date_sync(client, store, redactor, DATE, now=datetime(2026, 11, 5, tzinfo=UTC))
    if report.manifest.distinct_rows != corpus.rows:
        raise SystemExit(f"{report.manifest.distinct_rows} rows extracted, {corpus.rows} written")
    stored = sum(note.bytes_stored for note in report.manifest.hours.values())
    return meter.result(f"{report.requests} requests, {stored / 1e6:.0f} MB stored")


def redact(home: Path, corpus: Corpus) -> Measured:
    """Rows in memory through the redactor, in the order in which an extraction meets them; decoding is not counted."""
    from sessions_platform.sessions.redact import Redactor, known_values, user_ids

    names: dict[str, set[str]] = defaultdict(set)
    users: dict[str, set[str]] = defaultdict(set)
    for line in lines_newest_first(corpus):
        row = msgspec.json.decode(line)
        names[row["traceId"]] |= known_values(row)
        users[row["traceId"]] |= user_ids(row)
    redactor, meter, replaced = Redactor(KEY), Meter(), 0
    for line in lines_newest_first(corpus):
        row = msgspec.json.decode(line)
        with meter:
            trace = redactor.trace(names[row["traceId"]], users[row["traceId"]])
            trace.observation(row)
            replaced += sum(trace.counts.values())
    return meter.result(f"{replaced} replaced")


def transform(home: Path, corpus: Corpus) -> Measured:
    """Raw rows to staged sessions, with the check of every object."""
    import sessions_platform
    from sessions_platform.sessions.segments import Taxonomy
    from sessions_platform.staging import stage_date

    folder = Path(sessions_platform.__file__).parent
    taxonomy = Taxonomy.parse((folder / "taxonomy.yaml").read_text(encoding="utf-8"))
    meter = Meter()
    with meter:
        report = stage_date(_store(home), DATE, taxonomy, taxonomy_hash="", scratch=home / "tmp", force=True)
    if report.sessions != corpus.sessions or report.errors:
        raise SystemExit(f"{report.sessions} sessions staged, {len(report.errors)} errors, of {corpus.sessions}")
    return meter.result(f"{report.messages} messages, {report.bytes_written / 1e6:.0f} MB stored")


def tables(home: Path, corpus: Corpus) -> Measured:
    """Staged sessions to fact tables, day marts and the day's health."""
    import pandas  # noqa: F401 - pyarrow imports it at its first array

    from sessions_platform.health import write_health
    from sessions_platform.loading import load_date
    from sessions_platform.resources.warehouse import build_day_marts

    store, meter = _store(home), Meter()
    with meter:
        report = load_date(store, DATE, force=True)
        build_day_marts(store, DATE, scratch=home / "tmp")
        write_health(store, DATE)
    return meter.result(f"{sum(report.rows.values())} rows")


def publish(home: Path, corpus: Corpus) -> Measured:
    """The day into a file that does not exist yet; for a day into a year of days see `benchmarks.publish`."""
    from sessions_platform.resources.warehouse import Publisher

    meter = Meter()
    database = home / "analytics.duckdb"
    database.unlink(missing_ok=True)
    with meter:
        report = Publisher(_store(home), database).publish([DATE])
    if report.sessions != corpus.sessions:
        raise SystemExit(f"{report.sessions} sessions published of {corpus.sessions}")
    return meter.result(f"{report.bytes / 1e6:.1f} MB file")


STAGES: dict[str, Callable[[Path, Corpus], Measured]] = {
    "extract": extract,
    "redact": redact,
    "transform": transform,
    "tables": tables,
    "publish": publish,
    "decode": peers.decode,
    "compress": peers.compress,
    "leak_check": peers.leak_check,
    "plain_re": peers.plain_re,
    "redact_texts": peers.redact_texts,
}


def _store(home: Path):  # noqa: ANN202 - the platform's own type, imported late
    from sessions_platform.resources.object_store import open_store

    return open_store(str(home / "store"))


def main() -> None:
    """Run one stage and print what it cost."""
    stage, home, corpus = sys.argv[1:4]
    measured = STAGES[stage](Path(home), msgspec.json.decode(corpus, type=Corpus))
    sys.stdout.buffer.write(msgspec.json.encode(measured) + b"\n")


if __name__ == "__main__":
    main()
