"""Whether the index holds what the ledger says: read back, compared byte by byte, and searched for.

Success statuses do not tell: a directory whose models failed holds a placeholder, and a vector may be missing.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sessions_platform.indexing.attempts import Failures, each
from sessions_platform.indexing.ledger import Entry
from sessions_platform.indexing.payload import date_uri, digest_uri, key_tag, transcript_uris
from sessions_platform.resources.openviking import OpenVikingClient, OpenVikingError, is_placeholder

VERIFY_ALL = 500
"""Sessions of a day up to which every one is searched for and compared; above, so many of them."""
NO_OVERVIEW = "no model wrote its overview (SESSIONS_GATEWAY_URL): the server holds a placeholder"
_TOP = 5
_SAME_SCORE = 1e-4
_LEVELS = (0, 1, 2)


@dataclass(frozen=True)
class Expected:
    """What the index should hold of a session. `transcript_parts` 0: none is looked for."""

    session_id: str
    uri: str
    l0: str
    digest_sha256: str
    transcript_sha256: str
    transcript_parts: int
    memory_uris: list[str]

    @classmethod
    def of(cls, session_id: str, entry: Entry) -> "Expected":
        """What a ledger line says."""
        return cls(
            session_id,
            entry.uri,
            entry.l0,
            entry.digest_sha256,
            entry.transcript_sha256,
            entry.transcript_parts,
            entry.memory_uris,
        )


@dataclass
class Verified:
    """Reasons of those that are not as expected, and the L0 that was read back, by session id."""

    failures: Failures = field(default_factory=dict)
    l0_read: dict[str, str] = field(default_factory=dict)
    searched: set[str] = field(default_factory=set)


async def verify(
    client: OpenVikingClient,
    date: str,
    space: str,
    sessions: Sequence[Expected],
    *,
    deep: set[str] | None = None,
    read: Mapping[str, str] | None = None,
) -> Verified:
    """Verify sessions of one date. `deep`: ids to search for and compare byte by byte as well; None for all.

    `read`: the right L0s of those whose abstract and overview were read back just now. Raises OpenVikingDown where the
    server is gone.
    """
    found = Verified(
        l0_read={one.session_id: read[one.session_id] for one in sessions if read and one.session_id in read}
    )
    chosen = [one for one in sessions if deep is None or one.session_id in deep]
    found.searched = {one.session_id for one in chosen}

    async def shallow(one: Expected) -> None:
        found.l0_read[one.session_id] = await _check_tiers(client, one)

    async def thorough(one: Expected) -> None:
        await _check_bytes(client, one)
        await _check_memories(client, date, space, one)
        await _check_found(client, date, one)

    await each([one for one in sessions if one.session_id not in found.l0_read], found.failures, shallow)
    await each([one for one in chosen if one.session_id not in found.failures], found.failures, thorough)
    records = await _records(client, date, [one for one in chosen if one.session_id not in found.failures])
    for one in chosen:
        if one.session_id not in found.failures and (reason := _wrong_records(one, records)):
            found.failures[one.session_id] = reason
    return found


def deep_sample(session_ids: Iterable[str]) -> set[str]:
    """The sessions of a day to verify thoroughly: all, or VERIFY_ALL of them, always the same ones."""
    ordered = sorted(session_ids, key=lambda one: hashlib.sha256(one.encode("utf-8", "surrogatepass")).digest())
    return set(ordered[:VERIFY_ALL])


async def read_l0(client: OpenVikingClient, uri: str) -> str | None:
    """L0 of a directory, read back; None where it or the L1 is a placeholder (NO_OVERVIEW)."""
    abstract, overview = await asyncio.gather(client.abstract(uri), client.overview(uri))
    return None if is_placeholder(abstract) or is_placeholder(overview) else abstract.strip()


async def _check_tiers(client: OpenVikingClient, one: Expected) -> str:
    """L0 is ours and L1 is one; the L0 as it was read."""
    l0 = await read_l0(client, one.uri)
    if l0 is None:
        raise OpenVikingError(NO_OVERVIEW)
    if l0 != one.l0:
        raise OpenVikingError("its abstract in the index is not the one that was written")
    return l0


async def _check_bytes(client: OpenVikingClient, one: Expected) -> None:
    digest = await client.download(digest_uri(one.uri))
    if hashlib.sha256(digest).hexdigest() != one.digest_sha256:
        raise OpenVikingError("its digest in the index differs from the one that was written")
    hashed = hashlib.sha256()
    for uri in transcript_uris(one.uri, one.transcript_parts):
        hashed.update(await client.download(uri))
    if one.transcript_parts and hashed.hexdigest() != one.transcript_sha256:
        raise OpenVikingError("its transcript in the index differs from the one that was written")


async def _check_memories(client: OpenVikingClient, date: str, space: str, one: Expected) -> None:
    """The memory files found by the session's tag are exactly those of the ledger."""
    tags = [key_tag(one.session_id), f"date={date}"]
    hits = await client.find("", target=f"{space}/memories", tags=tags, level=2, limit=50)
    own = {uri for uri in one.memory_uris if uri.startswith(f"{space}/memories/")}
    if {hit.uri for hit in hits} != own:
        raise OpenVikingError(
            f"{len(hits)} of its {len(own)} memory files are found by its tag (SESSIONS_GATEWAY_URL embeds them)"
        )


async def _check_found(client: OpenVikingClient, date: str, one: Expected) -> None:
    """Its own L0 finds it among the first five abstracts of its date, or as good as the fifth."""
    # The date's own abstract and that of its parent may stand among the hits.
    hits = await client.find(one.l0, target=date_uri(date), level=0, limit=_TOP + 2)
    top = [hit for hit in hits if hit.uri.startswith(f"{date_uri(date)}/")][:_TOP]
    if any(hit.uri == one.uri or hit.uri.startswith(f"{one.uri}/") for hit in top):
        return
    own = await client.find(one.l0, target=one.uri, level=0, limit=1, tags=[key_tag(one.session_id)])
    if not own or own[0].score < top[-1].score - _SAME_SCORE:
        raise OpenVikingError("a search for its own abstract does not find it among the first five")


async def _records(client: OpenVikingClient, date: str, sessions: Sequence[Expected]) -> Counter[tuple[str, int, str]]:
    """How many index records there are by directory, level and session tag."""
    records: Counter[tuple[str, int, str]] = Counter()
    targets = [one.uri for one in sessions]
    known = set(targets)
    for level in _LEVELS if targets else ():
        for hit in await client.find("", target=targets, level=level, limit=8 * len(targets), tags=[f"date={date}"]):
            key = next((tag for tag in hit.tags if tag.startswith("session_key=")), "")
            # A directory is found by its own URI or by that of its file; no name tells which, for ids may end in `.md`.
            records[hit.uri if hit.uri in known else hit.uri.rpartition("/")[0], level, key] += 1
    return records


def _wrong_records(one: Expected, records: Counter[tuple[str, int, str]]) -> str:
    """What is wrong with a session's records; '' where there is one a level with its tag, and no other."""
    counts = [sum(n for (uri, level, _), n in records.items() if uri == one.uri and level == at) for at in _LEVELS]
    tagged = [records[one.uri, level, key_tag(one.session_id)] for level in _LEVELS]
    if counts == tagged == [1, 1, 1]:
        return ""
    return f"the index has {counts} records of it at levels 0, 1 and 2, {tagged} of them with its tag; 1 each is right"
