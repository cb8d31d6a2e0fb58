"""Model tokens of loading sessions into the index: of a session by its texts, of one by its size, of a date beforehand.

The server says nothing of the tokens of its summaries and embeddings, so ledger and dry run count them here, by the
same rules: characters of what is sent, at four a token, and the size of the server's own prompts as measured on server
0.5.2. What a model writes is what the prompts ask it to write. Dollars are in `prices`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sessions_platform.indexing.ledger import Entry, Ledger, Usage, read_ledger

if TYPE_CHECKING:
    from sessions_platform.resources.object_store import ObjectStore
    from sessions_platform.settings import Settings

CHARACTERS_A_TOKEN = 4
SUMMARY_PROMPT = 390
"""Tokens of the server's prompt `document_summary` around the digest."""
SUMMARY_CHARACTERS = 30_000
"""Of a longer file the server summarises only so many."""
SUMMARY_ANSWER = 310
"""Tokens of a summary of 180 words, the most that is asked for; of a shorter digest, the digest's."""
OVERVIEW_PROMPT = 1_070
"""Tokens of the prompt `dir_overview` around the summary of the digest."""
OVERVIEW_ANSWER = 800
OVERVIEW_CHARACTERS = 4_000
"""Of a longer overview the server embeds only so many."""
EMBEDDED_CHARACTERS = 16_384
"""Of a longer file the server embeds only so many."""
FIXED_EMBEDDINGS = 5
"""L0 when the directory is made; L0, overview and digest when it is summarised; the search that verifies."""
EXTRACTION_CALLS = 2
EXTRACTION_PROMPT = 4_500
"""Tokens of a commit of condensed messages whose memories a model extracts; without extraction it asks no model."""
EXTRACTION_ANSWER = 400
EXTRACTION_TOKENS = EXTRACTION_PROMPT + EXTRACTION_ANSWER
EXTRACTED_MEMORIES = 3
"""Files that an extraction adds, each embedded."""

L0_CHARACTERS = 200
DIGEST_FIXED, DIGEST_A_MESSAGE, DIGEST_A_BYTE = 1_400, 35, 0.35
"""Characters of a digest: its heads, and for each message and byte of the compressed staged session; fitted to 43
sample sessions of three sets, whose sums it meets within 12%; for generated sessions, all alike, it is 46% too much.
"""
DIGEST_CHARACTERS = 16_384
"""A digest is cut there."""
MEMORY_FILES = 3
MEMORY_CHARACTERS = 400
USUAL_BYTES, USUAL_MESSAGES = 6_000, 30
"""The session that is assumed where nothing is known: neither staged, nor any ledger."""
LEDGER_DATES = 7
"""Ledgers from which the mean is taken, newest first."""

Basis = Literal["staged", "ledgers", "default", "none"]
NOTES: dict[Basis, str] = {
    "staged": "by the size of staged sessions that are not in the index yet",
    "ledgers": "by the mean session of the newest dates in the index",
    "default": "by a usual session, as nothing is staged or in the index yet",
    "none": "OPENVIKING_URL is not set: nothing is loaded into an index",
}


@dataclass(frozen=True)
class IndexEstimate:
    """What loading a date would ask of the models. `sessions`: those to load; `basis`: what it was estimated from."""

    sessions: int = 0
    usage: dict[str, Usage] = field(default_factory=dict)
    basis: Basis = "none"

    @property
    def tokens(self) -> int:
        """All tokens, of prompts and answers."""
        return tokens_of(self.usage)

    def as_figures(self) -> dict[str, Any]:
        """What a plan shows of it."""
        return {"sessions_to_index": self.sessions, "index_tokens": self.tokens, "index_basis": self.basis}


def usage_of(l0: str, digest: str, memory_texts: Sequence[str]) -> dict[str, Usage]:
    """Model calls of one session's directory and memory files, by kind, from the texts that are sent."""
    return _usage(len(l0), len(digest), [len(text) for text in memory_texts])


def predicted_usage(staged_bytes: int, messages: int, extraction: bool) -> dict[str, Usage]:
    """Model calls of one session, by kind, from the size of its compressed staged object and its number of messages.

    `extraction`: OPENVIKING_MEMORIES asks for memories that a model extracts.
    """
    grown = DIGEST_FIXED + DIGEST_A_MESSAGE * messages + round(DIGEST_A_BYTE * staged_bytes)
    files = MEMORY_FILES + (EXTRACTED_MEMORIES if extraction else 0)
    usage = _usage(L0_CHARACTERS, min(grown, DIGEST_CHARACTERS), [MEMORY_CHARACTERS] * files)
    if extraction:
        usage["memory_extract"] = Usage(EXTRACTION_CALLS, EXTRACTION_PROMPT, EXTRACTION_ANSWER)
    return usage


