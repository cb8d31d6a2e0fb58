"""The content words of a text, cut to stems by length, by which two texts are held against each other."""

import re

from sessions_platform.analysis.checks.shapes import END_CHARACTERS

_WORD = re.compile(r"[^\W_]{4,}")
_COMMON_WORDS = """
please could would should about there their which where what when with that this have from your been will want
need help make sure just like also them then than they some more were does doing into only very much such many
using after before because each every other these those without again still thanks thank hello here know tell
give show find check look task issue problem able must shall cannot might able being over under between through
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_STEM = 5
_MOST = 64_000


def terms_of(text: str) -> set[str]:
    """Stems of its words of four letters and more, without those that any text has."""
    short = text if len(text) <= _MOST else f"{text[:END_CHARACTERS]} {text[-_MOST:]}"
    return {word[:_STEM] for word in _WORD.findall(short.lower()) if word not in _COMMON}
