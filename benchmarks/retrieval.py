"""How well sessions are found: questions whose true sessions are known, asked of a real index and of BM25.

    python -m benchmarks --retrieval

Sessions are generated (or are those of the sample, where it stands beside the checkout), staged by the platform and
loaded date by date into an OpenViking server of its own on the offline gateway. recall@10 is the share of the true
sessions among the first ten, of at most ten; MRR the mean of 1 / rank of the first. Questions stand in `questions`.
"""

import asyncio
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec

from benchmarks import subjects
from benchmarks.bm25 import Bm25
from benchmarks.questions import GENERATED, SAMPLE, Question, held_out
from benchmarks.subjects import Subject
from sessions_platform.resources.object_store import ObjectStore
from sessions_platform.resources.openviking import Hit, OpenVikingClient

SEED = 29
DAYS = [date(2026, 9, 1) + timedelta(days=number) for number in range(8)]
SESSIONS_A_DAY = 40
SAMPLE_DAYS = [date(2026, 10, 12) + timedelta(days=number) for number in range(28)]
MOST = 10
DEPTH = 4 * MOST
"""Hits asked for: a session may be found at three levels, and dates among them."""
LEAST_RECALL = 0.85
_LEVELS = ("level 0: abstracts", "level 1: overviews", "level 2: digests")
_ALL, _FUSED = "all levels, one call", "levels fused by rank, three calls"
BM25_DIGEST, _BM25_L0 = "BM25 over digests", "BM25 over abstracts (L0)"
RANKINGS = (*_LEVELS, _ALL, _FUSED, BM25_DIGEST, _BM25_L0)
PLATFORM = _ALL
"""What the platform's own search asks for, and what the limits are held against."""
_FUSION = 60
"""The constant of reciprocal rank fusion, as its paper has it."""
_DIRECTORY = re.compile(r"^viking://resources/sessions/(\d{4}-\d\d-\d\d)/([^/.][^/]*)")
"""A session's; hidden names are those of the date's own abstract and overview."""
_NOW = datetime(2026, 11, 12, tzinfo=UTC)


class Asked(msgspec.Struct):
    """A question's answers: by ranking, recall@10 and the reciprocal rank of the first true session."""

    text: str
    held_out: bool
    true_sessions: int
    recall: dict[str, float]
    first: dict[str, float]


class Found(msgspec.Struct):
    """A corpus, asked. Directories are sessions on a date; `find_ms` is the median of one search."""

    corpus: str
    sessions: int
    directories: int
    days: int
    digest_kb: float
    load_seconds: float
    find_ms: float
    asked: list[Asked]
    not_loaded: int = 0

    def mean(self, ranking: str, measure: str = "recall", *, held_out: bool | None = None) -> float:
        """Mean over all questions, or over those held out or not."""
        kept = [one for one in self.asked if held_out in (None, one.held_out)]
        return statistics.mean(getattr(one, measure)[ranking] for one in kept)


def measure(folder: Path) -> list[Found]:
    """The generated sessions, and the sample's where they stand beside the checkout."""
    with tempfile.TemporaryDirectory(dir=folder, prefix="retrieval-") as name:
        home = Path(name)
        known = _generate(home / "corpus")
        found = [_measure("generated", home / "generated", [home / "corpus"], DAYS, known, GENERATED)]
        if subjects.SAMPLE.is_dir():
            folders = [subjects.SAMPLE / "langfuse" / one for one in subjects.SETS]
            known = list(subjects.of_sample())
            found.append(_measure("sample", home / "sample", folders, SAMPLE_DAYS, known, SAMPLE))
    return found


def _generate(folder: Path) -> list[Subject]:
    from sessions_platform.demo.generator import stream, write_folder

    sessions = list(stream(SEED, DAYS, SESSIONS_A_DAY))
    outcomes = write_folder(sessions, folder).outcome_per_session
    return [subjects.of_script(one.script, outcomes.get(one.script.id, "")) for one in sessions]