def _usage(l0: int, digest: int, memories: Sequence[int]) -> dict[str, Usage]:
    """The rules themselves, on numbers of characters."""
    summary = min(SUMMARY_ANSWER, _tokens(digest))
    overview = min(OVERVIEW_ANSWER, _tokens(OVERVIEW_CHARACTERS))
    files = [min(size, EMBEDDED_CHARACTERS) for size in (digest, *memories)]
    return {
        "document_summary": Usage(1, SUMMARY_PROMPT + _tokens(min(digest, SUMMARY_CHARACTERS)), summary),
        "dir_overview": Usage(1, OVERVIEW_PROMPT + summary, OVERVIEW_ANSWER),
        "embedding": Usage(FIXED_EMBEDDINGS + len(memories), 3 * _tokens(l0) + overview + sum(map(_tokens, files))),
    }


def _tokens(characters: int) -> int:
    return -(-characters // CHARACTERS_A_TOKEN)


def tokens_of(usage: Mapping[str, Usage]) -> int:
    """All tokens of calls by kind."""
    return sum(calls.prompt_tokens + calls.completion_tokens for calls in usage.values())


def total_usage(usages: Iterable[Mapping[str, Usage]]) -> dict[str, Usage]:
    """The sum of several, kind by kind."""
    total: dict[str, Usage] = {}
    for usage in usages:
        for kind, calls in usage.items():
            before = total.get(kind, Usage())
            total[kind] = Usage(
                before.calls + calls.calls,
                before.prompt_tokens + calls.prompt_tokens,
                before.completion_tokens + calls.completion_tokens,
            )
    return total


def usd_per_session(ledgers: Iterable[Ledger], settings: "Settings") -> float | None:
    """Mean dollars of a session that stands in the index, at today's prices; None where unknown, or there is none."""
    from sessions_platform.indexing.prices import usd_of

    usages = _loaded(ledgers)
    dollars = usd_of(total_usage(usages), settings)
    return dollars / len(usages) if usages and dollars is not None else None


class Estimator:
    """Estimates dates before they are loaded, from what a store holds. Reads manifests and ledgers; writes nothing."""

    def __init__(self, store: "ObjectStore", settings: "Settings") -> None:
        self._store = store
        self._settings = settings
        self._known: list[dict[str, Usage]] | None = None

    def date(self, date: str, sessions: int, *, force: bool = False) -> IndexEstimate:
        """A date's estimate. `sessions`: how many it is planned to have, where it is not staged; `force`: load all."""
        from sessions_platform.staging import read_manifest

        if not self._settings.openviking_url:
            return IndexEstimate()
        manifest = read_manifest(self._store, date)
        if manifest is None:
            return self._planned(sessions)
        todo = self._todo(date, manifest["sessions"], force)
        extraction = bool(self._settings.memories)
        usages = [predicted_usage(one["bytes"], one.get("messages", USUAL_MESSAGES), extraction) for one in todo]
        return IndexEstimate(len(todo), total_usage(usages), "staged")

    def _todo(self, date: str, staged: dict[str, dict[str, Any]], force: bool) -> list[dict[str, Any]]:
        known = {} if force else read_ledger(self._store, date).sessions
        return [
            one
            for session_id, one in staged.items()
            if session_id not in known or not stands(known[session_id], one["sha256"], self._settings)
        ]

    def _planned(self, sessions: int) -> IndexEstimate:
        """So many sessions of the mean size."""
        if self._known is None:
            newest = sorted(self._store.dates("commits"), reverse=True)[:LEDGER_DATES]
            self._known = _loaded(read_ledger(self._store, date) for date in newest)
        usual = predicted_usage(USUAL_BYTES, USUAL_MESSAGES, bool(self._settings.memories))
        usages = self._known or [usual]
        usage = {
            kind: Usage(
                round(calls.calls * sessions / len(usages)),
                round(calls.prompt_tokens * sessions / len(usages)),
                round(calls.completion_tokens * sessions / len(usages)),
            )
            for kind, calls in total_usage(usages).items()
        }
        return IndexEstimate(sessions, usage, "ledgers" if self._known else "default")


def stands(entry: Entry, staged_sha256: str, settings: "Settings") -> bool:
    """Whether a session is in this index as it is staged now, so that loading it would ask nothing."""
    now = staged_hash(staged_sha256, settings.memories, settings.sessions_outcome_scores)
    return entry.status == "verified" and entry.index == settings.index_name and entry.staged_sha256 == now


def staged_hash(staged_sha256: str, extraction: Sequence[str], outcome_scores: Sequence[str]) -> str:
    """Hash of a staged object and of the options that change what is sent of it, as a ledger line keeps it."""
    from sessions_platform.indexing.payload import LOADER_VERSION

    return "|".join((staged_sha256, str(LOADER_VERSION), ",".join(sorted(extraction)), ",".join(outcome_scores)))


def _loaded(ledgers: Iterable[Ledger]) -> list[dict[str, Usage]]:
    """Usage of each session that was loaded, of ledgers that tell it."""
    entries = (entry for ledger in ledgers for entry in ledger.sessions.values())
    return [entry.usage for entry in entries if entry.status == "verified" and entry.usage]
