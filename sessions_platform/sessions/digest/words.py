"""Text of sessions made fit for a line of ours: one line, clean, bounded, and never markup.

Only beginnings are looked at, so that a text of megabytes costs no more than one of a kilobyte.
"""

import re
from collections.abc import Iterable

_LOOKED_AT = 4
"""Characters looked at for each one kept: white space and signs that cannot be shown fall away."""
_JOINERS = "\u200c\u200d"
"""Not printable by themselves, yet parts of words and of emoji."""
_CLOSERS = "\"')\\]}»”’*_`"
_SENTENCE_END = re.compile(rf"[.!?…]+([{_CLOSERS}]*)(?=\s|$)|[。！？｡]+")
_TERMINAL = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x07\x1b]{0,200}\x07?)")
"""Colours and titles that programs send to a terminal."""
_COMMAS = re.compile(r"\s*,(?:\s*[,;:])*")
_LEADING = re.compile(
    r"""(?:[\s\#*>~`|=+_&\\,;:!?.-]+       # headings, lists, quotes, rules, fences, what is left of a sentence
    |\d{1,9}[.),](?=\s|$)                  # numbered lists
    |<(?![a-z_]+:[A-Z0-9]{4,}>)            # tags and comments; pseudonyms such as <user:AB12> stay
    |\[(?=[^\]]*\](?::|$)))+                     # link definitions
    """,
    re.VERBOSE,
)


def flat(text: str, most: int = 1000) -> str:
    """One line of at most `most` characters: white space collapsed, control characters and lone surrogates gone."""
    looked_at = text.lstrip()[: most * _LOOKED_AT + 64]
    shown = _TERMINAL.sub("", looked_at) if "\x1b" in looked_at else looked_at
    line = " ".join(shown.split())
    if not line.isprintable():
        # Surrogates are not printable either, so what is left can be written as UTF-8.
        line = " ".join("".join(sign if sign.isprintable() or sign in _JOINERS else " " for sign in line).split())
    if "<!--" in line or "-->" in line:
        line = line.replace("<!--", "<! --").replace("-->", "-- >")
    return clip(line, most) if len(line) > most or len(looked_at) == len(text) else clip(f"{line} …", most)


def clip(text: str, most: int) -> str:
    """The text, cut at a word where it is longer than `most` characters; `…` marks the cut and ends no sentence."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    at_word = cut.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > most // 2 else cut).rstrip(" ,;:.") + "…"


def clip_middle(text: str, most: int) -> str:
    """The text with its middle left out where it is longer: of an error both ends matter."""
    if len(text) <= most:
        return text
    tail = most * 2 // 5
    return f"{text[: most - tail - 3].rstrip()} … {text[-tail:].lstrip()}"


def clip_bytes(text: str, most: int) -> str:
    """The text in at most `most` bytes of UTF-8, cut at a character; `…` marks the cut."""
    if len(text) * 4 <= most or len(encoded := text.encode("utf-8", "replace")) <= most:
        return text
    return encoded[: max(0, most - 3)].decode("utf-8", "ignore").rstrip() + "…" if most >= 3 else ""


def size(text: str) -> int:
    """Bytes of UTF-8."""
    return len(text.encode("utf-8", "replace"))


def inner(text: str, most: int) -> str:
    """Words that can stand inside a sentence: no sentence ends, no markup at their beginning, '' if nothing is left.

    `[Directory ` is what the index takes for a text of its own that is not ready yet.
    """
    line = _COMMAS.sub(",", _SENTENCE_END.sub(r"\1,", flat(text, 2 * most + 40)))
    line = _LEADING.sub("", line, count=1) if _LEADING.match(line) else line
    return clip(line.replace("[Directory ", "(Directory ").rstrip(" ,;:.!?"), most).rstrip(" ,;:.!?")


def listed(values: Iterable[str], most: int) -> str:
    """The first `most` values in a row, and how many more there are."""
    every = [value for value in values if value]
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more


def plural(count: int, noun: str) -> str:
    """`1 call`, `2 calls`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def fitted(lines: Iterable[str], most: int) -> list[str]:
    """The first lines that fit into `most` bytes, with a line break each; the one that crosses the limit is cut."""
    kept: list[str] = []
    for line in lines:
        room = most - 1
        short = clip_bytes(line, room)
        if size(short) < 20 and short != line:
            break
        kept.append(short)
        most -= size(short) + 1
        if short != line:
            break
    return kept