def _measure(
    name: str,
    home: Path,
    folders: Sequence[Path],
    days: Sequence[date],
    known: Sequence[Subject],
    questions: Sequence[Question],
) -> Found:
    from sessions_platform.services import openviking_server
    from sessions_platform.settings import Settings

    settings = Settings(_env_file=None, SESSIONS_HOME=str(home))  # type: ignore[call-arg]
    print(f"retrieval, {name}: stage {len(known)} sessions", file=sys.stderr, flush=True)
    store = stage(home, folders, days)
    with openviking_server(settings) as (url, key):
        print(f"retrieval, {name}: load", file=sys.stderr, flush=True)
        begun = time.perf_counter()
        failed = load(store, url, key, settings.sessions_outcome_scores)
        seconds = time.perf_counter() - begun
        print(f"retrieval, {name}: ask {len(questions)} questions", file=sys.stderr, flush=True)
        found = asyncio.run(_ask(name, OpenVikingClient(url, key), store, known, questions, seconds))
    found.not_loaded = failed
    return found


def stage(home: Path, folders: Sequence[Path], days: Iterable[date]) -> ObjectStore:
    """Extract and stage the days of corpus folders from a sample server, as a run does; the store."""
    import hashlib

    import sessions_platform
    from sessions_platform.demo.server import Dataset, LangfuseServer
    from sessions_platform.extraction import extract_date_sync
    from sessions_platform.resources.langfuse import LangfuseClient
    from sessions_platform.resources.object_store import open_store
    from sessions_platform.sessions.redact import Redactor
    from sessions_platform.sessions.segments import Taxonomy
    from sessions_platform.staging import stage_date

    store, redactor = open_store(str(home / "store")), Redactor(b"benchmark key, of no worth")
    text = (Path(sessions_platform.__file__).parent / "taxonomy.yaml").read_text(encoding="utf-8")
    taxonomy, digest = Taxonomy.parse(text), hashlib.sha256(text.encode()).hexdigest()
    with LangfuseServer(Dataset.from_folders(folders)) as server:
        for day in map(str, days):
            client = LangfuseClient(server.url, server.public_key, server.secret_key)
            extract_date_sync(client, store, redactor, day, now=_NOW)
            stage_date(store, day, taxonomy, taxonomy_hash=digest, scratch=home / "tmp")
    return store


def load(store: ObjectStore, url: str, key: str, outcome_scores: Sequence[str]) -> int:
    """Every staged date into the index; how many sessions did not get there (they are asked for all the same).

    SystemExit where a date stopped, or one in twenty of all failed.
    """
    from sessions_platform.indexing import CommitOptions, commit_date_sync

    failed = sessions = 0
    for day in store.dates("staged"):
        options = CommitOptions(outcome_scores=outcome_scores)
        report = commit_date_sync(OpenVikingClient(url, key), store, day, concurrency=4, options=options)
        for session, reason in report.reasons.items():
            print(f"retrieval, {day}: {session} was not loaded: {reason}", file=sys.stderr, flush=True)
        if report.pending:
            raise SystemExit(f"{day}: {report.pending} pending: {report.stopped}")
        failed, sessions = failed + report.failed, sessions + report.sessions
    if failed * 20 > sessions:
        raise SystemExit(f"{failed} of {sessions} sessions were not loaded")
    return failed


async def _ask(
    name: str,
    client: OpenVikingClient,
    store: ObjectStore,
    known: Sequence[Subject],
    questions: Sequence[Question],
    seconds: float,
) -> Found:
    session_of = _directories(store)
    missing = {one.session_id for one in known} ^ set(session_of.values())
    if missing:
        raise SystemExit(f"{len(missing)} sessions are known or staged, not both: {sorted(missing)[:3]}")
    async with client:
        digests, abstracts = await _texts(client, session_of)
        peers = {BM25_DIGEST: Bm25(digests), _BM25_L0: Bm25(abstracts)}
        asked, times = [], []
        for number, question in enumerate(questions):
            rankings, spent = await _rankings(client, question.text)
            times.append(spent)
            rankings |= {peer: index.best(question.text, DEPTH) for peer, index in peers.items()}
            true = {one.session_id for one in known if question.holds(one)}
            named = {way: [session_of[one] for one in found[:MOST]] for way, found in rankings.items()}
            asked.append(judged(question.text, held_out(number), true, named))
    size = statistics.mean(len(text.encode()) for text in digests.values()) / 1000
    days = len({directory.split("/")[0] for directory in session_of})
    return Found(name, len(known), len(session_of), days, size, seconds, statistics.median(times) * 1000, asked)


