"""Calls that take another value than the user has just named, where the name of the argument is known from other calls.

What kind of thing a value is need not be known: an argument that is `eu` in every other turn, and that the user's words
name, is expected to be `eu` in this turn. Kinds of places that requests spell out are in `environments`.
"""

import re
from collections.abc import Iterator

from sessions_platform.analysis.checks.trail import Call, Trail
from sessions_platform.analysis.checks.verbs import words_of
from sessions_platform.analysis.checks.whole import WholeMessage
from sessions_platform.analysis.model import Signal

_TOKEN = re.compile(r"[\w][\w.-]*[\w]")
_OPEN_WORDS = """
action operation command cmd method verb tool function mode format output text query q sql search term terms topic
title name message body content description note comment reason subject question prompt request input limit offset page
size days count amount date time day start end since until id state status type kind sort by field fields
"""
_OPEN = frozenset(_OPEN_WORDS.split())
"""Arguments that are different from call to call."""
_REGION_WORDS = """
eu us uk apac emea latam amer europe asia america africa anz mena nordics dach benelux
"""
_REGIONS = frozenset(_REGION_WORDS.split())
_ALSO_WORDS = frozenset({"us"})
"""Regions that are ordinary words as well: a region only in capitals."""


def check(trail: Trail) -> Iterator[Signal]:
    """At most one signal, at the first call that takes another value."""
    said: set[str] = set()
    for message in trail.users:
        named = _tokens(message)
        said |= named
        later = [call for call in trail.calls if call.index > message.index and call.turn == message.turn]
        for key in sorted({key for call in later for key in call.named} - _OPEN):
            taken = [call for call in later if key in call.named]
            value = taken[0].named[key]
            if value not in said and _wanted(trail, key, value, named) and not _only_looked_first(taken, key):
                run = [call.index for call in taken[1:] if call.named[key] == value]
                shape = f"{' '.join(words_of(key))}: {taken[0].label}"
                yield taken[0].signal("wrong_environment", shape, also=(message.index, *run)[:20])
                return


def _wanted(trail: Trail, key: str, value: str, named: set[str]) -> bool:
    """Whether the user's words name what this argument is in all other calls, or another region than the one taken."""
    others = {call.named[key] for call in trail.calls if key in call.named} - {value}
    return (len(others) == 1 and others <= named) or (value in _REGIONS and bool(named & _REGIONS))


def _only_looked_first(taken: list[Call], key: str) -> bool:
    """Whether nothing was changed with the first value, and the same tool then changed something with another."""
    first = taken[0]
    return not any(call.mutates for call in taken if call.named[key] == first.named[key]) and any(
        call.mutates and call.tool == first.tool for call in taken if call.named[key] != first.named[key]
    )


def _tokens(message: WholeMessage) -> set[str]:
    found = _TOKEN.findall(message.text[:4000])
    return {token.lower() for token in found if token.lower() not in _ALSO_WORDS or token.isupper()}
