"""Text to a vector, by hashing: words without endings, pairs of them, and character 3- to 5-grams within words.

Lexical only: a text is found by the words and spellings it shares with the query, never by a paraphrase. Nothing is
learned or kept, so a vector depends on its text alone, in every process and on every machine. Requests and their
formats belong to `app`.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Floats = NDArray[np.float64]

DIMENSIONS = 2048
MAX_CHARS = 16_384
"""Only so much of a text matters; OpenViking itself embeds no more than its first 4,096 estimated tokens."""

_KEY = np.uint64(0x5E5510A5_0FF11E01)
_ALPHABET_BITS = np.uint64(21)
_PIECE = 32
_WORD = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
"""Where `camelCase` and `HTTPServer` come apart."""
_VOWEL = re.compile(r"[aeiouy]")
_ENDINGS = ("ingly", "edly", "ing", "ed", "ly", "ment", "ation", "ion")
_SHORT_CUT = ("ing", "ed")
_GRAM_SIZES = (3, 4, 5)
_GRAM_SHARE, _PAIR_SHARE, _LONG_PAIR_SHARE = 0.35, 0.5, 0.1
_LONG_WORDS = 72
"""Texts of more words are long: a vector has room for so many features only, and words matter most."""
_NUMBER_WEIGHT, _LONG_NUMBER_WEIGHT, _SHORT_WORDS = 6.0, 0.5, 12
_COMMON_WEIGHT = 0.3
_STOP_TEXT = (
    "a about after again all also am an and any are as at be because been before being but by can could did do does "
    "doing done for from had has have he her here him his how i if in into is it its just me more most my no not now "
    "of off on or our out over please she should so some such than that the their them then there these they this "
    "those to too under up us very was we were what when where which while who why will with would you your"
)
_COMMON_TEXT = (
    "able actually ago always another anything ask away back become begin believe best better big bring call case "
    "certain chance change check come day different during each early either else end enough even ever every example "
    "fact far feel few find first full further general get give go good great happen hard help hold hope important "
    "keep kind know large last late later lead least leave less let like little long look lot make many may maybe mean "
    "might mind month much must name need never new next nothing number often old once one only open order other own "
    "part people perhaps place point possible problem put quite rather real really reason right same say see seem "
    "several show side since small something sometimes soon still sure take talk tell thank thing think though thought "
    "time today together tomorrow try turn two until use usual want way week well whether whole without wonder word "
    "work world year yes yesterday yet "
    # What stands in every digest says nothing of one session.
    "agent assistant basis call cost date digest end environment error fact gave goal input message minute model none "
    "ok outcome output platform release second segment session size state tag token tool turn usd user utc version"
)
"""Common English words, of any subject."""


def embed(text: str, dimensions: int = DIMENSIONS) -> NDArray[np.float32]:
    """The text's vector, of length 1. A text without a word has one too: that of its characters as they are."""
    words = _words(text[:MAX_CHARS])
    if not words:
        return _unit(mixed(_word_hashes(_Letters.of([text[:MAX_CHARS] or " "]))), np.ones(1), dimensions)
    counts = Counter(words)
    vocabulary, is_long = list(counts), len(words) > _LONG_WORDS
    hashes = _word_hashes(_Letters.of(vocabulary))
    weights = _weights(counts, len(words))
    numbers = {word: number for number, word in enumerate(vocabulary)}
    pair_share = _LONG_PAIR_SHARE if is_long else _PAIR_SHARE
    sequence = np.array([numbers[word] for word in words], np.int64)
    parts = [
        (hashes, weights),
        _pairs(sequence, hashes, weights, pair_share),
        _grams(vocabulary, weights, is_long),
    ]
    all_hashes, all_weights = zip(*parts, strict=True)
    return _unit(np.concatenate(all_hashes), np.concatenate(all_weights), dimensions)


