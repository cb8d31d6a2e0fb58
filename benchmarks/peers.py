"""Peers in the same run: redaction by `re` in turn, and the floors, one JSON decode and one compression of every row;
and, as a part of the transformation, its check of every staged object.

Redaction and its peer read the same sample of distinct texts, so their MB/s can be held against each other.
"""

import re
from pathlib import Path

import msgspec
import zstandard

from benchmarks.corpus import Corpus, leaves, lines_newest_first
from benchmarks.meter import Measured, Meter

SAMPLE_BYTES = 4_000_000


def decode(home: Path, corpus: Corpus) -> Measured:
    """The speed of light: each row decoded once, nothing kept."""
    meter, decoder = Meter(), msgspec.json.Decoder()
    for line in lines_newest_first(corpus):
        with meter:
            decoder.decode(line)
    return meter.result()


def compress(home: Path, corpus: Corpus) -> Measured:
    """Each row through zstd at the store's level, as one stream an extraction writes."""
    meter, stream = Meter(), zstandard.ZstdCompressor(level=3).compressobj()
    stored = 0
    for line in lines_newest_first(corpus):
        with meter:
            stored += len(stream.compress(line))
    return meter.result(f"{stored / 1e6:.0f} MB stored")


def leak_check(home: Path, corpus: Corpus) -> Measured:
    """What the transformation's last check takes: every staged object looked through for what must not be there."""
    from sessions_platform.sessions.redact import leaks

    objects = [path.read_bytes() for path in sorted((home / "store" / "staged").rglob("*.json.zst"))]
    leaks(b"warm up: the automata are compiled at first use")
    meter, size = Meter(), 0
    for data in objects:
        plain = zstandard.ZstdDecompressor().decompress(data)
        size += len(plain)
        with meter:
            leaks(plain)
    return meter.result(f"{size / 1e6:.0f} MB staged", size)


def plain_re(home: Path, corpus: Corpus) -> Measured:
    """Every rule of the same table by Python's `re`, one after the other; matches are found, not judged or replaced."""
    from sessions_platform.sessions.redact.table import table

    rules = [re.compile(rule.expression.encode("latin-1")) for rule in table().rules]
    texts = [text.encode() for text in _sample(corpus)]
    meter, found = Meter(), 0
    with meter:
        for text in texts:
            for rule in rules:
                found += sum(1 for _ in rule.finditer(text))
    return meter.result(f"{len(rules)} rules, {found} candidates", sum(map(len, texts)))


def redact_texts(home: Path, corpus: Corpus) -> Measured:
    """The platform's redactor on the same texts, each seen for the first time."""
    from sessions_platform.sessions.redact import Redactor

    texts = _sample(corpus)
    trace = Redactor(b"benchmark key, of no worth").trace()
    trace.text("warm up: the automata are compiled at first use")
    meter = Meter()
    with meter:
        for text in texts:
            trace.text(text)
    return meter.result(f"{sum(trace.counts.values())} replaced", sum(len(text.encode()) for text in texts))


def _sample(corpus: Corpus) -> list[str]:
    """Distinct texts of the corpus, in order, up to a fixed size."""
    texts: dict[str, None] = {}
    size = 0
    for line in lines_newest_first(corpus):
        for text in leaves(msgspec.json.decode(line)):
            if text not in texts:
                texts[text] = None
                size += len(text)
        if size >= SAMPLE_BYTES:
            break
    return list(texts)
