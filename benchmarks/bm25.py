"""BM25 as its own package gives it (`bm25s`, Lucene's formula): the peer that the search is held against.

English stop words are left out and words stemmed by Snowball, as the package's documentation recommends.
"""

from collections.abc import Mapping

import bm25s
import Stemmer


class Bm25:
    """An index of texts by key."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._keys = list(texts)
        self._stemmer = Stemmer.Stemmer("english")
        self._index = bm25s.BM25()
        self._index.index(self._tokens(list(texts.values())), show_progress=False)

    def best(self, question: str, most: int) -> list[str]:
        """Keys of the texts that share a word with the question, best first."""
        found, scores = self._index.retrieve(
            self._tokens([question]), k=min(most, len(self._keys)), show_progress=False
        )
        return [self._keys[at] for at, score in zip(found[0], scores[0], strict=True) if score > 0]

    def _tokens(self, texts: list[str]):  # noqa: ANN202 - the package's own type
        return bm25s.tokenize(texts, stopwords="en", stemmer=self._stemmer, show_progress=False)