def _directories(store: ObjectStore) -> dict[str, str]:
    """Session ids by directory (`date/name`), from the manifests of staged dates."""
    from sessions_platform.sessions.layout import safe_id
    from sessions_platform.staging import read_manifest

    manifests = [read_manifest(store, day) or {} for day in store.dates("staged")]
    return {f"{one['date']}/{safe_id(session)}": session for one in manifests for session in one["sessions"]}


async def _texts(client: OpenVikingClient, directories: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Digest and abstract of each directory, as they stand in the index."""
    digests, abstracts = {}, {}
    for one in directories:
        uri = f"viking://resources/sessions/{one}"
        names = [name for name in await client.names(uri) if name.endswith(".md") and not name.startswith(".")]
        digests[one] = "\n".join([await client.read(f"{uri}/{name}") for name in names])
        abstracts[one] = await client.abstract(uri)
    return digests, abstracts


async def _rankings(client: OpenVikingClient, question: str) -> tuple[dict[str, list[str]], float]:
    """Directories by ranking, and the seconds of the platform's search."""
    begun = time.perf_counter()
    found = {_ALL: directories(await client.find(question, limit=DEPTH))}
    spent = time.perf_counter() - begun
    for level, name in enumerate(_LEVELS):
        found[name] = directories(await client.find(question, limit=DEPTH, level=level))
    found[_FUSED] = fused([found[name] for name in _LEVELS])
    return found, spent


def directories(hits: Iterable[Hit]) -> list[str]:
    """Session directories (`date/name`) in the order in which they were first hit; what is no session's is left out."""
    matches = (_DIRECTORY.match(hit.uri) for hit in hits)
    return list(dict.fromkeys(f"{one[1]}/{one[2]}" for one in matches if one))


def fused(rankings: Iterable[Sequence[str]]) -> list[str]:
    """Reciprocal rank fusion."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, one in enumerate(ranking, 1):
            scores[one] = scores.get(one, 0.0) + 1 / (_FUSION + rank)
    return sorted(scores, key=lambda one: -scores[one])


def judged(text: str, is_held_out: bool, true: set[str], rankings: Mapping[str, Sequence[str]]) -> Asked:
    """Recall and first rank of each ranking's first ten sessions."""
    if not true:
        raise SystemExit(f"no session is true for: {text}")
    recall, first = {}, {}
    for name, sessions in rankings.items():
        recall[name] = len(true & set(sessions)) / min(MOST, len(true))
        first[name] = next((1 / rank for rank, one in enumerate(sessions, 1) if one in true), 0.0)
    return Asked(text, is_held_out, len(true), recall, first)


def table(found: Sequence[Found]) -> str:
    """The figures as text, and the issue's limits."""
    lines = []
    for one in found:
        held = sum(asked.held_out for asked in one.asked)
        lines += [
            f"retrieval, {one.corpus}: {one.sessions} sessions in {one.directories} directories of {one.days} days,"
            f" digests of {one.digest_kb:.1f} kB, loaded in {one.load_seconds:.0f} s"
            f" ({one.not_loaded} not); {len(one.asked)} questions,"
            f" {held} of them held out; one search {one.find_ms:.0f} ms",
            f"{'(* the platform)':<36}{'recall@10':>10}{'tuned':>8}{'held out':>10}{'MRR':>8}{'held out':>10}",
        ]
        lines += [_line(one, name) for name in RANKINGS] + _verdicts(one)
    if len(found) == 1:
        lines.append("the sample was not asked: it does not stand beside this checkout (../shared/sample)")
    return "\n".join(lines)


def _line(found: Found, ranking: str) -> str:
    recall = [found.mean(ranking, held_out=which) for which in (None, False, True)]
    first = [found.mean(ranking, "first", held_out=which) for which in (None, True)]
    name = f"* {ranking}" if ranking == PLATFORM else f"  {ranking}"
    return f"{name:<36}{recall[0]:>10.3f}{recall[1]:>8.3f}{recall[2]:>10.3f}{first[0]:>8.3f}{first[1]:>10.3f}"


def _verdicts(found: Found) -> list[str]:
    ours, peer = found.mean(PLATFORM), found.mean(BM25_DIGEST)
    return [
        f"{'ok  ' if good else 'MISS'}  {found.corpus}: {what}"
        for good, what in (
            (ours >= LEAST_RECALL, f"recall@10 of the platform's search {ours:.3f}   (>= {LEAST_RECALL})"),
            (ours >= peer, f"not below BM25 over digests, {ours:.3f} : {peer:.3f}"),
        )
    ]
