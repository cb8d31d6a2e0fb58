"""A generated day as the sample server answers it, and how much of its text is distinct.

What belongs here: writing rows to a file and counting. What does not: how sessions are made (demo.generator).
"""

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Literal

import msgspec

from sessions_platform.sessions import jsontext

DAY = date(2026, 11, 2)
SEED = 7
Profile = Literal["delta", "full_history"]
ROWS = "observations.jsonl"


class Corpus(msgspec.Struct):
    """A day of sessions on disk. Bytes are of UTF-8; `distinct_bytes` counts each text of a session once."""

    folder: str
    profile: Profile
    sessions: int
    rows: int
    wire_bytes: int
    distinct_bytes: int


def write_corpus(folder: Path, profile: Profile, sessions: int, bytes_per_session: int) -> Corpus:
    """Write the rows and scores of a day for `Dataset.from_folders`; nothing is held but one session."""
    from sessions_platform.demo.generator import stream

    folder.mkdir(parents=True)
    rows = wire = distinct = 0
    with (folder / ROWS).open("wb") as observations, (folder / "scores.jsonl").open("wb") as scores:
        for session in stream(
            SEED, [DAY], sessions, profile=profile, bytes_per_session=bytes_per_session, canaries=True
        ):
            lines = [jsontext.dump_bytes(row) + b"\n" for row in session.observations]
            observations.writelines(lines)
            scores.writelines(jsontext.dump_bytes(score) + b"\n" for score in session.scores)
            rows += len(lines)
            wire += sum(map(len, lines))
            texts = {text for row in session.observations for text in leaves(row)}
            distinct += sum(len(text.encode()) for text in texts)
    return Corpus(str(folder), profile, sessions, rows, wire, distinct)


def leaves(value: Any) -> Iterator[str]:
    """Every string of a value, keys left out; JSON in a string is opened."""
    if isinstance(value, str):
        opened = jsontext.decode_nested(value)
        if isinstance(opened, str):
            yield opened
        else:
            yield from leaves(opened)
    elif isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)


class _Start(msgspec.Struct, rename="camel"):
    start_time: str


def lines_newest_first(corpus: Corpus) -> Iterator[bytes]:
    """The rows as an extraction meets them: sessions mixed, latest start first. Holds places in the file, no rows."""
    places: list[tuple[str, int, int]] = []
    with (Path(corpus.folder) / ROWS).open("rb") as file:
        at = 0
        for line in file:
            places.append((msgspec.json.decode(line, type=_Start).start_time, at, len(line)))
            at += len(line)
        for _, start, size in sorted(places, reverse=True):
            file.seek(start)
            yield file.read(size)


def main() -> None:
    """`python -m benchmarks.corpus FOLDER PROFILE SESSIONS KB` prints a `Corpus` as JSON."""
    folder, profile, sessions, kilobytes = sys.argv[1:5]
    assert profile in ("delta", "full_history")
    corpus = write_corpus(Path(folder), profile, int(sessions), int(kilobytes) * 1000)  # type: ignore[arg-type]
    print(msgspec.json.encode(corpus).decode())


if __name__ == "__main__":
    main()