def mixed(values: Hashes) -> Hashes:
    """The finaliser of splitmix64: each bit of the input changes each bit of the output about half of the time."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def positions(hashes: Hashes, dimensions: int) -> tuple[NDArray[np.int64], Floats]:
    """Where each feature goes, and with which sign: the lowest bit is the sign, the others the position."""
    places = ((hashes >> np.uint64(1)) % np.uint64(dimensions)).astype(np.int64)
    return places, 1.0 - 2.0 * (hashes & np.uint64(1)).astype(np.float64)


@dataclass(frozen=True)
class _Letters:
    """Words laid end to end, each between two marks, so that all their n-grams are hashed at once."""

    codes: Hashes
    word: NDArray[np.int64]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, words: list[str]) -> "_Letters":
        text = "".join(f"\x02{word}\x03" for word in words)
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
        lengths = np.array([len(word) + 2 for word in words], np.int64)
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)[:-1]])
        return cls(codes, np.repeat(np.arange(len(words)), lengths), starts)


def ngram_hashes(letters: _Letters) -> tuple[Hashes, NDArray[np.int64]]:
    """The hashes of all n-grams within words, and the number of the word of each.

    Three characters of 21 bits make one number without loss, so the hash of a 3-gram has no collision before it is
    folded to a position; longer ones add their further characters and mix again.
    """
    codes, word = letters.codes, letters.word
    hashes, owners = [], []
    for size in _GRAM_SIZES:
        count = len(codes) - size + 1
        if count <= 0:
            continue
        inside = word[:count] == word[size - 1 :]
        at = [codes[offset : offset + count][inside] for offset in range(size)]
        value = mixed((at[0] | at[1] << _ALPHABET_BITS | at[2] << (_ALPHABET_BITS * np.uint64(2))) ^ _KEY)
        rest = np.full(len(value), size, np.uint64)
        for further in at[3:]:
            rest = rest << _ALPHABET_BITS | further
        hashes.append(mixed(value ^ mixed(rest)))
        owners.append(word[:count][inside])
    if not hashes:
        return np.empty(0, np.uint64), np.empty(0, np.int64)
    return np.concatenate(hashes), np.concatenate(owners)


def _word_hashes(letters: _Letters) -> Hashes:
    """One hash a word: the sum of the mixed (place, character) pairs, mixed again."""
    places = (np.arange(len(letters.codes)) - letters.starts[letters.word]).astype(np.uint64)
    sums = np.add.reduceat(mixed((places << np.uint64(32) | letters.codes) ^ ~_KEY), letters.starts)
    return mixed(sums)


def _grams(vocabulary: list[str], weights: Floats, is_long: bool) -> tuple[Hashes, Floats]:
    """The n-grams of words, so that spellings that differ a little still meet; a word's weigh a third of it.

    In a long text only of words that are not ASCII: where a script has no spaces, n-grams are all that can meet.
    """
    chosen = [at for at, word in enumerate(vocabulary) if not (is_long and word.isascii())]
    if not chosen:
        return np.empty(0, np.uint64), np.empty(0)
    hashes, words = ngram_hashes(_Letters.of([vocabulary[at] for at in chosen]))
    counts = np.bincount(words, minlength=len(chosen))
    return hashes, (_GRAM_SHARE * weights[chosen] / np.sqrt(np.maximum(counts, 1)))[words]


def _pairs(sequence: NDArray[np.int64], hashes: Hashes, weights: Floats, share: float) -> tuple[Hashes, Floats]:
    """Neighbouring words: the order counts, and a pair weighs no more than the lighter of its words."""
    if len(sequence) < 2:
        return np.empty(0, np.uint64), np.empty(0)
    size = np.int64(len(hashes))
    pairs, counts = np.unique(sequence[:-1] * size + sequence[1:], return_counts=True)
    first, second = pairs // size, pairs % size
    lighter = np.minimum(np.minimum(weights[first], weights[second]), 1.0)
    pair_weights = share * lighter * (1.0 + np.log(counts))
    return mixed(hashes[first] * np.uint64(3) ^ mixed(hashes[second])), pair_weights


def _unit(hashes: Hashes, weights: Floats, dimensions: int) -> NDArray[np.float32]:
    places, signs = positions(hashes, dimensions)
    vector = np.bincount(places, weights=signs * weights, minlength=dimensions)
    length = float(np.sqrt(np.sum(vector * vector)))
    if length == 0.0:  # every feature met its opposite: as good as impossible, but a vector of zeros is not allowed
        vector[places[0]], length = 1.0, 1.0
    return (vector / length).astype(np.float32)


def _words(text: str) -> list[str]:
    found = _WORD.findall(_HUMP.sub(" ", text).lower())
    stems = {word: _stem(word) for word in set(found)}
    words = [stem for word in found if (stem := stems[word]) not in _STOP_WORDS] or [stems[word] for word in found]
    if max(map(len, stems.values()), default=0) <= _PIECE:
        return words
    return [word[at : at + _PIECE] for word in words for at in range(0, len(word), _PIECE)]


def _stem(word: str) -> str:
    """An English word without its endings: `deployments` is `deploy`, `cancelled` and `cancellation` are `cancel`."""
    if len(word) < 4 or not word.isascii() or _DIGIT.search(word):
        return word
    if word[-1] == "s" and word[-2] not in "sui":
        word = word[:-3] + "y" if word.endswith("ies") and len(word) > 4 else word[:-1]
    for ending in _ENDINGS:
        if word.endswith(ending):
            left = word[: -len(ending)]
            if len(left) >= (3 if ending in _SHORT_CUT else 4) and _VOWEL.search(left):
                word = left
                break
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "aeiou":
        word = word[:-1]
    if len(word) > 3 and word[-1] == "e":
        word = word[:-1]
    return word[:-1] + "i" if len(word) > 2 and word[-1] == "y" else word


_STOP_WORDS = frozenset(map(_stem, _STOP_TEXT.split()))
_COMMON_WORDS = frozenset(map(_stem, _COMMON_TEXT.split())) - _STOP_WORDS


def _weights(counts: Counter[str], length: int) -> Floats:
    """A word's weight: the root of its count, little for common words, more for numbers in a short text.

    A question that names a build or a ticket means that one. Long texts are full of numbers, which would drown their
    words: the weight falls from 6 at a dozen words to 1 at six dozen, and is half of one in longer texts.
    """
    number = _LONG_NUMBER_WEIGHT
    if length <= _LONG_WORDS:
        number = min(_NUMBER_WEIGHT, _NUMBER_WEIGHT * _SHORT_WORDS / max(length, 1))
    return np.array([math.sqrt(count) * _worth(word, number) for word, count in counts.items()])


def _worth(word: str, number: float) -> float:
    if word in _COMMON_WORDS:
        return _COMMON_WEIGHT
    return number if _DIGIT.search(word) else 1.0
