"""Cutting a text down without writing any of it anew: first sentences, plain lines, paths, words.

Everything returned is part of what was given, but for blanks and cut marks. The patterns take time in proportion to the
text, whatever stands in it: prompts hold sessions of strangers.
"""

import re
from collections.abc import Iterable, Iterator

_SENTENCE_END = re.compile(r"(?<=[.!?。！？])\s+|\n+")
_MARKUP = re.compile(r"(?:#{1,6}\s+|[-*+]\s+|>\s?|\d+[.)]\s+)+")
_RULE = re.compile(r"[-=*_|:\s]{3,}|```.*|~~~.*|<!--.*-->")
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_RESOURCE = re.compile(r"(?:https?|viking|s3)://[^\s\"'<>)\]]+|(?<![\w/.-])(?:\.{0,2}/)?(?:[\w.-]+/)+[\w-]+\.\w{1,5}\b")


def cut(text: str, most: int) -> str:
    """At most so many characters, ended at a word where there is one, with a mark where something is missing."""
    text = text.strip()
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    head, blank, _ = kept.rpartition(" ")
    return (head if blank and len(head) > most // 2 else kept).rstrip() + "…"


def first_sentence(text: str, most: int = 200) -> str:
    """The first sentence or line that is not empty, without markup."""
    lines = plain_lines(text)
    return cut(_SENTENCE_END.split(next(lines, ""), maxsplit=1)[0], most)


def first_sentences(text: str, count: int, most: int) -> str:
    sentences = [part for line in plain_lines(text) for part in _SENTENCE_END.split(line) if part]
    return cut(" ".join(sentences[:count]), most)


def plain_lines(text: str) -> Iterator[str]:
    """The lines of markdown as plain text: no headings' marks, bullets, rules, fences or front matter."""
    for line in _FRONT_MATTER.sub("", text, count=1).splitlines():
        if plain := _plain(line):
            yield plain


def _plain(line: str) -> str:
    """A line without markup; empty where it is nothing else."""
    line = line.strip()
    if _RULE.fullmatch(line):
        return ""
    marks = _MARKUP.match(line)
    return line[marks.end() :] if marks else line


def headline(text: str) -> str:
    """A document's first paragraph line: what follows its title, or the title where nothing else does."""
    title = ""
    for line in _FRONT_MATTER.sub("", text, count=1).splitlines():
        plain = _plain(line)
        if not plain:
            continue
        if not line.lstrip().startswith("#"):
            return plain
        title = title or plain
    return title


def title_words(text: str, count: int) -> str:
    return " ".join(first_sentence(text, 400).split()[:count])


def resources(texts: Iterable[str], most: int) -> list[str]:
    """Paths and links, in the order in which they first occur."""
    found = (match.group().rstrip(".,;:") for text in texts for match in _RESOURCE.finditer(text))
    return [name for name, _ in zip(dict.fromkeys(found), range(most), strict=False)]
